//! The whole integration against a simulated PeopleSoft and Cleo over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod flows;
mod secrets;
#[expect(
    clippy::module_inception,
    reason = "the systems that all tests here run against"
)]
mod simulated;
