//! Builds answers to orders and their lines.

use super::builder;
use crate::document::purchase_order::LineSchedule;
use crate::document::purchase_order_acknowledgment::{
    AcknowledgedLine, LineStatus, PurchaseOrderAcknowledgment,
};
use crate::document::segments::{
    AcknowledgmentBeginning, Amount, Carrier, Contact, Currency, DateReference, Description,
    Equipment, FobTerms, Marks, OrderItem, Packages, Packing, PaymentTerms, Reference,
    SpecialHandling, Tax,
};
use crate::document::{Charge, ItemDescription, Note, Party};
use crate::error::Result;

builder! {
    /// Builds a [`PurchaseOrderAcknowledgment`]; a mistake is told at the call that makes it.
    PurchaseOrderAcknowledgmentBuilder of PurchaseOrderAcknowledgment in "855", &[], {
        /// BAK.
        first beginning => beginning: AcknowledgmentBeginning;
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
        /// One more N9 with its texts.
        many note => notes: Note;
        /// One more N1 with its address.
        many party => parties: Party;
        /// One more PO1 with the answers to it.
        many line => lines: AcknowledgedLine;
        /// AMT behind CTT.
        one total_amount => total_amount: Amount;
    }
}

impl PurchaseOrderAcknowledgmentBuilder {
    /// Counts the lines (CTT01) and checks the whole document by the tables of the release.
    ///
    /// # Errors
    /// As [`PurchaseOrderAcknowledgment::check_all`].
    pub fn build(mut self) -> Result<PurchaseOrderAcknowledgment> {
        self.built.release = self.release;
        self.built.count_lines();
        self.built.check_all()?;
        Ok(self.built)
    }
}

builder! {
    /// Builds a [`AcknowledgedLine`]; a mistake is told at the call that makes it.
    AcknowledgedLineBuilder of AcknowledgedLine in "855", &["PO1"], {
        /// PO1.
        first item => item: OrderItem;
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
        /// One more ACK.
        many status => statuses: LineStatus;
        /// One more MAN.
        many marks => marks: Marks;
        /// AMT.
        one amount => amount: Amount;
        /// One more TXI.
        many tax => taxes: Tax;
        /// One more SCH with its carriers.
        many schedule => schedules: LineSchedule;
        /// One more N9 with its texts.
        many note => notes: Note;
        /// One more N1 with its address.
        many party => parties: Party;
    }
}

impl AcknowledgedLineBuilder {
    /// Checks the line.
    ///
    /// # Errors
    /// As the methods, for what was never given.
    pub fn build(self) -> Result<AcknowledgedLine> {
        crate::document::sink::put(&self.built, self.release, &mut ())?;
        Ok(self.built)
    }
}
