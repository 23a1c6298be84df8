//! SAC and TXI.

use rust_decimal::Decimal;

use crate::document::typed::typed_segment;
use crate::value::Text;

typed_segment! {
    /// An allowance or a charge: SAC.
    AllowanceCharge = "SAC", 16 elements {
        /// SAC01: `A` allowance, `C` charge, `N` neither.
        1 indicator: Text = id(1, 1) required;
        /// SAC02: the kind, for example `D240` freight.
        2 code: Option<Text> = id(4, 4);
        /// SAC03.
        3 agency: Option<Text> = id(2, 2);
        /// SAC04: the kind in the words of the agency.
        4 agency_code: Option<Text> = an(1, 10);
        /// SAC05: the amount, at most two decimals.
        5 amount: Option<Decimal> = n2(1, 15);
        /// SAC06: what the percentage is of.
        6 percent_qualifier: Option<Text> = id(1, 1);
        /// SAC07.
        7 percent: Option<Decimal> = r(1, 6);
        /// SAC08: the rate per unit.
        8 rate: Option<Decimal> = r(1, 9);
        /// SAC09.
        9 unit: Option<Text> = id(2, 2);
        /// SAC10.
        10 quantity: Option<Decimal> = r(1, 15);
        /// SAC11.
        11 second_quantity: Option<Decimal> = r(1, 15);
        /// SAC12: who pays and how, for example `06` charge to be paid by customer.
        12 handling: Option<Text> = id(2, 2);
        /// SAC13.
        13 reference: Option<Text> = an(1, 30);
        /// SAC14.
        14 option: Option<Text> = an(1, 20);
        /// SAC15.
        15 description: Option<Text> = an(1, 80);
        /// SAC16.
        16 language: Option<Text> = id(2, 3);
    }
    notes [R(&[2, 3]), P(&[3, 4]), P(&[6, 7]), P(&[9, 10]), C(&[11, 10]), L(&[13, 2, 4]), C(&[14, 13]), C(&[16, 15])]
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
    Tax = "TXI", 10 elements {
        /// TXI01: for example `ST` state sales tax, `VA` value added tax, `TX` all taxes.
        1 tax_type: Text = id(2, 2) required;
        /// TXI02.
        2 amount: Option<Decimal> = r(1, 18);
        /// TXI03.
        3 percent: Option<Decimal> = r(1, 10);
        /// TXI04.
        4 jurisdiction_qualifier: Option<Text> = id(2, 2);
        /// TXI05.
        5 jurisdiction: Option<Text> = an(1, 10);
        /// TXI06: whether the buyer is exempt.
        6 exempt: Option<Text> = id(1, 1);
        /// TXI07.
        7 relationship: Option<Text> = id(1, 1);
        /// TXI08: the amount on which the percentage is.
        8 basis: Option<Decimal> = r(1, 9);
        /// TXI09: the tax identification number.
        9 tax_id: Option<Text> = an(1, 20);
        /// TXI10.
        10 assigned_id: Option<Text> = an(1, 20);
    }
    notes [R(&[2, 3, 6]), P(&[4, 5]), C(&[8, 3])]
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
