//! Billing invoices that can be sent.

use std::time::Duration;

use fastrand::Rng;
use peoplesoft_client::Decimal;
use peoplesoft_client::model::{
    BillingInvoice, BillingInvoiceKey, BillingInvoiceLine, CurrencyCode, CustomerId,
    PaymentTermsCode, PsDate, UnitOfMeasure,
};

use super::words;
use super::world::{World, WorldError};

/// The invoice at a place of the world.
pub(super) fn invoice(world: &World, place: usize) -> Result<BillingInvoice, WorldError> {
    let units = World::BUSINESS_UNITS;
    let unit = units.get(place % units.len()).copied().unwrap_or("US001");
    let seed = world
        .size()
        .seed
        .wrapping_mul(0x85eb_ca6b)
        .wrapping_add(place as u64);
    let mut rng = Rng::with_seed(seed);
    let customer = rng.usize(0..world.size().suppliers);
    let key = BillingInvoiceKey::new(unit, format!("INV-{:08}", place / units.len() + 1))?;
    let date = PsDate::new(2026, 3, 2)?.plus_days(i32::from(rng.u8(0..28)));
    let id = CustomerId::new(customer_id(customer))?;
    let mut invoice = BillingInvoice::new(key, id, date, CurrencyCode::new("USD")?);
    invoice.bill_to_address = words::address(&mut rng, words::company(customer), "COMMERCE STREET");
    invoice.customer_po = Some(format!("C{:07}", rng.u32(1..9_999_999)));
    invoice.customer_po_date = Some(date.plus_days(-10));
    invoice.payment_terms = Some(PaymentTermsCode::new("N30")?);
    invoice.due_date = Some(date.plus_days(30));
    invoice.last_updated = date
        .at_midnight()
        .plus(Duration::from_secs(u64::from(rng.u32(0..86_400))));
    let mut total = Decimal::ZERO;
    for number in 1..=u32::from(rng.u8(1..4)) {
        let (description, unit) = words::goods(&mut rng);
        let quantity = Decimal::from(rng.u32(1..200));
        // Whole cents, so that the total is the sum of its parts.
        let price = Decimal::new(i64::from(rng.u32(100..99_999)), 2);
        let mut line = BillingInvoiceLine::new(number, quantity, price);
        line.description = Some(description.to_owned());
        line.identifier = Some(format!("B-{:05}", rng.u32(1..99_999)));
        line.unit_of_measure = Some(UnitOfMeasure::new(unit)?);
        total += line.gross_amount;
        invoice.lines.push(line);
    }
    invoice.total = total;
    Ok(invoice)
}

/// BILL_TO_CUST_ID of a customer: the suppliers of the simulation buy, too.
pub(super) fn customer_id(number: usize) -> String {
    format!("C{:08}", number + 1)
}
