//! The SOAP envelope: put around a message, taken off an answer, faults told apart.

mod fault;
#[cfg(test)]
mod tests;
mod unwrap;

use bytes::Bytes;

pub(crate) use fault::SoapFault;
pub(crate) use unwrap::{fault, unwrap};

use crate::profile::choices;

choices! {
/// Version of SOAP: the namespace of the envelope and how the action travels.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
#[non_exhaustive]
pub enum SoapVersion {
    /// SOAP 1.1: `text/xml`, the action in the header `SOAPAction` (the default).
    #[default]
    #[serde(rename = "1.1")]
    V1_1,
    /// SOAP 1.2: `application/soap+xml`, the action as a parameter of the media type.
    #[serde(rename = "1.2")]
    V1_2,
}
}

impl SoapVersion {
    /// The namespace of the envelope.
    pub(crate) fn namespace(self) -> &'static str {
        match self {
            Self::V1_1 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V1_2 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }
}

/// Puts an envelope around what stands in its header and its body, both well-formed XML.
pub(crate) fn wrap(version: SoapVersion, header: Option<&[u8]>, body: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(body.len() + header.map_or(0, <[u8]>::len) + 256);
    out.extend_from_slice(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"",
    );
    out.extend_from_slice(version.namespace().as_bytes());
    out.extend_from_slice(b"\"><soapenv:Header>");
    out.extend_from_slice(header.unwrap_or_default());
    out.extend_from_slice(b"</soapenv:Header><soapenv:Body>");
    out.extend_from_slice(without_declaration(body));
    out.extend_from_slice(b"</soapenv:Body></soapenv:Envelope>");
    Bytes::from(out)
}

/// A declaration may only stand at the start of a document.
fn without_declaration(body: &[u8]) -> &[u8] {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let trimmed = body.trim_ascii_start();
    if !trimmed.starts_with(b"<?xml ") {
        return body;
    }
    match trimmed.windows(2).position(|pair| pair == b"?>") {
        Some(at) => trimmed.get(at + 2..).unwrap_or_default(),
        None => body,
    }
}
