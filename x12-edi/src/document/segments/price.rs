//! CTP and PO3: prices beside that of the line.

use rust_decimal::Decimal;

use crate::document::typed::typed_segment;
use crate::value::{Date, Text};

typed_segment! {
    /// A price with its meaning, for example of a class of trade or from a quantity on: CTP.
    Price = "CTP" {
        /// CTP01: for which class of trade, for example `RS` resale, `WS` wholesale.
        1 class_of_trade: Option<Text>;
        /// CTP02: which price, for example `CON` contract, `UCP` unit cost, `MSR` suggested retail.
        2 code: Option<Text>;
        /// CTP03: the price of one unit, with as many decimals as it needs.
        3 unit_price: Option<Decimal>;
        /// CTP04: the quantity to which the price belongs.
        4 quantity: Option<Decimal>;
        /// CTP05: its unit; the first component where it is a composite.
        5 unit: Option<Text> = unit;
        /// CTP06: how CTP07 applies, for example `DIS` discount, `SEL` selling.
        6 multiplier_qualifier: Option<Text>;
        /// CTP07: by what the price is multiplied.
        7 multiplier: Option<Decimal>;
        /// CTP08: a rebate.
        8 amount: Option<Decimal>;
        /// CTP09: for example `PE` price per each.
        9 basis: Option<Text>;
        /// CTP10; from 004010 on.
        10 condition: Option<Text>;
        /// CTP11: how many units the price of several is for; from 004010 on.
        11 multiple_quantity: Option<u32>;
    }
}

impl Price {
    /// A price of this kind: CTP02 and CTP03.
    #[must_use]
    pub fn new(code: impl Into<Text>, unit_price: Decimal) -> Self {
        Self {
            code: Some(code.into()),
            unit_price: Some(unit_price),
            ..Self::default()
        }
    }

    /// The same for a quantity, for example from so many on.
    #[must_use]
    pub fn for_quantity(mut self, quantity: Decimal, unit: impl Into<Text>) -> Self {
        self.quantity = Some(quantity);
        self.unit = Some(unit.into());
        self
    }
}

typed_segment! {
    /// A part of a line with a price, a quantity or a date of its own: PO3.
    ItemDetail = "PO3" {
        /// PO301: why it differs.
        1 change_reason: Text;
        /// PO302.
        2 date: Option<Date>;
        /// PO303: which price, as CTP02.
        3 price_code: Option<Text>;
        /// PO304: the price of one unit.
        4 unit_price: Option<Decimal>;
        /// PO305: for example `PE` price per each.
        5 price_basis: Option<Text>;
        /// PO306.
        6 quantity: Option<Decimal>;
        /// PO307: two characters, for example `EA`.
        7 unit: Text;
        /// PO308: in words, at most 80 characters.
        8 description: Option<Text>;
    }
}

impl ItemDetail {
    /// So much of the line differs, for this reason (PO301).
    #[must_use]
    pub fn new(change_reason: impl Into<Text>, quantity: Decimal, unit: impl Into<Text>) -> Self {
        Self {
            change_reason: change_reason.into(),
            quantity: Some(quantity),
            unit: unit.into(),
            ..Self::default()
        }
    }
}
