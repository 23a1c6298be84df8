//! The audit trail: a hash chain for each stream, written inside the commit that it describes.
//!
//! The hash of entry *n* is SHA-256 over the hash of entry *n − 1* and the entry's bytes, so that nobody can change,
//! drop or insert an entry without every later hash being wrong. [`verify`] recomputes it and names the first bad
//! entry; [`Projection`] replays the entries and must arrive at what the ledger says.
//!
//! A trail that is too long is cut ([`Op::Cut`](crate::store::Op::Cut)): what is left begins after a root that a later
//! entry of the chain signs off, with where everything stood then. A [`MerkleTree`] over the heads of all chains gives
//! one hash to hand to somebody else: a copy of the whole ledger that was rewritten does not have it.

mod chain;
mod event;
mod merkle;
mod projection;
mod query;

pub(crate) use chain::replay;
pub use chain::{AuditEntry, Head, Tampered, verify, verify_store};
pub(crate) use event::{Event, indexed_under, keys_named, own};
pub use merkle::{HeadOf, InclusionProof, MerkleTree};
pub use projection::{Difference, Projection};
pub(crate) use query::number_key;
pub use query::{About, AuditFilter};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) use query::{is_number_key, until};
