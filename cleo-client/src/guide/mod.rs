//! What is certain and what is not, what the administrator of Cleo prepares, and recipes for single tasks. Every
//! snippet is compiled as a test.

#[doc = include_str!("certainty.md")]
pub mod certainty {}

#[doc = include_str!("administrator.md")]
pub mod administrator {}

#[doc = include_str!("cookbook.md")]
pub mod cookbook {}
