//! What must hold whatever went wrong.

mod ledger;
mod outside;
#[cfg(test)]
mod tests;
mod trail;

use std::fmt;

pub use outside::{Outside, Parting};

use crate::audit::AuditEntry;
use crate::store::{StateStore, StoreError};
use crate::stream::StreamKey;
use trail::Trail;

/// One of the twelve sentences that make "nothing lost, nothing twice" checkable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    /// I1: the last version of a key that the source has shown for longer than a window reaches is a document.
    EveryVersionIsTakenIn,
    /// I2: no document is in two shipments that live, and no version of a key is a document twice.
    OneShipmentEach,
    /// I3: no byte leaves without a durable `Sent` that names it.
    SentBeforeTheFirstByte,
    /// I4: a series gives a number once.
    NumbersAreGivenOnce,
    /// I5: what is sent again has the same numbers and the same bytes.
    ResentAsItWas,
    /// I6: a writer whose lease is no longer the current one changes nothing.
    OldOwnersAreFenced,
    /// I7: the watermark moves only when a window closes, never back, never beyond the window's end.
    WatermarkOnlyForward,
    /// I8: the audit chain verifies, and replaying it gives the ledger.
    TrailTellsTheLedger,
    /// I9: nothing stays unsettled without an end: it is settled within its budget, or a person is asked.
    NoLimbo,
    /// I10: what the ledger calls arrived has arrived, and nothing has arrived more often than it may.
    ArrivedAsOftenAsItMay,
    /// I11: nothing of a tenant is reachable with another one's key.
    TenantsApart,
    /// I12: what is open stays below its bound.
    Bounded,
}

impl Invariant {
    /// Its number, from 1 to 12.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// A sentence that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// What shows it.
    pub what: Box<str>,
}

impl Violation {
    fn new(invariant: Invariant, what: String) -> Self {
        let what = what.into();
        Self { invariant, what }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { invariant, what } = self;
        write!(f, "I{} {invariant:?}: {what}", invariant.number())
    }
}

/// Checks the twelve invariants of a stream against what the outside world has seen; empty is how it must be.
///
/// Reads the stream's documents and its whole audit trail, and tries a write with each lease of
/// [`Outside::stale`]: for tests, on ledgers of a test's size.
///
/// # Errors
/// The store's, where it cannot be read.
pub async fn invariants(
    store: &dyn StateStore,
    outside: &Outside,
) -> Result<Vec<Violation>, StoreError> {
    let mut found = Vec::new();
    let trail = Trail::read(&entries(store, &outside.stream).await?, &mut found);
    trail.check(outside, &mut found);
    ledger::numbers(store, outside, &mut found).await?;
    ledger::documents(store, outside, &trail, &mut found).await?;
    ledger::fences(store, outside, &mut found).await?;
    ledger::strangers(store, outside, &trail, &mut found).await?;
    ledger::verified(store, outside, &mut found).await?;
    found.sort_by_key(|violation| violation.invariant);
    Ok(found)
}

/// A stream's whole trail.
async fn entries(
    store: &dyn StateStore,
    stream: &StreamKey,
) -> Result<Vec<AuditEntry>, StoreError> {
    let mut all: Vec<AuditEntry> = Vec::new();
    loop {
        let from = all.last().map_or(1, |entry| entry.seq + 1);
        let more = store.audit(stream, from, 1000).await?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}
