//! A voucher of PeopleSoft Payables: what we owe a supplier, and how far its payment has come.

mod line;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::key::key_with_slashes;
use super::{
    ApprovalStatus, BudgetStatus, BusinessUnit, CloseStatus, CurrencyCode, EntryStatus, InvalidId,
    InvoiceId, OperatorId, OriginCode, PaymentSelectionStatus, PaymentTermsCode, PostStatus,
    PsDate, PsDateTime, PurchaseOrderKey, RateType, VendorKey, VendorLocation, VoucherId,
    VoucherMatchStatus, VoucherStyle, serde_decimal, serde_decimal_option,
};

pub use line::{OrderSchedule, VoucherDistribution, VoucherLine};

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

/// A voucher: header, and lines with distributions as far as the query selects them.
///
/// ```
/// use peoplesoft_client::model::*;
///
/// let mut voucher = Voucher::new(
///     VoucherKey::new("US001", "00000017")?,
///     VendorKey::new("SHARE", "0000000042")?,
///     CurrencyCode::new("USD")?,
///     parse_decimal("39.00")?,
///     "2026-04-01T00:00:00".parse()?,
/// );
/// voucher.match_status = Some(VoucherMatchStatus::from_text("T"));
/// assert!(!voucher.is_matched(), "T means that it has still to be matched");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Voucher {
    /// Business unit and number.
    pub key: VoucherKey,
    /// What kind of voucher it is (`VOUCHER_STYLE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<VoucherStyle>,
    /// The supplier's invoice (`INVOICE_ID`); only templates and the like have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<InvoiceId>,
    /// Its date (`INVOICE_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_date: Option<PsDate>,
    /// The supplier.
    pub vendor: VendorKey,
    /// How far its entry has come (`ENTRY_STATUS`).
    pub entry_status: EntryStatus,
    /// What the invoice comes to, at most three decimals (`GROSS_AMT`).
    #[serde(with = "serde_decimal")]
    pub gross_amount: Decimal,
    /// Currency of every amount (`TXN_CURRENCY_CD`).
    pub currency: CurrencyCode,
    /// The order that the whole voucher is for; a voucher of several orders names them at its lines
    /// (`BUSINESS_UNIT_PO`, `PO_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<PurchaseOrderKey>,
    /// The supplier's location (`VNDR_LOC`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_location: Option<VendorLocation>,
    /// Number of the supplier's address (`ADDRESS_SEQ_NUM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_address_seq: Option<u32>,
    /// How far it is matched (`MATCH_STATUS_VCHR`); `T` means that it has still to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_status: Option<VoucherMatchStatus>,
    /// Whether it is to be matched at all (`MATCH_ACTION`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_action: Option<String>,
    /// Whether it is approved (`APPR_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_status: Option<ApprovalStatus>,
    /// Whether it is posted (`POST_STATUS_AP`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_status: Option<PostStatus>,
    /// Whether it is closed (`CLOSE_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_status: Option<CloseStatus>,
    /// What the budget check said (`BUDGET_HDR_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_status: Option<BudgetStatus>,
    /// What the check of document tolerances said (`DOC_TOL_HDR_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_tolerance_status: Option<String>,
    /// How far its payment has come, where the query joins one row of `PYMNT_VCHR_XREF` (`PYMNT_SELCT_STATUS`); scheduled payments tell of each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_status: Option<PaymentSelectionStatus>,
    /// Discount in the gross amount (`DSCNT_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub discount_amount: Option<Decimal>,
    /// Sales tax in it (`SALETX_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub sales_tax_amount: Option<Decimal>,
    /// Freight in it (`FREIGHT_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub freight_amount: Option<Decimal>,
    /// Other charges in it (`MISC_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub miscellaneous_amount: Option<Decimal>,
    /// Value added tax in it (`VAT_ENTRD_AMT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub vat_amount: Option<Decimal>,
    /// Type of the exchange rate (`RT_TYPE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_type: Option<RateType>,
    /// What amounts are multiplied by, at most eight decimals (`RATE_MULT`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub rate_multiplier: Option<Decimal>,
    /// What they are divided by, at most eight decimals (`RATE_DIV`).
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub rate_divisor: Option<Decimal>,
    /// Payment terms (`PYMNT_TERMS_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<PaymentTermsCode>,
    /// Day that the payment is due (`DUE_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<PsDate>,
    /// Last day of the discount (`DSCNT_DUE_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_due_date: Option<PsDate>,
    /// The voucher that it adjusts or reverses (`VOUCHER_ID_RELATED`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub related_voucher: Option<VoucherId>,
    /// Where it came from (`ORIGIN`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<OriginCode>,
    /// What built it, such as `XML` (`VCHR_SRC`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who entered it (`OPRID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_by: Option<OperatorId>,
    /// Day that it was entered (`ENTERED_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_date: Option<PsDate>,
    /// Day that it counts for in the ledger (`ACCOUNTING_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounting_date: Option<PsDate>,
    /// Day that the invoice came (`INVOICE_RCPT_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_receipt_date: Option<PsDate>,
    /// Packing slip (`PACKSLIP_NO`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packing_slip: Option<String>,
    /// Bill of lading (`BILL_OF_LADING`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_of_lading: Option<String>,
    /// What it is for, in words (`DESCR254_MIXED`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many lines it has, whether or not the query selects them (`VCHR_TTL_LINES`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_count: Option<u32>,
    /// Last change, in the profile's zone; at midnight where the source keeps only the day.
    pub last_updated: PsDateTime,
    /// Lines in line order; none where the query does not select them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<VoucherLine>,
    /// Header columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl Voucher {
    /// A postable voucher without lines.
    #[must_use]
    pub fn new(
        key: VoucherKey,
        vendor: VendorKey,
        currency: CurrencyCode,
        gross_amount: Decimal,
        last_updated: PsDateTime,
    ) -> Self {
        Self {
            key,
            style: None,
            invoice_id: None,
            invoice_date: None,
            vendor,
            entry_status: EntryStatus::Postable,
            gross_amount,
            currency,
            purchase_order: None,
            vendor_location: None,
            vendor_address_seq: None,
            match_status: None,
            match_action: None,
            approval_status: None,
            post_status: None,
            close_status: None,
            budget_status: None,
            document_tolerance_status: None,
            payment_status: None,
            discount_amount: None,
            sales_tax_amount: None,
            freight_amount: None,
            miscellaneous_amount: None,
            vat_amount: None,
            rate_type: None,
            rate_multiplier: None,
            rate_divisor: None,
            payment_terms: None,
            due_date: None,
            discount_due_date: None,
            related_voucher: None,
            origin: None,
            source: None,
            entered_by: None,
            entered_date: None,
            accounting_date: None,
            invoice_receipt_date: None,
            packing_slip: None,
            bill_of_lading: None,
            description: None,
            line_count: None,
            last_updated,
            lines: Vec::new(),
            extra: BTreeMap::new(),
        }
    }

    /// Whether matching no longer keeps it from being paid; a voucher whose query does not say so is not
    /// matched.
    #[must_use]
    pub fn is_matched(&self) -> bool {
        let status = self.match_status.as_ref();
        status.is_some_and(VoucherMatchStatus::is_settled)
    }

    /// Whether it still counts: neither deleted nor a template.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        !matches!(
            self.entry_status,
            EntryStatus::Deleted | EntryStatus::Template
        )
    }
}
