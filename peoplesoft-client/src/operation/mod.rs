//! What callers ask for: records that changed in a window of time, page by page, or by their key.
//!
//! Reading is the same for every kind of record: a query of the site answers with rows, rows with the same
//! key become one record, and a page begins after the key of the last one read. To add a kind of record:
//!
//! 1. `model/NAME.rs`: the record with its levels, a public field `key`, `extra` at each level. The key is a
//!    struct of checked parts (identifiers, `u32`, `PsDate`), made a key by `key_with_slashes!`.
//! 2. `profile/field/NAME.rs`: its list of fields. Those marked `key` are the parts of the key in order;
//!    other look-ups than by the key are listed after the fields. A level that a query may leave out has
//!    the number of its rows as a gate: `optional in LineNbr` is looked for once that number is selected.
//! 3. `service.rs`: a variant of `Service`. `profile/change_query.rs`: a line of `sections!` with the query,
//!    its key prompts, its look-up by key. `profile/mod.rs` and `profile/default.rs`: the section and an arm
//!    of `query_of`. `profile/mistake.rs`: a line of `find`.
//! 4. `operation/NAME.rs`: `record!` and `FromRows`, which makes the record of its rows.
//! 5. `operation/reads.rs`: what a caller holds, by `reads!`, and a method of `Client` for it.
//! 6. `testing/NAME_cells.rs`: `Cells`, which turns the record into rows for the double, and a line of
//!    `Tables::new` in `testing/table.rs`; `FakePeopleSoft::put` and its kin work for it from then on.

mod acknowledgement;
mod assemble;
mod bad_record;
mod billing_invoice;
mod changed;
mod chart_field;
mod department;
mod effective;
mod employee;
mod grouping;
mod job;
mod lookup;
mod order_distribution;
mod payment;
mod post;
mod purchase_order;
mod reader;
mod reads;
mod receipt;
mod supplier;
mod supplier_sync;
mod voucher;
mod voucher_build;

pub use bad_record::BadRecord;
pub use changed::{Changed, Page, Record};
pub use lookup::Found;
pub(crate) use lookup::probe_look_up;
pub use post::{MessageAnswer, Receipt, RowsetPost};
pub use reads::{
    BillingInvoices, ChartFieldValues, Departments, Employees, Jobs, Payments,
    PurchaseOrderDistributionReads, PurchaseOrders, Receipts, ScheduledPayments, Suppliers,
    Vouchers,
};
pub use voucher_build::{BuildAnswer, BuildState, VoucherBuilds, VoucherReference};

#[cfg(feature = "test-util")]
pub(crate) use assemble::FromRows;
pub(crate) use changed::changed_rows;
#[cfg(feature = "test-util")]
pub(crate) use grouping::first_page as page_of_rows;
#[cfg(feature = "test-util")]
pub(crate) use supplier::CHART_FIELDS as SUPPLIER_CHART_FIELDS;
pub(crate) use voucher_build::{probe_built, probe_staged};
