//! How to use the crate: a tutorial, and recipes for single tasks. Every snippet is compiled and
//! run as a test.
//!
//! # Which layer to use
//!
//! | you want | use | memory | costs |
//! | --- | --- | --- | --- |
//! | segments and elements as they stand | [`Reader`](crate::Reader) | one segment | least |
//! | to know who sent what, with counts and control numbers checked | [`EnvelopeReader`](crate::EnvelopeReader) | one segment | little more |
//! | one transaction set at a time | [`TransactionSets`](crate::TransactionSets) | one set | |
//! | to know whether sets keep to the standard or to a partner's rules | [`ValidatingReader`](crate::validate::ValidatingReader) | one segment, and limited findings | |
//! | orders, invoices, ship notices as data of your program | the types of [`document`](crate::document) | one document | most |
//!
//! An upper layer never reaches round a lower one, so a program may begin at the top and go down
//! where it needs to.

#[doc = include_str!("tutorial.md")]
pub mod tutorial {}

#[doc = include_str!("cookbook.md")]
pub mod cookbook {}
