//! Translate values of purchasing and payables.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::code::code_enum;

code_enum! {
    /// Whether a change order touched a header, line or schedule (`CHANGE_STATUS`).
    ChangeStatus {
        /// `C`: changed since the order was last dispatched.
        Changed = "C", "Changed";
        /// `U`: unchanged.
        Unchanged = "U", "Unchanged";
    }
}

code_enum! {
    /// How far an order or a shipment has been received (`RECV_STATUS`, `RECV_SHIP_STATUS`).
    ReceiptStatus {
        /// `O`: open.
        Open = "O", "Open";
        /// `H`: on hold.
        Hold = "H", "Hold";
        /// `R`: received.
        Received = "R", "Received";
        /// `M`: moved to where it is used.
        Moved = "M", "Moved";
        /// `C`: complete, closed.
        Complete = "C", "Complete";
        /// `X`: canceled.
        Canceled = "X", "Canceled";
    }
}

code_enum! {
    /// Whether what a schedule distributes adds up to it (`BAL_STATUS`).
    BalanceStatus {
        /// `I`: it does.
        InBalance = "I", "In Balance";
        /// `O`: it does not.
        OutOfBalance = "O", "Out of Balance";
    }
}

code_enum! {
    /// What the quantity of price breaks is counted over (`QTY_TYPE`).
    QuantityType {
        /// `L`: all schedules of the line.
        Line = "L", "Line";
        /// `S`: each schedule.
        Schedule = "S", "Schedule";
    }
}

code_enum! {
    /// Which day the price is taken from (`PRICE_DT_TYPE`).
    PriceDateType {
        /// `D`: the due date.
        DueDate = "D", "Due Date";
        /// `P`: the date of the order.
        OrderDate = "P", "PO Date";
    }
}

code_enum! {
    /// What a schedule is shared out by (`DISTRIB_MTHD_FLG`).
    DistributionMethod {
        /// `A`: the amount.
        Amount = "A", "Amount";
        /// `Q`: the quantity.
        Quantity = "Q", "Quantity";
    }
}

code_enum! {
    /// How far the supplier's acknowledgment of an order has come (`POA_STATUS`).
    ///
    /// The values are those of `PO_POA_STATUS`; whether the header of an order uses the same set is not
    /// certain.
    AcknowledgmentStatus {
        /// `NEW`: new.
        New = "NEW", "New";
        /// `SRV`: with the supplier.
        SupplierReview = "SRV", "Supplier Review";
        /// `SRP`: the supplier has answered.
        SupplierResponded = "SRP", "Supplier Responded";
        /// `BAC`: the buyer accepts the answer.
        BuyerAccepted = "BAC", "Buyer Accepted";
        /// `CMP`: an electronic answer has to be compared.
        CompareNeeded = "CMP", "EDX Compare Needed";
    }
}

code_enum! {
    /// What kind of voucher it is (`VOUCHER_STYLE`).
    VoucherStyle {
        /// `REG`: a regular voucher, the default.
        Regular = "REG", "Regular Voucher";
        /// `ADJ`: an adjustment of another voucher.
        Adjustment = "ADJ", "Adjustments";
        /// `AMR`: an amortization.
        Amortization = "AMR", "Amortization Voucher";
        /// `CLBK`: a claim back.
        ClaimBack = "CLBK", "Claim Voucher";
        /// `CORR`: a reversal.
        Reversal = "CORR", "Reversal Voucher";
        /// `JRNL`: a journal, which pays nothing.
        Journal = "JRNL", "Journal Voucher";
        /// `PPAY`: a payment before the invoice.
        Prepaid = "PPAY", "Prepaid Voucher";
        /// `RGTR`: an invoice that is only registered.
        Register = "RGTR", "Register Voucher";
        /// `SGLP`: a single payment.
        SinglePayment = "SGLP", "Single Payment Voucher";
        /// `THRD`: one of a third party, such as freight.
        ThirdParty = "THRD", "Third Party Voucher";
        /// `TMPL`: a template.
        Template = "TMPL", "Template Voucher";
    }
}

code_enum! {
    /// How far the entry of a voucher has come (`ENTRY_STATUS`).
    EntryStatus {
        /// `P`: it can be posted.
        Postable = "P", "Postable";
        /// `R`: recycled, an error has to be mended first.
        Recycle = "R", "Recycle";
        /// `O`: open.
        Open = "O", "Open";
        /// `D`: defaults were applied by the batch program.
        Defaulted = "D", "Defaulted";
        /// `E`: edited by the batch program.
        Edited = "E", "Edited";
        /// `L`: reviewed.
        Reviewed = "L", "Reviewed";
        /// `M`: modified.
        Modified = "M", "Modified";
        /// `T`: a template.
        Template = "T", "Template";
        /// `X`: deleted.
        Deleted = "X", "Deleted";
    }
}

code_enum! {
    /// How far a voucher is matched with its order and receipts (`MATCH_STATUS_VCHR`).
    ///
    /// `T` is the one that waits: it means *to be matched*, and `M` is the one that is matched.
    ///
    /// ```
    /// use peoplesoft_client::model::VoucherMatchStatus;
    ///
    /// assert_eq!(VoucherMatchStatus::from_text("T"), VoucherMatchStatus::ToBeMatched);
    /// assert!(!VoucherMatchStatus::ToBeMatched.is_settled());
    /// ```
    VoucherMatchStatus {
        /// `T`: matching has still to run.
        ToBeMatched = "T", "To Be Matched";
        /// `M`: matched.
        Matched = "M", "Matched";
        /// `E`: matching found exceptions.
        Exceptions = "E", "Match Exceptions Exist";
        /// `D`: in dispute.
        Dispute = "D", "Match Dispute";
        /// `O`: a person overrode the exceptions.
        ManuallyOverridden = "O", "Manually Overridden";
        /// `C`: overridden by a credit note.
        OverriddenByCreditNote = "C", "Overridden - Credit Note";
        /// `N`: nothing to match.
        NotApplicable = "N", "Not Applied";
    }
}

impl VoucherMatchStatus {
    /// Whether matching no longer keeps the voucher from being paid: matched, overridden, or nothing to
    /// match. A value that a site added is not settled.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(
            self,
            Self::Matched
                | Self::ManuallyOverridden
                | Self::OverriddenByCreditNote
                | Self::NotApplicable
        )
    }
}

code_enum! {
    /// Whether a voucher is posted (`POST_STATUS_AP`).
    PostStatus {
        /// `U`: unposted, the default.
        Unposted = "U", "Unposted";
        /// `P`: posted.
        Posted = "P", "Posted";
        /// `N`: the payment is not applied.
        PaymentNotApplied = "N", "Payment Not Applied";
    }
}

code_enum! {
    /// Whether a voucher is approved (`APPR_STATUS`).
    ApprovalStatus {
        /// `A`: approved.
        Approved = "A", "Approved";
        /// `D`: denied.
        Denied = "D", "Denied";
        /// `P`: waiting for an approver.
        Pending = "P", "Pending";
    }
}

code_enum! {
    /// Whether a voucher is closed (`CLOSE_STATUS`).
    CloseStatus {
        /// `O`: open.
        Open = "O", "Open";
        /// `C`: closed.
        Closed = "C", "Closed";
    }
}

code_enum! {
    /// What the budget check said (`BUDGET_HDR_STATUS`); the common values, others stay as they are.
    BudgetStatus {
        /// `E`: an error.
        Error = "E", "Error";
        /// `N`: not checked.
        NotChecked = "N", "Not Chk'd";
        /// `P`: valid for the time being.
        ProvisionallyValid = "P", "Prov Valid";
        /// `V`: valid.
        Valid = "V", "Valid";
    }
}

code_enum! {
    /// How far a payment of a voucher has come (`PYMNT_SELCT_STATUS`).
    ///
    /// The two states of sanction screening, `F` and `O`, are kept as they are.
    PaymentSelectionStatus {
        /// `N`: not selected for payment.
        NotSelected = "N", "Not Selected for Payment";
        /// `R`: requested.
        Requested = "R", "Requested";
        /// `P`: paid.
        Paid = "P", "Paid";
        /// `X`: canceled.
        Canceled = "X", "Canceled";
        /// `C`: closed.
        Closed = "C", "Closed";
        /// `E`: paid outside PeopleSoft.
        ExternallyPaid = "E", "Externally Paid";
        /// `I`: an electronic transfer is in process.
        InProcess = "I", "In Process EFT";
        /// `S`: in settlement.
        Settlement = "S", "Settlement";
        /// `D`: the sum was negative.
        NegativeSum = "D", "Negative Sum";
        /// `V`: an error while currencies were converted.
        ConvertError = "V", "Convert Error";
        /// `Y`: prepaid.
        Prepaid = "Y", "Prepaid";
    }
}

code_enum! {
    /// What became of a payment (`PYMNT_STATUS`).
    ///
    /// `T` and `U`, which undo what was done, are kept as they are.
    PaymentStatus {
        /// `P`: paid.
        Paid = "P", "Paid";
        /// `V`: void.
        Void = "V", "Void";
        /// `S`: stopped.
        Stopped = "S", "Stopped";
        /// `R`: replaced by another payment.
        Replaced = "R", "Replaced";
        /// `X`: deleted.
        Deleted = "X", "Deleted";
        /// `L`: stale, nobody cashed it in time.
        Stale = "L", "Stale Payment";
        /// `W`: handed to the state as unclaimed.
        Escheated = "W", "Escheated";
        /// `N`: printed again.
        Reprinted = "N", "Reprinted";
        /// `O`: a page that the text of another payment ran over to.
        Overflow = "O", "Overflow";
        /// `A`: an alignment check.
        Alignment = "A", "Alignment";
        /// `E`: a prenote, which tests the account without paying.
        Prenote = "E", "Prenote";
    }
}

impl PaymentStatus {
    /// Whether the money went out and stayed out, as far as the code tells.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        matches!(self, Self::Paid | Self::Reprinted)
    }
}

code_enum! {
    /// How a payment is made (`PYMNT_METHOD`).
    PaymentMethod {
        /// `ACH`: automated clearing house.
        Ach = "ACH", "Automated Clearing House";
        /// `CHK`: a check that the system prints.
        Check = "CHK", "System Check";
        /// `EFT`: electronic funds transfer.
        Eft = "EFT", "Electronic Funds Transfer";
        /// `WIR`: a wire transfer.
        Wire = "WIR", "Wire Transfer";
        /// `MAN`: a check written by hand.
        ManualCheck = "MAN", "Manual Check";
        /// `DD`: direct debit.
        DirectDebit = "DD", "Direct Debit";
        /// `LC`: a letter of credit.
        LetterOfCredit = "LC", "Letter of Credit";
        /// `GE`: an electronic giro.
        GiroEft = "GE", "Giro - EFT";
        /// `GM`: a giro by hand.
        GiroManual = "GM", "Giro - Manual";
        /// `DFT`: a draft.
        Draft = "DFT", "Draft";
        /// `TRW`: a wire of the treasury.
        TreasuryWire = "TRW", "Treasury Wire";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_be_matched_is_not_matched() {
        assert_eq!(
            VoucherMatchStatus::from_text("T"),
            VoucherMatchStatus::ToBeMatched
        );
        assert_eq!(
            VoucherMatchStatus::from_text("M"),
            VoucherMatchStatus::Matched
        );
        let settled = |code| VoucherMatchStatus::from_text(code).is_settled();
        assert_eq!(
            ["T", "M", "E", "D", "O", "C", "N", "Z"].map(settled),
            [false, true, false, false, true, true, true, false]
        );
    }

    #[test]
    fn what_a_site_added_is_kept() {
        let method = PaymentMethod::from_text("BEF");
        assert_eq!(method, PaymentMethod::Other("BEF".into()));
        assert_eq!(method.code(), "BEF");
        assert!(!PaymentStatus::from_text("T").is_paid());
    }
}
