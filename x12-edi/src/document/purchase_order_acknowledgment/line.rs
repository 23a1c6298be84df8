//! One line of an acknowledged order and the answers to it.

use rust_decimal::Decimal;

use crate::document::loops::{Charge, ItemDescription, Note, Party};
use crate::document::purchase_order::LineSchedule;
use crate::document::segments::{
    Amount, Carrier, Contact, Currency, DateReference, Equipment, FobTerms, LineAcknowledgment,
    LineAnswer, Marks, OrderItem, Packages, Packing, PaymentTerms, Reference, SpecialHandling, Tax,
};
use crate::document::typed::typed_loop;
use crate::value::Text;

typed_loop! {
    /// One line of an acknowledged order: PO1 with what belongs to it.
    pub AcknowledgedLine {
        /// PO1, as the buyer sent it or as the seller would have it.
        first item: OrderItem;
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
        /// ACK: what becomes of the line, at most 104.
        statuses: Vec<LineStatus>;
        /// MAN.
        marks: Vec<Marks>;
        /// AMT.
        amount: Option<Amount>;
        /// TXI.
        taxes: Vec<Tax>;
        /// SCH with its carriers.
        [from V004010] schedules: Vec<LineSchedule>;
        /// N9 with its texts.
        notes: Vec<Note>;
        /// N1 with its address.
        [also b"IN2", b"NX2", b"SI", b"DTM", b"FOB", b"SCH", b"TD1", b"TD5", b"TD3", b"TD4", b"QTY", b"PKG"]
        parties: Vec<Party>;
    }
    at "855" ["PO1"]
    members [b"LIN", b"SI", b"PO3", b"CTP", b"PAM", b"MEA", b"PWK", b"IT8", b"CSH", b"DIS", b"INC",
        b"TAX", b"SDQ", b"LDT", b"CTB"]
    loops [
        b"QTY" => [b"SI"],
        b"PKG" => [b"MEA"],
        b"SLN" => [b"MSG", b"MTX", b"SI", b"PID", b"PO3", b"MEA", b"CTP", b"PAM", b"ACK", b"SAC",
            b"CUR", b"DTM", b"PO4", b"TAX", b"ADV", b"QTY", b"N9", b"N1", b"N2", b"IN2", b"N3", b"N4",
            b"NX2", b"REF", b"PER"],
    ]
    until [b"PO1", b"CTT"]
}

typed_loop! {
    /// What becomes of so much of a line: the ACK loop.
    pub LineStatus {
        /// ACK.
        first acknowledgment: LineAcknowledgment;
        /// DTM: one more date.
        date: Option<DateReference>;
    }
}

impl From<LineAcknowledgment> for LineStatus {
    fn from(acknowledgment: LineAcknowledgment) -> Self {
        Self {
            acknowledgment,
            ..Self::default()
        }
    }
}

impl AcknowledgedLine {
    /// A line without an answer.
    #[must_use]
    pub fn new(item: OrderItem) -> Self {
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
        self.item
            .product_ids
            .push(crate::document::segments::ProductId::new(qualifier, id));
        self
    }

    /// Accepts the whole line as it was ordered: one answer `IA` in place of all others.
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

    /// The sum of ACK02 over the answers that accept, in the unit of ACK03; `None` where one of
    /// them gives no quantity or the sum has more digits than can be kept.
    #[must_use]
    pub fn accepted_quantity(&self) -> Option<Decimal> {
        self.quantity_of(LineAnswer::is_accepted)
    }

    /// The sum of ACK02 over the answers that refuse or delete.
    #[must_use]
    pub fn rejected_quantity(&self) -> Option<Decimal> {
        self.quantity_of(LineAnswer::is_rejected)
    }

    /// The sum of ACK02 over the answers that backorder.
    #[must_use]
    pub fn backordered_quantity(&self) -> Option<Decimal> {
        self.quantity_of(|answer| *answer == LineAnswer::Backordered)
    }

    fn quantity_of(&self, wanted: impl Fn(&LineAnswer) -> bool) -> Option<Decimal> {
        crate::document::sum::sum(
            self.statuses
                .iter()
                .map(|status| &status.acknowledgment)
                .filter(|acknowledgment| wanted(&acknowledgment.answer()))
                .map(|acknowledgment| acknowledgment.quantity),
        )
    }
}
