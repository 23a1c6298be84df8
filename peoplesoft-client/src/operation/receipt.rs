//! Rows become shipment lines of receipts.

use super::assemble::{Extra, FromRows, record};
use super::reader::{Precision, Problem, Reader};
use crate::model::{
    OrderSchedule, PurchaseOrderKey, ReceiptLine, ReceiptLineKey, ReceiptStatus, VendorKey,
};
use crate::profile::ReceiptField as F;

record!(ReceiptLine, ReceiptLineKey, Receipts);

impl FromRows for ReceiptLine {
    type Field = F;

    fn from_rows(
        key: ReceiptLineKey,
        row: Reader<'_>,
        rows: &[Reader<'_>],
    ) -> Result<Self, Problem> {
        row.alone(rows, F::ShipmentNbr, "shipment")?;
        let extra = Extra::new(&row, &[&[F::ReceiverId, F::ShipmentNbr]]);
        let mut line = Self::new(key);
        if let Some((business_unit, po_id)) = row.optional_pair(F::OrderBusinessUnit, F::OrderId)? {
            line.order = Some(OrderSchedule {
                order: PurchaseOrderKey {
                    business_unit,
                    po_id,
                },
                line_nbr: row.whole(F::OrderLine)?,
                sched_nbr: row.whole(F::OrderSchedule)?,
            });
        }
        line.vendor = row
            .optional_pair(F::VendorSetid, F::VendorId)?
            .map(|(setid, vendor_id)| VendorKey { setid, vendor_id });
        line.status = ReceiptStatus::from_text(row.required_code(F::Status)?);
        line.received_quantity = row.optional_decimal(F::ReceivedQuantity, Precision::QUANTITY)?;
        line.accepted_quantity = row.optional_decimal(F::AcceptedQuantity, Precision::QUANTITY)?;
        line.rejected_quantity = row.optional_decimal(F::RejectedQuantity, Precision::QUANTITY)?;
        line.returned_quantity = row.optional_decimal(F::ReturnedQuantity, Precision::QUANTITY)?;
        line.inspected_quantity =
            row.optional_decimal(F::InspectedQuantity, Precision::QUANTITY)?;
        line.net_quantity = row.optional_decimal(F::NetQuantity, Precision::QUANTITY)?;
        line.unit_of_measure = row.optional_id(F::UnitOfMeasure)?;
        line.received_at = row.optional_date_time(F::ReceivedAt)?;
        line.due_date = row.optional_date(F::DueDate)?;
        line.order_price = row.optional_decimal(F::OrderPrice, Precision::PRICE)?;
        line.receipt_price = row.optional_decimal(F::ReceiptPrice, Precision::PRICE)?;
        line.amount = row.optional_decimal(F::Amount, Precision::AMOUNT)?;
        line.order_amount = row.optional_decimal(F::OrderAmount, Precision::AMOUNT)?;
        line.currency = row.optional_id(F::Currency)?;
        line.match_flag = row.code(F::MatchFlag).map(str::to_owned);
        line.inspection_status = row.code(F::InspectionStatus).map(str::to_owned);
        line.reject_reason = row.code(F::RejectReason).map(str::to_owned);
        line.return_authorization = row.owned(F::ReturnAuthorization);
        line.packing_slip = row.owned(F::PackingSlip);
        line.bill_of_lading = row.owned(F::BillOfLading);
        line.invoice_id = row.optional_id(F::InvoiceId)?;
        line.ship_to = row.optional_id(F::ShipTo)?;
        line.inventory_status = row.code(F::InventoryStatus).map(str::to_owned);
        line.asset_status = row.code(F::AssetStatus).map(str::to_owned);
        line.manufacturing_status = row.code(F::ManufacturingStatus).map(str::to_owned);
        line.ers_status = row.code(F::ErsStatus).map(str::to_owned);
        line.eip_control_id = row.owned(F::EipControlId);
        line.last_updated = row.optional_date_time(F::LastUpdated)?;
        line.extra = extra.of(&row, 0, 0);
        Ok(line)
    }
}
