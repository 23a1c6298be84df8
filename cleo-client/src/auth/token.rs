//! The token of the password grant: one log-in at a time, shared by all tasks.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::{Authorization, bearer, refused_before};
use crate::{
    credentials::{CallbackError, OneTimeCode, TokenStore},
    error::{Error, ErrorKind, Result, Sent},
    retry::Repeat,
    send::{Body, Call, Core, Deadline, Response},
};

const OPERATION: &str = "log in";

/// Caches a token. The lock is held while logging in, so that fifty tasks make one log-in; if the task that
/// holds it is cancelled, the lock falls free and the next task logs in.
pub(crate) struct TokenCache {
    username: String,
    password: SecretString,
    settings: TokenSettings,
    state: Mutex<State>,
}

/// What goes with a log-in.
#[derive(Debug, Clone)]
pub(crate) struct TokenSettings {
    pub(crate) life: Duration,
    /// The name of the form's field, and where its value comes from.
    pub(crate) one_time_code: Option<(String, Arc<dyn OneTimeCode>)>,
    pub(crate) store: Option<Arc<dyn TokenStore>>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    refresh: Option<SecretString>,
    generation: u64,
    refused: bool,
    /// The store was asked.
    loaded: bool,
    /// The store does not hold what `refresh` is.
    unsaved: bool,
}

struct Token {
    header: HeaderValue,
    /// `None` if the end lies beyond what the clock can say.
    renew_at: Option<SystemTime>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    expires_in: Option<Value>,
    #[serde(default)]
    refresh_token: Option<String>,
}

impl TokenCache {
    pub(super) fn new(username: String, password: SecretString, settings: TokenSettings) -> Self {
        Self {
            username,
            password,
            settings,
            state: Mutex::default(),
        }
    }

    pub(super) fn username(&self) -> &str {
        &self.username
    }

    pub(super) fn password(&self) -> &SecretString {
        &self.password
    }

    pub(super) async fn authorization(
        &self,
        core: &Core,
        deadline: &Deadline,
    ) -> Result<Authorization> {
        let mut state = deadline
            .wait_for(core, OPERATION, self.state.lock())
            .await?;
        if state.refused {
            return Err(refused_before());
        }
        let now = core.clock.now();
        let fresh = state
            .token
            .as_ref()
            .filter(|token| token.renew_at.is_none_or(|at| now < at))
            .map(|token| token.header.clone());
        let header = match fresh {
            Some(header) => header,
            None => self.renew(&mut state, core, deadline).await?,
        };
        self.save(&mut state, core, deadline).await?;
        Ok(Authorization {
            header,
            generation: state.generation,
        })
    }

    /// Drops the token unless another task has replaced it already.
    pub(super) async fn invalidate(&self, generation: u64) {
        let mut state = self.state.lock().await;
        if state.generation == generation {
            state.token = None;
        }
    }

    pub(super) async fn reset(&self) {
        let mut state = self.state.lock().await;
        state.refused = false;
        state.token = None;
        state.unsaved |= state.refresh.take().is_some();
    }

    async fn renew(
        &self,
        state: &mut State,
        core: &Core,
        deadline: &Deadline,
    ) -> Result<HeaderValue> {
        state.token = None;
        self.load(state, core, deadline).await?;
        // Taken out before it is sent: a refresh token is used once, even if this task is cancelled.
        if let Some(refresh) = state.refresh.take() {
            state.unsaved = true;
            let form = [
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh.expose_secret()),
            ];
            match self.ask(core, deadline, &form).await {
                Ok(answer) => return self.accept(state, core, answer, Some(refresh)),
                // The server answered and did not renew: log in. Without an answer a log-in would fail too.
                Err(error) if error.status().is_some() => {
                    tracing::debug!(
                        status = error.status().map(|s| s.as_u16()),
                        "token not renewed"
                    );
                }
                Err(error) => return Err(error),
            }
        }
        let code = match &self.settings.one_time_code {
            None => None,
            Some((field, source)) => {
                let code = deadline.wait_for(core, OPERATION, source.code()).await?;
                let code = code.map_err(|error| callback("the one-time code", error))?;
                Some((field.as_str(), code))
            }
        };
        let mut form = vec![
            ("grant_type", "password"),
            ("username", self.username.as_str()),
            ("password", self.password.expose_secret()),
        ];
        form.extend(
            code.as_ref()
                .map(|(field, code)| (*field, code.expose_secret())),
        );
        match self.ask(core, deadline, &form).await {
            Ok(answer) => self.accept(state, core, answer, None),
            Err(error) => {
                let refused = matches!(
                    error.status(),
                    Some(
                        StatusCode::BAD_REQUEST
                            | StatusCode::UNAUTHORIZED
                            | StatusCode::FORBIDDEN
                            | StatusCode::LOCKED
                    )
                );
                if !refused {
                    return Err(error);
                }
                state.refused = true;
                Err(error.into_login_refused())
            }
        }
    }

    /// Asks the store for what an earlier process left, once.
    async fn load(&self, state: &mut State, core: &Core, deadline: &Deadline) -> Result<()> {
        if let Some(store) = self.settings.store.as_ref().filter(|_| !state.loaded) {
            let loaded = deadline.wait_for(core, OPERATION, store.load()).await?;
            state.refresh = loaded.map_err(|error| callback("loading the refresh token", error))?;
            state.loaded = true;
        }
        Ok(())
    }

    /// Hands a new refresh token to the store, before anything is done with what came together with it.
    async fn save(&self, state: &mut State, core: &Core, deadline: &Deadline) -> Result<()> {
        if let Some(store) = self.settings.store.as_ref().filter(|_| state.unsaved) {
            let saving = store.save(state.refresh.as_ref());
            let saved = deadline.wait_for(core, OPERATION, saving).await?;
            saved.map_err(|error| callback("saving the refresh token", error))?;
            state.unsaved = false;
        }
        Ok(())
    }

    async fn ask(
        &self,
        core: &Core,
        deadline: &Deadline,
        form: &[(&str, &str)],
    ) -> Result<Response> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let mut call = Call::new(
            OPERATION,
            Method::POST,
            core.api_url("authentication", OPERATION)?,
        );
        call.body = Some(Body::Whole(Bytes::from(body)));
        call.content_type = Some(HeaderValue::from_static(
            "application/x-www-form-urlencoded",
        ));
        call.repeat = Repeat::OnlyIfUnsent;
        call.secret_answer = true;
        // Whatever happens here, the caller's own request has not been sent.
        core.send_plain(&call, None, deadline)
            .await
            .map_err(|error| error.with_sent(Sent::No))
    }

    /// Takes note of a token; `used` is the refresh token that it was renewed with.
    fn accept(
        &self,
        state: &mut State,
        core: &Core,
        answer: Response,
        used: Option<SecretString>,
    ) -> Result<HeaderValue> {
        // The parser's own words could quote the answer, so they are left out.
        let answer: TokenAnswer = serde_json::from_slice(answer.body()).map_err(|_| {
            Error::new(ErrorKind::Decode, OPERATION)
                .with_message("the answer to the log-in is not JSON with an access_token")
                .with_status(answer.status())
                .with_request(&Method::POST, answer.path())
                .with_attempts(answer.attempts())
        })?;
        let header = bearer(&answer.access_token).map_err(|_| {
            Error::new(ErrorKind::Decode, OPERATION)
                .with_message("the access_token contains characters that a header cannot carry")
        })?;
        let life = answer
            .expires_in
            .as_ref()
            .and_then(life_from)
            .unwrap_or(self.settings.life);
        // Renew a little early: a tenth of the life, at most a minute.
        let margin = (life / 10).min(Duration::from_secs(60));
        state.generation += 1;
        let fresh = answer
            .refresh_token
            .filter(|token| !token.is_empty())
            .map(SecretString::from);
        // A renewal without a new refresh token leaves the old one valid (RFC 6749, section 6).
        let kept = fresh.is_none() && used.is_some();
        state.unsaved = if kept {
            false
        } else {
            state.unsaved || fresh.is_some()
        };
        state.refresh = fresh.or(used);
        state.token = Some(Token {
            header: header.clone(),
            renew_at: core.clock.now().checked_add(life.saturating_sub(margin)),
        });
        Ok(header)
    }
}

fn callback(what: &str, error: CallbackError) -> Error {
    Error::new(ErrorKind::Callback, OPERATION)
        .with_message(format!("{what} failed in the caller's own code"))
        .with_source(error)
}

/// `expires_in` as a number or as text; nothing usable if it is not above zero.
fn life_from(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (seconds > 0.0)
        .then(|| Duration::try_from_secs_f64(seconds).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn life_is_read_leniently() {
        assert_eq!(life_from(&json!(3600)), Some(Duration::from_secs(3600)));
        assert_eq!(life_from(&json!("3600")), Some(Duration::from_secs(3600)));
        assert_eq!(life_from(&json!(" 60 ")), Some(Duration::from_secs(60)));
        for useless in [
            json!(0),
            json!(-5),
            json!("soon"),
            json!(null),
            json!({}),
            json!(1e300),
        ] {
            assert_eq!(life_from(&useless), None, "{useless}");
        }
    }
}
