//! Connections: the trading partners' endpoints.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Meta;
use crate::{
    client::Client,
    error::Result,
    filter::Filter,
    flexible::{FlexBool, open_enum},
    id::ConnectionId,
    link::Links,
    page::{Identified, List},
    path::encode_segment,
};

open_enum! {
    /// The protocol of a connection (`type`).
    pub enum ConnectionType {
        /// AS2 over HTTP.
        As2 = "as2",
        /// FTP.
        Ftp = "ftp",
        /// SFTP.
        Sftp = "sftp",
    }
}

/// A connection to a trading partner.
///
/// Which fields come depends on the type, and a server leaves out those that hold their default unless
/// [`Connections::list_with_defaults`] asks for them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Connection {
    /// The id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ConnectionId>,
    /// The name that people use; unique among connections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The protocol (`type`).
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ConnectionType>,
    /// Whether it is switched on; AS2 connections send text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<FlexBool>,
    /// Whether it is in use, as the server sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<FlexBool>,
    /// Whether it may be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editable: Option<FlexBool>,
    /// Whether its actions may be run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runnable: Option<FlexBool>,
    /// Whether it is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<FlexBool>,
    /// What is missing when it is not ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_ready_reason: Option<String>,
    /// Our name towards the partner (AS2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_name: Option<String>,
    /// The partner's name (AS2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_name: Option<String>,
    /// What kind of object this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// References: `self`, `actions`.
    #[serde(default, rename = "_links", skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// Every other field, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Identified for Connection {
    fn identity(&self) -> Option<&str> {
        self.id.as_ref().map(ConnectionId::as_str)
    }
}

/// The connections of a server; from [`Client::connections`].
#[derive(Debug, Clone)]
pub struct Connections {
    client: Client,
}

impl Connections {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All connections.
    pub fn list(&self) -> List<Connection> {
        List::new(self.client.clone(), "list connections", "connections")
    }

    /// All connections, with the fields that hold their default (`includeDefaults=true`).
    pub fn list_with_defaults(&self) -> List<Connection> {
        self.list().query("includeDefaults", "true")
    }

    /// The connection with this id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is none; any kind of
    /// [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn get(&self, id: &ConnectionId) -> Result<Connection> {
        self.client
            .request(
                Method::GET,
                &format!("connections/{}", encode_segment(id.as_str())),
            )
            .operation("get connection")
            .send()
            .await?
            .json()
    }

    /// The connection with this alias, if there is one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Ambiguous`](crate::ErrorKind::Ambiguous) if there are several; the kinds of listing otherwise.
    pub async fn find_by_alias(&self, alias: &str) -> Result<Option<Connection>> {
        self.list()
            .filter(Filter::eq("alias", alias)?)
            .named("find connection")
            .only(|connection| connection.alias.as_deref() == Some(alias))
            .await
    }
}
