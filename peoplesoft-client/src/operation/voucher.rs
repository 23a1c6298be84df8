//! Rows of header, line and distribution become vouchers.

use std::collections::BTreeMap;

use super::assemble::{Extra, FromRows, record};
use super::reader::{Precision, Problem, Reader};
use crate::model::{
    ApprovalStatus, BudgetStatus, CloseStatus, DistributionMethod, EntryStatus, Flag,
    OrderSchedule, PaymentSelectionStatus, PostStatus, PurchaseOrderKey, ReceiptLineKey, VendorKey,
    Voucher, VoucherDistribution, VoucherKey, VoucherLine, VoucherMatchStatus, VoucherStyle,
};
use crate::profile::VoucherField as F;

/// Fields that can only come from the record of their level.
const HEADER: [F; 3] = [F::VoucherId, F::EntryStatus, F::GrossAmount];
const LINE: [F; 2] = [F::LineNbr, F::LineAmount];
const DISTRIBUTION: [F; 2] = [F::DistributionNbr, F::DistributionAmount];

record!(Voucher, VoucherKey, Vouchers);

impl FromRows for Voucher {
    type Field = F;

    fn from_rows(key: VoucherKey, first: Reader<'_>, rows: &[Reader<'_>]) -> Result<Self, Problem> {
        let extra = Extra::new(&first, &[&HEADER, &LINE, &DISTRIBUTION]);
        let mut voucher = header(key, first)?;
        voucher.extra = extra.of(&first, 0, lowest(&first)?);
        let mut taken = BTreeMap::new();
        for row in rows {
            add(&mut voucher, row, &extra, &mut taken)?;
        }
        voucher.lines.sort_by_key(|line| line.line_nbr);
        for line in &mut voucher.lines {
            let number = |distribution: &VoucherDistribution| distribution.distribution_nbr;
            line.distributions.sort_by_key(number);
        }
        Ok(voucher)
    }
}

/// The lowest level that a row has: 0 header, 1 line, 2 distribution.
fn lowest(row: &Reader<'_>) -> Result<usize, Problem> {
    let (line, distribution) = (row.whole(F::LineNbr)?, row.whole(F::DistributionNbr)?);
    Ok(match (line, distribution) {
        (0, _) => 0,
        (_, 0) => 1,
        _ => 2,
    })
}

fn header(key: VoucherKey, row: Reader<'_>) -> Result<Voucher, Problem> {
    let vendor = VendorKey {
        setid: row.id(F::VendorSetid)?,
        vendor_id: row.id(F::VendorId)?,
    };
    let mut voucher = Voucher::new(
        key,
        vendor,
        row.id(F::Currency)?,
        row.decimal(F::GrossAmount, Precision::AMOUNT)?,
        row.date_time(F::LastUpdated)?,
    );
    voucher.entry_status = EntryStatus::from_text(row.required_code(F::EntryStatus)?);
    voucher.purchase_order =
        row.optional_pair(F::OrderBusinessUnit, F::OrderId)?
            .map(|(business_unit, po_id)| PurchaseOrderKey {
                business_unit,
                po_id,
            });
    voucher.style = row.code(F::Style).map(VoucherStyle::from_text);
    voucher.invoice_id = row.optional_id(F::InvoiceId)?;
    voucher.invoice_date = row.optional_date(F::InvoiceDate)?;
    voucher.vendor_location = row.optional_id(F::VendorLocation)?;
    voucher.vendor_address_seq = row.optional_whole(F::VendorAddressSeq)?;
    voucher.match_status = row.code(F::MatchStatus).map(VoucherMatchStatus::from_text);
    voucher.match_action = row.code(F::MatchAction).map(str::to_owned);
    voucher.approval_status = row.code(F::ApprovalStatus).map(ApprovalStatus::from_text);
    voucher.post_status = row.code(F::PostStatus).map(PostStatus::from_text);
    voucher.close_status = row.code(F::CloseStatus).map(CloseStatus::from_text);
    voucher.budget_status = row.code(F::BudgetStatus).map(BudgetStatus::from_text);
    voucher.document_tolerance_status = row.code(F::DocumentToleranceStatus).map(str::to_owned);
    voucher.payment_status = row
        .code(F::PaymentStatus)
        .map(PaymentSelectionStatus::from_text);
    voucher.discount_amount = row.optional_decimal(F::DiscountAmount, Precision::AMOUNT)?;
    voucher.sales_tax_amount = row.optional_decimal(F::SalesTaxAmount, Precision::AMOUNT)?;
    voucher.freight_amount = row.optional_decimal(F::FreightAmount, Precision::AMOUNT)?;
    voucher.miscellaneous_amount =
        row.optional_decimal(F::MiscellaneousAmount, Precision::AMOUNT)?;
    voucher.vat_amount = row.optional_decimal(F::VatAmount, Precision::AMOUNT)?;
    voucher.rate_type = row.optional_id(F::RateType)?;
    voucher.rate_multiplier = row.optional_decimal(F::RateMultiplier, Precision::RATE)?;
    voucher.rate_divisor = row.optional_decimal(F::RateDivisor, Precision::RATE)?;
    voucher.payment_terms = row.optional_id(F::PaymentTerms)?;
    voucher.due_date = row.optional_date(F::DueDate)?;
    voucher.discount_due_date = row.optional_date(F::DiscountDueDate)?;
    voucher.related_voucher = row.optional_id(F::RelatedVoucher)?;
    voucher.origin = row.optional_id(F::Origin)?;
    voucher.source = row.code(F::Source).map(str::to_owned);
    voucher.entered_by = row.optional_id(F::EnteredBy)?;
    voucher.entered_date = row.optional_date(F::EnteredDate)?;
    voucher.accounting_date = row.optional_date(F::AccountingDate)?;
    voucher.invoice_receipt_date = row.optional_date(F::InvoiceReceiptDate)?;
    voucher.packing_slip = row.owned(F::PackingSlip);
    voucher.bill_of_lading = row.owned(F::BillOfLading);
    voucher.description = row.owned(F::Description);
    voucher.line_count = row.optional_whole(F::LineCount)?;
    Ok(voucher)
}

/// Adds what a row says of its line and its distribution.
fn add<'a>(
    voucher: &mut Voucher,
    row: &Reader<'a>,
    extra: &Extra<'_>,
    taken: &mut BTreeMap<(u32, u32), Reader<'a>>,
) -> Result<(), Problem> {
    let line_nbr = row.whole(F::LineNbr)?;
    if line_nbr == 0 {
        return Ok(());
    }
    let distribution_nbr = row.whole(F::DistributionNbr)?;
    if let Some(twin) = taken.insert((line_nbr, distribution_nbr), *row) {
        // The same row twice does no harm; two rows for one line would count it twice.
        return if twin.row.iter().eq(row.row.iter()) {
            Ok(())
        } else if distribution_nbr > 0 {
            let found =
                format!("line {line_nbr} distribution {distribution_nbr} in two different rows");
            Err(row.twice(F::DistributionNbr, &found, "distribution"))
        } else {
            let found = format!("line {line_nbr} in two different rows");
            Err(row.twice(F::LineNbr, &found, "line"))
        };
    }
    let lowest = lowest(row)?;
    let at = voucher
        .lines
        .iter()
        .rposition(|line| line.line_nbr == line_nbr);
    let line = match at {
        Some(at) => voucher.lines.get_mut(at),
        None => {
            let mut line = read_line(row, line_nbr)?;
            line.extra = extra.of(row, 1, lowest);
            voucher.lines.push(line);
            voucher.lines.last_mut()
        }
    };
    if let Some(line) = line
        && distribution_nbr > 0
    {
        let mut distribution = read_distribution(row, distribution_nbr)?;
        distribution.extra = extra.of(row, 2, lowest);
        line.distributions.push(distribution);
    }
    Ok(())
}

fn read_line(row: &Reader<'_>, line_nbr: u32) -> Result<VoucherLine, Problem> {
    let mut line = VoucherLine::new(line_nbr, row.decimal(F::LineAmount, Precision::AMOUNT)?);
    if let Some((business_unit, po_id)) =
        row.optional_pair(F::LineOrderBusinessUnit, F::LineOrderId)?
    {
        line.order = Some(OrderSchedule {
            order: PurchaseOrderKey {
                business_unit,
                po_id,
            },
            line_nbr: row.whole(F::LineOrderLine)?,
            sched_nbr: row.whole(F::LineOrderSchedule)?,
        });
    }
    if let Some((business_unit, receiver_id)) =
        row.optional_pair(F::ReceiptBusinessUnit, F::ReceiptId)?
    {
        line.receipt = Some(ReceiptLineKey {
            business_unit,
            receiver_id,
            line_nbr: row.whole(F::ReceiptLine)?,
            shipment_nbr: row.whole(F::ReceiptShipment)?,
        });
    }
    line.description = row.owned(F::LineDescription);
    line.quantity = row.optional_decimal(F::Quantity, Precision::QUANTITY)?;
    line.unit_of_measure = row.optional_id(F::UnitOfMeasure)?;
    line.unit_price = row.optional_decimal(F::UnitPrice, Precision::PRICE)?;
    line.item = row.optional_id(F::Item)?;
    line.match_option = row.code(F::MatchOption).map(str::to_owned);
    line.ship_to = row.optional_id(F::ShipTo)?;
    line.requestor = row.optional_id(F::Requestor)?;
    line.distribution_method = row
        .code(F::DistributionMethod)
        .map(DistributionMethod::from_text);
    line.speedchart = row.owned(F::Speedchart);
    Ok(line)
}

fn read_distribution(
    row: &Reader<'_>,
    distribution_nbr: u32,
) -> Result<VoucherDistribution, Problem> {
    let mut distribution = VoucherDistribution::new(
        distribution_nbr,
        row.decimal(F::DistributionAmount, Precision::AMOUNT)?,
        row.chart_fields(F::Account)?,
    );
    distribution.quantity = row.optional_decimal(F::DistributionQuantity, Precision::QUANTITY)?;
    distribution.description = row.owned(F::DistributionDescription);
    distribution.gl_business_unit = row.optional_id(F::GlBusinessUnit)?;
    distribution.order_distribution = row.optional_whole(F::OrderDistribution)?;
    distribution.receipt_distribution = row.optional_whole(F::ReceiptDistribution)?;
    distribution.budget_date = row.optional_date(F::BudgetDate)?;
    distribution.entry_event = row.owned(F::EntryEvent);
    distribution.open_item = row.owned(F::OpenItem);
    distribution.to_assets = row.code(F::ToAssets).map(Flag::from_text);
    distribution.asset_business_unit = row.optional_id(F::AssetBusinessUnit)?;
    distribution.asset = row.optional_id(F::Asset)?;
    distribution.asset_profile = row.owned(F::AssetProfile);
    distribution.cost_type = row.code(F::CostType).map(str::to_owned);
    Ok(distribution)
}
