//! A message to any service operation on the HTTP door.

use std::fmt;

use bytes::Bytes;

use super::RawAnswer;
use crate::client::Client;
use crate::connector::http::HttpCall;
use crate::connector::{Repeat, Request, versioned};
use crate::error::Result;
use crate::profile::OperationAddress;
use crate::target::Target;

/// Whether an answer is waited for; how it is spelled on the wire is that of Integration Broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OperationType {
    /// The answer is that of the operation.
    Sync,
    /// The answer is an acceptance with a transaction id; the operation runs later.
    Async,
    /// Nothing runs; the answer says that the door works.
    Ping,
}

impl OperationType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Async => "async",
            Self::Ping => "ping",
        }
    }
}

/// A message to a service operation on the HTTP door; get one from [`Client::http_message`].
///
/// It is tried again only if nothing of it can have arrived, unless [`repeatable`](Self::repeatable)
/// says otherwise.
#[derive(Clone)]
#[must_use = "a message does nothing until `send` is awaited"]
pub struct HttpMessage {
    client: Client,
    address: OperationAddress,
    operation_type: Option<OperationType>,
    user: Option<String>,
    content_type: String,
    body: Bytes,
    repeatable: bool,
}

impl HttpMessage {
    pub(super) fn new(client: Client, address: OperationAddress) -> Self {
        Self {
            client,
            address,
            operation_type: None,
            user: None,
            content_type: "text/xml; charset=UTF-8".to_owned(),
            body: Bytes::new(),
            repeatable: false,
        }
    }

    /// Addresses another node than the profile's.
    pub fn node(mut self, node: impl Into<String>) -> Self {
        self.address.node = node.into();
        self
    }

    /// Says whether an answer is waited for, where the profile names a place for it.
    pub fn operation_type(mut self, kind: OperationType) -> Self {
        self.operation_type = Some(kind);
        self
    }

    /// The OPRID in whose name the message is sent.
    pub fn user(mut self, oprid: impl Into<String>) -> Self {
        self.user = Some(oprid.into());
        self
    }

    /// The message and its media type; in an `IBRequest` it must be text.
    pub fn body(mut self, content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        self.content_type = content_type.into();
        self.body = body.into();
        self
    }

    /// Version after the alias where neither the alias nor the profile has one.
    pub(crate) fn default_version(mut self, version: &str) -> Self {
        super::default_version(&mut self.address, version);
        self
    }

    /// Declares that sending twice does no harm, so that it is retried as a read is.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Every kind that a call can fail with; this door answers errors with status 200 as well.
    pub async fn send(self) -> Result<RawAnswer> {
        let target = Target::new(&self.address.operation, None, &self.address.node);
        let request = self.request().map_err(|error| error.with_target(&target))?;
        let answer = self.client.shared.call(&target, &request).await?;
        Ok(RawAnswer::new(answer, target))
    }

    fn request(&self) -> Result<Request> {
        let operation = versioned(&self.address.alias, &self.address.version);
        let call = HttpCall {
            operation: &operation,
            operation_type: self.operation_type.map(OperationType::name),
            to: &self.address.node,
            user: self.user.as_deref(),
            content_type: &self.content_type,
            body: &self.body,
            repeat: if self.repeatable {
                Repeat::Safe
            } else {
                Repeat::IfUnsent
            },
        };
        self.client.shared.http_request(&call)
    }
}

impl fmt::Debug for HttpMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpMessage")
            .field("address", &self.address)
            .field("operation_type", &self.operation_type)
            .field("user", &self.user)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
