//! A billing invoice as the rows of its query.

use super::cell::{Cell, Writer};
use super::order_cells::address_part;
use super::table::Cells;
use crate::model::{BillingInvoice, BillingInvoiceLine, PsDateTime};
use crate::profile::InvoiceField as F;

impl Cells for BillingInvoice {
    fn changed(&self) -> PsDateTime {
        self.last_updated
    }

    fn head(&self, field: F) -> Cell<'_> {
        cell(field, self, None)
    }

    /// Writes a row for each line, or one for an invoice without lines.
    fn write(&self, writer: &mut Writer<'_, F>) {
        if self.lines.is_empty() {
            writer.row(|field| self.head(field), &[&self.extra]);
        }
        for line in &self.lines {
            if writer.is_full() {
                return;
            }
            writer.row(
                |field| cell(field, self, Some(line)),
                &[&self.extra, &line.extra],
            );
        }
    }
}

fn cell<'a>(
    field: F,
    invoice: &'a BillingInvoice,
    line: Option<&'a BillingInvoiceLine>,
) -> Cell<'a> {
    use F::*;
    match field {
        BusinessUnit => Cell::Text(invoice.key.business_unit.as_str()),
        Invoice => Cell::Text(invoice.key.invoice.as_str()),
        InvoiceDate => Cell::Date(invoice.invoice_date),
        BillType => Cell::text(invoice.bill_type.as_ref()),
        Status => Cell::text(invoice.status.as_ref()),
        BillTo => Cell::Text(invoice.bill_to.as_str()),
        BillToName | BillToAddress1 | BillToAddress2 | BillToCity | BillToState | BillToPostal
        | BillToCountry => address_part(
            &invoice.bill_to_address,
            field as usize - BillToName as usize,
        ),
        ShipTo => Cell::text(invoice.ship_to.as_ref()),
        ShipToName | ShipToAddress1 | ShipToAddress2 | ShipToCity | ShipToState | ShipToPostal
        | ShipToCountry => address_part(
            &invoice.ship_to_address,
            field as usize - ShipToName as usize,
        ),
        CustomerPo => Cell::text(invoice.customer_po.as_ref()),
        CustomerPoDate => Cell::date(invoice.customer_po_date),
        Currency => Cell::Text(invoice.currency.as_str()),
        PaymentTerms => Cell::text(invoice.payment_terms.as_ref()),
        DueDate => Cell::date(invoice.due_date),
        Total => Cell::Number(invoice.total),
        TaxAmount => Cell::number(invoice.tax_amount),
        DiscountAmount => Cell::number(invoice.discount_amount),
        SurchargeAmount => Cell::number(invoice.surcharge_amount),
        LastUpdated => Cell::Changed(invoice.last_updated),
        LineSeq | Identifier | Description | Quantity | UnitOfMeasure | UnitPrice | GrossAmount
        | LineTaxAmount | LineDiscountAmount | LineSurchargeAmount => {
            line.map_or(Cell::Blank, |line| line_cell(field, line))
        }
    }
}

fn line_cell(field: F, line: &BillingInvoiceLine) -> Cell<'_> {
    match field {
        F::LineSeq => Cell::Whole(line.line_seq),
        F::Identifier => Cell::text(line.identifier.as_ref()),
        F::Description => Cell::text(line.description.as_ref()),
        F::Quantity => Cell::Number(line.quantity),
        F::UnitOfMeasure => Cell::text(line.unit_of_measure.as_ref()),
        F::UnitPrice => Cell::Number(line.unit_price),
        F::GrossAmount => Cell::Number(line.gross_amount),
        F::LineTaxAmount => Cell::number(line.tax_amount),
        F::LineDiscountAmount => Cell::number(line.discount_amount),
        F::LineSurchargeAmount => Cell::number(line.surcharge_amount),
        _ => Cell::Blank,
    }
}
