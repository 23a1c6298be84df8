//! Builds payments and what they are for.

use super::builder;
use crate::document::payment_order::{
    AdjustmentDetail, NamedEntity, PaidLine, PaymentOrder, PaymentParty, Remittance,
    RemittanceEntity,
};
use crate::document::segments::{
    Currency, DateReference, Entity, PaymentBeginning, Reference, Remark, RemittanceItem, Trace,
};
use crate::error::Result;

builder! {
    /// Builds a [`PaymentOrder`]; a mistake is told at the call that makes it.
    PaymentOrderBuilder of PaymentOrder in "820", &[], {
        /// BPR.
        first beginning => beginning: PaymentBeginning;
        /// One more NTE.
        many remark => remarks: Remark;
        /// TRN.
        one trace => trace: Trace;
        /// CUR.
        one currency => currency: Currency;
        /// One more REF.
        many reference => references: Reference;
        /// One more DTM.
        many date => dates: DateReference;
        /// One more N1.
        many party => parties: PaymentParty;
        /// One more ENT with the invoices that are paid.
        many entity => entities: RemittanceEntity;
    }
}

impl PaymentOrderBuilder {
    /// Checks the whole document by the tables of the release.
    ///
    /// # Errors
    /// As [`PaymentOrder::check_all`].
    pub fn build(mut self) -> Result<PaymentOrder> {
        self.built.release = self.release;
        self.built.check_all()?;
        Ok(self.built)
    }
}

builder! {
    /// Builds a [`RemittanceEntity`]; a mistake is told at the call that makes it.
    RemittanceEntityBuilder of RemittanceEntity in "820", &["ENT"], {
        /// ENT.
        first entity => entity: Entity;
        /// One more NM1.
        many name => names: NamedEntity;
        /// One more ADX.
        many adjustment => adjustments: AdjustmentDetail;
        /// One more RMR.
        many remittance => remittances: Remittance;
    }
}

impl RemittanceEntityBuilder {
    /// Checks the entity.
    ///
    /// # Errors
    /// As the methods, for what was never given.
    pub fn build(self) -> Result<RemittanceEntity> {
        crate::document::sink::put(&self.built, self.release, &mut ())?;
        Ok(self.built)
    }
}

builder! {
    /// Builds a [`Remittance`]; a mistake is told at the call that makes it.
    RemittanceBuilder of Remittance in "820", &["ENT", "RMR"], {
        /// RMR.
        first item => item: RemittanceItem;
        /// One more NTE.
        many remark => remarks: Remark;
        /// One more REF.
        many reference => references: Reference;
        /// One more DTM.
        many date => dates: DateReference;
        /// One more IT1.
        many line => lines: PaidLine;
        /// One more ADX.
        many adjustment => adjustments: AdjustmentDetail;
    }
}

impl RemittanceBuilder {
    /// Checks the item.
    ///
    /// # Errors
    /// As the methods, for what was never given.
    pub fn build(self) -> Result<Remittance> {
        crate::document::sink::put(&self.built, self.release, &mut ())?;
        Ok(self.built)
    }
}
