//! TD5 and CAD.

use rust_decimal::Decimal;

use crate::document::typed::typed_segment;
use crate::value::Text;

typed_segment! {
    /// How goods travel: TD5.
    Carrier = "TD5", 15 elements {
        /// TD501.
        1 sequence: Option<Text> = id(1, 2);
        /// TD502: `2` for a SCAC.
        2 id_qualifier: Option<Text> = id(1, 2);
        /// TD503: the carrier, for example its SCAC.
        3 id: Option<Text> = an(2, 80);
        /// TD504: `M` motor, `A` air, `R` rail.
        4 method: Option<Text> = id(1, 2);
        /// TD505: in words, at most 35 characters.
        5 routing: Option<Text> = an(1, 35);
        /// TD506.
        6 status: Option<Text> = id(2, 2);
        /// TD507.
        7 location_qualifier: Option<Text> = id(1, 2);
        /// TD508.
        8 location: Option<Text> = an(1, 30);
        /// TD509.
        9 transit_direction: Option<Text> = id(2, 2);
        /// TD510.
        10 transit_time_qualifier: Option<Text> = id(2, 2);
        /// TD511.
        11 transit_time: Option<Decimal> = r(1, 4);
        /// TD512.
        12 service_level: Option<Text> = id(2, 2);
        /// TD513.
        13 second_service_level: Option<Text> = id(2, 2);
        /// TD514.
        14 third_service_level: Option<Text> = id(2, 2);
        /// TD515.
        15 country: Option<Text> = id(2, 3);
    }
    notes [R(&[2, 4, 5, 6, 12]), C(&[2, 3]), C(&[7, 8]), C(&[10, 11]), C(&[13, 12]), C(&[14, 13]), C(&[15, 12])]
}

typed_segment! {
    /// With which carrier invoiced goods went: CAD.
    CarrierDetail = "CAD", 9 elements {
        /// CAD01: `M` motor, `A` air, `R` rail.
        1 method: Option<Text> = id(1, 2);
        /// CAD02.
        2 equipment_initial: Option<Text> = an(1, 4);
        /// CAD03.
        3 equipment_number: Option<Text> = an(1, 10);
        /// CAD04: the SCAC.
        4 carrier: Option<Text> = id(2, 4);
        /// CAD05: in words, at most 35 characters.
        5 routing: Option<Text> = an(1, 35);
        /// CAD06.
        6 status: Option<Text> = id(2, 2);
        /// CAD07: the kind of CAD08, for example `BM` bill of lading.
        7 reference_qualifier: Option<Text> = id(2, 3);
        /// CAD08.
        8 reference: Option<Text> = an(1, 30);
        /// CAD09.
        9 service_level: Option<Text> = id(2, 2);
    }
    notes [R(&[5, 4]), C(&[7, 8])]
}
