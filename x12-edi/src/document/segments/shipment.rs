//! What a node of a ship notice says: PRF, LIN, SN1, PO4, TD1, TD3, TD4, MAN, MEA, PAL, CLD.

use rust_decimal::Decimal;

use super::ProductId;
use crate::document::typed::typed_segment;
use crate::value::{Date, Text};

typed_segment! {
    /// Which order is shipped: PRF.
    OrderReference = "PRF", 7 elements {
        /// PRF01: the number of the order, at most 22 characters.
        1 order_number: Text = an(1, 22) required;
        /// PRF02: the release of a blanket order.
        2 release: Option<Text> = an(1, 30);
        /// PRF03: the change of the order.
        3 change_sequence: Option<Text> = an(1, 8);
        /// PRF04: the date of the order.
        4 order_date: Option<Date> = dt(8, 8);
        /// PRF05: the number of the line.
        5 line_number: Option<Text> = an(1, 20);
        /// PRF06.
        6 contract: Option<Text> = an(1, 30);
        /// PRF07.
        7 order_type: Option<Text> = id(2, 2);
    }
    notes []
}

impl OrderReference {
    /// An order by its number.
    #[must_use]
    pub fn new(order_number: impl Into<Text>) -> Self {
        Self {
            order_number: order_number.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// What an item is: LIN.
    ItemIdentification = "LIN", 31 elements {
        /// LIN01: the number of the line, that of PO101 where there is an order.
        1 line_number: Option<Text> = an(1, 20);
        pairs 2..=31
        /// LIN02 to LIN31, at least one and at most fifteen.
        product_ids: ProductId = id(2, 2) an(1, 48);
    }
    notes [R(&[2]), R(&[3]), P(&[4, 5]), P(&[6, 7]), P(&[8, 9]), P(&[10, 11]), P(&[12, 13]), P(&[14, 15]),
        P(&[16, 17]), P(&[18, 19]), P(&[20, 21]), P(&[22, 23]), P(&[24, 25]), P(&[26, 27]),
        P(&[28, 29]), P(&[30, 31])]
}

impl ItemIdentification {
    /// An item with a line number and one product id.
    #[must_use]
    pub fn new(
        line_number: impl Into<Text>,
        qualifier: impl Into<Text>,
        id: impl Into<Text>,
    ) -> Self {
        Self {
            line_number: Some(line_number.into()),
            product_ids: vec![ProductId::new(qualifier, id)],
            ..Self::default()
        }
    }

    /// The product id under a qualifier.
    #[must_use]
    pub fn product_id(&self, qualifier: &str) -> Option<&str> {
        super::item::find(&self.product_ids, qualifier)
    }
}

typed_segment! {
    /// How much of an item is shipped: SN1.
    ShippedItem = "SN1", 8 elements {
        /// SN101.
        1 line_number: Option<Text> = an(1, 20);
        /// SN102.
        2 quantity: Option<Decimal> = r(1, 10) required;
        /// SN103: two characters, for example `EA`.
        3 unit: Text = id(2, 2) required;
        /// SN104: with what was shipped before.
        4 shipped_to_date: Option<Decimal> = r(1, 15);
        /// SN105.
        5 ordered: Option<Decimal> = r(1, 15);
        /// SN106.
        6 ordered_unit: Option<Text> = id(2, 2);
        /// SN107.
        7 returnable_container: Option<Text> = id(1, 2);
        /// SN108: see [`LineAnswer`](super::LineAnswer).
        8 status: Option<Text> = id(2, 2);
    }
    notes [P(&[5, 6])]
}

impl ShippedItem {
    /// So much of it.
    #[must_use]
    pub fn new(quantity: Decimal, unit: impl Into<Text>) -> Self {
        Self {
            quantity: Some(quantity),
            unit: unit.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// How an item is packed: PO4.
    Packing = "PO4", 18 elements {
        /// PO401: inner packs in an outer one.
        1 pack: Option<u32> = n0(1, 6);
        /// PO402: the size of a unit in a pack.
        2 size: Option<Decimal> = r(1, 8);
        /// PO403.
        3 size_unit: Option<Text> = id(2, 2);
        /// PO404: the kind of packaging.
        4 packaging: Option<Text> = an(3, 5);
        /// PO405: `G` gross, `N` net.
        5 weight_qualifier: Option<Text> = id(1, 2);
        /// PO406: of a pack.
        6 weight: Option<Decimal> = r(1, 9);
        /// PO407.
        7 weight_unit: Option<Text> = id(2, 2);
        /// PO408: of a pack.
        8 volume: Option<Decimal> = r(1, 9);
        /// PO409.
        9 volume_unit: Option<Text> = id(2, 2);
        /// PO410.
        10 length: Option<Decimal> = r(1, 8);
        /// PO411.
        11 width: Option<Decimal> = r(1, 8);
        /// PO412.
        12 height: Option<Decimal> = r(1, 8);
        /// PO413: of length, width and height.
        13 dimension_unit: Option<Text> = id(2, 2);
        /// PO414: units in an inner pack.
        14 inner_pack: Option<u32> = n0(1, 6);
        /// PO415.
        15 position: Option<Text> = id(2, 2);
        /// PO416.
        16 assigned_id: Option<Text> = an(1, 20);
        /// PO417.
        17 second_assigned_id: Option<Text> = an(1, 20);
        /// PO418.
        18 number: Option<u32> = n0(1, 9);
    }
    notes [P(&[2, 3]), C(&[5, 6]), P(&[6, 7]), P(&[8, 9]), C(&[10, 13]), C(&[11, 13]), C(&[12, 13]),
        L(&[13, 10, 11, 12]), C(&[17, 16]), C(&[18, 4])]
}

typed_segment! {
    /// How many packages of what weight: TD1.
    Packages = "TD1", 10 elements {
        /// TD101: the kind of package, for example `CTN`, `PLT` with a material.
        1 packaging: Option<Text> = an(3, 5);
        /// TD102: how many.
        2 count: Option<u32> = n0(1, 7);
        /// TD103.
        3 commodity_qualifier: Option<Text> = id(1, 1);
        /// TD104.
        4 commodity: Option<Text> = an(1, 30);
        /// TD105.
        5 description: Option<Text> = an(1, 50);
        /// TD106: `G` gross, `N` net.
        6 weight_qualifier: Option<Text> = id(1, 2);
        /// TD107.
        7 weight: Option<Decimal> = r(1, 10);
        /// TD108: for example `LB`, `KG`.
        8 weight_unit: Option<Text> = id(2, 2);
        /// TD109.
        9 volume: Option<Decimal> = r(1, 8);
        /// TD110.
        10 volume_unit: Option<Text> = id(2, 2);
    }
    notes [C(&[1, 2]), C(&[3, 4]), C(&[6, 7]), P(&[7, 8]), P(&[9, 10])]
}

impl Packages {
    /// So many packages of a kind.
    #[must_use]
    pub fn new(packaging: impl Into<Text>, count: u32) -> Self {
        Self {
            packaging: Some(packaging.into()),
            count: Some(count),
            ..Self::default()
        }
    }

    /// The same with a gross weight.
    #[must_use]
    pub fn with_gross_weight(mut self, weight: Decimal, unit: impl Into<Text>) -> Self {
        self.weight_qualifier = Some("G".into());
        self.weight = Some(weight);
        self.weight_unit = Some(unit.into());
        self
    }
}

typed_segment! {
    /// Trailer or container, with its seal: TD3.
    Equipment = "TD3", 10 elements {
        /// TD301: for example `TL` trailer, `CN` container.
        1 equipment: Option<Text> = id(2, 2);
        /// TD302: the letters before the number.
        2 initial: Option<Text> = an(1, 4);
        /// TD303.
        3 number: Option<Text> = an(1, 10);
        /// TD304.
        4 weight_qualifier: Option<Text> = id(1, 2);
        /// TD305.
        5 weight: Option<Decimal> = r(1, 10);
        /// TD306.
        6 weight_unit: Option<Text> = id(2, 2);
        /// TD307.
        7 ownership: Option<Text> = id(1, 1);
        /// TD308.
        8 seal_status: Option<Text> = id(2, 2);
        /// TD309.
        9 seal_number: Option<Text> = an(2, 15);
        /// TD310.
        10 equipment_type: Option<Text> = id(4, 4);
    }
    notes [C(&[2, 3]), C(&[4, 5]), P(&[5, 6])]
}

typed_segment! {
    /// Dangerous goods and other special handling: TD4.
    SpecialHandling = "TD4", 5 elements {
        /// TD401: for example `HM` hazardous.
        1 handling: Option<Text> = id(2, 3);
        /// TD402.
        2 hazard_qualifier: Option<Text> = id(1, 1);
        /// TD403.
        3 hazard_class: Option<Text> = an(1, 4);
        /// TD404: in words, at most 80 characters.
        4 description: Option<Text> = an(1, 80);
        /// TD405.
        5 confirmed: Option<Text> = id(1, 1);
    }
    notes [R(&[1, 2, 4]), C(&[2, 3])]
}

typed_segment! {
    /// What is written on a package: MAN.
    Marks = "MAN", 6 elements {
        /// MAN01: `GM` SSCC with its application identifier, `AA` SSCC, `CP` carrier's package
        /// number, `CA` shipper's case number, `UC` shipping container code.
        1 qualifier: Text = id(1, 2) required;
        /// MAN02: at most 48 characters.
        2 number: Text = an(1, 48) required;
        /// MAN03: the last of a range that MAN02 begins.
        3 last_number: Option<Text> = an(1, 48);
        /// MAN04.
        4 second_qualifier: Option<Text> = id(1, 2);
        /// MAN05.
        5 second_number: Option<Text> = an(1, 48);
        /// MAN06.
        6 second_last_number: Option<Text> = an(1, 48);
    }
    notes [P(&[4, 5]), C(&[6, 5])]
}

impl Marks {
    /// A number under this qualifier.
    #[must_use]
    pub fn new(qualifier: impl Into<Text>, number: impl Into<Text>) -> Self {
        Self {
            qualifier: qualifier.into(),
            number: number.into(),
            ..Self::default()
        }
    }

    /// The serial shipping container code of `GM` or `AA`: 18 digits, without the application
    /// identifier `00` before them. `None` where it has another form; its check digit is not
    /// looked at.
    ///
    /// ```
    /// use x12_edi::document::segments::Marks;
    /// let marks = Marks::new("GM", "00006141410000000018");
    /// assert_eq!(marks.sscc(), Some("006141410000000018"));
    /// assert_eq!(Marks::new("CP", "1Z9").sscc(), None);
    /// ```
    #[must_use]
    pub fn sscc(&self) -> Option<&str> {
        if !matches!(self.qualifier.as_str(), "GM" | "AA") {
            return None;
        }
        let number = match self.number.len() {
            20 => self.number.as_str().strip_prefix("00")?,
            _ => self.number.as_str(),
        };
        (number.len() == 18 && number.bytes().all(|b| b.is_ascii_digit())).then_some(number)
    }
}

typed_segment! {
    /// A measurement: MEA.
    Measurement = "MEA", 10 elements {
        /// MEA01: what was measured, for example `WT` weights, `PD` dimensions.
        1 reference: Option<Text> = id(2, 2);
        /// MEA02: `G` gross weight, `N` net weight, `HT` height …
        2 qualifier: Option<Text> = id(1, 3);
        /// MEA03.
        3 value: Option<Decimal> = r(1, 20);
        /// MEA04: for example `LB`; of a composite the first component.
        4 unit: Option<Text> = unit(2, 2);
        /// MEA05.
        5 minimum: Option<Decimal> = r(1, 20);
        /// MEA06.
        6 maximum: Option<Decimal> = r(1, 20);
        /// MEA07.
        7 significance: Option<Text> = id(2, 2);
        /// MEA08.
        8 attribute: Option<Text> = id(2, 2);
        /// MEA09.
        9 position: Option<Text> = id(2, 2);
        /// MEA10.
        10 method: Option<Text> = id(2, 4);
    }
    notes [R(&[3, 5, 6, 8]), C(&[5, 4]), C(&[6, 4]), L(&[7, 3, 5, 6])]
}

impl Measurement {
    /// A measured value: MEA01 to MEA04.
    #[must_use]
    pub fn new(
        reference: impl Into<Text>,
        qualifier: impl Into<Text>,
        value: Decimal,
        unit: impl Into<Text>,
    ) -> Self {
        Self {
            reference: Some(reference.into()),
            qualifier: Some(qualifier.into()),
            value: Some(value),
            unit: Some(unit.into()),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// What a pallet is and how it is stacked: PAL.
    Pallet = "PAL", 16 elements {
        /// PAL01.
        1 pallet_type: Option<Text> = id(1, 2);
        /// PAL02: layers.
        2 tiers: Option<u32> = n0(1, 3);
        /// PAL03: packages in a layer.
        3 blocks: Option<u32> = n0(1, 3);
        /// PAL04.
        4 pack: Option<u32> = n0(1, 6);
        /// PAL05: the weight of the empty pallet.
        5 unit_weight: Option<Decimal> = r(1, 8);
        /// PAL06.
        6 unit_weight_unit: Option<Text> = id(2, 2);
        /// PAL07.
        7 length: Option<Decimal> = r(1, 8);
        /// PAL08.
        8 width: Option<Decimal> = r(1, 8);
        /// PAL09.
        9 height: Option<Decimal> = r(1, 8);
        /// PAL10: of length, width and height.
        10 dimension_unit: Option<Text> = id(2, 2);
        /// PAL11.
        11 weight: Option<Decimal> = r(1, 9);
        /// PAL12.
        12 weight_unit: Option<Text> = id(2, 2);
        /// PAL13.
        13 volume: Option<Decimal> = r(1, 9);
        /// PAL14.
        14 volume_unit: Option<Text> = id(2, 2);
        /// PAL15.
        15 exchange: Option<Text> = id(1, 1);
        /// PAL16.
        16 inner_pack: Option<u32> = n0(1, 6);
    }
    notes [P(&[5, 6]), C(&[7, 10]), C(&[8, 10]), C(&[9, 10]), L(&[10, 7, 8, 9]), P(&[11, 12]), P(&[13, 14])]
}

typed_segment! {
    /// How many loads of how many units: CLD.
    Load = "CLD", 5 elements {
        /// CLD01.
        1 loads: Option<u32> = n0(1, 5) required;
        /// CLD02: units in a load.
        2 quantity: Option<Decimal> = r(1, 10) required;
        /// CLD03: the kind of package.
        3 packaging: Option<Text> = an(3, 5);
        /// CLD04.
        4 size: Option<Decimal> = r(1, 8);
        /// CLD05.
        5 unit: Option<Text> = id(2, 2);
    }
    notes [C(&[5, 4])]
}

impl Load {
    /// So many loads of so many units each.
    #[must_use]
    pub fn new(loads: u32, quantity: Decimal) -> Self {
        Self {
            loads: Some(loads),
            quantity: Some(quantity),
            ..Self::default()
        }
    }
}
