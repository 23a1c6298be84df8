//! An invoice of PeopleSoft Billing into the transaction set 810: we are the seller.
//!
//! | 810 | PeopleSoft |
//! |---|---|
//! | BIG01, BIG02 | `INVOICE_DT`, `INVOICE` |
//! | BIG03, BIG04 | the customer's order and its date |
//! | BIG07 | bill type: `DI` invoice, `CR` credit memo, `RE` rebill |
//! | CUR | `BI_CURRENCY_CD`, the seller's |
//! | REF 19 | `BUSINESS_UNIT` |
//! | N1 SE, BT, ST | business unit, bill-to and ship-to customer |
//! | ITD | `PYMNT_TERMS_CD` through the code table |
//! | DTM 814 | due date |
//! | IT1, PID, SAC, TXI | the lines |
//! | TDS01 | the total, with two implied decimals; the sum of what is written |
//! | TXI, SAC | tax, discount and surcharge of the whole invoice |
//! | CTT01 | the number of lines |

use peoplesoft_client::Decimal;
use peoplesoft_client::model::{BillingInvoice, BillingInvoiceLine, PostalAddress};
use x12_edi::document::invoice::{Invoice, InvoiceLine};
use x12_edi::document::segments::{
    AllowanceCharge, Currency, DateReference, InvoiceItem, Reference, Tax, Totals,
};
use x12_edi::schema::Release;

use super::purchase_order_to_850::{exact_quotient, terms};
use super::text::{date, party, wrap};
use crate::code_table::PartnerCodes;
use crate::hold::{Hold, HoldCode};
use crate::partner::{PartnerProfile, Policy};

/// Maps an invoice.
///
/// # Errors
/// Every hold that keeps it from being sent.
pub fn map(
    invoice: &BillingInvoice,
    partner: &PartnerProfile,
    codes: &PartnerCodes<'_>,
) -> Result<Invoice, Vec<Hold>> {
    let mut holds = Vec::new();
    check_total(invoice, &mut holds);
    let Some(day) = date(invoice.invoice_date) else {
        let hold =
            Hold::new(HoldCode::InvalidValue, "BI_HDR INVOICE_DT").found(invoice.invoice_date);
        return Err(vec![hold]);
    };
    let mut out = Invoice::new(invoice.key.invoice.as_str(), day, invoice.total.normalize());
    if let Some(x12) = &partner.x12 {
        out.release = Release::nearest(&x12.version);
    }
    out.beginning.order_number = invoice.customer_po.as_ref().map(Into::into);
    out.beginning.order_date = invoice.customer_po_date.and_then(date);
    out.beginning.transaction_type =
        Some(bill_type(invoice.bill_type.as_deref(), &mut holds).into());
    out.currency = Some(Currency::new("SE", invoice.currency.as_str()));
    out.references
        .push(Reference::new("19", invoice.key.business_unit.as_str()));
    let nowhere = PostalAddress::default();
    out.parties.push(party(
        "SE",
        Some(invoice.key.business_unit.as_str()),
        &nowhere,
    ));
    out.parties.push(party(
        "BT",
        Some(invoice.bill_to.as_str()),
        &invoice.bill_to_address,
    ));
    if let Some(ship_to) = &invoice.ship_to {
        out.parties.push(party(
            "ST",
            Some(ship_to.as_str()),
            &invoice.ship_to_address,
        ));
    }
    if let Some(code) = &invoice.payment_terms {
        match codes.terms(code.as_str(), "BI_HDR PYMNT_TERMS_CD") {
            Ok(found) => out.terms.push(terms(&found)),
            Err(hold) => holds.push(*hold),
        }
    }
    out.dates.extend(
        invoice
            .due_date
            .and_then(date)
            .map(|due| DateReference::new("814", due)),
    );
    for line in &invoice.lines {
        match self::line(line, &partner.policy, codes) {
            Ok(line) => out.lines.push(line),
            Err(more) => holds.extend(more),
        }
    }
    out.taxes
        .extend(invoice.tax_amount.filter(|tax| !tax.is_zero()).map(tax));
    out.charges
        .extend(charges(invoice.discount_amount, invoice.surcharge_amount));
    out.totals = Some(Totals::new(
        u32::try_from(out.lines.len()).unwrap_or(u32::MAX),
    ));
    if holds.is_empty() {
        Ok(out)
    } else {
        Err(holds)
    }
}

fn bill_type(code: Option<&str>, holds: &mut Vec<Hold>) -> String {
    match code.unwrap_or("INV") {
        "INV" | "REG" | "STD" => "DI",
        "CR" | "CRM" => "CR",
        "REB" | "RB" => "RE",
        other => {
            holds.push(
                Hold::new(HoldCode::UnknownCode, "BI_HDR BILL_TYPE_ID")
                    .found(format_args!("{other:?}"))
                    .expected("INV, REG, STD, CR, CRM, REB or RB"),
            );
            "DI"
        }
    }
    .to_owned()
}

/// The total must be the sum of what the 810 says, or the customer's system will refuse it.
fn check_total(invoice: &BillingInvoice, holds: &mut Vec<Hold>) {
    let parts = |tax: Option<Decimal>, discount: Option<Decimal>, surcharge: Option<Decimal>| {
        tax.unwrap_or_default() - discount.unwrap_or_default() + surcharge.unwrap_or_default()
    };
    let lines: Decimal = invoice
        .lines
        .iter()
        .map(|line| {
            line.gross_amount + parts(line.tax_amount, line.discount_amount, line.surcharge_amount)
        })
        .sum();
    let sum = lines
        + parts(
            invoice.tax_amount,
            invoice.discount_amount,
            invoice.surcharge_amount,
        );
    if sum != invoice.total {
        holds.push(
            Hold::new(HoldCode::TotalsDisagree, "BI_HDR INVOICE_AMOUNT")
                .found(invoice.total)
                .expected(format_args!(
                    "{sum}, the sum of lines, taxes, discounts and surcharges"
                )),
        );
    }
}

fn line(
    line: &BillingInvoiceLine,
    policy: &Policy,
    codes: &PartnerCodes<'_>,
) -> Result<InvoiceLine, Vec<Hold>> {
    let at = |field: &str| format!("BI_LINE {} {field}", line.line_seq);
    let mut holds = Vec::new();
    let Some(unit) = &line.unit_of_measure else {
        return Err(vec![Hold::new(
            HoldCode::MissingField,
            at("UNIT_OF_MEASURE"),
        )]);
    };
    let unit = match codes.unit(unit.as_str(), &at("UNIT_OF_MEASURE")) {
        Ok(unit) => unit,
        Err(hold) => return Err(vec![*hold]),
    };
    if line.unit_price.normalize().scale() > policy.price_decimals {
        holds.push(
            Hold::new(HoldCode::PriceDecimals, at("UNIT_AMT"))
                .found(line.unit_price)
                .expected(format_args!("at most {} decimals", policy.price_decimals)),
        );
    }
    let factor = unit.factor.unwrap_or(Decimal::ONE);
    let Some(price) = exact_quotient(line.unit_price, factor) else {
        holds.push(
            Hold::new(HoldCode::PriceDecimals, at("UNIT_AMT"))
                .found(format_args!("{} / {factor}", line.unit_price))
                .expected("a price that the factor of the unit divides exactly"),
        );
        return Err(holds);
    };
    let quantity = (line.quantity * factor).normalize();
    let mut out = InvoiceLine::new(InvoiceItem::new(
        line.line_seq.to_string(),
        quantity,
        &unit.code,
        price.normalize(),
    ));
    if let Some(id) = &line.identifier {
        // We are the seller: the number is the vendor's.
        out = out.with_product_id("VN", id);
    }
    for text in line.description.iter().flat_map(|text| wrap(text, 80)) {
        out = out.with_description(text);
    }
    out.taxes
        .extend(line.tax_amount.filter(|tax| !tax.is_zero()).map(tax));
    out.charges
        .extend(charges(line.discount_amount, line.surcharge_amount));
    if holds.is_empty() {
        Ok(out)
    } else {
        Err(holds)
    }
}

fn tax(amount: Decimal) -> Tax {
    Tax::new("TX", amount.normalize())
}

/// SAC02 C310 is a discount, F050 another charge.
fn charges(
    discount: Option<Decimal>,
    surcharge: Option<Decimal>,
) -> impl Iterator<Item = x12_edi::document::Charge> {
    let given = |amount: Option<Decimal>| {
        amount
            .filter(|amount| !amount.is_zero())
            .map(|amount| amount.normalize())
    };
    let discount = given(discount).map(|amount| AllowanceCharge::allowance("C310", amount));
    let surcharge = given(surcharge).map(|amount| {
        let mut charge = AllowanceCharge::charge("F050", amount);
        charge.description = Some("SURCHARGE".into());
        charge
    });
    discount.into_iter().chain(surcharge).map(Into::into)
}
