//! The kinds of failure, coarse enough to decide by.

/// What happened, told apart by who has to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client was built from values that cannot work: address, profile, credentials, certificate.
    Configuration,
    /// The caller asked for something that cannot be sent, such as a comma in a prompt value.
    InvalidRequest,
    /// No connection, or one that broke: DNS, TCP, TLS, an answer that was cut off.
    Transport,
    /// No answer in time, from us (per attempt, in all) or from the server (HTTP 408).
    Timeout,
    /// The gateway does not accept who we are: HTTP 401, or an unknown user in the error document.
    Unauthorized,
    /// HTTP 403: the web server, a proxy or PeopleSoft forbids the address to us.
    Forbidden,
    /// Integration Broker refuses the service operation to this user: no permission (158,536).
    OperationRefused,
    /// The service operation is not active, as PeopleSoft delivers it.
    OperationInactive,
    /// The service operation has no active routing that fits this call.
    NoRouting,
    /// The gateway or the database does not know the node that was addressed, or that is asking.
    WrongNode,
    /// HTTP 404: no such node, service alias or query.
    NotFound,
    /// The query does not exist, or not with that owner, or not for this user.
    UnknownQuery,
    /// A web page came instead of data: a sign-on page, a proxy page, a redirect to one.
    SignOnPage,
    /// Integration Broker or the query answered with an error of its own.
    Fault,
    /// The operation ran and its own verdict is no: [`Error::messages`](crate::Error::messages) say why.
    Business,
    /// HTTP 429: too many calls.
    RateLimited,
    /// The gateway works, but what is behind it does not: HTTP 502, 503, 504, or (158,10721).
    Unavailable,
    /// Any other HTTP status that is not success.
    Status,
    /// The answer was cut at the row limit within a single record, so it can never be read whole; or a
    /// stream of rows was.
    Truncated,
    /// The answer came, but is not what the profile says it is.
    Decode,
    /// The answer is larger than the client was told to accept.
    TooLarge,
    /// No token could be had: the authorization server refused, or the caller's provider failed.
    Credentials,
}

/// What may be assumed about a request having reached the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sent {
    /// It never left.
    No,
    /// It may have arrived: the answer is missing.
    Maybe,
    /// It arrived: there was an answer.
    Yes,
}
