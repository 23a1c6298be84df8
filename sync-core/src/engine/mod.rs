//! Where and when the next turn runs.
//!
//! An engine decides nothing about correctness: it may run a turn twice, late or never finish one, and the store
//! keeps every promise. [`Embedded`] runs the streams of one process: once, or by their schedules for as long as somebody
//! wants it ([`Service`]).
//!
//! # Which one
//!
//! | you have | take | what it costs |
//! |---|---|---|
//! | one machine, and a pause of minutes is no harm | [`Embedded`] on SQLite | nothing beside the process |
//! | one machine, and another one that steps in | [`Embedded::standby`] on one PostgreSQL | the database; all work is done by one of the two |
//! | more streams than one machine can run, or a share of them on each machine | `restate` (a feature) on one PostgreSQL | the database and a Restate server or cluster, about 200 MB of memory a node |
//!
//! Measured on a quiet machine of two cores (`--bench sync`): a turn that finds nothing new costs 0.17 ms of processor time
//! in [`Embedded`], 8,000 turns a second in one process; through one Restate server on the same machine 2,300 to 2,900 turns a
//! second over a ledger in memory (0.8 to 0.9 of invocations that do nothing) and 1,300 over SQLite, its own work included. A turn
//! with work is bound by the ledger and by the other side, whoever runs it.
//!
//! Going from one to the next changes nothing in pipelines, ledger or cursors: the same [`Plan`]s are given to another
//! engine. Two engines on one ledger do no harm; who has a stream's lease has its turns.

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
