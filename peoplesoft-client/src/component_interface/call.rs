//! Calls of a component interface, through whichever door the profile names.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use http::Method;
use tokio::sync::Mutex;

use super::buffer::{CiBuffer, Content};
use super::contract::{Contract, Terms};
use super::names::Names;
use super::verdict::{Found, Notification, from_fault};
use super::{Action, json, rest, soap};
use crate::client::Client;
use crate::connector::versioned;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::profile::{CiAccess, CiAction, CiDoor, CiSoap};
use crate::raw::RawAnswer;
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

    async fn by_soap(&self, action: Action, data: &CiBuffer) -> Result<CiBuffer> {
        let access = &self.access.soap;
        let terms = self.terms(action).await?;
        let body = soap::write(&terms.element, &terms.namespace, data, &self.names);
        let body = body.map_err(|error| {
            let message = format!("the data cannot be written as XML: {error}");
            self.about(Error::new(ErrorKind::InvalidRequest, message), action)
        })?;
        let service = versioned(&self.service(), &access.service_version);
        let mut request = self
            .client
            .soap(&terms.soap_action)
            .service(service)
            .body(body);
        if action.reads() {
            request = request.repeatable();
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                // The service may have been generated anew, with other names for its messages.
                if error.kind() == ErrorKind::Fault {
                    self.client
                        .shared
                        .contracts
                        .lock()
                        .await
                        .remove(&self.service());
                }
                return Err(error.with_target(&self.target(action)));
            }
        };
        let read = soap::read(answer.body()).map_err(|error| {
            let error = Error::from(error).with_sent(Sent::Yes);
            self.about(error, action)
        })?;
        Ok(read.map(|(_, buffer)| buffer).unwrap_or_default())
    }

    async fn by_rest(&self, action: Action, data: &CiBuffer) -> Result<CiBuffer> {
        let access = &self.access.rest;
        let template = match action {
            Action::Get => &access.get,
            Action::Find => &access.find,
            Action::Create => &access.create,
            Action::Update => &access.update,
            Action::UpdateData => &access.update_data,
        };
        let place =
            rest::fill(template, data, &self.names).map_err(|error| self.about(error, action))?;
        let alias = if access.alias.is_empty() {
            format!("CIRT_{}", self.name)
        } else {
            access.alias.clone()
        };
        let mut request = self.client.rest(&alias).version(&access.version);
        for segment in place.segments {
            request = request.segment(segment);
        }
        for (name, value) in place.parameters {
            request = request.query(name, value);
        }
        if !action.reads() {
            let envelope = self.envelope(&access.request_envelope);
            let json = json::write(data, &self.names, &envelope, &access.row);
            let method = match action {
                Action::Create => Method::POST,
                _ => Method::PUT,
            };
            request = request
                .method(method)
                .body("application/json; charset=UTF-8", json);
        }
        match request.send().await {
            Ok(answer) => self.read_json(&answer, action),
            // A refusal may come with any status: its body tells.
            Err(error) => match self.refusal_in(&error) {
                Some(answer) => Ok(answer),
                None => Err(error.with_target(&self.target(action))),
            },
        }
    }

    /// The JSON of an answer that is no success, where it says that the component interface refused.
    fn refusal_in(&self, error: &Error) -> Option<CiBuffer> {
        let answer = json::read(error.json()?, &self.access.rest.row).ok()?;
        let mut place = Some(&answer);
        for name in self.envelope(&self.access.rest.answer_envelope) {
            if let Some(inner) = place.and_then(|place| place.rows(&name).next()) {
                place = Some(inner);
            }
        }
        let found = Found::of(place?);
        (found.is_said() && found.verdict().is_err()).then(|| place.cloned())?
    }

    fn read_json(&self, answer: &RawAnswer, action: Action) -> Result<CiBuffer> {
        if answer.bytes().trim_ascii().is_empty() {
            return Ok(CiBuffer::new());
        }
        let wrong = |message: String| {
            let error = Error::new(ErrorKind::Decode, message).with_status(answer.status());
            self.about(error.with_sent(Sent::Yes), action)
        };
        let mut buffer = json::read(answer.bytes(), &self.access.rest.row)
            .map_err(|what| wrong(format!("the answer cannot be read: {what}")))?;
        for name in self.envelope(&self.access.rest.answer_envelope) {
            // A verdict may stand outside of the objects that data stands in.
            if Found::of(&buffer).is_said() {
                break;
            }
            let inner = buffer.rows(&name).next().cloned();
            buffer = inner.ok_or_else(|| {
                wrong(format!(
                    "the answer has no object {name}, as the profile has it"
                ))
            })?;
        }
        Ok(buffer)
    }

    fn envelope(&self, names: &[String]) -> Vec<String> {
        names
            .iter()
            .map(|name| name.replace("{name}", &self.name))
            .collect()
    }

    /// The service over SOAP.
    pub(crate) fn service(&self) -> String {
        let given = &self.access.soap.service;
        if given.is_empty() {
            format!("CI_{}", self.name)
        } else {
            given.clone()
        }
    }

    /// How an action is called: from the profile, and from the WSDL for what the profile leaves out.
    async fn terms(&self, action: Action) -> Result<Terms> {
        let soap = &self.access.soap;
        let given = given(soap, action);
        let namespace = [&given.namespace, &soap.namespace]
            .into_iter()
            .find(|namespace| !namespace.is_empty());
        let mut terms = match namespace {
            Some(namespace) => Terms {
                namespace: namespace.clone(),
                ..Terms::default()
            },
            None => self
                .contract()
                .await?
                .terms(action)
                .cloned()
                .ok_or_else(|| {
                    let message = format!(
                        "the WSDL of {} has no operation for {}",
                        self.service(),
                        action.word()
                    );
                    self.about(
                        Error::new(ErrorKind::NotFound, message).with_sent(Sent::Yes),
                        action,
                    )
                })?,
        };
        if terms.operation.is_empty() {
            terms.operation = format!("{}_{}", self.service(), action.suffix());
        }
        for (slot, given) in [
            (&mut terms.soap_action, &given.soap_action),
            (&mut terms.element, &given.element),
        ] {
            if !given.is_empty() {
                slot.clone_from(given);
            }
        }
        if terms.soap_action.is_empty() {
            terms.soap_action = format!("{}.V1", terms.operation);
        }
        if terms.element.is_empty() {
            terms.element = action.element(&self.name);
        }
        Ok(terms)
    }

    /// What the WSDL says; read once, by one task while the others wait.
    async fn contract(&self) -> Result<Arc<Contract>> {
        let service = self.service();
        let mut known = self.client.shared.contracts.lock().await;
        if let Some(contract) = known.get(&service) {
            return Ok(Arc::clone(contract));
        }
        let version = &self.access.soap.service_version;
        let document = self.client.wsdl(&service, version).await?;
        let contract = Contract::read(document.bytes()).map_err(|error| {
            let target = Target::new(&service, None, &self.client.profile().node);
            Error::from(error)
                .with_target(&target)
                .with_status(document.status())
                .with_sent(Sent::Yes)
        })?;
        let contract = Arc::new(contract);
        known.insert(service, Arc::clone(&contract));
        Ok(contract)
    }

    /// The records in an answer, without what it says about itself.
    fn payload(&self, answer: CiBuffer) -> Vec<CiBuffer> {
        let answer = without_verdict(answer);
        // They stand in elements of the component's name, within `detail` in some answers.
        for place in [Some(&answer), answer.rows("detail").next()]
            .into_iter()
            .flatten()
        {
            let named: Vec<CiBuffer> = place
                .members()
                .iter()
                .filter(|member| member.name.eq_ignore_ascii_case(&self.name))
                .filter_map(|member| match &member.content {
                    Content::Row(row) => Some(row.clone()),
                    Content::Value(_) => None,
                })
                .collect();
            if !named.is_empty() {
                return named;
            }
        }
        let detail = answer.rows("detail").next().cloned();
        match detail {
            Some(detail) if answer.properties().next().is_none() => vec![detail],
            _ => vec![answer],
        }
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

fn given(soap: &CiSoap, action: Action) -> &CiAction {
    match action {
        Action::Get => &soap.get,
        Action::Find => &soap.find,
        Action::Create => &soap.create,
        Action::Update => &soap.update,
        Action::UpdateData => &soap.update_data,
    }
}

/// An answer without its notification and messages, at the top and within `detail`.
fn without_verdict(answer: CiBuffer) -> CiBuffer {
    let mut rest = CiBuffer::new();
    for member in answer.into_members() {
        let name = member.name.to_ascii_lowercase();
        match (name.as_str(), member.content) {
            ("notification" | "messages" | "message" | "transaction" | "errors", _) => {}
            ("detail", Content::Row(detail)) => {
                rest.add(member.name.into(), Content::Row(without_verdict(detail)));
            }
            ("detail", Content::Value(text)) if text.trim().is_empty() => {}
            (_, content) => rest.add(member.name.into(), content),
        }
    }
    rest
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
