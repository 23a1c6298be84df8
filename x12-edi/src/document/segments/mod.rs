//! The segments of all documents as structs with public fields.
//!
//! Every struct is made by its `new` or by `default()` and then filled. Required texts are
//! `Text`, empty where the input has none; everything else is an `Option`. Elements that a
//! struct does not name are kept and written back.

mod acknowledgment;
mod acknowledgment_application;
mod acknowledgment_functional;
mod acknowledgment_implementation;
mod acknowledgment_place;
mod beginning;
mod change;
mod charge;
mod destination;
mod hierarchy;
mod item;
mod lead_time;
mod packaging;
mod party;
mod price;
mod reference;
mod remittance;
mod shipment;
mod shipping;
mod subline;
mod tax_reference;
mod terms;
mod total;

pub use acknowledgment::{AcknowledgmentBeginning, LineAcknowledgment, LineAnswer};
pub use acknowledgment_application::{
    AdviceBeginning, CodeSource, IndustryCode, OriginalTransaction, Quantity, RelatedData,
    TechnicalError,
};
pub use acknowledgment_functional::{
    ElementNote, GroupResponse, GroupResponseEnd, SegmentNote, SetResponse, SetResponseEnd,
};
pub use acknowledgment_implementation::{
    Context, ImplementationElementNote, ImplementationResponseEnd, ImplementationSegmentNote,
};
pub use acknowledgment_place::{ContextEntry, ElementPlace, ElementReference};
pub use beginning::{InvoiceBeginning, OrderBeginning};
pub use change::{ChangeAcknowledgmentBeginning, ChangeBeginning, ChangedItem, LineChange};
pub use charge::{AllowanceCharge, Tax};
pub use destination::{DestinationQuantities, DestinationQuantity, LineShipment, ShipmentSummary};
pub use hierarchy::{HierarchicalLevel, LevelKind, ShipmentBeginning};
pub use item::{Description, InvoiceItem, OrderItem, ProductId, Schedule};
pub use lead_time::{LeadTime, LoopEnd, LoopStart};
pub use packaging::Packaging;
pub use party::{
    AdditionalName, AddressLine, CommunicationNumber, Contact, GeographicLocation, PartyName,
};
pub use price::{ItemDetail, Price};
pub use reference::{DateReference, LongMessage, Message, NoteReference, Reference};
pub use remittance::{
    AccountNumber, Adjustment, Entity, EntityName, PaymentBeginning, Remark, RemittanceDelivery,
    RemittanceItem, Trace,
};
pub use shipment::{
    Equipment, ItemIdentification, Load, Marks, Measurement, OrderReference, Packages, Packing,
    Pallet, ShippedItem, SpecialHandling,
};
pub use shipping::{Carrier, CarrierDetail};
pub use subline::Subline;
pub use tax_reference::{TaxLocation, TaxReference};
pub use terms::{Currency, FobTerms, PaymentTerms};
pub use total::{Amount, InvoiceTotal, Totals};
