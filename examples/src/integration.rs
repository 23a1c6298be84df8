//! The four libraries put together as a configuration says.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cleo_client::file_transfer::{FileTransfer, HttpServerTransfer, RestTemplates, RestTransfer};
use secrecy::ExposeSecret;
use sync_core::engine::{Embedded, Job};
use sync_core::limit::Limits;
use sync_core::schedule::ScheduleError;
use sync_core::store::{MemoryStore, StateStore, StoreError};
use sync_core::vault::VaultError;
use sync_core::{Clock, Observer, Pipeline, StreamKey, SystemClock};

use crate::config::{CleoAuth, Config, FlowLimits, InboundFlow, PeopleSoftAuth};
use crate::flow::inbound::functional_acknowledgments::{self, Groups, To997};
use crate::flow::inbound::notices::{self, LedgerSink, Notices, ToInstruction};
use crate::flow::inbound::order_acknowledgments::{
    self, AcknowledgementSink, Answers, ToAcknowledgement,
};
use crate::flow::inbound::vouchers::{self, Invoices, ToVoucher, VoucherSink};
use crate::flow::inbound::{
    self, Admission, Archive, Confirming, Folders, Intake, Kind, OrderBook, Received,
};
use crate::flow::invoices::{self, BillingInvoices, To810OrJson};
use crate::flow::purchase_orders::{self, PurchaseOrders, To850};
use crate::flow::{CleoSink, Doors, Lanes, Trade};
use crate::ledger::Secrets;
pub use crate::ledger::{ledger_file, look, take};
use crate::partner::Transfer;
use crate::route::Router;

/// The pipeline of the flow `purchase-orders`.
pub type OrderPipeline = Pipeline<PurchaseOrders, To850, CleoSink>;

/// The pipeline of the flow `invoices`.
pub type InvoicePipeline = Pipeline<BillingInvoices, To810OrJson, CleoSink>;

/// The pipeline of the flow `inbound`.
pub type InboundPipeline = Pipeline<Folders, Admission, Intake>;

/// The pipeline of the flow `vouchers`.
pub type VoucherPipeline = Confirming<Pipeline<Received<Invoices>, ToVoucher, VoucherSink>>;

/// The pipeline of the flow `order-acknowledgments`.
pub type AnswerPipeline = Pipeline<Received<Answers>, ToAcknowledgement, AcknowledgementSink>;

/// The pipeline of the flow `notices`.
pub type NoticePipeline = Pipeline<Received<Notices>, ToInstruction, LedgerSink>;

/// The pipeline of the flow `functional-acknowledgments`.
pub type GroupPipeline = Pipeline<Received<Groups>, To997, CleoSink>;

/// One tenant's integration: clients of both systems, the ledger, the flows.
#[derive(Debug)]
pub struct Integration {
    config: Config,
    clock: Arc<dyn Clock>,
    store: Arc<dyn StateStore>,
    peoplesoft: peoplesoft_client::Client,
    cleo: cleo_client::Client,
    doors: Doors,
    trade: Arc<Trade>,
    limits: Limits,
}

/// What the ledger is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To run flows: nobody else may run them meanwhile.
    Run,
    /// To look, while somebody may be running flows.
    Look,
}

/// Why an integration does not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The vault refuses.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The ledger does not open.
    #[error("the ledger in {}: {error}", path.display())]
    Ledger {
        /// Its file.
        path: PathBuf,
        /// Why.
        error: StoreError,
    },
    /// The ledger in a database does not open.
    #[error("the ledger in schema {schema} of PostgreSQL: {error}")]
    SharedLedger {
        /// Its schema.
        schema: Box<str>,
        /// Why.
        error: StoreError,
    },
    /// What is needed to reach the database of the ledger is not as it must be.
    #[error("`{key}`: {why}")]
    Database {
        /// The key of the configuration.
        key: &'static str,
        /// What was found, what was expected, and how to mend it.
        why: Box<str>,
    },
    /// A key of sealed payloads is not as it must be.
    #[error("`state.encryption`, {key}: {why}")]
    PayloadKey {
        /// Which.
        key: Box<str>,
        /// Why.
        why: VaultError,
    },
    /// The ledger is sealed with a key that the configuration does not name.
    #[error(
        "the ledger is sealed with key {id}, which `state.encryption` does not name: add the key of that fingerprint \
         as `key`, or to `older_keys` where another has taken its place since"
    )]
    Sealed {
        /// The fingerprint of the key.
        id: Box<str>,
    },
    /// The profile of the PeopleSoft site cannot be read.
    #[error("the PeopleSoft profile {}: {why}", path.display())]
    Profile {
        /// Its file.
        path: PathBuf,
        /// Why.
        why: Box<str>,
    },
    /// `[cleo.rest_transfer]` is not what the client takes.
    #[error("[cleo.rest_transfer]: {0}")]
    RestTransfer(Box<str>),
    /// The PeopleSoft client refuses its settings.
    #[error(transparent)]
    PeopleSoft(#[from] peoplesoft_client::Error),
    /// The Cleo client refuses its settings.
    #[error(transparent)]
    Cleo(#[from] cleo_client::Error),
    /// A schedule makes no sense.
    #[error("the schedule of {flow}: {error}")]
    Schedule {
        /// The flow.
        flow: Box<str>,
        /// Why.
        error: ScheduleError,
    },
    /// A folder cannot be made.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl Integration {
    /// Opens everything that a configuration names; asks neither system anything yet.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(config: Config, access: Access) -> Result<Self, OpenError> {
        Self::open_with(config, access, Arc::new(SystemClock::new())).await
    }

    /// The same with a clock of the caller.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open_with(
        config: Config,
        access: Access,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let store: Arc<dyn StateStore> = match access {
            Access::Run => take(&config, Arc::clone(&clock)).await?,
            // Nothing was ever run: an empty ledger shows the same.
            Access::Look => match look(&config).await? {
                Some(store) => store,
                None => Arc::new(MemoryStore::new(Arc::clone(&clock))),
            },
        };
        let secrets = Secrets::open(&config)?;
        let peoplesoft = peoplesoft(&config, &secrets)?;
        let (cleo, doors) = cleo(&config, &secrets)?;
        let trade = Arc::new(Trade {
            lanes: Arc::new(Lanes::new(&config.partners, config.our.as_ref())),
            router: Router::new(config.partners.clone()),
            codes: config.code_tables(),
            our: config.our.clone(),
            environment: config.environment,
        });
        let limits = Limits::new();
        config.limits.set(&limits, &config.tenant);
        Ok(Self {
            limits,
            config,
            clock,
            store,
            peoplesoft,
            cleo,
            doors,
            trade,
        })
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The ledger.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn StateStore> {
        &self.store
    }

    /// The client of PeopleSoft.
    #[must_use]
    pub fn peoplesoft(&self) -> &peoplesoft_client::Client {
        &self.peoplesoft
    }

    /// The client of Cleo.
    #[must_use]
    pub fn cleo(&self) -> &cleo_client::Client {
        &self.cleo
    }

    /// The doors of Cleo that files can go through.
    #[must_use]
    pub fn doors(&self) -> &Doors {
        &self.doors
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The stream of a flow.
    #[must_use]
    pub fn stream(&self, flow: &str) -> StreamKey {
        StreamKey::new(&*self.config.tenant, flow, "all")
    }

    /// The flow of purchase orders, where it is configured and enabled.
    #[must_use]
    pub fn purchase_orders(&self) -> Option<(StreamKey, OrderPipeline)> {
        let flow = self
            .config
            .flows
            .purchase_orders
            .clone()
            .filter(|flow| flow.enabled)?;
        let limits = flow.poll.limits.clone();
        let transform = To850::new(Arc::clone(&self.trade), flow.on_status);
        let source = PurchaseOrders::new(self.peoplesoft.clone(), flow);
        Some((
            self.stream(purchase_orders::NAME),
            self.pipeline(purchase_orders::NAME, limits.as_ref(), source, transform),
        ))
    }

    /// The flow of invoices, where it is configured and enabled.
    #[must_use]
    pub fn invoices(&self) -> Option<(StreamKey, InvoicePipeline)> {
        let flow = self
            .config
            .flows
            .invoices
            .clone()
            .filter(|flow| flow.enabled)?;
        let limits = flow.poll.limits.clone();
        let transform = To810OrJson::new(Arc::clone(&self.trade));
        let source = BillingInvoices::new(self.peoplesoft.clone(), flow);
        Some((
            self.stream(invoices::NAME),
            self.pipeline(invoices::NAME, limits.as_ref(), source, transform),
        ))
    }

    fn pipeline<S, T>(
        &self,
        flow: &str,
        own: Option<&FlowLimits>,
        source: S,
        transform: T,
    ) -> Pipeline<S, T, CleoSink>
    where
        S: sync_core::Source,
        T: sync_core::Transform<In = S::Record>,
    {
        let delivery = &self.config.delivery;
        let tenant = &*self.config.tenant;
        let [peoplesoft, cleo] = FlowLimits::set(own, &self.limits, tenant, flow);
        let (gateway, origin) = (&self.config.peoplesoft.gateway, &self.config.cleo.origin);
        let sink = CleoSink::new(
            self.doors.clone(),
            Arc::clone(&self.trade.lanes),
            delivery.clone(),
        );
        Pipeline::new(source, transform, sink)
            .concurrency(Self::CONCURRENCY)
            .max_open(delivery.max_open.get() as u64)
            .source_gate(self.limits.gate(tenant, &peoplesoft, gateway.host_str()))
            .sink_gate(self.limits.gate(tenant, &cleo, origin.host_str()))
    }

    /// The folder in which received files are kept as they came.
    #[must_use]
    pub fn archive(&self) -> Archive {
        let inbound = self.config.flows.inbound.as_ref();
        let own = inbound.and_then(|flow| flow.archive.clone());
        Archive::new(own.unwrap_or_else(|| self.config.state.directory.join("archive")))
    }

    /// The flow that takes files over from Cleo, where it is configured and enabled.
    #[must_use]
    pub fn inbound(&self) -> Option<(StreamKey, InboundPipeline)> {
        let flow = self.inbound_flow()?;
        let door = match flow.transfer {
            Transfer::Rest => &self.doors.rest,
            Transfer::HttpServer => self.doors.http_server.as_ref()?,
            // A configuration cannot say it: nothing can be fetched from where documents are posted.
            Transfer::Payload => return None,
        };
        let (store, archive) = (Arc::clone(&self.store), self.archive());
        let source = Folders::new(
            Arc::clone(door),
            Arc::clone(&store),
            archive.clone(),
            flow.clone(),
        );
        let delivery = self.config.delivery.clone();
        let transform = Admission::new(Arc::clone(&self.trade));
        let trade = Arc::clone(&self.trade);
        let sink = Intake::new(Arc::clone(door), store, archive, trade, flow, delivery);
        Some((
            self.stream(inbound::NAME),
            Pipeline::new(source, transform, sink).concurrency(Self::CONCURRENCY),
        ))
    }

    /// The flow of suppliers' invoices into vouchers, where it is configured and enabled.
    #[must_use]
    pub fn vouchers(&self) -> Option<(StreamKey, VoucherPipeline)> {
        let flow = self.inbound_flow().filter(|flow| flow.vouchers)?;
        let client = &self.peoplesoft;
        let orders = OrderBook::new(client.clone(), flow.business_units);
        let kind = Invoices::new(client.clone(), orders, self.config.our.clone());
        let transform = ToVoucher::new(Arc::clone(&self.trade), flow.tolerance);
        let sink = VoucherSink::new(client.clone(), self.config.delivery.clone());
        let pipeline = Pipeline::new(self.received(kind), transform, sink)
            .concurrency(Self::CONCURRENCY)
            .max_open(self.config.delivery.max_open.get() as u64);
        Some((
            self.stream(vouchers::NAME),
            Confirming::new(pipeline, client.clone(), Self::CONFIRM_EVERY),
        ))
    }

    /// The flow of suppliers' answers to orders, where it is configured and enabled.
    #[must_use]
    pub fn order_acknowledgments(&self) -> Option<(StreamKey, AnswerPipeline)> {
        let flow = self
            .inbound_flow()
            .filter(|flow| flow.order_acknowledgments)?;
        let client = &self.peoplesoft;
        let kind = Answers::new(OrderBook::new(client.clone(), flow.business_units));
        let transform = {
            let route = &client.profile().po_acknowledgement.route;
            let is_routed = !route.operation.trim().is_empty() && !route.message.trim().is_empty();
            ToAcknowledgement::new(Arc::clone(&self.trade), is_routed)
        };
        let sink = AcknowledgementSink::new(client.clone(), self.config.delivery.clone());
        Some((
            self.stream(order_acknowledgments::NAME),
            Pipeline::new(self.received(kind), transform, sink).concurrency(Self::CONCURRENCY),
        ))
    }

    /// The flow of what partners say of what was sent, where suppliers' documents are read at all.
    #[must_use]
    pub fn notices(&self) -> Option<(StreamKey, NoticePipeline)> {
        self.inbound_flow()?;
        let streams = [
            purchase_orders::NAME,
            invoices::NAME,
            functional_acknowledgments::NAME,
        ];
        let streams = streams.map(|flow| self.stream(flow)).to_vec();
        let store = Arc::clone(&self.store);
        let kind = Notices::new(Arc::clone(&store), streams, self.config.our.clone());
        let transform = ToInstruction::new(Arc::clone(&self.trade));
        let sink = LedgerSink::new(store, self.config.delivery.clone());
        Some((
            self.stream(notices::NAME),
            Pipeline::new(self.received(kind), transform, sink),
        ))
    }

    /// The flow of our functional acknowledgments, where suppliers' documents are read at all.
    #[must_use]
    pub fn functional_acknowledgments(&self) -> Option<(StreamKey, GroupPipeline)> {
        self.inbound_flow()?;
        let transform = To997::new(Arc::clone(&self.trade));
        Some((
            self.stream(functional_acknowledgments::NAME),
            self.pipeline(
                functional_acknowledgments::NAME,
                None,
                self.received(Groups),
                transform,
            ),
        ))
    }

    /// How often PeopleSoft is asked what became of vouchers within one run.
    const CONFIRM_EVERY: Duration = Duration::from_secs(30);

    fn inbound_flow(&self) -> Option<InboundFlow> {
        let flow = self.config.flows.inbound.clone()?;
        flow.enabled.then_some(flow)
    }

    fn received<K: Kind>(&self, kind: K) -> Received<K> {
        let (store, trade) = (Arc::clone(&self.store), Arc::clone(&self.trade));
        Received::new(Arc::new(kind), store, trade, &self.config.tenant)
    }

    /// The flows of what partners send: the one that takes files over, then those that work on what is in them.
    #[must_use]
    pub fn inbound_stages(&self, only: Option<&str>) -> Vec<Vec<Job>> {
        let wanted = |name: &str| only.is_none_or(|only| only == name);
        let mut first: Vec<Job> = Vec::new();
        if let Some((stream, pipeline)) = self.inbound().filter(|_| wanted(inbound::NAME)) {
            first.push((stream, Arc::new(pipeline)));
        }
        let mut second: Vec<Job> = Vec::new();
        if let Some((stream, pipeline)) = self.vouchers().filter(|_| wanted(vouchers::NAME)) {
            second.push((stream, Arc::new(pipeline)));
        }
        let answers = self.order_acknowledgments();
        if let Some((stream, pipeline)) = answers.filter(|_| wanted(order_acknowledgments::NAME)) {
            second.push((stream, Arc::new(pipeline)));
        }
        if let Some((stream, pipeline)) = self.notices().filter(|_| wanted(notices::NAME)) {
            second.push((stream, Arc::new(pipeline)));
        }
        let groups = self.functional_acknowledgments();
        if let Some((stream, pipeline)) =
            groups.filter(|_| wanted(functional_acknowledgments::NAME))
        {
            second.push((stream, Arc::new(pipeline)));
        }
        vec![first, second]
    }

    /// How many uploads of a flow are on the way at once, over all partners.
    const CONCURRENCY: usize = 32;

    /// The flows out of PeopleSoft as jobs for an engine, all of them or the one of that name.
    #[must_use]
    pub fn jobs(&self, only: Option<&str>) -> Vec<Job> {
        let wanted = |name: &str| only.is_none_or(|only| only == name);
        let mut jobs: Vec<Job> = Vec::new();
        if let Some((stream, pipeline)) = self
            .purchase_orders()
            .filter(|_| wanted(purchase_orders::NAME))
        {
            jobs.push((stream, Arc::new(pipeline)));
        }
        if let Some((stream, pipeline)) = self.invoices().filter(|_| wanted(invoices::NAME)) {
            jobs.push((stream, Arc::new(pipeline)));
        }
        jobs
    }

    /// What the limits of this process are and where their breakers stand.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// An engine over the ledger that tells `observer` what happens.
    #[must_use]
    pub fn engine(&self, observer: Arc<dyn Observer>) -> Embedded {
        // A ledger in a file has one process; in a database, whoever ran a flow last runs it next.
        let standby = match self.config.state.postgres {
            Some(_) => self.config.delivery.lease,
            None => Duration::ZERO,
        };
        // Processes of two machines may have one number; the rest tells them apart.
        let owner = format!("process-{}-{:08x}", std::process::id(), fastrand::u32(..));
        Embedded::new(Arc::clone(&self.store), Arc::clone(&self.clock), owner)
            .observer(observer)
            .lease(self.config.delivery.lease)
            .standby(standby)
    }
}

fn peoplesoft(config: &Config, secrets: &Secrets) -> Result<peoplesoft_client::Client, OpenError> {
    use peoplesoft_client::{Client, Credentials, OAuth2};
    let settings = &config.peoplesoft;
    let credentials = match &settings.auth {
        PeopleSoftAuth::Basic { user, password } => {
            Credentials::basic(secrets.get(user)?.expose_secret(), secrets.get(password)?)
        }
        PeopleSoftAuth::Oauth2 {
            token_url,
            client_id,
            client_secret,
            scope,
        } => {
            let mut oauth2 = OAuth2::new(
                token_url.clone(),
                client_id.as_str(),
                secrets.get(client_secret)?,
            );
            if let Some(scope) = scope {
                oauth2 = oauth2.scope(scope.as_str());
            }
            Credentials::oauth2(oauth2)
        }
    };
    let mut builder = Client::builder(settings.gateway.clone())
        .profile(profile(settings.profile.as_deref())?)
        .node(settings.node.as_str())
        .credentials(credentials)
        .attempt_timeout(settings.timeout)
        .total_timeout(settings.timeout * 4);
    if settings.allow_http {
        builder = builder.allow_http();
    }
    Ok(builder.build()?)
}

/// The site's profile: a file of its own, or the default for FSCM 9.2.
fn profile(path: Option<&Path>) -> Result<peoplesoft_client::Profile, OpenError> {
    let Some(path) = path else {
        return Ok(peoplesoft_client::Profile::default());
    };
    let fail = |why: String| OpenError::Profile {
        path: path.to_owned(),
        why: why.into(),
    };
    let text = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
    let profile: peoplesoft_client::Profile =
        toml::from_str(&text).map_err(|error| fail(error.to_string()))?;
    profile
        .validate()
        .map_err(|mistakes| fail(mistakes.to_string()))?;
    Ok(profile)
}

fn cleo(config: &Config, secrets: &Secrets) -> Result<(cleo_client::Client, Doors), OpenError> {
    use cleo_client::{Client, Credentials, Deployment};
    let settings = &config.cleo;
    let (CleoAuth::Password { username, password } | CleoAuth::Basic { username, password }) =
        &settings.auth;
    let (user, password) = (secrets.get(username)?, secrets.get(password)?);
    let credentials = match &settings.auth {
        CleoAuth::Password { .. } => Credentials::password(user.expose_secret(), password.clone()),
        CleoAuth::Basic { .. } => Credentials::basic(user.expose_secret(), password.clone()),
    };
    let deployment = match settings.deployment {
        crate::config::Deployment::Cic => Deployment::Cic,
        crate::config::Deployment::Harmony => Deployment::Harmony,
        crate::config::Deployment::VlTrader => Deployment::VlTrader,
    };
    // The ledger's time-out covers the whole call with its retries: nothing of ours is alive after it.
    let whole = config.delivery.request_timeout;
    let mut builder = Client::builder(settings.origin.clone())
        .prefix(settings.prefix.as_str())
        .deployment(deployment)
        .credentials(credentials)
        .attempt_timeout(settings.timeout.min(whole))
        .total_timeout(whole)
        .allow_http(settings.allow_http);
    if let Some(serial) = &settings.vlproxy_serial {
        builder = builder.vlproxy_serial(serial);
    }
    let client = builder.build()?;
    let rest: Arc<dyn FileTransfer> = match &settings.rest_transfer {
        None => Arc::new(RestTransfer::new(&client)?),
        Some(table) => {
            let templates: RestTemplates =
                table.clone().try_into().map_err(|error: toml::de::Error| {
                    OpenError::RestTransfer(error.to_string().into())
                })?;
            Arc::new(RestTransfer::with_templates(&client, templates)?)
        }
    };
    let http_server: Option<Arc<dyn FileTransfer>> = match &settings.http_server {
        None => None,
        Some(server) => Some(Arc::new(
            HttpServerTransfer::builder(&client)
                .service_path(server.path.as_str())
                .credentials(user.expose_secret(), password)
                .build()?,
        )),
    };
    let doors = Doors {
        rest,
        http_server,
        client: client.clone(),
    };
    Ok((client, doors))
}
