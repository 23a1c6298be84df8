//! Builds purchase orders and their lines.

use super::builder;
use crate::document::purchase_order::{LineSchedule, OrderLine, PurchaseOrder};
use crate::document::segments::{
    Amount, Carrier, Contact, Currency, DateReference, FobTerms, OrderBeginning, OrderItem,
    PaymentTerms, Reference, Tax,
};
use crate::document::{AmountDetail, Charge, ItemDescription, Note, Party};
use crate::error::Result;

builder! {
    /// Builds a [`PurchaseOrder`]; a mistake is told at the call that makes it.
    PurchaseOrderBuilder of PurchaseOrder in "850", &[], {
        /// BEG.
        first beginning => beginning: OrderBeginning;
        /// CUR.
        one currency => currency: Currency;
        /// One more REF.
        many reference => references: Reference;
        /// One more PER.
        many contact => contacts: Contact;
        /// One more FOB.
        many fob => fob: FobTerms;
        /// One more SAC.
        many charge => charges: Charge;
        /// One more ITD.
        many terms => terms: PaymentTerms;
        /// One more DTM.
        many date => dates: DateReference;
        /// One more TD5.
        many carrier => carriers: Carrier;
        /// One more TXI.
        many tax => taxes: Tax;
        /// One more AMT before the lines.
        many amount => amounts: AmountDetail;
        /// One more N9 with MSG.
        many note => notes: Note;
        /// One more N1 with its address.
        many party => parties: Party;
        /// One more PO1 with what belongs to it; [`OrderLine::builder`] makes it.
        many line => lines: OrderLine;
        /// AMT behind CTT.
        one total_amount => total_amount: Amount;
    }
}

impl PurchaseOrderBuilder {
    /// Counts the lines (CTT01) and checks the whole order by the tables of the release.
    ///
    /// # Errors
    /// As [`PurchaseOrder::check_all`].
    pub fn build(mut self) -> Result<PurchaseOrder> {
        self.built.release = self.release;
        self.built.count_lines();
        self.built.check_all()?;
        Ok(self.built)
    }
}

builder! {
    /// Builds an [`OrderLine`]; a mistake is told at the call that makes it.
    OrderLineBuilder of OrderLine in "850", &["PO1"], {
        /// PO1.
        first item => item: OrderItem;
        /// CUR.
        one currency => currency: Currency;
        /// One more PID.
        many description => descriptions: ItemDescription;
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
        /// One more TD5.
        many carrier => carriers: Carrier;
        /// One more TXI.
        many tax => taxes: Tax;
        /// One more SCH.
        many schedule => schedules: LineSchedule;
        /// One more N9 with MSG.
        many note => notes: Note;
        /// One more N1 with its address.
        many party => parties: Party;
        /// One more AMT.
        many amount => amounts: AmountDetail;
    }
}

impl OrderLineBuilder {
    /// Checks the line.
    ///
    /// # Errors
    /// As the methods, for what was never given.
    pub fn build(self) -> Result<OrderLine> {
        crate::document::sink::put(&self.built, self.release, &mut ())?;
        Ok(self.built)
    }
}
