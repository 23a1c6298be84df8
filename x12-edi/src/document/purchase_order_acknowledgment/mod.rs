//! The purchase order acknowledgment, transaction set 855: what the seller answers to an order.

mod line;

use super::loops::{Charge, Note, Party};
use super::parser::Parser;
use super::purchase_order::PurchaseOrder;
use super::segments::{
    AcknowledgmentBeginning, Amount, Carrier, Contact, Currency, DateReference, Description,
    Equipment, FobTerms, Marks, Packages, PaymentTerms, Reference, SpecialHandling, Tax, Totals,
};
use super::typed::typed_document;
use crate::value::{Date, Text};

pub use line::{AcknowledgedLine, LineStatus};

typed_document! {
    /// What the seller answers to an order: set 855.
    ///
    /// ```
    /// use x12_edi::document::purchase_order_acknowledgment::{
    ///     AcknowledgedLine, PurchaseOrderAcknowledgment,
    /// };
    /// use x12_edi::document::segments::{LineAcknowledgment, OrderItem};
    /// use x12_edi::value::{Date, Decimal};
    ///
    /// let ordered = Date::new(2024, 1, 31)?;
    /// let mut answer = PurchaseOrderAcknowledgment::new("AC", "4711", ordered);
    /// let item = OrderItem::new("1", Decimal::from(10), "EA", Decimal::new(1250, 2));
    /// answer.lines.push(
    ///     AcknowledgedLine::new(item)
    ///         .with_answer(LineAcknowledgment::new("IA", Decimal::from(6), "EA"))
    ///         .with_answer(LineAcknowledgment::new("IB", Decimal::from(4), "EA")),
    /// );
    /// answer.count_lines();
    /// answer.check()?;
    /// assert_eq!(answer.lines[0].accepted_quantity(), Some(Decimal::from(6)));
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    pub PurchaseOrderAcknowledgment = "855" of "PR", then check_totals {
        /// BAK.
        first beginning: AcknowledgmentBeginning;
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
        parties: Vec<Party>;
        /// PO1 with the answers to it.
        lines: Vec<AcknowledgedLine>;
        /// CTT; see [`count_lines`](Self::count_lines).
        totals: Option<Totals>;
        /// AMT behind CTT.
        [after totals] total_amount: Option<Amount>;
    }
    members [b"TAX", b"CTP", b"PAM", b"CSH", b"DIS", b"INC", b"LDT", b"LIN", b"SI", b"MEA", b"PWK",
        b"PKG", b"CTB"]
    loops [b"ADV" => [b"DTM", b"MTX"]]
}

impl PurchaseOrderAcknowledgment {
    /// An original (`00`) answer of this type (BAK02, for example `AC`) to an order, by its number
    /// and date.
    #[must_use]
    pub fn new(
        acknowledgment_type: impl Into<Text>,
        order_number: impl Into<Text>,
        order_date: Date,
    ) -> Self {
        Self {
            beginning: AcknowledgmentBeginning::new(acknowledgment_type, order_number, order_date),
            ..Self::default()
        }
    }

    /// An answer of this type to all lines of an order. The lines have no answers of their own
    /// yet, see [`AcknowledgedLine::with_answer`] and [`AcknowledgedLine::accept`].
    #[must_use]
    pub fn to_order(acknowledgment_type: impl Into<Text>, order: &PurchaseOrder) -> Self {
        let from = &order.beginning;
        let mut beginning = AcknowledgmentBeginning::default();
        beginning.purpose = "00".into();
        beginning.acknowledgment_type = acknowledgment_type.into();
        beginning.order_number.clone_from(&from.number);
        beginning.order_date = from.date;
        beginning.release.clone_from(&from.release);
        beginning.contract.clone_from(&from.contract);
        let mut answer = Self {
            release: order.release,
            beginning,
            currency: order.currency.clone(),
            lines: order
                .lines
                .iter()
                .map(|line| AcknowledgedLine::new(line.item.clone()))
                .collect(),
            ..Self::default()
        };
        answer.count_lines();
        answer
    }

    /// BAK03.
    #[must_use]
    pub fn order_number(&self) -> &str {
        self.beginning.order_number.as_str()
    }

    /// What BAK02 says to the order as a whole.
    #[must_use]
    pub fn answer(&self) -> OrderAnswer {
        OrderAnswer::of(self.beginning.acknowledgment_type.as_str())
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

/// What a seller answers to an order or to a change of it as a whole: the codes of BAK02 and BCA02
/// (element 587), in groups.
///
/// ```
/// use x12_edi::document::purchase_order_acknowledgment::OrderAnswer;
/// assert_eq!(OrderAnswer::of("AC"), OrderAnswer::Changed);
/// assert_eq!(OrderAnswer::of("Q7"), OrderAnswer::Other("Q7".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OrderAnswer {
    /// `AD`, `AK`, `AT`: taken as it is.
    Accepted,
    /// `AC`: taken with changes, which the lines tell.
    Changed,
    /// `AE`: taken; only the lines that differ are told.
    AcceptedButExceptions,
    /// `AH`: on hold.
    OnHold,
    /// `RD`, `RF`, `RJ`: rejected.
    Rejected,
    /// `RO`: rejected, with an offer in its place.
    CounterOffer,
    /// Any other code, as it stands.
    Other(Text),
}

impl OrderAnswer {
    /// The group of a code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        match code {
            "AD" | "AK" | "AT" => Self::Accepted,
            "AC" => Self::Changed,
            "AE" => Self::AcceptedButExceptions,
            "AH" => Self::OnHold,
            "RD" | "RF" | "RJ" => Self::Rejected,
            "RO" => Self::CounterOffer,
            other => Self::Other(other.into()),
        }
    }
}
