//! A voucher of PeopleSoft Payables: what we owe a supplier.

use serde::{Deserialize, Serialize};

use super::key::key_with_slashes;
use super::{BusinessUnit, InvalidId, VoucherId};

/// What names one voucher: its business unit and its number, never one without the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VoucherKey {
    /// The owner of the voucher.
    pub business_unit: BusinessUnit,
    /// The number within the business unit.
    pub voucher_id: VoucherId,
}

impl VoucherKey {
    /// Checks both halves.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] naming the half that is blank or too long.
    pub fn new(
        business_unit: impl AsRef<str>,
        voucher_id: impl AsRef<str>,
    ) -> Result<Self, InvalidId> {
        Ok(Self {
            business_unit: BusinessUnit::new(business_unit)?,
            voucher_id: VoucherId::new(voucher_id)?,
        })
    }
}

key_with_slashes!(VoucherKey {
    business_unit,
    voucher_id
});
