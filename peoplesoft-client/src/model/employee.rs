//! People who work for the organisation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{EmployeeId, PsDateTime};

/// A person as the directory knows them; what they do is in their jobs.
///
/// National ids, birth dates and bank accounts are no part of it, and are left out of `extra` when a
/// query selects them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Employee {
    /// The person (`EMPLID`).
    pub key: EmployeeId,
    /// Full name as it is shown (`NAME`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// First name (`FIRST_NAME`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name (`LAST_NAME`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Mail address at work, where the query joins it (`EMAIL_ADDR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone at work, where the query joins it (`PHONE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The operator id, where the query joins it (`OPRID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oprid: Option<String>,
    /// Last change, in the profile's zone.
    pub last_updated: PsDateTime,
    /// Columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl Employee {
    /// A person of whom nothing but the id is known.
    #[must_use]
    pub fn new(key: EmployeeId, last_updated: PsDateTime) -> Self {
        Self {
            key,
            name: None,
            first_name: None,
            last_name: None,
            email: None,
            phone: None,
            oprid: None,
            last_updated,
            extra: BTreeMap::new(),
        }
    }
}
