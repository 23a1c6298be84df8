//! The double as a test holds it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime};

use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::desk::Desk;
use super::operation::Operation;
use super::server;
use super::state::{Account, Shared, State};
use super::switch::{FaultPlan, Output, Received, Recorded, Trouble, Verification};
use super::table::Tables;
use crate::client::{Client, ClientBuilder};
use crate::connector::Door;
use crate::credentials::{Credentials, OAuth2};
use crate::model::{BillingInvoice, PurchaseOrder, PurchaseOrderKey, Zone};
use crate::operation::Record;
use crate::profile::Profile;

/// How long a token is good unless the builder says otherwise.
const TOKEN_LIFE: Duration = Duration::from_secs(3_600);

/// Builds a [`FakePeopleSoft`]; get one from [`FakePeopleSoft::builder`].
#[must_use = "a builder does nothing until `start` is awaited"]
pub struct FakeBuilder {
    port: u16,
    // Boxed, because builders are moved through futures that callers hold on their stack.
    profile: Box<Profile>,
    basic: Option<Account>,
    oauth: Option<Account>,
    ps_token: Option<Account>,
    node_account: Option<Account>,
    token_life: Duration,
    tables: Tables,
    now: Option<SystemTime>,
}

impl FakeBuilder {
    /// Listens on this port of the loopback address (any free port unless given).
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Answers the queries of this profile ([`Profile::default`] unless given).
    pub fn profile(mut self, profile: Profile) -> Self {
        *self.profile = profile;
        self
    }

    /// Answers to this node.
    pub fn node(mut self, node: impl Into<String>) -> Self {
        self.profile.node = node.into();
        self
    }

    /// Accepts HTTP Basic with this user and password.
    pub fn basic(mut self, oprid: impl Into<String>, password: impl Into<String>) -> Self {
        let secret = SecretString::from(password.into());
        self.basic = Some(Account {
            name: oprid.into(),
            secret,
        });
        self
    }

    /// Gives tokens to this client at [`FakePeopleSoft::token_url`], and accepts them.
    pub fn oauth2(mut self, client_id: impl Into<String>, secret: impl Into<String>) -> Self {
        let secret = SecretString::from(secret.into());
        self.oauth = Some(Account {
            name: client_id.into(),
            secret,
        });
        self
    }

    /// Accepts this single-sign-on token as this user.
    pub fn ps_token(mut self, oprid: impl Into<String>, token: impl Into<String>) -> Self {
        let secret = SecretString::from(token.into());
        self.ps_token = Some(Account {
            name: oprid.into(),
            secret,
        });
        self
    }

    /// Accepts messages of this node with its password, at the SOAP and HTTP doors.
    pub fn node_password(mut self, node: impl Into<String>, password: impl Into<String>) -> Self {
        let secret = SecretString::from(password.into());
        self.node_account = Some(Account {
            name: node.into(),
            secret,
        });
        self
    }

    /// How long a token is good, by the double's clock (an hour unless given).
    pub fn token_life(mut self, life: Duration) -> Self {
        self.token_life = life;
        self
    }

    /// Records of any kind to begin with.
    pub fn records<T: Record>(mut self, records: impl IntoIterator<Item = T>) -> Self {
        for record in records {
            self.tables.put(record);
        }
        self
    }

    /// Purchase orders to begin with.
    pub fn orders(self, orders: impl IntoIterator<Item = PurchaseOrder>) -> Self {
        self.records(orders)
    }

    /// Billing invoices to begin with.
    pub fn invoices(self, invoices: impl IntoIterator<Item = BillingInvoice>) -> Self {
        self.records(invoices)
    }

    /// Stops its clock at `now` (it runs with the machine's unless given).
    pub fn now(mut self, now: SystemTime) -> Self {
        self.now = Some(now);
        self
    }

    /// Binds the port and serves from a task of the current runtime until dropped.
    ///
    /// # Errors
    ///
    /// Those of binding, and `InvalidInput` when the profile has mistakes.
    pub async fn start(self) -> io::Result<FakePeopleSoft> {
        let invalid = |error: &dyn fmt::Display| {
            io::Error::new(io::ErrorKind::InvalidInput, error.to_string())
        };
        self.profile.validate().map_err(|error| invalid(&error))?;
        let zone = Zone::new(&self.profile.zone).map_err(|error| invalid(&error))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let address = listener.local_addr()?;
        let root = format!("http://{address}/");
        let root: Url = root.parse().map_err(|error| invalid(&error))?;
        let state = State {
            profile: self.profile,
            zone,
            tables: self.tables,
            desk: Desk::default(),
            fixed_now: self.now,
            basic: self.basic,
            oauth: self.oauth,
            ps_token: self.ps_token,
            node_account: self.node_account,
            verification: BTreeMap::new(),
            token_life: self.token_life,
            tokens: BTreeMap::new(),
            token_requests: 0,
            token_troubles: VecDeque::new(),
            inactive: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            unrouted: BTreeSet::new(),
            operations: Vec::new(),
            queries: BTreeMap::new(),
            polled: BTreeMap::new(),
            components: BTreeMap::new(),
            received: Vec::new(),
            trouble: None,
            troubles: VecDeque::new(),
            faults: None,
            output: Output::default(),
            requests: Vec::new(),
        };
        let shared = Shared::new(state);
        let task = tokio::spawn(server::serve(listener, shared.clone()));
        Ok(FakePeopleSoft {
            shared,
            address,
            root,
            task,
        })
    }
}

impl fmt::Debug for FakeBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeBuilder")
            .field("port", &self.port)
            .field("node", &self.profile.node)
            .finish_non_exhaustive()
    }
}

/// A PeopleSoft gateway on loopback; it stops when dropped.
///
/// The switches of [`set_active`](Self::set_active) and [`set_permitted`](Self::set_permitted) take the
/// name of a service (`purchase_orders`), of its query, or of the service operation or its alias, in
/// any case.
pub struct FakePeopleSoft {
    pub(super) shared: Shared,
    address: SocketAddr,
    root: Url,
    task: JoinHandle<()>,
}

impl FakePeopleSoft {
    /// Looks at or changes what the double knows.
    pub(super) fn state<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.shared.lock())
    }

    /// A double with the default profile, open to everybody, without records.
    pub fn builder() -> FakeBuilder {
        FakeBuilder {
            port: 0,
            profile: Box::default(),
            basic: None,
            oauth: None,
            ps_token: None,
            node_account: None,
            token_life: TOKEN_LIFE,
            tables: Tables::new(),
            now: None,
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the gateway, to give to [`Client::builder`].
    #[must_use]
    pub fn gateway(&self) -> Url {
        self.at("PSIGW")
    }

    /// The address of the authorization server.
    #[must_use]
    pub fn token_url(&self) -> Url {
        self.at("oauth2/token")
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        url.set_path(path);
        url
    }

    /// Credentials that it accepts: the token client if there is one, else the user, else nobody.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        let state = self.shared.lock();
        match (&state.oauth, &state.basic) {
            (Some(client), _) => Credentials::oauth2(OAuth2::new(
                self.token_url(),
                client.name.clone(),
                client.secret.clone(),
            )),
            (None, Some(user)) => Credentials::basic(user.name.clone(), user.secret.clone()),
            (None, None) => Credentials::anonymous(),
        }
    }

    /// A client of it, with its profile and [`credentials`](Self::credentials), still to be built.
    pub fn client_builder(&self) -> ClientBuilder {
        let profile = Profile::clone(&self.shared.lock().profile);
        Client::builder(self.gateway())
            .profile(profile)
            .credentials(self.credentials())
    }

    /// Adds a record of any kind, or puts it in place of the one with its key.
    pub fn put<T: Record>(&self, record: T) {
        self.shared.lock().tables.put(record);
    }

    /// The record of a kind with this key.
    #[must_use]
    pub fn get<T: Record>(&self, key: &T::Key) -> Option<T> {
        self.shared.lock().tables.get(key)
    }

    /// Takes a record of a kind out; whether it was there.
    pub fn remove<T: Record>(&self, key: &T::Key) -> bool {
        self.shared.lock().tables.remove::<T>(key)
    }

    /// How many records of a kind there are.
    #[must_use]
    pub fn count<T: Record>(&self) -> usize {
        self.shared.lock().tables.count::<T>()
    }

    /// Adds an order, or puts it in place of the one with its key.
    pub fn put_order(&self, order: PurchaseOrder) {
        self.put(order);
    }

    /// The order with this key.
    #[must_use]
    pub fn order(&self, key: &PurchaseOrderKey) -> Option<PurchaseOrder> {
        self.get(key)
    }

    /// Takes an order out; whether it was there.
    pub fn remove_order(&self, key: &PurchaseOrderKey) -> bool {
        self.remove::<PurchaseOrder>(key)
    }

    /// How many orders there are.
    #[must_use]
    pub fn order_count(&self) -> usize {
        self.count::<PurchaseOrder>()
    }

    /// Adds an invoice, or puts it in place of the one with its key.
    pub fn put_invoice(&self, invoice: BillingInvoice) {
        self.put(invoice);
    }

    /// How many invoices there are.
    #[must_use]
    pub fn invoice_count(&self) -> usize {
        self.count::<BillingInvoice>()
    }

    /// Stops its clock at `now`.
    pub fn set_now(&self, now: SystemTime) {
        self.shared.lock().fixed_now = Some(now);
    }

    /// Activates a service operation, or makes it inactive as PeopleSoft delivers it.
    pub fn set_active(&self, name: &str, active: bool) {
        switch(&mut self.shared.lock().inactive, name, !active);
    }

    /// Grants a service operation to the user, or refuses it with (158,536).
    pub fn set_permitted(&self, name: &str, permitted: bool) {
        switch(&mut self.shared.lock().forbidden, name, !permitted);
    }

    /// Says what a door takes as proof of who calls.
    pub fn set_verification(&self, door: Door, verification: Verification) {
        self.shared.lock().verification.insert(door, verification);
    }

    /// Gives a service operation its active routing, or takes it away.
    pub fn set_routed(&self, name: &str, routed: bool) {
        switch(&mut self.shared.lock().unrouted, name, !routed);
    }

    /// Adds a service operation of the test's own, or puts it in place of the one with its name.
    pub fn put_operation(&self, operation: Operation) {
        let mut state = self.shared.lock();
        let same = |other: &Operation| other.door == operation.door && other.name == operation.name;
        state.operations.retain(|other| !same(other));
        state.operations.push(operation);
    }

    /// The calls that got past the gate so far, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.shared.lock().received.clone()
    }

    /// Makes every request to the gateway meet this trouble, until told otherwise.
    pub fn set_trouble(&self, trouble: Option<Trouble>) {
        self.shared.lock().trouble = trouble;
    }

    /// Makes the next request to the gateway meet this trouble; several calls line up.
    pub fn trouble_next(&self, trouble: Trouble) {
        self.shared.lock().troubles.push_back(trouble);
    }

    /// Makes the next request for a token meet this trouble; several calls line up.
    pub fn token_trouble_next(&self, trouble: Trouble) {
        self.shared.lock().token_troubles.push_back(trouble);
    }

    /// Makes requests to the gateway meet trouble at random; nothing ends it.
    pub fn set_faults(&self, plan: impl Into<Option<FaultPlan>>) {
        let plan: Option<FaultPlan> = plan.into();
        self.shared.lock().faults = plan.map(|plan| {
            let random = fastrand::Rng::with_seed(plan.seed);
            (plan, random)
        });
    }

    /// Changes how answers are written.
    pub fn set_output(&self, output: Output) {
        self.shared.lock().output = output;
    }

    /// Withdraws every token given so far: they are answered with 401 from now on.
    pub fn expire_tokens(&self) {
        self.shared.lock().tokens.clear();
    }

    /// How often a token was asked for.
    #[must_use]
    pub fn token_requests(&self) -> usize {
        self.shared.lock().token_requests
    }

    /// The requests to the gateway so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.lock().requests.clone()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        let mut state = self.shared.lock();
        state.requests.clear();
        state.received.clear();
    }
}

fn switch(names: &mut BTreeSet<String>, name: &str, on: bool) {
    let name = name.to_ascii_uppercase();
    if on {
        names.insert(name);
    } else {
        names.remove(&name);
    }
}

impl fmt::Debug for FakePeopleSoft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakePeopleSoft")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for FakePeopleSoft {
    fn drop(&mut self) {
        self.task.abort();
    }
}
