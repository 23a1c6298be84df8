//! CUR, FOB and ITD.

use rust_decimal::Decimal;

use crate::document::typed::typed_segment;
use crate::value::{Date, Text, Time};

typed_segment! {
    /// In which currency amounts are: CUR.
    Currency = "CUR" {
        /// CUR01: whose currency, `BY` the buyer's or `SE` the seller's.
        1 entity: Text;
        /// CUR02: three letters, for example `USD`.
        2 code: Text;
        /// CUR03.
        3 exchange_rate: Option<Decimal>;
        /// CUR04.
        4 second_entity: Option<Text>;
        /// CUR05.
        5 second_code: Option<Text>;
        /// CUR06.
        6 market: Option<Text>;
        /// CUR07.
        7 date_qualifier: Option<Text>;
        /// CUR08.
        8 date: Option<Date>;
        /// CUR09.
        9 time: Option<Time>;
    }
}

impl Currency {
    /// The currency of the buyer (`BY`) or seller (`SE`).
    #[must_use]
    pub fn new(entity: impl Into<Text>, code: impl Into<Text>) -> Self {
        Self {
            entity: entity.into(),
            code: code.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// Who pays the freight and where the risk passes: FOB.
    FobTerms = "FOB" {
        /// FOB01: `PP` prepaid, `CC` collect, `PC` prepaid but charged to customer.
        1 payment_method: Text;
        /// FOB02: the kind of place in FOB03, for example `DE` destination.
        2 location_qualifier: Option<Text>;
        /// FOB03.
        3 location: Option<Text>;
        /// FOB04: `01` for Incoterms.
        4 terms_qualifier: Option<Text>;
        /// FOB05: for example `FOB`, `DDP`.
        5 terms: Option<Text>;
        /// FOB06.
        6 title_location_qualifier: Option<Text>;
        /// FOB07.
        7 title_location: Option<Text>;
        /// FOB08.
        8 risk_of_loss: Option<Text>;
        /// FOB09.
        9 risk_description: Option<Text>;
    }
}

typed_segment! {
    /// When and with which discount to pay: ITD.
    PaymentTerms = "ITD" {
        /// ITD01: `01` basic, `05` discount not applicable, `08` basic discount offered.
        1 terms_type: Option<Text>;
        /// ITD02: from when days count, `3` invoice date, `2` delivery date.
        2 basis_date: Option<Text>;
        /// ITD03.
        3 discount_percent: Option<Decimal>;
        /// ITD04.
        4 discount_due_date: Option<Date>;
        /// ITD05.
        5 discount_days: Option<u32>;
        /// ITD06.
        6 net_due_date: Option<Date>;
        /// ITD07.
        7 net_days: Option<u32>;
        /// ITD08.
        8 discount_amount: Option<Decimal> = n2;
        /// ITD09.
        9 deferred_due_date: Option<Date>;
        /// ITD10.
        10 deferred_amount: Option<Decimal> = n2;
        /// ITD11.
        11 percent_payable: Option<Decimal>;
        /// ITD12: in words, at most 80 characters.
        12 description: Option<Text>;
        /// ITD13.
        13 day_of_month: Option<u32>;
        /// ITD14.
        14 payment_method: Option<Text>;
        /// ITD15.
        15 percent: Option<Decimal>;
    }
}
