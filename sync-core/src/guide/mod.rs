//! For readers who want to be convinced before they trust this crate with documents that cost money, and for those who
//! are called when something waits.

#[doc = include_str!("operate.md")]
pub mod operate {}
#[doc = include_str!("protocol.md")]
pub mod protocol {}
