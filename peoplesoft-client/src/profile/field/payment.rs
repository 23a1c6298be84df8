//! The fields of payments, and of what vouchers have scheduled to be paid.

use super::fields;

fields! {
    /// A payment with the vouchers that it pays. A is PAYMENT_TBL, B is PYMNT_VCHR_XREF, C is VOUCHER.
    PaymentField {
        BankSetid = "bank_setid", "A.BANK_SETID", key, Text;
        Bank = "bank", "A.BANK_CD", key, Text;
        BankAccount = "bank_account", "A.BANK_ACCT_KEY", key, Text;
        PaymentId = "payment_id", "A.PYMNT_ID", key, Text;
        Status = "status", "A.PYMNT_STATUS", required, Code;
        PaymentDate = "payment_date", "A.PYMNT_DT", required, Date;
        Amount = "amount", "A.PYMNT_AMT", required, Number;
        Currency = "currency", "A.CURRENCY_PYMNT", required, Text;
        Reference = "reference", "A.PYMNT_ID_REF", optional, Text;
        Method = "method", "A.PYMNT_METHOD", optional, Code;
        Payee = "payee", "A.NAME1", optional, Text;
        CreatedDate = "created_date", "A.CREATION_DT", optional, Date;
        CancelAction = "cancel_action", "A.CANCEL_ACTION", optional, Code;
        CancelDate = "cancel_date", "A.CANCEL_DT", optional, Date;
        RemitSetid = "remit_setid", "A.REMIT_SETID", optional, Text;
        RemitVendor = "remit_vendor", "A.REMIT_VENDOR", optional, Text;
        LastUpdated = "last_updated", "A.LAST_UPDATE_DT", optional, DateTime;
        VoucherId = "voucher_id", "B.VOUCHER_ID", optional, Text;
        VoucherBusinessUnit = "voucher_business_unit", "B.BUSINESS_UNIT", required in VoucherId, Text;
        VoucherPaymentCount = "voucher_payment_count", "B.PYMNT_CNT", required in VoucherId, Number;
        VoucherPayment = "voucher_payment", "B.PYMNT_ID", optional in VoucherId, Text;
        VoucherSelectionStatus = "voucher_selection_status", "B.PYMNT_SELCT_STATUS", optional in VoucherId, Code;
        VoucherMethod = "voucher_method", "B.PYMNT_METHOD", optional in VoucherId, Code;
        VoucherOnHold = "voucher_on_hold", "B.PYMNT_HOLD", optional in VoucherId, Code;
        VoucherHoldReason = "voucher_hold_reason", "B.PYMNT_HOLD_REASON", optional in VoucherId, Text;
        VoucherScheduledDate = "voucher_scheduled_date", "B.SCHEDULED_PAY_DT", optional in VoucherId, Date;
        VoucherDiscountDueDate = "voucher_discount_due_date", "B.DSCNT_DUE_DT", optional in VoucherId, Date;
        VoucherCurrency = "voucher_currency", "B.TXN_CURRENCY_CD", optional in VoucherId, Text;
        VoucherGrossAmount = "voucher_gross_amount", "B.PYMNT_GROSS_AMT", optional in VoucherId, Number;
        VoucherDiscountAmount = "voucher_discount_amount", "B.DSCNT_PAY_AMT", optional in VoucherId, Number;
        VoucherPaymentCurrency = "voucher_payment_currency", "B.CURRENCY_PYMNT", optional in VoucherId, Text;
        VoucherPaidAmount = "voucher_paid_amount", "B.PAID_AMT", optional in VoucherId, Number;
        VoucherPaidGrossAmount = "voucher_paid_gross_amount", "B.PAID_AMT_GROSS", optional in VoucherId, Number;
        VoucherPaidDiscountAmount = "voucher_paid_discount_amount", "B.PAID_AMT_DSCNT", optional in VoucherId, Number;
        VoucherPayCycle = "voucher_pay_cycle", "B.PAY_CYCLE", optional in VoucherId, Text;
        VoucherHandling = "voucher_handling", "B.PYMNT_HANDLING_CD", optional in VoucherId, Code;
        VoucherMessage = "voucher_message", "B.PYMNT_MESSAGE", optional in VoucherId, Text;
        VoucherSeparate = "voucher_separate", "B.PYMNT_SEPARATE", optional in VoucherId, Code;
        VoucherAction = "voucher_action", "B.PYMNT_ACTION", optional in VoucherId, Code;
        VoucherInvoiceId = "voucher_invoice_id", "C.INVOICE_ID", optional in VoucherId, Text;
        VoucherInvoiceDate = "voucher_invoice_date", "C.INVOICE_DT", optional in VoucherId, Date;
    }
}

fields! {
    /// What a voucher has scheduled to be paid. A is PYMNT_VCHR_XREF, B is PAYMENT_TBL, C is VOUCHER.
    ScheduledPaymentField {
        BusinessUnit = "business_unit", "A.BUSINESS_UNIT", key, Text;
        VoucherId = "voucher_id", "A.VOUCHER_ID", key, Text;
        PaymentCount = "payment_count", "A.PYMNT_CNT", key, Number;
        Payment = "payment", "A.PYMNT_ID", optional, Text;
        SelectionStatus = "selection_status", "A.PYMNT_SELCT_STATUS", optional, Code;
        Method = "method", "A.PYMNT_METHOD", optional, Code;
        OnHold = "on_hold", "A.PYMNT_HOLD", optional, Code;
        HoldReason = "hold_reason", "A.PYMNT_HOLD_REASON", optional, Text;
        ScheduledDate = "scheduled_date", "A.SCHEDULED_PAY_DT", optional, Date;
        DiscountDueDate = "discount_due_date", "A.DSCNT_DUE_DT", optional, Date;
        Currency = "currency", "A.TXN_CURRENCY_CD", optional, Text;
        GrossAmount = "gross_amount", "A.PYMNT_GROSS_AMT", optional, Number;
        DiscountAmount = "discount_amount", "A.DSCNT_PAY_AMT", optional, Number;
        PaymentCurrency = "payment_currency", "A.CURRENCY_PYMNT", optional, Text;
        PaidAmount = "paid_amount", "A.PAID_AMT", optional, Number;
        PaidGrossAmount = "paid_gross_amount", "A.PAID_AMT_GROSS", optional, Number;
        PaidDiscountAmount = "paid_discount_amount", "A.PAID_AMT_DSCNT", optional, Number;
        PayCycle = "pay_cycle", "A.PAY_CYCLE", optional, Text;
        Handling = "handling", "A.PYMNT_HANDLING_CD", optional, Code;
        Message = "message", "A.PYMNT_MESSAGE", optional, Text;
        Separate = "separate", "A.PYMNT_SEPARATE", optional, Code;
        Action = "action", "A.PYMNT_ACTION", optional, Code;
        InvoiceId = "invoice_id", "C.INVOICE_ID", optional, Text;
        InvoiceDate = "invoice_date", "C.INVOICE_DT", optional, Date;
        Reference = "reference", "B.PYMNT_ID_REF", optional, Text;
        PaymentStatus = "payment_status", "B.PYMNT_STATUS", optional, Code;
        PaymentDate = "payment_date", "B.PYMNT_DT", optional, Date;
        RemitSetid = "remit_setid", "A.REMIT_SETID", optional, Text;
        RemitVendor = "remit_vendor", "A.REMIT_VENDOR", optional, Text;
        BankSetid = "bank_setid", "A.BANK_SETID", optional, Text;
        Bank = "bank", "A.BANK_CD", optional, Text;
        BankAccount = "bank_account", "A.BANK_ACCT_KEY", optional, Text;
        LastUpdated = "last_updated", "A.LAST_UPDATE_DT", optional, DateTime;
    }
    lookup "by_voucher" = [BusinessUnit, VoucherId];
}
