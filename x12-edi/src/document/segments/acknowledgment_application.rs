//! BGN, OTI, TED, RED, QTY, LM and LQ.

use rust_decimal::Decimal;

use super::{ElementPlace, ElementReference};
use crate::document::typed::typed_segment;
use crate::value::{Date, Text, Time};

typed_segment! {
    /// Beginning of an application advice: BGN.
    AdviceBeginning = "BGN" {
        /// BGN01: `00` original, `11` response, `44` rejection, `08` status.
        1 purpose: Text;
        /// BGN02: the number of the advice.
        2 number: Text;
        /// BGN03: its date.
        3 date: Option<Date>;
        /// BGN04.
        4 time: Option<Time>;
        /// BGN05.
        5 time_code: Option<Text>;
        /// BGN06: the number of what it answers.
        6 reference: Option<Text>;
        /// BGN07.
        7 transaction_type: Option<Text>;
        /// BGN08: `U` reject, `WQ` accept.
        8 action: Option<Text>;
        /// BGN09; from 004010 on.
        9 security_level: Option<Text>;
    }
}

impl AdviceBeginning {
    /// An advice of this purpose, number and date.
    #[must_use]
    pub fn new(purpose: impl Into<Text>, number: impl Into<Text>, date: Date) -> Self {
        Self {
            purpose: purpose.into(),
            number: number.into(),
            date: Some(date),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// What the advice is about, and what became of it: OTI.
    OriginalTransaction = "OTI" {
        /// OTI01: see [`AdviceCode`](crate::document::application_advice::AdviceCode).
        1 code: Text;
        /// OTI02: for example `PO` purchase order number, `IV` invoice number, `TN` transaction.
        2 qualifier: Text;
        /// OTI03: the number.
        3 number: Text;
        /// OTI04: GS02 of its group.
        4 sender: Option<Text>;
        /// OTI05: GS03 of its group.
        5 receiver: Option<Text>;
        /// OTI06: GS04 of its group.
        6 date: Option<Date>;
        /// OTI07: GS05 of its group.
        7 time: Option<Time>;
        /// OTI08: GS06 of its group.
        8 group_control_number: Option<Text>;
        /// OTI09: ST02 of its set.
        9 set_control_number: Option<Text>;
        /// OTI10: ST01 of its set.
        10 set_code: Option<Text>;
        /// OTI11: GS08 of its group.
        11 version: Option<Text>;
        /// OTI12; from 004010 on, as the next ones.
        12 purpose: Option<Text>;
        /// OTI13.
        13 transaction_type: Option<Text>;
        /// OTI14.
        14 application_type: Option<Text>;
        /// OTI15.
        15 action: Option<Text>;
        /// OTI16.
        16 handling: Option<Text>;
        /// OTI17.
        17 status_reason: Option<Text>;
    }
}

impl OriginalTransaction {
    /// A document by its number, with what became of it.
    #[must_use]
    pub fn new(code: impl Into<Text>, qualifier: impl Into<Text>, number: impl Into<Text>) -> Self {
        Self {
            code: code.into(),
            qualifier: qualifier.into(),
            number: number.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// What is wrong with it: TED.
    TechnicalError = "TED" {
        /// TED01: for example `007` missing data, `009` wrong date, `024` other, `111` duplicate
        /// order, `ZZZ` as agreed.
        1 code: Text;
        /// TED02: in words, at most 60 characters.
        2 text: Option<Text>;
        /// TED03: the segment in question.
        3 segment_id: Option<Text>;
        /// TED04: its place in the set, where ST is 1.
        4 position: Option<u32>;
        /// TED05: the element; alone before 005010, with component and repetition from it on.
        5 place: ElementPlace;
        /// TED06: the number of the data element, and from 005010 on that of the component.
        6 reference: Option<ElementReference>;
        /// TED07: a copy of the bad data, at most 99 characters.
        7 value: Option<Text>;
        /// TED08: what was put in its place.
        8 new_value: Option<Text>;
    }
}

impl TechnicalError {
    /// An error in words.
    #[must_use]
    pub fn new(code: impl Into<Text>, text: impl Into<Text>) -> Self {
        Self {
            code: code.into(),
            text: Some(text.into()),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// Data that belongs to an error or a code: RED.
    RelatedData = "RED" {
        /// RED01: the data.
        1 description: Text;
        /// RED02: what it is.
        2 kind: Option<Text>;
        /// RED03: who keeps the list of codes.
        3 agency: Option<Text>;
        /// RED04.
        4 source: Option<Text>;
        /// RED05: which list of codes.
        5 list: Option<Text>;
        /// RED06: the code.
        6 code: Option<Text>;
    }
}

typed_segment! {
    /// A quantity with its meaning: QTY.
    Quantity = "QTY" {
        /// QTY01.
        1 qualifier: Text;
        /// QTY02.
        2 quantity: Option<Decimal>;
        /// QTY03: the unit; its first component where it is a composite.
        3 unit: Option<Text> = unit;
        /// QTY04; from 004010 on.
        4 text: Option<Text>;
    }
}

typed_segment! {
    /// Whose list of codes the next segments use: LM.
    CodeSource = "LM" {
        /// LM01: the agency.
        1 agency: Text;
        /// LM02: a part of its lists.
        2 source: Option<Text>;
    }
}

typed_segment! {
    /// A code of an industry: LQ.
    IndustryCode = "LQ" {
        /// LQ01: the list.
        1 list: Option<Text>;
        /// LQ02: the code.
        2 code: Option<Text>;
    }
}
