//! ChartFields: the cost objects of PeopleSoft, one shape for all of them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::key::key_with_slashes;
use super::{
    ChartFieldKind, ChartFieldValue, EffStatus, EffectiveDated, EffectiveRow, InvalidId, PsDate,
    PsDateTime, SetId,
};

/// What names one value of a ChartField: the SetID that shares it, the ChartField, the value.
///
/// Ordered as the query must order its rows: by SetID, then by field name, then by value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChartFieldKey {
    /// The SetID that owns the value (`SETID`).
    pub setid: SetId,
    /// Which ChartField it is.
    pub kind: ChartFieldKind,
    /// The value, such as a department number.
    pub value: ChartFieldValue,
}

impl ChartFieldKey {
    /// Checks SetID and value.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] naming the part that is blank or too long.
    pub fn new(
        setid: impl AsRef<str>,
        kind: ChartFieldKind,
        value: impl AsRef<str>,
    ) -> Result<Self, InvalidId> {
        Ok(Self {
            setid: SetId::new(setid)?,
            kind,
            value: ChartFieldValue::new(value)?,
        })
    }
}

key_with_slashes!(ChartFieldKey { setid, kind, value });

/// One value of a ChartField with everything that it was, is and will be.
///
/// ```
/// use peoplesoft_client::model::*;
///
/// let key = ChartFieldKey::new("SHARE", ChartFieldKind::Department, "00210")?;
/// let mut department = ChartField::new(key, "2026-04-01T09:00:00".parse()?);
/// let mut row = ChartFieldRow::new("2024-01-01".parse()?, EffStatus::Active);
/// row.description = Some("Warehouse".to_owned());
/// department.rows.insert(row);
/// let today: PsDate = "2026-04-01".parse()?;
/// assert_eq!(department.as_of(today).unwrap().description.as_deref(), Some("Warehouse"));
/// assert!(department.is_active(today));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChartField {
    /// SetID, ChartField and value.
    pub key: ChartFieldKey,
    /// The rows of all days, those of the future too.
    pub rows: EffectiveDated<ChartFieldRow>,
    /// Last change of any row, in the profile's zone.
    pub last_updated: PsDateTime,
}

impl ChartField {
    /// A value without rows.
    #[must_use]
    pub fn new(key: ChartFieldKey, last_updated: PsDateTime) -> Self {
        Self {
            key,
            rows: EffectiveDated::default(),
            last_updated,
        }
    }

    /// The row that holds on `day`: the one with the greatest effective date not after it.
    #[must_use]
    pub fn as_of(&self, day: PsDate) -> Option<&ChartFieldRow> {
        self.rows.as_of(day)
    }

    /// Whether the value may be used on `day`.
    #[must_use]
    pub fn is_active(&self, day: PsDate) -> bool {
        self.rows.active_as_of(day).is_some()
    }
}

/// What holds of a value from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChartFieldRow {
    /// The day from which the row holds (`EFFDT`).
    pub effective_date: PsDate,
    /// Whether the value is in use from that day on (`EFF_STATUS`).
    pub status: EffStatus,
    /// What it is, in words (`DESCR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The same in few letters (`DESCRSHORT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_description: Option<String>,
    /// Kind of account, where the ChartField is the account (`ACCOUNT_TYPE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_type: Option<String>,
    /// Who is in charge, where the site keeps it (`MANAGER_ID`, `MANAGER_NAME`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// Whether the value is for budgets only (`BUDGETARY_ONLY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budgetary_only: Option<super::Flag>,
    /// Columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl ChartFieldRow {
    /// A row of which nothing but its day and status is known.
    #[must_use]
    pub fn new(effective_date: PsDate, status: EffStatus) -> Self {
        Self {
            effective_date,
            status,
            description: None,
            short_description: None,
            account_type: None,
            manager: None,
            budgetary_only: None,
            extra: BTreeMap::new(),
        }
    }
}

impl EffectiveRow for ChartFieldRow {
    fn effective_date(&self) -> PsDate {
        self.effective_date
    }

    fn effective_status(&self) -> Option<&EffStatus> {
        Some(&self.status)
    }
}

/// The ChartFields of one distribution: which cost objects an amount is charged to.
///
/// ```
/// use peoplesoft_client::model::*;
///
/// let mut charged = ChartFields::default();
/// charged.set(ChartFieldKind::Account, ChartFieldValue::new("640000")?);
/// charged.set(ChartFieldKind::Department, ChartFieldValue::new("00210")?);
/// assert_eq!(charged.to_string(), "ACCOUNT=640000 DEPTID=00210");
/// # Ok::<(), InvalidId>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChartFields(BTreeMap<ChartFieldKind, ChartFieldValue>);

impl ChartFields {
    /// The value of a ChartField.
    #[must_use]
    pub fn get(&self, kind: &ChartFieldKind) -> Option<&ChartFieldValue> {
        self.0.get(kind)
    }

    /// Sets a ChartField, and gives back the value that it had.
    pub fn set(&mut self, kind: ChartFieldKind, value: ChartFieldValue) -> Option<ChartFieldValue> {
        self.0.insert(kind, value)
    }

    /// The ChartFields that are set, by field name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&ChartFieldKind, &ChartFieldValue)> {
        self.0.iter()
    }

    /// Whether none is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for ChartFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (kind, value)) in self.0.iter().enumerate() {
            let gap = if at > 0 { " " } else { "" };
            write!(f, "{gap}{kind}={value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_text_with_slashes_in_its_value() {
        let key = ChartFieldKey::new("SHARE", ChartFieldKind::Project, "A/B/1").unwrap();
        assert_eq!(key.to_string(), "SHARE/PROJECT_ID/A/B/1");
        assert_eq!(key.to_string().parse::<ChartFieldKey>().unwrap(), key);
        assert!("SHARE/DEPTID".parse::<ChartFieldKey>().is_err());
    }

    #[test]
    fn keys_are_ordered_by_field_name() {
        let key = |kind| ChartFieldKey::new("SHARE", kind, "1").unwrap();
        assert!(key(ChartFieldKind::Account) < key(ChartFieldKind::AlternateAccount));
        assert!(key(ChartFieldKind::Project) > key(ChartFieldKind::Department));
    }

    #[test]
    fn distributions_survive_json_with_site_fields() {
        let mut charged = ChartFields::default();
        charged.set(
            ChartFieldKind::Other("X_GRANT".into()),
            ChartFieldValue::new("007").unwrap(),
        );
        let json = serde_json::to_string(&charged).unwrap();
        assert_eq!(json, r#"{"X_GRANT":"007"}"#);
        assert_eq!(serde_json::from_str::<ChartFields>(&json).unwrap(), charged);
    }
}
