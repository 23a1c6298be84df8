//! The client against a gateway on loopback, over real HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod auth;
mod configuration;
mod distributions;
mod errors;
mod lookups;
mod lower_case;
mod pages;
mod payables;
mod records;
mod redaction;
mod retry;
mod set_up;
mod site;
mod supplier_component;
mod suppliers;
mod support;
mod voucher_lookups;
