//! What went wrong, whether anything was acted on, and what to do about it.

mod kind;
mod remedy;

use std::{fmt, time::Duration};

use http::{Method, StatusCode};

pub use self::kind::{ErrorKind, Sent};

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a call failed.
///
/// One opaque type for the whole crate: decide by [`kind`](Self::kind), by [`was_sent`](Self::was_sent)
/// and by [`is_retryable`](Self::is_retryable), show [`remedy`](Self::remedy) to a person. It never
/// holds a password, a token, a query string, or the answer to a log-in.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    last_kind: ErrorKind,
    operation: String,
    method: Option<Method>,
    path: Option<String>,
    status: Option<StatusCode>,
    message: Option<String>,
    body_excerpt: Option<String>,
    retry_after: Option<Duration>,
    server: Option<String>,
    attempts: u32,
    sent: Sent,
    source: Option<BoxError>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, operation: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            last_kind: kind,
            operation: operation.into(),
            method: None,
            path: None,
            status: None,
            message: None,
            body_excerpt: None,
            retry_after: None,
            server: None,
            attempts: 0,
            sent: Sent::No,
            source: None,
        }))
    }

    /// A request that was refused before anything left.
    pub(crate) fn invalid(operation: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, operation).with_message(message)
    }

    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, "build client").with_message(message)
    }

    /// An answer that was received and could not be understood.
    pub(crate) fn decode(operation: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Decode, operation)
            .with_message(message)
            .with_sent(Sent::Yes)
    }

    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_sent(mut self, sent: Sent) -> Self {
        self.0.sent = sent;
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_excerpt(mut self, excerpt: Option<String>) -> Self {
        self.0.body_excerpt = excerpt;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn with_server(mut self, server: Option<String>) -> Self {
        self.0.server = server;
        self
    }

    pub(crate) fn with_request(mut self, method: &Method, path: &str) -> Self {
        self.0.method = Some(method.clone());
        self.0.path = Some(path.to_owned());
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_operation(mut self, operation: &str) -> Self {
        operation.clone_into(&mut self.0.operation);
        self
    }

    /// A refusal of the log-in, whatever status it came with.
    pub(crate) fn into_login_refused(mut self) -> Self {
        self.0.kind = ErrorKind::LoginRefused;
        self.0.last_kind = ErrorKind::LoginRefused;
        self
    }

    /// Every permitted attempt failed: the kind says so, the last one's kind is kept beside it.
    pub(crate) fn exhausted(mut self) -> Self {
        self.0.last_kind = self.0.kind;
        self.0.kind = ErrorKind::RetriesExhausted;
        self
    }

    /// The class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The class of the last attempt; the same as [`kind`](Self::kind) unless that is [`ErrorKind::RetriesExhausted`].
    #[must_use]
    pub fn last_kind(&self) -> ErrorKind {
        self.0.last_kind
    }

    /// The status of the last answer, if one came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// What the server said (`message` of Cleo's error body), or what this crate found wrong.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The beginning of the answer's body, at most 2 KiB of text; never of a log-in.
    #[must_use]
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.body_excerpt.as_deref()
    }

    /// What the caller was doing, in words: `list connections`, `upload file`.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The method of the request, if one was built.
    #[must_use]
    pub fn method(&self) -> Option<&Method> {
        self.0.method.as_ref()
    }

    /// The path of the request, without its query.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// How often the request was sent; 0 when it never left.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// What may be assumed about side effects, over all attempts.
    #[must_use]
    pub fn was_sent(&self) -> Sent {
        self.0.sent
    }

    /// How long the server asked to wait, counted from its answer.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What the server calls itself (`Server`), if it answered and says so: `Cleo Harmony/5.8.0.21 (Linux)`.
    #[must_use]
    pub fn server(&self) -> Option<&str> {
        self.0.server.as_deref()
    }

    /// Whether the same call may succeed later.
    ///
    /// This says nothing about whether sending it again is safe: for that, see [`was_sent`](Self::was_sent).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.0.last_kind {
            ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::RateLimited => true,
            ErrorKind::Server => self.0.status != Some(StatusCode::NOT_IMPLEMENTED),
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        write!(f, "{} failed: {}", inner.operation, inner.last_kind)?;
        if let Some(status) = inner.status {
            write!(f, " (status {})", status.as_u16())?;
        }
        if inner.attempts > 1 {
            write!(f, " after {} attempts", inner.attempts)?;
        }
        if let (Some(method), Some(path)) = (&inner.method, &inner.path) {
            write!(f, " at {method} {path}")?;
        }
        if let Some(message) = &inner.message {
            write!(f, ": {message}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("last_kind", &inner.last_kind)
            .field("operation", &inner.operation)
            .field("method", &inner.method)
            .field("path", &inner.path)
            .field("status", &inner.status)
            .field("message", &inner.message)
            .field("body_excerpt", &inner.body_excerpt)
            .field("retry_after", &inner.retry_after)
            .field("server", &inner.server)
            .field("attempts", &inner.attempts)
            .field("sent", &inner.sent)
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_one_line_without_the_source() {
        let error = Error::new(ErrorKind::Server, "list connections")
            .with_status(StatusCode::BAD_GATEWAY)
            .with_request(&Method::GET, "/api/connections")
            .with_attempts(4)
            .with_source("inner text");
        assert_eq!(
            error.to_string(),
            "list connections failed: server (status 502) after 4 attempts at GET /api/connections"
        );
    }

    #[test]
    fn exhausted_keeps_the_last_kind() {
        let error = Error::new(ErrorKind::RateLimited, "x").exhausted();
        assert_eq!(error.kind(), ErrorKind::RetriesExhausted);
        assert_eq!(error.last_kind(), ErrorKind::RateLimited);
        assert!(error.is_retryable());
    }
}
