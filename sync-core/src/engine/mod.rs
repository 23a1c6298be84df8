//! Where and when the next turn runs.
//!
//! An engine decides nothing about correctness: it may run a turn twice, late or never finish one, and the store
//! keeps every promise. [`Embedded`] runs the streams of one process.

mod embedded;

pub use embedded::{Embedded, Job, Outcome, Report};
