//! The one place that knows secrets: what goes into `Authorization`, and how tokens are kept.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::form_urlencoded;

use crate::client::Shared;
use crate::credentials::{BearerToken, Credentials, Kind, OAuth2};
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::redact;

/// A server that gives no expiry is taken to mean five minutes.
const DEFAULT_LIFE: Duration = Duration::from_secs(300);
/// A token is renewed when less than this, or a tenth of its life, is left.
const MARGIN: Duration = Duration::from_secs(60);
/// Larger than any token answer, so that a wrong address cannot fill the memory.
const MAX_TOKEN_BODY: u64 = 1 << 20;

/// What to send, and which token it was, so that a 401 renews that one and no newer.
pub(crate) struct Authorization {
    pub(crate) header: Option<HeaderValue>,
    generation: u64,
}

pub(crate) struct Authorizer {
    credentials: Credentials,
    fixed: Option<HeaderValue>,
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
}

impl Failure {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            status: None,
        }
    }

    fn error(&self) -> Error {
        let error = Error::new(self.kind, self.message.clone()).with_sent(Sent::No);
        match self.status {
            Some(status) => error.with_status(status),
            None => error,
        }
    }
}

impl Authorizer {
    pub(crate) fn new(credentials: Credentials) -> Result<Self> {
        let fixed = match &credentials.0 {
            Kind::Basic { oprid, password } => {
                if oprid.contains(':') {
                    return Err(Error::new(
                        ErrorKind::Configuration,
                        "the OPRID holds a colon, which HTTP Basic cannot carry",
                    ));
                }
                let pair = SecretString::from(format!("{oprid}:{}", password.expose_secret()));
                Some(basic(pair.expose_secret())?)
            }
            Kind::Bearer(token) => Some(bearer(token).ok_or_else(|| {
                Error::new(
                    ErrorKind::Configuration,
                    "the bearer token is blank or no header text",
                )
            })?),
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
                header: Some(token.header.clone()),
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
            Kind::OAuth2(grant) => fetch(shared, grant, timeout).await,
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
            Kind::Anonymous | Kind::Basic { .. } | Kind::Bearer(_) => Err(Failure::new(
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
                    header: Some(header),
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

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn basic(pair: &str) -> Result<HeaderValue> {
    let text = SecretString::from(format!("Basic {}", STANDARD.encode(pair)));
    sensitive(text.expose_secret())
        .ok_or_else(|| Error::new(ErrorKind::Configuration, "the user or password is too odd"))
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

/// One request for a token (RFC 6749, 4.4). A refusal is final; a server that is away is not.
async fn fetch(shared: &Shared, grant: &OAuth2, timeout: Duration) -> Result<BearerToken, Failure> {
    let place = redact::place(&grant.token_url);
    let request = token_request(shared, grant)
        .map_err(|error| Failure::new(error.kind(), error.message()))?
        .timeout(timeout);
    let requested_at = shared.clock.now();
    let answer = request.send().await.map_err(|error| {
        let kind = if error.is_timeout() {
            ErrorKind::Timeout
        } else {
            ErrorKind::Transport
        };
        Failure::new(
            kind,
            format!("no answer from the authorization server at {place}"),
        )
    })?;
    let status = answer.status();
    let body = crate::send::read_body(answer, MAX_TOKEN_BODY)
        .await
        .map_err(|_| {
            Failure::new(
                ErrorKind::Transport,
                format!("the answer of {place} was cut off"),
            )
        })?;
    if !status.is_success() {
        let kind = match status.as_u16() {
            408 | 429 | 500..=599 => ErrorKind::Unavailable,
            _ => ErrorKind::Credentials,
        };
        let reason = oauth_error(&body);
        let message = format!("no token from the authorization server at {place}{reason}");
        return Err(Failure {
            kind,
            message,
            status: Some(status),
        });
    }
    let token: TokenAnswer = serde_json::from_slice(&body).map_err(|_| {
        Failure::new(
            ErrorKind::Credentials,
            format!("the answer of {place} is no token: expected JSON with access_token"),
        )
    })?;
    let life = token.expires_in.map_or(DEFAULT_LIFE, |life| life.0);
    Ok(BearerToken::new(
        token.access_token,
        requested_at.checked_add(life),
    ))
}

fn token_request(shared: &Shared, grant: &OAuth2) -> Result<reqwest::RequestBuilder> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    if let Some(scope) = &grant.scope {
        form.append_pair("scope", scope);
    }
    if let Some(audience) = &grant.audience {
        form.append_pair("audience", audience);
    }
    let mut request = shared
        .http
        .post(grant.token_url.clone())
        .header(http::header::USER_AGENT, shared.user_agent.clone())
        .header(http::header::ACCEPT, "application/json")
        .header(
            http::header::CONTENT_TYPE,
            "application/x-www-form-urlencoded",
        );
    if grant.secret_in_body {
        form.append_pair("client_id", &grant.client_id);
        form.append_pair("client_secret", grant.client_secret.expose_secret());
    } else {
        // The two halves are form-encoded before they are joined (RFC 6749, 2.3.1).
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let (id, secret): (String, String) = (
            encode(&grant.client_id),
            encode(grant.client_secret.expose_secret()),
        );
        request = request.header(
            http::header::AUTHORIZATION,
            basic(&format!("{id}:{secret}"))?,
        );
    }
    Ok(request.body(form.finish()))
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(deserialize_with = "secret")]
    access_token: SecretString,
    #[serde(default)]
    expires_in: Option<Seconds>,
}

fn secret<'de, D: serde::Deserializer<'de>>(d: D) -> Result<SecretString, D::Error> {
    String::deserialize(d).map(SecretString::from)
}

/// Seconds as a number or as text, as servers send both.
struct Seconds(Duration);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Spelling {
            Number(f64),
            Text(String),
            Other(serde::de::IgnoredAny),
        }
        let seconds = match Spelling::deserialize(d)? {
            Spelling::Number(number) => Some(number),
            Spelling::Text(text) => text.trim().parse::<f64>().ok(),
            Spelling::Other(_) => None,
        };
        let life = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Ok(Self(life.unwrap_or(DEFAULT_LIFE)))
    }
}

/// The `error` code of RFC 6749, 5.2, if it is one of the words defined there.
fn oauth_error(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    const KNOWN: [&str; 6] = [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    ];
    match serde_json::from_slice::<Refusal>(body) {
        Ok(refusal) if KNOWN.contains(&refusal.error.as_str()) => format!(": {}", refusal.error),
        _ => String::new(),
    }
}
