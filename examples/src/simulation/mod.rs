//! Two systems to try everything against: a PeopleSoft with orders and invoices, and a Cleo that keeps what it receives.
//!
//! [`World`] says what is in them. It is derived from a seed, remembers what was changed since, and is kept in a file,
//! so that a simulation that is started again is the same one.

mod broken;
mod doubles;
mod invoices;
mod orders;
mod papers;
mod partners;
mod suppliers;
mod words;
mod world;

pub use doubles::{Credentials, Doubles, Faults, INBOX, StartError};
pub use papers::{Papers, Set, invoice_of};
pub use suppliers::Mail;
pub use world::{Size, World, WorldError};
