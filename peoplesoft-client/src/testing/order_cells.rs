//! A purchase order as the rows of its query.

use super::cell::{Cell, Writer};
use super::table::Cells;
use crate::model::{
    PostalAddress, PsDateTime, PurchaseOrder, PurchaseOrderLine, PurchaseOrderSchedule,
};
use crate::profile::OrderField as F;

impl Cells for PurchaseOrder {
    fn changed(&self) -> PsDateTime {
        self.last_updated
    }

    fn head(&self, field: F) -> Cell<'_> {
        cell(field, self, None, None)
    }

    /// Writes a row for each schedule, for each line without one, or for an order without lines.
    fn write(&self, writer: &mut Writer<'_, F>) {
        if self.lines.is_empty() {
            writer.row(|field| self.head(field), &[&self.extra]);
        }
        for line in &self.lines {
            if line.schedules.is_empty() {
                writer.row(
                    |field| cell(field, self, Some(line), None),
                    &[&self.extra, &line.extra],
                );
            }
            for schedule in &line.schedules {
                if writer.is_full() {
                    return;
                }
                writer.row(
                    |field| cell(field, self, Some(line), Some(schedule)),
                    &[&self.extra, &line.extra, &schedule.extra],
                );
            }
        }
    }
}

fn cell<'a>(
    field: F,
    order: &'a PurchaseOrder,
    line: Option<&'a PurchaseOrderLine>,
    schedule: Option<&'a PurchaseOrderSchedule>,
) -> Cell<'a> {
    use F::*;
    match field {
        BusinessUnit => Cell::Text(order.key.business_unit.as_str()),
        PoId => Cell::Text(order.key.po_id.as_str()),
        PoDate => Cell::Date(order.po_date),
        Status => Cell::Code(order.status.code(), order.status.text()),
        PoType => Cell::code(
            order
                .po_type
                .as_ref()
                .map(|kind| (kind.code(), kind.text())),
        ),
        ChangeOrderBatch => Cell::Whole(order.change_order_batch),
        DispatchMethod => Cell::code(
            order
                .dispatch_method
                .as_ref()
                .map(|method| (method.code(), method.text())),
        ),
        VendorSetid => Cell::Text(order.vendor.setid.as_str()),
        VendorId => Cell::Text(order.vendor.vendor_id.as_str()),
        VendorLocation => Cell::text(order.vendor_location.as_ref()),
        BuyerId => Cell::text(order.buyer.as_ref().map(|buyer| &buyer.id)),
        BuyerName => Cell::text(order.buyer.as_ref().and_then(|buyer| buyer.name.as_ref())),
        BuyerPhone => Cell::text(order.buyer.as_ref().and_then(|buyer| buyer.phone.as_ref())),
        BuyerEmail => Cell::text(order.buyer.as_ref().and_then(|buyer| buyer.email.as_ref())),
        Currency => Cell::Text(order.currency.as_str()),
        PaymentTerms => Cell::text(order.payment_terms.as_ref()),
        FreightTerms => Cell::text(order.freight_terms.as_ref()),
        ShipVia => Cell::text(order.ship_via.as_ref()),
        PoRef => Cell::text(order.po_ref.as_ref()),
        Contract => Cell::text(order.contract.as_ref()),
        BillTo => Cell::text(order.bill_to.as_ref()),
        LastUpdated => Cell::Changed(order.last_updated),
        VendorName | VendorAddress1 | VendorAddress2 | VendorCity | VendorState | VendorPostal
        | VendorCountry => part(field, VendorName, &order.vendor_address),
        BillToName | BillToAddress1 | BillToAddress2 | BillToCity | BillToState | BillToPostal
        | BillToCountry => part(field, BillToName, &order.bill_to_address),
        LineNbr | VendorItem | Item | Manufacturer | ManufacturerItem | Description
        | UnitOfMeasure | Category | LineCancelStatus => {
            line.map_or(Cell::Blank, |line| line_cell(field, line))
        }
        SchedNbr | DueDate | ShipTo | ShipToName | ShipToAddress1 | ShipToAddress2 | ShipToCity
        | ShipToState | ShipToPostal | ShipToCountry | Quantity | Price | MerchandiseAmount
        | ScheduleCurrency | ScheduleCancelStatus => {
            schedule.map_or(Cell::Blank, |schedule| schedule_cell(field, schedule))
        }
    }
}

fn line_cell(field: F, line: &PurchaseOrderLine) -> Cell<'_> {
    match field {
        F::LineNbr => Cell::Whole(line.line_nbr),
        F::VendorItem => Cell::text(line.vendor_item.as_ref()),
        F::Item => Cell::text(line.item.as_ref()),
        F::Manufacturer => Cell::text(line.manufacturer.as_ref()),
        F::ManufacturerItem => Cell::text(line.manufacturer_item.as_ref()),
        F::Description => Cell::text(line.description.as_ref()),
        F::UnitOfMeasure => Cell::Text(line.unit_of_measure.as_str()),
        F::Category => Cell::text(line.category.as_ref()),
        F::LineCancelStatus => Cell::code(
            line.cancel_status
                .as_ref()
                .map(|status| (status.code(), status.text())),
        ),
        _ => Cell::Blank,
    }
}

fn schedule_cell(field: F, schedule: &PurchaseOrderSchedule) -> Cell<'_> {
    match field {
        F::SchedNbr => Cell::Whole(schedule.sched_nbr),
        F::DueDate => Cell::Date(schedule.due_date),
        F::ShipTo => Cell::text(schedule.ship_to.as_ref()),
        F::Quantity => Cell::Number(schedule.quantity),
        F::Price => Cell::Number(schedule.price),
        F::MerchandiseAmount => Cell::Number(schedule.merchandise_amount),
        F::ScheduleCurrency => Cell::text(schedule.currency.as_ref()),
        F::ScheduleCancelStatus => Cell::code(
            schedule
                .cancel_status
                .as_ref()
                .map(|status| (status.code(), status.text())),
        ),
        _ => part(field, F::ShipToName, &schedule.ship_to_address),
    }
}

/// A part of an address, whose seven fields follow one another from `name` on.
fn part(field: F, name: F, address: &PostalAddress) -> Cell<'_> {
    address_part(address, (field as usize).wrapping_sub(name as usize))
}

/// The part of an address at a position, in the order name, two lines, city, state, postal, country.
pub(super) fn address_part(address: &PostalAddress, at: usize) -> Cell<'_> {
    Cell::text(match at {
        0 => address.name.as_ref(),
        1 => address.address1.as_ref(),
        2 => address.address2.as_ref(),
        3 => address.city.as_ref(),
        4 => address.state.as_ref(),
        5 => address.postal.as_ref(),
        6 => address.country.as_ref(),
        _ => None,
    })
}
