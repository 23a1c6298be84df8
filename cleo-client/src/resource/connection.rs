//! Connections: the trading partners' endpoints.

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::{
    declare::{operations, resource},
    reference::Reference,
    secrets::Secrets,
    section::{AcceptSettings, ConnectSettings, Incoming, Outgoing},
    store::{Draft, Resource, Store},
};
use crate::{
    client::Client,
    error::Result,
    filter::Filter,
    flexible::{FlexBool, open_enum},
    id::ConnectionId,
    link::{Link, Links},
    page::{List, Source},
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

resource! {
    /// A connection to a trading partner.
    ///
    /// Which fields come depends on the type, and a server leaves out those that hold their default unless
    /// [`Connections::list_with_defaults`] asks for them.
    answer Connection(ConnectionId);
    /// A connection to create, or what an existing one is to become.
    ///
    /// ```
    /// use cleo_client::resource::{ConnectSettings, ConnectionDraft, ConnectionType};
    ///
    /// let draft = ConnectionDraft::new(ConnectionType::Sftp, "ACME")
    ///     .connect(ConnectSettings::default().host("sftp.acme.example").port(22).username("us"))
    ///     .password("s3cret");
    /// assert!(!format!("{draft:?}").contains("s3cret"));
    /// ```
    draft ConnectionDraft;
    shared {
        /// The name that people use; unique among connections.
        alias: String = "alias",
        /// The protocol (`type`).
        kind: ConnectionType = "type",
        /// Whether it is switched on; AS2 connections send text.
        enabled: FlexBool = "enabled",
        /// Whether it is for tests.
        test: FlexBool = "test",
        /// Our own name towards the partner (AS2).
        local_name: String = "localName",
        /// The partner's name (AS2).
        partner_name: String = "partnerName",
        /// Whether the partner can exchange certificates by message (AS2); sent as text.
        cem_capable: FlexBool = "cemCapable",
        /// What is called.
        connect: ConnectSettings = "connect",
        /// How the partner may come in.
        accept: AcceptSettings = "accept",
        /// How files go out.
        outgoing: Outgoing = "outgoing",
        /// How files come in.
        incoming: Incoming = "incoming",
        /// The certificate that files for the partner are encrypted with; see [`Connection::certificate`].
        partner_encryption_cert: Link = "partnerEncryptionCert",
        /// The certificate that the partner's signatures are checked with.
        partner_signing_cert: Link = "partnerSigningCert",
        /// The certificate that the partner encrypts with for us.
        local_encryption_cert: Link = "localEncryptionCert",
        /// The certificate that our signatures are checked with.
        local_signing_cert: Link = "localSigningCert",
        /// Where a connector looks (types such as `file`, `smb`, `s3`).
        root_path: String = "rootPath",
        /// Settings of a connector.
        connector_properties: Map<String, Value> = "connectorProperties",
        /// Settings for people who know.
        advanced_properties: Map<String, Value> = "advancedProperties",
    }
    answered {}
}

/// Which certificate of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertificateRole {
    /// Files for the partner are encrypted with it.
    PartnerEncryption,
    /// The partner's signatures are checked with it.
    PartnerSigning,
    /// The partner encrypts with it for us.
    LocalEncryption,
    /// Our signatures are checked with it.
    LocalSigning,
}

impl Connection {
    /// The link to one of its certificates; `None` also for the bare link to the collection by which Cleo says that
    /// there is none.
    #[must_use]
    pub fn certificate(&self, role: CertificateRole) -> Option<&Link> {
        let link = match role {
            CertificateRole::PartnerEncryption => &self.partner_encryption_cert,
            CertificateRole::PartnerSigning => &self.partner_signing_cert,
            CertificateRole::LocalEncryption => &self.local_encryption_cert,
            CertificateRole::LocalSigning => &self.local_signing_cert,
        };
        link.as_ref()
            .filter(|link| !link.href.is_empty())
            .filter(|link| !link.href.trim_end_matches('/').ends_with("/certs"))
    }
}

impl ConnectionDraft {
    /// A connection with a protocol and a name.
    #[must_use]
    pub fn new(kind: ConnectionType, alias: impl Into<String>) -> Self {
        Self {
            kind: Some(kind),
            alias: Some(alias.into()),
            ..Self::default()
        }
    }

    /// The password to log in to the partner with (`connect.password`). It is sent and never read back.
    #[must_use]
    pub fn password(mut self, password: impl Into<SecretString>) -> Self {
        self.secrets.set("connect.password", password.into());
        self
    }

    fn strip(&mut self) {}
}

impl Draft for ConnectionDraft {
    fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

impl Resource for Connection {
    type Draft = ConnectionDraft;

    const NAME: &'static str = "connection";
    const HIDES_DEFAULTS: bool = true;

    fn to_draft(&self) -> ConnectionDraft {
        self.draft()
    }

    fn reference(&self) -> Reference<Self> {
        Reference::from(self)
    }
}

/// The connections of a server; from [`Client::connections`].
#[derive(Debug, Clone)]
pub struct Connections {
    client: Client,
}

operations!(Connections, Connection, ConnectionDraft, "connection");

impl Connections {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    fn store(&self) -> Store<Connection> {
        Store::new(self.client.clone(), Source::path("connections"))
    }

    /// All connections.
    pub fn list(&self) -> List<Connection> {
        self.store().list()
    }

    /// All connections, with the fields that hold their default (`includeDefaults=true`).
    pub fn list_with_defaults(&self) -> List<Connection> {
        self.list().query("includeDefaults", "true")
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
