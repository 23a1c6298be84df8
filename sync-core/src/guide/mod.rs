//! For readers who want to be convinced before they trust this crate with documents that cost money, for those who write
//! parts of their own, and for those who are called when something waits.

#[doc = include_str!("operate.md")]
pub mod operate {}
#[cfg_attr(feature = "test-util", doc = include_str!("parts.md"))]
#[cfg_attr(
    not(feature = "test-util"),
    doc = "Shown with the feature `test-util`, whose doubles its example takes."
)]
pub mod parts {}
#[doc = include_str!("protocol.md")]
pub mod protocol {}
