//! Every door of the gateway, its credentials and its errors, over real HTTP on loopback.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod attacks;
mod calls;
mod configuration;
mod credentials;
mod faults;
mod raw_server;
mod repeat;
mod secrets;
mod site;
