//! Rows of payments and of what vouchers have scheduled become records.

use std::collections::BTreeMap;

use super::assemble::{Extra, FromRows, record};
use super::reader::{Precision, Problem, Reader};
use crate::model::{
    BankKey, Flag, Payment, PaymentKey, PaymentMethod, PaymentSelectionStatus, PaymentStatus,
    ScheduledPayment, ScheduledPaymentKey, VendorKey,
};
use crate::profile::{PaymentField, ScheduledPaymentField};

record!(Payment, PaymentKey, Payments);
record!(ScheduledPayment, ScheduledPaymentKey, ScheduledPayments);

impl FromRows for Payment {
    type Field = PaymentField;

    fn from_rows(key: PaymentKey, first: Reader<'_>, rows: &[Reader<'_>]) -> Result<Self, Problem> {
        use PaymentField as F;
        let levels: [&[F]; 2] = [
            &[F::PaymentId, F::Amount],
            &[F::VoucherId, F::VoucherPaymentCount],
        ];
        let extra = Extra::new(&first, &levels);
        let mut payment = header(key, first)?;
        let lowest = usize::from(first.text(F::VoucherId).is_some());
        payment.extra = extra.of(&first, 0, lowest);
        let mut taken: BTreeMap<ScheduledPaymentKey, Reader<'_>> = BTreeMap::new();
        for row in rows {
            let Some((business_unit, voucher_id)) =
                row.optional_pair(F::VoucherBusinessUnit, F::VoucherId)?
            else {
                continue;
            };
            let key = ScheduledPaymentKey {
                business_unit,
                voucher_id,
                payment_count: row.whole(F::VoucherPaymentCount)?,
            };
            if let Some(twin) = taken.insert(key.clone(), *row) {
                if twin.row.iter().eq(row.row.iter()) {
                    continue;
                }
                let found = format!("voucher {key} in two different rows");
                return Err(row.twice(F::VoucherId, &found, "voucher"));
            }
            let mut scheduled = ScheduledPayment::new(key);
            paid(row, &mut scheduled)?;
            scheduled.extra = extra.of(row, 1, 1);
            payment.vouchers.push(scheduled);
        }
        payment
            .vouchers
            .sort_by(|one, other| one.key.cmp(&other.key));
        Ok(payment)
    }
}

fn header(key: PaymentKey, row: Reader<'_>) -> Result<Payment, Problem> {
    use PaymentField as F;
    let mut payment = Payment::new(
        key,
        row.date(F::PaymentDate)?,
        row.decimal(F::Amount, Precision::AMOUNT)?,
        row.id(F::Currency)?,
    );
    payment.status = PaymentStatus::from_text(row.required_code(F::Status)?);
    payment.reference = row.optional_id(F::Reference)?;
    payment.method = row.code(F::Method).map(PaymentMethod::from_text);
    payment.payee = row.owned(F::Payee);
    payment.created_date = row.optional_date(F::CreatedDate)?;
    payment.cancel_action = row.code(F::CancelAction).map(str::to_owned);
    payment.cancel_date = row.optional_date(F::CancelDate)?;
    payment.remit_vendor = row
        .optional_pair(F::RemitSetid, F::RemitVendor)?
        .map(|(setid, vendor_id)| VendorKey { setid, vendor_id });
    let days = [payment.created_date, payment.cancel_date];
    let latest = days
        .into_iter()
        .flatten()
        .fold(payment.payment_date, |latest, day| latest.max(day));
    let changed = row.optional_date_time(F::LastUpdated)?;
    payment.last_updated = changed.unwrap_or(latest.at_midnight());
    Ok(payment)
}

/// What a row of a payment says of the voucher that it pays.
fn paid(row: &Reader<'_>, scheduled: &mut ScheduledPayment) -> Result<(), Problem> {
    use PaymentField as F;
    scheduled.payment = row.optional_id(F::VoucherPayment)?;
    scheduled.selection_status = row
        .code(F::VoucherSelectionStatus)
        .map(PaymentSelectionStatus::from_text);
    scheduled.method = row.code(F::VoucherMethod).map(PaymentMethod::from_text);
    scheduled.on_hold = row.code(F::VoucherOnHold).map(Flag::from_text);
    scheduled.hold_reason = row.optional_id(F::VoucherHoldReason)?;
    scheduled.scheduled_date = row.optional_date(F::VoucherScheduledDate)?;
    scheduled.discount_due_date = row.optional_date(F::VoucherDiscountDueDate)?;
    scheduled.currency = row.optional_id(F::VoucherCurrency)?;
    scheduled.gross_amount = row.optional_decimal(F::VoucherGrossAmount, Precision::AMOUNT)?;
    scheduled.discount_amount =
        row.optional_decimal(F::VoucherDiscountAmount, Precision::AMOUNT)?;
    scheduled.payment_currency = row.optional_id(F::VoucherPaymentCurrency)?;
    scheduled.paid_amount = row.optional_decimal(F::VoucherPaidAmount, Precision::AMOUNT)?;
    scheduled.paid_gross_amount =
        row.optional_decimal(F::VoucherPaidGrossAmount, Precision::AMOUNT)?;
    scheduled.paid_discount_amount =
        row.optional_decimal(F::VoucherPaidDiscountAmount, Precision::AMOUNT)?;
    scheduled.pay_cycle = row.owned(F::VoucherPayCycle);
    scheduled.handling = row.code(F::VoucherHandling).map(str::to_owned);
    scheduled.message = row.owned(F::VoucherMessage);
    scheduled.separate = row.code(F::VoucherSeparate).map(Flag::from_text);
    scheduled.action = row.code(F::VoucherAction).map(str::to_owned);
    scheduled.invoice_id = row.optional_id(F::VoucherInvoiceId)?;
    scheduled.invoice_date = row.optional_date(F::VoucherInvoiceDate)?;
    Ok(())
}

impl FromRows for ScheduledPayment {
    type Field = ScheduledPaymentField;

    fn from_rows(
        key: ScheduledPaymentKey,
        row: Reader<'_>,
        rows: &[Reader<'_>],
    ) -> Result<Self, Problem> {
        use ScheduledPaymentField as F;
        row.alone(rows, F::PaymentCount, "scheduled payment")?;
        let extra = Extra::new(&row, &[&[F::PaymentCount, F::VoucherId]]);
        let mut scheduled = Self::new(key);
        scheduled.payment = row.optional_id(F::Payment)?;
        scheduled.selection_status = row
            .code(F::SelectionStatus)
            .map(PaymentSelectionStatus::from_text);
        scheduled.method = row.code(F::Method).map(PaymentMethod::from_text);
        scheduled.on_hold = row.code(F::OnHold).map(Flag::from_text);
        scheduled.hold_reason = row.optional_id(F::HoldReason)?;
        scheduled.scheduled_date = row.optional_date(F::ScheduledDate)?;
        scheduled.discount_due_date = row.optional_date(F::DiscountDueDate)?;
        scheduled.currency = row.optional_id(F::Currency)?;
        scheduled.gross_amount = row.optional_decimal(F::GrossAmount, Precision::AMOUNT)?;
        scheduled.discount_amount = row.optional_decimal(F::DiscountAmount, Precision::AMOUNT)?;
        scheduled.payment_currency = row.optional_id(F::PaymentCurrency)?;
        scheduled.paid_amount = row.optional_decimal(F::PaidAmount, Precision::AMOUNT)?;
        scheduled.paid_gross_amount =
            row.optional_decimal(F::PaidGrossAmount, Precision::AMOUNT)?;
        scheduled.paid_discount_amount =
            row.optional_decimal(F::PaidDiscountAmount, Precision::AMOUNT)?;
        scheduled.pay_cycle = row.owned(F::PayCycle);
        scheduled.handling = row.code(F::Handling).map(str::to_owned);
        scheduled.message = row.owned(F::Message);
        scheduled.separate = row.code(F::Separate).map(Flag::from_text);
        scheduled.action = row.code(F::Action).map(str::to_owned);
        scheduled.invoice_id = row.optional_id(F::InvoiceId)?;
        scheduled.invoice_date = row.optional_date(F::InvoiceDate)?;
        scheduled.reference = row.optional_id(F::Reference)?;
        scheduled.payment_status = row.code(F::PaymentStatus).map(PaymentStatus::from_text);
        scheduled.payment_date = row.optional_date(F::PaymentDate)?;
        scheduled.remit_vendor = row
            .optional_pair(F::RemitSetid, F::RemitVendor)?
            .map(|(setid, vendor_id)| VendorKey { setid, vendor_id });
        if let Some((bank, account)) = row.optional_pair(F::Bank, F::BankAccount)? {
            scheduled.bank = Some(BankKey {
                setid: row.id(F::BankSetid)?,
                bank,
                account,
            });
        }
        scheduled.last_updated = row.optional_date_time(F::LastUpdated)?;
        scheduled.extra = extra.of(&row, 0, 0);
        Ok(scheduled)
    }
}
