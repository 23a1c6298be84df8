//! Suppliers in messages (`VENDOR_SYNC`, `VENDOR_FULLSYNC`) and through their component interface
//! (`VNDR_ID`): the same records and fields in both.
//!
//! What a site or a version of a message calls otherwise is named in the profile
//! ([`VendorRecords`](crate::VendorRecords)). Fields that nothing here reads are kept in `extra`, and
//! written again.

mod component;
mod message;
mod names;
mod read;
mod view;
mod write;

pub use component::{SupplierComponent, SupplierCreated};
pub use message::{BadVendor, VendorChange, VendorEvent, VendorMessages};
pub use read::Removed;
