//! Rows of header, line and schedule become purchase orders.

use std::collections::BTreeMap;

use super::assemble::{Extra, FromRows, record};
use super::order_distribution;
use super::reader::{Precision, Problem, Reader};
use crate::model::{
    AcknowledgmentStatus, BalanceStatus, BudgetStatus, Buyer, CancelStatus, ChangeStatus,
    DispatchMethod, DistributionMethod, Flag, PoStatus, PoType, PriceDateType, PurchaseOrder,
    PurchaseOrderDistribution, PurchaseOrderKey, PurchaseOrderLine, PurchaseOrderSchedule,
    QuantityType, ReceiptStatus, VendorKey,
};
use crate::profile::OrderField as F;

/// Fields that can only come from the record of their level.
const HEADER: [F; 4] = [F::PoId, F::BusinessUnit, F::PoDate, F::LastUpdated];
const LINE: [F; 2] = [F::LineNbr, F::UnitOfMeasure];
const SCHEDULE: [F; 3] = [F::SchedNbr, F::DueDate, F::Quantity];
const DISTRIBUTION: [F; 2] = [F::DistributionNbr, F::DistributionAmount];

/// The distribution of a schedule is named by its kind and its number.
type Place<'a> = (u32, u32, &'a str, u32);

record!(
    PurchaseOrder,
    PurchaseOrderKey,
    PurchaseOrders,
    complete = order_distribution::complete
);

impl FromRows for PurchaseOrder {
    type Field = F;

    fn from_rows(
        key: PurchaseOrderKey,
        first: Reader<'_>,
        rows: &[Reader<'_>],
    ) -> Result<Self, Problem> {
        let extra = Extra::new(&first, &[&HEADER, &LINE, &SCHEDULE, &DISTRIBUTION]);
        let mut order = header(key, first)?;
        order.extra = extra.of(&first, 0, lowest(&first)?);
        let mut taken = BTreeMap::new();
        for row in rows {
            add(&mut order, row, &extra, &mut taken)?;
        }
        order.lines.sort_by_key(|line| line.line_nbr);
        for line in &mut order.lines {
            line.schedules.sort_by_key(|schedule| schedule.sched_nbr);
            for schedule in &mut line.schedules {
                let order = |distribution: &PurchaseOrderDistribution| {
                    let kind = distribution.account_type.clone();
                    (distribution.distribution_nbr, kind)
                };
                schedule.distributions.sort_by_key(order);
            }
        }
        Ok(order)
    }
}

/// The lowest level that a row has: 0 header, 1 line, 2 schedule, 3 distribution.
fn lowest(row: &Reader<'_>) -> Result<usize, Problem> {
    let levels = [F::LineNbr, F::SchedNbr, F::DistributionNbr];
    for (level, field) in levels.into_iter().enumerate() {
        if row.whole(field)? == 0 {
            return Ok(level);
        }
    }
    Ok(levels.len())
}

fn header(key: PurchaseOrderKey, row: Reader<'_>) -> Result<PurchaseOrder, Problem> {
    let vendor = VendorKey {
        setid: row.id(F::VendorSetid)?,
        vendor_id: row.id(F::VendorId)?,
    };
    let mut order = PurchaseOrder::new(key, vendor, row.date(F::PoDate)?, row.id(F::Currency)?);
    order.status = PoStatus::from_text(row.required_code(F::Status)?);
    order.po_type = row.code(F::PoType).map(PoType::from_text);
    order.change_order_batch = row.whole(F::ChangeOrderBatch)?;
    order.dispatch_method = row.code(F::DispatchMethod).map(DispatchMethod::from_text);
    order.vendor_location = row.optional_id(F::VendorLocation)?;
    order.vendor_address = row.address([
        F::VendorName,
        F::VendorAddress1,
        F::VendorAddress2,
        F::VendorCity,
        F::VendorState,
        F::VendorPostal,
        F::VendorCountry,
    ]);
    if let Some(id) = row.optional_id(F::BuyerId)? {
        let mut buyer = Buyer::new(id);
        buyer.name = row.owned(F::BuyerName);
        buyer.phone = row.owned(F::BuyerPhone);
        buyer.email = row.owned(F::BuyerEmail);
        order.buyer = Some(buyer);
    }
    order.payment_terms = row.optional_id(F::PaymentTerms)?;
    order.freight_terms = row.optional_id(F::FreightTerms)?;
    order.ship_via = row.optional_id(F::ShipVia)?;
    order.po_ref = row.owned(F::PoRef);
    order.contract = row.optional_id(F::Contract)?;
    order.bill_to = row.optional_id(F::BillTo)?;
    order.bill_to_address = row.address([
        F::BillToName,
        F::BillToAddress1,
        F::BillToAddress2,
        F::BillToCity,
        F::BillToState,
        F::BillToPostal,
        F::BillToCountry,
    ]);
    order.change_order_seq = row.whole(F::ChangeOrderSeq)?;
    order.change_status = row.code(F::ChangeStatus).map(ChangeStatus::from_text);
    order.on_hold = row.code(F::OnHold).map(Flag::from_text);
    order.receipt_status = row.code(F::ReceiptStatus).map(ReceiptStatus::from_text);
    order.acknowledgment_status = row
        .code(F::AcknowledgmentStatus)
        .map(AcknowledgmentStatus::from_text);
    order.dispatch_action = row.code(F::DispatchAction).map(str::to_owned);
    order.match_action = row.code(F::MatchAction).map(str::to_owned);
    order.match_rule = row.optional_id(F::MatchRule)?;
    order.match_status = row.code(F::MatchStatus).map(str::to_owned);
    order.budget_status = row.code(F::BudgetStatus).map(BudgetStatus::from_text);
    order.post_status = row.code(F::PostStatus).map(str::to_owned);
    order.origin = row.optional_id(F::Origin)?;
    order.gl_business_unit = row.optional_id(F::GlBusinessUnit)?;
    order.accounting_date = row.optional_date(F::AccountingDate)?;
    order.entered_date = row.optional_date(F::EnteredDate)?;
    order.entered_by = row.optional_id(F::EnteredBy)?;
    order.approval_date = row.optional_date(F::ApprovalDate)?;
    order.approved_by = row.optional_id(F::ApprovedBy)?;
    order.modified_by = row.optional_id(F::ModifiedBy)?;
    order.vendor_address_seq = row.optional_whole(F::VendorAddressSeq)?;
    order.vendor_contact_seq = row.optional_whole(F::VendorContactSeq)?;
    order.contact_name = row.owned(F::ContactName);
    order.contact_phone = row.owned(F::ContactPhone);
    order.tax_exempt = row.code(F::TaxExempt).map(Flag::from_text);
    order.prepaid = row.code(F::Prepaid).map(Flag::from_text);
    order.prepaid_amount = row.optional_decimal(F::PrepaidAmount, Precision::AMOUNT)?;
    order.base_currency = row.optional_id(F::BaseCurrency)?;
    order.rate_type = row.optional_id(F::RateType)?;
    order.rate_date = row.optional_date(F::RateDate)?;
    order.rate_multiplier = row.optional_decimal(F::RateMultiplier, Precision::RATE)?;
    order.rate_divisor = row.optional_decimal(F::RateDivisor, Precision::RATE)?;
    order.last_updated = row.date_time(F::LastUpdated)?;
    Ok(order)
}

/// Adds what a row says of its line, its schedule and its distribution.
fn add<'a>(
    order: &mut PurchaseOrder,
    row: &Reader<'a>,
    extra: &Extra<'_>,
    taken: &mut BTreeMap<Place<'a>, Reader<'a>>,
) -> Result<(), Problem> {
    let (line_nbr, sched_nbr) = (row.whole(F::LineNbr)?, row.whole(F::SchedNbr)?);
    if line_nbr == 0 {
        return Ok(());
    }
    let distribution_nbr = row.whole(F::DistributionNbr)?;
    let kind = row.text(F::DistributionType).unwrap_or_default();
    let place = (line_nbr, sched_nbr, kind, distribution_nbr);
    if let Some(twin) = taken.insert(place, *row) {
        // The same row twice does no harm; two rows for one schedule would count it twice.
        return if twin.row.iter().eq(row.row.iter()) {
            Ok(())
        } else {
            Err(twice(row, place))
        };
    }
    let lowest = lowest(row)?;
    let at = order
        .lines
        .iter()
        .rposition(|line| line.line_nbr == line_nbr);
    let line = match at {
        Some(at) => order.lines.get_mut(at),
        None => {
            let mut line = read_line(row, line_nbr)?;
            line.extra = extra.of(row, 1, lowest);
            order.lines.push(line);
            order.lines.last_mut()
        }
    };
    let Some(line) = line.filter(|_| sched_nbr > 0) else {
        return Ok(());
    };
    let at = line
        .schedules
        .iter()
        .rposition(|schedule| schedule.sched_nbr == sched_nbr);
    let schedule = match at {
        Some(at) => line.schedules.get_mut(at),
        None => {
            let mut schedule = read_schedule(row, sched_nbr)?;
            schedule.extra = extra.of(row, 2, lowest);
            line.schedules.push(schedule);
            line.schedules.last_mut()
        }
    };
    if let Some(schedule) = schedule
        && distribution_nbr > 0
    {
        let mut distribution = order_distribution::joined(row, distribution_nbr)?;
        distribution.extra = extra.of(row, 3, lowest);
        schedule.distributions.push(distribution);
    }
    Ok(())
}

fn read_line(row: &Reader<'_>, line_nbr: u32) -> Result<PurchaseOrderLine, Problem> {
    let mut line = PurchaseOrderLine::new(line_nbr, row.id(F::UnitOfMeasure)?);
    line.vendor_item = row.optional_id(F::VendorItem)?;
    line.item = row.optional_id(F::Item)?;
    line.manufacturer = row.optional_id(F::Manufacturer)?;
    line.manufacturer_item = row.optional_id(F::ManufacturerItem)?;
    line.description = row.owned(F::Description);
    line.category = row.optional_id(F::Category)?;
    line.cancel_status = row.code(F::LineCancelStatus).map(CancelStatus::from_text);
    line.change_status = row.code(F::LineChangeStatus).map(ChangeStatus::from_text);
    line.change_order_seq = row.whole(F::LineChangeOrderSeq)?;
    line.item_setid = row.optional_id(F::ItemSetid)?;
    line.vendor_catalog = row.owned(F::VendorCatalog);
    line.contract = row.optional_id(F::LineContract)?;
    line.contract_line = row.optional_whole(F::ContractLine)?;
    line.contract_release = row.optional_whole(F::ContractRelease)?;
    line.quantity_type = row.code(F::QuantityType).map(QuantityType::from_text);
    line.price_date_type = row.code(F::PriceDateType).map(PriceDateType::from_text);
    line.amount_only = row.code(F::AmountOnly).map(Flag::from_text);
    line.inspection = row.code(F::Inspection).map(Flag::from_text);
    line.receiving = row.code(F::Receiving).map(str::to_owned);
    line.physical_nature = row.code(F::PhysicalNature).map(str::to_owned);
    line.configuration = row.owned(F::Configuration);
    line.product_number = row.owned(F::ProductNumber);
    Ok(line)
}

fn read_schedule(row: &Reader<'_>, sched_nbr: u32) -> Result<PurchaseOrderSchedule, Problem> {
    let mut schedule = PurchaseOrderSchedule::new(
        sched_nbr,
        row.date(F::DueDate)?,
        row.decimal(F::Quantity, Precision::QUANTITY)?,
        row.decimal(F::Price, Precision::PRICE)?,
    );
    schedule.merchandise_amount = row.decimal(F::MerchandiseAmount, Precision::AMOUNT)?;
    schedule.ship_to = row.optional_id(F::ShipTo)?;
    schedule.ship_to_address = row.address([
        F::ShipToName,
        F::ShipToAddress1,
        F::ShipToAddress2,
        F::ShipToCity,
        F::ShipToState,
        F::ShipToPostal,
        F::ShipToCountry,
    ]);
    schedule.currency = row.optional_id(F::ScheduleCurrency)?;
    schedule.cancel_status = row
        .code(F::ScheduleCancelStatus)
        .map(CancelStatus::from_text);
    schedule.change_status = row
        .code(F::ScheduleChangeStatus)
        .map(ChangeStatus::from_text);
    schedule.due_time = row.owned(F::DueTime);
    schedule.promise_date = row.optional_date(F::PromiseDate)?;
    schedule.ship_date = row.optional_date(F::ShipDate)?;
    schedule.ship_to_setid = row.optional_id(F::ShipToSetid)?;
    schedule.freight_terms = row.optional_id(F::ScheduleFreightTerms)?;
    schedule.ship_via = row.optional_id(F::ScheduleShipVia)?;
    schedule.carrier = row.optional_id(F::Carrier)?;
    schedule.base_price = row.optional_decimal(F::BasePrice, Precision::PRICE)?;
    schedule.base_amount = row.optional_decimal(F::BaseAmount, Precision::AMOUNT)?;
    schedule.conversion_rate = row.optional_decimal(F::ConversionRate, Precision::RATE)?;
    schedule.custom_price = row.code(F::CustomPrice).map(Flag::from_text);
    schedule.zero_price = row.code(F::ZeroPrice).map(Flag::from_text);
    schedule.balance_status = row.code(F::BalanceStatus).map(BalanceStatus::from_text);
    schedule.distribution_method = row
        .code(F::DistributionMethod)
        .map(DistributionMethod::from_text);
    schedule.match_status = row.code(F::ScheduleMatchStatus).map(str::to_owned);
    schedule.inventory_business_unit = row.optional_id(F::InventoryBusinessUnit)?;
    schedule.revision = row.owned(F::Revision);
    Ok(schedule)
}

fn twice(row: &Reader<'_>, (line_nbr, sched_nbr, _, distribution_nbr): Place<'_>) -> Problem {
    let schedule = format!("line {line_nbr} schedule {sched_nbr}");
    if distribution_nbr > 0 {
        let found = format!("{schedule} distribution {distribution_nbr} in two different rows");
        return row.twice(F::DistributionNbr, &found, "distribution");
    }
    let found = format!("{schedule} in two different rows");
    let mut problem = row.twice(F::SchedNbr, &found, "schedule");
    problem.remedy = format!(
        "Take out of query {} the record that multiplies its rows, or, if that is PO_LINE_DISTRIB, \
         select its DISTRIB_LINE_NUM.",
        row.frame.query.query
    );
    problem
}
