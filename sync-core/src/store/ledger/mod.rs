//! One stream's rows and the writing verb over them.
//!
//! What is allowed and what it leads to is decided here, in memory, for every store of this crate: the memory store keeps
//! every row, the others load the rows that a commit speaks of and write back the touched ones.

mod change;
mod commit;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod follow;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod named;
mod prune;
mod replay;
pub(super) mod rows;
mod shipping;
mod stream;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) use change::Touch;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) use commit::{By, Told};
pub(super) use commit::{Ids, commit};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) use follow::phase_of;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) use named::Named;
pub(super) use stream::{Past, Ship, Stream};

use std::time::SystemTime;

use crate::clock::{from_millis, millis};

/// A time in the ledger's unit, so that what is written is what is read.
pub(super) fn whole(time: SystemTime) -> SystemTime {
    from_millis(millis(time))
}
