//! Sections of a profile drafted from what the gateway publishes: WSDL and schema documents, OpenAPI
//! documents.
//!
//! A draft is a proposal for a person to read: it takes names, namespaces, actions and nesting from the
//! document, and leaves out what the document does not say. All functions are pure; the documents come
//! from [`Client::wsdl`](crate::Client::wsdl) and [`Client::openapi`](crate::Client::openapi), or from a
//! file.
//!
//! ```
//! use peoplesoft_client::draft;
//!
//! let wsdl = br#"<wsdl:definitions name="X_PING.1"
//!     xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
//!   <wsdl:binding name="X_PING_Binding">
//!     <wsdl:operation name="X_PING_OPER"><soap:operation soapAction="X_PING_OPER.V1"/></wsdl:operation>
//!   </wsdl:binding>
//! </wsdl:definitions>"#;
//! let draft = draft::wsdl(wsdl, &[])?;
//! assert_eq!(draft.operations[0].action, "X_PING_OPER.V1");
//! println!("{}", draft.to_toml());
//! # Ok::<(), peoplesoft_client::draft::DraftError>(())
//! ```

mod document;
mod openapi;
mod property;
mod schema_document;
mod wsdl;

use std::fmt;

use super::schema::{bare, quoted};

pub use openapi::{OpenApiDraft, RestOperation, openapi};
pub use property::{Kind, Prefixes, Property};
pub use wsdl::{SoapOperation, WsdlDraft, wsdl};

/// Why nothing can be drafted from a document: where, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftError(String);

impl DraftError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for DraftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DraftError {}

/// A table of a profile with texts; blank ones are left out.
fn entry(path: &[&str], values: &[(&str, &str)]) -> String {
    let path: Vec<String> = path.iter().map(|name| bare(name)).collect();
    let mut text = format!("[{}]\n", path.join("."));
    for (name, value) in values.iter().filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!("{name} = {}\n", quoted(value)));
    }
    text
}

/// A line of comment; characters that would end or spoil it become blanks.
fn comment(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("# {text}\n")
}
