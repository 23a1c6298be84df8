//! The client against a gateway on loopback, over real HTTP.

mod auth;
mod configuration;
mod errors;
mod pages;
mod records;
mod redaction;
mod retry;
mod site;
mod support;
