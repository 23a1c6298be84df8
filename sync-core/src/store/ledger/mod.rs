//! One stream's rows and the writing verb over them.
//!
//! What is allowed and what it leads to is decided here, in memory, for the memory store, which keeps every row, and for
//! the PostgreSQL store, which loads the rows that a commit speaks of and writes back the touched ones.

mod commit;
mod stream;

#[cfg(feature = "postgres")]
pub(super) use commit::Touch;
pub(super) use commit::{Ids, commit};
#[cfg(feature = "postgres")]
pub(super) use stream::Ship;
pub(super) use stream::Stream;

use std::time::SystemTime;

use crate::clock::{from_millis, millis};

/// A time in the ledger's unit, so that what is written is what is read.
pub(super) fn whole(time: SystemTime) -> SystemTime {
    from_millis(millis(time))
}
