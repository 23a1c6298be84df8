//! Builds purchase orders and their lines.

use super::builder;
use crate::document::purchase_order::{LineSchedule, OrderLine, OrderSubline, PurchaseOrder};
use crate::document::segments::{
    Amount, Carrier, Contact, Currency, DateReference, Description, DestinationQuantities,
    Equipment, FobTerms, ItemDetail, ItemIdentification, LineShipment, LongMessage, Marks,
    Measurement, Message, OrderBeginning, OrderItem, Packages, Packaging, Packing, PaymentTerms,
    Price, Reference, Remark, SpecialHandling, Tax, TaxReference,
};
use crate::document::{
    AmountDetail, Charge, ItemDescription, LeadTimeDetail, LeadTimes, Note, PackagingDetail, Party,
    PriceDetail, QuantityDetail,
};
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
        /// One more NTE.
        many remark => remarks: Remark;
        /// One more TAX.
        many tax_reference => tax_references: TaxReference;
        /// One more FOB.
        many fob => fob: FobTerms;
        /// One more CTP.
        many price => prices: Price;
        /// One more SAC.
        many charge => charges: Charge;
        /// One more ITD.
        many terms => terms: PaymentTerms;
        /// One more DTM.
        many date => dates: DateReference;
        /// One more LDT.
        many lead_time => lead_times: LeadTimeDetail;
        /// One more LIN.
        many identification => identifications: ItemIdentification;
        /// One more PID.
        many description => descriptions: Description;
        /// One more MEA.
        many measurement => measurements: Measurement;
        /// One more PKG.
        many packaging => packaging: Packaging;
        /// One more TD1.
        many packages => packages: Packages;
        /// One more TD3.
        many equipment => equipment: Equipment;
        /// One more TD4.
        many special_handling => special_handling: SpecialHandling;
        /// One more MAN.
        many marks => marks: Marks;
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
        /// One more LIN.
        many identification => identifications: ItemIdentification;
        /// CUR.
        one currency => currency: Currency;
        /// One more PO3.
        many detail => details: ItemDetail;
        /// One more CTP.
        many price => prices: PriceDetail;
        /// One more MEA.
        many measurement => measurements: Measurement;
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
        /// One more TAX.
        many tax_reference => tax_references: TaxReference;
        /// One more FOB.
        many fob => fob: FobTerms;
        /// One more SDQ.
        many destination => destinations: DestinationQuantities;
        /// One more IT3.
        many shipment => shipments: LineShipment;
        /// One more DTM.
        many date => dates: DateReference;
        /// One more TD5.
        many carrier => carriers: Carrier;
        /// One more TD1.
        many packages => packages: Packages;
        /// One more TD3.
        many equipment => equipment: Equipment;
        /// One more TD4.
        many special_handling => special_handling: SpecialHandling;
        /// One more MAN.
        many marks => marks: Marks;
        /// One more MSG, in 004010.
        many message => messages: Message;
        /// One more MTX, from 005010 on.
        many long_message => long_messages: LongMessage;
        /// One more TXI.
        many tax => taxes: Tax;
        /// One more QTY.
        many quantity => quantities: QuantityDetail;
        /// One more SCH.
        many schedule => schedules: LineSchedule;
        /// One more PKG with MEA.
        many packaging => packaging: PackagingDetail;
        /// One more LDT, before 004010.
        many lead_time => lead_times: LeadTimeDetail;
        /// LS with LDT and LE, from 004010 on.
        one bounded_lead_times => lead_time_loop: LeadTimes;
        /// One more N9 with MSG.
        many note => notes: Note;
        /// One more N1 with its address.
        many party => parties: Party;
        /// One more SLN.
        many subline => sublines: OrderSubline;
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
