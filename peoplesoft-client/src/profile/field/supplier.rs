//! The fields of a supplier.

use super::fields;

fields! {
    /// A supplier with what it has several of. A is VENDOR, B is VENDOR_ADDR, C is VENDOR_LOC, D is
    /// VENDOR_ID_NBRS, E is VENDOR_CNTCT, F is VNDR_BANK_ACCT; G to J are what the site joins: VENDOR_PAY,
    /// VNDR_CNTCT_PHN, VNDR_ADDR_SCROL, VNDR_LOC_SCROL.
    SupplierField {
        Setid = "setid", "A.SETID", key, Text;
        VendorId = "vendor_id", "A.VENDOR_ID", key, Text;
        Name = "name", "A.NAME1", required, Text;
        Name2 = "name2", "A.NAME2", optional, Text;
        ShortName = "short_name", "A.VENDOR_NAME_SHORT", optional, Text;
        Status = "status", "A.VENDOR_STATUS", required, Code;
        Class = "class", "A.VENDOR_CLASS", optional, Code;
        Persistence = "persistence", "A.VENDOR_PERSISTENCE", optional, Code;
        OpenForOrdering = "open_for_ordering", "A.VNDR_STATUS_PO", optional, Code;
        Withholding = "withholding", "A.WTHD_SW", optional, Code;
        OrderAddress = "order_address", "A.ADDR_SEQ_NUM_ORDR", optional, Number;
        InvoiceAddress = "invoice_address", "A.PRIM_ADDR_SEQ_NUM", optional, Number;
        RemitAddress = "remit_address", "A.REMIT_ADDR_SEQ_NUM", optional, Number;
        RemitSetid = "remit_setid", "A.REMIT_SETID", optional, Text;
        RemitVendor = "remit_vendor", "A.REMIT_VENDOR", optional, Text;
        CorporateSetid = "corporate_setid", "A.CORPORATE_SETID", optional, Text;
        CorporateVendor = "corporate_vendor", "A.CORPORATE_VENDOR", optional, Text;
        DefaultLocation = "default_location", "A.DEFAULT_LOC", optional, Text;
        RemitLocation = "remit_location", "A.REMIT_LOC", optional, Text;
        CustomerSetid = "customer_setid", "A.CUST_SETID", optional, Text;
        Customer = "customer", "A.CUST_ID", optional, Text;
        OurAccount = "our_account", "A.AR_NUM", optional, Text;
        OldId = "old_id", "A.OLD_VENDOR_ID", optional, Text;
        TaxId = "tax_id", "A.VNDR_TIN", optional, Sensitive;
        LastActivity = "last_activity", "A.LAST_ACTIVITY_DT", optional, Date;
        Created = "created", "A.CREATED_DTTM", optional, DateTime;
        LastUpdated = "last_updated", "A.LAST_MODIFIED_DATE", required, DateTime;

        AddressNumber = "address_number", "B.ADDRESS_SEQ_NUM", optional, Number;
        AddressDate = "address_effective_date", "B.EFFDT", optional, Date;
        AddressStatus = "address_status", "B.EFF_STATUS", optional, Code;
        AddressDescription = "address_description", "I.DESCR", optional, Text;
        AddressName = "address_name", "B.NAME1", optional, Text;
        Address1 = "address1", "B.ADDRESS1", optional, Text;
        Address2 = "address2", "B.ADDRESS2", optional, Text;
        AddressCity = "city", "B.CITY", optional, Text;
        AddressState = "state", "B.STATE", optional, Text;
        AddressPostal = "postal", "B.POSTAL", optional, Text;
        AddressCountry = "country", "B.COUNTRY", optional, Text;
        Address3 = "address3", "B.ADDRESS3", optional, Text;
        Address4 = "address4", "B.ADDRESS4", optional, Text;
        County = "county", "B.COUNTY", optional, Text;
        AddressEmail = "address_email", "B.EMAILID", optional, Text;

        Location = "location", "C.VNDR_LOC", optional, Text;
        LocationDate = "location_effective_date", "C.EFFDT", optional, Date;
        LocationStatus = "location_status", "C.EFF_STATUS", optional, Code;
        LocationDescription = "location_description", "J.DESCR", optional, Text;
        PaymentTerms = "payment_terms", "C.PYMNT_TERMS_CD", optional, Text;
        PaymentMethod = "payment_method", "G.PYMNT_METHOD", optional, Code;
        Currency = "currency", "C.CURRENCY_CD", optional, Text;
        DispatchMethod = "dispatch_method", "C.DISP_METHOD", optional, Code;
        FreightTerms = "freight_terms", "C.FREIGHT_TERMS", optional, Text;
        ShipVia = "ship_via", "C.SHIP_TYPE_ID", optional, Text;
        Buyer = "buyer", "C.BUYER_ID", optional, Text;
        MatchRule = "match_rule", "C.MATCH_CNTRL_ID", optional, Text;
        PoaRequired = "poa_required", "C.POA_REQUIRED", optional, Code;
        PoaChangeRequired = "poa_change_required", "C.POA_CO_REQUIRED", optional, Code;
        PoaTolerances = "poa_tolerances", "C.POA_TOL_FLAG", optional, Code;
        PoaDaysEarly = "poa_days_early", "C.POA_SCHED_EARLY", optional, Number;
        PoaDaysLate = "poa_days_late", "C.POA_SCHED_LATE", optional, Number;
        PoaQuantityOver = "poa_quantity_over", "C.POA_QTY_OVER", optional, Number;
        PoaQuantityUnder = "poa_quantity_under", "C.POA_QTY_UNDER", optional, Number;
        PoaPriceOver = "poa_price_over", "C.POA_PRICE_OVER", optional, Number;
        PoaPriceUnder = "poa_price_under", "C.POA_PRICE_UNDER", optional, Number;
        Account = "account", "C.ACCOUNT", optional, Text;
        AlternateAccount = "alternate_account", "C.ALTACCT", optional, Text;
        Department = "department", "C.DEPTID", optional, Text;
        OperatingUnit = "operating_unit", "C.OPERATING_UNIT", optional, Text;
        Product = "product", "C.PRODUCT", optional, Text;
        Fund = "fund", "C.FUND_CODE", optional, Text;
        ClassField = "class_field", "C.CLASS_FLD", optional, Text;
        Program = "program", "C.PROGRAM_CODE", optional, Text;
        BudgetReference = "budget_reference", "C.BUDGET_REF", optional, Text;
        Project = "project", "C.PROJECT_ID", optional, Text;

        IdNumberKind = "id_number_kind", "D.STD_ID_NUM_QUAL", optional, Code;
        IdNumber = "id_number", "D.STD_ID_NUM", optional, Sensitive;

        ContactNumber = "contact_number", "E.CNTCT_SEQ_NUM", optional, Number;
        ContactDate = "contact_effective_date", "E.EFFDT", optional, Date;
        ContactStatus = "contact_status", "E.EFF_STATUS", optional, Code;
        ContactName = "contact_name", "E.CONTACT_NAME", optional, Text;
        ContactTitle = "contact_title", "E.CONTACT_TITLE", optional, Text;
        ContactPurpose = "contact_purpose", "E.CONTACT_TYPE", optional, Text;
        ContactAddress = "contact_address", "E.ADDRESS_SEQ_NUM", optional, Number;
        ContactEmail = "contact_email", "E.EMAILID", optional, Text;
        ContactPhone = "contact_phone", "H.PHONE", optional, Text;

        BankNumber = "bank_number", "F.BANK_ACCT_SEQ_NBR", optional, Number;
        BankDefault = "bank_default", "F.DEFAULT_IND", optional, Code;
        BankName = "bank_name", "F.BENEFICIARY_BANK", optional, Text;
        BankCountry = "bank_country", "F.COUNTRY", optional, Text;
        BankAccountType = "bank_account_type", "F.BANK_ACCT_TYPE", optional, Text;
        BankId = "bank_id", "F.BNK_ID_NBR", optional, Sensitive;
        BankBranch = "bank_branch", "F.BRANCH_ID", optional, Sensitive;
        BankAccount = "bank_account", "F.BANK_ACCOUNT_NUM", optional, Sensitive;
        BankIban = "bank_iban", "F.IBAN_ID", optional, Sensitive;
        BankDfiId = "bank_dfi_id", "F.DFI_ID_NUM", optional, Sensitive;
    }
}
