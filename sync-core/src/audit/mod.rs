//! The audit trail: a hash chain for each stream, written inside the commit that it describes.
//!
//! The hash of entry *n* is SHA-256 over the hash of entry *n − 1* and the entry's bytes, so that nobody can change,
//! drop or insert an entry without every later hash being wrong. [`verify`] recomputes it and names the first bad
//! entry; [`Projection`] replays the entries and must arrive at what the ledger says.

mod chain;
mod event;
mod projection;

pub use chain::{AuditEntry, Head, Tampered, verify, verify_store};
pub(crate) use event::{Event, keys_named, own};
pub use projection::{Difference, Projection};
