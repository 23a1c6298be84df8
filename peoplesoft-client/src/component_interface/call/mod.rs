//! Calls of a component interface, through whichever door the profile names.

mod by_rest;
mod by_soap;
mod payload;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::Action;
use super::buffer::CiBuffer;
use super::contract::Contract;
use super::names::Names;
use super::verdict::{Found, Notification, from_fault};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::profile::{CiAccess, CiDoor};
use crate::target::Target;

/// The WSDL documents that have been read, by service.
pub(crate) type Contracts = Arc<Mutex<HashMap<String, Arc<Contract>>>>;

/// A component interface of the site; get one from [`Client::component_interface`].
///
/// Reads are tried again where that can help. A create, an update and an update of data are sent again
/// only if nothing of them can have arrived: PeopleSoft knows no idempotency key. After an error that
/// [may have been done](Error::is_in_doubt) all the same, [`look_up`](Self::look_up) tells.
///
/// ```no_run
/// # async fn run(client: peoplesoft_client::Client) -> peoplesoft_client::Result<()> {
/// use peoplesoft_client::CiBuffer;
///
/// let suppliers = client.component_interface("VNDR_ID");
/// let supplier = CiBuffer::new()
///     .with("SETID", "SHARE")
///     .with("VENDOR_ID", "0000000042")
///     .with("NAME1", "Acme");
/// let made = match suppliers.create(&supplier).await {
///     // The answer was lost: was the supplier made before that?
///     Err(error) if error.is_in_doubt() => suppliers.look_up(&supplier).await?.is_some(),
///     answer => answer.map(|_| true)?,
/// };
/// if !made {
///     suppliers.create(&supplier).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ComponentInterface {
    client: Client,
    name: String,
    access: Arc<CiAccess>,
    names: Names,
}

/// A record that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Created {
    /// Its keys, as the component interface gave them.
    pub keys: CiBuffer,
    /// What PeopleSoft says about it.
    pub notification: Notification,
}

impl Client {
    /// A component interface by its name in the profile's `component_interfaces`, or else by its own
    /// name, called as PeopleSoft's conventions have it.
    #[must_use]
    pub fn component_interface(&self, name: &str) -> ComponentInterface {
        let known = self.profile().component_interfaces.get(name);
        let access = Arc::new(known.cloned().unwrap_or_default());
        let own = if access.name.is_empty() {
            name
        } else {
            &access.name
        };
        ComponentInterface {
            client: self.clone(),
            name: own.to_owned(),
            names: Names::new(&access.names, &access.keys),
            access,
        }
    }
}

impl ComponentInterface {
    /// Its own name, as PeopleSoft knows it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gets one record by its keys; nothing if there is none.
    ///
    /// What PeopleSoft answers for a record that is not there differs: an answer without data, and a
    /// refusal in the profile's `absent_words`, are read so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Business`] when the component interface refuses, with its messages;
    /// [`ErrorKind::NotFound`] when its service has no such action; and every kind that a read can fail
    /// with.
    pub async fn get(&self, keys: impl Into<CiBuffer>) -> Result<Option<CiBuffer>> {
        let answer = match self.perform(Action::Get, &keys.into()).await {
            Err(error) if self.says_absent(&error) => return Ok(None),
            answer => answer?,
        };
        let found = Found::of(&answer);
        if found.is_said()
            && let Err(error) = found.verdict()
        {
            return if self.says_absent(&error) {
                Ok(None)
            } else {
                Err(self.about(error, Action::Get))
            };
        }
        let record = self.payload(answer).into_iter().next();
        Ok(record.filter(|record| !record.is_empty()))
    }

    /// Finds records by some of their keys, and answers with the keys of each.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn find(&self, keys: impl Into<CiBuffer>) -> Result<Vec<CiBuffer>> {
        let answer = match self.perform(Action::Find, &keys.into()).await {
            Err(error) if self.says_absent(&error) => return Ok(Vec::new()),
            answer => answer?,
        };
        let found = Found::of(&answer);
        if found.is_said()
            && let Err(error) = found.verdict()
        {
            return if self.says_absent(&error) {
                Ok(Vec::new())
            } else {
                Err(self.about(error, Action::Find))
            };
        }
        let mut records = self.payload(answer);
        records.retain(|record| !record.is_empty());
        Ok(records)
    }

    /// Makes a record. It is not sent twice unless nothing of it can have arrived.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Business`] when the component interface refuses, with its messages; every kind that a
    /// call can fail with. After one that is [in doubt](Error::is_in_doubt), look the record up before
    /// making it again.
    pub async fn create(&self, record: &CiBuffer) -> Result<Created> {
        let answer = self.perform(Action::Create, record).await?;
        let notification = Found::of(&answer)
            .verdict()
            .map_err(|error| self.about(error, Action::Create))?;
        let keys = self.payload(answer).into_iter().next().unwrap_or_default();
        Ok(Created { keys, notification })
    }

    /// Changes a record: rows of collections are matched by their keys, or inserted.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create).
    pub async fn update(&self, record: &CiBuffer) -> Result<Notification> {
        self.change(Action::Update, record).await
    }

    /// Changes existing data of a record.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create).
    pub async fn update_data(&self, record: &CiBuffer) -> Result<Notification> {
        self.change(Action::UpdateData, record).await
    }

    /// Gets the record whose keys stand in `record`, as the profile lists them: what to do after an
    /// answer was lost.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] when the profile lists no keys, or `record` lacks one of them (a key
    /// that PeopleSoft numbers itself cannot be looked up: [`find`](Self::find) by something else); else
    /// those of [`get`](Self::get).
    pub async fn look_up(&self, record: &CiBuffer) -> Result<Option<CiBuffer>> {
        let refuse = |message: String| {
            self.about(Error::new(ErrorKind::InvalidRequest, message), Action::Get)
        };
        if self.access.keys.is_empty() {
            let name = &self.name;
            return Err(refuse(format!(
                "the profile lists no keys of the component interface {name}"
            )));
        }
        let mut keys = CiBuffer::new();
        for key in &self.access.keys {
            match record.get(key) {
                Some(value) => keys.set(key.as_str(), value),
                None => return Err(refuse(format!("the record has no value for its key {key}"))),
            }
        }
        self.get(keys).await
    }

    /// The actions that its WSDL describes, by their words.
    pub(crate) async fn actions(&self) -> Result<Vec<&'static str>> {
        let contract = self.contract().await?;
        let described = Action::ALL
            .into_iter()
            .filter(|action| contract.terms(*action).is_some());
        let words: Vec<&str> = described.map(Action::word).collect();
        if words.is_empty() {
            let service = self.service();
            let message =
                format!("the WSDL of {service} describes no action of a component interface");
            let target = Target::new(&service, None, &self.client.profile().node);
            return Err(Error::new(ErrorKind::Decode, message)
                .with_target(&target)
                .with_attempts(1)
                .with_sent(Sent::Yes));
        }
        Ok(words)
    }

    /// The service operation that gets a record.
    pub(crate) fn get_operation(&self) -> String {
        self.operation(Action::Get)
    }

    async fn change(&self, action: Action, record: &CiBuffer) -> Result<Notification> {
        let answer = self.perform(action, record).await?;
        Found::of(&answer)
            .verdict()
            .map_err(|error| self.about(error, action))
    }

    async fn perform(&self, action: Action, data: &CiBuffer) -> Result<CiBuffer> {
        let answer = match self.access.door {
            CiDoor::Soap => self.by_soap(action, data).await,
            CiDoor::Rest => self.by_rest(action, data).await,
        };
        answer.map_err(from_fault)
    }

    fn says_absent(&self, error: &Error) -> bool {
        let says = |text: &str| {
            let text = text.to_lowercase();
            let mut words = self.access.absent_words.iter();
            words.any(|words| !words.is_empty() && text.contains(&words.to_lowercase()))
        };
        error.kind() == ErrorKind::Business
            && error.messages().iter().any(|message| says(message.text()))
    }

    fn operation(&self, action: Action) -> String {
        match self.access.door {
            CiDoor::Soap => format!("{}_{}", self.service(), action.suffix()),
            CiDoor::Rest => format!("CIRT_{}_{}", self.name, action.rest_suffix()),
        }
    }

    /// What an administrator has to look for: the service operation, whatever its alias.
    fn target(&self, action: Action) -> Target {
        Target::new(&self.operation(action), None, &self.client.profile().node)
    }

    fn about(&self, error: Error, action: Action) -> Error {
        let attempts = u32::from(error.was_sent() != Sent::No);
        error
            .with_target(&self.target(action))
            .with_attempts(attempts)
    }
}

impl<N: Into<String>, V: Into<String>, const LENGTH: usize> From<[(N, V); LENGTH]> for CiBuffer {
    fn from(pairs: [(N, V); LENGTH]) -> Self {
        pairs.into_iter().collect()
    }
}

impl From<&CiBuffer> for CiBuffer {
    fn from(buffer: &CiBuffer) -> Self {
        buffer.clone()
    }
}

impl fmt::Debug for ComponentInterface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ComponentInterface")
            .field("name", &self.name)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}
