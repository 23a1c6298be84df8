//! An invoice of PeopleSoft Billing into JSON, for partners whose route says so.
//!
//! The object has a `schema` and a `version`; fields are added within a version and never change their meaning. Amounts
//! are decimals as strings, dates are `CCYY-MM-DD`.

use peoplesoft_client::Decimal;
use peoplesoft_client::model::{BillingInvoice, PostalAddress};
use serde::Serialize;

/// What `schema` holds.
pub const SCHEMA: &str = "peoplesoft-cleo/invoice";

/// What `version` holds.
pub const VERSION: u32 = 1;

/// The object.
#[derive(Debug, Serialize)]
struct Invoice<'a> {
    schema: &'static str,
    version: u32,
    document_number: u64,
    business_unit: &'a str,
    invoice: &'a str,
    invoice_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_date: Option<String>,
    currency: &'a str,
    total: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    surcharge: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_order: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_terms: Option<&'a str>,
    bill_to: Party<'a>,
    lines: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
struct Party<'a> {
    id: &'a str,
    #[serde(flatten)]
    address: &'a PostalAddress,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    quantity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    unit_price: String,
    amount: String,
}

/// Maps an invoice; `number` is what makes the file's name unique.
///
/// # Errors
/// Whatever JSON cannot carry; nothing of an invoice is known to be that.
pub fn map(invoice: &BillingInvoice, number: u64) -> Result<Vec<u8>, serde_json::Error> {
    let lines = invoice.lines.iter().map(|line| Line {
        line: line.line_seq,
        identifier: line.identifier.as_deref(),
        description: line.description.as_deref(),
        quantity: line.quantity.to_string(),
        unit: line.unit_of_measure.as_ref().map(|unit| unit.as_str()),
        unit_price: line.unit_price.to_string(),
        amount: line.gross_amount.to_string(),
    });
    serde_json::to_vec_pretty(&Invoice {
        schema: SCHEMA,
        version: VERSION,
        document_number: number,
        business_unit: invoice.key.business_unit.as_str(),
        invoice: invoice.key.invoice.as_str(),
        invoice_date: invoice.invoice_date.to_string(),
        due_date: invoice.due_date.map(|date| date.to_string()),
        currency: invoice.currency.as_str(),
        total: invoice.total.to_string(),
        tax: text(invoice.tax_amount),
        discount: text(invoice.discount_amount),
        surcharge: text(invoice.surcharge_amount),
        customer_order: invoice.customer_po.as_deref(),
        payment_terms: invoice.payment_terms.as_ref().map(|terms| terms.as_str()),
        bill_to: Party {
            id: invoice.bill_to.as_str(),
            address: &invoice.bill_to_address,
        },
        lines: lines.collect(),
    })
}

fn text(amount: Option<Decimal>) -> Option<String> {
    amount.map(|amount| amount.to_string())
}
