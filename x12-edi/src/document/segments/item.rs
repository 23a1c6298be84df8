//! PO1, IT1, PID and SCH.

use rust_decimal::Decimal;

use crate::document::typed::{Pair, typed_segment};
use crate::value::{Date, Text, Time};

/// One identification of a product: an element 235 with its 234.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ProductId {
    /// `VN` or `VP` of the seller, `BP` or `IN` of the buyer, `UP` U.P.C., `MG` of the maker.
    pub qualifier: Text,
    /// The id, at most 48 characters.
    pub id: Text,
}

impl ProductId {
    /// An id under this qualifier.
    #[must_use]
    pub fn new(qualifier: impl Into<Text>, id: impl Into<Text>) -> Self {
        Self {
            qualifier: qualifier.into(),
            id: id.into(),
        }
    }
}

impl Pair for ProductId {
    type Value = Text;

    fn from_parts(qualifier: Text, value: Text) -> Self {
        Self {
            qualifier,
            id: value,
        }
    }

    fn parts(&self) -> (&Text, &Text) {
        (&self.qualifier, &self.id)
    }
}

typed_segment! {
    /// One ordered item: PO1.
    OrderItem = "PO1" {
        /// PO101: the number of the line as the buyer gives it; it must come back in IT101.
        1 line_number: Option<Text>;
        /// PO102.
        2 quantity: Option<Decimal>;
        /// PO103: two characters, for example `EA`.
        3 unit: Option<Text>;
        /// PO104: the price of one unit, with as many decimals as it needs.
        4 unit_price: Option<Decimal>;
        /// PO105: for example `PE` price per each.
        5 price_basis: Option<Text>;
        pairs 6..=25
        /// PO106 to PO125, at most ten.
        product_ids: ProductId;
    }
}

impl OrderItem {
    /// An item with line number, quantity, unit and price.
    #[must_use]
    pub fn new(
        line_number: impl Into<Text>,
        quantity: Decimal,
        unit: impl Into<Text>,
        unit_price: Decimal,
    ) -> Self {
        Self {
            line_number: Some(line_number.into()),
            quantity: Some(quantity),
            unit: Some(unit.into()),
            unit_price: Some(unit_price),
            ..Self::default()
        }
    }

    /// The product id under a qualifier.
    #[must_use]
    pub fn product_id(&self, qualifier: &str) -> Option<&str> {
        find(&self.product_ids, qualifier)
    }
}

typed_segment! {
    /// One invoiced item: IT1.
    InvoiceItem = "IT1" {
        /// IT101: the number of the line, that of PO101 where there is an order.
        1 line_number: Option<Text>;
        /// IT102.
        2 quantity: Option<Decimal>;
        /// IT103: two characters, for example `EA`.
        3 unit: Option<Text>;
        /// IT104: the price of one unit, with as many decimals as it needs.
        4 unit_price: Option<Decimal>;
        /// IT105: for example `PE` price per each.
        5 price_basis: Option<Text>;
        pairs 6..=25
        /// IT106 to IT125, at most ten.
        product_ids: ProductId;
    }
}

impl InvoiceItem {
    /// An item with line number, quantity, unit and price.
    #[must_use]
    pub fn new(
        line_number: impl Into<Text>,
        quantity: Decimal,
        unit: impl Into<Text>,
        unit_price: Decimal,
    ) -> Self {
        Self {
            line_number: Some(line_number.into()),
            quantity: Some(quantity),
            unit: Some(unit.into()),
            unit_price: Some(unit_price),
            ..Self::default()
        }
    }

    /// The product id under a qualifier.
    #[must_use]
    pub fn product_id(&self, qualifier: &str) -> Option<&str> {
        find(&self.product_ids, qualifier)
    }
}

pub(super) fn find<'a>(ids: &'a [ProductId], qualifier: &str) -> Option<&'a str> {
    ids.iter()
        .find(|id| id.qualifier == qualifier)
        .map(|id| id.id.as_str())
}

typed_segment! {
    /// A description of a product: PID.
    Description = "PID" {
        /// PID01: `F` free-form, `S` structured, `X` both.
        1 kind: Text;
        /// PID02: what is described, for example `08` product.
        2 characteristic: Option<Text>;
        /// PID03.
        3 agency: Option<Text>;
        /// PID04.
        4 code: Option<Text>;
        /// PID05: at most 80 characters; longer texts take several segments.
        5 text: Option<Text>;
        /// PID06.
        6 position: Option<Text>;
        /// PID07.
        7 source: Option<Text>;
        /// PID08.
        8 condition: Option<Text>;
        /// PID09.
        9 language: Option<Text>;
    }
}

impl Description {
    /// A free-form text of at most 80 characters.
    #[must_use]
    pub fn free_form(text: impl Into<Text>) -> Self {
        Self {
            kind: "F".into(),
            text: Some(text.into()),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// When how much of a line is to be delivered: SCH.
    Schedule = "SCH" {
        /// SCH01.
        1 quantity: Option<Decimal>;
        /// SCH02.
        2 unit: Text;
        /// SCH03: the kind of party that SCH04 names.
        3 party_code: Option<Text>;
        /// SCH04.
        4 party_name: Option<Text>;
        /// SCH05: `002` delivery requested, `010` requested ship.
        5 date_qualifier: Text;
        /// SCH06.
        6 date: Option<Date>;
        /// SCH07.
        7 time: Option<Time>;
        /// SCH08.
        8 second_date_qualifier: Option<Text>;
        /// SCH09.
        9 second_date: Option<Date>;
        /// SCH10.
        10 second_time: Option<Time>;
        /// SCH11: the number of the request, for example of the schedule.
        11 request_reference: Option<Text>;
        /// SCH12.
        12 assigned_id: Option<Text>;
    }
}

impl Schedule {
    /// So much on that date; the qualifier says what the date means.
    #[must_use]
    pub fn new(
        quantity: Decimal,
        unit: impl Into<Text>,
        date_qualifier: impl Into<Text>,
        date: Date,
    ) -> Self {
        Self {
            quantity: Some(quantity),
            unit: unit.into(),
            date_qualifier: date_qualifier.into(),
            date: Some(date),
            ..Self::default()
        }
    }
}
