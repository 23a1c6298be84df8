//! BAK and ACK.

use rust_decimal::Decimal;

use super::ProductId;
use crate::document::typed::typed_segment;
use crate::value::{Date, Text};

typed_segment! {
    /// Beginning of a purchase order acknowledgment: BAK.
    AcknowledgmentBeginning = "BAK" {
        /// BAK01: `00` original, `04` change, `05` replace, `06` confirmation.
        1 purpose: Text;
        /// BAK02: the answer to the order as a whole, for example `AC`, `AD`, `AK`, `RD`, `RJ`.
        2 acknowledgment_type: Text;
        /// BAK03: the number of the order, at most 22 characters.
        3 order_number: Text;
        /// BAK04: the date of the order.
        4 order_date: Option<Date>;
        /// BAK05: the release of a blanket order.
        5 release: Option<Text>;
        /// BAK06: the number of the request for it.
        6 request_reference: Option<Text>;
        /// BAK07.
        7 contract: Option<Text>;
        /// BAK08: the seller's own order number.
        8 seller_order_number: Option<Text>;
        /// BAK09: the date of the acknowledgment.
        9 date: Option<Date>;
        /// BAK10.
        10 transaction_type: Option<Text>;
    }
}

impl AcknowledgmentBeginning {
    /// An original (`00`) acknowledgment of this type (BAK02) of an order, by number and date.
    #[must_use]
    pub fn new(
        acknowledgment_type: impl Into<Text>,
        order_number: impl Into<Text>,
        order_date: Date,
    ) -> Self {
        Self {
            purpose: "00".into(),
            acknowledgment_type: acknowledgment_type.into(),
            order_number: order_number.into(),
            order_date: Some(order_date),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// What becomes of so much of a line: ACK.
    LineAcknowledgment = "ACK" {
        /// ACK01: the code of the answer; see [`answer`](Self::answer).
        1 status: Text;
        /// ACK02: how much of the line this is about.
        2 quantity: Option<Decimal>;
        /// ACK03: two characters, for example `EA`.
        3 unit: Option<Text>;
        /// ACK04: what the date means, `067` current schedule delivery, `068` current schedule
        /// ship, `069` promised for delivery.
        4 date_qualifier: Option<Text>;
        /// ACK05.
        5 date: Option<Date>;
        /// ACK06: the number of the request for it.
        6 request_reference: Option<Text>;
        pairs 7..=26
        /// ACK07 to ACK26, at most ten: what is sent in place of what was ordered, or for it.
        product_ids: ProductId;
        then {
            /// ACK27: whose code ACK29 is.
            27 agency: Option<Text>;
            /// ACK28.
            28 source: Option<Text>;
            /// ACK29: for example why the line is refused.
            29 industry_code: Option<Text>;
        }
    }
}

impl LineAcknowledgment {
    /// An answer (ACK01) about so much.
    #[must_use]
    pub fn new(status: impl Into<Text>, quantity: Decimal, unit: impl Into<Text>) -> Self {
        Self {
            status: status.into(),
            quantity: Some(quantity),
            unit: Some(unit.into()),
            ..Self::default()
        }
    }

    /// The same with a date: ACK04 and ACK05.
    #[must_use]
    pub fn with_date(mut self, qualifier: impl Into<Text>, date: Date) -> Self {
        self.date_qualifier = Some(qualifier.into());
        self.date = Some(date);
        self
    }

    /// The product id under a qualifier.
    #[must_use]
    pub fn product_id(&self, qualifier: &str) -> Option<&str> {
        super::item::find(&self.product_ids, qualifier)
    }

    /// What ACK01 says, sorted by what a buyer has to do about it.
    #[must_use]
    pub fn answer(&self) -> LineAnswer {
        LineAnswer::of(self.status.as_str())
    }
}

/// What a seller answers to a line: the codes of ACK01 (element 668), in groups.
///
/// ```
/// use x12_edi::document::segments::LineAnswer;
/// assert_eq!(LineAnswer::of("IB"), LineAnswer::Backordered);
/// assert!(LineAnswer::of("R2").is_rejected());
/// assert_eq!(LineAnswer::of("Q7"), LineAnswer::Other("Q7".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LineAnswer {
    /// `IA`, `AR`, `AC`, `AA`: as ordered.
    Accepted,
    /// `IC`: accepted with changes.
    Changed,
    /// `IQ`: accepted with another quantity.
    QuantityChanged,
    /// `IP`: accepted at another price.
    PriceChanged,
    /// `IE`: accepted, the price is not fixed yet.
    PricePending,
    /// `DR`: accepted for another date.
    Rescheduled,
    /// `SP`: accepted, the date is not fixed yet.
    DatePending,
    /// `IS`: accepted, but something else will come.
    Substituted,
    /// `BP`: a part comes, the rest is backordered.
    PartlyBackordered,
    /// `IB`: backordered.
    Backordered,
    /// `IH`, `IF`, `IW`: on hold.
    OnHold,
    /// `ID`: deleted.
    Deleted,
    /// `IR`, `R1` to `R8`: rejected.
    Rejected,
    /// Any other code, as it stands.
    Other(Text),
}

impl LineAnswer {
    /// The group of a code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        match code {
            "IA" | "AR" | "AC" | "AA" => Self::Accepted,
            "IC" => Self::Changed,
            "IQ" => Self::QuantityChanged,
            "IP" => Self::PriceChanged,
            "IE" => Self::PricePending,
            "DR" => Self::Rescheduled,
            "SP" => Self::DatePending,
            "IS" => Self::Substituted,
            "BP" => Self::PartlyBackordered,
            "IB" => Self::Backordered,
            "IH" | "IF" | "IW" => Self::OnHold,
            "ID" => Self::Deleted,
            "IR" | "R1" | "R2" | "R3" | "R4" | "R5" | "R6" | "R7" | "R8" => Self::Rejected,
            other => Self::Other(other.into()),
        }
    }

    /// The answer, if there is one and all others are the same.
    pub(crate) fn one_of(mut answers: impl Iterator<Item = Self>) -> Option<Self> {
        let first = answers.next()?;
        answers.all(|answer| answer == first).then_some(first)
    }

    /// Whether the seller will send something, as ordered or not.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(
            self,
            Self::Accepted
                | Self::Changed
                | Self::QuantityChanged
                | Self::PriceChanged
                | Self::PricePending
                | Self::Rescheduled
                | Self::DatePending
                | Self::Substituted
                | Self::PartlyBackordered
        )
    }

    /// Whether nothing of it will come: rejected or deleted.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        matches!(self, Self::Rejected | Self::Deleted)
    }

    /// Whether it is exactly as ordered.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        matches!(self, Self::Accepted)
    }
}
