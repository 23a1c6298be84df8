//! CUR, FOB and ITD.

use rust_decimal::Decimal;

use crate::document::typed::typed_segment;
use crate::value::{Date, Text, Time};

typed_segment! {
    /// In which currency amounts are: CUR.
    Currency = "CUR", 21 elements {
        /// CUR01: whose currency, `BY` the buyer's or `SE` the seller's.
        1 entity: Text = id(2, 3) required;
        /// CUR02: three letters, for example `USD`.
        2 code: Text = id(3, 3) required;
        /// CUR03.
        3 exchange_rate: Option<Decimal> = r(4, 10);
        /// CUR04.
        4 second_entity: Option<Text> = id(2, 3);
        /// CUR05.
        5 second_code: Option<Text> = id(3, 3);
        /// CUR06.
        6 market: Option<Text> = id(3, 3);
        /// CUR07.
        7 date_qualifier: Option<Text> = id(3, 3);
        /// CUR08.
        8 date: Option<Date> = dt(8, 8);
        /// CUR09.
        9 time: Option<Time> = tm(4, 8);
    }
    notes [C(&[8, 7]), C(&[9, 7])]
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
    FobTerms = "FOB", 9 elements {
        /// FOB01: `PP` prepaid, `CC` collect, `PC` prepaid but charged to customer.
        1 payment_method: Text = id(2, 2) required;
        /// FOB02: the kind of place in FOB03, for example `DE` destination.
        2 location_qualifier: Option<Text> = id(1, 2);
        /// FOB03.
        3 location: Option<Text> = an(1, 80);
        /// FOB04: `01` for Incoterms.
        4 terms_qualifier: Option<Text> = id(2, 2);
        /// FOB05: for example `FOB`, `DDP`.
        5 terms: Option<Text> = id(3, 3);
        /// FOB06.
        6 title_location_qualifier: Option<Text> = id(1, 2);
        /// FOB07.
        7 title_location: Option<Text> = an(1, 80);
        /// FOB08.
        8 risk_of_loss: Option<Text> = id(2, 2);
        /// FOB09.
        9 risk_description: Option<Text> = an(1, 80);
    }
    notes [C(&[3, 2]), C(&[4, 5]), C(&[7, 6]), C(&[8, 9])]
}

typed_segment! {
    /// When and with which discount to pay: ITD.
    PaymentTerms = "ITD", 15 elements {
        /// ITD01: `01` basic, `05` discount not applicable, `08` basic discount offered.
        1 terms_type: Option<Text> = id(2, 2);
        /// ITD02: from when days count, `3` invoice date, `2` delivery date.
        2 basis_date: Option<Text> = id(1, 2);
        /// ITD03.
        3 discount_percent: Option<Decimal> = r(1, 6);
        /// ITD04.
        4 discount_due_date: Option<Date> = dt(8, 8);
        /// ITD05.
        5 discount_days: Option<u32> = n0(1, 3);
        /// ITD06.
        6 net_due_date: Option<Date> = dt(8, 8);
        /// ITD07.
        7 net_days: Option<u32> = n0(1, 3);
        /// ITD08.
        8 discount_amount: Option<Decimal> = n2(1, 10);
        /// ITD09.
        9 deferred_due_date: Option<Date> = dt(8, 8);
        /// ITD10.
        10 deferred_amount: Option<Decimal> = n2(1, 10);
        /// ITD11.
        11 percent_payable: Option<Decimal> = r(1, 5);
        /// ITD12: in words, at most 80 characters.
        12 description: Option<Text> = an(1, 80);
        /// ITD13.
        13 day_of_month: Option<u32> = n0(1, 2);
        /// ITD14.
        14 payment_method: Option<Text> = id(1, 2);
        /// ITD15.
        15 percent: Option<Decimal> = r(1, 10);
    }
    notes [L(&[3, 4, 5, 13]), L(&[8, 4, 5, 13]), L(&[9, 10, 11])]
}
