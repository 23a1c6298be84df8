//! SDQ, IT3 and ISS: how much goes where, and how much went.

use rust_decimal::Decimal;

use crate::document::typed::{Pair, typed_segment};
use crate::value::Text;

/// How much goes to one place: an element 67 with its 380.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct DestinationQuantity {
    /// The place, for example the number of a store.
    pub destination: Text,
    /// How much, in the unit of SDQ01.
    pub quantity: Option<Decimal>,
}

impl DestinationQuantity {
    /// So much for this place.
    #[must_use]
    pub fn new(destination: impl Into<Text>, quantity: Decimal) -> Self {
        Self {
            destination: destination.into(),
            quantity: Some(quantity),
        }
    }
}

impl Pair for DestinationQuantity {
    type Value = Option<Decimal>;

    fn from_parts(qualifier: Text, value: Option<Decimal>) -> Self {
        Self {
            destination: qualifier,
            quantity: value,
        }
    }

    fn parts(&self) -> (&Text, &Option<Decimal>) {
        (&self.destination, &self.quantity)
    }
}

typed_segment! {
    /// How much of a line goes to which places: SDQ.
    DestinationQuantities = "SDQ" {
        /// SDQ01: two characters, for example `EA`.
        1 unit: Text;
        /// SDQ02: what names the places, for example `92` the buyer's number.
        2 qualifier: Option<Text>;
        pairs 3..=22
        /// SDQ03 to SDQ22, at most ten; further ones take a further segment.
        quantities: DestinationQuantity;
        then {
            /// SDQ23.
            23 location: Option<Text>;
        }
    }
}

impl DestinationQuantities {
    /// Quantities in this unit for places that this qualifier names.
    #[must_use]
    pub fn new(
        unit: impl Into<Text>,
        qualifier: impl Into<Text>,
        quantities: Vec<DestinationQuantity>,
    ) -> Self {
        Self {
            unit: unit.into(),
            qualifier: Some(qualifier.into()),
            quantities,
            ..Self::default()
        }
    }
}

typed_segment! {
    /// How much of a line was shipped, and why it is not what was ordered: IT3.
    LineShipment = "IT3" {
        /// IT301.
        1 quantity: Option<Decimal>;
        /// IT302: two characters, for example `EA`.
        2 unit: Option<Text>;
        /// IT303: for example `CL` complete, `BP` partial with backorder.
        3 status: Option<Text>;
        /// IT304: shipped less ordered.
        4 difference: Option<Decimal>;
        /// IT305: why.
        5 change_reason: Option<Text>;
    }
}

typed_segment! {
    /// What was shipped in all: ISS.
    ShipmentSummary = "ISS" {
        /// ISS01: how many units.
        1 units: Option<Decimal>;
        /// ISS02: two characters, for example `CT`.
        2 unit: Option<Text>;
        /// ISS03.
        3 weight: Option<Decimal>;
        /// ISS04: for example `LB`, `KG`.
        4 weight_unit: Option<Text>;
        /// ISS05.
        5 volume: Option<Decimal>;
        /// ISS06.
        6 volume_unit: Option<Text>;
        /// ISS07; from 004010 on.
        7 quantity: Option<Decimal>;
        /// ISS08; from 004010 on.
        8 second_weight: Option<Decimal>;
    }
}
