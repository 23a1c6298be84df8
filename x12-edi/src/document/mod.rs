//! Transaction sets as typed documents that own their data.
//!
//! A document is filled and written, or parsed and read. What it does not name is kept at its
//! place, and writing a parsed document that nobody touched gives the same bytes again (without
//! release characters, of ISX, that release nothing). Refused,
//! however it came about, is a document without its beginning, its lines or its total, and data
//! that the writer's delimiters or character set forbid.
//!
//! | set | document |
//! |---|---|
//! | 810 | [`invoice::Invoice`] |
//! | 820 | [`payment_order::PaymentOrder`] |
//! | 850 | [`purchase_order::PurchaseOrder`] |
//! | 855 | [`purchase_order_acknowledgment::PurchaseOrderAcknowledgment`] |
//! | 856 | [`ship_notice::ShipNotice`] |
//! | 860 | [`purchase_order_change::PurchaseOrderChange`] |
//! | 865 | [`change_acknowledgment::ChangeAcknowledgment`] |
//!
//! An answer starts from what it answers: an 855 [from an
//! order](purchase_order_acknowledgment::PurchaseOrderAcknowledgment::to_order), an 860 [from an
//! order](purchase_order_change::PurchaseOrderChange::of_order), an 865 [from a
//! change](change_acknowledgment::ChangeAcknowledgment::to_change), the levels of an 856 [from an
//! order](ship_notice::Level::of_order) and [its lines](ship_notice::Level::of_line), the items of
//! an 820 [from invoices](payment_order::Remittance::of_invoice).

pub mod application_advice;
pub mod build;
pub mod change_acknowledgment;
pub mod functional_acknowledgment;
pub mod implementation_acknowledgment;
pub mod invoice;
mod layout;
mod loops;
mod parser;
pub mod payment_order;
pub mod purchase_order;
pub mod purchase_order_acknowledgment;
pub mod purchase_order_change;
pub mod segments;
pub mod ship_notice;
mod sink;
mod sum;
mod thorough;
pub mod tree;
mod typed;
pub mod view;

pub use loops::{
    AmountDetail, Charge, ItemDescription, LeadTimeDetail, LeadTimes, Note, PackagingDetail, Party,
    PriceDetail, QuantityDetail,
};

use crate::finding::Finding;

/// A document with what was found while it was read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ParsedDocument<T> {
    /// All that could be read.
    pub document: T,
    /// What breaks the rules of the set, with its place; the first 10 000 of it.
    pub findings: Vec<Finding>,
}
