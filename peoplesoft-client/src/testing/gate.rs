//! Who may call: users, tokens, and the server that gives tokens.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use secrecy::ExposeSecret;
use url::form_urlencoded;

use super::answer::Reply;
use super::call::Call;
use super::state::{Account, Shared, State};
use super::switch::Verification;
use crate::connector::Door;
use crate::profile::TokenPlace;
use crate::xml::{Limits, Reader, Token};

/// The default user of the node that nobody in particular comes from.
const ANYBODY: &str = "PSAPPS";

/// Why a call is not admitted.
pub(super) enum Denial {
    /// Nothing that the door takes proves who it is.
    NoProof,
    /// The user is not defined.
    UnknownUser,
    /// The user or node is known, its password is another.
    WrongPassword,
}

/// Who calls, if the call proves it in a way that its door takes; a double without accounts lets
/// everybody in.
pub(super) fn admits(state: &State, call: &Call) -> Result<String, Denial> {
    if !state.has_accounts() {
        return Ok(ANYBODY.to_owned());
    }
    let wanted = state
        .verification
        .get(&call.door)
        .copied()
        .unwrap_or_default();
    if wanted == Verification::None {
        return Ok(ANYBODY.to_owned());
    }
    let ways: [(Verification, Check); 5] = [
        (Verification::Basic, by_basic),
        (Verification::OAuth2, by_bearer),
        (Verification::PeopleSoftToken, by_ps_token),
        (Verification::WsSecurity, by_username_token),
        (Verification::NodePassword, by_node),
    ];
    let mut denial = Denial::NoProof;
    for (way, check) in ways {
        if wanted != Verification::Any && wanted != way {
            continue;
        }
        match check(state, call) {
            Found::Nothing => {}
            Found::User(user) => return Ok(user),
            Found::No(why) => denial = why,
        }
    }
    Err(denial)
}

/// One way of proving.
type Check = fn(&State, &Call) -> Found;

/// What one way of proving came to.
enum Found {
    Nothing,
    User(String),
    No(Denial),
}

fn by_basic(state: &State, call: &Call) -> Found {
    let given = call.header(header::AUTHORIZATION.as_str()).and_then(pair);
    match given {
        Some((name, secret)) => user(state, &name, &secret),
        None => Found::Nothing,
    }
}

fn user(state: &State, name: &str, secret: &str) -> Found {
    match &state.basic {
        Some(account) if account.name != name => Found::No(Denial::UnknownUser),
        Some(account) if same(account, name, secret) => Found::User(name.to_owned()),
        Some(_) => Found::No(Denial::WrongPassword),
        None => Found::No(Denial::UnknownUser),
    }
}

fn by_bearer(state: &State, call: &Call) -> Found {
    let value = call.header(header::AUTHORIZATION.as_str());
    let Some(token) = value.and_then(|value| value.strip_prefix("Bearer ")) else {
        return Found::Nothing;
    };
    match state.tokens.get(token) {
        Some(expiry) if state.now() < *expiry => Found::User(ANYBODY.to_owned()),
        _ => Found::No(Denial::NoProof),
    }
}

/// A single-sign-on token, as the site wants it to travel.
fn by_ps_token(state: &State, call: &Call) -> Found {
    let cookie = call.header(header::COOKIE.as_str()).and_then(|cookies| {
        let mut all = cookies.split(';').map(str::trim);
        all.find_map(|cookie| cookie.strip_prefix("PS_TOKEN="))
    });
    let given = match state.profile.doors.ps_token {
        TokenPlace::Cookie => cookie,
        TokenPlace::Header => call.header("PS_TOKEN"),
    };
    match (given, &state.ps_token) {
        (None, _) => Found::Nothing,
        (Some(given), Some(account)) if account.secret.expose_secret() == given => {
            Found::User(account.name.clone())
        }
        _ => Found::No(Denial::NoProof),
    }
}

/// A WS-Security UsernameToken in the header of the envelope.
fn by_username_token(state: &State, call: &Call) -> Found {
    if call.door != Door::Soap {
        return Found::Nothing;
    }
    match username_token(&call.envelope) {
        Some((name, secret)) => user(state, &name, &secret),
        None => Found::Nothing,
    }
}

fn username_token(envelope: &[u8]) -> Option<(String, String)> {
    let mut reader = Reader::new(envelope, Limits::DEFAULT).ok()?;
    let (mut name, mut secret) = (None, None);
    let mut within = false;
    while let Some(token) = reader.token().ok()? {
        let Token::Open(element) = token else {
            continue;
        };
        match element.local() {
            "UsernameToken" => within = true,
            "Username" if within => name = Some(reader.text().ok()?),
            "Password" if within => secret = Some(reader.text().ok()?),
            "Body" => break,
            _ => {}
        }
    }
    Some((name?, secret?))
}

/// A node and its password, which the REST door knows nothing of.
fn by_node(state: &State, call: &Call) -> Found {
    if call.door == Door::Rest || call.password.is_empty() {
        return Found::Nothing;
    }
    match &state.node_account {
        Some(account) if same(account, &call.requesting_node, &call.password) => {
            Found::User(ANYBODY.to_owned())
        }
        _ => Found::No(Denial::WrongPassword),
    }
}

/// Gives a token for the client credentials grant (RFC 6749, 4.4), or refuses.
pub(super) fn token(shared: &Shared, headers: &HeaderMap, form: &[u8]) -> Reply {
    let mut state = shared.lock();
    let form: HashMap<String, String> = form_urlencoded::parse(form).into_owned().collect();
    let text = |name: &str| form.get(name).cloned().unwrap_or_default();
    if text("grant_type") != "client_credentials" {
        return Reply::json(
            StatusCode::BAD_REQUEST,
            r#"{"error":"unsupported_grant_type"}"#.to_owned(),
        );
    }
    let header = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let (id, secret) = match header.and_then(pair) {
        Some((id, secret)) => (decode(&id), decode(&secret)),
        None => (text("client_id"), text("client_secret")),
    };
    if !state
        .oauth
        .as_ref()
        .is_some_and(|client| same(client, &id, &secret))
    {
        return Reply::json(
            StatusCode::UNAUTHORIZED,
            r#"{"error":"invalid_client"}"#.to_owned(),
        );
    }
    let token = format!("fake-{:032x}", fastrand::u128(..));
    let life = state.token_life;
    let expiry = state
        .now()
        .checked_add(life)
        .unwrap_or(std::time::SystemTime::UNIX_EPOCH);
    state.tokens.insert(token.clone(), expiry);
    Reply::json(
        StatusCode::OK,
        format!(
            r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{}}}"#,
            life.as_secs()
        ),
    )
}

fn pair(value: &str) -> Option<(String, String)> {
    let bytes = STANDARD.decode(value.strip_prefix("Basic ")?.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (name, secret) = text.split_once(':')?;
    Some((name.to_owned(), secret.to_owned()))
}

fn decode(text: &str) -> String {
    form_urlencoded::parse(text.as_bytes())
        .map(|(key, _)| key.into_owned())
        .collect()
}

fn same(account: &Account, name: &str, secret: &str) -> bool {
    account.name == name && account.secret.expose_secret() == secret
}
