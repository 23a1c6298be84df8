//! Suppliers in messages: `VENDOR_SYNC` and `VENDOR_FULLSYNC`, in and out.
//!
//! What a site or a version of a message calls otherwise is named in the profile
//! ([`VendorRecords`](crate::VendorRecords)). Fields that nothing here reads are kept in `extra`, and
//! written again.

mod message;
mod names;
mod read;
mod view;
mod write;

pub use message::{BadVendor, VendorChange, VendorEvent, VendorMessages};
pub use read::Removed;
