//! The HTTP door: `{gateway}/HttpListeningConnector`, which takes XML messages.

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{Door, Repeat, Request, add_parameter, below};
use crate::client::Shared;
use crate::error::Error;
use crate::profile::{HttpDoor, HttpParameters};
use crate::xml::Writer;

/// The servlet of this door.
pub(crate) const CONNECTOR: &str = "HttpListeningConnector";

/// What a message needs to find its service operation.
pub(crate) struct HttpCall<'a> {
    /// Service operation with its version, such as `VOUCHER_BUILD.VERSION_1`.
    pub(crate) operation: &'a str,
    /// `sync`, `async` or `ping`; nothing where the routing decides.
    pub(crate) operation_type: Option<&'a str>,
    /// The node that is addressed.
    pub(crate) to: &'a str,
    /// The OPRID in whose name the message is sent, where it is not the node's default user.
    pub(crate) user: Option<&'a str>,
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) repeat: Repeat,
}

/// A node that proves itself by its password.
#[derive(Clone, Copy)]
pub(crate) struct NodeAccount<'a> {
    pub(crate) node: &'a str,
    pub(crate) password: &'a SecretString,
}

/// A message, with its parameters where the profile wants them.
pub(super) fn request(
    gateway: &Url,
    door: &HttpDoor,
    call: &HttpCall<'_>,
    account: Option<NodeAccount<'_>>,
) -> Result<Request, Error> {
    let mut url = below(gateway, &[CONNECTOR], false)?;
    let from = account.map_or(door.requesting_node.as_str(), |account| account.node);
    let to = if door.name_destination { call.to } else { "" };
    if door.parameters == HttpParameters::Document {
        let document = document(call, from, to, account)?;
        let mut request = Request::post(Door::Http, url, "text/xml; charset=UTF-8", document)?;
        request.repeat = call.repeat;
        return Ok(request);
    }
    let password = account.map_or("", |account| account.password.expose_secret());
    let in_query = door.parameters == HttpParameters::Query;
    let operation = match (door.names.operation.as_str(), in_query) {
        ("", true) => "Operation",
        ("", false) => "OperationName",
        (name, _) => name,
    };
    let names = &door.names;
    let parameters = [
        (operation, call.operation),
        (
            names.operation_type.as_str(),
            call.operation_type.unwrap_or_default(),
        ),
        (names.from.as_str(), from),
        (names.password.as_str(), password),
        (names.user.as_str(), call.user.unwrap_or_default()),
        (names.to.as_str(), to),
    ];
    let given = parameters
        .into_iter()
        .filter(|(name, value)| !name.is_empty() && !value.is_empty());
    let mut query = String::new();
    let mut headers = Vec::new();
    for (name, value) in given {
        if in_query {
            add_parameter(&mut query, name, value);
        } else {
            headers.push((name, value));
        }
    }
    if !query.is_empty() {
        url.set_query(Some(&query));
    }
    let body = if door.cdata {
        in_cdata(call.body)
    } else {
        Bytes::copy_from_slice(call.body)
    };
    let mut request = Request::post(Door::Http, url, call.content_type, body)?;
    request.repeat = call.repeat;
    for (name, value) in headers {
        if name == names.password {
            request.set_secret(name, value)?;
        } else {
            request.set(name, value)?;
        }
    }
    Ok(request)
}

impl Shared {
    /// A message with the node's password where that is the HTTP door's credentials.
    pub(crate) fn http_request(&self, call: &HttpCall<'_>) -> Result<Request, Error> {
        let authorizer = self.authorizer_of(Some(Door::Http));
        let door = &self.profile.doors.http;
        request(&self.gateway, door, call, authorizer.node_account())
    }
}

/// The `IBRequest` document, which carries parameters and message together.
fn document(
    call: &HttpCall<'_>,
    from: &str,
    to: &str,
    account: Option<NodeAccount<'_>>,
) -> Result<Bytes, Error> {
    let refuse = |error: crate::xml::XmlError| {
        Error::new(
            crate::error::ErrorKind::InvalidRequest,
            format!(
                "the IBRequest of {} cannot be written: {error}",
                call.operation
            ),
        )
    };
    let message = std::str::from_utf8(call.body)
        .map_err(|_| refuse(crate::xml::XmlError::new("the message is not UTF-8")))?;
    let mut writer = Writer::document();
    writer
        .open("IBRequest")
        .element("ExternalOperationName", call.operation);
    if let Some(kind) = call.operation_type {
        writer.element("OperationType", kind);
    }
    writer.open("From");
    if !from.is_empty() {
        writer.element("RequestingNode", from);
    }
    if let Some(account) = account {
        writer.element("Password", account.password.expose_secret());
    }
    if let Some(user) = call.user {
        writer.element("OrigUser", user);
    }
    writer.close();
    if !to.is_empty() {
        writer.open("To").element("DestinationNode", to).close();
    }
    writer
        .open("ContentSections")
        .open("ContentSection")
        .open("Data")
        .cdata(message);
    writer.finish().map_err(refuse)
}

fn in_cdata(body: &[u8]) -> Bytes {
    let mut out = b"<?xml version=\"1.0\"?><![CDATA[".to_vec();
    // A CDATA section cannot hold its own end.
    let mut rest = body;
    while let Some(at) = rest.windows(3).position(|three| three == b"]]>") {
        let (head, tail) = rest.split_at(at + 2);
        out.extend_from_slice(head);
        out.extend_from_slice(b"]]><![CDATA[");
        rest = tail;
    }
    out.extend_from_slice(rest);
    out.extend_from_slice(b"]]>");
    Bytes::from(out)
}
