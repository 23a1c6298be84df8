//! The switches: what goes wrong, and how this site differs.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;

use super::call::Call;
use crate::connector::Door;

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
    /// Whether names of columns are in lower case, as one site's feeds are known to have their tags.
    pub lower_case: bool,
    /// Whether translate fields show their English text instead of the code.
    pub long_status: bool,
    /// Whether the query takes no notice of the key prompts, as one written wrongly would.
    pub ignores_after: bool,
    /// Whether the queries of effective-dated records take no notice of rows that take effect in the
    /// window, so that a change entered ahead of its day is found on the day of entry alone.
    pub ignores_effective_dates: bool,
    /// HTTP status of a refused service operation (401 by default, as one site is known to answer).
    pub refusal_status: u16,
    /// HTTP status of an inactive service operation (500 by default).
    pub inactive_status: u16,
    /// Message set and number of a wrong password on the SOAP and HTTP doors ((158,535) by default).
    pub password_message: (u32, u32),
    /// Message set and number of an unknown user on the SOAP and HTTP doors ((158,55) by default).
    pub user_message: (u32, u32),
    /// Whether a 401 of the REST door carries an error document; without, its body is empty.
    pub denial_document: bool,
    /// Whether the REST door writes error documents as JSON.
    pub json_errors: bool,
    /// Whether answers are compressed for those who accept gzip.
    pub gzip: bool,
    /// HTTP status of errors on the HTTP door (200 by default, as one site is known to answer).
    pub http_error_status: u16,
    /// Whether the HTTP door answers pings (so by default), or says that it knows none.
    pub pings: bool,
    /// Whether the SOAP door words errors as SOAP faults around the error document (so by default), or
    /// answers the bare document with status 200.
    pub soap_faults: bool,
    /// How often the status of a polled query is that it waits or runs (once by default).
    pub poll_turns: u32,
    /// Rows in a block of the answer of a polled query (100 by default).
    pub block_rows: usize,
    /// How a component interface refuses over SOAP.
    pub component_failure: ComponentFailure,
    /// HTTP status with which a component interface refuses over REST (200 by default).
    pub component_rest_status: u16,
    /// What the random names of messages are drawn from: another value is a service generated anew.
    pub component_seed: u64,
}

impl Output {
    /// The name of a column as the site writes it.
    pub(super) fn cased<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.lower_case {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        }
    }
}

/// How a component interface refuses over SOAP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ComponentFailure {
    /// An answer whose notification is 0, with messages.
    #[default]
    Notification,
    /// A SOAP fault with a text for each message in its detail.
    FaultTexts,
    /// A SOAP fault with an error document in its detail.
    FaultResponse,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            queryname_equals: true,
            padded: false,
            numbers_as_text: false,
            dotted: true,
            lower_case: false,
            long_status: false,
            ignores_after: false,
            ignores_effective_dates: false,
            refusal_status: 401,
            inactive_status: 500,
            password_message: (158, 535),
            user_message: (158, 55),
            denial_document: false,
            json_errors: false,
            gzip: false,
            http_error_status: 200,
            pings: true,
            soap_faults: true,
            poll_turns: 1,
            block_rows: 100,
            component_failure: ComponentFailure::Notification,
            component_rest_status: 200,
            component_seed: 0,
        }
    }
}

/// What a door takes as proof of who calls ("Req Verification" of a REST service operation).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verification {
    /// Whatever proves one of the double's accounts (so by default).
    #[default]
    Any,
    /// Nothing is needed.
    None,
    /// HTTP Basic.
    Basic,
    /// A bearer token of the authorization server.
    OAuth2,
    /// A single-sign-on token.
    PeopleSoftToken,
    /// A WS-Security UsernameToken, at the SOAP door.
    WsSecurity,
    /// The password of the requesting node, at the SOAP and HTTP doors.
    NodePassword,
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

/// A call that got past the gate, without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The door it came to.
    pub door: Door,
    /// HTTP method.
    pub method: String,
    /// The node that was addressed; blank where the address names none.
    pub node: String,
    /// Alias, SOAP action or operation name, with its version.
    pub operation: String,
    /// What the address names after it, decoded.
    pub tail: Vec<String>,
    /// Who called.
    pub user: Option<String>,
    /// The node in whose name it was sent, on the HTTP door.
    pub requesting_node: String,
    /// The body; on the SOAP door what stands in the envelope's body, on the HTTP door the message.
    pub body: Bytes,
}

impl Received {
    pub(super) fn of(call: &Call) -> Self {
        Self {
            door: call.door,
            method: call.method.to_string(),
            node: call.node.clone(),
            operation: call.name(),
            tail: call.tail.clone(),
            user: call.user.clone(),
            requesting_node: call.requesting_node.clone(),
            body: call.body.clone(),
        }
    }
}
