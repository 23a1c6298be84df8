//! Interchange, functional group and transaction set: headers, trailers, counts, control numbers.

mod event;
mod header;
mod ledger;
mod set;
mod sets;

pub use event::{EnvelopeReader, Event, Summary};
pub use header::{Authorization, GroupHeader, InterchangeHeader, InterchangeId, SetHeader, Usage};
pub use set::TransactionSet;
pub use sets::{DEFAULT_MAX_SET_BYTES, Parsed, TransactionSets, parse};
