//! A call of any SOAP service operation.

use std::fmt;

use bytes::Bytes;

use super::{RawAnswer, SoapAnswer};
use crate::client::Client;
use crate::connector::soap::SoapCall;
use crate::connector::{Repeat, Request, versioned};
use crate::error::{Error, ErrorKind, Result};
use crate::judge::Answer;
use crate::profile::OperationAddress;
use crate::soap::SoapVersion;
use crate::target::Target;
use crate::xml::{Limits, Reader};

/// A call of a SOAP service operation; get one from [`Client::soap`].
///
/// It is tried again only if nothing of it can have arrived, unless [`repeatable`](Self::repeatable)
/// says otherwise: SOAP does not show whether an operation reads or writes.
#[derive(Clone)]
#[must_use = "a request does nothing until `send` is awaited"]
pub struct SoapRequest {
    client: Client,
    address: OperationAddress,
    version: Option<SoapVersion>,
    body: Bytes,
    repeatable: bool,
}

impl SoapRequest {
    pub(super) fn new(client: Client, address: OperationAddress) -> Self {
        Self {
            client,
            address,
            version: None,
            body: Bytes::new(),
            repeatable: false,
        }
    }

    /// Addresses another node than the profile's.
    pub fn node(mut self, node: impl Into<String>) -> Self {
        self.address.node = node.into();
        self
    }

    /// Service with its version, such as `CI_X_SUPPLIER.1`, for sites whose addresses name it.
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.address.service = service.into();
        self
    }

    /// SOAP version, in place of what the profile says.
    pub fn version(mut self, version: SoapVersion) -> Self {
        self.version = Some(version);
        self
    }

    /// What stands in the body of the envelope: one element with its namespace declared, or nothing.
    pub fn body(mut self, xml: impl Into<Bytes>) -> Self {
        self.body = xml.into();
        self
    }

    /// Declares that the operation reads, so that it is retried as a read is.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Every kind that a call can fail with; a SOAP fault is [`ErrorKind::Fault`] or a more telling kind,
    /// [`ErrorKind::Decode`] an answer that is no envelope, [`ErrorKind::InvalidRequest`] a body that is
    /// not well-formed.
    pub async fn send(self) -> Result<SoapAnswer> {
        let (answer, target) = self.exchange().await?;
        SoapAnswer::new(answer, target)
    }

    /// Sends it and takes the answer as it is, which may be empty after an asynchronous message.
    pub(crate) async fn send_raw(self) -> Result<RawAnswer> {
        let (answer, target) = self.exchange().await?;
        Ok(RawAnswer::new(answer, target))
    }

    /// Version after the alias where neither the alias nor the profile has one.
    pub(crate) fn default_version(mut self, version: &str) -> Self {
        super::default_version(&mut self.address, version);
        self
    }

    async fn exchange(self) -> Result<(Answer, Target)> {
        let target = Target::new(&self.address.operation, None, &self.address.node);
        let request = self.request().map_err(|error| error.with_target(&target))?;
        let answer = self.client.shared.call(&target, &request).await?;
        Ok((answer, target))
    }

    fn request(&self) -> Result<Request> {
        check(&self.body)?;
        let door = &self.client.profile().doors.soap;
        let action = versioned(&self.address.alias, &self.address.version);
        let call = SoapCall {
            node: &self.address.node,
            action: &action,
            service: &self.address.service,
            version: self.version.unwrap_or(door.version),
            body: &self.body,
            repeat: if self.repeatable {
                Repeat::Safe
            } else {
                Repeat::IfUnsent
            },
        };
        self.client.shared.soap_request(&call)
    }
}

/// What is not well-formed would be refused by the gateway in words that help nobody.
fn check(body: &[u8]) -> Result<()> {
    if body.trim_ascii().is_empty() {
        return Ok(());
    }
    let read = || {
        let mut reader = Reader::new(body, Limits::DEFAULT)?;
        while reader.token()?.is_some() {}
        Ok(())
    };
    read().map_err(|error: crate::xml::XmlError| {
        let message = format!("the body of the envelope is not well-formed: {error}");
        Error::new(ErrorKind::InvalidRequest, message)
    })
}

impl fmt::Debug for SoapRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoapRequest")
            .field("address", &self.address)
            .field("version", &self.version)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
