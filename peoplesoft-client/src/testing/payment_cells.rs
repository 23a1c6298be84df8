//! Payments, and what vouchers have scheduled, as the rows of their queries.

use super::cell::{Cell, Writer};
use super::table::Cells;
use crate::model::{Payment, PsDateTime, ScheduledPayment};
use crate::profile::{PaymentField, ScheduledPaymentField};

impl Cells for Payment {
    fn changed(&self) -> PsDateTime {
        self.last_updated
    }

    fn head(&self, field: PaymentField) -> Cell<'_> {
        payment_cell(field, self, None)
    }

    fn has_level(&self, _gate: PaymentField) -> bool {
        !self.vouchers.is_empty()
    }

    /// Writes a row for each voucher that it pays, or one for a payment of none.
    fn write(&self, writer: &mut Writer<'_, PaymentField>) {
        if self.vouchers.is_empty() || !writer.has(PaymentField::VoucherId) {
            writer.row(|field| self.head(field), &[&self.extra]);
            return;
        }
        for voucher in &self.vouchers {
            writer.row(
                |field| payment_cell(field, self, Some(voucher)),
                &[&self.extra, &voucher.extra],
            );
        }
    }
}

fn payment_cell<'a>(
    field: PaymentField,
    payment: &'a Payment,
    voucher: Option<&'a ScheduledPayment>,
) -> Cell<'a> {
    use PaymentField as F;
    let vendor = payment.remit_vendor.as_ref();
    match field {
        F::BankSetid => Cell::Text(payment.key.bank_setid.as_str()),
        F::Bank => Cell::Text(payment.key.bank.as_str()),
        F::BankAccount => Cell::Text(payment.key.bank_account.as_str()),
        F::PaymentId => Cell::Text(payment.key.payment_id.as_str()),
        F::Status => Cell::translate(Some(&payment.status)),
        F::PaymentDate => Cell::Date(payment.payment_date),
        F::Amount => Cell::Number(payment.amount),
        F::Currency => Cell::Text(payment.currency.as_str()),
        F::RemitSetid => Cell::text(vendor.map(|vendor| &vendor.setid)),
        F::RemitVendor => Cell::text(vendor.map(|vendor| &vendor.vendor_id)),
        F::LastUpdated => Cell::Changed(payment.last_updated),
        F::Reference => Cell::text(payment.reference.as_ref()),
        F::Method => Cell::translate(payment.method.as_ref()),
        F::Payee => Cell::text(payment.payee.as_ref()),
        F::CreatedDate => Cell::date(payment.created_date),
        F::CancelAction => Cell::text(payment.cancel_action.as_ref()),
        F::CancelDate => Cell::date(payment.cancel_date),
        _ => match voucher {
            Some(voucher) => paid_cell(field, voucher),
            None => Cell::Blank,
        },
    }
}

fn paid_cell(field: PaymentField, scheduled: &ScheduledPayment) -> Cell<'_> {
    use PaymentField as F;
    match field {
        F::VoucherBusinessUnit => Cell::Text(scheduled.key.business_unit.as_str()),
        F::VoucherId => Cell::Text(scheduled.key.voucher_id.as_str()),
        F::VoucherPaymentCount => Cell::Whole(scheduled.key.payment_count),
        F::VoucherPayment => Cell::text(scheduled.payment.as_ref()),
        F::VoucherSelectionStatus => Cell::translate(scheduled.selection_status.as_ref()),
        F::VoucherMethod => Cell::translate(scheduled.method.as_ref()),
        F::VoucherOnHold => Cell::translate(scheduled.on_hold.as_ref()),
        F::VoucherHoldReason => Cell::text(scheduled.hold_reason.as_ref()),
        F::VoucherScheduledDate => Cell::date(scheduled.scheduled_date),
        F::VoucherDiscountDueDate => Cell::date(scheduled.discount_due_date),
        F::VoucherCurrency => Cell::text(scheduled.currency.as_ref()),
        F::VoucherGrossAmount => Cell::number(scheduled.gross_amount),
        F::VoucherDiscountAmount => Cell::number(scheduled.discount_amount),
        F::VoucherPaymentCurrency => Cell::text(scheduled.payment_currency.as_ref()),
        F::VoucherPaidAmount => Cell::number(scheduled.paid_amount),
        F::VoucherPaidGrossAmount => Cell::number(scheduled.paid_gross_amount),
        F::VoucherPaidDiscountAmount => Cell::number(scheduled.paid_discount_amount),
        F::VoucherPayCycle => Cell::text(scheduled.pay_cycle.as_ref()),
        F::VoucherHandling => Cell::text(scheduled.handling.as_ref()),
        F::VoucherMessage => Cell::text(scheduled.message.as_ref()),
        F::VoucherSeparate => Cell::translate(scheduled.separate.as_ref()),
        F::VoucherAction => Cell::text(scheduled.action.as_ref()),
        F::VoucherInvoiceId => Cell::text(scheduled.invoice_id.as_ref()),
        F::VoucherInvoiceDate => Cell::date(scheduled.invoice_date),
        _ => Cell::Blank,
    }
}

impl Cells for ScheduledPayment {
    fn changed(&self) -> PsDateTime {
        self.last_updated.unwrap_or(PsDateTime::MIN)
    }

    fn head(&self, field: ScheduledPaymentField) -> Cell<'_> {
        use ScheduledPaymentField as F;
        let scheduled = self;
        let (vendor, bank) = (self.remit_vendor.as_ref(), self.bank.as_ref());
        match field {
            F::BusinessUnit => Cell::Text(self.key.business_unit.as_str()),
            F::VoucherId => Cell::Text(self.key.voucher_id.as_str()),
            F::PaymentCount => Cell::Whole(self.key.payment_count),
            F::RemitSetid => Cell::text(vendor.map(|vendor| &vendor.setid)),
            F::RemitVendor => Cell::text(vendor.map(|vendor| &vendor.vendor_id)),
            F::BankSetid => Cell::text(bank.map(|bank| &bank.setid)),
            F::Bank => Cell::text(bank.map(|bank| &bank.bank)),
            F::BankAccount => Cell::text(bank.map(|bank| &bank.account)),
            F::LastUpdated => self.last_updated.map_or(Cell::Blank, Cell::Changed),
            F::Payment => Cell::text(scheduled.payment.as_ref()),
            F::SelectionStatus => Cell::translate(scheduled.selection_status.as_ref()),
            F::Method => Cell::translate(scheduled.method.as_ref()),
            F::OnHold => Cell::translate(scheduled.on_hold.as_ref()),
            F::HoldReason => Cell::text(scheduled.hold_reason.as_ref()),
            F::ScheduledDate => Cell::date(scheduled.scheduled_date),
            F::DiscountDueDate => Cell::date(scheduled.discount_due_date),
            F::Currency => Cell::text(scheduled.currency.as_ref()),
            F::GrossAmount => Cell::number(scheduled.gross_amount),
            F::DiscountAmount => Cell::number(scheduled.discount_amount),
            F::PaymentCurrency => Cell::text(scheduled.payment_currency.as_ref()),
            F::PaidAmount => Cell::number(scheduled.paid_amount),
            F::PaidGrossAmount => Cell::number(scheduled.paid_gross_amount),
            F::PaidDiscountAmount => Cell::number(scheduled.paid_discount_amount),
            F::PayCycle => Cell::text(scheduled.pay_cycle.as_ref()),
            F::Handling => Cell::text(scheduled.handling.as_ref()),
            F::Message => Cell::text(scheduled.message.as_ref()),
            F::Separate => Cell::translate(scheduled.separate.as_ref()),
            F::Action => Cell::text(scheduled.action.as_ref()),
            F::InvoiceId => Cell::text(scheduled.invoice_id.as_ref()),
            F::InvoiceDate => Cell::date(scheduled.invoice_date),
            F::Reference => Cell::text(scheduled.reference.as_ref()),
            F::PaymentStatus => Cell::translate(scheduled.payment_status.as_ref()),
            F::PaymentDate => Cell::date(scheduled.payment_date),
        }
    }

    fn write(&self, writer: &mut Writer<'_, ScheduledPaymentField>) {
        writer.row(|field| self.head(field), &[&self.extra]);
    }
}
