//! TD5 and CAD.

use rust_decimal::Decimal;

use crate::document::typed::typed_segment;
use crate::value::Text;

typed_segment! {
    /// How goods travel: TD5.
    Carrier = "TD5" {
        /// TD501.
        1 sequence: Option<Text>;
        /// TD502: `2` for a SCAC.
        2 id_qualifier: Option<Text>;
        /// TD503: the carrier, for example its SCAC.
        3 id: Option<Text>;
        /// TD504: `M` motor, `A` air, `R` rail.
        4 method: Option<Text>;
        /// TD505: in words, at most 35 characters.
        5 routing: Option<Text>;
        /// TD506.
        6 status: Option<Text>;
        /// TD507.
        7 location_qualifier: Option<Text>;
        /// TD508.
        8 location: Option<Text>;
        /// TD509.
        9 transit_direction: Option<Text>;
        /// TD510.
        10 transit_time_qualifier: Option<Text>;
        /// TD511.
        11 transit_time: Option<Decimal>;
        /// TD512.
        12 service_level: Option<Text>;
        /// TD513.
        13 second_service_level: Option<Text>;
        /// TD514.
        14 third_service_level: Option<Text>;
        /// TD515.
        15 country: Option<Text>;
    }
}

typed_segment! {
    /// With which carrier invoiced goods went: CAD.
    CarrierDetail = "CAD" {
        /// CAD01: `M` motor, `A` air, `R` rail.
        1 method: Option<Text>;
        /// CAD02.
        2 equipment_initial: Option<Text>;
        /// CAD03.
        3 equipment_number: Option<Text>;
        /// CAD04: the SCAC.
        4 carrier: Option<Text>;
        /// CAD05: in words, at most 35 characters.
        5 routing: Option<Text>;
        /// CAD06.
        6 status: Option<Text>;
        /// CAD07: the kind of CAD08, for example `BM` bill of lading.
        7 reference_qualifier: Option<Text>;
        /// CAD08.
        8 reference: Option<Text>;
        /// CAD09.
        9 service_level: Option<Text>;
    }
}
