//! An invoice of PeopleSoft Billing: what we ask a customer to pay.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::id::key_from_text;
use super::key::key_parts;
use super::{
    BusinessUnit, CurrencyCode, CustomerId, InvalidId, InvoiceId, PaymentTermsCode, PostalAddress,
    PsDate, PsDateTime, UnitOfMeasure, serde_decimal, serde_decimal_option,
};

/// What names one invoice: its business unit and its number, never one without the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BillingInvoiceKey {
    /// The owner of the invoice.
    pub business_unit: BusinessUnit,
    /// The number within the business unit (`INVOICE`).
    pub invoice: InvoiceId,
}

impl BillingInvoiceKey {
    /// Checks both halves.
    ///
    /// # Errors
    ///
    /// [`InvalidId`] naming the half that is blank or too long.
    pub fn new(
        business_unit: impl AsRef<str>,
        invoice: impl AsRef<str>,
    ) -> Result<Self, InvalidId> {
        Ok(Self {
            business_unit: BusinessUnit::new(business_unit)?,
            invoice: InvoiceId::new(invoice)?,
        })
    }
}

key_from_text!(BillingInvoiceKey);
key_parts!(BillingInvoiceKey {
    business_unit,
    invoice
});

impl std::fmt::Display for BillingInvoiceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.business_unit, self.invoice)
    }
}

/// An invoice to a customer: header and lines.
///
/// ```
/// use peoplesoft_client::model::*;
///
/// let mut invoice = BillingInvoice::new(
///     BillingInvoiceKey::new("US001", "INV-000017")?,
///     CustomerId::new("1000")?,
///     "2026-03-31".parse::<PsDate>()?,
///     CurrencyCode::new("USD")?,
/// );
/// invoice.lines.push(BillingInvoiceLine::new(1, parse_decimal("2")?, parse_decimal("9.99")?));
/// invoice.total = parse_decimal("19.98")?;
/// assert_eq!(invoice.lines[0].gross_amount, invoice.total);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BillingInvoice {
    /// Business unit and number.
    pub key: BillingInvoiceKey,
    /// Date of the invoice (`INVOICE_DT`).
    pub invoice_date: PsDate,
    /// Bill type as the site numbers them (`BILL_TYPE_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_type: Option<String>,
    /// Bill status as the query shows it (`BILL_STATUS`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The customer who is asked to pay (`BILL_TO_CUST_ID`).
    pub bill_to: CustomerId,
    /// Name and address of that customer, where the query joins them.
    #[serde(default, skip_serializing_if = "PostalAddress::is_empty")]
    pub bill_to_address: PostalAddress,
    /// The customer who received the goods (`SHIP_TO_CUST_ID`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to: Option<CustomerId>,
    /// Name and address of that customer, where the query joins them.
    #[serde(default, skip_serializing_if = "PostalAddress::is_empty")]
    pub ship_to_address: PostalAddress,
    /// The customer's purchase order (`PO_REF`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_po: Option<String>,
    /// Date of that order, where the query has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_po_date: Option<PsDate>,
    /// Currency of every amount (`BI_CURRENCY_CD`).
    pub currency: CurrencyCode,
    /// Payment terms (`PYMNT_TERMS_CD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<PaymentTermsCode>,
    /// Day that the payment is due (`DUE_DT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<PsDate>,
    /// What the customer is asked to pay (`INVOICE_AMOUNT`), at most three decimals.
    #[serde(with = "serde_decimal")]
    pub total: Decimal,
    /// Tax in the total, where the query has it.
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub tax_amount: Option<Decimal>,
    /// Discounts in the total, where the query has them; the sign is PeopleSoft's.
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub discount_amount: Option<Decimal>,
    /// Surcharges in the total, where the query has them.
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub surcharge_amount: Option<Decimal>,
    /// Last change, in the profile's zone.
    pub last_updated: PsDateTime,
    /// Lines in sequence.
    pub lines: Vec<BillingInvoiceLine>,
    /// Header columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl BillingInvoice {
    /// An invoice without lines, of nothing, last changed at the start of its date.
    #[must_use]
    pub fn new(
        key: BillingInvoiceKey,
        bill_to: CustomerId,
        invoice_date: PsDate,
        currency: CurrencyCode,
    ) -> Self {
        Self {
            key,
            invoice_date,
            bill_type: None,
            status: None,
            bill_to,
            bill_to_address: PostalAddress::default(),
            ship_to: None,
            ship_to_address: PostalAddress::default(),
            customer_po: None,
            customer_po_date: None,
            currency,
            payment_terms: None,
            due_date: None,
            total: Decimal::ZERO,
            tax_amount: None,
            discount_amount: None,
            surcharge_amount: None,
            last_updated: invoice_date.at_midnight(),
            lines: Vec::new(),
            extra: BTreeMap::new(),
        }
    }
}

/// One line of an invoice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BillingInvoiceLine {
    /// Number of the line (`LINE_SEQ_NUM`).
    pub line_seq: u32,
    /// What is charged, as a charge code or item (`IDENTIFIER`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// What is charged, in words (`DESCR`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Quantity, at most four decimals (`QTY`).
    #[serde(with = "serde_decimal")]
    pub quantity: Decimal,
    /// Unit of the quantity; absent for amount-only lines (`UNIT_OF_MEASURE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_of_measure: Option<UnitOfMeasure>,
    /// Price of one unit, at most five decimals (`UNIT_AMT`).
    #[serde(with = "serde_decimal")]
    pub unit_price: Decimal,
    /// Quantity times price before discount, surcharge and tax, at most three decimals (`GROSS_EXTENDED_AMT`).
    #[serde(with = "serde_decimal")]
    pub gross_amount: Decimal,
    /// Tax of the line, where the query has it.
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub tax_amount: Option<Decimal>,
    /// Discounts of the line, where the query has them; the sign is PeopleSoft's.
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub discount_amount: Option<Decimal>,
    /// Surcharges of the line, where the query has them.
    #[serde(
        default,
        with = "serde_decimal_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub surcharge_amount: Option<Decimal>,
    /// Line columns that the profile does not map, by the name in the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

impl BillingInvoiceLine {
    /// A line whose gross amount is quantity times price, halves rounded away from zero to three decimals.
    #[must_use]
    pub fn new(line_seq: u32, quantity: Decimal, unit_price: Decimal) -> Self {
        let gross_amount = quantity
            .saturating_mul(unit_price)
            .round_dp_with_strategy(3, RoundingStrategy::MidpointAwayFromZero);
        Self {
            line_seq,
            identifier: None,
            description: None,
            quantity,
            unit_of_measure: None,
            unit_price,
            gross_amount,
            tax_amount: None,
            discount_amount: None,
            surcharge_amount: None,
            extra: BTreeMap::new(),
        }
    }
}
