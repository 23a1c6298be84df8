//! The one place that knows secrets: what signs a request, and how tokens are kept.

mod envelope;
mod fetch;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::client::Shared;
use crate::connector::Door;
use crate::connector::http::NodeAccount;
use crate::credentials::{BearerToken, Credentials, Kind};
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::profile::TokenPlace;

/// A token is renewed when less than this, or a tenth of its life, is left.
const MARGIN: Duration = Duration::from_secs(60);

/// What to send, and which token it was, so that a 401 renews that one and no newer.
pub(crate) struct Authorization {
    pub(crate) header: Option<(HeaderName, HeaderValue)>,
    generation: u64,
}

pub(crate) struct Authorizer {
    credentials: Credentials,
    fixed: Option<(HeaderName, HeaderValue)>,
    state: Mutex<State>,
    /// Counts finished fetches, so that those who waited for one share its failure.
    fetches: AtomicU64,
}

#[derive(Default)]
struct State {
    token: Option<Kept>,
    generation: u64,
    failure: Option<Failure>,
}

struct Kept {
    header: HeaderValue,
    renew_at: Option<SystemTime>,
}

/// Why the last fetch failed, in a form that can be handed to every waiter.
#[derive(Clone)]
struct Failure {
    kind: ErrorKind,
    message: String,
    status: Option<http::StatusCode>,
    /// What has to be done, where the kind does not tell: it speaks of the gateway.
    remedy: Option<String>,
}

impl Failure {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            status: None,
            remedy: None,
        }
    }

    fn error(&self) -> Error {
        let error = Error::new(self.kind, self.message.clone()).with_sent(Sent::No);
        let error = match self.status {
            Some(status) => error.with_status(status),
            None => error,
        };
        match &self.remedy {
            Some(remedy) => error.with_remedy(remedy.clone()),
            None => error,
        }
    }
}

impl Authorizer {
    pub(crate) fn new(credentials: Credentials, place: TokenPlace) -> Result<Self> {
        let fixed = match &credentials.0 {
            Kind::Basic { oprid, password } => {
                if oprid.contains(':') {
                    return Err(refuse(
                        "the OPRID holds a colon, which HTTP Basic cannot carry",
                    ));
                }
                let pair = SecretString::from(format!("{oprid}:{}", password.expose_secret()));
                Some((header::AUTHORIZATION, basic(pair.expose_secret())?))
            }
            Kind::Bearer(token) => {
                let value = bearer(token)
                    .ok_or_else(|| refuse("the bearer token is blank or no header text"))?;
                Some((header::AUTHORIZATION, value))
            }
            Kind::PsToken(token) => Some(ps_token(token, place)?),
            Kind::WsSecurity { oprid, password } => {
                // What cannot stand in an envelope is said now.
                envelope::username_token(oprid, password, false)?;
                None
            }
            Kind::Node { node, password } => {
                if node.trim().is_empty() || password.expose_secret().is_empty() {
                    return Err(refuse("the node or its password is blank"));
                }
                None
            }
            Kind::Anonymous | Kind::OAuth2(_) | Kind::Provider(_) => None,
        };
        Ok(Self {
            credentials,
            fixed,
            state: Mutex::new(State::default()),
            fetches: AtomicU64::new(0),
        })
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Refuses what these credentials cannot sign, before anything is sent.
    pub(crate) fn check_door(&self, door: Door) -> Result<()> {
        let only = match (&self.credentials.0, door) {
            (Kind::Node { .. }, Door::Rest) => "a node's password at the SOAP and HTTP doors",
            (Kind::WsSecurity { .. }, Door::Rest | Door::Http) => {
                "a WS-Security UsernameToken at the SOAP door"
            }
            _ => return Ok(()),
        };
        Err(refuse(format!(
            "PeopleSoft takes {only} only, and this call is for the {door} door; give that door \
             credentials of its own"
        )))
    }

    /// What stands in the header of a SOAP envelope for these credentials.
    pub(crate) fn envelope_header(&self, must_understand: bool) -> Result<Option<Bytes>> {
        match &self.credentials.0 {
            Kind::WsSecurity { oprid, password } => {
                envelope::username_token(oprid, password, must_understand).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The node and its password, where these are the credentials.
    pub(crate) fn node_account(&self) -> Option<NodeAccount<'_>> {
        match &self.credentials.0 {
            Kind::Node { node, password } => Some(NodeAccount { node, password }),
            _ => None,
        }
    }

    /// Whether a 401 may be answered by getting another token.
    pub(crate) fn is_renewable(&self) -> bool {
        matches!(self.credentials.0, Kind::OAuth2(_) | Kind::Provider(_))
    }

    /// Forgets the token of `used`, unless another task has renewed it since.
    pub(crate) async fn forget(&self, used: &Authorization) {
        let mut state = self.state.lock().await;
        if state.generation == used.generation {
            state.token = None;
        }
    }

    /// What to send now. Tokens are got by one task at a time; the others wait and share the result.
    pub(crate) async fn authorize(
        &self,
        shared: &Shared,
        timeout: Duration,
    ) -> Result<Authorization> {
        if !self.is_renewable() {
            return Ok(Authorization {
                header: self.fixed.clone(),
                generation: 0,
            });
        }
        let seen = self.fetches.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        let now = shared.clock.now();
        if let Some(token) = &state.token
            && token.renew_at.is_none_or(|at| now < at)
        {
            return Ok(Authorization {
                header: Some((header::AUTHORIZATION, token.header.clone())),
                generation: state.generation,
            });
        }
        // Somebody fetched while this task waited and was refused: asking again would only add
        // to the failed log-ins that lock an account.
        if self.fetches.load(Ordering::Acquire) != seen
            && let Some(failure) = &state.failure
        {
            return Err(failure.error());
        }
        let fetched = match &self.credentials.0 {
            Kind::OAuth2(grant) => fetch::fetch(shared, grant, timeout).await,
            Kind::Provider(provider) => match provider.token().await {
                Ok(token) => Ok(token),
                Err(source) => {
                    let failure =
                        Failure::new(ErrorKind::Credentials, "the caller's token provider failed");
                    let error = failure.error().with_source(source);
                    self.note(&mut state, failure);
                    return Err(error);
                }
            },
            _ => Err(Failure::new(
                ErrorKind::Configuration,
                "these credentials have no token to renew",
            )),
        };
        let kept = fetched.and_then(|token| keep(&token, now));
        match kept {
            Ok(token) => {
                state.generation += 1;
                state.failure = None;
                let header = token.header.clone();
                state.token = Some(token);
                self.fetches.fetch_add(1, Ordering::Release);
                Ok(Authorization {
                    header: Some((header::AUTHORIZATION, header)),
                    generation: state.generation,
                })
            }
            Err(failure) => {
                let error = failure.error();
                self.note(&mut state, failure);
                Err(error)
            }
        }
    }

    fn note(&self, state: &mut State, failure: Failure) {
        state.failure = Some(failure);
        state.token = None;
        self.fetches.fetch_add(1, Ordering::Release);
    }
}

fn keep(token: &BearerToken, now: SystemTime) -> Result<Kept, Failure> {
    let header = bearer(&token.secret).ok_or_else(|| {
        Failure::new(
            ErrorKind::Credentials,
            "the token is blank or no header text",
        )
    })?;
    let renew_at = token.expires_at.map(|expiry| {
        let life = expiry.duration_since(now).unwrap_or(Duration::ZERO);
        // Short-lived tokens are used for half their life at least.
        let margin = MARGIN.max(life / 10).min(life / 2);
        expiry.checked_sub(margin).unwrap_or(now)
    });
    Ok(Kept { header, renew_at })
}

fn refuse(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// A single-sign-on token as a cookie or as a header.
fn ps_token(token: &SecretString, place: TokenPlace) -> Result<(HeaderName, HeaderValue)> {
    let text = token.expose_secret().trim();
    let fits = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'"' | b'\\');
    if text.is_empty() || !text.bytes().all(fits) {
        return Err(refuse(
            "the PS_TOKEN is blank or holds what a cookie cannot",
        ));
    }
    let cookie = SecretString::from(format!("PS_TOKEN={text}"));
    let (name, value) = match place {
        TokenPlace::Cookie => (header::COOKIE, sensitive(cookie.expose_secret())),
        TokenPlace::Header => (HeaderName::from_static("ps_token"), sensitive(text)),
    };
    let value = value.ok_or_else(|| refuse("the PS_TOKEN is no header text"))?;
    Ok((name, value))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn basic(pair: &str) -> Result<HeaderValue> {
    let text = SecretString::from(format!("Basic {}", STANDARD.encode(pair)));
    sensitive(text.expose_secret()).ok_or_else(|| refuse("the user or password is too odd"))
}

fn bearer(token: &SecretString) -> Option<HeaderValue> {
    let token = token.expose_secret().trim();
    let plain = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    let text = SecretString::from(format!("Bearer {token}"));
    if plain {
        sensitive(text.expose_secret())
    } else {
        None
    }
}
