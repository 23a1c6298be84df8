//! What an operation may ask for: one rule for every store of this crate.

use super::{Refused, StoreError};
use crate::delivery::Phase;

/// Kinds of events that the ledger writes itself; a replay of the trail takes them for what happened.
const OWN_KINDS: [&str; 11] = [
    "cursor",
    "reset",
    "intended",
    "refused",
    "retried",
    "prepared",
    "dissolved",
    "moved",
    "replayed",
    "pruned",
    "cut",
];

/// Refuses a caller's event that a replay would take for one of the ledger.
pub(super) fn may_be_worded(kind: &str) -> Result<(), StoreError> {
    if OWN_KINDS.contains(&kind) {
        return conflict(format!(
            "events `{kind}` are written by the ledger alone: choose another kind"
        ));
    }
    Ok(())
}

pub(super) fn may_be_refused_to(refused: &Refused) -> Result<(), StoreError> {
    if matches!(refused.to, Phase::Held | Phase::Dead) {
        return Ok(());
    }
    let (doc, to) = (refused.doc, refused.to);
    conflict(format!(
        "document {doc} cannot be refused to `{to}`, only to `held` or `dead`"
    ))
}

/// Whether a shipment can stand there: it is taken apart by its own operation, and the rest is for documents.
pub(super) fn may_be_moved_to(phase: Phase) -> bool {
    !matches!(
        phase,
        Phase::Intent | Phase::Held | Phase::Superseded | Phase::Void
    )
}

pub(super) fn conflict<T>(text: impl Into<Box<str>>) -> Result<T, StoreError> {
    Err(StoreError::Conflict(text.into()))
}
