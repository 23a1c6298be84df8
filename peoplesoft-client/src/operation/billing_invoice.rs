//! Rows of header and line become billing invoices.

use super::assemble::{Extra, FromRows, record};
use super::reader::{Precision, Problem, Reader};
use crate::model::{BillingInvoice, BillingInvoiceKey, BillingInvoiceLine};
use crate::profile::InvoiceField as F;

/// Fields that can only come from the record of their level.
const HEADER: [F; 4] = [F::Invoice, F::BusinessUnit, F::InvoiceDate, F::LastUpdated];
const LINE: [F; 3] = [F::LineSeq, F::Quantity, F::UnitPrice];

record!(BillingInvoice, BillingInvoiceKey, BillingInvoices);

impl FromRows for BillingInvoice {
    type Field = F;

    fn from_rows(
        key: BillingInvoiceKey,
        first: Reader<'_>,
        rows: &[Reader<'_>],
    ) -> Result<Self, Problem> {
        let extra = Extra::new(&first, &[&HEADER, &LINE]);
        let mut invoice = header(key, first)?;
        invoice.extra = extra.of(&first, 0, usize::from(first.whole(F::LineSeq)? > 0));
        let mut taken: Vec<(Reader<'_>, u32)> = Vec::with_capacity(rows.len());
        for row in rows {
            let line_seq = row.whole(F::LineSeq)?;
            if line_seq == 0 {
                continue;
            }
            if let Some((twin, _)) = taken.iter().find(|(_, taken)| *taken == line_seq) {
                if twin.row.iter().eq(row.row.iter()) {
                    continue;
                }
                return Err(twice(row, line_seq));
            }
            taken.push((*row, line_seq));
            let mut line = read_line(row, line_seq)?;
            line.extra = extra.of(row, 1, 1);
            invoice.lines.push(line);
        }
        invoice.lines.sort_by_key(|line| line.line_seq);
        Ok(invoice)
    }
}

fn header(key: BillingInvoiceKey, row: Reader<'_>) -> Result<BillingInvoice, Problem> {
    let mut invoice = BillingInvoice::new(
        key,
        row.id(F::BillTo)?,
        row.date(F::InvoiceDate)?,
        row.id(F::Currency)?,
    );
    invoice.bill_type = row.owned(F::BillType);
    invoice.status = row.code(F::Status).map(str::to_owned);
    invoice.bill_to_address = row.address([
        F::BillToName,
        F::BillToAddress1,
        F::BillToAddress2,
        F::BillToCity,
        F::BillToState,
        F::BillToPostal,
        F::BillToCountry,
    ]);
    invoice.ship_to = row.optional_id(F::ShipTo)?;
    invoice.ship_to_address = row.address([
        F::ShipToName,
        F::ShipToAddress1,
        F::ShipToAddress2,
        F::ShipToCity,
        F::ShipToState,
        F::ShipToPostal,
        F::ShipToCountry,
    ]);
    invoice.customer_po = row.owned(F::CustomerPo);
    invoice.customer_po_date = row.optional_date(F::CustomerPoDate)?;
    invoice.payment_terms = row.optional_id(F::PaymentTerms)?;
    invoice.due_date = row.optional_date(F::DueDate)?;
    invoice.total = row.decimal(F::Total, Precision::AMOUNT)?;
    invoice.tax_amount = row.optional_decimal(F::TaxAmount, Precision::AMOUNT)?;
    invoice.discount_amount = row.optional_decimal(F::DiscountAmount, Precision::AMOUNT)?;
    invoice.surcharge_amount = row.optional_decimal(F::SurchargeAmount, Precision::AMOUNT)?;
    invoice.last_updated = row.date_time(F::LastUpdated)?;
    Ok(invoice)
}

fn read_line(row: &Reader<'_>, line_seq: u32) -> Result<BillingInvoiceLine, Problem> {
    let mut line = BillingInvoiceLine::new(
        line_seq,
        row.decimal(F::Quantity, Precision::QUANTITY)?,
        row.decimal(F::UnitPrice, Precision::PRICE)?,
    );
    line.gross_amount = row.decimal(F::GrossAmount, Precision::AMOUNT)?;
    line.identifier = row.owned(F::Identifier);
    line.description = row.owned(F::Description);
    line.unit_of_measure = row.optional_id(F::UnitOfMeasure)?;
    line.tax_amount = row.optional_decimal(F::LineTaxAmount, Precision::AMOUNT)?;
    line.discount_amount = row.optional_decimal(F::LineDiscountAmount, Precision::AMOUNT)?;
    line.surcharge_amount = row.optional_decimal(F::LineSurchargeAmount, Precision::AMOUNT)?;
    Ok(line)
}

fn twice(row: &Reader<'_>, line_seq: u32) -> Problem {
    let found = format!("line {line_seq} in two different rows");
    let mut problem = row.problem(F::LineSeq, &found, "one row for each line");
    problem.remedy = format!(
        "Take out of query {} the record that multiplies its rows.",
        row.frame.query.query
    );
    problem
}
