//! Messages into PeopleSoft and what becomes of them, against the double over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod acknowledgement;
mod golden;
mod post;
mod supplier;
mod support;
mod voucher;
