//! BSN and HL.

use crate::document::typed::typed_segment;
use crate::value::{Date, Text, Time};

typed_segment! {
    /// Beginning of a ship notice: BSN.
    ShipmentBeginning = "BSN" {
        /// BSN01: `00` original, `01` cancellation, `05` replace.
        1 purpose: Text;
        /// BSN02: the number of the shipment, 2 to 30 characters.
        2 shipment_number: Text;
        /// BSN03: when the notice was made.
        3 date: Option<Date>;
        /// BSN04.
        4 time: Option<Time>;
        /// BSN05: `0001` shipment, order, packaging, item; `0002` with item before packaging;
        /// `0003` with packaging before order; `0004` without packaging.
        5 structure: Option<Text>;
        /// BSN06.
        6 transaction_type: Option<Text>;
        /// BSN07.
        7 status_reason: Option<Text>;
    }
}

impl ShipmentBeginning {
    /// An original (`00`) notice of this shipment.
    #[must_use]
    pub fn new(shipment_number: impl Into<Text>, date: Date, time: Time) -> Self {
        Self {
            purpose: "00".into(),
            shipment_number: shipment_number.into(),
            date: Some(date),
            time: Some(time),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// One node of a hierarchy: HL.
    HierarchicalLevel = "HL" {
        /// HL01: the id of the node, most often a number that counts up from 1.
        1 id: Text;
        /// HL02: the id of the node above it; empty at the top.
        2 parent_id: Option<Text>;
        /// HL03: the kind of node, see [`LevelKind`]; any code is read.
        3 level: Text;
        /// HL04: `1` where there are nodes below it, `0` where there are none.
        4 child: Option<Text>;
    }
}

impl HierarchicalLevel {
    /// A node of this id, parent and kind.
    #[must_use]
    pub fn new(id: impl Into<Text>, parent_id: Option<Text>, kind: &LevelKind) -> Self {
        Self {
            id: id.into(),
            parent_id,
            level: kind.code().into(),
            ..Self::default()
        }
    }

    /// What HL03 says.
    #[must_use]
    pub fn kind(&self) -> LevelKind {
        LevelKind::of(self.level.as_str())
    }
}

/// The kind of a node: the codes of HL03 (element 735) that ship notices use.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LevelKind {
    /// `S`: the shipment.
    Shipment,
    /// `O`: an order in it.
    Order,
    /// `T`: a tare, most often a pallet.
    Tare,
    /// `P`: a pack, most often a carton.
    Pack,
    /// `Q`: a pack in a pack.
    Subpack,
    /// `I`: an item.
    Item,
    /// `F`: a part of an item.
    Component,
    /// `E`: a container or trailer.
    Equipment,
    /// Any other code, as it stands.
    Other(Text),
}

impl LevelKind {
    /// The kind of a code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        match code {
            "S" => Self::Shipment,
            "O" => Self::Order,
            "T" => Self::Tare,
            "P" => Self::Pack,
            "Q" => Self::Subpack,
            "I" => Self::Item,
            "F" => Self::Component,
            "E" => Self::Equipment,
            other => Self::Other(other.into()),
        }
    }

    /// The code for HL03.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Shipment => "S",
            Self::Order => "O",
            Self::Tare => "T",
            Self::Pack => "P",
            Self::Subpack => "Q",
            Self::Item => "I",
            Self::Component => "F",
            Self::Equipment => "E",
            Self::Other(code) => code.as_str(),
        }
    }
}
