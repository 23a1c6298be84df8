//! Runs several pieces of work by turns and compares them.
//!
//! On a machine that others use too, a figure by itself says little. Here all works of a run take
//! turns, round after round, so that a slow minute hits all of them; medians and their ratios are
//! what is reported.

mod clock;
mod options;
mod report;
mod run;

pub use clock::Clock;
pub use options::{Options, USAGE};
pub use report::Report;
pub use run::{Bench, Demand, Work};
