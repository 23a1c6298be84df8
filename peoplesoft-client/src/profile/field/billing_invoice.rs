//! The fields of a billing invoice.

use super::fields;

fields! {
    /// A billing invoice with its lines. A is BI_HDR, B is BI_LINE; C and D are what the site joins for the
    /// bill-to and the ship-to customer.
    InvoiceField {
        BusinessUnit = "business_unit", "A.BUSINESS_UNIT", key, Text;
        Invoice = "invoice", "A.INVOICE", key, Text;
        InvoiceDate = "invoice_date", "A.INVOICE_DT", required, Date;
        BillType = "bill_type", "A.BILL_TYPE_ID", optional, Text;
        Status = "status", "A.BILL_STATUS", optional, Code;
        BillTo = "bill_to", "A.BILL_TO_CUST_ID", required, Text;
        BillToName = "bill_to_name", "C.NAME1", optional, Text;
        BillToAddress1 = "bill_to_address1", "C.ADDRESS1", optional, Text;
        BillToAddress2 = "bill_to_address2", "C.ADDRESS2", optional, Text;
        BillToCity = "bill_to_city", "C.CITY", optional, Text;
        BillToState = "bill_to_state", "C.STATE", optional, Text;
        BillToPostal = "bill_to_postal", "C.POSTAL", optional, Text;
        BillToCountry = "bill_to_country", "C.COUNTRY", optional, Text;
        ShipTo = "ship_to", "A.SHIP_TO_CUST_ID", optional, Text;
        ShipToName = "ship_to_name", "D.NAME1", optional, Text;
        ShipToAddress1 = "ship_to_address1", "D.ADDRESS1", optional, Text;
        ShipToAddress2 = "ship_to_address2", "D.ADDRESS2", optional, Text;
        ShipToCity = "ship_to_city", "D.CITY", optional, Text;
        ShipToState = "ship_to_state", "D.STATE", optional, Text;
        ShipToPostal = "ship_to_postal", "D.POSTAL", optional, Text;
        ShipToCountry = "ship_to_country", "D.COUNTRY", optional, Text;
        CustomerPo = "customer_po", "A.PO_REF", optional, Text;
        CustomerPoDate = "customer_po_date", "A.PO_DT", optional, Date;
        Currency = "currency", "A.BI_CURRENCY_CD", required, Text;
        PaymentTerms = "payment_terms", "A.PYMNT_TERMS_CD", optional, Text;
        DueDate = "due_date", "A.DUE_DT", optional, Date;
        Total = "total", "A.INVOICE_AMOUNT", required, Number;
        TaxAmount = "tax_amount", "A.TOT_TAX_AMT", optional, Number;
        DiscountAmount = "discount_amount", "A.TOT_DISCOUNT_AMT", optional, Number;
        SurchargeAmount = "surcharge_amount", "A.TOT_SURCHARGE_AMT", optional, Number;
        LastUpdated = "last_updated", "A.LAST_UPDATE_DTTM", required, DateTime;
        LineSeq = "line_seq", "B.LINE_SEQ_NUM", required, Number;
        Identifier = "identifier", "B.IDENTIFIER", optional, Text;
        Description = "description", "B.DESCR", optional, Text;
        Quantity = "quantity", "B.QTY", required, Number;
        UnitOfMeasure = "unit_of_measure", "B.UNIT_OF_MEASURE", optional, Text;
        UnitPrice = "unit_price", "B.UNIT_AMT", required, Number;
        GrossAmount = "gross_amount", "B.GROSS_EXTENDED_AMT", required, Number;
        LineTaxAmount = "line_tax_amount", "B.TAX_AMT", optional, Number;
        LineDiscountAmount = "line_discount_amount", "B.TOT_DISCOUNT_AMT", optional, Number;
        LineSurchargeAmount = "line_surcharge_amount", "B.TOT_SURCHARGE_AMT", optional, Number;
    }
}
