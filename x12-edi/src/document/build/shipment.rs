//! Builds the levels of ship notices.

use super::builder;
use crate::document::segments::{
    Carrier, Contact, Currency, DateReference, Description, Equipment, FobTerms,
    ItemIdentification, LevelKind, Marks, Measurement, OrderReference, Packages, Packing, Pallet,
    Reference, ShippedItem, SpecialHandling,
};
use crate::document::ship_notice::{Level, LoadDetail};
use crate::document::{Charge, Party};

builder! {
    /// Builds a [`Level`]; a mistake is told at the call that makes it.
    LevelBuilder of Level in "856", &["HL"], {
        /// LIN.
        one identification => identification: ItemIdentification;
        /// SN1.
        one shipped => shipped: ShippedItem;
        /// PRF.
        one order => order: OrderReference;
        /// PO4.
        one packing => packing: Packing;
        /// One more PID.
        many description => descriptions: Description;
        /// One more MEA.
        many measurement => measurements: Measurement;
        /// One more TD1.
        many packages => packages: Packages;
        /// One more TD5.
        many carrier => carriers: Carrier;
        /// One more TD3.
        many equipment => equipment: Equipment;
        /// One more TD4.
        many special_handling => special_handling: SpecialHandling;
        /// One more REF.
        many reference => references: Reference;
        /// One more PER.
        many contact => contacts: Contact;
        /// One more CLD.
        many load => loads: LoadDetail;
        /// One more MAN.
        many marks => marks: Marks;
        /// One more DTM.
        many date => dates: DateReference;
        /// FOB.
        one fob => fob: FobTerms;
        /// PAL.
        one pallet => pallet: Pallet;
        /// One more N1 with its address.
        many party => parties: Party;
        /// CUR.
        one currency => currency: Currency;
        /// One more SAC.
        many charge => charges: Charge;
    }
}

impl LevelBuilder {
    /// What the level is: HL03.
    pub fn kind(mut self, kind: &LevelKind) -> Self {
        self.built.hierarchy = Level::new(kind).hierarchy;
        self
    }

    /// The level, for [`ShipNotice::add`](crate::document::ship_notice::ShipNotice::add) or
    /// [`add_below`](crate::document::ship_notice::ShipNotice::add_below), which number it.
    pub fn build(self) -> Level {
        self.built
    }
}
