//! Departments, with what the organisation says about them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::id::key_from_text;
use super::key::key_parts;
use super::{
    CompanyCode, DepartmentId, EffStatus, EffectiveDated, EffectiveRow, EmployeeId, InvalidId,
    LocationCode, PositionNumber, PsDate, PsDateTime, SetId,
};

/// What names one department: the SetID that shares it and its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DepartmentKey {
    /// The SetID that owns the department (`SETID`).
    pub setid: SetId,
    /// The department (`DEPTID`).
    pub department: DepartmentId,
}

impl DepartmentKey {
    /// Checks both halves.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] naming the half that is blank or too long.
    pub fn new(setid: impl AsRef<str>, department: impl AsRef<str>) -> Result<Self, InvalidId> {
        Ok(Self {
            setid: SetId::new(setid)?,
            department: DepartmentId::new(department)?,
        })
    }
}

key_from_text!(DepartmentKey);
key_parts!(DepartmentKey { setid, department });

impl std::fmt::Display for DepartmentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.setid, self.department)
    }
}

/// A department with everything that it was, is and will be (`DEPT_TBL`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Department {
    /// SetID and number.
    pub key: DepartmentKey,
    /// The rows of all days, those of the future too.
    pub rows: EffectiveDated<DepartmentRow>,
    /// Last change of any row, in the profile's zone.
    pub last_updated: PsDateTime,
}

impl Department {
    /// A department without rows.
    #[must_use]
    pub fn new(key: DepartmentKey, last_updated: PsDateTime) -> Self {
        Self {
            key,
            rows: EffectiveDated::default(),
            last_updated,
        }
    }

    /// The row that holds on `day`: the one with the greatest effective date not after it.
    #[must_use]
    pub fn as_of(&self, day: PsDate) -> Option<&DepartmentRow> {
        self.rows.as_of(day)
    }
}

/// What holds of a department from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DepartmentRow {
    /// The day from which the row holds (`EFFDT`).
    pub effective_date: PsDate,
    /// Whether the department is in use from that day on (`EFF_STATUS`).
    pub status: EffStatus,
    /// Name (`DESCR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Name in few letters (`DESCRSHORT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_description: Option<String>,
    /// Company (`COMPANY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyCode>,
    /// The SetID of the location (`SETID_LOCATION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_setid: Option<SetId>,
    /// Where it is (`LOCATION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationCode>,
    /// Who leads it, by person (`MANAGER_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<EmployeeId>,
    /// Who leads it, by position (`MANAGER_POSN`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager_position: Option<PositionNumber>,
    /// Columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl DepartmentRow {
    /// A row of which nothing but its day and status is known.
    #[must_use]
    pub fn new(effective_date: PsDate, status: EffStatus) -> Self {
        Self {
            effective_date,
            status,
            description: None,
            short_description: None,
            company: None,
            location_setid: None,
            location: None,
            manager: None,
            manager_position: None,
            extra: BTreeMap::new(),
        }
    }
}

impl EffectiveRow for DepartmentRow {
    fn effective_date(&self) -> PsDate {
        self.effective_date
    }

    fn effective_status(&self) -> Option<&EffStatus> {
        Some(&self.status)
    }
}
