//! What a test sees and sets of the double's staging and batch programs.

use super::desk::{BuiltVoucher, DeskRules, FailedMessage};
use super::fake::FakePeopleSoft;
use crate::model::{NewVoucher, PoAcknowledgement, VendorKey};
use crate::vendor::VendorEvent;

impl FakePeopleSoft {
    /// Changes how long messages and staging wait, and what of them differs by site.
    pub fn set_desk(&self, rules: DeskRules) {
        self.state(|state| state.desk.rules = rules);
    }

    /// Runs the voucher build, the acknowledgement load and the load of suppliers now, for all that is in
    /// staging.
    pub fn run_batches(&self) {
        self.state(|state| {
            state.advance();
            state.run_batches();
        });
    }

    /// Makes the voucher build not find a supplier, which is an error of the pre-edit.
    pub fn forget_vendor(&self, vendor: VendorKey) {
        self.state(|state| state.desk.unknown_vendors.push(vendor));
    }

    /// The vouchers that wait in staging.
    #[must_use]
    pub fn staged_vouchers(&self) -> Vec<NewVoucher> {
        self.state(|state| {
            state.advance();
            let staged = state.desk.staged.iter();
            staged.map(|staged| staged.voucher.clone()).collect()
        })
    }

    /// The vouchers that were built, oldest first.
    #[must_use]
    pub fn built_vouchers(&self) -> Vec<BuiltVoucher> {
        self.state(|state| {
            state.advance();
            state.desk.vouchers.clone()
        })
    }

    /// The acknowledgements that were loaded, oldest first.
    #[must_use]
    pub fn loaded_acknowledgements(&self) -> Vec<PoAcknowledgement> {
        self.state(|state| {
            state.advance();
            state.desk.acknowledgements.clone()
        })
    }

    /// What supplier messages brought that waits to be put into the supplier records, oldest first.
    ///
    /// Once it is there it counts as changed now, by the double's clock; rows that a message leaves out
    /// stay as they are.
    #[must_use]
    pub fn staged_suppliers(&self) -> Vec<VendorEvent> {
        self.state(|state| {
            state.advance();
            state.desk.suppliers.waiting().cloned().collect()
        })
    }

    /// The messages that were accepted and then failed in their handlers.
    #[must_use]
    pub fn failed_messages(&self) -> Vec<FailedMessage> {
        self.state(|state| {
            state.advance();
            state.desk.failed.clone()
        })
    }
}
