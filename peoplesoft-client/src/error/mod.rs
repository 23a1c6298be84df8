//! What can go wrong, told apart by who has to mend it.

mod fault;
mod kind;
mod remedy;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

pub use fault::Fault;
pub(crate) use fault::shown;
pub use kind::{ErrorKind, Sent};

use crate::connector::Door;
use crate::target::Target;

/// Details of a SOAP fault that are part of an error's text; all are in the fault.
const SHOWN_DETAILS: usize = 3;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// A failed call, or a client that could not be built.
///
/// [`kind`](Self::kind) says what happened and [`remedy`](Self::remedy) who has to do what about it.
/// The text is one line, holds no secret, and leaves the cause to
/// [`source`](std::error::Error::source).
///
/// ```
/// use peoplesoft_client::{Client, Credentials, ErrorKind};
///
/// let error = Client::builder("http://psft.example.com/PSIGW".parse()?)
///     .credentials(Credentials::basic("EDI_USER", "secret".into()))
///     .build()
///     .unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Configuration);
/// assert!(error.to_string().contains("plain http"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    target: Option<Target>,
    status: Option<StatusCode>,
    fault: Option<Fault>,
    messages: Vec<Fault>,
    door: Option<Door>,
    attempts: u32,
    sent: Sent,
    retry_after: Option<Duration>,
    /// The JSON of an answer that is no success, for those who know what it means.
    json: Option<Bytes>,
    /// What has to be done, where that is known better than by the kind.
    remedy: Option<String>,
    source: Option<Source>,
}

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            target: None,
            status: None,
            fault: None,
            messages: Vec::new(),
            door: None,
            attempts: 0,
            sent: Sent::No,
            retry_after: None,
            json: None,
            remedy: None,
            source: None,
        }))
    }

    pub(crate) fn with_target(mut self, target: &Target) -> Self {
        self.0.target = Some(target.clone());
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_fault(mut self, fault: Fault) -> Self {
        self.0.fault = Some(fault);
        self
    }

    /// Says what an error means to somebody who knows more than the door it came through.
    pub(crate) fn meaning(mut self, kind: ErrorKind, message: &str) -> Self {
        self.0.kind = kind;
        message.clone_into(&mut self.0.message);
        self
    }

    pub(crate) fn with_messages(mut self, messages: Vec<Fault>) -> Self {
        self.0.messages = messages;
        self
    }

    pub(crate) fn with_door(mut self, door: Option<Door>) -> Self {
        self.0.door = door;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_sent(mut self, sent: Sent) -> Self {
        self.0.sent = sent;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn with_json(mut self, json: Bytes) -> Self {
        self.0.json = Some(json);
        self
    }

    pub(crate) fn json(&self) -> Option<&Bytes> {
        self.0.json.as_ref()
    }

    pub(crate) fn with_remedy(mut self, sentence: String) -> Self {
        self.0.remedy = Some(sentence);
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The HTTP status of the answer, where one came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The error document of Integration Broker, where the answer held one.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.0.fault.as_ref()
    }

    /// The messages of an operation whose own verdict is no, in their order.
    #[must_use]
    pub fn messages(&self) -> &[Fault] {
        &self.0.messages
    }

    /// The door of the gateway that was knocked at.
    #[must_use]
    pub fn door(&self) -> Option<Door> {
        self.0.door
    }

    /// The service operation that was called, such as `QAS_EXECUTEQRY_REST_GET`.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.target.as_ref().map(Target::operation)
    }

    /// The query that was to run, as `OWNER/NAME`, where the call ran one.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.0.target.as_ref().and_then(Target::query)
    }

    /// The node that was addressed.
    #[must_use]
    pub fn node(&self) -> Option<&str> {
        self.0.target.as_ref().map(Target::node)
    }

    /// How many times the call was tried; 0 when it failed before the first attempt.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// What may be assumed about the request having reached PeopleSoft.
    #[must_use]
    pub fn was_sent(&self) -> Sent {
        self.0.sent
    }

    /// How long PeopleSoft or a proxy before it asked to wait (`Retry-After`).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the same call may succeed later without anybody mending anything.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Transport
                | ErrorKind::Timeout
                | ErrorKind::RateLimited
                | ErrorKind::Unavailable
        )
    }

    /// Whether a write may have been done although it failed: it may have arrived, and no answer says what
    /// became of it. Look it up by its key before doing it again.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.0.sent != Sent::No
            && matches!(
                self.0.kind,
                ErrorKind::Transport
                    | ErrorKind::Timeout
                    | ErrorKind::Unavailable
                    | ErrorKind::TooLarge
                    | ErrorKind::Decode
            )
    }

    /// Whether PeopleSoft could not be reached, rather than having refused.
    #[must_use]
    pub fn is_connectivity(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Unavailable
        )
    }

    /// One sentence that says what has to be done, and by whom, naming the service operation.
    #[must_use]
    pub fn remedy(&self) -> String {
        let own = self.0.remedy.clone();
        own.unwrap_or_else(|| remedy::sentence(self))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(target) = &inner.target {
            write!(f, "{target}: ")?;
        }
        f.write_str(&inner.message)?;
        // Messages were taken out of the fault where there are both.
        if let Some(fault) = &inner.fault
            && inner.messages.is_empty()
        {
            write!(f, ": {fault}")?;
            for detail in fault.details().iter().take(SHOWN_DETAILS) {
                write!(f, "; {detail}")?;
            }
        }
        for (at, message) in inner.messages.iter().enumerate() {
            write!(f, "{} {message}", if at == 0 { ":" } else { ";" })?;
        }
        match inner.status {
            Some(status) if status != StatusCode::OK => write!(f, " (HTTP {})", status.as_u16())?,
            _ => {}
        }
        if inner.attempts > 1 {
            write!(f, " after {} attempts", inner.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &inner.message)
            .field("target", &inner.target)
            .field("status", &inner.status)
            .field("fault", &inner.fault)
            .field("messages", &inner.messages)
            .field("door", &inner.door)
            .field("attempts", &inner.attempts)
            .field("sent", &inner.sent)
            .field("retry_after", &inner.retry_after)
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        inner_source(self.0.source.as_ref())
    }
}

fn inner_source(source: Option<&Source>) -> Option<&(dyn std::error::Error + 'static)> {
    source.map(|source| &**source as &(dyn std::error::Error + 'static))
}
