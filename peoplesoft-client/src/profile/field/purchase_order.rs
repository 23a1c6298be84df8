//! The fields of a purchase order.

use super::fields;

fields! {
    /// A purchase order with its lines and schedules. A is PO_HDR, B is PO_LINE, C is PO_LINE_SHIP; D to G
    /// are what the site joins for the supplier, the buyer, the ship-to and the bill-to location.
    OrderField {
        BusinessUnit = "business_unit", "A.BUSINESS_UNIT", key, Text;
        PoId = "po_id", "A.PO_ID", key, Text;
        PoDate = "po_date", "A.PO_DT", required, Date;
        Status = "status", "A.PO_STATUS", required, Code;
        PoType = "po_type", "A.PO_TYPE", optional, Code;
        ChangeOrderBatch = "change_order_batch", "A.CHNG_ORD_BATCH", optional, Number;
        DispatchMethod = "dispatch_method", "A.DISP_METHOD", optional, Code;
        VendorSetid = "vendor_setid", "A.VENDOR_SETID", required, Text;
        VendorId = "vendor_id", "A.VENDOR_ID", required, Text;
        VendorLocation = "vendor_location", "A.VNDR_LOC", optional, Text;
        VendorName = "vendor_name", "D.NAME1", optional, Text;
        VendorAddress1 = "vendor_address1", "D.ADDRESS1", optional, Text;
        VendorAddress2 = "vendor_address2", "D.ADDRESS2", optional, Text;
        VendorCity = "vendor_city", "D.CITY", optional, Text;
        VendorState = "vendor_state", "D.STATE", optional, Text;
        VendorPostal = "vendor_postal", "D.POSTAL", optional, Text;
        VendorCountry = "vendor_country", "D.COUNTRY", optional, Text;
        BuyerId = "buyer_id", "A.BUYER_ID", optional, Text;
        BuyerName = "buyer_name", "E.OPRDEFNDESC", optional, Text;
        BuyerPhone = "buyer_phone", "E.PHONE", optional, Text;
        BuyerEmail = "buyer_email", "E.EMAILID", optional, Text;
        Currency = "currency", "A.CURRENCY_CD", required, Text;
        PaymentTerms = "payment_terms", "A.PYMNT_TERMS_CD", optional, Text;
        FreightTerms = "freight_terms", "C.FREIGHT_TERMS", optional, Text;
        ShipVia = "ship_via", "C.SHIP_TYPE_ID", optional, Text;
        PoRef = "po_ref", "A.PO_REF", optional, Text;
        Contract = "contract", "B.CNTRCT_ID", optional, Text;
        BillTo = "bill_to", "A.BILL_LOCATION", optional, Text;
        BillToName = "bill_to_name", "G.DESCR", optional, Text;
        BillToAddress1 = "bill_to_address1", "G.ADDRESS1", optional, Text;
        BillToAddress2 = "bill_to_address2", "G.ADDRESS2", optional, Text;
        BillToCity = "bill_to_city", "G.CITY", optional, Text;
        BillToState = "bill_to_state", "G.STATE", optional, Text;
        BillToPostal = "bill_to_postal", "G.POSTAL", optional, Text;
        BillToCountry = "bill_to_country", "G.COUNTRY", optional, Text;
        LastUpdated = "last_updated", "A.LAST_DTTM_UPDATE", required, DateTime;
        LineNbr = "line_nbr", "B.LINE_NBR", required, Number;
        VendorItem = "vendor_item", "B.ITM_ID_VNDR", optional, Text;
        Item = "item", "B.INV_ITEM_ID", optional, Text;
        Manufacturer = "manufacturer", "B.MFG_ID", optional, Text;
        ManufacturerItem = "manufacturer_item", "B.MFG_ITM_ID", optional, Text;
        Description = "description", "B.DESCR254_MIXED", optional, Text;
        UnitOfMeasure = "unit_of_measure", "B.UNIT_OF_MEASURE", required, Text;
        Category = "category", "B.CATEGORY_ID", optional, Text;
        LineCancelStatus = "line_cancel_status", "B.CANCEL_STATUS", optional, Code;
        SchedNbr = "sched_nbr", "C.SCHED_NBR", required, Number;
        DueDate = "due_date", "C.DUE_DT", required, Date;
        ShipTo = "ship_to", "C.SHIPTO_ID", optional, Text;
        ShipToName = "ship_to_name", "F.DESCR", optional, Text;
        ShipToAddress1 = "ship_to_address1", "F.ADDRESS1", optional, Text;
        ShipToAddress2 = "ship_to_address2", "F.ADDRESS2", optional, Text;
        ShipToCity = "ship_to_city", "F.CITY", optional, Text;
        ShipToState = "ship_to_state", "F.STATE", optional, Text;
        ShipToPostal = "ship_to_postal", "F.POSTAL", optional, Text;
        ShipToCountry = "ship_to_country", "F.COUNTRY", optional, Text;
        Quantity = "quantity", "C.QTY_PO", required, Number;
        Price = "price", "C.PRICE_PO", required, Number;
        MerchandiseAmount = "merchandise_amount", "C.MERCHANDISE_AMT", required, Number;
        ScheduleCurrency = "schedule_currency", "C.CURRENCY_CD", optional, Text;
        ScheduleCancelStatus = "schedule_cancel_status", "C.CANCEL_STATUS", optional, Code;
    }
}
