//! The class of an error, and what it proves about the far side.

use std::fmt;

/// The class of an [`Error`](crate::Error), coarse enough to decide on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The connection could not be made, or broke before the answer was complete.
    Transport,
    /// The server's certificate is not trusted, or the server wants one of the client that it trusts. Nothing was sent.
    Certificate,
    /// An attempt, or the call as a whole, ran out of time.
    Timeout,
    /// The server did not accept the token or the credentials of a request.
    Unauthorized,
    /// The server refused the log-in. Nothing is sent again until the caller acts, because accounts lock.
    LoginRefused,
    /// The account is known and has no right to do this.
    Forbidden,
    /// There is no such object.
    NotFound,
    /// The object exists already, or is in a state that does not allow this.
    Conflict,
    /// The server understood the request and found its content wrong.
    Validation,
    /// The server asked for fewer requests.
    RateLimited,
    /// The server failed (5xx).
    Server,
    /// Any other status than success.
    Status,
    /// The answer could not be understood.
    Decode,
    /// The request is wrong and was not sent.
    InvalidRequest,
    /// The settings of the client are wrong; nothing was sent.
    Configuration,
    /// The caller's own code failed: a one-time code, a token store, the content of an upload.
    Callback,
    /// A name that should stand for one object stands for several.
    Ambiguous,
    /// Every permitted attempt failed; [`Error::last_kind`](crate::Error::last_kind) says how the last one did.
    RetriesExhausted,
}

impl ErrorKind {
    /// A short stable name, fit for a metric or a log field.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Certificate => "certificate",
            Self::Timeout => "timeout",
            Self::Unauthorized => "unauthorized",
            Self::LoginRefused => "login_refused",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Validation => "validation",
            Self::RateLimited => "rate_limited",
            Self::Server => "server",
            Self::Status => "status",
            Self::Decode => "decode",
            Self::InvalidRequest => "invalid_request",
            Self::Configuration => "configuration",
            Self::Callback => "callback",
            Self::Ambiguous => "ambiguous",
            Self::RetriesExhausted => "retries_exhausted",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What may be assumed about the far side after a failed call.
///
/// The order is that of worry: over several attempts the worst one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sent {
    /// Proven: nothing was acted on. The connection was refused, or the server answered 401, 429, or 503
    /// with `Retry-After`, or the request never left.
    No,
    /// The server answered: with a 2xx status it acted, with any other it refused.
    Yes,
    /// Unknown: the request went out and no dependable answer came back. Look before sending again.
    Maybe,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worry_is_ordered() {
        assert!(Sent::No < Sent::Yes && Sent::Yes < Sent::Maybe);
    }
}
