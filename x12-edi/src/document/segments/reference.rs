//! REF, N9, MSG and DTM.

use crate::document::typed::typed_segment;
use crate::value::{Date, Text, Time};

typed_segment! {
    /// A reference: REF.
    Reference = "REF" {
        /// REF01: `CR` customer reference, `CT` contract, `DP` department, `IA` vendor number.
        1 qualifier: Text;
        /// REF02: at most 30 characters.
        2 value: Option<Text>;
        /// REF03: at most 80 characters.
        3 description: Option<Text>;
    }
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
    NoteReference = "N9" {
        /// N901: for example `L1` letters or notes.
        1 qualifier: Text;
        /// N902: at most 30 characters.
        2 value: Option<Text>;
        /// N903: at most 45 characters.
        3 description: Option<Text>;
        /// N904.
        4 date: Option<Date>;
        /// N905.
        5 time: Option<Time>;
        /// N906.
        6 time_code: Option<Text>;
    }
}

typed_segment! {
    /// A line of text: MSG.
    Message = "MSG" {
        /// MSG01: at most 264 characters.
        1 text: Text;
        /// MSG02.
        2 carriage_control: Option<Text>;
        /// MSG03.
        3 number: Option<u32>;
    }
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
    /// A text of any length: MTX, which takes the place of MSG from 005010 on.
    LongMessage = "MTX" {
        /// MTX01: what the text is about.
        1 reference: Option<Text>;
        /// MTX02: at most 4096 characters.
        2 text: Option<Text>;
        /// MTX03: goes on behind MTX02.
        3 second_text: Option<Text>;
        /// MTX04.
        4 carriage_control: Option<Text>;
        /// MTX05, from 005010 on.
        5 number: Option<u32>;
        /// MTX06, from 005010 on.
        6 language: Option<Text>;
    }
}

impl LongMessage {
    /// A text of at most 4096 characters.
    #[must_use]
    pub fn new(text: impl Into<Text>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// A date with its meaning: DTM.
    DateReference = "DTM" {
        /// DTM01: `002` delivery requested, `010` requested ship, `011` shipped, `001` cancel after.
        1 qualifier: Text;
        /// DTM02.
        2 date: Option<Date>;
        /// DTM03.
        3 time: Option<Time>;
        /// DTM04.
        4 time_code: Option<Text>;
        /// DTM05.
        5 period_format: Option<Text>;
        /// DTM06.
        6 period: Option<Text>;
    }
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
