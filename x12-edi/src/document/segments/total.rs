//! AMT, TDS and CTT.

use rust_decimal::Decimal;

use crate::document::typed::typed_segment;
use crate::value::Text;

typed_segment! {
    /// An amount with its meaning: AMT.
    Amount = "AMT", 3 elements {
        /// AMT01: `TT` total transaction amount, `1` line item total.
        1 qualifier: Text = id(1, 3) required;
        /// AMT02: with its decimals written out.
        2 amount: Option<Decimal> = r(1, 18) required;
        /// AMT03: `C` credit, `D` debit.
        3 credit_debit: Option<Text> = id(1, 1);
    }
    notes []
}

impl Amount {
    /// An amount of this meaning.
    #[must_use]
    pub fn new(qualifier: impl Into<Text>, amount: Decimal) -> Self {
        Self {
            qualifier: qualifier.into(),
            amount: Some(amount),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// The total of an invoice: TDS. Amounts have two implied decimals in every currency.
    InvoiceTotal = "TDS", 4 elements {
        /// TDS01: with charges and less allowances, before the terms discount.
        1 total: Option<Decimal> = n2(1, 15) required;
        /// TDS02: the part on which the terms discount is, where it differs.
        2 discountable: Option<Decimal> = n2(1, 15);
        /// TDS03: the total less the terms discount.
        3 discounted: Option<Decimal> = n2(1, 15);
        /// TDS04: the terms discount.
        4 discount: Option<Decimal> = n2(1, 15);
    }
    notes []
}

impl InvoiceTotal {
    /// A total without terms discount.
    #[must_use]
    pub fn new(total: Decimal) -> Self {
        Self {
            total: Some(total),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// How many lines there are, and sums over them: CTT.
    Totals = "CTT", 7 elements {
        /// CTT01: the number of PO1 or IT1 segments.
        1 line_items: Option<u32> = n0(1, 6) required;
        /// CTT02: the sum of the quantities, where partners agreed on it.
        2 hash_total: Option<Decimal> = r(1, 10);
        /// CTT03.
        3 weight: Option<Decimal> = r(1, 10);
        /// CTT04.
        4 weight_unit: Option<Text> = id(2, 2);
        /// CTT05.
        5 volume: Option<Decimal> = r(1, 8);
        /// CTT06.
        6 volume_unit: Option<Text> = id(2, 2);
        /// CTT07.
        7 description: Option<Text> = an(1, 80);
    }
    notes [P(&[3, 4]), P(&[5, 6])]
}

impl Totals {
    /// So many line items.
    #[must_use]
    pub fn new(line_items: u32) -> Self {
        Self {
            line_items: Some(line_items),
            ..Self::default()
        }
    }
}
