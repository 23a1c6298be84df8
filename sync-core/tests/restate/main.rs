//! Turns placed and timed by a real Restate server, which dies in the middle, and so does the process with the
//! pipelines.

#![cfg(all(feature = "restate", feature = "sqlite", feature = "test-util"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod runs;
mod server;
mod supervisor;
mod world;
