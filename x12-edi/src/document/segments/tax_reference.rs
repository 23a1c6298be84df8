//! TAX: who pays which tax where, or does not.

use crate::document::typed::{Pair, typed_segment};
use crate::value::Text;

/// A place that collects a tax: an element 309 with its 310.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct TaxLocation {
    /// What names the place, for example `SP` state or province, `CC` country.
    pub qualifier: Text,
    /// The place, at most 30 characters.
    pub location: Text,
}

impl TaxLocation {
    /// A place under this qualifier.
    #[must_use]
    pub fn new(qualifier: impl Into<Text>, location: impl Into<Text>) -> Self {
        Self {
            qualifier: qualifier.into(),
            location: location.into(),
        }
    }
}

impl Pair for TaxLocation {
    type Value = Text;

    fn from_parts(qualifier: Text, value: Text) -> Self {
        Self {
            qualifier,
            location: value,
        }
    }

    fn parts(&self) -> (&Text, &Text) {
        (&self.qualifier, &self.location)
    }
}

typed_segment! {
    /// The buyer's tax number and where he is exempt: TAX.
    TaxReference = "TAX" {
        /// TAX01: the number, for example of the exemption certificate.
        1 tax_id: Option<Text>;
        pairs 2..=11
        /// TAX02 to TAX11, at most five.
        locations: TaxLocation;
        then {
            /// TAX12: whether the buyer is exempt, for example `1` exempt, `2` not.
            12 exempt: Option<Text>;
            /// TAX13: the customs entry type; from 004010 on.
            13 customs_entry_type: Option<Text>;
        }
    }
}

impl TaxReference {
    /// A tax number.
    #[must_use]
    pub fn new(tax_id: impl Into<Text>) -> Self {
        Self {
            tax_id: Some(tax_id.into()),
            ..Self::default()
        }
    }
}
