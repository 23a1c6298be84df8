//! Secrets that are written and never read back.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

/// Secrets of a draft by the dotted name of their field; put in when the draft is sent, and at no other time.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<(&'static str, SecretString)>);

impl Secrets {
    pub(crate) fn set(&mut self, field: &'static str, secret: SecretString) {
        self.0.retain(|(name, _)| *name != field);
        self.0.push((field, secret));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes the secrets into a body, making the objects on the way.
    pub(crate) fn fill(&self, body: &mut Value) {
        for (field, secret) in &self.0 {
            let mut place = &mut *body;
            for part in field.split('.') {
                if !place.is_object() {
                    *place = Value::Object(Map::new());
                }
                let Value::Object(fields) = place else {
                    return;
                };
                place = fields.entry(part).or_insert(Value::Null);
            }
            *place = Value::String(secret.expose_secret().to_owned());
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.0.iter().map(|(name, _)| (name, "[REDACTED]")))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_appear_in_bodies_only() {
        let mut secrets = Secrets::default();
        secrets.set("connect.password", "old".into());
        secrets.set("connect.password", "s3cret".into());
        let mut body = json!({ "connect": { "host": "h" } });
        secrets.fill(&mut body);
        assert_eq!(
            body,
            json!({ "connect": { "host": "h", "password": "s3cret" } })
        );
        let mut bare = json!({ "connect": "x" });
        secrets.fill(&mut bare);
        assert_eq!(bare, json!({ "connect": { "password": "s3cret" } }));
        assert_eq!(
            format!("{secrets:?}"),
            r#"{"connect.password": "[REDACTED]"}"#
        );
    }
}
