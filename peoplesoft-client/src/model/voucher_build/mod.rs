//! A voucher to be built: what `VOUCHER_BUILD` puts into staging.

mod build_key;
mod check;
pub(crate) mod exchange;
mod line;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use build_key::{BuildKey, InvalidBuildKey};
pub use line::{NewVoucherDistribution, NewVoucherLine, NewVoucherPayment};

use super::{
    BusinessUnit, CurrencyCode, InvoiceId, PaymentTermsCode, PsDate, PurchaseOrderKey, VendorKey,
    VendorLocation, VoucherStyle, serde_decimal, serde_decimal_option,
};

/// A voucher that PeopleSoft is to build: a supplier's invoice with its lines.
///
/// It goes into the staging records of the voucher build (`VCHR_HDR_STG` and those below), where the
/// batch program finds it; the number is PeopleSoft's to give. What the supplier and its location
/// default, such as payment terms, may be left out.
///
/// ```
/// use peoplesoft_client::model::*;
///
/// let mut voucher = NewVoucher::new(
///     BusinessUnit::new("US001")?,
///     VendorKey::new("SHARE", "0000000042")?,
///     InvoiceId::new("INV-4711")?,
///     "2026-03-31".parse()?,
///     CurrencyCode::new("USD")?,
/// );
/// let mut line = NewVoucherLine::new(1, parse_decimal("250.00")?);
/// line.description = Some("Hex bolts".to_owned());
/// line.order = Some(OrderSchedule {
///     order: PurchaseOrderKey::new("US001", "0000000123")?,
///     line_nbr: 1,
///     sched_nbr: 1,
/// });
/// voucher.lines.push(line);
/// voucher.freight_amount = Some(parse_decimal("12.50")?);
/// voucher.gross_amount = voucher.total();
/// assert_eq!(voucher.gross_amount.to_string(), "262.50");
/// assert!(voucher.check().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewVoucher {
    /// The owner of the voucher.
    pub business_unit: BusinessUnit,
    /// The keys that name it in staging; made of unit, supplier, invoice and date unless set.
    pub build_key: BuildKey,
    /// The supplier (`VENDOR_SETID`, `VENDOR_ID`).
    pub vendor: VendorKey,
    /// The supplier's invoice number (`INVOICE_ID`).
    pub invoice: InvoiceId,
    /// Date of the invoice (`INVOICE_DT`).
    pub invoice_date: PsDate,
    /// What the supplier asks for in all (`GROSS_AMT`), at most three decimals.
    #[serde(with = "serde_decimal")]
    pub gross_amount: Decimal,
    /// Currency of every amount (`TXN_CURRENCY_CD`).
    pub currency: CurrencyCode,
    /// Kind of voucher (`VOUCHER_STYLE`); a regular one unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<VoucherStyle>,
    /// Where vouchers of this kind come from, as the site numbers origins (`ORIGIN`, 3 characters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The supplier's location (`VNDR_LOC`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_location: Option<VendorLocation>,
    /// The supplier's address (`ADDRESS_SEQ_NUM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_address: Option<u32>,
    /// The order that the invoice refers to as a whole (`BUSINESS_UNIT_PO`, `PO_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<PurchaseOrderKey>,
    /// Payment terms (`PYMNT_TERMS_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<PaymentTermsCode>,
    /// Terms discount (`DSCNT_AMT`); it is no part of the gross amount.
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub discount_amount: Option<Decimal>,
    /// Sales tax (`SALETX_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub sales_tax_amount: Option<Decimal>,
    /// Freight (`FREIGHT_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub freight_amount: Option<Decimal>,
    /// Miscellaneous charges (`MISC_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub misc_amount: Option<Decimal>,
    /// VAT as it was entered (`VAT_ENTRD_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub vat_amount: Option<Decimal>,
    /// Day on which it counts (`ACCOUNTING_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounting_date: Option<PsDate>,
    /// Day on which the invoice came (`INVOICE_RCPT_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_receipt_date: Option<PsDate>,
    /// Day on which the goods came (`RECEIPT_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_date: Option<PsDate>,
    /// Day on which it is due (`DUE_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<PsDate>,
    /// Day until which the discount holds (`DSCNT_DUE_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_due_date: Option<PsDate>,
    /// Packing slip (`PACKSLIP_NO`, 22 characters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packing_slip: Option<String>,
    /// Bill of lading (`BILL_OF_LADING`, 30 characters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_of_lading: Option<String>,
    /// What it is for (`DESCR254_MIXED`, 254 characters).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The lines, by number.
    #[serde(default)]
    pub lines: Vec<NewVoucherLine>,
    /// Scheduled payments, where the terms are not to decide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<NewVoucherPayment>,
    /// Further header fields, by their PeopleSoft names, as texts. The build program takes no notice of
    /// those that it was not changed for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl NewVoucher {
    /// A voucher without lines and amounts.
    #[must_use]
    pub fn new(
        business_unit: BusinessUnit,
        vendor: VendorKey,
        invoice: InvoiceId,
        invoice_date: PsDate,
        currency: CurrencyCode,
    ) -> Self {
        let natural = format!("{business_unit}/{vendor}/{invoice}/{invoice_date}");
        Self {
            build_key: BuildKey::of(&natural),
            business_unit,
            vendor,
            invoice,
            invoice_date,
            gross_amount: Decimal::ZERO,
            currency,
            style: None,
            origin: None,
            vendor_location: None,
            vendor_address: None,
            order: None,
            payment_terms: None,
            discount_amount: None,
            sales_tax_amount: None,
            freight_amount: None,
            misc_amount: None,
            vat_amount: None,
            accounting_date: None,
            invoice_receipt_date: None,
            receipt_date: None,
            due_date: None,
            discount_due_date: None,
            packing_slip: None,
            bill_of_lading: None,
            description: None,
            lines: Vec::new(),
            payments: Vec::new(),
            extra: BTreeMap::new(),
        }
    }

    /// What lines and charges come to: what the gross amount should be.
    #[must_use]
    pub fn total(&self) -> Decimal {
        let charges = [
            self.sales_tax_amount,
            self.freight_amount,
            self.misc_amount,
            self.vat_amount,
        ];
        let lines = self.lines.iter().map(|line| line.amount);
        lines
            .chain(charges.into_iter().flatten())
            .fold(Decimal::ZERO, Decimal::saturating_add)
    }
}
