//! What is due on a voucher, and what became of it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::BankKey;
use crate::model::key::key_with_slashes;
use crate::model::{
    BusinessUnit, CurrencyCode, Flag, HoldReasonCode, InvoiceId, PaymentId, PaymentMethod,
    PaymentReference, PaymentSelectionStatus, PaymentStatus, PsDate, PsDateTime, VendorKey,
    VoucherId, VoucherKey, serde_decimal_option,
};

/// What names one scheduled payment: the voucher and its number within it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ScheduledPaymentKey {
    /// The owner of the voucher.
    pub business_unit: BusinessUnit,
    /// The voucher.
    pub voucher_id: VoucherId,
    /// The number within the voucher (`PYMNT_CNT`), up to five digits.
    pub payment_count: u32,
}

impl ScheduledPaymentKey {
    /// A scheduled payment of a voucher.
    #[must_use]
    pub fn new(voucher: VoucherKey, payment_count: u32) -> Self {
        Self {
            business_unit: voucher.business_unit,
            voucher_id: voucher.voucher_id,
            payment_count,
        }
    }

    /// The voucher.
    #[must_use]
    pub fn voucher(&self) -> VoucherKey {
        VoucherKey {
            business_unit: self.business_unit.clone(),
            voucher_id: self.voucher_id.clone(),
        }
    }
}

key_with_slashes!(ScheduledPaymentKey {
    business_unit,
    voucher_id,
    payment_count
});

/// One payment that a voucher asks for (`PYMNT_VCHR_XREF`), paid or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScheduledPayment {
    /// The voucher and the number within it.
    pub key: ScheduledPaymentKey,
    /// The payment that pays it (`PYMNT_ID`); nothing while none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentId>,
    /// How far it has come (`PYMNT_SELCT_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection_status: Option<PaymentSelectionStatus>,
    /// How it is paid (`PYMNT_METHOD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<PaymentMethod>,
    /// Whether it is held back (`PYMNT_HOLD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_hold: Option<Flag>,
    /// Why it is held back (`PYMNT_HOLD_REASON`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_reason: Option<HoldReasonCode>,
    /// Day that it is to be paid (`SCHEDULED_PAY_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_date: Option<PsDate>,
    /// Last day of the discount (`DSCNT_DUE_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_due_date: Option<PsDate>,
    /// Currency of the voucher (`TXN_CURRENCY_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// What is due, in that currency, at most three decimals (`PYMNT_GROSS_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub gross_amount: Option<Decimal>,
    /// The discount that may be taken (`DSCNT_PAY_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub discount_amount: Option<Decimal>,
    /// Currency of the payment (`CURRENCY_PYMNT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_currency: Option<CurrencyCode>,
    /// What was paid, in that currency, at most three decimals (`PAID_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub paid_amount: Option<Decimal>,
    /// The same before the discount (`PAID_AMT_GROSS`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub paid_gross_amount: Option<Decimal>,
    /// The discount that was taken (`PAID_AMT_DSCNT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub paid_discount_amount: Option<Decimal>,
    /// The pay cycle (`PAY_CYCLE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_cycle: Option<String>,
    /// How the payment is handed over (`PYMNT_HANDLING_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling: Option<String>,
    /// What the payee is told (`PYMNT_MESSAGE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether it is paid on its own (`PYMNT_SEPARATE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separate: Option<Flag>,
    /// What is done with it (`PYMNT_ACTION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The supplier's invoice, where the query joins the voucher (`INVOICE_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<InvoiceId>,
    /// Its date, where the query joins the voucher (`INVOICE_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_date: Option<PsDate>,
    /// Number of the check or the transfer, where the query joins the payment (`PYMNT_ID_REF`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<PaymentReference>,
    /// What became of the payment, where the query joins it (`PYMNT_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_status: Option<PaymentStatus>,
    /// Its date, where the query joins it (`PYMNT_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_date: Option<PsDate>,
    /// The supplier that is paid (`REMIT_SETID`, `REMIT_VENDOR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remit_vendor: Option<VendorKey>,
    /// The bank account of ours that pays it (`BANK_SETID`, `BANK_CD`, `BANK_ACCT_KEY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<BankKey>,
    /// Last change, in the profile's zone, where the query has a column for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<PsDateTime>,
    /// Columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl ScheduledPayment {
    /// A scheduled payment of which nothing more is known.
    #[must_use]
    pub fn new(key: ScheduledPaymentKey) -> Self {
        Self {
            key,
            payment: None,
            selection_status: None,
            method: None,
            on_hold: None,
            hold_reason: None,
            scheduled_date: None,
            discount_due_date: None,
            currency: None,
            gross_amount: None,
            discount_amount: None,
            payment_currency: None,
            paid_amount: None,
            paid_gross_amount: None,
            paid_discount_amount: None,
            pay_cycle: None,
            handling: None,
            message: None,
            separate: None,
            action: None,
            invoice_id: None,
            invoice_date: None,
            reference: None,
            payment_status: None,
            payment_date: None,
            remit_vendor: None,
            bank: None,
            last_updated: None,
            extra: BTreeMap::new(),
        }
    }
}
