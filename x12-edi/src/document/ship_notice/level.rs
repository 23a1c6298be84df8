//! One level of a shipment: the HL loop.

use crate::document::loops::{Charge, Party};
use crate::document::segments::{
    Carrier, Contact, Currency, DateReference, Description, Equipment, FobTerms, HierarchicalLevel,
    ItemIdentification, LevelKind, Load, Marks, Measurement, OrderReference, Packages, Packing,
    Pallet, Reference, ShippedItem, SpecialHandling,
};
use crate::document::typed::{Rare, typed_loop};
use crate::value::Text;

typed_loop! {
    /// One level of a shipment: HL with what belongs to it. Which fields are filled follows from
    /// the kind of level, but any may be.
    pub Level {
        /// HL; [`ShipNotice::add_below`](super::ShipNotice::add_below) numbers it.
        first hierarchy: HierarchicalLevel;
        /// LIN: what the item is.
        identification: Option<ItemIdentification>;
        /// SN1: how much of it is shipped.
        shipped: Option<ShippedItem>;
        /// PRF: which order is shipped.
        order: Option<OrderReference>;
        /// PO4.
        packing: Rare<Packing>;
        /// PID.
        descriptions: Vec<Description>;
        /// MEA.
        measurements: Vec<Measurement>;
        /// TD1: packages and weight.
        packages: Vec<Packages>;
        /// TD5: how the goods travel.
        carriers: Vec<Carrier>;
        /// TD3: trailers, containers and seals.
        equipment: Vec<Equipment>;
        /// TD4.
        special_handling: Vec<SpecialHandling>;
        /// REF, for example `BM` bill of lading, `CN` carrier's number.
        references: Vec<Reference>;
        /// PER.
        contacts: Vec<Contact>;
        /// CLD.
        loads: Vec<LoadDetail>;
        /// MAN: what is written on the package, for example its SSCC.
        marks: Vec<Marks>;
        /// DTM, for example `011` shipped, `017` estimated delivery.
        dates: Vec<DateReference>;
        /// FOB.
        fob: Rare<FobTerms>;
        /// PAL.
        pallet: Rare<Pallet>;
        /// N1 with its address.
        [also b"FOB"] parties: Vec<Party>;
        /// CUR.
        currency: Rare<Currency>;
        /// SAC.
        [without b"TXI", b"CTP"] charges: Vec<Charge>;
    }
    members [
        b"SLN", b"PWK", b"PKG", b"AT9", b"TSD", b"SDQ", b"ETD", b"GF", b"YNQ",
    ]
    loops [
        b"LH1" => [b"LH2", b"LH3", b"LFH", b"LEP", b"LH4", b"LHT", b"LHR", b"PER", b"LHE"],
        b"LM" => [b"LQ"],
        b"V1" => [b"R4", b"DTM"],
    ]
    until [b"HL", b"CTT"]
}

typed_loop! {
    /// How many loads of how many units: the CLD loop.
    pub LoadDetail {
        /// CLD.
        first load: Load;
        /// REF, for example `LS` the bar-coded serial number.
        references: Vec<Reference>;
    }
    members [b"DTP"]
}

impl From<Load> for LoadDetail {
    fn from(load: Load) -> Self {
        Self {
            load,
            ..Self::default()
        }
    }
}

impl Level {
    /// A level of this kind, without a number yet.
    #[must_use]
    pub fn new(kind: &LevelKind) -> Self {
        Self {
            hierarchy: HierarchicalLevel::new("", None, kind),
            ..Self::default()
        }
    }

    /// The shipment: `S`.
    #[must_use]
    pub fn shipment() -> Self {
        Self::new(&LevelKind::Shipment)
    }

    /// An order in the shipment: `O`.
    #[must_use]
    pub fn order(order: OrderReference) -> Self {
        Self {
            order: Some(order),
            ..Self::new(&LevelKind::Order)
        }
    }

    /// A tare, most often a pallet, with its number: `T`.
    #[must_use]
    pub fn tare(marks: Marks) -> Self {
        Self {
            marks: vec![marks],
            ..Self::new(&LevelKind::Tare)
        }
    }

    /// A pack, most often a carton, with its number: `P`.
    #[must_use]
    pub fn pack(marks: Marks) -> Self {
        Self {
            marks: vec![marks],
            ..Self::new(&LevelKind::Pack)
        }
    }

    /// So much of an item: `I`.
    #[must_use]
    pub fn item(identification: ItemIdentification, shipped: ShippedItem) -> Self {
        Self {
            identification: Some(identification),
            shipped: Some(shipped),
            ..Self::new(&LevelKind::Item)
        }
    }

    /// The same with one more reference.
    #[must_use]
    pub fn with_reference(mut self, qualifier: impl Into<Text>, value: impl Into<Text>) -> Self {
        self.references.push(Reference::new(qualifier, value));
        self
    }

    /// The same with one more date.
    #[must_use]
    pub fn with_date(mut self, date: DateReference) -> Self {
        self.dates.push(date);
        self
    }

    /// The same with one more party.
    #[must_use]
    pub fn with_party(mut self, party: Party) -> Self {
        self.parties.push(party);
        self
    }

    /// The same with packages and weight.
    #[must_use]
    pub fn with_packages(mut self, packages: Packages) -> Self {
        self.packages.push(packages);
        self
    }

    /// The same with one more description of at most 80 characters.
    #[must_use]
    pub fn with_description(mut self, text: impl Into<Text>) -> Self {
        self.descriptions.push(Description::free_form(text));
        self
    }

    /// HL01.
    #[must_use]
    pub fn id(&self) -> &str {
        self.hierarchy.id.as_str()
    }

    /// HL02; `None` at the top.
    #[must_use]
    pub fn parent_id(&self) -> Option<&str> {
        self.hierarchy.parent_id.as_ref().map(Text::as_str)
    }

    /// What HL03 says.
    #[must_use]
    pub fn kind(&self) -> LevelKind {
        self.hierarchy.kind()
    }

    /// The first party of a kind, for example `ST`.
    #[must_use]
    pub fn party(&self, code: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.name.code == code)
    }

    /// The value of the first reference of a kind, for example `BM`.
    #[must_use]
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        let found = self.references.iter().find(|r| r.qualifier == qualifier)?;
        found.value.as_ref().map(Text::as_str)
    }

    /// The first serial shipping container code among the marks.
    #[must_use]
    pub fn sscc(&self) -> Option<&str> {
        self.marks.iter().find_map(Marks::sscc)
    }
}
