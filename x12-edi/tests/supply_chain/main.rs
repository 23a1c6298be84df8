//! Answers, changes, ship notices and payments: built, written, read, changed, refused.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod answer;
mod builders;
mod chain;
mod change;
mod change_answer;
mod complete;
mod payment;
mod releases;
mod ship_notice;
mod support;
mod untouched;
