//! Settings of a client, checked once.

use std::{fmt, sync::Arc, time::Duration};

use http::{HeaderName, HeaderValue};
#[cfg(any(feature = "rustls", feature = "native-tls"))]
use secrecy::SecretString;
use url::Url;

use super::{Capabilities, Client, Deployment, Support, tls::Tls};
use crate::{
    auth::{Auth, TokenSettings},
    clock::{Clock, SystemClock},
    credentials::{Credentials, OneTimeCode, TokenStore},
    error::{Error, Result},
    path,
    retry::{Budget, RetrySettings},
    send::Core,
};

/// Settings of a [`Client`]; see each method for its default.
#[must_use = "settings do nothing until build() is called"]
pub struct ClientBuilder {
    origin: Url,
    prefix: String,
    deployment: Deployment,
    capabilities: Option<Capabilities>,
    extra_query: Vec<(String, String)>,
    extra_headers: Vec<(String, String)>,
    credentials: Option<Credentials>,
    tokens: TokenSettings,
    attempt_timeout: Duration,
    total_timeout: Duration,
    connect_timeout: Duration,
    tls: Tls,
    allow_http: bool,
    http_client: Option<reqwest::Client>,
    proxy: Option<Url>,
    clock: Arc<dyn Clock>,
    user_agent: String,
    retry: RetrySettings,
    max_body: usize,
    ascii_json: bool,
}

impl ClientBuilder {
    pub(super) fn new(origin: Url) -> Self {
        Self {
            origin,
            prefix: "/api".to_owned(),
            deployment: Deployment::default(),
            capabilities: None,
            extra_query: Vec::new(),
            extra_headers: Vec::new(),
            credentials: None,
            tokens: TokenSettings {
                life: Duration::from_secs(50 * 60),
                one_time_code: None,
                store: None,
            },
            attempt_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            tls: Tls::default(),
            allow_http: false,
            http_client: None,
            proxy: None,
            clock: Arc::new(SystemClock),
            user_agent: concat!("cleo-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            retry: RetrySettings::default(),
            max_body: 64 * 1024 * 1024,
            ascii_json: false,
        }
    }

    /// The path under which the API lives. Default `/api`, which is also Cleo's; may be empty.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Which product answers. Default [`Deployment::Harmony`].
    pub fn deployment(mut self, deployment: Deployment) -> Self {
        self.deployment = deployment;
        self
    }

    /// What the server can do. Default what is known of its product: [`Deployment::capabilities`].
    pub fn capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = Some(capabilities);
        self
    }

    /// The serial number of the installation behind a VLProxy, sent as `serial` with every request. Default none.
    ///
    /// Cleo documents it for the web pages, as this parameter or at the end of the path; for the second form make it a
    /// part of the [`prefix`](Self::prefix).
    pub fn vlproxy_serial(self, serial: impl Into<String>) -> Self {
        self.extra_query("serial", serial)
    }

    /// A query parameter that goes with every request, for what no other method names. Default none.
    pub fn extra_query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra_query.push((name.into(), value.into()));
        self
    }

    /// A header that goes with every request. Default none. `Debug` and logs do not show its value.
    pub fn extra_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra_headers.push((name.into(), value.into()));
        self
    }

    /// Who the client is. Default nobody: no `Authorization` header is sent.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// How long a token is used if the server does not say (`expires_in`). Default 50 minutes.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.tokens.life = life;
        self
    }

    /// Sends a one-time code with every log-in of the password grant, in the form's field of this name. Default none.
    ///
    /// Cleo has a second factor for users; in which field it wants the code, nobody published.
    pub fn one_time_code(mut self, field: impl Into<String>, source: Arc<dyn OneTimeCode>) -> Self {
        self.tokens.one_time_code = Some((field.into(), source));
        self
    }

    /// Keeps refresh tokens of the password grant, so that another process need not log in. Default in memory only.
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.tokens.store = Some(store);
        self
    }

    /// How long one attempt may take, answer included. Default 30 s; down to milliseconds.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long a call may take with log-in, retries and waits. Default 60 s.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// How long making a connection may take. Default 10 s. Not used with [`http_client`](Self::http_client).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Trusts the certificates of this PEM text beside those of the platform. May be called again.
    /// Not used with [`http_client`](Self::http_client).
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.roots.push(pem.into());
        self
    }

    /// Shows this certificate to the server: the PEM text of its chain, and of its PKCS #8 key. Default none.
    /// Not used with [`http_client`](Self::http_client).
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub fn client_certificate_pem(mut self, chain: impl Into<Vec<u8>>, key: SecretString) -> Self {
        self.tls.identity = Some((chain.into(), key));
        self
    }

    /// Permits credentials over clear `http` to a host that is not this machine. Default no.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Sends everything through this proxy (`http`, `https`), with its credentials in the URL if it wants any.
    /// Default none; the environment is not asked. Not used with [`http_client`](Self::http_client).
    pub fn proxy(mut self, proxy: Url) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Uses the caller's own HTTP client, with its proxy, TLS and redirect settings.
    ///
    /// Build it with `redirect::Policy::none()`: a followed redirect may repeat a `POST`. Attempt timeouts
    /// still apply; connect timeout, own CA and user agent do not.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Where time, waiting and chance come from. Default [`SystemClock`].
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The `User-Agent` header. Default `cleo-client/` and the version.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// How requests are repeated. Default [`RetrySettings::default`].
    pub fn retry(mut self, retry: RetrySettings) -> Self {
        self.retry = retry;
        self
    }

    /// The largest answer in bytes, decompressed. Default 64 MiB.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Writes what is not ASCII in JSON bodies as `\u` escapes, for a server that mistakes the encoding. Default no:
    /// UTF-8, as JSON wants it. Cleo's own clients were seen with ASCII only.
    pub fn ascii_json(mut self, yes: bool) -> Self {
        self.ascii_json = yes;
        self
    }

    /// Checks the settings and makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), naming the setting. On a machine without any
    /// certificate store the TLS library refuses to start, even for `http` origins: add one, or pass an own client.
    pub fn build(mut self) -> Result<Client> {
        check_origin(&self.origin)?;
        let prefix = path::prefix(&self.prefix)
            .map_err(|message| Error::configuration(format!("prefix: {message}")))?;
        for (name, timeout) in [
            ("attempt_timeout", self.attempt_timeout),
            ("total_timeout", self.total_timeout),
            ("connect_timeout", self.connect_timeout),
        ] {
            if timeout.is_zero() {
                return Err(Error::configuration(format!(
                    "{name} is zero; give it a millisecond at least"
                )));
            }
        }
        let clear = self.origin.scheme() == "http" && !path::is_loopback(&self.origin);
        if clear && self.credentials.is_some() && !self.allow_http {
            return Err(Error::configuration(
                "credentials would travel over clear http; use https, or permit it with allow_http(true)",
            ));
        }
        if let Some((field, _)) = &self.tokens.one_time_code
            && matches!(field.as_str(), "" | "grant_type" | "username" | "password")
        {
            return Err(Error::configuration(format!(
                "one_time_code: the field {field:?} cannot hold the code; ask the administrator for its name"
            )));
        }
        let capabilities = self
            .capabilities
            .unwrap_or_else(|| self.deployment.capabilities());
        if matches!(self.credentials, Some(Credentials::Basic { .. }))
            && capabilities.basic == Support::No
        {
            return Err(Error::configuration(
                "credentials: this server is declared not to take HTTP Basic; use the password grant",
            ));
        }
        let http = match self.http_client.take() {
            Some(client) => client,
            None => self.http()?,
        };
        let core = Core {
            http,
            prefix,
            deployment: self.deployment,
            capabilities,
            extra_headers: headers(&self.extra_headers)?,
            auth: Auth::new(self.credentials.take(), self.tokens)?,
            allow_http: self.allow_http,
            clock: self.clock,
            retry: self.retry,
            budget: Budget::new(self.retry.budget),
            attempt_timeout: self.attempt_timeout,
            total_timeout: self.total_timeout,
            max_body: self.max_body,
            ascii_json: self.ascii_json,
            extra_query: self.extra_query,
            origin: self.origin,
        };
        Ok(Client {
            core: Arc::new(core),
        })
    }

    fn http(&self) -> Result<reqwest::Client> {
        #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
        if self.origin.scheme() == "https" {
            return Err(Error::configuration(
                "https needs the feature `rustls` or `native-tls`, or a client of your own",
            ));
        }
        let builder = reqwest::Client::builder()
            .user_agent(self.user_agent.as_str())
            .connect_timeout(self.connect_timeout)
            // Only this crate decides what is sent twice.
            .retry(reqwest::retry::never())
            // A redirect could take the token, or the file, to another place.
            .redirect(reqwest::redirect::Policy::none())
            // Without this the environment would decide.
            .no_proxy();
        let builder = match &self.proxy {
            None => builder,
            Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.clone()).map_err(|error| {
                Error::configuration("proxy: not the address of a proxy")
                    .with_source(error.without_url())
            })?),
        };
        self.tls.apply(builder)?.build().map_err(|error| {
            let message = match self.tls.identity {
                Some(_) => "the HTTP client cannot be made: do the client certificate and its key belong together?",
                None => "the HTTP client cannot be made",
            };
            Error::configuration(message).with_source(error.without_url())
        })
    }
}

fn check_origin(origin: &Url) -> Result<()> {
    let wrong = if !matches!(origin.scheme(), "http" | "https") {
        "its scheme must be http or https"
    } else if origin.host_str().is_none() {
        "it needs a host"
    } else if !origin.username().is_empty() || origin.password().is_some() {
        "it contains credentials; pass them with credentials()"
    } else if !matches!(origin.path(), "" | "/") {
        "it has a path; pass that with prefix()"
    } else if origin.query().is_some() || origin.fragment().is_some() {
        "it has a query or a fragment; pass parameters with extra_query()"
    } else {
        return Ok(());
    };
    Err(Error::configuration(format!("origin: {wrong}")))
}

fn headers(pairs: &[(String, String)]) -> Result<Vec<(HeaderName, HeaderValue)>> {
    pairs
        .iter()
        .map(|(name, value)| {
            let wrong = |what: &str| Error::configuration(format!("extra_header {name:?}: {what}"));
            let parsed = HeaderName::try_from(name.as_str())
                .map_err(|_| wrong("the name is not a header name"))?;
            let mut value = HeaderValue::try_from(value.as_str())
                .map_err(|_| wrong("the value has characters that a header cannot carry"))?;
            value.set_sensitive(true);
            Ok((parsed, value))
        })
        .collect()
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |pairs: &[(String, String)]| -> Vec<String> {
            pairs.iter().map(|(name, _)| name.clone()).collect()
        };
        f.debug_struct("ClientBuilder")
            .field("origin", &self.origin.host_str())
            .field("prefix", &self.prefix)
            .field("deployment", &self.deployment)
            .field("extra_query", &names(&self.extra_query))
            .field("extra_headers", &names(&self.extra_headers))
            .field("credentials", &self.credentials)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("total_timeout", &self.total_timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
