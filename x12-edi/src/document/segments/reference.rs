//! REF, N9, MSG and DTM.

use crate::document::typed::typed_segment;
use crate::value::{Date, Text, Time};

typed_segment! {
    /// A reference: REF.
    Reference = "REF", 4 elements {
        /// REF01: `CR` customer reference, `CT` contract, `DP` department, `IA` vendor number.
        1 qualifier: Text = id(2, 3) required;
        /// REF02: at most 30 characters.
        2 value: Option<Text> = an(1, 30);
        /// REF03: at most 80 characters.
        3 description: Option<Text> = an(1, 80);
    }
    notes [R(&[2, 3])]
}

impl Reference {
    /// A reference of this kind and value.
    #[must_use]
    pub fn new(qualifier: impl Into<Text>, value: impl Into<Text>) -> Self {
        Self {
            qualifier: qualifier.into(),
            value: Some(value.into()),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// The reference under which messages stand: N9.
    NoteReference = "N9", 7 elements {
        /// N901: for example `L1` letters or notes.
        1 qualifier: Text = id(2, 3) required;
        /// N902: at most 30 characters.
        2 value: Option<Text> = an(1, 30);
        /// N903: at most 45 characters.
        3 description: Option<Text> = an(1, 45);
        /// N904.
        4 date: Option<Date> = dt(8, 8);
        /// N905.
        5 time: Option<Time> = tm(4, 8);
        /// N906.
        6 time_code: Option<Text> = id(2, 2);
    }
    notes [R(&[2, 3]), C(&[6, 5])]
}

typed_segment! {
    /// A line of text: MSG.
    Message = "MSG", 3 elements {
        /// MSG01: at most 264 characters.
        1 text: Text = an(1, 264) required;
        /// MSG02.
        2 carriage_control: Option<Text> = id(2, 2);
        /// MSG03.
        3 number: Option<u32> = n0(1, 9);
    }
    notes [C(&[3, 2])]
}

impl Message {
    /// A line of text of at most 264 characters.
    #[must_use]
    pub fn new(text: impl Into<Text>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// A date with its meaning: DTM.
    DateReference = "DTM", 6 elements {
        /// DTM01: `002` delivery requested, `010` requested ship, `011` shipped, `001` cancel after.
        1 qualifier: Text = id(3, 3) required;
        /// DTM02.
        2 date: Option<Date> = dt(8, 8);
        /// DTM03.
        3 time: Option<Time> = tm(4, 8);
        /// DTM04.
        4 time_code: Option<Text> = id(2, 2);
        /// DTM05.
        5 period_format: Option<Text> = id(2, 3);
        /// DTM06.
        6 period: Option<Text> = an(1, 35);
    }
    notes [R(&[2, 3, 5]), C(&[4, 3]), P(&[5, 6])]
}

impl DateReference {
    /// A date of this meaning.
    #[must_use]
    pub fn new(qualifier: impl Into<Text>, date: Date) -> Self {
        Self {
            qualifier: qualifier.into(),
            date: Some(date),
            ..Self::default()
        }
    }
}
