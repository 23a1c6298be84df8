//! A call of any REST service operation.

use std::fmt;

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use super::{RawAnswer, RawBody};
use crate::client::Client;
use crate::connector::rest::{RestCall, request};
use crate::connector::{Repeat, Request};
use crate::error::{Error, ErrorKind, Result};
use crate::profile::OperationAddress;
use crate::target::Target;

/// A call of a REST service operation; get one from [`Client::rest`].
///
/// It is a GET unless a body or a method is given. A GET is tried again where that can help; another
/// method only if nothing of it can have arrived, unless [`repeatable`](Self::repeatable) says otherwise.
#[derive(Clone)]
#[must_use = "a request does nothing until `send` or `open` is awaited"]
pub struct RestRequest {
    client: Client,
    address: OperationAddress,
    segments: Vec<String>,
    parameters: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    method: Option<Method>,
    body: Option<(String, Result<Bytes, String>)>,
    repeatable: bool,
}

impl RestRequest {
    pub(super) fn new(client: Client, address: OperationAddress) -> Self {
        Self {
            client,
            address,
            segments: Vec::new(),
            parameters: Vec::new(),
            headers: Vec::new(),
            method: None,
            body: None,
            repeatable: false,
        }
    }

    /// Addresses another node than the profile's.
    pub fn node(mut self, node: impl Into<String>) -> Self {
        self.address.node = node.into();
        self
    }

    /// Version after the alias, such as `v1`.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.address.version = version.into();
        self
    }

    /// Adds a segment of the URI template's path, encoded as needed.
    pub fn segment(mut self, value: impl Into<String>) -> Self {
        self.segments.push(value.into());
        self
    }

    /// Adds a query parameter, encoded as needed.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// Sets an HTTP header; credentials are the client's to add.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Whether the address ends in a slash, in place of what the profile says.
    pub fn trailing_slash(mut self, slash: bool) -> Self {
        self.address.trailing_slash = Some(slash);
        self
    }

    /// HTTP method (GET, or POST with a body).
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Sends a body of a media type.
    pub fn body(mut self, content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        self.body = Some((content_type.into(), Ok(body.into())));
        self
    }

    /// Sends a value as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        let json = serde_json::to_vec(value).map(Bytes::from);
        self.body = Some((
            "application/json".to_owned(),
            json.map_err(|error| error.to_string()),
        ));
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
    /// Every kind that a call can fail with; [`ErrorKind::InvalidRequest`] before anything is sent, for
    /// what cannot stand in an address or header.
    pub async fn send(self) -> Result<RawAnswer> {
        let target = self.target();
        let request = self.request().map_err(|error| error.with_target(&target))?;
        let answer = self.client.shared.call(&target, &request).await?;
        Ok(RawAnswer::new(answer, target))
    }

    /// Sends it and passes the answer on as it comes, once its first bytes are judged.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send). The answer keeps its place among the concurrent calls until it is
    /// read to the end or dropped.
    pub async fn open(self) -> Result<RawBody> {
        let target = self.target();
        let request = self.request().map_err(|error| error.with_target(&target))?;
        self.client
            .shared
            .open(&target, &request)
            .await
            .map(RawBody)
    }

    fn target(&self) -> Target {
        Target::new(&self.address.operation, None, &self.address.node)
    }

    fn request(&self) -> Result<Request> {
        let door = &self.client.profile().doors.rest;
        let address = &self.address;
        let slash = address.trailing_slash.unwrap_or(door.trailing_slash);
        // An alias that is given with its version needs no other.
        let version = match address.version.as_str() {
            "" if !address.alias.contains('.') => &door.version,
            _ => &address.version,
        };
        let call = RestCall {
            node: &address.node,
            alias: &address.alias,
            version,
            segments: &self.segments,
            parameters: &self.parameters,
            trailing_slash: slash,
        };
        let mut sent = request(self.client.gateway(), &call, "application/json, */*")?;
        if let Some((content_type, body)) = &self.body {
            sent.method = Method::POST;
            sent.set("content-type", content_type)?;
            sent.body = body.clone().map_err(|error| {
                Error::new(
                    ErrorKind::InvalidRequest,
                    format!("the value cannot be written as JSON: {error}"),
                )
            })?;
        }
        if let Some(method) = &self.method {
            sent.method = method.clone();
        }
        if !self.repeatable && !matches!(sent.method, Method::GET | Method::HEAD) {
            sent.repeat = Repeat::IfUnsent;
        }
        for (name, value) in &self.headers {
            sent.set(name, value)?;
        }
        Ok(sent)
    }
}

impl fmt::Debug for RestRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RestRequest")
            .field("address", &self.address)
            .field("segments", &self.segments)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
