//! The client credentials grant of OAuth 2.0.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::form_urlencoded;

use super::{Failure, basic};
use crate::client::Shared;
use crate::credentials::{BearerToken, OAuth2};
use crate::error::{ErrorKind, Result};
use crate::redact;
use crate::tls_trouble;

/// A server that gives no expiry is taken to mean five minutes.
const DEFAULT_LIFE: Duration = Duration::from_secs(300);
/// Larger than any token answer, so that a wrong address cannot fill the memory.
const MAX_TOKEN_BODY: u64 = 1 << 20;

/// One request for a token (RFC 6749, 4.4). A refusal is final; a server that is away is not.
pub(super) async fn fetch(
    shared: &Shared,
    grant: &OAuth2,
    timeout: Duration,
) -> Result<BearerToken, Failure> {
    let place = redact::place(&grant.token_url);
    let request = token_request(shared, grant)
        .map_err(|error| Failure::new(error.kind(), error.message()))?
        .timeout(timeout);
    let requested_at = shared.clock.now();
    let answer = request
        .send()
        .await
        .map_err(|error| unanswered(&error, &place))?;
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
        let remedy = (kind == ErrorKind::Unavailable).then(|| away(&place));
        return Err(Failure {
            kind,
            message,
            status: Some(status),
            remedy,
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

/// No answer came; the words of the kind would speak of the gateway.
fn unanswered(error: &reqwest::Error, place: &str) -> Failure {
    let kind = if error.is_timeout() {
        ErrorKind::Timeout
    } else {
        ErrorKind::Transport
    };
    let what = format!("no answer from the authorization server at {place}");
    match tls_trouble::of_call(error) {
        Some((trouble, host)) => Failure {
            remedy: Some(trouble.fix(&host)),
            ..Failure::new(kind, format!("{what}: {}", trouble.seen(&host)))
        },
        None => Failure {
            remedy: Some(away(place)),
            ..Failure::new(kind, what)
        },
    }
}

fn away(place: &str) -> String {
    format!(
        "Check that the authorization server is up and can be reached from here at {place}; PeopleSoft \
         itself was not asked."
    )
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
