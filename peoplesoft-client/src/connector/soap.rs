//! The SOAP door: `{gateway}/PeopleSoftServiceListeningConnector`.

use secrecy::ExposeSecret;
use url::Url;

use super::http::NodeAccount;
use super::{Door, Repeat, Request, below, versioned};
use crate::client::Shared;
use crate::error::Error;
use crate::profile::{Doors, SoapDoor, SoapForm};
use crate::soap::{SoapVersion, wrap};

/// The servlet of this door.
pub(crate) const CONNECTOR: &str = "PeopleSoftServiceListeningConnector";

/// What a call of a SOAP service operation needs.
pub(crate) struct SoapCall<'a> {
    pub(crate) node: &'a str,
    /// External alias of the operation with its version, such as `CI_X_SUPPLIER_G.V1`.
    pub(crate) action: &'a str,
    /// Service and version for an address in the path form, such as `CI_X_SUPPLIER.1`.
    pub(crate) service: &'a str,
    pub(crate) version: SoapVersion,
    /// What stands in the body of the envelope.
    pub(crate) body: &'a [u8],
    pub(crate) repeat: Repeat,
}

/// A call of a SOAP service operation, with what stands in the header of the envelope, or with the
/// node that calls in HTTP headers.
pub(super) fn request(
    gateway: &Url,
    doors: &Doors,
    call: &SoapCall<'_>,
    envelope_header: Option<&[u8]>,
    account: Option<NodeAccount<'_>>,
) -> Result<Request, Error> {
    let door = &doors.soap;
    let by_path = door.form == SoapForm::Path && !call.service.is_empty();
    let document = format!("{}.wsdl", call.service);
    let (node, document) = match (by_path, door.node_in_path) {
        (true, _) => (call.node, document.as_str()),
        (false, true) => (call.node, ""),
        (false, false) => ("", ""),
    };
    let url = below(gateway, &[CONNECTOR, node, document], false)?;
    let content_type = match call.version {
        SoapVersion::V1_1 => "text/xml; charset=UTF-8".to_owned(),
        SoapVersion::V1_2 => format!(
            "application/soap+xml; charset=UTF-8; action=\"{}\"",
            call.action
        ),
    };
    let envelope = wrap(call.version, envelope_header, call.body);
    let mut request = Request::post(Door::Soap, url, &content_type, envelope)?;
    request.accept = "text/xml, application/soap+xml, multipart/related";
    request.repeat = call.repeat;
    if call.version == SoapVersion::V1_1 {
        if door.quoted_action {
            request.set("SOAPAction", &format!("\"{}\"", call.action))?;
        } else {
            request.set("SOAPAction", call.action)?;
        }
    }
    if let Some(account) = account {
        let names = &doors.http.names;
        request.set(&names.from, account.node)?;
        request.set_secret(&names.password, account.password.expose_secret())?;
    }
    Ok(request)
}

impl Shared {
    /// A SOAP call with the envelope's security header, or the node's password, where those are the
    /// SOAP door's credentials.
    pub(crate) fn soap_request(&self, call: &SoapCall<'_>) -> Result<Request, Error> {
        let authorizer = self.authorizer_of(Some(Door::Soap));
        let doors = &self.profile.doors;
        let header = authorizer.envelope_header(doors.soap.must_understand)?;
        let account = authorizer.node_account();
        request(&self.gateway, doors, call, header.as_deref(), account)
    }
}

/// The address of a service's description: `{node}/SERVICE.1.wsdl`.
pub(crate) fn wsdl(
    gateway: &Url,
    door: &SoapDoor,
    node: &str,
    service: &str,
    version: &str,
) -> Result<Request, Error> {
    let document = format!("{}.wsdl", versioned(service, version));
    let node = if door.node_in_wsdl { node } else { "" };
    let url = below(gateway, &[CONNECTOR, node, &document], false)?;
    Ok(Request::get(
        Door::Soap,
        url,
        "text/xml, application/wsdl+xml, */*",
    ))
}
