//! Payments of PeopleSoft Payables: what was paid, and what each voucher still waits for.

mod scheduled;

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::key::key_parts;
use super::{
    BankAccountKey, BankCode, CurrencyCode, InvalidId, PaymentId, PaymentMethod, PaymentReference,
    PaymentStatus, PsDate, PsDateTime, SetId, VendorKey, serde_decimal,
};

pub use scheduled::{ScheduledPayment, ScheduledPaymentKey};

/// A bank account of ours, as PeopleSoft keys it; its parts never appear in `Debug` or `Display`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BankKey {
    /// The SetID that owns the bank (`BANK_SETID`).
    pub setid: SetId,
    /// The bank (`BANK_CD`).
    pub bank: BankCode,
    /// The account (`BANK_ACCT_KEY`).
    pub account: BankAccountKey,
}

impl BankKey {
    /// Checks the three parts.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] naming the part that is blank or too long.
    pub fn new(
        setid: impl AsRef<str>,
        bank: impl AsRef<str>,
        account: impl AsRef<str>,
    ) -> Result<Self, InvalidId> {
        Ok(Self {
            setid: SetId::new(setid)?,
            bank: BankCode::new(bank)?,
            account: BankAccountKey::new(account)?,
        })
    }
}

impl fmt::Debug for BankKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BankKey([hidden])")
    }
}

/// What names one payment: the bank account of ours that it came from, and its number there.
///
/// `Debug` and `Display` show the number alone. The parts for a page that is resumed are those of
/// [`RecordKey::texts`](super::RecordKey::texts) or of its serialised form.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PaymentKey {
    /// The SetID that owns the bank (`BANK_SETID`).
    pub bank_setid: SetId,
    /// The bank (`BANK_CD`).
    pub bank: BankCode,
    /// The account (`BANK_ACCT_KEY`).
    pub bank_account: BankAccountKey,
    /// The number of the payment (`PYMNT_ID`).
    pub payment_id: PaymentId,
}

impl PaymentKey {
    /// A payment of a bank account.
    #[must_use]
    pub fn new(bank: BankKey, payment_id: PaymentId) -> Self {
        Self {
            bank_setid: bank.setid,
            bank: bank.bank,
            bank_account: bank.account,
            payment_id,
        }
    }
}

key_parts!(PaymentKey {
    bank_setid,
    bank,
    bank_account,
    payment_id
});

impl fmt::Debug for PaymentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentKey")
            .field("payment_id", &self.payment_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for PaymentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.payment_id.as_str())
    }
}

/// A payment, and what of each voucher it pays as far as the query selects it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Payment {
    /// Bank account and number.
    pub key: PaymentKey,
    /// What became of it (`PYMNT_STATUS`).
    pub status: PaymentStatus,
    /// Its date (`PYMNT_DT`).
    pub payment_date: PsDate,
    /// What it comes to, at most three decimals (`PYMNT_AMT`).
    #[serde(with = "serde_decimal")]
    pub amount: Decimal,
    /// Its currency (`CURRENCY_PYMNT`).
    pub currency: CurrencyCode,
    /// Number of the check or the transfer (`PYMNT_ID_REF`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<PaymentReference>,
    /// How it was paid (`PYMNT_METHOD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<PaymentMethod>,
    /// Who was paid, by name (`NAME1`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<String>,
    /// Day that it was created (`CREATION_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_date: Option<PsDate>,
    /// What canceling it did (`CANCEL_ACTION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_action: Option<String>,
    /// Day that it was canceled (`CANCEL_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_date: Option<PsDate>,
    /// The supplier that it went to (`REMIT_SETID`, `REMIT_VENDOR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remit_vendor: Option<VendorKey>,
    /// Last change, in the profile's zone. PeopleSoft keeps none with a payment, so without a column of the
    /// site's own it is midnight of the latest of the days that it was created, paid and canceled.
    pub last_updated: PsDateTime,
    /// What it pays, by voucher; none where the query does not select it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vouchers: Vec<ScheduledPayment>,
    /// Columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl Payment {
    /// A payment that is paid, last changed at the start of its date.
    #[must_use]
    pub fn new(
        key: PaymentKey,
        payment_date: PsDate,
        amount: Decimal,
        currency: CurrencyCode,
    ) -> Self {
        Self {
            key,
            status: PaymentStatus::Paid,
            payment_date,
            amount,
            currency,
            reference: None,
            method: None,
            payee: None,
            created_date: None,
            cancel_action: None,
            cancel_date: None,
            remit_vendor: None,
            last_updated: payment_date.at_midnight(),
            vouchers: Vec::new(),
            extra: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RecordKey;

    #[test]
    fn the_bank_stays_out_of_what_is_shown() {
        let bank = BankKey::new("SETID", "BANKX", "ACCT").unwrap();
        let payment = PaymentId::new("0000000001").unwrap();
        let key = PaymentKey::new(bank.clone(), payment);
        let shown = format!("{key} {key:?} {bank:?}");
        for part in ["SETID", "BANKX", "ACCT"] {
            assert!(!shown.contains(part), "{shown}");
        }
        assert_eq!(key.to_string(), "0000000001");
        let texts = key.texts();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(PaymentKey::from_texts(&texts), Ok(key.clone()));
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<PaymentKey>(&json).unwrap(), key);
    }
}
