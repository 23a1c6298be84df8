//! An in-process PeopleSoft gateway on loopback, so that services can be tested against real HTTP.
//!
//! It keeps purchase orders and invoices, answers the queries of a [`Profile`](crate::Profile) with the
//! windows, keys and row limits of real ones, checks credentials, and has a switch for everything that
//! goes wrong at a site or that differs from one site to the next. All of it can be changed while it runs.
//!
//! ```
//! use peoplesoft_client::model::*;
//! use peoplesoft_client::testing::FakePeopleSoft;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let order = PurchaseOrder::new(
//!     PurchaseOrderKey::new("US001", "0000000123")?,
//!     VendorKey::new("SHARE", "0000000042")?,
//!     "2026-03-31".parse()?,
//!     CurrencyCode::new("USD")?,
//! );
//! let fake = FakePeopleSoft::builder().basic("EDI_USER", "secret").orders([order.clone()]).start().await?;
//! let client = fake.client_builder().build()?;
//! let from = order.last_updated;
//! let to = from.plus(std::time::Duration::from_secs(1));
//! let page = client.purchase_orders().changed_between(from, to).page().await?;
//! assert_eq!(page.items, [Ok(order)]);
//! # Ok(())
//! # }
//! ```

mod answer;
mod call;
mod cell;
mod component;
mod desk;
mod desk_access;
mod desk_supplier;
mod fake;
mod fake_query;
mod gate;
mod gzip;
mod handler;
mod invoice_cells;
mod operation;
mod order_cells;
mod payment_cells;
mod receipt_cells;
mod router;
mod server;
mod setup_cells;
mod state;
mod supplier_cells;
mod switch;
mod table;
mod voucher_cells;
mod window;

pub use component::FakeComponent;
pub use desk::{BuiltVoucher, DeskRules, FailedMessage};
pub use fake::{FakeBuilder, FakePeopleSoft};
pub use fake_query::FakeQuery;
pub use operation::Operation;
pub use switch::{ComponentFailure, FaultPlan, Output, Received, Recorded, Trouble, Verification};
