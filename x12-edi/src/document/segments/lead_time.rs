//! LDT, and LS and LE around it: how long something takes.

use rust_decimal::Decimal;

use crate::document::typed::typed_segment;
use crate::value::{Date, Text};

typed_segment! {
    /// How long something takes: LDT.
    LeadTime = "LDT" {
        /// LDT01: from what to what, for example `AA` from the date of the order to its arrival.
        1 code: Text;
        /// LDT02: how many.
        2 duration: Option<Decimal>;
        /// LDT03: of what, for example `DA` calendar days, `WK` weeks.
        3 unit: Text;
        /// LDT04.
        4 date: Option<Date>;
    }
}

impl LeadTime {
    /// So long: LDT01 to LDT03.
    #[must_use]
    pub fn new(code: impl Into<Text>, duration: Decimal, unit: impl Into<Text>) -> Self {
        Self {
            code: code.into(),
            duration: Some(duration),
            unit: unit.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// The start of a bounded loop: LS.
    LoopStart = "LS" {
        /// LS01: the segment that starts each round, for example `LDT`.
        1 id: Text;
    }
}

typed_segment! {
    /// The end of a bounded loop: LE.
    LoopEnd = "LE" {
        /// LE01: the same as LS01.
        1 id: Text;
    }
}
