//! The typed headers: ISA, GS and ST.

mod authorization;
mod group;
mod interchange;
mod interchange_id;
mod set;

pub use authorization::Authorization;
pub use group::GroupHeader;
pub use interchange::{InterchangeHeader, Usage};
pub use interchange_id::InterchangeId;
pub use set::SetHeader;
