//! The embedded engine as a service: schedules, fairness, standby, stops and crashes, on a clock that the test moves.

#![cfg(feature = "test-util")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod fairness;
#[cfg(feature = "metrics")]
mod metrics;
mod runs;
mod standby;
mod stop;
mod trouble;
mod world;
