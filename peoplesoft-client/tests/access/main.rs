//! Queries of the caller's own and component interfaces, against a gateway on loopback, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod by_rest;
mod by_soap;
mod component;
mod paging;
mod polled;
mod query;
mod stream;
mod support;
mod tokens;
