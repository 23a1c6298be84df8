//! `PSCAMA`, the record that PeopleSoft puts behind rows, and its `AUDIT_ACTN`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name of the record.
pub(crate) const PSCAMA: &str = "PSCAMA";
/// The field of it that says what happened to a row.
pub(crate) const AUDIT_ACTN: &str = "AUDIT_ACTN";

/// What happened to a row, or is to happen (`AUDIT_ACTN`).
///
/// A message without an action for a row means that the row is added, or that nothing is audited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuditAction {
    /// `A`: added.
    Add,
    /// `C`: changed.
    Change,
    /// `D`: deleted.
    Delete,
    /// `K`, `N`, `O`: old and new values of changed keys, as sites report them; or what a site added.
    Other(Box<str>),
}

impl AuditAction {
    /// Reads a code, in any case; nothing when blank.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Some(match text.trim() {
            "" => return None,
            "A" | "a" => Self::Add,
            "C" | "c" => Self::Change,
            "D" | "d" => Self::Delete,
            other => Self::Other(other.into()),
        })
    }

    /// The code: `A`, `C`, `D`.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Add => "A",
            Self::Change => "C",
            Self::Delete => "D",
            Self::Other(code) => code,
        }
    }
}

impl fmt::Display for AuditAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl Serialize for AuditAction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for AuditAction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| serde::de::Error::custom("a blank action"))
    }
}

/// The `PSCAMA` at the end of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pscama {
    /// Language of the data (`LANGUAGE_CD`), `ENG` unless changed.
    pub language: String,
    /// What happened to the transaction (`AUDIT_ACTN`), added unless changed.
    pub action: Option<AuditAction>,
    /// Base language of the sending database (`BASE_LANGUAGE_CD`), `ENG` unless changed.
    pub base_language: String,
    /// `H` in the header and `T` in the trailer of a FULLSYNC, else blank (`MSG_SEQ_FLG`).
    pub sequence_flag: String,
    /// Process instance that published the message (`PROCESS_INSTANCE`), 0 unless changed.
    pub process_instance: u64,
}

impl Default for Pscama {
    fn default() -> Self {
        Self {
            language: "ENG".to_owned(),
            action: Some(AuditAction::Add),
            base_language: "ENG".to_owned(),
            sequence_flag: String::new(),
            process_instance: 0,
        }
    }
}
