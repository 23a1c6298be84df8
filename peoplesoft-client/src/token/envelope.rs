//! The WS-Security header of a SOAP envelope (OASIS, UsernameToken Profile 1.0).

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, ErrorKind, Result};
use crate::xml::Writer;

const SECURITY: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const PASSWORD_TEXT: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";

/// A user and password as a UsernameToken with the password as text.
pub(super) fn username_token(
    oprid: &str,
    password: &SecretString,
    must_understand: bool,
) -> Result<Bytes> {
    let mut attributes = vec![("xmlns:wsse", SECURITY)];
    if must_understand {
        attributes.push(("soapenv:mustUnderstand", "1"));
    }
    let mut writer = Writer::new();
    writer
        .open_with("wsse:Security", &attributes)
        .open("wsse:UsernameToken")
        .element("wsse:Username", oprid);
    let kind = [("Type", PASSWORD_TEXT)];
    writer
        .open_with("wsse:Password", &kind)
        .text(password.expose_secret())
        .close();
    writer.finish().map_err(|_| {
        // The cause would show a character of the password.
        let message = "the OPRID or its password holds a character that XML cannot carry";
        Error::new(ErrorKind::Configuration, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soap::{SoapVersion, wrap};

    #[test]
    fn the_header_looks_like_this() {
        let password = SecretString::from("p<&w");
        let header = username_token("EDI_USER", &password, true).unwrap();
        let body = b"<m:Get xmlns:m=\"urn:x\"/>";
        let envelope = wrap(SoapVersion::V1_1, Some(&header), body);
        let shown = String::from_utf8_lossy(&envelope).replace("><", ">\n<");
        insta::assert_snapshot!(shown);
    }
}
