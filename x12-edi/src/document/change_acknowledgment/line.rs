//! One changed line and the answers to it.

use rust_decimal::Decimal;

use crate::document::loops::{AmountDetail, Charge, ItemDescription, Note, Party};
use crate::document::purchase_order::LineSchedule;
use crate::document::purchase_order_acknowledgment::LineStatus;
use crate::document::segments::{
    Carrier, ChangedItem, Contact, Currency, DateReference, Equipment, FobTerms,
    LineAcknowledgment, LineAnswer, Marks, Packages, Packing, PaymentTerms, ProductId, Reference,
    SpecialHandling, Tax,
};
use crate::document::sum::sum;
use crate::document::typed::typed_loop;
use crate::value::Text;

typed_loop! {
    /// One changed line with the answers to it: POC with what belongs to it.
    pub AnsweredLine {
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
        /// TXI.
        taxes: Vec<Tax>;
        /// ACK: what becomes of the line, at most 104.
        statuses: Vec<LineStatus>;
        /// MAN.
        marks: Vec<Marks>;
        /// AMT.
        [without b"REF", b"DTM"] amounts: Vec<AmountDetail>;
        /// SCH with its carriers.
        [from V004010] schedules: Vec<LineSchedule>;
        /// N9 with its texts.
        notes: Vec<Note>;
        /// N1 with its address.
        [also
            b"IN2", b"QTY", b"NX2", b"SI", b"DTM", b"FOB", b"SCH", b"TD1", b"TD5", b"TD3", b"TD4",
            b"PKG",
        ]
        parties: Vec<Party>;
    }
    at "865" ["POC"]
    members [
        b"LIN", b"SI", b"PO3", b"CTP", b"PAM", b"MEA", b"PWK", b"PKG", b"IT8", b"CSH", b"DIS",
        b"INC", b"TAX", b"SDQ", b"PCT", b"SPI", b"MSG", b"MTX", b"CTB",
    ]
    loops [
        b"QTY" => [b"SI"],
        b"LDT" => [b"QTY", b"MSG", b"MTX", b"LM", b"LQ"],
        b"LM" => [b"LQ"],
        b"SLN" => [
            b"MSG", b"MTX", b"SI", b"PID", b"PO3", b"MEA", b"CTP", b"PAM", b"ACK", b"SAC", b"CUR",
            b"DTM", b"PO4", b"TAX", b"ADV", b"QTY", b"N9", b"N1", b"N2", b"IN2", b"N3", b"N4",
            b"NX2", b"REF", b"PER",
        ],
        b"PD" => [b"PDD"],
    ]
    until [b"POC", b"CTT"]
}

impl AnsweredLine {
    /// A line without an answer.
    #[must_use]
    pub fn new(item: ChangedItem) -> Self {
        Self {
            item,
            ..Self::default()
        }
    }

    /// The same with one more answer.
    #[must_use]
    pub fn with_answer(mut self, acknowledgment: LineAcknowledgment) -> Self {
        self.statuses.push(acknowledgment.into());
        self
    }

    /// The same with one more product id, for example `VN` and the seller's number.
    #[must_use]
    pub fn with_product_id(mut self, qualifier: impl Into<Text>, id: impl Into<Text>) -> Self {
        self.item.product_ids.push(ProductId::new(qualifier, id));
        self
    }

    /// Accepts the line as it was changed: one answer `IA` in place of all others.
    pub fn accept(&mut self) {
        let mut acknowledgment = LineAcknowledgment::default();
        acknowledgment.status = "IA".into();
        // ACK02 and ACK03 stand together or not at all.
        if self.item.quantity.is_some() && self.item.unit.is_some() {
            acknowledgment.quantity = self.item.quantity;
            acknowledgment.unit.clone_from(&self.item.unit);
        }
        self.statuses = vec![acknowledgment.into()];
    }

    /// What the seller answers, in the order of the input.
    pub fn answers(&self) -> impl Iterator<Item = LineAnswer> {
        self.statuses
            .iter()
            .map(|status| status.acknowledgment.answer())
    }

    /// The one answer to the whole line; `None` if there is none, or several that differ.
    #[must_use]
    pub fn answer(&self) -> Option<LineAnswer> {
        LineAnswer::one_of(self.answers())
    }

    /// The sum of ACK02 over the answers that accept; `None` where one of them gives no quantity or
    /// the sum has more digits than can be kept.
    #[must_use]
    pub fn accepted_quantity(&self) -> Option<Decimal> {
        sum(self
            .statuses
            .iter()
            .map(|status| &status.acknowledgment)
            .filter(|acknowledgment| acknowledgment.answer().is_accepted())
            .map(|acknowledgment| acknowledgment.quantity))
    }
}
