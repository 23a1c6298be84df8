//! Calls of any service operation on any door, with authentication, retry and error mapping.

mod answer;
mod document;
mod http;
mod rest;
mod soap;

pub use answer::{RawAnswer, RawBody, SoapAnswer};
pub use http::{HttpMessage, OperationType};
pub use rest::RestRequest;
pub use soap::SoapRequest;

use crate::client::Client;
use crate::profile::OperationAddress;

impl Client {
    /// Any REST service operation, by a name of the profile's `doors.operations` or by its alias.
    ///
    /// ```no_run
    /// # async fn run(client: peoplesoft_client::Client) -> peoplesoft_client::Result<()> {
    /// let answer = client.rest("X_PO.v1").segment("US001").query("status", "D").send().await?;
    /// let order: serde_json::Value = answer.json()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn rest(&self, operation: &str) -> RestRequest {
        RestRequest::new(self.clone(), self.address_of(operation))
    }

    /// Any SOAP service operation, by a name of the profile's `doors.operations` or by its external
    /// alias, which is the SOAP action.
    ///
    /// ```no_run
    /// # async fn run(client: peoplesoft_client::Client) -> peoplesoft_client::Result<()> {
    /// let body = "<m:Ping xmlns:m='http://xmlns.example.com/M1.V1'/>";
    /// let answer = client.soap("X_PING.V1").body(body).send().await?;
    /// println!("{}", String::from_utf8_lossy(answer.body()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn soap(&self, action: &str) -> SoapRequest {
        SoapRequest::new(self.clone(), self.address_of(action))
    }

    /// A message to any service operation on the HTTP door, by a name of the profile's
    /// `doors.operations` or by its name and version.
    ///
    /// ```no_run
    /// # async fn run(client: peoplesoft_client::Client) -> peoplesoft_client::Result<()> {
    /// let answer = client
    ///     .http_message("X_INVOICE.VERSION_1")
    ///     .body("text/xml", "<X_INVOICE/>")
    ///     .send()
    ///     .await?;
    /// println!("{:?}", answer.transaction_id());
    /// # Ok(())
    /// # }
    /// ```
    pub fn http_message(&self, operation: &str) -> HttpMessage {
        HttpMessage::new(self.clone(), self.address_of(operation))
    }

    /// What the profile knows of an operation by this name; else the name is its alias.
    pub(crate) fn address_of(&self, name: &str) -> OperationAddress {
        let profile = self.profile();
        let mut address = profile
            .doors
            .operations
            .get(name)
            .cloned()
            .unwrap_or_default();
        if address.alias.is_empty() {
            name.clone_into(&mut address.alias);
        }
        if address.node.is_empty() {
            address.node.clone_from(&profile.node);
        }
        if address.operation.is_empty() {
            address.operation.clone_from(&address.alias);
        }
        address
    }
}

/// Puts a version behind an alias that has none.
fn default_version(address: &mut OperationAddress, version: &str) {
    if address.version.is_empty() && !address.alias.contains('.') {
        version.clone_into(&mut address.version);
    }
}
