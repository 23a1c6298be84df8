//! How a site's gateway wants to be addressed, door by door.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::mistake::Found;
use super::schema::{choices, section};
use crate::soap::SoapVersion;

section! {
/// How the doors of the gateway are addressed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Doors {
    /// Where a single-sign-on token travels.
    pub ps_token: TokenPlace,
    /// The REST door.
    pub rest: RestDoor,
    /// The SOAP door.
    pub soap: SoapDoor,
    /// The HTTP door.
    pub http: HttpDoor,
    /// Service operations under names of the caller's choice, for
    /// [`Client::rest`](crate::Client::rest), [`Client::soap`](crate::Client::soap) and
    /// [`Client::http_message`](crate::Client::http_message).
    pub operations: BTreeMap<String, OperationAddress>,
}
}

choices! {
/// Where a `PS_TOKEN` travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TokenPlace {
    /// In the cookie `PS_TOKEN`, as browsers send it (so by default).
    #[default]
    Cookie,
    /// In the HTTP header `PS_TOKEN`, as PeopleSoft systems send it to each other.
    Header,
}
}

section! {
/// The REST door, `RESTListeningConnector`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RestDoor {
    /// Version put after an alias that is called without one, such as `v1` (none by default).
    pub version: String,
    /// Whether addresses end in a slash.
    pub trailing_slash: bool,
}
}

section! {
/// The SOAP door, `PeopleSoftServiceListeningConnector`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SoapDoor {
    /// SOAP version of requests (1.1 by default); answers may be of either.
    pub version: SoapVersion,
    /// How the service operation is named.
    pub form: SoapForm,
    /// Whether the node stands in the address of a call (so by default).
    pub node_in_path: bool,
    /// Whether the node stands in the address of a WSDL document (so by default).
    pub node_in_wsdl: bool,
    /// Whether the value of `SOAPAction` stands in quotes, as SOAP 1.1 wants it (so by default).
    pub quoted_action: bool,
    /// Whether the WS-Security header must be understood (`soapenv:mustUnderstand`).
    pub must_understand: bool,
}
}

choices! {
/// How a SOAP call names its service operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SoapForm {
    /// By the external alias alone, as the SOAP action (so by default).
    #[default]
    Action,
    /// By the address `{node}/SERVICE.1.wsdl` as well.
    Path,
}
}

section! {
/// The HTTP door, `HttpListeningConnector`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct HttpDoor {
    /// Where the parameters travel.
    pub parameters: HttpParameters,
    /// What the parameters are called in the query string or as headers; a blank name leaves one out.
    pub names: HttpNames,
    /// The node in whose name messages are sent, unless a node's password is given (none by default).
    pub requesting_node: String,
    /// Whether the destination is named (so by default), or left to the gateway's default.
    pub name_destination: bool,
    /// Whether messages outside an `IBRequest` travel as one CDATA section.
    pub cdata: bool,
}
}

choices! {
/// Where the parameters of the HTTP door travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HttpParameters {
    /// As HTTP headers (so by default).
    #[default]
    Headers,
    /// In the query string.
    Query,
    /// In an `IBRequest` document around the message.
    Document,
}
}

section! {
/// Names of the HTTP door's parameters in the query string or as headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct HttpNames {
    /// Service operation and version; blank, as by default, for `OperationName` as a header and
    /// `Operation` in the query string.
    pub operation: String,
    /// Synchronous or asynchronous (left out by default).
    pub operation_type: String,
    /// Requesting node (`From`).
    pub from: String,
    /// Password of the requesting node (`Password`).
    pub password: String,
    /// OPRID (`UserName`).
    pub user: String,
    /// Destination node (`To`).
    pub to: String,
}
}

section! {
/// Where one service operation of the site is found; what is blank is the door's default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct OperationAddress {
    /// External alias: in the REST address, as SOAP action, as `OperationName` (the name itself if blank).
    pub alias: String,
    /// Version after the alias, such as `v1` or `VERSION_1`.
    pub version: String,
    /// Service with its version, such as `CI_X_SUPPLIER.1`, for SOAP addresses in the path form.
    pub service: String,
    /// Node to address in place of the profile's.
    pub node: String,
    /// Whether its REST address ends in a slash, where it differs from the door.
    pub trailing_slash: Option<bool>,
    /// Name of the service operation for messages, where it differs from the alias.
    pub operation: String,
}
}

impl Default for SoapDoor {
    fn default() -> Self {
        Self {
            version: SoapVersion::V1_1,
            form: SoapForm::Action,
            node_in_path: true,
            node_in_wsdl: true,
            quoted_action: true,
            must_understand: false,
        }
    }
}

impl Default for HttpDoor {
    fn default() -> Self {
        Self {
            parameters: HttpParameters::Headers,
            names: HttpNames::default(),
            requesting_node: String::new(),
            name_destination: true,
            cdata: false,
        }
    }
}

impl Default for HttpNames {
    fn default() -> Self {
        Self {
            operation: String::new(),
            operation_type: String::new(),
            from: "From".to_owned(),
            password: "Password".to_owned(),
            user: "UserName".to_owned(),
            to: "To".to_owned(),
        }
    }
}

impl Doors {
    pub(super) fn find_mistakes(&self, found: &mut Found) {
        if !self.rest.version.is_empty() {
            found.segment("doors.rest.version", &self.rest.version);
        }
        if !self.http.requesting_node.is_empty() {
            found.segment("doors.http.requesting_node", &self.http.requesting_node);
        }
        self.http.names.find_mistakes(found);
        for (name, address) in &self.operations {
            let place = |field: &str| format!("doors.operations.{name}.{field}");
            for (field, text) in [
                ("alias", &address.alias),
                ("version", &address.version),
                ("service", &address.service),
                ("node", &address.node),
            ] {
                if !text.is_empty() {
                    found.segment(&place(field), text);
                }
            }
        }
    }
}

impl HttpNames {
    fn find_mistakes(&self, found: &mut Found) {
        let all = [
            ("operation", &self.operation),
            ("operation_type", &self.operation_type),
            ("from", &self.from),
            ("password", &self.password),
            ("user", &self.user),
            ("to", &self.to),
        ];
        for (at, (field, name)) in all.iter().enumerate() {
            let place = format!("doors.http.names.{field}");
            let twin = |(_, other): &(&str, &String)| other.eq_ignore_ascii_case(name);
            if name.is_empty() {
                continue;
            }
            if name.parse::<http::HeaderName>().is_err() {
                found.add(place, name, "a name that an HTTP header can have");
            } else if all.iter().take(at).any(twin) {
                found.add(place, name, "a name that no other parameter has");
            }
        }
    }
}
