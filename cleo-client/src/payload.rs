//! JSON documents for an action or an endpoint of the tenant. Experimental.
//!
//! Integrators of Cleo Integration Cloud say that tenants can have endpoints of their own that take documents; nothing
//! about them is published, and whether an action sees the body of the request that runs it is not known. So a
//! [`PayloadRoute`] is data: where to, with which method, query and headers. Ask whoever set the endpoint up.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use crate::{
    client::Client,
    error::{Error, Result},
    file_transfer::Digest,
    id::ActionId,
    path::encode_segment,
    request::{RequestBuilder, write_json},
    resource::{RunOutcome, RunReport},
    response::Response,
    retry::Repeat,
};

const OPERATION: &str = "post payload";

/// Where documents go. **Experimental.**
///
/// ```
/// use cleo_client::payload::PayloadRoute;
///
/// let route: PayloadRoute = serde_json::from_str(
///     r#"{ "target": { "endpoint": "invoices/in" }, "headers": { "x-flow": "810" }, "document_id_header": "x-document-id" }"#,
/// )?;
/// assert_eq!(route.method, "POST");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PayloadRoute {
    /// Who takes them.
    pub target: PayloadTarget,
    /// The HTTP method. Default `POST`.
    #[serde(default = "post")]
    pub method: String,
    /// Query parameters.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Headers beside those of the client.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The header that carries the document's id, for a server that tells repeats by it. Default none.
    #[serde(default)]
    pub document_id_header: Option<String>,
}

/// Who takes documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PayloadTarget {
    /// A path below the API prefix.
    Endpoint(String),
    /// A path from the root of the server.
    Root(String),
    /// An action, which is run with the document as the request's body.
    Action(ActionId),
}

fn post() -> String {
    "POST".to_owned()
}

impl PayloadRoute {
    /// To an endpoint below the API prefix.
    #[must_use]
    pub fn endpoint(path: impl Into<String>) -> Self {
        Self::to(PayloadTarget::Endpoint(path.into()))
    }

    /// To an endpoint at the root of the server.
    #[must_use]
    pub fn root(path: impl Into<String>) -> Self {
        Self::to(PayloadTarget::Root(path.into()))
    }

    /// To an action.
    #[must_use]
    pub fn action(id: ActionId) -> Self {
        Self::to(PayloadTarget::Action(id))
    }

    fn to(target: PayloadTarget) -> Self {
        Self {
            target,
            method: post(),
            query: BTreeMap::new(),
            headers: BTreeMap::new(),
            document_id_header: None,
        }
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn with_query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.insert(name.into(), value.into());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Names the header that carries the document's id.
    #[must_use]
    pub fn with_document_id_header(mut self, name: impl Into<String>) -> Self {
        self.document_id_header = Some(name.into());
        self
    }
}

/// A document that the server took.
#[derive(Debug)]
#[non_exhaustive]
pub struct PayloadReceipt {
    /// The status of the answer: any 2xx. It does not say that the document was processed.
    pub status: StatusCode,
    /// How many bytes of JSON were sent.
    pub bytes: u64,
    /// Their hash.
    pub sha256: Digest,
    /// The whole answer.
    pub response: Response,
}

impl PayloadReceipt {
    /// The verdict, if the target was an action: a 200 alone is not success.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the answer is not that of a run.
    pub fn run_outcome(&self) -> Result<RunOutcome> {
        if self.response.body().is_empty() {
            return Ok(RunOutcome::from_report(RunReport::default()));
        }
        Ok(RunOutcome::from_report(self.response.json()?))
    }
}

/// Documents for the tenant; from [`Client::payloads`]. **Experimental.**
#[derive(Debug, Clone)]
pub struct Payloads {
    client: Client,
}

impl Payloads {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Sends a document. Never twice, unless the first time provably did nothing.
    ///
    /// `document_id` goes into the route's header, if it names one; it is required then.
    ///
    /// ```no_run
    /// # async fn example(client: cleo_client::Client) -> Result<(), cleo_client::Error> {
    /// use cleo_client::payload::PayloadRoute;
    ///
    /// let route = PayloadRoute::endpoint("invoices/in").with_document_id_header("x-document-id");
    /// let invoice = serde_json::json!({ "invoice": "0000012345", "amount": "12.50" });
    /// let receipt = client.payloads().send(&route, Some("US001/0000012345"), &invoice).await?;
    /// println!("{} {}", receipt.status, receipt.sha256);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a route that cannot be sent; any kind of
    /// [`RequestBuilder::send`]. With [`Sent::Maybe`](crate::Sent::Maybe) look whether it arrived.
    pub async fn send<T: Serialize + Sync + ?Sized>(
        &self,
        route: &PayloadRoute,
        document_id: Option<&str>,
        document: &T,
    ) -> Result<PayloadReceipt> {
        let ascii = self.client.core.ascii_json;
        let body = write_json(document, ascii).map_err(|error| {
            Error::invalid(OPERATION, "the document cannot be written as JSON").with_source(error)
        })?;
        self.send_bytes(route, document_id, body).await
    }

    /// Sends a document that is JSON already, byte by byte as it is: for whoever has written down its hash. Otherwise as
    /// [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send). Whether the bytes are JSON is for the server to say.
    pub async fn send_bytes(
        &self,
        route: &PayloadRoute,
        document_id: Option<&str>,
        document: impl Into<Bytes>,
    ) -> Result<PayloadReceipt> {
        let body = document.into();
        let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let sha256 = Digest::of_bytes(&body);
        let mut request = self.request(route)?.operation(OPERATION);
        for (name, value) in &route.query {
            request = request.query(name, value);
        }
        for (name, value) in &route.headers {
            request = request.header(name, value);
        }
        if let Some(header) = &route.document_id_header {
            let id = document_id.ok_or_else(|| {
                Error::invalid(
                    OPERATION,
                    format!("the route wants the document's id in {header:?}, and none was given"),
                )
            })?;
            request = request.header(header, id);
        }
        let response = request
            .body("application/json", body)
            // Whatever the method: a second copy of a document is worse than a failure.
            .repeat(Repeat::OnlyIfUnsent)
            .status_suffices()
            .send()
            .await?;
        Ok(PayloadReceipt {
            status: response.status(),
            bytes,
            sha256,
            response,
        })
    }

    fn request(&self, route: &PayloadRoute) -> Result<RequestBuilder> {
        let method = Method::from_bytes(route.method.as_bytes()).map_err(|_| {
            let message = format!("{:?} is not an HTTP method", route.method);
            Error::invalid(OPERATION, message)
        })?;
        Ok(match &route.target {
            PayloadTarget::Endpoint(path) => self.client.request(method, path),
            PayloadTarget::Root(path) => {
                let url = self.client.core.origin_url(path, OPERATION);
                RequestBuilder::new(self.client.clone(), OPERATION.to_owned(), method, url)
            }
            PayloadTarget::Action(id) => {
                let path = format!("actions/{}/run", encode_segment(id.as_str()));
                self.client.request(method, &path)
            }
        })
    }
}
