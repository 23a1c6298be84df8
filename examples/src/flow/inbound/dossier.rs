//! One set with everything that is known of it, as it stands in the ledger.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sync_core::store::{DocumentFilter, StateStore, StoreError};
use sync_core::{RecordId, StreamKey, Version};

use super::text;

/// Where a set was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Origin {
    /// The folder of Cleo.
    pub folder: String,
    /// The file.
    pub file: String,
    /// The hash of the file, under which it is in the archive.
    pub sha256: String,
    /// The key of the interchange in the flow `inbound`.
    pub interchange: String,
    /// GS01 and GS06.
    pub group: String,
    /// ST01 and ST02; empty for a group.
    pub set: String,
}

/// Another document under the same number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Rival {
    /// Its key.
    pub key: String,
    /// Where it came from.
    pub file: String,
    /// Whether it was given up, so that it is in nobody's way.
    pub given_up: bool,
}

/// What a person has accepted although it is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Accepted {
    /// The code of the hold.
    pub code: String,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
}

/// A set, what it answers or bills, and what PeopleSoft or the ledger say of that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Dossier<F> {
    /// The business key.
    pub key: String,
    /// Place in the trail of the flow `inbound`.
    pub at: i64,
    /// The partner's id.
    pub partner: String,
    /// Where it was.
    pub origin: Origin,
    /// What it says, as a hash that is the same in every envelope.
    pub digest: String,
    /// The set in an interchange of its own, a character a byte.
    pub text: String,
    /// Why it is rejected, by the standard and the partner's validation.
    pub problems: Vec<String>,
    /// Another document under the same number.
    pub rival: Option<Rival>,
    /// What a person has accepted.
    pub accepted: Vec<Accepted>,
    /// What was looked up for it.
    pub facts: F,
}

impl<F: Serialize> Dossier<F> {
    /// The set's bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        text::to_bytes(&self.text)
    }

    /// Whether a person has accepted what that code says.
    #[must_use]
    pub fn accepts(&self, code: &str) -> bool {
        self.accepted.iter().any(|accepted| accepted.code == code)
    }

    /// Known by its number; the same as long as what it says and what is known of it are.
    pub(super) fn id(&self) -> RecordId {
        let known = (
            &self.digest,
            &self.problems,
            &self.rival,
            &self.accepted,
            &self.facts,
        );
        // A model of ours always becomes JSON.
        let content = serde_json::to_vec(&known).unwrap_or_default();
        RecordId {
            at: self.at,
            key: self.key.as_str().into(),
            version: Version::of(&content),
        }
    }
}

/// The decisions `accept` that people took on a document, as the trail holds them.
pub(super) async fn accepted(
    store: &dyn StateStore,
    stream: &StreamKey,
    key: &str,
) -> Result<Vec<Accepted>, StoreError> {
    let mut all = Vec::new();
    for entry in store.audit_of(stream, key, usize::MAX).await? {
        if &*entry.kind != "decision" {
            continue;
        }
        let body: Value = serde_json::from_slice(&entry.body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("as") == "accept" {
            all.push(Accepted {
                code: text("code").to_owned(),
                by: text("by").to_owned(),
                why: text("why").to_owned(),
            });
        }
    }
    Ok(all)
}

/// The newest document of a key.
pub(super) async fn newest(
    store: &dyn StateStore,
    stream: &StreamKey,
    key: &str,
) -> Result<Option<sync_core::store::Document>, StoreError> {
    let filter = DocumentFilter {
        key: Some(key.into()),
        ..DocumentFilter::default()
    };
    Ok(store.documents(stream, &filter).await?.pop())
}
