//! The purchase order change that the buyer makes, transaction set 860.

mod line;

use super::loops::{AmountDetail, Charge, Note, Party};
use super::parser::Parser;
use super::purchase_order::PurchaseOrder;
use super::segments::{
    Amount, Carrier, ChangeBeginning, Contact, Currency, DateReference, Description, Equipment,
    FobTerms, Marks, Packages, PaymentTerms, Reference, SpecialHandling, Tax, Totals,
};
use super::typed::typed_document;
use crate::value::{Date, Text};

pub use line::ChangedLine;

typed_document! {
    /// What the buyer changes of an order: set 860.
    ///
    /// ```
    /// use x12_edi::document::purchase_order_change::{ChangedLine, PurchaseOrderChange};
    /// use x12_edi::document::segments::{ChangedItem, LineChange};
    /// use x12_edi::value::{Date, Decimal};
    ///
    /// let mut change = PurchaseOrderChange::new("4711", Date::new(2024, 1, 31)?);
    /// change.beginning.change_sequence = Some("1".into());
    /// let (now, left) = (Decimal::from(12), Decimal::from(8));
    /// let item = ChangedItem::new("1", "QI", now, left, "EA").with_price(Decimal::new(1250, 2));
    /// change.lines.push(ChangedLine::new(item).with_product_id("VN", "AB-1"));
    /// change.count_lines();
    /// change.check()?;
    /// assert_eq!(change.lines[0].item.change(), LineChange::QuantityIncreased);
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    pub PurchaseOrderChange = "860" of "PC", then check_totals {
        /// BCH.
        first beginning: ChangeBeginning;
        /// CUR.
        currency: Option<Currency>;
        /// REF.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
        /// FOB.
        fob: Vec<FobTerms>;
        /// SAC of the whole order.
        [without b"TXI", b"CTP"] charges: Vec<Charge>;
        /// ITD.
        terms: Vec<PaymentTerms>;
        /// DTM.
        dates: Vec<DateReference>;
        /// PID of the whole order.
        descriptions: Vec<Description>;
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
        /// TXI of the whole order.
        taxes: Vec<Tax>;
        /// AMT before the lines.
        amounts: Vec<AmountDetail>;
        /// N9 with its texts.
        notes: Vec<Note>;
        /// N1 with its address.
        [also b"IN2", b"NX2", b"SI", b"FOB", b"TD1", b"TD5", b"TD3", b"TD4", b"PKG"]
        [without b"LDT"]
        parties: Vec<Party>;
        /// POC with what belongs to it; there are none where only the heading changes.
        lines: Vec<ChangedLine>;
        /// CTT; see [`count_lines`](Self::count_lines).
        totals: Option<Totals>;
        /// AMT behind CTT, at most five.
        [after totals] total_amounts: Vec<Amount>;
    }
    members [
        b"TAX", b"CTP", b"PAM", b"CSH", b"DIS", b"INC", b"LIN", b"SI", b"MEA", b"PWK", b"PKG",
        b"CTB", b"G53", b"PCT",
    ]
    loops [
        b"LDT" => [b"QTY", b"MTX", b"REF"],
        b"LM" => [b"LQ"],
        b"SPI" => [
            b"REF", b"DTM", b"MSG", b"MTX", b"N1", b"N2", b"N3", b"N4", b"G61", b"CB1", b"LDT",
        ],
        b"ADV" => [b"DTM", b"MTX"],
    ]
}

impl PurchaseOrderChange {
    /// A change (`04`) of a stand-alone (`SA`) order of this number and date, without lines.
    #[must_use]
    pub fn new(order_number: impl Into<Text>, order_date: Date) -> Self {
        Self {
            beginning: ChangeBeginning::new(order_number, order_date),
            ..Self::default()
        }
    }

    /// A change (`04`) of this order, without lines: BEG02 to BEG06 become BCH02 to BCH08.
    #[must_use]
    pub fn of_order(order: &PurchaseOrder) -> Self {
        let from = &order.beginning;
        let mut beginning = ChangeBeginning::default();
        beginning.purpose = "04".into();
        beginning.order_type.clone_from(&from.order_type);
        beginning.order_number.clone_from(&from.number);
        beginning.release.clone_from(&from.release);
        beginning.order_date = from.date;
        beginning.contract.clone_from(&from.contract);
        Self {
            release: order.release,
            beginning,
            currency: order.currency.clone(),
            ..Self::default()
        }
    }

    /// BCH03.
    #[must_use]
    pub fn order_number(&self) -> &str {
        self.beginning.order_number.as_str()
    }

    /// Whether the whole order is cancelled: BCH01 is `01`.
    #[must_use]
    pub fn is_cancellation(&self) -> bool {
        self.beginning.purpose == "01"
    }

    /// The first party of a kind, for example `ST`.
    #[must_use]
    pub fn party(&self, code: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.name.code == code)
    }

    /// The value of the first reference of a kind, for example `CR`.
    #[must_use]
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        let found = self.references.iter().find(|r| r.qualifier == qualifier)?;
        found.value.as_ref().map(Text::as_str)
    }

    /// Sets CTT01 to the number of lines.
    pub fn count_lines(&mut self) {
        let count = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        self.totals.get_or_insert_default().line_items = Some(count);
    }

    fn check_totals(&self, parser: &mut Parser<'_>) {
        let declared = self.totals.as_ref().and_then(|totals| totals.line_items);
        parser.check_line_count(declared, self.lines.len());
    }
}
