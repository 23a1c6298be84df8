//! Builds changes of orders and their lines.

use super::builder;
use crate::document::purchase_order::LineSchedule;
use crate::document::purchase_order_change::{ChangedLine, PurchaseOrderChange};
use crate::document::segments::{
    Amount, Carrier, ChangeBeginning, ChangedItem, Contact, Currency, DateReference, Description,
    Equipment, FobTerms, Marks, Packages, Packing, PaymentTerms, Reference, SpecialHandling, Tax,
};
use crate::document::{AmountDetail, Charge, ItemDescription, Note, Party};
use crate::error::Result;

builder! {
    /// Builds a [`PurchaseOrderChange`]; a mistake is told at the call that makes it.
    PurchaseOrderChangeBuilder of PurchaseOrderChange in "860", &[], {
        /// BCH.
        first beginning => beginning: ChangeBeginning;
        /// CUR.
        one currency => currency: Currency;
        /// One more REF.
        many reference => references: Reference;
        /// One more PER.
        many contact => contacts: Contact;
        /// One more FOB.
        many fob => fob: FobTerms;
        /// One more SAC of the whole order.
        many charge => charges: Charge;
        /// One more ITD.
        many terms => terms: PaymentTerms;
        /// One more DTM.
        many date => dates: DateReference;
        /// One more PID of the whole order.
        many description => descriptions: Description;
        /// One more TD1.
        many packages => packages: Packages;
        /// One more TD5.
        many carrier => carriers: Carrier;
        /// One more TD3.
        many equipment => equipment: Equipment;
        /// One more TD4.
        many special_handling => special_handling: SpecialHandling;
        /// One more MAN.
        many marks => marks: Marks;
        /// One more TXI of the whole order.
        many tax => taxes: Tax;
        /// One more AMT before the lines.
        many amount => amounts: AmountDetail;
        /// One more N9 with its texts.
        many note => notes: Note;
        /// One more N1 with its address.
        many party => parties: Party;
        /// One more POC with what belongs to it.
        many line => lines: ChangedLine;
        /// One more AMT behind CTT.
        many total_amount => total_amounts: Amount;
    }
}

impl PurchaseOrderChangeBuilder {
    /// Counts the lines (CTT01) and checks the whole document by the tables of the release.
    ///
    /// # Errors
    /// As [`PurchaseOrderChange::check_all`].
    pub fn build(mut self) -> Result<PurchaseOrderChange> {
        self.built.release = self.release;
        self.built.count_lines();
        self.built.check_all()?;
        Ok(self.built)
    }
}

builder! {
    /// Builds a [`ChangedLine`]; a mistake is told at the call that makes it.
    ChangedLineBuilder of ChangedLine in "860", &["POC"], {
        /// POC.
        first item => item: ChangedItem;
        /// CUR.
        one currency => currency: Currency;
        /// One more PID.
        many description => descriptions: ItemDescription;
        /// One more PO4.
        many packing => packing: Packing;
        /// One more REF.
        many reference => references: Reference;
        /// One more PER.
        many contact => contacts: Contact;
        /// One more SAC.
        many charge => charges: Charge;
        /// One more ITD.
        many terms => terms: PaymentTerms;
        /// One more FOB.
        many fob => fob: FobTerms;
        /// One more DTM.
        many date => dates: DateReference;
        /// One more TD1.
        many packages => packages: Packages;
        /// One more TD5.
        many carrier => carriers: Carrier;
        /// One more TD3.
        many equipment => equipment: Equipment;
        /// One more TD4.
        many special_handling => special_handling: SpecialHandling;
        /// One more MAN.
        many marks => marks: Marks;
        /// One more TXI.
        many tax => taxes: Tax;
        /// One more SCH with its carriers.
        many schedule => schedules: LineSchedule;
        /// One more N9 with its texts.
        many note => notes: Note;
        /// One more N1 with its address.
        many party => parties: Party;
        /// One more AMT.
        many amount => amounts: AmountDetail;
    }
}

impl ChangedLineBuilder {
    /// Checks the line.
    ///
    /// # Errors
    /// As the methods, for what was never given.
    pub fn build(self) -> Result<ChangedLine> {
        crate::document::sink::put(&self.built, self.release, &mut ())?;
        Ok(self.built)
    }
}
