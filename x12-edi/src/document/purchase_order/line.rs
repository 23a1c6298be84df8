//! One line of an order: what is ordered, in which parts, when, where to and for how much.

use crate::document::loops::{
    AmountDetail, Charge, ItemDescription, LeadTimeDetail, LeadTimes, Note, PackagingDetail, Party,
    PriceDetail, QuantityDetail,
};
use crate::document::segments::{
    Carrier, Contact, Currency, DateReference, Description, DestinationQuantities, Equipment,
    FobTerms, ItemDetail, ItemIdentification, LineShipment, LongMessage, Marks, Measurement,
    Message, OrderItem, Packages, Packing, PaymentTerms, Price, ProductId, Reference, Schedule,
    SpecialHandling, Subline, Tax, TaxReference,
};
use crate::document::typed::{Rare, typed_loop};
use crate::value::Text;

typed_loop! {
    /// One line of an order: PO1 with what belongs to it.
    pub OrderLine {
        /// PO1.
        first item: OrderItem;
        /// LIN: further numbers of the item; from 004010 on.
        identifications: Vec<ItemIdentification>;
        /// CUR.
        currency: Option<Currency>;
        /// PO3.
        details: Vec<ItemDetail>;
        /// CTP with CUR: prices beside that of PO1.
        prices: Vec<PriceDetail>;
        /// MEA.
        measurements: Vec<Measurement>;
        /// PID with MEA.
        descriptions: Vec<ItemDescription>;
        /// PO4.
        packing: Vec<Packing>;
        /// REF.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
        /// SAC.
        [without b"TXI"] charges: Vec<Charge>;
        /// ITD.
        terms: Vec<PaymentTerms>;
        /// TAX.
        tax_references: Vec<TaxReference>;
        /// FOB.
        fob: Vec<FobTerms>;
        /// SDQ: how much goes to which places.
        destinations: Vec<DestinationQuantities>;
        /// IT3.
        shipments: Vec<LineShipment>;
        /// DTM.
        dates: Vec<DateReference>;
        /// TD1.
        packages: Vec<Packages>;
        /// TD5.
        carriers: Vec<Carrier>;
        /// TD3.
        equipment: Vec<Equipment>;
        /// TD4.
        special_handling: Vec<SpecialHandling>;
        /// MAN.
        marks: Vec<Marks>;
        /// MSG, in 004010.
        messages: Vec<Message>;
        /// MTX, from 005010 on.
        long_messages: Vec<LongMessage>;
        /// TXI.
        taxes: Vec<Tax>;
        /// QTY.
        quantities: Vec<QuantityDetail>;
        /// SCH.
        [from V004010] schedules: Vec<LineSchedule>;
        /// PKG with MEA.
        packaging: Vec<PackagingDetail>;
        /// LDT, before 004010.
        [from V004010] lead_times: Vec<LeadTimeDetail>;
        /// LS with LDT and LE, from 004010 on; see [`all_lead_times`](Self::all_lead_times).
        lead_time_loop: Rare<LeadTimes>;
        /// N9 with MSG.
        [also b"MEA"] notes: Vec<Note>;
        /// N1 with its address.
        [also
            b"IN2", b"QTY", b"NX2", b"SI", b"DTM", b"FOB", b"SCH", b"TD1", b"TD5", b"TD3", b"TD4",
            b"PKG",
        ]
        parties: Vec<Party>;
        /// SLN: what the item consists of.
        sublines: Vec<OrderSubline>;
        /// AMT.
        [without b"DTM"] amounts: Vec<AmountDetail>;
    }
    at "850" ["PO1"]
    members [
        b"CN1", b"CSH", b"CTB", b"DIS", b"INC", b"IT8", b"PAM", b"PCT", b"PWK", b"SI", b"SPI",
        b"TC2",
    ]
    loops [b"LM" => [b"LQ"]]
    until [b"PO1", b"CTT"]
}

typed_loop! {
    /// One delivery of a line: SCH with what belongs to it.
    pub LineSchedule {
        /// SCH.
        first schedule: Schedule;
        /// TD1.
        packages: Vec<Packages>;
        /// TD5.
        carriers: Vec<Carrier>;
        /// TD3.
        equipment: Vec<Equipment>;
        /// TD4.
        special_handling: Vec<SpecialHandling>;
        /// REF.
        references: Vec<Reference>;
    }
}

typed_loop! {
    /// One part of a line, for example a component of a kit: SLN with what belongs to it.
    pub OrderSubline {
        /// SLN.
        first item: Subline;
        /// MSG, in 004010.
        messages: Vec<Message>;
        /// MTX, from 005010 on.
        long_messages: Vec<LongMessage>;
        /// PID.
        descriptions: Vec<Description>;
        /// PO3.
        details: Vec<ItemDetail>;
        /// MEA, from 005010 on.
        measurements: Vec<Measurement>;
        /// DTM.
        dates: Vec<DateReference>;
        /// CTP.
        prices: Vec<Price>;
        /// PO4.
        packing: Rare<Packing>;
        /// TAX.
        tax_references: Vec<TaxReference>;
        /// N9 with its texts.
        notes: Vec<Note>;
        /// SAC.
        [without b"TXI"] charges: Vec<Charge>;
        /// QTY.
        quantities: Vec<QuantityDetail>;
        /// N1 with its address.
        [also b"IN2", b"NX2", b"SI"] [without b"LDT"] parties: Vec<Party>;
    }
    at "850" ["PO1", "SLN"]
    members [b"SI", b"TC2", b"ADV", b"PAM", b"REF", b"PER"]
}

impl From<Subline> for OrderSubline {
    fn from(item: Subline) -> Self {
        Self {
            item,
            ..Self::default()
        }
    }
}

impl OrderLine {
    /// A line with this item.
    #[must_use]
    pub fn new(item: OrderItem) -> Self {
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

    /// The same with one more delivery.
    #[must_use]
    pub fn with_schedule(mut self, schedule: Schedule) -> Self {
        self.schedules.push(schedule.into());
        self
    }

    /// The same with one more part.
    #[must_use]
    pub fn with_subline(mut self, subline: impl Into<OrderSubline>) -> Self {
        self.sublines.push(subline.into());
        self
    }

    /// LDT, whether between LS and LE or alone.
    pub fn all_lead_times(&self) -> impl Iterator<Item = &LeadTimeDetail> {
        let bounded = self.lead_time_loop.iter();
        self.lead_times
            .iter()
            .chain(bounded.flat_map(|whole| &whole.lead_times))
    }
}

impl From<Schedule> for LineSchedule {
    fn from(schedule: Schedule) -> Self {
        Self {
            schedule,
            ..Self::default()
        }
    }
}
