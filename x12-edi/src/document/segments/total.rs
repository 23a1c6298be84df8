//! AMT, TDS and CTT.

use rust_decimal::Decimal;

use crate::document::typed::typed_segment;
use crate::value::Text;

typed_segment! {
    /// An amount with its meaning: AMT.
    Amount = "AMT" {
        /// AMT01: `TT` total transaction amount, `1` line item total.
        1 qualifier: Text;
        /// AMT02: with its decimals written out.
        2 amount: Option<Decimal>;
        /// AMT03: `C` credit, `D` debit.
        3 credit_debit: Option<Text>;
    }
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
    InvoiceTotal = "TDS" {
        /// TDS01: with charges and less allowances, before the terms discount.
        1 total: Option<Decimal> = n2;
        /// TDS02: the part on which the terms discount is, where it differs.
        2 discountable: Option<Decimal> = n2;
        /// TDS03: the total less the terms discount.
        3 discounted: Option<Decimal> = n2;
        /// TDS04: the terms discount.
        4 discount: Option<Decimal> = n2;
    }
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
    Totals = "CTT" {
        /// CTT01: the number of PO1 or IT1 segments.
        1 line_items: Option<u32>;
        /// CTT02: the sum of the quantities, where partners agreed on it.
        2 hash_total: Option<Decimal>;
        /// CTT03.
        3 weight: Option<Decimal>;
        /// CTT04.
        4 weight_unit: Option<Text>;
        /// CTT05.
        5 volume: Option<Decimal>;
        /// CTT06.
        6 volume_unit: Option<Text>;
        /// CTT07.
        7 description: Option<Text>;
    }
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
