//! Vouchers, acknowledgements and gateways that the tests share.

use std::time::{Duration, SystemTime};

use peoplesoft_client::model::*;
use peoplesoft_client::testing::FakePeopleSoft;
use peoplesoft_client::{Client, Decimal, Profile};

pub(crate) fn decimal(text: &str) -> Decimal {
    parse_decimal(text).unwrap()
}

fn day(text: &str) -> PsDate {
    text.parse().unwrap()
}

/// A small voucher without an order.
pub(crate) fn voucher(invoice: &str) -> NewVoucher {
    let mut voucher = NewVoucher::new(
        BusinessUnit::new("US001").unwrap(),
        VendorKey::new("SHARE", "0000000042").unwrap(),
        InvoiceId::new(invoice).unwrap(),
        day("2026-03-31"),
        CurrencyCode::new("USD").unwrap(),
    );
    voucher
        .lines
        .push(NewVoucherLine::new(1, decimal("100.00")));
    voucher.gross_amount = voucher.total();
    voucher
}

/// A voucher with everything that one can have.
pub(crate) fn whole_voucher() -> NewVoucher {
    let order = PurchaseOrderKey::new("US001", "0000000123").unwrap();
    let mut v = voucher("INV-4711 <&> \"B\"");
    v.lines.clear();
    v.style = Some(VoucherStyle::Adjustment);
    v.origin = Some("EDI".to_owned());
    v.vendor_location = Some(VendorLocation::new("MAIN").unwrap());
    v.vendor_address = Some(2);
    v.order = Some(order.clone());
    v.payment_terms = Some(PaymentTermsCode::new("NET30").unwrap());
    v.discount_amount = Some(decimal("5"));
    v.sales_tax_amount = Some(decimal("8.25"));
    v.freight_amount = Some(decimal("12.50"));
    v.misc_amount = Some(decimal("-1.000"));
    v.vat_amount = Some(decimal("0"));
    v.accounting_date = Some(day("2026-04-01"));
    v.invoice_receipt_date = Some(day("2026-04-02"));
    v.receipt_date = Some(day("2026-03-30"));
    v.due_date = Some(day("2026-04-30"));
    v.discount_due_date = Some(day("2026-04-10"));
    v.packing_slip = Some("PS-9".to_owned());
    v.bill_of_lading = Some("BOL-10".to_owned());
    v.description = Some("Nuts & bolts".to_owned());
    v.extra.insert("USER_VCHR_CHAR1".to_owned(), "X".to_owned());
    let mut payment = NewVoucherPayment::new(1);
    payment.gross_amount = Some(decimal("269.75"));
    payment.scheduled_date = Some(day("2026-04-30"));
    payment.method = Some(PaymentMethod::from_text("ACH"));
    payment.remit_to = Some(VendorKey::new("SHARE", "0000000099").unwrap());
    payment.message = Some("Thank you".to_owned());
    payment.handling = Some("RE".to_owned());
    v.payments.push(payment);
    let mut line = NewVoucherLine::new(1, decimal("250.00"));
    line.description = Some("Hex bolt".to_owned());
    line.order = Some(OrderSchedule {
        order,
        line_nbr: 1,
        sched_nbr: 2,
    });
    line.receipt = Some(ReceiptLineKey::new("US001", "0000000009", 1, 1).unwrap());
    line.quantity = Some(decimal("100.0000"));
    line.unit_of_measure = Some(UnitOfMeasure::new("EA").unwrap());
    line.unit_price = Some(decimal("2.50000"));
    line.item_setid = Some(SetId::new("SHARE").unwrap());
    line.item = Some(ItemId::new("BOLT-1").unwrap());
    line.ship_to = Some(ShipToId::new("DOCK1").unwrap());
    line.speed_chart = Some("SPEED".to_owned());
    line.extra.insert("WTHD_SW".to_owned(), "N".to_owned());
    let mut charged = ChartFields::default();
    charged.set(
        ChartFieldKind::Account,
        ChartFieldValue::new("640000").unwrap(),
    );
    charged.set(
        ChartFieldKind::Department,
        ChartFieldValue::new("00210").unwrap(),
    );
    let mut distribution = NewVoucherDistribution::new(1, decimal("250.00"), charged);
    distribution.quantity = Some(decimal("100"));
    distribution.gl_unit = Some(BusinessUnit::new("US001").unwrap());
    distribution.description = Some("Shop floor".to_owned());
    line.distributions.push(distribution);
    v.lines.push(line);
    v.gross_amount = v.total();
    v
}

/// Noon of the test day.
pub(crate) fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_775_044_800)
}

/// A gateway that stands at noon, and a client of it.
pub(crate) async fn gateway(profile: Profile) -> (FakePeopleSoft, Client) {
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .basic("EDI_USER", "correct horse")
        .now(noon())
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().max_attempts(1).build().unwrap();
    (fake, client)
}
