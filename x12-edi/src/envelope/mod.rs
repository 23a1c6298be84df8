//! Interchange, functional group and transaction set: headers, trailers, counts, control numbers.

mod event;
mod header;
mod ledger;
pub mod parts;
mod pieces;
mod set;
mod sets;
mod split;

pub use event::{EnvelopeReader, Event, Summary};
pub use header::{Authorization, GroupHeader, InterchangeHeader, InterchangeId, SetHeader, Usage};
pub use pieces::{DEFAULT_MAX_PIECE_BYTES, Part, SetPiece, SetPieces};
pub use set::TransactionSet;
pub use sets::{DEFAULT_MAX_SET_BYTES, Parsed, TransactionSets, parse};
