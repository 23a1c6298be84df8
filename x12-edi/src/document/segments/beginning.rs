//! BEG and BIG.

use crate::document::typed::typed_segment;
use crate::value::{Date, Text};

typed_segment! {
    /// Beginning of a purchase order: BEG.
    OrderBeginning = "BEG", 12 elements {
        /// BEG01: `00` original, `05` replace, `06` confirmation, `01` cancellation, `07` duplicate.
        1 purpose: Text = id(2, 2) required;
        /// BEG02: `SA` stand-alone, `NE` new, `BK` blanket, `RL` release, `KN` purchase order.
        2 order_type: Text = id(2, 2) required;
        /// BEG03: the number of the order, at most 22 characters.
        3 number: Text = an(1, 22) required;
        /// BEG04: the release of a blanket order.
        4 release: Option<Text> = an(1, 30);
        /// BEG05: the date of the order.
        5 date: Option<Date> = dt(8, 8) required;
        /// BEG06.
        6 contract: Option<Text> = an(1, 30);
        /// BEG07: which acknowledgment the buyer wants, for example `AD`.
        7 acknowledgment: Option<Text> = id(2, 2);
        /// BEG08.
        8 invoice_type: Option<Text> = id(3, 3);
        /// BEG09.
        9 contract_type: Option<Text> = id(2, 2);
        /// BEG10.
        10 purchase_category: Option<Text> = id(2, 2);
        /// BEG11.
        11 security_level: Option<Text> = id(2, 2);
        /// BEG12.
        12 transaction_type: Option<Text> = id(2, 2);
    }
    notes []
}

impl OrderBeginning {
    /// An original (`00`) stand-alone (`SA`) order.
    #[must_use]
    pub fn new(number: impl Into<Text>, date: Date) -> Self {
        Self {
            purpose: "00".into(),
            order_type: "SA".into(),
            number: number.into(),
            date: Some(date),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// Beginning of an invoice: BIG.
    InvoiceBeginning = "BIG", 10 elements {
        /// BIG01: the date of the invoice.
        1 date: Option<Date> = dt(8, 8) required;
        /// BIG02: the number of the invoice, at most 22 characters.
        2 number: Text = an(1, 22) required;
        /// BIG03: the date of the order.
        3 order_date: Option<Date> = dt(8, 8);
        /// BIG04: the number of the order.
        4 order_number: Option<Text> = an(1, 22);
        /// BIG05: the release of a blanket order.
        5 release: Option<Text> = an(1, 30);
        /// BIG06: the change of the order.
        6 change_sequence: Option<Text> = an(1, 8);
        /// BIG07: `DI` debit invoice, `CN` credit invoice, `CR` credit memo, `DR` debit memo, `PR`
        /// product or service.
        7 transaction_type: Option<Text> = id(2, 2);
        /// BIG08: `00` original, `01` cancellation, `05` replace.
        8 purpose: Option<Text> = id(2, 2);
        /// BIG09.
        9 action: Option<Text> = id(1, 2);
        /// BIG10: the number of a related invoice.
        10 related_invoice: Option<Text> = an(1, 22);
    }
    notes []
}

impl InvoiceBeginning {
    /// An invoice of this number and date.
    #[must_use]
    pub fn new(number: impl Into<Text>, date: Date) -> Self {
        Self {
            number: number.into(),
            date: Some(date),
            ..Self::default()
        }
    }
}
