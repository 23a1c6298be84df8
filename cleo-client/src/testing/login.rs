//! Log-ins and tokens of the double.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    time::SystemTime,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};

use super::{
    answer::Answer,
    builder::{Switches, TokenAnswer},
};

/// Who may come in.
#[derive(Debug, Default)]
pub(super) struct Logins {
    users: BTreeMap<String, String>,
    /// Until when each token lives, and on which node it was given.
    tokens: HashMap<String, (SystemTime, u32)>,
    refresh: HashSet<String>,
    refusals: VecDeque<SystemTime>,
    locked_until: Option<SystemTime>,
    /// The node that answers.
    pub(super) node: u32,
}

impl Logins {
    pub(super) fn new(users: BTreeMap<String, String>) -> Self {
        Self {
            users,
            ..Self::default()
        }
    }

    /// Answers a request to the log-in, of either grant.
    pub(super) fn log_in(
        &mut self,
        form: &BTreeMap<String, String>,
        now: SystemTime,
        switches: &Switches,
    ) -> Answer {
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let welcome = match field("grant_type") {
            "password" => {
                let code = switches.one_time_code.as_ref();
                if code.is_some_and(|(name, _)| !form.contains_key(name)) {
                    return Answer::error(StatusCode::UNAUTHORIZED, "a one-time code is required");
                }
                let right = code.is_none_or(|(name, code)| field(name) == code);
                self.knows(field("username"), field("password"), right, now, switches)
            }
            // Taken out: each works once, unless they are not rotated.
            "refresh_token" if switches.refresh_rotation => {
                switches.refresh_tokens && self.refresh.remove(field("refresh_token"))
            }
            "refresh_token" => {
                switches.refresh_tokens && self.refresh.contains(field("refresh_token"))
            }
            _ => return Answer::error(StatusCode::BAD_REQUEST, "unsupported grant_type"),
        };
        if !welcome {
            return Answer::error(StatusCode::UNAUTHORIZED, "the log-in was refused");
        }
        let renewed = field("grant_type") == "refresh_token";
        let token = random_token();
        let end = now.checked_add(switches.token_life).unwrap_or(now);
        self.tokens.retain(|_, (end, _)| *end > now);
        self.tokens.insert(token.clone(), (end, self.node));
        let life = switches.token_life.as_secs();
        let life = match switches.token_answer {
            TokenAnswer::Silent => None,
            TokenAnswer::Number => Some(json!(life)),
            TokenAnswer::Text => Some(json!(life.to_string())),
        };
        let gives = switches.refresh_tokens && (switches.refresh_rotation || !renewed);
        let refresh = gives.then(random_token);
        let mut body = Map::new();
        body.insert("access_token".to_owned(), json!(token));
        body.insert("token_type".to_owned(), json!("Bearer"));
        body.insert("user_id".to_owned(), json!("u-1"));
        body.extend(life.map(|life| ("expires_in".to_owned(), life)));
        body.extend(
            refresh
                .as_ref()
                .map(|token| ("refresh_token".to_owned(), json!(token))),
        );
        self.refresh.extend(refresh);
        let body = Value::Object(body);
        Answer::json(StatusCode::OK, body, switches).acted()
    }

    /// Whether the request carries a token that lives, or Basic where that is permitted.
    pub(super) fn admits(
        &mut self,
        headers: &HeaderMap,
        now: SystemTime,
        basic: bool,
        bearer: bool,
        switches: &Switches,
    ) -> bool {
        let Some(value) = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
        else {
            return false;
        };
        match value.split_once(' ') {
            Some(("Bearer", token)) if bearer => {
                self.tokens.get(token).is_some_and(|(end, node)| {
                    *end > now && (!switches.node_local_tokens || *node == self.node)
                })
            }
            Some(("Basic", encoded)) if basic => {
                let decoded = STANDARD
                    .decode(encoded)
                    .ok()
                    .and_then(|b| String::from_utf8(b).ok());
                decoded
                    .as_deref()
                    .and_then(|text| text.split_once(':'))
                    .is_some_and(|(username, password)| {
                        self.knows(username, password, true, now, switches)
                    })
            }
            _ => false,
        }
    }

    pub(super) fn forget_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Whether somebody may come in, counting refusals and locking everybody out after too many.
    fn knows(
        &mut self,
        username: &str,
        password: &str,
        code: bool,
        now: SystemTime,
        switches: &Switches,
    ) -> bool {
        if self.locked_until.is_some_and(|until| now >= until) {
            self.locked_until = None;
            self.refusals.clear();
        }
        let known = self
            .users
            .get(username)
            .is_some_and(|known| known == password && code);
        if let Some(lockout) = &switches.lockout {
            if !known {
                self.refusals.push_back(now);
            }
            let since = now.checked_sub(lockout.within);
            while self
                .refusals
                .front()
                .zip(since)
                .is_some_and(|(first, since)| *first < since)
            {
                self.refusals.pop_front();
            }
            if self.refusals.len() >= lockout.after && self.locked_until.is_none() {
                self.locked_until = now.checked_add(lockout.lasts);
            }
        }
        known && self.locked_until.is_none()
    }
}

fn random_token() -> String {
    format!("{:032x}", fastrand::u128(..))
}
