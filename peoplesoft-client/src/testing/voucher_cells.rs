//! A voucher as the rows of its query.

use super::cell::{Cell, Writer};
use super::table::Cells;
use super::window::Named;
use crate::model::{PsDateTime, Voucher, VoucherDistribution, VoucherLine};
use crate::profile::VoucherField as F;

/// The look-up by an order, which header and lines name.
const BY_ORDER: &str = "by_order";

impl Cells for Voucher {
    fn changed(&self) -> PsDateTime {
        self.last_updated
    }

    fn head(&self, field: F) -> Cell<'_> {
        cell(field, self, None, None)
    }

    /// A voucher is of an order when it names it as a whole or in any line.
    fn is_named(&self, named: &Named<'_>, fields: &[F], values: &[&str]) -> bool {
        let holds = |line: Option<&VoucherLine>| {
            let held = fields
                .iter()
                .map(|field| cell(*field, self, line, None).asked(named.query));
            held.eq(values.iter().map(|value| (*value).to_owned()))
        };
        let whole = self.purchase_order.as_ref();
        let whole = whole.map(|order| [order.business_unit.as_str(), order.po_id.as_str()]);
        let is_of_order = named.lookup == BY_ORDER && whole.is_some_and(|order| order == *values);
        is_of_order || holds(None) || self.lines.iter().any(|line| holds(Some(line)))
    }

    fn has_level(&self, gate: F) -> bool {
        match gate {
            F::LineNbr => !self.lines.is_empty(),
            _ => self.lines.iter().any(|line| !line.distributions.is_empty()),
        }
    }

    /// Writes a row for each distribution, and for each line or voucher without anything below it.
    fn write(&self, writer: &mut Writer<'_, F>) {
        if self.lines.is_empty() || !writer.has(F::LineNbr) {
            writer.row(|field| self.head(field), &[&self.extra]);
            return;
        }
        for line in &self.lines {
            if writer.is_full() {
                return;
            }
            if line.distributions.is_empty() || !writer.has(F::DistributionNbr) {
                writer.row(
                    |field| cell(field, self, Some(line), None),
                    &[&self.extra, &line.extra],
                );
                continue;
            }
            for distribution in &line.distributions {
                writer.row(
                    |field| cell(field, self, Some(line), Some(distribution)),
                    &[&self.extra, &line.extra, &distribution.extra],
                );
            }
        }
    }
}

fn cell<'a>(
    field: F,
    voucher: &'a Voucher,
    line: Option<&'a VoucherLine>,
    distribution: Option<&'a VoucherDistribution>,
) -> Cell<'a> {
    let order = voucher.purchase_order.as_ref();
    match field {
        F::BusinessUnit => Cell::Text(voucher.key.business_unit.as_str()),
        F::VoucherId => Cell::Text(voucher.key.voucher_id.as_str()),
        F::VendorSetid => Cell::Text(voucher.vendor.setid.as_str()),
        F::VendorId => Cell::Text(voucher.vendor.vendor_id.as_str()),
        F::EntryStatus => Cell::translate(Some(&voucher.entry_status)),
        F::GrossAmount => Cell::Number(voucher.gross_amount),
        F::Currency => Cell::Text(voucher.currency.as_str()),
        F::OrderBusinessUnit => Cell::text(order.map(|order| &order.business_unit)),
        F::OrderId => Cell::text(order.map(|order| &order.po_id)),
        F::LastUpdated => Cell::Changed(voucher.last_updated),
        F::Style => Cell::translate(voucher.style.as_ref()),
        F::InvoiceId => Cell::text(voucher.invoice_id.as_ref()),
        F::InvoiceDate => Cell::date(voucher.invoice_date),
        F::VendorLocation => Cell::text(voucher.vendor_location.as_ref()),
        F::VendorAddressSeq => Cell::whole(voucher.vendor_address_seq),
        F::MatchStatus => Cell::translate(voucher.match_status.as_ref()),
        F::MatchAction => Cell::text(voucher.match_action.as_ref()),
        F::ApprovalStatus => Cell::translate(voucher.approval_status.as_ref()),
        F::PostStatus => Cell::translate(voucher.post_status.as_ref()),
        F::CloseStatus => Cell::translate(voucher.close_status.as_ref()),
        F::BudgetStatus => Cell::translate(voucher.budget_status.as_ref()),
        F::DocumentToleranceStatus => Cell::text(voucher.document_tolerance_status.as_ref()),
        F::PaymentStatus => Cell::translate(voucher.payment_status.as_ref()),
        F::DiscountAmount => Cell::number(voucher.discount_amount),
        F::SalesTaxAmount => Cell::number(voucher.sales_tax_amount),
        F::FreightAmount => Cell::number(voucher.freight_amount),
        F::MiscellaneousAmount => Cell::number(voucher.miscellaneous_amount),
        F::VatAmount => Cell::number(voucher.vat_amount),
        F::RateType => Cell::text(voucher.rate_type.as_ref()),
        F::RateMultiplier => Cell::number(voucher.rate_multiplier),
        F::RateDivisor => Cell::number(voucher.rate_divisor),
        F::PaymentTerms => Cell::text(voucher.payment_terms.as_ref()),
        F::DueDate => Cell::date(voucher.due_date),
        F::DiscountDueDate => Cell::date(voucher.discount_due_date),
        F::RelatedVoucher => Cell::text(voucher.related_voucher.as_ref()),
        F::Origin => Cell::text(voucher.origin.as_ref()),
        F::Source => Cell::text(voucher.source.as_ref()),
        F::EnteredBy => Cell::text(voucher.entered_by.as_ref()),
        F::EnteredDate => Cell::date(voucher.entered_date),
        F::AccountingDate => Cell::date(voucher.accounting_date),
        F::InvoiceReceiptDate => Cell::date(voucher.invoice_receipt_date),
        F::PackingSlip => Cell::text(voucher.packing_slip.as_ref()),
        F::BillOfLading => Cell::text(voucher.bill_of_lading.as_ref()),
        F::Description => Cell::text(voucher.description.as_ref()),
        F::LineCount => Cell::whole(voucher.line_count),
        _ => match line {
            Some(line) => line_cell(field, line, distribution),
            None => Cell::Blank,
        },
    }
}

fn line_cell<'a>(
    field: F,
    line: &'a VoucherLine,
    distribution: Option<&'a VoucherDistribution>,
) -> Cell<'a> {
    let (order, receipt) = (line.order.as_ref(), line.receipt.as_ref());
    match field {
        F::LineNbr => Cell::Whole(line.line_nbr),
        F::LineAmount => Cell::Number(line.amount),
        F::LineOrderBusinessUnit => Cell::text(order.map(|order| &order.order.business_unit)),
        F::LineOrderId => Cell::text(order.map(|order| &order.order.po_id)),
        F::LineOrderLine => Cell::whole(order.map(|order| order.line_nbr)),
        F::LineOrderSchedule => Cell::whole(order.map(|order| order.sched_nbr)),
        F::ReceiptBusinessUnit => Cell::text(receipt.map(|receipt| &receipt.business_unit)),
        F::ReceiptId => Cell::text(receipt.map(|receipt| &receipt.receiver_id)),
        F::ReceiptLine => Cell::whole(receipt.map(|receipt| receipt.line_nbr)),
        F::ReceiptShipment => Cell::whole(receipt.map(|receipt| receipt.shipment_nbr)),
        F::LineDescription => Cell::text(line.description.as_ref()),
        F::Quantity => Cell::number(line.quantity),
        F::UnitOfMeasure => Cell::text(line.unit_of_measure.as_ref()),
        F::UnitPrice => Cell::number(line.unit_price),
        F::Item => Cell::text(line.item.as_ref()),
        F::MatchOption => Cell::text(line.match_option.as_ref()),
        F::ShipTo => Cell::text(line.ship_to.as_ref()),
        F::Requestor => Cell::text(line.requestor.as_ref()),
        F::DistributionMethod => Cell::translate(line.distribution_method.as_ref()),
        F::Speedchart => Cell::text(line.speedchart.as_ref()),
        _ => match distribution {
            Some(distribution) => distribution_cell(field, distribution),
            None => Cell::Blank,
        },
    }
}

fn distribution_cell(field: F, distribution: &VoucherDistribution) -> Cell<'_> {
    match field {
        F::DistributionNbr => Cell::Whole(distribution.distribution_nbr),
        F::DistributionAmount => Cell::Number(distribution.amount),
        F::DistributionQuantity => Cell::number(distribution.quantity),
        F::DistributionDescription => Cell::text(distribution.description.as_ref()),
        F::GlBusinessUnit => Cell::text(distribution.gl_business_unit.as_ref()),
        F::OrderDistribution => Cell::whole(distribution.order_distribution),
        F::ReceiptDistribution => Cell::whole(distribution.receipt_distribution),
        F::BudgetDate => Cell::date(distribution.budget_date),
        F::EntryEvent => Cell::text(distribution.entry_event.as_ref()),
        F::OpenItem => Cell::text(distribution.open_item.as_ref()),
        F::ToAssets => Cell::translate(distribution.to_assets.as_ref()),
        F::AssetBusinessUnit => Cell::text(distribution.asset_business_unit.as_ref()),
        F::Asset => Cell::text(distribution.asset.as_ref()),
        F::AssetProfile => Cell::text(distribution.asset_profile.as_ref()),
        F::CostType => Cell::text(distribution.cost_type.as_ref()),
        _ => Cell::chart_field(&distribution.chart_fields, field, F::Account),
    }
}
