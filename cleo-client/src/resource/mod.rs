//! The objects of the API.
//!
//! Known fields are typed and optional; what this crate does not name stays in `extra`. Nothing is lost when
//! a server is newer than this crate.

mod action;
mod connection;
mod run;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::{
    action::{Action, ActionParent, ActionType, Actions},
    connection::{Connection, ConnectionType, Connections},
    run::{Run, RunOutcome, RunReport, RunTarget},
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
        }

        #[test]
        fn any_report_gets_a_verdict(value in object()) {
            let report: RunReport = serde_json::from_value(value).unwrap();
            let outcome = RunOutcome::from_report(report);
            prop_assert!(!outcome.is_success());
        }
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
