//! The fields of a shipment line of a receipt.

use super::fields;

fields! {
    /// A shipment line of a receipt. A is RECV_LN_SHIP, B is RECV_HDR.
    ReceiptField {
        BusinessUnit = "business_unit", "A.BUSINESS_UNIT", key, Text;
        ReceiverId = "receiver_id", "A.RECEIVER_ID", key, Text;
        LineNbr = "line_nbr", "A.RECV_LN_NBR", key, Number;
        ShipmentNbr = "shipment_nbr", "A.RECV_SHIP_SEQ_NBR", key, Number;
        Status = "status", "A.RECV_SHIP_STATUS", required, Code;
        OrderBusinessUnit = "order_business_unit", "A.BUSINESS_UNIT_PO", optional, Text;
        OrderId = "order_id", "A.PO_ID", optional, Text;
        OrderLine = "order_line", "A.LINE_NBR", optional, Number;
        OrderSchedule = "order_schedule", "A.SCHED_NBR", optional, Number;
        VendorSetid = "vendor_setid", "B.VENDOR_SETID", optional, Text;
        VendorId = "vendor_id", "B.VENDOR_ID", optional, Text;
        ReceivedQuantity = "received_quantity", "A.QTY_SH_RECVD", optional, Number;
        AcceptedQuantity = "accepted_quantity", "A.QTY_SH_ACCPT", optional, Number;
        RejectedQuantity = "rejected_quantity", "A.QTY_SH_REJCT", optional, Number;
        ReturnedQuantity = "returned_quantity", "A.QTY_SH_RTN", optional, Number;
        InspectedQuantity = "inspected_quantity", "A.QTY_SH_INSPD", optional, Number;
        NetQuantity = "net_quantity", "A.QTY_SH_NETRCV_VUOM", optional, Number;
        UnitOfMeasure = "unit_of_measure", "A.RECEIVE_UOM", optional, Text;
        ReceivedAt = "received_at", "A.RECEIPT_DTTM", optional, DateTime;
        DueDate = "due_date", "A.DUE_DT", optional, Date;
        OrderPrice = "order_price", "A.PRICE_PO", optional, Number;
        ReceiptPrice = "receipt_price", "A.PRICE_RECV", optional, Number;
        Amount = "amount", "A.MERCHANDISE_AMT", optional, Number;
        OrderAmount = "order_amount", "A.MERCHANDISE_AMT_PO", optional, Number;
        Currency = "currency", "A.CURRENCY_CD", optional, Text;
        MatchFlag = "match_flag", "A.MATCH_LINE_FLG", optional, Code;
        InspectionStatus = "inspection_status", "A.INSPECT_STATUS", optional, Code;
        RejectReason = "reject_reason", "A.REJECT_REASON", optional, Code;
        ReturnAuthorization = "return_authorization", "A.RMA_ID", optional, Text;
        PackingSlip = "packing_slip", "A.PACKSLIP_NO", optional, Text;
        BillOfLading = "bill_of_lading", "A.BILL_OF_LADING", optional, Text;
        InvoiceId = "invoice_id", "A.INVOICE_ID", optional, Text;
        ShipTo = "ship_to", "A.SHIPTO_ID", optional, Text;
        InventoryStatus = "inventory_status", "A.MOVE_STAT_INV", optional, Code;
        AssetStatus = "asset_status", "A.MOVE_STAT_AM", optional, Code;
        ManufacturingStatus = "manufacturing_status", "A.MOVE_STAT_MFG", optional, Code;
        ErsStatus = "ers_status", "A.ERS_STATUS", optional, Code;
        EipControlId = "eip_control_id", "A.EIP_CTL_ID", optional, Text;
        LastUpdated = "last_updated", "B.LAST_DTTM_UPDATE", optional, DateTime;
    }
    lookup "by_order" = [OrderBusinessUnit, OrderId];
}
