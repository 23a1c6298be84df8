//! Who calls: an OPRID with a password, a node with one, a token, or something that gets tokens.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

/// How the client proves who it is.
///
/// Secrets are never printed, neither by `Debug` nor in errors or spans.
#[derive(Clone)]
pub struct Credentials(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    Anonymous,
    Basic {
        oprid: String,
        password: SecretString,
    },
    Bearer(SecretString),
    OAuth2(OAuth2),
    Provider(Arc<dyn TokenProvider>),
    PsToken(SecretString),
    WsSecurity {
        oprid: String,
        password: SecretString,
    },
    Node {
        node: String,
        password: SecretString,
    },
}

impl Credentials {
    /// Nothing is sent: PeopleSoft runs the call as the default user of the `ANONYMOUS` node.
    #[must_use]
    pub fn anonymous() -> Self {
        Self(Kind::Anonymous)
    }

    /// HTTP Basic with an OPRID and its password.
    #[must_use]
    pub fn basic(oprid: impl Into<String>, password: SecretString) -> Self {
        Self(Kind::Basic {
            oprid: oprid.into(),
            password,
        })
    }

    /// One bearer token that the caller got elsewhere; it is not renewed.
    #[must_use]
    pub fn bearer(token: SecretString) -> Self {
        Self(Kind::Bearer(token))
    }

    /// The client credentials grant of OAuth 2.0 at an external authorization server.
    ///
    /// PeopleSoft maps the token to an OPRID by its `sub` or its mail claim, as its administrator set
    /// up for that server.
    #[must_use]
    pub fn oauth2(grant: OAuth2) -> Self {
        Self(Kind::OAuth2(grant))
    }

    /// Tokens from the caller, kept and renewed as those of [`oauth2`](Self::oauth2).
    pub fn provider(provider: impl TokenProvider) -> Self {
        Self(Kind::Provider(Arc::new(provider)))
    }

    /// A single-sign-on token of PeopleSoft (`PS_TOKEN`) that the caller got elsewhere; it is not renewed.
    ///
    /// The profile's `doors.ps_token` says whether it travels as a cookie or as a header.
    #[must_use]
    pub fn ps_token(token: SecretString) -> Self {
        Self(Kind::PsToken(token))
    }

    /// A WS-Security UsernameToken with an OPRID and its password as text, for the SOAP door only.
    ///
    /// Calls at other doors fail with [`ErrorKind::Configuration`](crate::ErrorKind), unless
    /// [`ClientBuilder::credentials_for`](crate::ClientBuilder::credentials_for) gives those doors
    /// credentials of their own.
    #[must_use]
    pub fn ws_security(oprid: impl Into<String>, password: SecretString) -> Self {
        Self(Kind::WsSecurity {
            oprid: oprid.into(),
            password,
        })
    }

    /// The node in whose name messages are sent, and its password, for the HTTP and SOAP doors only.
    ///
    /// Calls at the REST door, which knows no such password, fail with
    /// [`ErrorKind::Configuration`](crate::ErrorKind), unless that door has credentials of its own.
    #[must_use]
    pub fn node(node: impl Into<String>, password: SecretString) -> Self {
        Self(Kind::Node {
            node: node.into(),
            password,
        })
    }

    /// Who calls and how, without secrets, for people.
    pub(crate) fn describe(&self) -> String {
        match &self.0 {
            Kind::Anonymous => "nobody".to_owned(),
            Kind::Basic { oprid, .. } => format!("HTTP Basic as {oprid}"),
            Kind::Bearer(_) => "a bearer token".to_owned(),
            Kind::OAuth2(grant) => format!("OAuth 2.0 as {}", grant.client_id),
            Kind::Provider(_) => "the caller's tokens".to_owned(),
            Kind::PsToken(_) => "a PS_TOKEN".to_owned(),
            Kind::WsSecurity { oprid, .. } => format!("WS-Security as {oprid}"),
            Kind::Node { node, .. } => format!("node {node} with its password"),
        }
    }

    pub(crate) fn are_secret(&self) -> bool {
        !matches!(self.0, Kind::Anonymous)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Anonymous => f.write_str("Anonymous"),
            Kind::Basic { oprid, .. } => f
                .debug_struct("Basic")
                .field("oprid", oprid)
                .field("password", &"[REDACTED]")
                .finish(),
            Kind::Bearer(_) => f.write_str("Bearer([REDACTED])"),
            Kind::OAuth2(grant) => grant.fmt(f),
            Kind::Provider(_) => f.write_str("Provider"),
            Kind::PsToken(_) => f.write_str("PsToken([REDACTED])"),
            Kind::WsSecurity { oprid, .. } => f
                .debug_struct("WsSecurity")
                .field("oprid", oprid)
                .field("password", &"[REDACTED]")
                .finish(),
            Kind::Node { node, .. } => f
                .debug_struct("Node")
                .field("node", node)
                .field("password", &"[REDACTED]")
                .finish(),
        }
    }
}

/// A client credentials grant: where to ask for tokens, as whom, for what.
///
/// ```
/// use peoplesoft_client::{Credentials, OAuth2};
///
/// let grant = OAuth2::new(
///     "https://login.example.com/oauth2/token".parse()?,
///     "edi-client",
///     "hunter2".into(),
/// )
/// .scope("psft.read")
/// .audience("https://psft.example.com");
/// let credentials = Credentials::oauth2(grant);
/// assert!(!format!("{credentials:?}").contains("hunter2"));
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone)]
pub struct OAuth2 {
    pub(crate) token_url: Url,
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
    pub(crate) scope: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) secret_in_body: bool,
}

impl OAuth2 {
    /// A grant without scope or audience, whose secret travels as HTTP Basic (RFC 6749, 2.3.1).
    #[must_use]
    pub fn new(token_url: Url, client_id: impl Into<String>, client_secret: SecretString) -> Self {
        Self {
            token_url,
            client_id: client_id.into(),
            client_secret,
            scope: None,
            audience: None,
            secret_in_body: false,
        }
    }

    /// Scopes to ask for, separated by blanks.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Audience to ask for, where the authorization server wants one.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Sends client id and secret in the form body, for servers that do not take HTTP Basic.
    #[must_use]
    pub fn secret_in_body(mut self) -> Self {
        self.secret_in_body = true;
        self
    }
}

impl fmt::Debug for OAuth2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2")
            .field("token_url", &crate::redact::place(&self.token_url))
            .field("client_id", &self.client_id)
            .field("client_secret", &"[REDACTED]")
            .field("scope", &self.scope)
            .field("audience", &self.audience)
            .finish()
    }
}

/// Something of the caller's that gets bearer tokens.
///
/// It is asked when the kept token is missing, about to expire, or was answered with HTTP 401, and
/// never by two tasks at once.
#[async_trait]
pub trait TokenProvider: Send + Sync + 'static {
    /// Gets a fresh token.
    ///
    /// # Errors
    ///
    /// Whatever went wrong; the call fails with [`ErrorKind::Credentials`](crate::ErrorKind) and this
    /// error as its source, and is not tried again.
    async fn token(&self) -> Result<BearerToken, Box<dyn std::error::Error + Send + Sync>>;
}

/// A bearer token and the instant from which it is no longer good.
#[derive(Clone)]
pub struct BearerToken {
    pub(crate) secret: SecretString,
    pub(crate) expires_at: Option<SystemTime>,
}

impl BearerToken {
    /// A token; without an expiry it is used until PeopleSoft answers 401.
    #[must_use]
    pub fn new(secret: SecretString, expires_at: Option<SystemTime>) -> Self {
        Self { secret, expires_at }
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerToken")
            .field("secret", &"[REDACTED]")
            .field("expires_at", &self.expires_at)
            .finish()
    }
}
