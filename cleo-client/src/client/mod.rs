//! The client: what callers hold.

mod builder;
mod deployment;
mod tls;

use std::{fmt, sync::Arc};

use http::Method;
use url::Url;

pub use self::{
    builder::ClientBuilder,
    deployment::{Capabilities, Deployment, Support},
};
use crate::{
    error::{Error, Result},
    link::Link,
    path,
    payload::Payloads,
    request::RequestBuilder,
    resource::{Actions, Authenticators, Certificates, Connections, Nodes},
    send::Core,
};

/// A client of Cleo's REST API. Cheap to clone: clones share connections, token and settings.
///
/// ```no_run
/// # async fn example() -> Result<(), cleo_client::Error> {
/// use cleo_client::{Client, Credentials};
///
/// let origin = url::Url::parse("https://cleo.example.com:6443").expect("a valid address");
/// let client = Client::builder(origin).credentials(Credentials::password("edi", "secret")).build()?;
/// let partner = client.connections().find_by_alias("ACME").await?;
/// # let _ = partner;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) core: Arc<Core>,
}

impl Client {
    /// Starts a client for the server at `origin`: scheme, host and port, without a path.
    pub fn builder(origin: Url) -> ClientBuilder {
        ClientBuilder::new(origin)
    }

    /// Connections: the trading partners' endpoints.
    #[must_use]
    pub fn connections(&self) -> Connections {
        Connections::new(self.clone())
    }

    /// Actions: what Cleo can be told to run.
    #[must_use]
    pub fn actions(&self) -> Actions {
        Actions::new(self.clone())
    }

    /// Authenticators: groups of users, and the users in them.
    #[must_use]
    pub fn authenticators(&self) -> Authenticators {
        Authenticators::new(self.clone())
    }

    /// Certificates: those of partners, and our own.
    #[must_use]
    pub fn certificates(&self) -> Certificates {
        Certificates::new(self.clone())
    }

    /// Nodes of a cluster.
    #[must_use]
    pub fn nodes(&self) -> Nodes {
        Nodes::new(self.clone())
    }

    /// JSON documents for an action or an endpoint of the tenant. Experimental.
    #[must_use]
    pub fn payloads(&self) -> Payloads {
        Payloads::new(self.clone())
    }

    /// Starts any request below the API prefix: the way to what this crate does not name.
    ///
    /// `path` is taken as it is, so encode ids first; a leading slash makes no difference. Credentials, retry,
    /// timeouts, error mapping and tracing are those of every other call.
    ///
    /// ```no_run
    /// # async fn example(client: cleo_client::Client) -> Result<(), cleo_client::Error> {
    /// let nodes: serde_json::Value =
    ///     client.request(http::Method::GET, "nodes").query("count", "5").send().await?.json()?;
    /// # let _ = nodes;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let operation = format!("{method} {path}");
        let url = self.core.api_url(path, &operation);
        RequestBuilder::new(self.clone(), operation, method, url)
    }

    /// Starts a request to a link of the server.
    ///
    /// A link to another origin is refused with [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest)
    /// when it is sent: the token would go with it.
    pub fn follow(&self, method: Method, link: &Link) -> RequestBuilder {
        let operation = format!("{method} link");
        let url = path::resolve(&self.core.origin, &link.href)
            .map_err(|message| Error::invalid(operation.as_str(), message));
        RequestBuilder::new(self.clone(), operation, method, url)
    }

    /// Scheme, host and port of the server.
    #[must_use]
    pub fn origin(&self) -> &Url {
        &self.core.origin
    }

    /// The prefix of the API: empty, or with a leading and without a trailing slash.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.core.prefix
    }

    /// Which product the client was told it talks to.
    #[must_use]
    pub fn deployment(&self) -> Deployment {
        self.core.deployment
    }

    /// What the server is declared to be able to do; see [`ClientBuilder::capabilities`].
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        self.core.capabilities
    }

    /// Logs in now, unless a token is at hand: a check of address and credentials.
    ///
    /// With Basic or a fixed token nothing is sent, because there is no log-in of its own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::LoginRefused`](crate::ErrorKind::LoginRefused) if the server refuses, now or before; the kinds of
    /// transport, status and decoding otherwise.
    pub async fn log_in(&self) -> Result<()> {
        self.core.log_in().await
    }

    /// Forgets the cached token and a refused log-in, so that the next call logs in again.
    ///
    /// Call it after the account was put right. Until then a refused log-in is final, because servers lock
    /// accounts after a few failures.
    pub async fn reset_login(&self) {
        self.core.auth.reset().await;
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.core.origin.as_str())
            .field("prefix", &self.core.prefix)
            .field("deployment", &self.core.deployment)
            .field("auth", &self.core.auth)
            .finish_non_exhaustive()
    }
}
