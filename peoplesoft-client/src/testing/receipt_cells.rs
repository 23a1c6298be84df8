//! A shipment line of a receipt as the row of its query.

use super::cell::{Cell, Writer};
use super::table::Cells;
use crate::model::{PsDateTime, ReceiptLine};
use crate::profile::ReceiptField as F;

impl Cells for ReceiptLine {
    /// The last change, or when the goods came.
    fn changed(&self) -> PsDateTime {
        let changed = self.last_updated.or(self.received_at);
        changed.unwrap_or(PsDateTime::MIN)
    }

    fn head(&self, field: F) -> Cell<'_> {
        let line = self;
        let (order, vendor) = (self.order.as_ref(), self.vendor.as_ref());
        match field {
            F::BusinessUnit => Cell::Text(self.key.business_unit.as_str()),
            F::ReceiverId => Cell::Text(self.key.receiver_id.as_str()),
            F::LineNbr => Cell::Whole(self.key.line_nbr),
            F::ShipmentNbr => Cell::Whole(self.key.shipment_nbr),
            F::OrderBusinessUnit => Cell::text(order.map(|order| &order.order.business_unit)),
            F::OrderId => Cell::text(order.map(|order| &order.order.po_id)),
            F::OrderLine => Cell::whole(order.map(|order| order.line_nbr)),
            F::OrderSchedule => Cell::whole(order.map(|order| order.sched_nbr)),
            F::VendorSetid => Cell::text(vendor.map(|vendor| &vendor.setid)),
            F::VendorId => Cell::text(vendor.map(|vendor| &vendor.vendor_id)),
            F::LastUpdated => self.last_updated.map_or(Cell::Blank, Cell::Changed),
            F::Status => Cell::translate(Some(&line.status)),
            F::ReceivedQuantity => Cell::number(line.received_quantity),
            F::AcceptedQuantity => Cell::number(line.accepted_quantity),
            F::RejectedQuantity => Cell::number(line.rejected_quantity),
            F::ReturnedQuantity => Cell::number(line.returned_quantity),
            F::InspectedQuantity => Cell::number(line.inspected_quantity),
            F::NetQuantity => Cell::number(line.net_quantity),
            F::UnitOfMeasure => Cell::text(line.unit_of_measure.as_ref()),
            F::ReceivedAt => Cell::time(line.received_at),
            F::DueDate => Cell::date(line.due_date),
            F::OrderPrice => Cell::number(line.order_price),
            F::ReceiptPrice => Cell::number(line.receipt_price),
            F::Amount => Cell::number(line.amount),
            F::OrderAmount => Cell::number(line.order_amount),
            F::Currency => Cell::text(line.currency.as_ref()),
            F::MatchFlag => Cell::text(line.match_flag.as_ref()),
            F::InspectionStatus => Cell::text(line.inspection_status.as_ref()),
            F::RejectReason => Cell::text(line.reject_reason.as_ref()),
            F::ReturnAuthorization => Cell::text(line.return_authorization.as_ref()),
            F::PackingSlip => Cell::text(line.packing_slip.as_ref()),
            F::BillOfLading => Cell::text(line.bill_of_lading.as_ref()),
            F::InvoiceId => Cell::text(line.invoice_id.as_ref()),
            F::ShipTo => Cell::text(line.ship_to.as_ref()),
            F::InventoryStatus => Cell::text(line.inventory_status.as_ref()),
            F::AssetStatus => Cell::text(line.asset_status.as_ref()),
            F::ManufacturingStatus => Cell::text(line.manufacturing_status.as_ref()),
            F::ErsStatus => Cell::text(line.ers_status.as_ref()),
            F::EipControlId => Cell::text(line.eip_control_id.as_ref()),
        }
    }

    fn write(&self, writer: &mut Writer<'_, F>) {
        writer.row(|field| self.head(field), &[&self.extra]);
    }
}
