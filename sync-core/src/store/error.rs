//! What a store can answer beside success.

use super::Epoch;

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another owner has taken the stream: the holder must stop at once.
    #[error("the lease is lost: epoch {0} is the current one")]
    Fenced(Epoch),
    /// A row is not as the writer read it.
    #[error("the ledger has moved: {0}")]
    Conflict(Box<str>),
    /// Nobody can say whether the commit was done: read back by revision before anything else.
    #[error("the commit ended without an answer: {0}")]
    Unknown(Box<str>),
    /// The store cannot be reached or refuses: nothing was done.
    #[error("the store is not available: {0}")]
    Unavailable(Box<str>),
    /// What was read makes no sense.
    #[error("the ledger is damaged: {0}")]
    Corrupt(Box<str>),
    /// The store or a cursor was written by a newer version of this crate.
    #[error(
        "the ledger has layout {found}, this version knows up to {known}: use the newer version"
    )]
    Schema {
        /// What was found.
        found: u32,
        /// The newest that is known here.
        known: u32,
    },
    /// The cursor was made for another question (query, filter, time column or zone).
    #[error(
        "the cursor belongs to another query, filter, time column or zone: reset the stream with a reason, or restore the setting"
    )]
    Fingerprint,
    /// A series has no more numbers.
    #[error(
        "the series `{0}` has no more numbers: agree on a new range with the partner and rename the series"
    )]
    Exhausted(Box<str>),
    /// A payload needs a key that this store was not given.
    #[error("the ledger is sealed with key `{0}`: give the store that key")]
    Sealed(Box<str>),
    /// The ledger is held by another process.
    #[error("the ledger is in use by another process: {0}")]
    Busy(Box<str>),
}
