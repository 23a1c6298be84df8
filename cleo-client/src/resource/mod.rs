//! The objects of the API.
//!
//! Known fields are typed and optional; what this crate does not name stays in `extra`. Nothing is lost when
//! a server is newer than this crate.
//!
//! What is read and what is written are two types: a [`Connection`] is what the server sent, a [`ConnectionDraft`]
//! what it is sent. A draft cannot hold what only the server sets, and secrets in it are sent and never shown.
//! [`Connection::draft`] makes one from the other. Cleo knows whole-object replacement only, so an update is: read,
//! edit the draft, `replace`, which looks whether somebody else was faster.
//!
//! ```no_run
//! # async fn example(client: cleo_client::Client) -> Result<(), cleo_client::Error> {
//! let connections = client.connections();
//! let before = connections.find_by_alias("ACME").await?.expect("set up before");
//! let after = connections.replace(&before, &before.draft().enabled(false)).await?;
//! # let _ = after;
//! # Ok(())
//! # }
//! ```

mod action;
mod authenticator;
mod certificate;
mod connection;
mod declare;
mod log_line;
mod node;
pub(crate) mod reference;
mod run;
mod secrets;
mod section;
mod store;
mod user;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[cfg(feature = "test-util")]
pub(crate) use self::certificate::serial_number;
pub use self::{
    action::{Action, ActionDraft, ActionParent, ActionType, Actions},
    authenticator::{
        Authenticator, AuthenticatorAccept, AuthenticatorDraft, AuthenticatorType, Authenticators,
        FtpAccess, Lockout, PasswordExpiration, PasswordRules, Privileges, SecurityRules,
        SftpAccess, Switch, ViewPrivilege,
    },
    certificate::{Certificate, Certificates, Imported},
    connection::{CertificateRole, Connection, ConnectionDraft, ConnectionType, Connections},
    log_line::{LogEvent, LogLine},
    node::{Node, NodeDraft, Nodes},
    reference::Reference,
    run::{Run, RunOutcome, RunReport, RunTarget},
    section::{
        AcceptSettings, ConnectSettings, DataChannel, FilenameRule, Filters, FolderUsage, Home,
        HomeDir, Incoming, Outgoing, Receipt, Storage, Subfolder, Subfolders,
    },
    user::{AllowedAddress, SftpAuth, User, UserAccept, UserDraft, UserSftp, Users},
};

/// What the server says about an object itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Meta {
    /// The kind of object: `connection`, `action`, and others.
    #[serde(
        default,
        rename = "resourceType",
        skip_serializing_if = "Option::is_none"
    )]
    pub resource_type: Option<String>,
    /// Whatever else the server sent.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;

    /// Any JSON, without nulls: an absent field and a null one are the same to these types.
    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::hash_map("[a-zA-Z_]{1,8}", inner, 0..3)
                    .prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    fn object() -> impl Strategy<Value = Value> {
        let name = prop_oneof![
            Just("id".to_owned()),
            Just("alias".to_owned()),
            Just("enabled".to_owned()),
            Just("ready".to_owned()),
            Just("connection".to_owned()),
            Just("commands".to_owned()),
            Just("messages".to_owned()),
            "[a-zA-Z_]{1,8}",
        ];
        proptest::collection::hash_map(name, json_value(), 0..6)
            .prop_map(|fields| fields.into_iter().collect())
    }

    fn comes_back<T: DeserializeOwned + Serialize>(value: &Value) -> Result<(), TestCaseError> {
        // What does not fit is an error, never a panic; what fits loses nothing.
        if let Ok(read) = serde_json::from_value::<T>(value.clone()) {
            prop_assert_eq!(&serde_json::to_value(read).unwrap(), value);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_back(value in object()) {
            comes_back::<Connection>(&value)?;
            comes_back::<Action>(&value)?;
            comes_back::<Authenticator>(&value)?;
            comes_back::<User>(&value)?;
            comes_back::<Certificate>(&value)?;
            comes_back::<Node>(&value)?;
        }

        #[test]
        fn any_report_gets_a_verdict(value in object()) {
            let report: RunReport = serde_json::from_value(value).unwrap();
            let outcome = RunOutcome::from_report(report);
            prop_assert!(!outcome.is_success());
        }
    }

    #[test]
    fn a_draft_holds_everything_but_what_the_server_sets() {
        let settings = json!({
            "alias": "ACME", "type": "as2", "enabled": "true", "unknown": { "kept": [1, "2"] },
            "connect": { "url": "https://partner/as2", "more": true },
            "outgoing": { "receipt": { "type": "sync", "sign": true }, "storage": { "inbox": "odd place" } },
        });
        let mut answer = settings.clone();
        for (name, value) in [
            ("id", json!("x")),
            ("active", json!(true)),
            ("editable", json!(true)),
            ("runnable", json!(true)),
            ("ready", json!(false)),
            ("notReadyReason", json!("no certificate")),
            ("meta", json!({ "resourceType": "connection" })),
            (
                "_links",
                json!({ "self": { "href": "/api/connections/x" } }),
            ),
        ] {
            answer[name] = value;
        }
        let read: Connection = serde_json::from_value(answer).unwrap();
        assert_eq!(serde_json::to_value(read.draft()).unwrap(), settings);
    }

    #[test]
    fn drafts_leave_out_what_only_answers_hold_deeper_down() {
        let action: Action = serde_json::from_value(json!({
            "alias": "send", "running": true, "nextRun": "soon", "lastStatus": {},
            "authenticator": { "href": "/g", "alias": "G", "user": { "href": "/u", "username": "bob" } },
        }))
        .unwrap();
        assert_eq!(
            serde_json::to_value(action.draft()).unwrap(),
            json!({ "alias": "send", "authenticator": { "href": "/g", "user": { "href": "/u" } } })
        );
        let user: User = serde_json::from_value(json!({
            "username": "bob", "accept": { "lastPasswordReset": "x", "whitelist": [{ "ipAddress": "10.0.0.1" }] },
        }))
        .unwrap();
        assert_eq!(
            serde_json::to_value(user.draft()).unwrap(),
            json!({ "username": "bob", "accept": { "whitelist": [{ "ipAddress": "10.0.0.1" }] } })
        );
    }

    #[test]
    fn a_link_to_the_collection_is_no_certificate() {
        let read = |href: &str| -> Connection {
            serde_json::from_value(json!({ "partnerSigningCert": { "href": href } })).unwrap()
        };
        let role = CertificateRole::PartnerSigning;
        assert!(read("/api/certs").certificate(role).is_none());
        assert!(read("").certificate(role).is_none());
        assert!(read("/api/certs/0a").certificate(role).is_some());
        assert!(
            read("/api/certs/0a")
                .certificate(CertificateRole::LocalSigning)
                .is_none()
        );
    }

    #[test]
    fn a_whole_connection_comes_back() {
        let value = json!({
            "id": "PMHTT7QjTg6EMyoxIQ15DA", "alias": "ACME", "type": "as2", "enabled": "true", "active": true,
            "ready": false, "notReadyReason": "no certificate", "localName": "US", "partnerName": "ACME",
            "outgoing": { "receipt": { "sign": true } }, "port": 1.5,
            "meta": { "resourceType": "connection", "version": 3 },
            "_links": { "self": { "href": "/api/connections/x" }, "actions": [ { "href": "/api/actions/y", "n": 1 } ] },
        });
        let read: Connection = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(read.not_ready_reason.as_deref(), Some("no certificate"));
        assert_eq!(serde_json::to_value(&read).unwrap(), value);
    }
}
