//! How a request gets its `Authorization` header, and what a 401 does to it.

mod token;

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use self::token::TokenCache;
pub(crate) use self::token::TokenSettings;
use crate::{
    credentials::Credentials,
    error::{Error, ErrorKind, Result},
    send::{Core, Deadline},
};

/// One value for the `Authorization` header, and which generation of token it is.
pub(crate) struct Authorization {
    pub(crate) header: HeaderValue,
    generation: u64,
}

/// The state behind a client's credentials.
pub(crate) enum Auth {
    None,
    Password(TokenCache),
    Basic(Basic),
    Bearer(HeaderValue),
}

/// HTTP Basic, which stops after one refusal: each further try would count as a failed log-in.
pub(crate) struct Basic {
    header: HeaderValue,
    username: String,
    password: SecretString,
    refused: AtomicBool,
}

impl Auth {
    pub(crate) fn new(credentials: Option<Credentials>, tokens: TokenSettings) -> Result<Self> {
        Ok(match credentials {
            None => Self::None,
            Some(Credentials::Password { username, password }) => {
                Self::Password(TokenCache::new(username, password, tokens))
            }
            Some(Credentials::Basic { username, password }) => Self::basic(username, password)?,
            Some(Credentials::Bearer(token)) => Self::Bearer(bearer(token.expose_secret())?),
        })
    }

    pub(crate) fn basic(username: String, password: SecretString) -> Result<Self> {
        if username.contains(':') {
            return Err(Error::configuration(
                "the user name contains a colon, which HTTP Basic cannot carry",
            ));
        }
        let header = basic_header(&username, &password)?;
        Ok(Self::Basic(Basic {
            header,
            username,
            password,
            refused: AtomicBool::new(false),
        }))
    }

    /// User name and password, if these are what the client has.
    pub(crate) fn username_and_password(&self) -> Option<(&str, &SecretString)> {
        match self {
            Self::Password(cache) => Some((cache.username(), cache.password())),
            Self::Basic(basic) => Some((&basic.username, &basic.password)),
            Self::None | Self::Bearer(_) => None,
        }
    }

    /// The header for the next request; logs in if there is no usable token.
    pub(crate) async fn authorization(
        &self,
        core: &Core,
        deadline: &Deadline,
    ) -> Result<Option<Authorization>> {
        match self {
            Self::None => Ok(None),
            Self::Password(cache) => cache.authorization(core, deadline).await.map(Some),
            Self::Basic(basic) if basic.refused.load(Ordering::Acquire) => Err(refused_before()),
            Self::Basic(Basic { header, .. }) | Self::Bearer(header) => Ok(Some(Authorization {
                header: header.clone(),
                generation: 0,
            })),
        }
    }

    /// Takes note that the server refused a log-in with a status other than 401.
    pub(crate) fn refuse(&self) {
        if let Self::Basic(basic) = self {
            basic.refused.store(true, Ordering::Release);
        }
    }

    /// Takes note of a 401; the answer says whether a new header may be tried.
    pub(crate) async fn rejected(&self, authorization: &Authorization) -> bool {
        match self {
            Self::None | Self::Bearer(_) => false,
            Self::Password(cache) => {
                cache.invalidate(authorization.generation).await;
                true
            }
            Self::Basic(basic) => {
                basic.refused.store(true, Ordering::Release);
                false
            }
        }
    }

    /// What a 401 that stands is called: Basic carries the log-in itself.
    pub(crate) fn kind_of_refusal(&self) -> ErrorKind {
        match self {
            Self::Basic(_) => ErrorKind::LoginRefused,
            Self::None | Self::Password(_) | Self::Bearer(_) => ErrorKind::Unauthorized,
        }
    }

    /// Forgets a refused log-in and any cached token.
    pub(crate) async fn reset(&self) {
        match self {
            Self::None | Self::Bearer(_) => {}
            Self::Password(cache) => cache.reset().await,
            Self::Basic(basic) => basic.refused.store(false, Ordering::Release),
        }
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, username) = match self {
            Self::None => ("none", None),
            Self::Password(cache) => ("password grant", Some(cache.username())),
            Self::Basic(basic) => ("basic", Some(basic.username.as_str())),
            Self::Bearer(_) => ("bearer", None),
        };
        f.debug_struct("Auth")
            .field("scheme", &scheme)
            .field("username", &username)
            .finish()
    }
}

fn refused_before() -> Error {
    Error::new(ErrorKind::LoginRefused, "log in").with_message(
        "the server refused this log-in before; nothing is sent until reset_login() is called",
    )
}

fn bearer(token: &str) -> Result<HeaderValue> {
    let mut header = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| {
        Error::configuration("the token contains characters that a header cannot carry")
    })?;
    header.set_sensitive(true);
    Ok(header)
}

fn basic_header(username: &str, password: &SecretString) -> Result<HeaderValue> {
    let plain = format!("{username}:{}", password.expose_secret());
    let encoded = STANDARD.encode(plain);
    let mut header = HeaderValue::try_from(format!("Basic {encoded}"))
        .map_err(|_| Error::configuration("user name and password do not fit into a header"))?;
    header.set_sensitive(true);
    Ok(header)
}
