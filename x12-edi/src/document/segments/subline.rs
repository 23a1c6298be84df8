//! SLN: what a line consists of.

use rust_decimal::Decimal;

use super::ProductId;
use crate::document::typed::typed_segment;
use crate::value::Text;

typed_segment! {
    /// One part of an item, for example a component of a kit: SLN.
    Subline = "SLN" {
        /// SLN01: the number of the subline.
        1 number: Text;
        /// SLN02: the number of the subline around it, or of the line.
        2 parent_number: Option<Text>;
        /// SLN03: how it belongs to the line, for example `I` included, `A` added, `D` deleted.
        3 relationship: Text;
        /// SLN04.
        4 quantity: Option<Decimal>;
        /// SLN05: its unit; the first component where it is a composite.
        5 unit: Option<Text> = unit;
        /// SLN06: the price of one unit, with as many decimals as it needs.
        6 unit_price: Option<Decimal>;
        /// SLN07: for example `PE` price per each.
        7 price_basis: Option<Text>;
        /// SLN08: to what the price belongs, for example `I` included.
        8 price_relationship: Option<Text>;
        pairs 9..=28
        /// SLN09 to SLN28, at most ten.
        product_ids: ProductId;
    }
}

impl Subline {
    /// So much of a part: SLN01 and SLN03 to SLN05.
    #[must_use]
    pub fn new(
        number: impl Into<Text>,
        relationship: impl Into<Text>,
        quantity: Decimal,
        unit: impl Into<Text>,
    ) -> Self {
        Self {
            number: number.into(),
            relationship: relationship.into(),
            quantity: Some(quantity),
            unit: Some(unit.into()),
            ..Self::default()
        }
    }

    /// The same with a price of one unit.
    #[must_use]
    pub fn with_price(mut self, unit_price: Decimal) -> Self {
        self.unit_price = Some(unit_price);
        self
    }

    /// The same with one more product id, for example `VN` and the seller's number.
    #[must_use]
    pub fn with_product_id(mut self, qualifier: impl Into<Text>, id: impl Into<Text>) -> Self {
        self.product_ids.push(ProductId::new(qualifier, id));
        self
    }

    /// The product id under a qualifier.
    #[must_use]
    pub fn product_id(&self, qualifier: &str) -> Option<&str> {
        super::item::find(&self.product_ids, qualifier)
    }
}
