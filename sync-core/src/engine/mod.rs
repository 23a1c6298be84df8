//! Where and when the next turn runs.
//!
//! An engine decides nothing about correctness: it may run a turn twice, late or never finish one, and the store
//! keeps every promise. [`Embedded`] runs the streams of one process: once, or by their schedules for as long as somebody
//! wants it ([`Service`]).

mod control;
mod embedded;
mod fair;
mod plan;
#[cfg(feature = "restate")]
pub mod restate;
mod service;
mod step;

pub use control::{Control, StreamState, StreamView, Watch};
pub use embedded::{Embedded, Job, Outcome, Report};
pub use plan::Plan;
pub use service::Service;
