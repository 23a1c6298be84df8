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

/// The default user of the node that nobody in particular comes from.
const ANYBODY: &str = "PSAPPS";

/// Who calls, if the call proves it; a double without accounts lets everybody in.
pub(super) fn admits(state: &State, call: &Call) -> Option<String> {
    if state.basic.is_none() && state.oauth.is_none() {
        return Some(ANYBODY.to_owned());
    }
    let value = call.header(header::AUTHORIZATION.as_str())?;
    let by_password = state
        .basic
        .as_ref()
        .filter(|user| pair(value).is_some_and(|given| same(user, &given.0, &given.1)))
        .map(|user| user.name.clone());
    let by_token = || {
        let token = value.strip_prefix("Bearer ")?;
        let expiry = state.tokens.get(token)?;
        (state.now() < *expiry).then(|| ANYBODY.to_owned())
    };
    by_password.or_else(by_token)
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
