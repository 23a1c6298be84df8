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
