//! One line of an invoice, and what was shipped in all.

use crate::document::loops::{Charge, ItemDescription, Party};
use crate::document::segments::{
    AllowanceCharge, CarrierDetail, Contact, Currency, DateReference, Description,
    DestinationQuantities, InvoiceItem, LineShipment, Measurement, Packaging, Packing,
    PaymentTerms, Price, ProductId, Quantity, Reference, ShipmentSummary, Subline, Tax,
};
use crate::document::typed::{Rare, typed_loop};
use crate::value::Text;

typed_loop! {
    /// One line of an invoice: IT1 with what belongs to it.
    pub InvoiceLine {
        /// IT1.
        first item: InvoiceItem;
        /// QTY.
        quantities: Vec<Quantity>;
        /// CUR.
        currency: Option<Currency>;
        /// IT3.
        shipments: Vec<LineShipment>;
        /// TXI.
        taxes: Vec<Tax>;
        /// CTP: prices beside that of IT1.
        prices: Vec<Price>;
        /// MEA.
        measurements: Vec<Measurement>;
        /// PID with MEA.
        descriptions: Vec<ItemDescription>;
        /// PKG.
        packaging: Vec<Packaging>;
        /// PO4.
        packing: Rare<Packing>;
        /// ITD.
        terms: Vec<PaymentTerms>;
        /// REF.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
        /// SDQ: how much went to which places.
        destinations: Vec<DestinationQuantities>;
        /// DTM.
        dates: Vec<DateReference>;
        /// CAD.
        carriers: Vec<CarrierDetail>;
        /// SAC with TXI.
        [also b"DTM"] [without b"CUR", b"CTP"] charges: Vec<Charge>;
        /// SLN: what the item consists of.
        sublines: Vec<InvoiceSubline>;
        /// N1 with its address.
        [also b"DMG"] [without b"LDT"] parties: Vec<Party>;
    }
    at "810" ["IT1"]
    members [b"CRC", b"L7", b"PAM", b"PWK", b"SR", b"YNQ"]
    loops [
        b"LM" => [b"LQ"],
        b"V1" => [b"R4", b"DTM"],
        b"FA1" => [b"FA2"],
    ]
    until [b"IT1", b"TDS", b"AMT", b"ISS", b"CTT"]
}

typed_loop! {
    /// One part of a line, for example a component of a kit: SLN with what belongs to it.
    pub InvoiceSubline {
        /// SLN.
        first item: Subline;
        /// DTM.
        date: Option<DateReference>;
        /// REF.
        references: Vec<Reference>;
        /// PID.
        descriptions: Vec<Description>;
        /// SAC.
        charges: Vec<AllowanceCharge>;
        /// TXI.
        taxes: Vec<Tax>;
    }
    at "810" ["IT1", "SLN"]
    members [b"TC2", b"PER"]
}

impl From<Subline> for InvoiceSubline {
    fn from(item: Subline) -> Self {
        Self {
            item,
            ..Self::default()
        }
    }
}

typed_loop! {
    /// What was shipped in all: ISS with its description.
    pub InvoiceShipment {
        /// ISS.
        first summary: ShipmentSummary;
        /// PID; from 004010 on.
        description: Option<Description>;
    }
}

impl From<ShipmentSummary> for InvoiceShipment {
    fn from(summary: ShipmentSummary) -> Self {
        Self {
            summary,
            ..Self::default()
        }
    }
}

impl InvoiceLine {
    /// A line with this item.
    #[must_use]
    pub fn new(item: InvoiceItem) -> Self {
        Self {
            item,
            ..Self::default()
        }
    }

    /// The same with one more product id, for example `VN` and the seller's number.
    #[must_use]
    pub fn with_product_id(mut self, qualifier: impl Into<Text>, id: impl Into<Text>) -> Self {
        self.item.product_ids.push(ProductId::new(qualifier, id));
        self
    }

    /// The same with one more description of at most 80 characters.
    #[must_use]
    pub fn with_description(mut self, text: impl Into<Text>) -> Self {
        self.descriptions.push(ItemDescription::free_form(text));
        self
    }
    /// The same with one more part.
    #[must_use]
    pub fn with_subline(mut self, subline: impl Into<InvoiceSubline>) -> Self {
        self.sublines.push(subline.into());
        self
    }
}
