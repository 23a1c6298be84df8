//! Vouchers, payments, what is scheduled to be paid, receipts: whatever a site does, the same comes out.

use std::fmt::Debug;

use futures_util::TryStreamExt;
use peoplesoft_client::model::*;
use peoplesoft_client::testing::{FakePeopleSoft, Output, Trouble};
use peoplesoft_client::{Changed, Client, ErrorKind, Granularity, Page, Profile, Record};
use proptest::prelude::*;

use crate::site::distribution;
use crate::support::{day, decimal, next_day, order, time};

fn site_column(extra: &mut std::collections::BTreeMap<String, String>, name: &str) {
    extra.insert(name.to_owned(), "of the site".to_owned());
}

pub(crate) fn vendor() -> VendorKey {
    VendorKey::new("SHARE", "0000000042").unwrap()
}

fn schedule_of_order(line_nbr: u32) -> OrderSchedule {
    OrderSchedule {
        order: PurchaseOrderKey::new("US001", "0000000007").unwrap(),
        line_nbr,
        sched_nbr: 1,
    }
}

/// A voucher with as many distributions at its lines as given; a line of 0 has none.
pub(crate) fn voucher(number: u32, lines: &[u32]) -> Voucher {
    let mut voucher = Voucher::new(
        VoucherKey::new("US001", format!("{number:08}")).unwrap(),
        vendor(),
        CurrencyCode::new("USD").unwrap(),
        decimal("39.005"),
        day(),
    );
    voucher.invoice_id = Some(InvoiceId::new(format!("INV-{number}")).unwrap());
    voucher.invoice_date = Some("2026-03-31".parse().unwrap());
    for (count, line_nbr) in lines.iter().zip(1..) {
        let mut line = VoucherLine::new(line_nbr, decimal("19.5"));
        for number in 1..=*count {
            let charged = distribution(number).chart_fields;
            let part = VoucherDistribution::new(number, decimal("9.75"), charged);
            line.distributions.push(part);
        }
        voucher.lines.push(line);
    }
    voucher
}

/// A voucher in which everything is filled in.
pub(crate) fn full_voucher() -> Voucher {
    let mut voucher = voucher(7, &[2, 1]);
    let text = |text: &str| Some(text.to_owned());
    let amount = |text: &str| Some(decimal(text));
    let date = |text: &str| Some(text.parse::<PsDate>().unwrap());
    voucher.style = Some(VoucherStyle::Regular);
    voucher.entry_status = EntryStatus::Recycle;
    voucher.purchase_order = Some(schedule_of_order(1).order);
    voucher.vendor_location = Some(VendorLocation::new("MAIN").unwrap());
    voucher.vendor_address_seq = Some(3);
    voucher.match_status = Some(VoucherMatchStatus::ToBeMatched);
    voucher.match_action = text("Y");
    voucher.approval_status = Some(ApprovalStatus::Pending);
    voucher.post_status = Some(PostStatus::Unposted);
    voucher.close_status = Some(CloseStatus::Open);
    voucher.budget_status = Some(BudgetStatus::NotChecked);
    voucher.document_tolerance_status = text("N");
    voucher.payment_status = Some(PaymentSelectionStatus::NotSelected);
    voucher.discount_amount = amount("0.39");
    voucher.sales_tax_amount = amount("1.005");
    voucher.freight_amount = amount("2");
    voucher.miscellaneous_amount = amount("-0.1");
    voucher.vat_amount = amount("0");
    voucher.rate_type = Some(RateType::new("CRRNT").unwrap());
    voucher.rate_multiplier = amount("1.08765432");
    voucher.rate_divisor = amount("1");
    voucher.payment_terms = Some(PaymentTermsCode::new("N30").unwrap());
    voucher.due_date = date("2026-05-01");
    voucher.discount_due_date = date("2026-04-10");
    voucher.related_voucher = Some(VoucherId::new("00000001").unwrap());
    voucher.origin = Some(OriginCode::new("EDI").unwrap());
    voucher.source = text("XML");
    voucher.entered_by = Some(OperatorId::new("jDoe").unwrap());
    voucher.entered_date = date("2026-04-01");
    voucher.accounting_date = date("2026-04-02");
    voucher.invoice_receipt_date = date("2026-04-03");
    voucher.packing_slip = text("PS 1");
    voucher.bill_of_lading = text("BL 1");
    voucher.description = text("Gloves, \"blue\" & <new>");
    voucher.line_count = Some(2);
    site_column(&mut voucher.extra, "A.X");
    for line in &mut voucher.lines {
        line.order = Some(schedule_of_order(line.line_nbr));
        line.receipt = Some(receipt(9, 1).key);
        line.description = text("Gloves");
        line.quantity = amount("2.5");
        line.unit_of_measure = Some(UnitOfMeasure::new("EA").unwrap());
        line.unit_price = amount("7.80000");
        line.item = Some(ItemId::new("000123").unwrap());
        line.match_option = text("F");
        line.ship_to = Some(ShipToId::new("DOCK1").unwrap());
        line.requestor = Some(OperatorId::new("ASKER").unwrap());
        line.distribution_method = Some(DistributionMethod::Amount);
        line.speedchart = text("SC1");
        site_column(&mut line.extra, "B.X");
        for part in &mut line.distributions {
            part.quantity = amount("1.25");
            part.description = text("Half");
            part.gl_business_unit = Some(BusinessUnit::new("GL001").unwrap());
            part.order_distribution = Some(1);
            part.receipt_distribution = Some(2);
            part.budget_date = date("2026-04-04");
            part.entry_event = text("EV");
            part.open_item = text("OI");
            part.to_assets = Some(Flag::Yes);
            part.asset_business_unit = Some(BusinessUnit::new("AM001").unwrap());
            part.asset = Some(AssetId::new("000000000001").unwrap());
            part.asset_profile = text("PROF");
            part.cost_type = text("C");
            site_column(&mut part.extra, "C.X");
        }
    }
    voucher
}

fn bank() -> BankKey {
    BankKey::new("SHARE", "BNKXY", "ACCQ").unwrap()
}

fn payment(number: u32, vouchers: u32) -> Payment {
    let id = PaymentId::new(format!("{number:010}")).unwrap();
    let mut payment = Payment::new(
        PaymentKey::new(bank(), id),
        "2026-04-01".parse().unwrap(),
        decimal("100.5"),
        CurrencyCode::new("USD").unwrap(),
    );
    for number in 1..=vouchers {
        let key = ScheduledPaymentKey::new(voucher(number, &[]).key, 1);
        payment.vouchers.push(ScheduledPayment::new(key));
    }
    payment
}

/// What a voucher has scheduled, with everything that a payment shows of it filled in.
fn full_scheduled(number: u32) -> ScheduledPayment {
    let key = ScheduledPaymentKey::new(voucher(number, &[]).key, 2);
    let mut scheduled = ScheduledPayment::new(key);
    let amount = |text: &str| Some(decimal(text));
    let date = |text: &str| Some(text.parse::<PsDate>().unwrap());
    scheduled.payment = Some(PaymentId::new("0000000007").unwrap());
    scheduled.selection_status = Some(PaymentSelectionStatus::Paid);
    scheduled.method = Some(PaymentMethod::Ach);
    scheduled.on_hold = Some(Flag::No);
    scheduled.hold_reason = Some(HoldReasonCode::new("AMT").unwrap());
    scheduled.scheduled_date = date("2026-05-01");
    scheduled.discount_due_date = date("2026-04-10");
    scheduled.currency = Some(CurrencyCode::new("USD").unwrap());
    scheduled.gross_amount = amount("39.005");
    scheduled.discount_amount = amount("0.39");
    scheduled.payment_currency = Some(CurrencyCode::new("EUR").unwrap());
    scheduled.paid_amount = amount("35.8");
    scheduled.paid_gross_amount = amount("36.19");
    scheduled.paid_discount_amount = amount("0.39");
    scheduled.pay_cycle = Some("WEEKLY".to_owned());
    scheduled.handling = Some("RE".to_owned());
    scheduled.message = Some("Thank you".to_owned());
    scheduled.separate = Some(Flag::Yes);
    scheduled.action = Some("S".to_owned());
    scheduled.invoice_id = Some(InvoiceId::new("INV-7").unwrap());
    scheduled.invoice_date = date("2026-03-31");
    scheduled
}

fn full_payment() -> Payment {
    let mut payment = payment(7, 0);
    payment.status = PaymentStatus::Stopped;
    payment.reference = Some(PaymentReference::new("CHECK 4711").unwrap());
    payment.method = Some(PaymentMethod::Check);
    payment.payee = Some("Acme & Söhne".to_owned());
    payment.created_date = Some("2026-03-31".parse().unwrap());
    payment.cancel_action = Some("R".to_owned());
    payment.cancel_date = Some("2026-04-01".parse().unwrap());
    payment.remit_vendor = Some(vendor());
    site_column(&mut payment.extra, "A.X");
    for number in 1..=2 {
        let mut scheduled = full_scheduled(number);
        site_column(&mut scheduled.extra, "B.X");
        payment.vouchers.push(scheduled);
    }
    payment
}

/// What a voucher has scheduled, with everything that its own query shows.
fn full_schedule() -> ScheduledPayment {
    let mut scheduled = full_scheduled(7);
    scheduled.reference = Some(PaymentReference::new("CHECK 4711").unwrap());
    scheduled.payment_status = Some(PaymentStatus::Paid);
    scheduled.payment_date = Some("2026-04-01".parse().unwrap());
    scheduled.remit_vendor = Some(vendor());
    scheduled.bank = Some(bank());
    scheduled.last_updated = Some(day());
    site_column(&mut scheduled.extra, "A.X");
    scheduled
}

fn receipt(number: u32, line: u32) -> ReceiptLine {
    let key = ReceiptLineKey::new("US001", format!("{number:010}"), line, 1).unwrap();
    let mut receipt = ReceiptLine::new(key);
    receipt.received_at = Some(time("2026-04-01T09:30:00"));
    receipt
}

fn full_receipt() -> ReceiptLine {
    let mut line = receipt(7, 12);
    let text = |text: &str| Some(text.to_owned());
    let amount = |text: &str| Some(decimal(text));
    line.status = ReceiptStatus::Moved;
    line.order = Some(schedule_of_order(1));
    line.vendor = Some(vendor());
    line.received_quantity = amount("12.5");
    line.accepted_quantity = amount("12");
    line.rejected_quantity = amount("0.5");
    line.returned_quantity = amount("0.2500");
    line.inspected_quantity = amount("1");
    line.net_quantity = amount("12");
    line.unit_of_measure = Some(UnitOfMeasure::new("BX").unwrap());
    line.due_date = Some("2026-04-02".parse().unwrap());
    line.order_price = amount("3.25000");
    line.receipt_price = amount("3.24999");
    line.amount = amount("40.625");
    line.order_amount = amount("40.62");
    line.currency = Some(CurrencyCode::new("USD").unwrap());
    line.match_flag = text("Y");
    line.inspection_status = text("C");
    line.reject_reason = text("BROKEN");
    line.return_authorization = text("RMA1");
    line.packing_slip = text("PS 1");
    line.bill_of_lading = text("BL 1");
    line.invoice_id = Some(InvoiceId::new("INV-7").unwrap());
    line.ship_to = Some(ShipToId::new("DOCK1").unwrap());
    line.inventory_status = text("M");
    line.asset_status = text("N");
    line.manufacturing_status = text("N");
    line.ers_status = text("N");
    line.eip_control_id = text("EIP-0001");
    line.last_updated = Some(time("2026-04-01T10:00:00.5"));
    site_column(&mut line.extra, "A.X");
    line
}

pub(crate) async fn site(profile: Profile) -> (FakePeopleSoft, Client) {
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .records([full_voucher()])
        .records([full_payment()])
        .records([full_schedule()])
        .records([full_receipt()])
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().build().unwrap();
    (fake, client)
}

async fn all<T: Record>(changed: Changed<T>) -> Vec<T> {
    let read: Vec<_> = changed.items().try_collect().await.unwrap();
    read.into_iter().map(Result::unwrap).collect()
}

async fn everything_comes_out(client: &Client, what: &(dyn Debug + Sync)) {
    let (from, to) = (day(), next_day());
    let vouchers = client.vouchers().changed_between(from, to);
    assert_eq!(all(vouchers).await, [full_voucher()], "{what:?}");
    let payments = client.payments().changed_between(from, to);
    assert_eq!(all(payments).await, [full_payment()], "{what:?}");
    let scheduled = client.scheduled_payments().changed_between(from, to);
    assert_eq!(all(scheduled).await, [full_schedule()], "{what:?}");
    let receipts = client.receipts().changed_between(from, to);
    assert_eq!(all(receipts).await, [full_receipt()], "{what:?}");
}

#[tokio::test]
async fn every_way_of_writing_gives_the_same_record() {
    let (fake, client) = site(Profile::default()).await;
    for number in 0..32_u32 {
        let mut output = Output::default();
        output.queryname_equals = number & 1 == 0;
        output.padded = number & 2 == 0;
        output.numbers_as_text = number & 4 == 0;
        output.dotted = number & 8 == 0;
        output.long_status = number & 16 == 0;
        fake.set_output(output.clone());
        everything_comes_out(&client, &output).await;
    }
}

#[tokio::test]
async fn every_way_of_setting_up_gives_the_same_record() {
    let mut profile = Profile::default();
    let formats = |fields: &[&str]| {
        let format = |field: &&str| ((*field).to_owned(), "%d-%b-%Y".to_owned());
        fields.iter().map(format).collect::<Vec<_>>()
    };
    let query = &mut profile.vouchers;
    query.query = "X_VOUCHERS".to_owned();
    query.prompt_date_format = "%m/%d/%Y".to_owned();
    let dates = formats(&["last_updated", "invoice_date", "due_date", "budget_date"]);
    query.date_formats.extend(dates);
    let column = ("gross_amount".to_owned(), "TOTAL".to_owned());
    query.columns.extend([column]);
    let query = &mut profile.payments;
    query.prompts.after = ["K1", "K2", "K3", "K4"].map(str::to_owned).to_vec();
    let dates = formats(&["payment_date", "voucher_scheduled_date"]);
    query.date_formats.extend(dates);
    profile.scheduled_payments.granularity = Granularity::Time;
    let dates = formats(&["due_date"]);
    profile.receipts.date_formats.extend(dates);
    let (fake, client) = site(profile).await;
    everything_comes_out(&client, &"profile").await;
    let first = fake.requests().remove(0);
    assert!(first.path.contains("/X_VOUCHERS/"), "{}", first.path);
    let days = "prompt_fieldvalue=04%2F01%2F2026,04%2F02%2F2026,,&";
    assert!(first.query.contains(days), "{}", first.query);
}

#[tokio::test]
async fn the_same_columns_in_any_order_give_the_same_record() {
    let (fake, client) = site(Profile::default()).await;
    let day = |query: &str, from: &str, to: &str| {
        let request = client.query(peoplesoft_client::Owner::Public, query);
        request.prompt(from, "2026-04-01").prompt(to, "2026-04-02")
    };
    let answers = [
        day("EDI_VCHR_CHANGED", "FROM_DT", "TO_DT")
            .prompt("AFTER_BU", "")
            .prompt("AFTER_ID", ""),
        day("EDI_PAYMENT_CHANGED", "FROM_DT", "TO_DT")
            .prompt("AFTER_BANK_SETID", "")
            .prompt("AFTER_BANK", "")
            .prompt("AFTER_ACCOUNT", "")
            .prompt("AFTER_ID", ""),
    ];
    for (at, request) in answers.into_iter().enumerate() {
        let rows = request.run().await.unwrap();
        for turn in [1, 7, 31] {
            let written: Vec<String> = rows.rows().map(|row| shuffled(row, turn)).collect();
            fake.set_trouble(Some(Trouble::Body {
                status: 200,
                content_type: "application/json".to_owned(),
                body: format!(
                    r#"{{"status":"success","data":{{"query":{{"rows":[{}]}}}}}}"#,
                    written.join(",")
                ),
            }));
            let (from, to) = (crate::support::day(), next_day());
            if at == 0 {
                let read = all(client.vouchers().changed_between(from, to)).await;
                let mut read = read.into_iter().next().unwrap();
                let own = &mut read.lines[0].distributions[0].extra;
                assert_eq!(own.remove("NEW").as_deref(), Some("column"));
                for part in read
                    .lines
                    .iter_mut()
                    .flat_map(|line| &mut line.distributions)
                {
                    part.extra.remove("NEW");
                }
                assert_eq!(read, full_voucher());
            } else {
                let read = all(client.payments().changed_between(from, to)).await;
                let mut read = read.into_iter().next().unwrap();
                for voucher in &mut read.vouchers {
                    assert_eq!(voucher.extra.remove("NEW").as_deref(), Some("column"));
                }
                assert_eq!(read, full_payment());
            }
        }
        fake.set_trouble(None);
    }
}

/// A row as JSON with its columns turned by some places, and one more that nobody knows.
fn shuffled(row: peoplesoft_client::Row<'_>, turn: usize) -> String {
    let mut cells: Vec<(&str, &str)> = row
        .iter()
        .map(|(name, text)| (name, text.unwrap_or_default()))
        .collect();
    cells.push(("NEW", "column"));
    let turn = turn % cells.len();
    cells.rotate_left(turn);
    if turn % 2 == 1 {
        cells.reverse();
    }
    let cell = |(name, text): (&str, &str)| {
        let text = serde_json::Value::from(text);
        format!("{}:{text}", serde_json::Value::from(name))
    };
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{{{}}}", cells.join(","))
}

#[tokio::test]
async fn a_query_may_leave_out_the_lower_levels() {
    let mut profile = Profile::default();
    profile
        .vouchers
        .columns
        .insert("line_nbr".to_owned(), String::new());
    profile
        .payments
        .columns
        .insert("voucher_id".to_owned(), String::new());
    let (_fake, client) = site(profile).await;
    let mut voucher = full_voucher();
    voucher.lines.clear();
    let read = client.vouchers().by_key(&voucher.key).await.unwrap();
    assert_eq!(read, Some(voucher));
    let mut payment = full_payment();
    payment.vouchers.clear();
    let read = client.payments().by_key(&payment.key).await.unwrap();
    assert_eq!(read, Some(payment));

    let mut profile = Profile::default();
    let columns = &mut profile.vouchers.columns;
    columns.insert("distribution_nbr".to_owned(), String::new());
    let (_fake, client) = site(profile).await;
    let mut voucher = full_voucher();
    for line in &mut voucher.lines {
        line.distributions.clear();
    }
    let read = client.vouchers().by_key(&voucher.key).await.unwrap();
    assert_eq!(read, Some(voucher));
}

#[tokio::test]
async fn the_vouchers_of_an_invoice_are_all_found() {
    let (fake, client) = site(Profile::default()).await;
    let mut deleted = full_voucher();
    deleted.key = VoucherKey::new("US002", "00000001").unwrap();
    deleted.entry_status = EntryStatus::Deleted;
    fake.put(deleted.clone());
    let mut other = full_voucher();
    other.key = VoucherKey::new("US002", "00000002").unwrap();
    other.invoice_date = Some("2026-03-30".parse().unwrap());
    fake.put(other);
    let vouchers = client.vouchers();
    let invoice = InvoiceId::new("INV-7").unwrap();
    let date: PsDate = "2026-03-31".parse().unwrap();
    let found = vouchers
        .of_invoice(&vendor(), &invoice, date)
        .await
        .unwrap();
    let found: Vec<Voucher> = found.into_iter().map(Result::unwrap).collect();
    assert_eq!(found, [full_voucher(), deleted]);
    assert_eq!((found[0].is_alive(), found[1].is_alive()), (true, false));
    let sent = &fake.requests()[0];
    assert!(sent.path.contains("/EDI_VCHR_BY_INVOICE/"), "{}", sent.path);
    let values = "prompt_fieldvalue=SHARE,0000000042,INV-7,2026-03-31&";
    assert!(sent.query.contains(values), "{}", sent.query);

    let none = InvoiceId::new("INV-8").unwrap();
    let found = vouchers.of_invoice(&vendor(), &none, date).await.unwrap();
    assert!(found.is_empty());
    let comma = InvoiceId::new("INV,8").unwrap();
    let refused = vouchers.of_invoice(&vendor(), &comma, date).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidRequest);

    let mut profile = Profile::default();
    profile.vouchers.lookups.remove("by_invoice");
    let client = fake.client_builder().profile(profile).build().unwrap();
    let unnamed = client.vouchers().of_invoice(&vendor(), &none, date).await;
    insta::assert_snapshot!(unnamed.unwrap_err(), @"the profile names no query at vouchers.lookups.by_invoice.query");
}

#[tokio::test]
async fn what_belongs_to_a_voucher_or_an_order_is_found() {
    let (fake, client) = site(Profile::default()).await;
    let mut first = full_schedule();
    first.key.payment_count = 1;
    fake.put(first.clone());
    let mut other = full_schedule();
    other.key.voucher_id = VoucherId::new("00000008").unwrap();
    fake.put(other);
    let scheduled = client.scheduled_payments();
    let found = scheduled.of_voucher(&first.key.voucher()).await.unwrap();
    assert_eq!(found, [Ok(first.clone()), Ok(full_schedule())]);
    assert_eq!(scheduled.by_key(&first.key).await.unwrap(), Some(first));

    fake.put(receipt(8, 1));
    let receipts = client.receipts();
    let found = receipts.of_order(&schedule_of_order(1).order).await;
    assert_eq!(found.unwrap(), [Ok(full_receipt())]);
    let key = full_receipt().key;
    assert_eq!(receipts.by_key(&key).await.unwrap(), Some(full_receipt()));
    let none = receipts.of_order(&order(3, 1, 1).key).await.unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn a_payment_without_a_time_of_its_own_changed_when_it_last_happened() {
    let mut profile = Profile::default();
    let columns = &mut profile.payments.columns;
    columns.insert("last_updated".to_owned(), String::new());
    let mut canceled = full_payment();
    canceled.cancel_date = Some("2026-04-09".parse().unwrap());
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .records([canceled.clone()])
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().build().unwrap();
    let read = client.payments().by_key(&canceled.key).await.unwrap();
    assert_eq!(read.unwrap().last_updated, time("2026-04-09T00:00:00"));
}

#[tokio::test]
async fn bank_keys_are_not_shown() {
    let (fake, client) = site(Profile::default()).await;
    let hidden = |shown: &str| {
        for part in ["BNKXY", "ACCQ"] {
            assert!(!shown.contains(part), "{part} in {shown}");
        }
    };
    hidden(&format!("{:?} {:?}", full_payment(), full_schedule()));
    let mut profile = Profile::default();
    // The payee is no amount, so the payment is bad.
    let column = ("amount".to_owned(), "A.NAME1".to_owned());
    profile.payments.columns.extend([column]);
    let broken = fake.client_builder().profile(profile).build().unwrap();
    let changed = broken.payments().changed_between(day(), next_day());
    let page = changed.clone().page().await.unwrap();
    let bad = page.items[0].as_ref().unwrap_err();
    hidden(&format!("{bad}"));
    assert!(!bad.raw.contains("ACCQ"), "{}", bad.raw);
    assert_eq!(bad.key.as_ref(), Some(&full_payment().key));
    let error = broken
        .payments()
        .by_key(&full_payment().key)
        .await
        .unwrap_err();
    hidden(&format!("{error} {error:?}"));
    hidden(&format!("{:?}", changed.after(full_payment().key)));
    let found = client.payments().by_key(&full_payment().key).await;
    assert_eq!(found.unwrap(), Some(full_payment()));
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let (fake, client) = site(Profile::default()).await;
    let mut profile = Profile::default();
    let columns = &mut profile.vouchers.columns;
    columns.insert(
        "order_business_unit".to_owned(),
        "A.BILL_OF_LADING".to_owned(),
    );
    columns.insert("bill_of_lading".to_owned(), String::new());
    let lines = &mut profile.receipts.columns;
    lines.insert("line_nbr".to_owned(), "A.EIP_CTL_ID".to_owned());
    lines.insert("eip_control_id".to_owned(), String::new());
    let mut odd = full_voucher();
    odd.bill_of_lading = None;
    fake.put(odd);
    let broken = fake.client_builder().profile(profile).build().unwrap();
    let vouchers = broken.vouchers().changed_between(day(), next_day());
    let voucher = vouchers.page().await.unwrap().items.remove(0).unwrap_err();
    insta::assert_snapshot!(voucher, @"record US001/00000007, row 1, column A.BILL_OF_LADING: found ``, expected 1 to 5 characters");
    let receipts = broken.receipts().changed_between(day(), next_day());
    let receipt = receipts.page().await.unwrap().items.remove(0).unwrap_err();
    insta::assert_snapshot!(receipt, @"record without a key, row 1, column A.EIP_CTL_ID: found `EIP-0001`, expected a whole number from 0");
    drop(client);
}

/// The page that a file of a sample answer reads as.
async fn golden<T: Record>(
    file: &str,
    changed: impl FnOnce(&Client) -> Changed<T>,
    profile: Profile,
) -> Page<T> {
    let fake = FakePeopleSoft::builder().start().await.unwrap();
    fake.set_trouble(Some(Trouble::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        body: file.to_owned(),
    }));
    let client = fake.client_builder().profile(profile).build().unwrap();
    changed(&client).page().await.unwrap()
}

fn read_as<T: serde::Serialize + Record>(page: Page<T>) -> serde_json::Value {
    let read: Vec<T> = page.items.into_iter().map(Result::unwrap).collect();
    serde_json::to_value(read).unwrap()
}

#[tokio::test]
async fn sample_answers_read_as_they_are_meant() {
    let expected: serde_json::Value =
        serde_json::from_str(include_str!("golden/expected.json")).unwrap();
    let mut profile = Profile::default();
    let formats = &mut profile.vouchers.date_formats;
    for field in ["invoice_date", "last_updated"] {
        formats.insert(field.to_owned(), "%d %b %Y".to_owned());
    }
    let (from, to) = (day(), next_day());
    let file = include_str!("golden/vouchers.json");
    let page = golden(
        file,
        |client| client.vouchers().changed_between(from, to),
        profile,
    )
    .await;
    assert_eq!(read_as(page), expected["vouchers"]);
    let file = include_str!("golden/payments.json");
    let profile = Profile::default();
    let page = golden(
        file,
        |client| client.payments().changed_between(from, to),
        profile,
    )
    .await;
    assert_eq!(read_as(page), expected["payments"]);
    let file = include_str!("golden/receipts.json");
    let profile = Profile::default();
    let page = golden(
        file,
        |client| client.receipts().changed_between(from, to),
        profile,
    )
    .await;
    assert_eq!(read_as(page), expected["receipts"]);
    let file = include_str!("golden/orders.json");
    let orders = |client: &Client| client.purchase_orders().changed_between(from, to);
    let page = golden(file, orders, Profile::default()).await;
    assert_eq!(read_as(page), expected["orders"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn pages_of_any_size_give_the_same_records(
        shapes in proptest::collection::vec(proptest::collection::vec(0u32..3, 0..4), 1..6),
        limit in 1u32..6,
    ) {
        let vouchers: Vec<_> = shapes
            .iter()
            .zip(1..)
            .map(|(shape, number)| voucher(number, shape))
            .collect();
        let payments: Vec<_> = shapes
            .iter()
            .zip(1..)
            .map(|(shape, number)| payment(number, shape.iter().sum()))
            .collect();
        let receipts: Vec<_> = shapes
            .iter()
            .zip(9..)
            .flat_map(|(shape, number)| (1..=shape.len() * 4).map(move |line| (number, line)))
            .map(|(number, line)| receipt(number, u32::try_from(line).unwrap()))
            .collect();
        let rows = |shape: &Vec<u32>| shape.iter().map(|count| (*count).max(1)).sum::<u32>();
        let largest = shapes.iter().map(rows).max().unwrap_or(0).max(1);
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async {
                let fake = FakePeopleSoft::builder()
                    .records(vouchers.clone())
                    .records(payments.clone())
                    .records(receipts.clone())
                    .start()
                    .await
                    .unwrap();
                let client = fake.client_builder().build().unwrap();
                let (from, to, rows) = (day(), next_day(), largest + limit);
                let read = client.vouchers().changed_between(from, to).max_rows(rows);
                assert_eq!(all(read).await, vouchers);
                let read = client.payments().changed_between(from, to).max_rows(rows);
                assert_eq!(all(read).await, payments);
                let read = client.receipts().changed_between(from, to).max_rows(1 + limit);
                assert_eq!(all(read).await, receipts);
            });
    }
}
