//! Every door of the gateway, its credentials and its errors, over real HTTP on loopback.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
