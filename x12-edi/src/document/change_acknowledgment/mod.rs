//! The answer to a purchase order change, or a change that the seller makes: transaction set 865.

mod line;

use super::loops::{AmountDetail, Charge, Note, Party};
use super::parser::Parser;
use super::purchase_order_acknowledgment::OrderAnswer;
use super::purchase_order_change::PurchaseOrderChange;
use super::segments::{
    Amount, Carrier, ChangeAcknowledgmentBeginning, Contact, Currency, DateReference, Description,
    Equipment, FobTerms, Marks, Packages, PaymentTerms, Reference, SpecialHandling, Tax, Totals,
};
use super::typed::typed_document;
use crate::value::{Date, Text};

pub use line::AnsweredLine;

typed_document! {
    /// What the seller answers to a change, or changes himself: set 865.
    ///
    /// ```
    /// use x12_edi::document::change_acknowledgment::{AnsweredLine, ChangeAcknowledgment};
    /// use x12_edi::document::segments::{ChangedItem, LineAcknowledgment};
    /// use x12_edi::value::{Date, Decimal};
    ///
    /// let mut answer = ChangeAcknowledgment::new("AC", "4711", Date::new(2024, 1, 31)?);
    /// answer.beginning.change_sequence = Some("1".into());
    /// let twelve = Decimal::from(12);
    /// let item = ChangedItem::new("1", "QI", twelve, twelve, "EA");
    /// answer.lines.push(
    ///     AnsweredLine::new(item).with_answer(LineAcknowledgment::new("IQ", twelve, "EA")),
    /// );
    /// answer.count_lines();
    /// answer.check()?;
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    pub ChangeAcknowledgment = "865" of "CA", then check_totals {
        /// BCA.
        first beginning: ChangeAcknowledgmentBeginning;
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
        /// N9 with its texts.
        notes: Vec<Note>;
        /// N1 with its address.
        [also b"IN2", b"NX2", b"SI", b"FOB", b"TD1", b"TD5", b"TD3", b"TD4", b"PKG", b"MSG", b"MTX"]
        [without b"LDT"]
        parties: Vec<Party>;
        /// AMT before the lines.
        [without b"REF", b"DTM"] amounts: Vec<AmountDetail>;
        /// POC with the answers to it.
        lines: Vec<AnsweredLine>;
        /// CTT; see [`count_lines`](Self::count_lines).
        totals: Option<Totals>;
        /// AMT behind CTT, at most five.
        [after totals] total_amounts: Vec<Amount>;
    }
    members [
        b"TAX", b"CTP", b"PAM", b"CSH", b"DIS", b"INC", b"LIN", b"SI", b"MEA", b"PWK", b"PKG",
        b"PCT", b"CTB", b"G53",
    ]
    loops [
        b"LDT" => [b"QTY", b"MTX"],
        b"ADV" => [b"DTM", b"MTX"],
        b"LM" => [b"LQ"],
    ]
}

impl ChangeAcknowledgment {
    /// An original (`00`) answer of this type (BCA02, for example `AC`) to a change of an order, by
    /// its number and date.
    #[must_use]
    pub fn new(
        acknowledgment_type: impl Into<Text>,
        order_number: impl Into<Text>,
        order_date: Date,
    ) -> Self {
        Self {
            beginning: ChangeAcknowledgmentBeginning::new(
                acknowledgment_type,
                order_number,
                order_date,
            ),
            ..Self::default()
        }
    }

    /// An answer of this type to all lines of a change. The lines have no answers of their own
    /// yet, see [`AnsweredLine::with_answer`] and [`AnsweredLine::accept`].
    #[must_use]
    pub fn to_change(acknowledgment_type: impl Into<Text>, change: &PurchaseOrderChange) -> Self {
        let from = &change.beginning;
        let mut beginning = ChangeAcknowledgmentBeginning::default();
        beginning.purpose = "00".into();
        beginning.acknowledgment_type = Some(acknowledgment_type.into());
        beginning.order_number.clone_from(&from.order_number);
        beginning.release.clone_from(&from.release);
        beginning.change_sequence.clone_from(&from.change_sequence);
        beginning.order_date = from.order_date;
        beginning.contract.clone_from(&from.contract);
        beginning.change_date = from.date;
        let mut answer = Self {
            release: change.release,
            beginning,
            currency: change.currency.clone(),
            lines: change
                .lines
                .iter()
                .map(|line| AnsweredLine::new(line.item.clone()))
                .collect(),
            ..Self::default()
        };
        answer.count_lines();
        answer
    }

    /// BCA03.
    #[must_use]
    pub fn order_number(&self) -> &str {
        self.beginning.order_number.as_str()
    }

    /// What BCA02 says to the change as a whole.
    #[must_use]
    pub fn answer(&self) -> Option<OrderAnswer> {
        let code = self.beginning.acknowledgment_type.as_ref()?;
        Some(OrderAnswer::of(code.as_str()))
    }

    /// The first party of a kind, for example `ST`.
    #[must_use]
    pub fn party(&self, code: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.name.code == code)
    }

    /// The value of the first reference of a kind, for example `CO`.
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
