//! For readers who want to be convinced before they trust this crate with documents that cost money.

#[doc = include_str!("protocol.md")]
pub mod protocol {}
