//! BEG and BIG.

use crate::document::typed::typed_segment;
use crate::value::{Date, Text};

typed_segment! {
    /// Beginning of a purchase order: BEG.
    OrderBeginning = "BEG" {
        /// BEG01: `00` original, `05` replace, `06` confirmation, `01` cancellation, `07` duplicate.
        1 purpose: Text;
        /// BEG02: `SA` stand-alone, `NE` new, `BK` blanket, `RL` release, `KN` purchase order.
        2 order_type: Text;
        /// BEG03: the number of the order, at most 22 characters.
        3 number: Text;
        /// BEG04: the release of a blanket order.
        4 release: Option<Text>;
        /// BEG05: the date of the order.
        5 date: Option<Date>;
        /// BEG06.
        6 contract: Option<Text>;
        /// BEG07: which acknowledgment the buyer wants, for example `AD`.
        7 acknowledgment: Option<Text>;
        /// BEG08.
        8 invoice_type: Option<Text>;
        /// BEG09.
        9 contract_type: Option<Text>;
        /// BEG10.
        10 purchase_category: Option<Text>;
        /// BEG11.
        11 security_level: Option<Text>;
        /// BEG12.
        12 transaction_type: Option<Text>;
    }
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
    InvoiceBeginning = "BIG" {
        /// BIG01: the date of the invoice.
        1 date: Option<Date>;
        /// BIG02: the number of the invoice, at most 22 characters.
        2 number: Text;
        /// BIG03: the date of the order.
        3 order_date: Option<Date>;
        /// BIG04: the number of the order.
        4 order_number: Option<Text>;
        /// BIG05: the release of a blanket order.
        5 release: Option<Text>;
        /// BIG06: the change of the order.
        6 change_sequence: Option<Text>;
        /// BIG07: `DI` debit invoice, `CN` credit invoice, `CR` credit memo, `DR` debit memo, `PR`
        /// product or service.
        7 transaction_type: Option<Text>;
        /// BIG08: `00` original, `01` cancellation, `05` replace.
        8 purpose: Option<Text>;
        /// BIG09.
        9 action: Option<Text>;
        /// BIG10: the number of a related invoice.
        10 related_invoice: Option<Text>;
    }
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
