//! What callers ask for: records that changed in a window of time, page by page.

mod assemble;
mod bad_record;
mod billing_invoice;
mod changed;
mod grouping;
mod purchase_order;
mod reader;

pub use bad_record::BadRecord;
pub use changed::{BillingInvoices, Changed, Page, PurchaseOrders, Record};

pub(crate) use changed::changed_rows;
#[cfg(feature = "test-util")]
pub(crate) use grouping::first_page as page_of_rows;
