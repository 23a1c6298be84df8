//! PeopleSoft documents into X12 and JSON and back, one file a pair.
//!
//! A map is a pure function: the same document and the same profile give the same result. Whatever it cannot map is a
//! [`Hold`](crate::hold::Hold) that names the field; a map never guesses, cuts or rounds.

pub mod acknowledgment_855_to_po;
pub mod billing_invoice_to_810;
pub mod invoice_810_to_voucher;
pub mod invoice_to_json;
mod problem;
pub mod purchase_order_to_850;
pub mod purchase_order_to_json;
mod text;

pub use problem::holds_of;
