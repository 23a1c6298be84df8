//! Builds invoices and their lines.

use super::builder;
use crate::document::invoice::{Invoice, InvoiceLine, InvoiceShipment, InvoiceSubline};
use crate::document::segments::{
    Amount, CarrierDetail, Contact, Currency, DateReference, DestinationQuantities, FobTerms,
    InvoiceBeginning, InvoiceItem, InvoiceTotal, LineShipment, Measurement, Packaging, Packing,
    PaymentTerms, Price, Quantity, Reference, Remark, Tax,
};
use crate::document::{Charge, ItemDescription, Note, Party};
use crate::error::Result;

builder! {
    /// Builds an [`Invoice`]; a mistake is told at the call that makes it.
    InvoiceBuilder of Invoice in "810", &[], {
        /// BIG.
        first beginning => beginning: InvoiceBeginning;
        /// One more NTE.
        many remark => remarks: Remark;
        /// CUR.
        one currency => currency: Currency;
        /// One more REF.
        many reference => references: Reference;
        /// One more PER.
        many contact => contacts: Contact;
        /// One more N1 with its address.
        many party => parties: Party;
        /// One more ITD.
        many terms => terms: PaymentTerms;
        /// One more DTM.
        many date => dates: DateReference;
        /// FOB.
        one fob => fob: FobTerms;
        /// One more PID.
        many description => descriptions: ItemDescription;
        /// One more MEA.
        many measurement => measurements: Measurement;
        /// One more PKG.
        many packaging => packaging: Packaging;
        /// One more N9 with MSG.
        many note => notes: Note;
        /// One more IT1 with what belongs to it; [`InvoiceLine::builder`] makes it.
        many line => lines: InvoiceLine;
        /// TDS.
        first total => total: InvoiceTotal;
        /// One more TXI of the whole invoice.
        many tax => taxes: Tax;
        /// CAD.
        one carrier => carrier: CarrierDetail;
        /// One more AMT.
        many amount => amounts: Amount;
        /// One more SAC of the whole invoice.
        many charge => charges: Charge;
        /// One more ISS.
        many shipment => shipments: InvoiceShipment;
    }
}

impl InvoiceBuilder {
    /// Counts the lines (CTT01) and checks the whole invoice by the tables of the release.
    ///
    /// # Errors
    /// As [`Invoice::check_all`].
    pub fn build(mut self) -> Result<Invoice> {
        self.built.release = self.release;
        self.built.count_lines();
        self.built.check_all()?;
        Ok(self.built)
    }
}

builder! {
    /// Builds an [`InvoiceLine`]; a mistake is told at the call that makes it.
    InvoiceLineBuilder of InvoiceLine in "810", &["IT1"], {
        /// IT1.
        first item => item: InvoiceItem;
        /// One more QTY.
        many quantity => quantities: Quantity;
        /// CUR.
        one currency => currency: Currency;
        /// One more IT3.
        many shipment => shipments: LineShipment;
        /// One more TXI.
        many tax => taxes: Tax;
        /// One more CTP.
        many price => prices: Price;
        /// One more MEA.
        many measurement => measurements: Measurement;
        /// One more PID.
        many description => descriptions: ItemDescription;
        /// One more PKG.
        many packaging => packaging: Packaging;
        /// PO4.
        one packing => packing: Packing;
        /// One more ITD.
        many terms => terms: PaymentTerms;
        /// One more REF.
        many reference => references: Reference;
        /// One more PER.
        many contact => contacts: Contact;
        /// One more SDQ.
        many destination => destinations: DestinationQuantities;
        /// One more DTM.
        many date => dates: DateReference;
        /// One more CAD.
        many carrier => carriers: CarrierDetail;
        /// One more SAC with TXI.
        many charge => charges: Charge;
        /// One more SLN.
        many subline => sublines: InvoiceSubline;
        /// One more N1 with its address.
        many party => parties: Party;
    }
}

impl InvoiceLineBuilder {
    /// Checks the line.
    ///
    /// # Errors
    /// As the methods, for what was never given.
    pub fn build(self) -> Result<InvoiceLine> {
        crate::document::sink::put(&self.built, self.release, &mut ())?;
        Ok(self.built)
    }
}
