//! SAC and TXI.

use rust_decimal::Decimal;

use crate::document::typed::typed_segment;
use crate::value::Text;

typed_segment! {
    /// An allowance or a charge: SAC.
    AllowanceCharge = "SAC" {
        /// SAC01: `A` allowance, `C` charge, `N` neither.
        1 indicator: Text;
        /// SAC02: the kind, for example `D240` freight.
        2 code: Option<Text>;
        /// SAC03.
        3 agency: Option<Text>;
        /// SAC04: the kind in the words of the agency.
        4 agency_code: Option<Text>;
        /// SAC05: the amount, at most two decimals.
        5 amount: Option<Decimal> = n2;
        /// SAC06: what the percentage is of.
        6 percent_qualifier: Option<Text>;
        /// SAC07.
        7 percent: Option<Decimal>;
        /// SAC08: the rate per unit.
        8 rate: Option<Decimal>;
        /// SAC09.
        9 unit: Option<Text>;
        /// SAC10.
        10 quantity: Option<Decimal>;
        /// SAC11.
        11 second_quantity: Option<Decimal>;
        /// SAC12: who pays and how, for example `06` charge to be paid by customer.
        12 handling: Option<Text>;
        /// SAC13.
        13 reference: Option<Text>;
        /// SAC14.
        14 option: Option<Text>;
        /// SAC15.
        15 description: Option<Text>;
        /// SAC16.
        16 language: Option<Text>;
    }
}

impl AllowanceCharge {
    /// A charge of this kind (SAC02) and amount.
    #[must_use]
    pub fn charge(code: impl Into<Text>, amount: Decimal) -> Self {
        Self {
            indicator: "C".into(),
            code: Some(code.into()),
            amount: Some(amount),
            ..Self::default()
        }
    }

    /// An allowance of this kind (SAC02) and amount.
    #[must_use]
    pub fn allowance(code: impl Into<Text>, amount: Decimal) -> Self {
        Self {
            indicator: "A".into(),
            ..Self::charge(code, amount)
        }
    }
}

typed_segment! {
    /// A tax: TXI.
    Tax = "TXI" {
        /// TXI01: for example `ST` state sales tax, `VA` value added tax, `TX` all taxes.
        1 tax_type: Text;
        /// TXI02.
        2 amount: Option<Decimal>;
        /// TXI03.
        3 percent: Option<Decimal>;
        /// TXI04.
        4 jurisdiction_qualifier: Option<Text>;
        /// TXI05.
        5 jurisdiction: Option<Text>;
        /// TXI06: whether the buyer is exempt.
        6 exempt: Option<Text>;
        /// TXI07.
        7 relationship: Option<Text>;
        /// TXI08: the amount on which the percentage is.
        8 basis: Option<Decimal>;
        /// TXI09: the tax identification number.
        9 tax_id: Option<Text>;
        /// TXI10.
        10 assigned_id: Option<Text>;
    }
}

impl Tax {
    /// A tax of this type and amount.
    #[must_use]
    pub fn new(tax_type: impl Into<Text>, amount: Decimal) -> Self {
        Self {
            tax_type: tax_type.into(),
            amount: Some(amount),
            ..Self::default()
        }
    }
}
