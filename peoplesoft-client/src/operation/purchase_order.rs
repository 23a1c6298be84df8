//! Rows of header, line and schedule become purchase orders.

use super::assemble::{Extra, FromRows, record};
use super::reader::{Precision, Problem, Reader};
use crate::model::{
    Buyer, CancelStatus, DispatchMethod, PoStatus, PoType, PurchaseOrder, PurchaseOrderKey,
    PurchaseOrderLine, PurchaseOrderSchedule, VendorKey,
};
use crate::profile::OrderField as F;

/// Fields that can only come from the record of their level.
const HEADER: [F; 4] = [F::PoId, F::BusinessUnit, F::PoDate, F::LastUpdated];
const LINE: [F; 2] = [F::LineNbr, F::UnitOfMeasure];
const SCHEDULE: [F; 3] = [F::SchedNbr, F::DueDate, F::Quantity];

record!(PurchaseOrder, PurchaseOrderKey, PurchaseOrders);

impl FromRows for PurchaseOrder {
    type Field = F;

    fn from_rows(
        key: PurchaseOrderKey,
        first: Reader<'_>,
        rows: &[Reader<'_>],
    ) -> Result<Self, Problem> {
        let extra = Extra::new(&first, &[&HEADER, &LINE, &SCHEDULE]);
        let mut order = header(key, first)?;
        order.extra = extra.of(&first, 0, lowest(&first)?);
        let mut taken: Vec<(Reader<'_>, u32, u32)> = Vec::with_capacity(rows.len());
        for row in rows {
            add(&mut order, row, &extra, &mut taken)?;
        }
        order.lines.sort_by_key(|line| line.line_nbr);
        for line in &mut order.lines {
            line.schedules.sort_by_key(|schedule| schedule.sched_nbr);
        }
        Ok(order)
    }
}

/// The lowest level that a row has: 0 header, 1 line, 2 schedule.
fn lowest(row: &Reader<'_>) -> Result<usize, Problem> {
    Ok(match (row.whole(F::LineNbr)?, row.whole(F::SchedNbr)?) {
        (0, _) => 0,
        (_, 0) => 1,
        _ => 2,
    })
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
    order.last_updated = row.date_time(F::LastUpdated)?;
    Ok(order)
}

/// Adds what a row says of its line and its schedule.
fn add<'a>(
    order: &mut PurchaseOrder,
    row: &Reader<'a>,
    extra: &Extra<'_>,
    taken: &mut Vec<(Reader<'a>, u32, u32)>,
) -> Result<(), Problem> {
    let (line_nbr, sched_nbr) = (row.whole(F::LineNbr)?, row.whole(F::SchedNbr)?);
    if line_nbr == 0 {
        return Ok(());
    }
    if let Some((twin, ..)) = taken
        .iter()
        .find(|(_, line, sched)| (*line, *sched) == (line_nbr, sched_nbr))
    {
        // The same row twice does no harm; two rows for one schedule would count it twice.
        return if twin.row.iter().eq(row.row.iter()) {
            Ok(())
        } else {
            Err(twice(row, line_nbr, sched_nbr))
        };
    }
    taken.push((*row, line_nbr, sched_nbr));
    let lowest = if sched_nbr == 0 { 1 } else { 2 };
    let line = match order
        .lines
        .iter_mut()
        .rev()
        .position(|line| line.line_nbr == line_nbr)
    {
        Some(back) => {
            let at = order.lines.len() - 1 - back;
            order.lines.get_mut(at)
        }
        None => {
            let mut line = read_line(row, line_nbr)?;
            line.extra = extra.of(row, 1, lowest);
            order.lines.push(line);
            order.lines.last_mut()
        }
    };
    if let Some(line) = line
        && sched_nbr > 0
    {
        let mut schedule = read_schedule(row, sched_nbr)?;
        schedule.extra = extra.of(row, 2, lowest);
        line.schedules.push(schedule);
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
    Ok(schedule)
}

fn twice(row: &Reader<'_>, line_nbr: u32, sched_nbr: u32) -> Problem {
    let found = format!("line {line_nbr} schedule {sched_nbr} in two different rows");
    let mut problem = row.problem(F::SchedNbr, &found, "one row for each schedule");
    problem.remedy = format!(
        "Take out of query {} the record that multiplies its rows, such as PO_LINE_DISTRIB.",
        row.frame.query.query
    );
    problem
}
