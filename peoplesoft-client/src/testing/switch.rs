//! The switches: what goes wrong, and how this site differs.

use std::time::Duration;

/// Something that goes wrong with a request to the gateway.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Trouble {
    /// A sign-on page with status 200.
    SignOnPage,
    /// Status 401 without a body.
    Unauthorized,
    /// Status 403 with a page of a web server.
    Forbidden,
    /// Any status without a body.
    EmptyStatus(u16),
    /// Status 503, with a `Retry-After` header if there is a text for it.
    Unavailable {
        /// Seconds, an HTTP date, or nonsense.
        retry_after: Option<String>,
    },
    /// Status 429, with a `Retry-After` header if there is a text for it.
    RateLimited {
        /// Seconds, an HTTP date, or nonsense.
        retry_after: Option<String>,
    },
    /// An error document of Integration Broker.
    IbError {
        /// HTTP status; real gateways also use 200.
        status: u16,
        /// Message set.
        set: u32,
        /// Message number.
        number: u32,
        /// Text, without the numbers.
        text: String,
    },
    /// Any answer.
    Body {
        /// HTTP status.
        status: u16,
        /// Media type.
        content_type: String,
        /// Text of the body.
        body: String,
    },
    /// The right answer, but later.
    Slow(Duration),
    /// The request is taken, and nothing ever comes back.
    Silent,
    /// The connection is closed without an answer.
    Cut,
    /// The right answer, but the connection is closed in the middle of its body.
    CutBody,
}

/// Random trouble: the same seed makes the same trouble for the same sequence of requests.
///
/// Rates are parts of one; what they add up to beyond one never happens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultPlan {
    /// Seed of the sequence.
    pub seed: u64,
    /// Part of requests answered with 503.
    pub rate_503: f64,
    /// Part of requests whose connection is closed without an answer.
    pub rate_cut: f64,
    /// Part of requests whose answer is cut in the middle.
    pub rate_cut_body: f64,
    /// Part of requests answered late.
    pub rate_slow: f64,
    /// How late.
    pub slow: Duration,
}

/// How the site writes its answers; the default is what most sites are known to do.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Output {
    /// Whether the name of the query is spelled `queryname=` (so by default) or `queryname`.
    pub queryname_equals: bool,
    /// Whether texts are padded with blanks, and blanks are one blank.
    pub padded: bool,
    /// Whether numbers are texts.
    pub numbers_as_text: bool,
    /// Whether column names carry the record alias (so by default); a name that would be lost keeps it.
    pub dotted: bool,
    /// Whether translate fields show their English text instead of the code.
    pub long_status: bool,
    /// Whether the query takes no notice of the key prompts, as one written wrongly would.
    pub ignores_after: bool,
    /// HTTP status of a refused service operation (401 by default, as one site is known to answer).
    pub refusal_status: u16,
    /// HTTP status of an inactive service operation (500 by default).
    pub inactive_status: u16,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            queryname_equals: true,
            padded: false,
            numbers_as_text: false,
            dotted: true,
            long_status: false,
            ignores_after: false,
            refusal_status: 401,
            inactive_status: 500,
        }
    }
}

/// A request that arrived, without headers and body, so without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// HTTP method.
    pub method: String,
    /// Path of the address.
    pub path: String,
    /// Query of the address as it was sent, or nothing.
    pub query: String,
    /// Status that it was answered with; nothing while unanswered, or when the connection was closed.
    pub status: Option<u16>,
}
