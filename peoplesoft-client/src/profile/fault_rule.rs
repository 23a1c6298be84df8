//! Message numbers of Integration Broker and what they mean to a caller.

use serde::{Deserialize, Serialize};

use super::schema::{choices, section};

section! {
/// One message of the catalog and what it means.
///
/// (158,536), (158,55), (158,535) and (158,10721) are known by default; the number that a site answers
/// with for an inactive operation can be added here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Message set.
    pub set: u32,
    /// Message number.
    pub number: u32,
    /// What it means.
    pub meaning: FaultMeaning,
}
}

impl FaultRule {
    /// A rule for one message.
    #[must_use]
    pub fn new(set: u32, number: u32, meaning: FaultMeaning) -> Self {
        Self {
            set,
            number,
            meaning,
        }
    }
}

choices! {
/// What a message of Integration Broker means to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultMeaning {
    /// The operation may not be called: no permission, not active, no routing.
    OperationRefused,
    /// The user is unknown or the password wrong.
    Unauthorized,
    /// What is named does not exist.
    NotFound,
    /// The gateway cannot reach what is behind it; later it may.
    Unavailable,
}
}
