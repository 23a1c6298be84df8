//! BCH, BCA and POC.

use rust_decimal::Decimal;

use super::ProductId;
use crate::document::typed::typed_segment;
use crate::value::{Date, Text};

typed_segment! {
    /// Beginning of a change that the buyer makes: BCH.
    ChangeBeginning = "BCH" {
        /// BCH01: `04` change, `01` cancellation, `05` replace, `00` original.
        1 purpose: Text;
        /// BCH02: the type of the order, for example `SA` stand-alone, `CP` change to order.
        2 order_type: Text;
        /// BCH03: the number of the order, at most 22 characters.
        3 order_number: Text;
        /// BCH04: the release of a blanket order.
        4 release: Option<Text>;
        /// BCH05: which change of the order this is.
        5 change_sequence: Option<Text>;
        /// BCH06: the date of the order.
        6 order_date: Option<Date>;
        /// BCH07: the number of the request for it.
        7 request_reference: Option<Text>;
        /// BCH08.
        8 contract: Option<Text>;
        /// BCH09: a further reference, for example the seller's order number.
        9 reference: Option<Text>;
        /// BCH10: the date of the acknowledgment that is changed.
        10 acknowledgment_date: Option<Date>;
        /// BCH11: the date of the change.
        11 date: Option<Date>;
        /// BCH12.
        12 contract_type: Option<Text>;
        /// BCH13.
        13 security_level: Option<Text>;
        /// BCH14: which acknowledgment the buyer wants, for example `AD`.
        14 acknowledgment: Option<Text>;
        /// BCH15.
        15 transaction_type: Option<Text>;
        /// BCH16.
        16 purchase_category: Option<Text>;
    }
}

impl ChangeBeginning {
    /// A change (`04`) of a stand-alone (`SA`) order of this number and date.
    #[must_use]
    pub fn new(order_number: impl Into<Text>, order_date: Date) -> Self {
        Self {
            purpose: "04".into(),
            order_type: "SA".into(),
            order_number: order_number.into(),
            order_date: Some(order_date),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// Beginning of an answer to a change, or of a change that the seller makes: BCA.
    ChangeAcknowledgmentBeginning = "BCA" {
        /// BCA01: `00` original, `05` replace, `19` change that the seller starts.
        1 purpose: Text;
        /// BCA02: the answer to the change as a whole, for example `AC`, `AD`, `AK`, `RJ`.
        2 acknowledgment_type: Option<Text>;
        /// BCA03: the number of the order, at most 22 characters.
        3 order_number: Text;
        /// BCA04: the release of a blanket order.
        4 release: Option<Text>;
        /// BCA05: which change of the order this answers.
        5 change_sequence: Option<Text>;
        /// BCA06: the date of the order.
        6 order_date: Option<Date>;
        /// BCA07: the number of the request for it.
        7 request_reference: Option<Text>;
        /// BCA08.
        8 contract: Option<Text>;
        /// BCA09: a further reference, for example the seller's order number.
        9 reference: Option<Text>;
        /// BCA10: the date of the acknowledgment.
        10 acknowledgment_date: Option<Date>;
        /// BCA11: the date of the change.
        11 change_date: Option<Date>;
        /// BCA12: a further date.
        12 further_date: Option<Date>;
        /// BCA13: the type of the order.
        13 order_type: Option<Text>;
        /// BCA14.
        14 security_level: Option<Text>;
        /// BCA15.
        15 transaction_type: Option<Text>;
    }
}

impl ChangeAcknowledgmentBeginning {
    /// An original (`00`) answer of this type (BCA02) to a change of an order.
    #[must_use]
    pub fn new(
        acknowledgment_type: impl Into<Text>,
        order_number: impl Into<Text>,
        order_date: Date,
    ) -> Self {
        Self {
            purpose: "00".into(),
            acknowledgment_type: Some(acknowledgment_type.into()),
            order_number: order_number.into(),
            order_date: Some(order_date),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// One changed item: POC.
    ChangedItem = "POC" {
        /// POC01: the number of the line, that of PO101 of the order.
        1 line_number: Option<Text>;
        /// POC02: the code of the change; see [`change`](Self::change).
        2 change_code: Text;
        /// POC03: the quantity that is ordered now.
        3 quantity: Option<Decimal>;
        /// POC04: how much of it is still to come.
        4 quantity_left: Option<Decimal>;
        /// POC05: two characters, for example `EA`; of a composite the first component.
        5 unit: Option<Text> = unit;
        /// POC06: the price of one unit, with as many decimals as it needs.
        6 unit_price: Option<Decimal>;
        /// POC07: for example `PE` price per each.
        7 price_basis: Option<Text>;
        pairs 8..=27
        /// POC08 to POC27, at most ten.
        product_ids: ProductId;
    }
}

impl ChangedItem {
    /// A changed item (POC02) with line number, quantity ordered now, quantity still to come, and
    /// unit.
    #[must_use]
    pub fn new(
        line_number: impl Into<Text>,
        change_code: impl Into<Text>,
        quantity: Decimal,
        quantity_left: Decimal,
        unit: impl Into<Text>,
    ) -> Self {
        Self {
            line_number: Some(line_number.into()),
            change_code: change_code.into(),
            quantity: Some(quantity),
            quantity_left: Some(quantity_left),
            unit: Some(unit.into()),
            ..Self::default()
        }
    }

    /// The same at this price of one unit.
    #[must_use]
    pub fn with_price(mut self, unit_price: Decimal) -> Self {
        self.unit_price = Some(unit_price);
        self
    }

    /// The product id under a qualifier.
    #[must_use]
    pub fn product_id(&self, qualifier: &str) -> Option<&str> {
        super::item::find(&self.product_ids, qualifier)
    }

    /// What POC02 says.
    #[must_use]
    pub fn change(&self) -> LineChange {
        LineChange::of(self.change_code.as_str())
    }
}

/// How a line changes: the codes of POC02 (element 670), those that concern lines.
///
/// ```
/// use x12_edi::document::segments::LineChange;
/// assert_eq!(LineChange::of("DI"), LineChange::Deleted);
/// assert_eq!(LineChange::of("Q7"), LineChange::Other("Q7".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LineChange {
    /// `AI`: a new line.
    Added,
    /// `DI`: the line goes away.
    Deleted,
    /// `CA`: the line changes, its values are those given.
    Changed,
    /// `RZ`: all values are replaced by those given.
    Replaced,
    /// `NC`: nothing changes.
    Unchanged,
    /// `QI`: more.
    QuantityIncreased,
    /// `QD`: less.
    QuantityDecreased,
    /// `PC`: the price.
    PriceChanged,
    /// `PQ`: price and quantity.
    PriceAndQuantityChanged,
    /// `RS`, `CT`, `RB`: the dates.
    Rescheduled,
    /// `RQ`: dates and quantity.
    RescheduledWithQuantity,
    /// `PR`: dates and price.
    RescheduledWithPrice,
    /// `MU`: price, quantity and dates.
    RescheduledWithPriceAndQuantity,
    /// `RE`, `RM`: another item takes its place.
    ItemReplaced,
    /// `TI`: the line moves elsewhere.
    Transferred,
    /// `RC`: the change is refused.
    Refused,
    /// Any other code, as it stands.
    Other(Text),
}

impl LineChange {
    /// The meaning of a code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        match code {
            "AI" => Self::Added,
            "DI" => Self::Deleted,
            "CA" => Self::Changed,
            "RZ" => Self::Replaced,
            "NC" => Self::Unchanged,
            "QI" => Self::QuantityIncreased,
            "QD" => Self::QuantityDecreased,
            "PC" => Self::PriceChanged,
            "PQ" => Self::PriceAndQuantityChanged,
            "RS" | "CT" | "RB" => Self::Rescheduled,
            "RQ" => Self::RescheduledWithQuantity,
            "PR" => Self::RescheduledWithPrice,
            "MU" => Self::RescheduledWithPriceAndQuantity,
            "RE" | "RM" => Self::ItemReplaced,
            "TI" => Self::Transferred,
            "RC" => Self::Refused,
            other => Self::Other(other.into()),
        }
    }
}
