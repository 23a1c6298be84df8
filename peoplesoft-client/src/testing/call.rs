//! A request to the gateway, taken apart by the door it came to.

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::connector::Door;
use crate::soap::SoapVersion;

/// A call of a service operation, as handlers see it.
pub(super) struct Call {
    /// The door it came to.
    pub(super) door: Door,
    /// SOAP version of the envelope; nothing at other doors.
    pub(super) soap: Option<SoapVersion>,
    pub(super) method: Method,
    /// The node that was addressed; blank where the door names none.
    pub(super) node: String,
    /// REST alias, SOAP action or operation name, without its version.
    pub(super) operation: String,
    /// What follows the last point of the name: `v1`, `VERSION_1`; blank without one.
    pub(super) version: String,
    /// What the address names after the alias or service, decoded.
    pub(super) tail: Vec<String>,
    pub(super) trailing_slash: bool,
    /// Who calls, once the gate knows.
    pub(super) user: Option<String>,
    pub(super) headers: HeaderMap,
    /// The query string as it came.
    pub(super) raw_query: String,
    /// The query string's parameters, decoded.
    pub(super) query: Vec<(String, String)>,
    /// The body; at the SOAP door what stands in the envelope's body, at the HTTP door the message.
    pub(super) body: Bytes,
    /// The whole envelope at the SOAP door.
    pub(super) envelope: Bytes,
    /// The node that calls, at the HTTP door, and its password.
    pub(super) requesting_node: String,
    pub(super) password: String,
    /// What an `IBRequest` gives as its operation type; elsewhere the profile names its place.
    pub(super) operation_type: String,
}

impl Call {
    /// Operation and version as they stand in addresses: `ExecuteQuery.v1`.
    pub(super) fn name(&self) -> String {
        crate::connector::versioned(&self.operation, &self.version)
    }

    /// The first query parameter with this name.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Splits `NAME.v1` at its last point.
pub(super) fn split_version(name: &str) -> (String, String) {
    match name.rsplit_once('.') {
        Some((name, version)) => (name.to_owned(), version.to_owned()),
        None => (name.to_owned(), String::new()),
    }
}
