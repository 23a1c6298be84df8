//! Nodes of a cluster.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Meta, declare::setters};
use crate::{
    client::{Client, Support},
    error::{Error, Result},
    flexible::FlexBool,
    id::NodeSerial,
    link::Links,
    page::{Identified, List, Source},
};

/// A node of a cluster, as the server shows it. Only how nodes are added is known for certain, not their answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Node {
    /// The serial number of the installation: `LX1234-AB5678`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<NodeSerial>,
    /// The name that people use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The directories that are synchronised, joined by `;`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub syncpath: Option<String>,
    /// Whether it only stands by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<FlexBool>,
    /// Whether it is switched on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<FlexBool>,
    /// What kind of object this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// References to others.
    #[serde(default, rename = "_links", skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// Every other field, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Identified for Node {
    fn identity(&self) -> Option<&str> {
        self.serial.as_ref().map(NodeSerial::as_str)
    }
}

/// A node to add.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NodeDraft {
    /// The serial number of the installation.
    pub serial: NodeSerial,
    /// Its address: `https://10.0.0.2:5443`.
    pub url: String,
    /// The name that people use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The directories that are synchronised, joined by `;`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub syncpath: Option<String>,
    /// Whether it only stands by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<bool>,
    /// Whether it is switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Every other field, sent as it is.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl NodeDraft {
    /// A node with its serial number and address.
    #[must_use]
    pub fn new(serial: NodeSerial, url: impl Into<String>) -> Self {
        Self {
            serial,
            url: url.into(),
            alias: None,
            syncpath: None,
            backup: None,
            enabled: None,
            extra: Map::new(),
        }
    }

    setters!(
        alias: String = "alias",
        syncpath: String = "syncpath",
        backup: bool = "backup",
        enabled: bool = "enabled",
    );
}

/// The nodes of a cluster; from [`Client::nodes`].
#[derive(Debug, Clone)]
pub struct Nodes {
    client: Client,
}

impl Nodes {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All nodes. That they can be listed is inferred from the other resources.
    pub fn list(&self) -> List<Node> {
        List::new(self.client.clone(), "list nodes", Source::path("nodes"))
    }

    /// Adds a node. The answer's form is not known: `None` if it was no object.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if the client was told that its server has no
    /// nodes; any kind of [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn add(&self, node: &NodeDraft) -> Result<Option<Node>> {
        let operation = "add node";
        self.check(operation)?;
        let response = self
            .client
            .request(Method::POST, "nodes")
            .operation(operation)
            .json(node)
            .send()
            .await?;
        Ok(response.json().ok())
    }

    /// Initialises a node that was added.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub async fn initialize(&self, serial: &NodeSerial) -> Result<()> {
        let operation = "initialize node";
        self.check(operation)?;
        Source::path("nodes")
            .child(serial.as_str())
            .below("initialize")
            .request(&self.client, Method::POST)
            .operation(operation)
            .send()
            .await
            .map(drop)
    }

    fn check(&self, operation: &str) -> Result<()> {
        if self.client.capabilities().nodes == Support::No {
            return Err(Error::invalid(
                operation,
                "this server is declared to have no nodes that a client may set up",
            ));
        }
        Ok(())
    }
}
