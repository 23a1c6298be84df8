//! One line of an order as the buyer changes it.

use crate::document::loops::{AmountDetail, Charge, ItemDescription, Note, Party};
use crate::document::purchase_order::LineSchedule;
use crate::document::segments::{
    Carrier, ChangedItem, Contact, Currency, DateReference, Equipment, FobTerms, Marks, Packages,
    Packing, PaymentTerms, ProductId, Reference, Schedule, SpecialHandling, Tax,
};
use crate::document::typed::typed_loop;
use crate::value::Text;

typed_loop! {
    /// One changed line: POC with what belongs to it.
    pub ChangedLine {
        /// POC.
        first item: ChangedItem;
        /// CUR.
        currency: Option<Currency>;
        /// PID.
        descriptions: Vec<ItemDescription>;
        /// PO4.
        packing: Vec<Packing>;
        /// REF.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
        /// SAC.
        [without b"TXI", b"CTP"] charges: Vec<Charge>;
        /// ITD.
        terms: Vec<PaymentTerms>;
        /// FOB.
        fob: Vec<FobTerms>;
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
        /// TXI.
        taxes: Vec<Tax>;
        /// SCH with its carriers: when how much is to come now.
        [from V004010] schedules: Vec<LineSchedule>;
        /// N9 with its texts.
        notes: Vec<Note>;
        /// N1 with its address.
        [also
            b"IN2", b"QTY", b"NX2", b"SI", b"DTM", b"FOB", b"SCH", b"TD1", b"TD5", b"TD3", b"TD4",
            b"PKG",
        ]
        parties: Vec<Party>;
        /// AMT.
        [without b"DTM"] amounts: Vec<AmountDetail>;
    }
    at "860" ["POC"]
    members [
        b"LIN", b"SI", b"CN1", b"PO3", b"CTP", b"PAM", b"MEA", b"PWK", b"PKG", b"IT8", b"CSH",
        b"DIS", b"INC", b"TAX", b"SDQ", b"PCT", b"TC2", b"CTB", b"SPI", b"MSG", b"MTX", b"LDT",
    ]
    loops [
        b"QTY" => [b"SI"],
        b"LM" => [b"LQ"],
        b"SLN" => [
            b"MSG", b"MTX", b"SI", b"PID", b"PO3", b"MEA", b"TC2", b"SAC", b"CUR", b"DTM", b"CTP",
            b"PAM", b"PO4", b"TAX", b"ADV", b"QTY", b"N9", b"N1", b"N2", b"IN2", b"N3", b"N4",
            b"NX2", b"REF", b"PER",
        ],
    ]
    through [b"LS" => b"LE"]
    until [b"POC", b"CTT"]
}

impl ChangedLine {
    /// A line with this item.
    #[must_use]
    pub fn new(item: ChangedItem) -> Self {
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
}
