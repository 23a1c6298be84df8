//! How a client comes to be: all values checked, no I/O.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::Semaphore;
use url::Url;

use super::transport::{self, ProxyServer, Tls};
use super::{Client, Limits, Shared};
use crate::clock::{Clock, SystemClock};
use crate::component_interface::Contracts;
use crate::connector::Door;
use crate::credentials::{Credentials, Kind};
use crate::error::{Error, ErrorKind, Result};
use crate::profile::Profile;
use crate::redact;
use crate::token::Authorizer;

/// One attempt: long enough for a query of some thousand rows.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// A call with all its attempts and pauses.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(120);
/// Opening a connection, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The first attempt and three more.
const MAX_ATTEMPTS: u32 = 4;
/// Every synchronous call occupies a process of the application server.
const CONCURRENCY: usize = 4;
/// Some twenty times what five thousand rows take.
const MAX_BODY_BYTES: u64 = 64 << 20;

/// Builds a [`Client`]; get one from [`Client::builder`].
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    gateway: Url,
    node: Option<String>,
    // Boxed, because builders are moved through futures that callers hold on their stack.
    profile: Box<Profile>,
    credentials: Credentials,
    limits: Limits,
    connect_timeout: Duration,
    door_credentials: BTreeMap<Door, Credentials>,
    tls: Tls,
    proxy: Option<ProxyServer>,
    concurrency: usize,
    user_agent: String,
    allow_http: bool,
    http: Option<reqwest::Client>,
    clock: Arc<dyn Clock>,
}

impl ClientBuilder {
    pub(super) fn new(gateway: Url) -> Self {
        Self {
            gateway,
            node: None,
            profile: Box::default(),
            credentials: Credentials::anonymous(),
            limits: Limits {
                attempt_timeout: ATTEMPT_TIMEOUT,
                total_timeout: TOTAL_TIMEOUT,
                max_attempts: MAX_ATTEMPTS,
                max_body_bytes: MAX_BODY_BYTES,
            },
            connect_timeout: CONNECT_TIMEOUT,
            door_credentials: BTreeMap::new(),
            tls: Tls::default(),
            proxy: None,
            concurrency: CONCURRENCY,
            user_agent: concat!("peoplesoft-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            allow_http: false,
            http: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// What differs at this site ([`Profile::default`] unless given).
    pub fn profile(mut self, profile: Profile) -> Self {
        *self.profile = profile;
        self
    }

    /// The node to address, in place of the profile's.
    pub fn node(mut self, node: impl Into<String>) -> Self {
        self.node = Some(node.into());
        self
    }

    /// Who calls (nobody unless given).
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// Who calls at one door, where that differs: a site may take Basic at the REST door and a
    /// WS-Security token at the SOAP door.
    pub fn credentials_for(mut self, door: Door, credentials: Credentials) -> Self {
        self.door_credentials.insert(door, credentials);
        self
    }

    /// How long one attempt may take, connecting and reading included (30 s).
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.limits.attempt_timeout = timeout;
        self
    }

    /// How long a call may take with all its attempts and pauses (120 s).
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.limits.total_timeout = timeout;
        self
    }

    /// How long connecting may take (10 s); without effect on a client given by the caller.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How often a read is tried at most (4); 1 means no retry.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.limits.max_attempts = attempts;
        self
    }

    /// Trusts the certificate authorities of a PEM bundle besides the platform's.
    pub fn root_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.roots.push(pem.into());
        self
    }

    /// Shows this certificate to the gateway: the PEM text of its chain, and of its PKCS #8 key.
    pub fn client_certificate_pem(mut self, chain: impl Into<Vec<u8>>, key: SecretString) -> Self {
        self.tls.identity = Some((chain.into(), key));
        self
    }

    /// Reaches everything through this proxy (none, not even one that the environment names).
    pub fn proxy(mut self, proxy: Url) -> Self {
        self.proxy = Some(ProxyServer {
            url: proxy,
            account: None,
        });
        self
    }

    /// Reaches everything through this proxy, as this user.
    pub fn proxy_as(mut self, proxy: Url, user: impl Into<String>, password: SecretString) -> Self {
        self.proxy = Some(ProxyServer {
            url: proxy,
            account: Some((user.into(), password)),
        });
        self
    }

    /// How many calls may be under way at a time, over all clones (4).
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls;
        self
    }

    /// Largest answer accepted, in bytes after decompression (64 MiB).
    pub fn max_body_bytes(mut self, bytes: u64) -> Self {
        self.limits.max_body_bytes = bytes;
        self
    }

    /// What the client calls itself (`peoplesoft-client/` and its version).
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// Lets credentials travel over plain http to hosts other than this machine.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// Sends through the caller's own HTTP client.
    ///
    /// Its connect timeout, certificates, proxy, redirect and retry policies apply; the timeouts per attempt and
    /// in all stay those of this builder. Give it no redirects: a sign-on page is told by them.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Where time and jitter come from ([`SystemClock`]).
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Checks everything and makes the client; nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when an address, the profile, a limit or a certificate cannot work,
    /// or when credentials would travel over plain http.
    pub fn build(self) -> Result<Client> {
        let all = || std::iter::once(&self.credentials).chain(self.door_credentials.values());
        self.check_address("gateway", &self.gateway, all().any(Credentials::are_secret))?;
        for credentials in all() {
            if let Kind::OAuth2(grant) = &credentials.0 {
                self.check_address("token", &grant.token_url, true)?;
            }
        }
        if let Some(proxy) = &self.proxy {
            self.check_address("proxy", &proxy.url, proxy.account.is_some())?;
        }
        let limits = self.limits;
        if limits.max_attempts == 0 || self.concurrency == 0 || limits.max_body_bytes == 0 {
            return Err(refuse(
                "attempts, concurrency and body size must be 1 or more",
            ));
        }
        if limits.attempt_timeout.is_zero() || limits.total_timeout.is_zero() {
            return Err(refuse("a timeout of zero leaves no time for any call"));
        }
        let mut profile = self.profile;
        if let Some(node) = self.node {
            profile.node = node;
        }
        profile.validate().map_err(|mistakes| {
            refuse(format!("the profile cannot work: {mistakes}")).with_source(mistakes)
        })?;
        let zone = profile
            .database_zone()
            .map_err(|error| refuse(error.to_string()))?;
        let user_agent = self
            .user_agent
            .parse()
            .map_err(|_| refuse("the user agent holds characters that a header cannot"))?;
        let http = match self.http {
            Some(http) => http,
            None => transport::http_client(self.connect_timeout, &self.tls, self.proxy.as_ref())?,
        };
        let place = profile.doors.ps_token;
        let mut door_authorizers = BTreeMap::new();
        for (door, credentials) in self.door_credentials {
            let authorizer = Authorizer::new(credentials, place)?;
            authorizer.check_door(door)?;
            door_authorizers.insert(door, authorizer);
        }
        let permits = self.concurrency.min(Semaphore::MAX_PERMITS);
        Ok(Client {
            shared: Arc::new(Shared {
                gateway: self.gateway,
                profile: *profile,
                zone,
                http,
                authorizer: Arc::new(Authorizer::new(self.credentials, place)?),
                door_authorizers: Arc::new(door_authorizers),
                clock: self.clock,
                limit: Arc::new(Semaphore::new(permits)),
                limits,
                contracts: Contracts::default(),
                user_agent,
            }),
        })
    }

    fn check_address(&self, what: &str, url: &Url, secret: bool) -> Result<()> {
        let shown = redact::place(url);
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(refuse(format!(
                "the {what} address {shown} is not an http address"
            )));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse(format!(
                "the {what} address {shown} holds a user or password; give them as credentials"
            )));
        }
        let plain = url.scheme() == "http" && !redact::is_loopback(url);
        if plain && secret && !self.allow_http {
            return Err(refuse(format!(
                "credentials would travel over plain http to {shown}; use https, or allow it by name"
            )));
        }
        Ok(())
    }
}

pub(super) fn refuse(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("gateway", &redact::place(&self.gateway))
            .field("node", &self.node)
            .field("credentials", &self.credentials)
            .field("door_credentials", &self.door_credentials)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
