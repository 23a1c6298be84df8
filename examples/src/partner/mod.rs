//! Trading partners: who they are, what they take, and by which way it reaches them.
//!
//! A [`PartnerProfile`] is data. It is read from TOML, either inline in the configuration or in a
//! file of its own, and checked by [`PartnerProfile::lint`] when it is read.

mod inbound;
mod lint;
mod payload;
mod profile;
mod read;
mod x12;

pub use inbound::{Deadline, InboundProfile, Validation};
pub use lint::{Finding, Severity};
pub use payload::{PayloadSettings, PayloadTarget};
pub use profile::{
    CustomerKey, DelimiterInData, Document, Format, OnChange, OrderNumber, PartnerId,
    PartnerProfile, Policy, Repeat, RouteProfile, SupplierKey, Transfer, UnknownUnit,
};
pub(crate) use read::{read_own_interchange_id, read_profile, x12_id};
pub use x12::{Delimiters, InterchangeId, LineEnding, Usage, X12Settings};
