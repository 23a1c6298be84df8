//! N1 to N4 and PER.

use crate::document::typed::{Pair, typed_segment};
use crate::value::Text;

typed_segment! {
    /// Who: N1.
    PartyName = "N1" {
        /// N101: `BY` buyer, `SE` seller, `SU` supplier, `ST` ship to, `BT` bill to, `RE` remit to.
        1 code: Text;
        /// N102: at most 60 characters.
        2 name: Option<Text>;
        /// N103: `1` D-U-N-S, `9` D-U-N-S with suffix, `92` assigned by the buyer, `UL` GLN.
        3 id_qualifier: Option<Text>;
        /// N104.
        4 id: Option<Text>;
        /// N105.
        5 relationship: Option<Text>;
        /// N106.
        6 related_code: Option<Text>;
    }
}

typed_segment! {
    /// More of a name: N2.
    AdditionalName = "N2" {
        /// N201.
        1 name: Text;
        /// N202.
        2 second_name: Option<Text>;
    }
}

typed_segment! {
    /// Street lines: N3.
    AddressLine = "N3" {
        /// N301: at most 55 characters.
        1 line: Text;
        /// N302: at most 55 characters.
        2 second_line: Option<Text>;
    }
}

impl AddressLine {
    /// One street line.
    #[must_use]
    pub fn new(line: impl Into<Text>) -> Self {
        Self {
            line: line.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// City, state, postal code, country: N4.
    GeographicLocation = "N4" {
        /// N401.
        1 city: Option<Text>;
        /// N402: two letters.
        2 state: Option<Text>;
        /// N403.
        3 postal_code: Option<Text>;
        /// N404: two or three letters.
        4 country: Option<Text>;
        /// N405.
        5 location_qualifier: Option<Text>;
        /// N406.
        6 location: Option<Text>;
    }
}

impl GeographicLocation {
    /// City, state and postal code.
    #[must_use]
    pub fn new(
        city: impl Into<Text>,
        state: impl Into<Text>,
        postal_code: impl Into<Text>,
    ) -> Self {
        Self {
            city: Some(city.into()),
            state: Some(state.into()),
            postal_code: Some(postal_code.into()),
            ..Self::default()
        }
    }
}

/// One way to reach a contact: an element 365 with its 364.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct CommunicationNumber {
    /// `TE` telephone, `EM` electronic mail, `FX` fax.
    pub qualifier: Text,
    /// At most 80 characters.
    pub number: Text,
}

impl CommunicationNumber {
    /// A number under this qualifier.
    #[must_use]
    pub fn new(qualifier: impl Into<Text>, number: impl Into<Text>) -> Self {
        Self {
            qualifier: qualifier.into(),
            number: number.into(),
        }
    }
}

impl Pair for CommunicationNumber {
    type Value = Text;

    fn from_parts(qualifier: Text, value: Text) -> Self {
        Self {
            qualifier,
            number: value,
        }
    }

    fn parts(&self) -> (&Text, &Text) {
        (&self.qualifier, &self.number)
    }
}

typed_segment! {
    /// A person or office to ask: PER.
    Contact = "PER" {
        /// PER01: `BD` buyer, `IC` information contact, `AR` accounts receivable.
        1 function: Text;
        /// PER02.
        2 name: Option<Text>;
        pairs 3..=8
        /// PER03 to PER08, at most three.
        numbers: CommunicationNumber;
        then {
            /// PER09.
            9 inquiry: Option<Text>;
        }
    }
}

impl Contact {
    /// A contact with this function and name.
    #[must_use]
    pub fn new(function: impl Into<Text>, name: impl Into<Text>) -> Self {
        Self {
            function: function.into(),
            name: Some(name.into()),
            ..Self::default()
        }
    }

    /// The same with a further number.
    #[must_use]
    pub fn with_number(mut self, qualifier: impl Into<Text>, number: impl Into<Text>) -> Self {
        self.numbers
            .push(CommunicationNumber::new(qualifier, number));
        self
    }
}
