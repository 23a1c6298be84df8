//! What a node of a ship notice says: PRF, LIN, SN1, PO4, TD1, TD3, TD4, MAN, MEA, PAL, CLD.

use rust_decimal::Decimal;

use super::ProductId;
use crate::document::typed::typed_segment;
use crate::value::{Date, Text};

typed_segment! {
    /// Which order is shipped: PRF.
    OrderReference = "PRF" {
        /// PRF01: the number of the order, at most 22 characters.
        1 order_number: Text;
        /// PRF02: the release of a blanket order.
        2 release: Option<Text>;
        /// PRF03: the change of the order.
        3 change_sequence: Option<Text>;
        /// PRF04: the date of the order.
        4 order_date: Option<Date>;
        /// PRF05: the number of the line.
        5 line_number: Option<Text>;
        /// PRF06.
        6 contract: Option<Text>;
        /// PRF07.
        7 order_type: Option<Text>;
    }
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
    ItemIdentification = "LIN" {
        /// LIN01: the number of the line, that of PO101 where there is an order.
        1 line_number: Option<Text>;
        pairs 2..=31
        /// LIN02 to LIN31, at least one and at most fifteen.
        product_ids: ProductId;
    }
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
    ShippedItem = "SN1" {
        /// SN101.
        1 line_number: Option<Text>;
        /// SN102.
        2 quantity: Option<Decimal>;
        /// SN103: two characters, for example `EA`.
        3 unit: Text;
        /// SN104: with what was shipped before.
        4 shipped_to_date: Option<Decimal>;
        /// SN105.
        5 ordered: Option<Decimal>;
        /// SN106.
        6 ordered_unit: Option<Text>;
        /// SN107.
        7 returnable_container: Option<Text>;
        /// SN108: see [`LineAnswer`](super::LineAnswer).
        8 status: Option<Text>;
    }
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
    Packing = "PO4" {
        /// PO401: inner packs in an outer one.
        1 pack: Option<u32>;
        /// PO402: the size of a unit in a pack.
        2 size: Option<Decimal>;
        /// PO403.
        3 size_unit: Option<Text>;
        /// PO404: the kind of packaging.
        4 packaging: Option<Text>;
        /// PO405: `G` gross, `N` net.
        5 weight_qualifier: Option<Text>;
        /// PO406: of a pack.
        6 weight: Option<Decimal>;
        /// PO407.
        7 weight_unit: Option<Text>;
        /// PO408: of a pack.
        8 volume: Option<Decimal>;
        /// PO409.
        9 volume_unit: Option<Text>;
        /// PO410.
        10 length: Option<Decimal>;
        /// PO411.
        11 width: Option<Decimal>;
        /// PO412.
        12 height: Option<Decimal>;
        /// PO413: of length, width and height.
        13 dimension_unit: Option<Text>;
        /// PO414: units in an inner pack.
        14 inner_pack: Option<u32>;
        /// PO415.
        15 position: Option<Text>;
        /// PO416.
        16 assigned_id: Option<Text>;
        /// PO417.
        17 second_assigned_id: Option<Text>;
        /// PO418.
        18 number: Option<u32>;
    }
}

typed_segment! {
    /// How many packages of what weight: TD1.
    Packages = "TD1" {
        /// TD101: the kind of package, for example `CTN`, `PLT` with a material.
        1 packaging: Option<Text>;
        /// TD102: how many.
        2 count: Option<u32>;
        /// TD103.
        3 commodity_qualifier: Option<Text>;
        /// TD104.
        4 commodity: Option<Text>;
        /// TD105.
        5 description: Option<Text>;
        /// TD106: `G` gross, `N` net.
        6 weight_qualifier: Option<Text>;
        /// TD107.
        7 weight: Option<Decimal>;
        /// TD108: for example `LB`, `KG`.
        8 weight_unit: Option<Text>;
        /// TD109.
        9 volume: Option<Decimal>;
        /// TD110.
        10 volume_unit: Option<Text>;
    }
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
    Equipment = "TD3" {
        /// TD301: for example `TL` trailer, `CN` container.
        1 equipment: Option<Text>;
        /// TD302: the letters before the number.
        2 initial: Option<Text>;
        /// TD303.
        3 number: Option<Text>;
        /// TD304.
        4 weight_qualifier: Option<Text>;
        /// TD305.
        5 weight: Option<Decimal>;
        /// TD306.
        6 weight_unit: Option<Text>;
        /// TD307.
        7 ownership: Option<Text>;
        /// TD308.
        8 seal_status: Option<Text>;
        /// TD309.
        9 seal_number: Option<Text>;
        /// TD310.
        10 equipment_type: Option<Text>;
    }
}

typed_segment! {
    /// Dangerous goods and other special handling: TD4.
    SpecialHandling = "TD4" {
        /// TD401: for example `HM` hazardous.
        1 handling: Option<Text>;
        /// TD402.
        2 hazard_qualifier: Option<Text>;
        /// TD403.
        3 hazard_class: Option<Text>;
        /// TD404: in words, at most 80 characters.
        4 description: Option<Text>;
        /// TD405.
        5 confirmed: Option<Text>;
    }
}

typed_segment! {
    /// What is written on a package: MAN.
    Marks = "MAN" {
        /// MAN01: `GM` SSCC with its application identifier, `AA` SSCC, `CP` carrier's package
        /// number, `CA` shipper's case number, `UC` shipping container code.
        1 qualifier: Text;
        /// MAN02: at most 48 characters.
        2 number: Text;
        /// MAN03: the last of a range that MAN02 begins.
        3 last_number: Option<Text>;
        /// MAN04.
        4 second_qualifier: Option<Text>;
        /// MAN05.
        5 second_number: Option<Text>;
        /// MAN06.
        6 second_last_number: Option<Text>;
    }
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
    Measurement = "MEA" {
        /// MEA01: what was measured, for example `WT` weights, `PD` dimensions.
        1 reference: Option<Text>;
        /// MEA02: `G` gross weight, `N` net weight, `HT` height …
        2 qualifier: Option<Text>;
        /// MEA03.
        3 value: Option<Decimal>;
        /// MEA04: for example `LB`; of a composite the first component.
        4 unit: Option<Text> = unit;
        /// MEA05.
        5 minimum: Option<Decimal>;
        /// MEA06.
        6 maximum: Option<Decimal>;
        /// MEA07.
        7 significance: Option<Text>;
        /// MEA08.
        8 attribute: Option<Text>;
        /// MEA09.
        9 position: Option<Text>;
        /// MEA10.
        10 method: Option<Text>;
        /// MEA11: whose code MEA12 is, from 005010 on.
        11 code_list: Option<Text>;
        /// MEA12, from 005010 on.
        12 industry_code: Option<Text>;
    }
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
    Pallet = "PAL" {
        /// PAL01.
        1 pallet_type: Option<Text>;
        /// PAL02: layers.
        2 tiers: Option<u32>;
        /// PAL03: packages in a layer.
        3 blocks: Option<u32>;
        /// PAL04.
        4 pack: Option<u32>;
        /// PAL05: the weight of the empty pallet.
        5 unit_weight: Option<Decimal>;
        /// PAL06.
        6 unit_weight_unit: Option<Text>;
        /// PAL07.
        7 length: Option<Decimal>;
        /// PAL08.
        8 width: Option<Decimal>;
        /// PAL09.
        9 height: Option<Decimal>;
        /// PAL10: of length, width and height.
        10 dimension_unit: Option<Text>;
        /// PAL11.
        11 weight: Option<Decimal>;
        /// PAL12.
        12 weight_unit: Option<Text>;
        /// PAL13.
        13 volume: Option<Decimal>;
        /// PAL14.
        14 volume_unit: Option<Text>;
        /// PAL15.
        15 exchange: Option<Text>;
        /// PAL16.
        16 inner_pack: Option<u32>;
        /// PAL17, from 005010 on.
        17 structure: Option<Text>;
    }
}

typed_segment! {
    /// How many loads of how many units: CLD.
    Load = "CLD" {
        /// CLD01.
        1 loads: Option<u32>;
        /// CLD02: units in a load.
        2 quantity: Option<Decimal>;
        /// CLD03: the kind of package.
        3 packaging: Option<Text>;
        /// CLD04.
        4 size: Option<Decimal>;
        /// CLD05.
        5 unit: Option<Text>;
    }
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
