//! The doctor: every step provoked to fail, and what it says then.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod connection;
mod everything;
mod operation;
mod support;
