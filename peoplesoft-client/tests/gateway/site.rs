//! Whatever a site does differently, the same record comes out.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use peoplesoft_client::model::*;
use peoplesoft_client::testing::{FakePeopleSoft, Output, Trouble};
use peoplesoft_client::{Decimal, ErrorKind, Owner, Profile, Prompt};
use proptest::prelude::*;

use crate::support::{TestClock, day, decimal, invoice, next_day, order, time, today};

fn address(name: &str) -> PostalAddress {
    let mut address = PostalAddress::named(name);
    address.address1 = Some("1 Main St".to_owned());
    address.address2 = Some("Suite 2".to_owned());
    address.city = Some("Springfield".to_owned());
    address.state = Some("IL".to_owned());
    address.postal = Some("01234".to_owned());
    address.country = Some("USA".to_owned());
    address
}

/// An order in which everything is filled in.
pub(crate) fn full_order() -> PurchaseOrder {
    let mut order = order(7, 2, 3_600);
    order.po_type = Some(PoType::General);
    order.change_order_batch = 3;
    order.dispatch_method = Some(DispatchMethod::Email);
    order.status = PoStatus::PendingApproval;
    order.vendor_location = Some(VendorLocation::new("MAIN").unwrap());
    order.vendor_address = address("Acme & Söhne");
    let mut buyer = Buyer::new(BuyerId::new("jDoe").unwrap());
    buyer.name = Some("Jane Doe".to_owned());
    buyer.phone = Some("+1 555 0100".to_owned());
    buyer.email = Some("jane@example.com".to_owned());
    order.buyer = Some(buyer);
    order.payment_terms = Some(PaymentTermsCode::new("N30").unwrap());
    order.freight_terms = Some(FreightTermsCode::new("FOB").unwrap());
    order.ship_via = Some(ShipTypeId::new("TRUCK").unwrap());
    order.po_ref = Some("REF 1".to_owned());
    order.contract = Some(ContractId::new("00000000000000000000C1").unwrap());
    order.bill_to = Some(LocationCode::new("HQ").unwrap());
    order.bill_to_address = address("Headquarters");
    order.change_order_seq = 2;
    order.change_status = Some(ChangeStatus::Changed);
    order.on_hold = Some(Flag::No);
    order.receipt_status = Some(ReceiptStatus::Received);
    order.acknowledgment_status = Some(AcknowledgmentStatus::SupplierResponded);
    order.dispatch_action = Some("D".to_owned());
    order.match_action = Some("Y".to_owned());
    order.match_rule = Some(MatchRuleId::new("STANDARD").unwrap());
    order.match_status = Some("T".to_owned());
    order.budget_status = Some(BudgetStatus::Valid);
    order.post_status = Some("P".to_owned());
    order.origin = Some(OriginCode::new("EDI").unwrap());
    order.gl_business_unit = Some(BusinessUnit::new("GL001").unwrap());
    order.accounting_date = Some("2026-04-02".parse().unwrap());
    order.entered_date = Some("2026-03-30".parse().unwrap());
    order.entered_by = Some(OperatorId::new("jDoe").unwrap());
    order.approval_date = Some("2026-03-31".parse().unwrap());
    order.approved_by = Some(OperatorId::new("BOSS").unwrap());
    order.modified_by = Some(OperatorId::new("jDoe").unwrap());
    order.vendor_address_seq = Some(1);
    order.vendor_contact_seq = Some(2);
    order.contact_name = Some("Jim".to_owned());
    order.contact_phone = Some("555 0101".to_owned());
    order.tax_exempt = Some(Flag::Yes);
    order.prepaid = Some(Flag::Yes);
    order.prepaid_amount = Some(decimal("12.345"));
    order.base_currency = Some(CurrencyCode::new("EUR").unwrap());
    order.rate_type = Some(RateType::new("CRRNT").unwrap());
    order.rate_date = Some("2026-04-01".parse().unwrap());
    order.rate_multiplier = Some(decimal("1.08765432"));
    order.rate_divisor = Some(decimal("1"));
    order
        .extra
        .insert("A.CUSTOM_C100_A1".to_owned(), "x".to_owned());
    for line in &mut order.lines {
        line.contract.clone_from(&order.contract);
        line.change_status = Some(ChangeStatus::Unchanged);
        line.change_order_seq = 1;
        line.item_setid = Some(SetId::new("SHARE").unwrap());
        line.vendor_catalog = Some("CAT".to_owned());
        line.contract_line = Some(4);
        line.contract_release = Some(5);
        line.quantity_type = Some(QuantityType::Line);
        line.price_date_type = Some(PriceDateType::DueDate);
        line.amount_only = Some(Flag::No);
        line.inspection = Some(Flag::Yes);
        line.receiving = Some("Y".to_owned());
        line.physical_nature = Some("G".to_owned());
        line.configuration = Some("BLUE".to_owned());
        line.product_number = Some("UPN".to_owned());
        line.vendor_item = Some(VendorItemId::new("V-1").unwrap());
        line.item = Some(ItemId::new("000123").unwrap());
        line.manufacturer = Some(ManufacturerId::new("MFG").unwrap());
        line.manufacturer_item = Some(ManufacturerItemId::new("M-1").unwrap());
        line.category = Some(CategoryId::new("00001").unwrap());
        line.cancel_status = Some(CancelStatus::Hold);
        line.extra
            .insert("B.CUSTOM_C100_B1".to_owned(), "y".to_owned());
        for schedule in &mut line.schedules {
            schedule.ship_to_address = address("Dock 1");
            schedule.change_status = Some(ChangeStatus::Changed);
            schedule.due_time = Some("14:30:00".to_owned());
            schedule.promise_date = Some("2026-04-10".parse().unwrap());
            schedule.ship_date = Some("2026-04-11".parse().unwrap());
            schedule.ship_to_setid = Some(SetId::new("SHARE").unwrap());
            schedule.carrier = Some(CarrierId::new("UPS").unwrap());
            schedule.base_price = Some(decimal("9.99999"));
            schedule.base_amount = Some(decimal("25"));
            schedule.conversion_rate = Some(decimal("12"));
            schedule.custom_price = Some(Flag::No);
            schedule.zero_price = Some(Flag::No);
            schedule.balance_status = Some(BalanceStatus::InBalance);
            schedule.distribution_method = Some(DistributionMethod::Quantity);
            schedule.match_status = Some("T".to_owned());
            schedule.inventory_business_unit = Some(BusinessUnit::new("IN001").unwrap());
            schedule.revision = Some("B".to_owned());
            schedule.distributions = vec![distribution(1), distribution(2)];
            schedule.freight_terms.clone_from(&order.freight_terms);
            schedule.ship_via.clone_from(&order.ship_via);
            schedule.currency = Some(CurrencyCode::new("EUR").unwrap());
            schedule.cancel_status = Some(CancelStatus::Closed);
            schedule
                .extra
                .insert("C.CUSTOM_C100_C1".to_owned(), "z".to_owned());
        }
    }
    order
}

/// A distribution in which everything is filled in.
pub(crate) fn distribution(number: u32) -> PurchaseOrderDistribution {
    let mut charged = ChartFields::default();
    for kind in ChartFieldKind::DELIVERED {
        charged.set(kind, ChartFieldValue::new(format!("0{number}")).unwrap());
    }
    let mut distribution = PurchaseOrderDistribution::new(number, decimal("12.5"), charged);
    distribution.account_type = Some("DST".to_owned());
    distribution.quantity = Some(decimal("1.25"));
    distribution.currency = Some(CurrencyCode::new("USD").unwrap());
    distribution.base_amount = Some(decimal("11.491"));
    distribution.base_currency = Some(CurrencyCode::new("EUR").unwrap());
    distribution.status = Some("O".to_owned());
    distribution.location = Some(LocationCode::new("HQ").unwrap());
    distribution.gl_business_unit = Some(BusinessUnit::new("GL001").unwrap());
    distribution.inventory_business_unit = Some(BusinessUnit::new("IN001").unwrap());
    distribution.requisition = Some(RequisitionId::new("0000000077").unwrap());
    let site = ("H.X_GRANT".to_owned(), "G1".to_owned());
    distribution.extra.insert(site.0, site.1);
    distribution
}

fn full_invoice() -> BillingInvoice {
    let mut invoice = invoice(7, 2, 3_600);
    invoice.bill_type = Some("STD".to_owned());
    invoice.status = Some("INV".to_owned());
    invoice.bill_to_address = address("Customer");
    invoice.ship_to = Some(CustomerId::new("1001").unwrap());
    invoice.ship_to_address = address("Store");
    invoice.customer_po = Some("PO-1".to_owned());
    invoice.customer_po_date = Some("2026-03-01".parse().unwrap());
    invoice.payment_terms = Some(PaymentTermsCode::new("N30").unwrap());
    invoice.due_date = Some("2026-05-01".parse().unwrap());
    invoice.tax_amount = Some(decimal("0"));
    invoice.discount_amount = Some(decimal("-1.5"));
    invoice.surcharge_amount = Some(decimal("2.125"));
    invoice.extra.insert("A.X".to_owned(), "x".to_owned());
    for line in &mut invoice.lines {
        line.identifier = Some("ITEM".to_owned());
        line.description = Some("Thing".to_owned());
        line.unit_of_measure = Some(UnitOfMeasure::new("EA").unwrap());
        line.tax_amount = Some(decimal("0.01"));
        line.discount_amount = Some(decimal("0.02"));
        line.surcharge_amount = Some(decimal("0.03"));
        line.extra.insert("B.Y".to_owned(), "y".to_owned());
    }
    invoice
}

async fn comes_out(profile: Profile, output: Output) {
    let (order, invoice) = (full_order(), full_invoice());
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .orders([order.clone()])
        .invoices([invoice.clone()])
        .start()
        .await
        .unwrap();
    fake.set_output(output);
    let client = fake.client_builder().build().unwrap();
    assert_eq!(today(&client).page().await.unwrap().items, [Ok(order)]);
    let invoices = client.billing_invoices().changed_between(day(), next_day());
    assert_eq!(invoices.page().await.unwrap().items, [Ok(invoice)]);
}

#[tokio::test]
async fn every_way_of_writing_gives_the_same_record() {
    comes_out(Profile::default(), Output::default()).await;
    for number in 0..32_u32 {
        let mut output = Output::default();
        output.queryname_equals = number & 1 == 0;
        output.padded = number & 2 == 0;
        output.numbers_as_text = number & 4 == 0;
        output.dotted = number & 8 == 0;
        output.long_status = number & 16 == 0;
        comes_out(Profile::default(), output).await;
    }
}

#[tokio::test]
async fn every_way_of_setting_up_gives_the_same_record() {
    let mut profile = Profile::default();
    profile.node = "HCM-$1".to_owned();
    profile.zone = "CST6CDT,M3.2.0,M11.1.0".to_owned();
    profile.query_access.alias = "XQuery".to_owned();
    profile.query_access.version = "V12".to_owned();
    profile.query_access.trailing_slash = true;
    profile.query_access.json_resp = false;
    let query = &mut profile.purchase_orders;
    query.owner = Owner::Private;
    query.query = "X_PO".to_owned();
    query.prompts.from = "1".to_owned();
    query.prompts.to = "2".to_owned();
    query.prompt_time_format = "%Y-%m-%d-%H.%M.%S%.6f".to_owned();
    query.fixed_prompts.push(Prompt {
        name: "SETID".to_owned(),
        value: "SHARE".to_owned(),
    });
    for (field, format) in [
        ("po_date", "%d-%b-%Y"),
        ("due_date", "%m/%d/%y"),
        ("last_updated", "%d %B %Y %I:%M:%S %p"),
    ] {
        query
            .date_formats
            .insert(field.to_owned(), format.to_owned());
    }
    query.columns = BTreeMap::from([
        ("po_id".to_owned(), "PO_NUMBER".to_owned()),
        ("quantity".to_owned(), "PROP_QTY".to_owned()),
        ("description".to_owned(), "Z.DESCR".to_owned()),
    ]);
    comes_out(profile, Output::default()).await;
}

#[tokio::test]
async fn a_texts_of_another_language_is_read_by_the_profile() {
    let mut profile = Profile::default();
    let texts = BTreeMap::from([("Versandt".to_owned(), "D".to_owned())]);
    profile
        .purchase_orders
        .status_texts
        .insert("status".to_owned(), texts);
    let mut sent = order(1, 1, 1);
    sent.status = PoStatus::Other("Versandt".into());
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .orders([sent])
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().build().unwrap();
    let page = today(&client).page().await.unwrap();
    assert_eq!(page.items[0].as_ref().unwrap().status, PoStatus::Dispatched);
}

#[tokio::test]
async fn a_field_the_query_does_not_have_reads_as_absent() {
    let mut profile = Profile::default();
    profile
        .purchase_orders
        .columns
        .insert("buyer_id".to_owned(), String::new());
    profile
        .purchase_orders
        .columns
        .insert("contract".to_owned(), String::new());
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .orders([full_order()])
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().build().unwrap();
    let page = today(&client).page().await.unwrap();
    let order = page.items[0].as_ref().unwrap();
    assert_eq!((&order.buyer, &order.contract), (&None, &None));
}

#[tokio::test]
async fn the_sources_clock_is_shown_in_its_zone() {
    let mut profile = Profile::default();
    profile.zone = "CST6CDT,M3.2.0,M11.1.0".to_owned();
    let instant = SystemTime::UNIX_EPOCH + Duration::from_secs(1_782_000_000);
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .basic("EDI_USER", "secret")
        .now(instant)
        .start()
        .await
        .unwrap();
    let client = fake
        .client_builder()
        .clock(TestClock::new())
        .build()
        .unwrap();
    assert_eq!(
        client.server_time().await.unwrap(),
        time("2026-06-20T19:00:00")
    );
    assert_eq!(
        client
            .server_time()
            .await
            .unwrap()
            .to_instant(client.zone()),
        instant
    );
    // Any status will do, but not that of a gateway that is away.
    fake.trouble_next(Trouble::Unauthorized);
    fake.trouble_next(Trouble::Unavailable { retry_after: None });
    fake.set_now(instant + Duration::from_secs(1));
    assert_eq!(
        client.server_time().await.unwrap(),
        time("2026-06-20T19:00:01")
    );
    assert_eq!(
        client.server_time().await.unwrap(),
        time("2026-06-20T19:00:01")
    );
    assert_eq!(fake.requests().len(), 5);
    fake.set_trouble(Some(Trouble::EmptyStatus(503)));
    assert_eq!(
        client.server_time().await.unwrap_err().kind(),
        ErrorKind::Unavailable
    );
}

#[tokio::test]
async fn a_record_put_while_running_is_seen() {
    let fake = FakePeopleSoft::builder().start().await.unwrap();
    let client = fake.client_builder().build().unwrap();
    assert!(today(&client).page().await.unwrap().items.is_empty());
    fake.put_order(order(1, 1, 1));
    let mut changed = order(1, 2, 2);
    changed.change_order_batch = 1;
    fake.put_order(changed.clone());
    assert_eq!(
        today(&client).page().await.unwrap().items,
        [Ok(changed.clone())]
    );
    assert_eq!(fake.order(&changed.key), Some(changed.clone()));
    assert!(fake.remove_order(&changed.key));
    assert_eq!(fake.order_count(), 0);
}

#[test]
fn models_survive_json() {
    let (order, invoice) = (full_order(), full_invoice());
    let json = serde_json::to_value(&order).unwrap();
    assert_eq!(json["lines"][0]["schedules"][0]["price"], "10.00001");
    assert_eq!(json["status"], "PA");
    assert_eq!(
        serde_json::from_value::<PurchaseOrder>(json).unwrap(),
        order
    );
    let json = serde_json::to_string(&invoice).unwrap();
    assert_eq!(
        serde_json::from_str::<BillingInvoice>(&json).unwrap(),
        invoice
    );
}

#[test]
fn keys_are_read_as_they_are_shown() {
    let key = PurchaseOrderKey::new("US001", "0000/00123").unwrap();
    assert_eq!(key.to_string(), "US001/0000/00123");
    assert_eq!(key.to_string().parse(), Ok(key));
    let key = BillingInvoiceKey::new("US001", "INV-1").unwrap();
    assert_eq!(key.to_string().parse(), Ok(key));
    assert_eq!("SHARE/42".parse(), VendorKey::new("SHARE", "42"));
    assert_eq!(
        "US001".parse::<PurchaseOrderKey>().unwrap_err().field(),
        "PO_ID"
    );
    assert_eq!(
        "/1".parse::<PurchaseOrderKey>().unwrap_err().field(),
        "BUSINESS_UNIT"
    );
}

#[test]
fn floating_point_is_refused_in_money() {
    let mut json = serde_json::to_value(full_invoice()).unwrap();
    json["total"] = serde_json::json!(0.1);
    assert!(serde_json::from_value::<BillingInvoice>(json.clone()).is_err());
    json["total"] = serde_json::json!(7);
    assert!(serde_json::from_value::<BillingInvoice>(json).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn numbers_survive_the_wire_exactly(
        quantity in -999_999_999_999_999i64..=999_999_999_999_999,
        price in 0i64..=999_999_999_999_999,
        amount in -999_999_999_999_999_999i64..=999_999_999_999_999_999,
        as_text in any::<bool>(),
        description in "[^\\p{C}]{0,60}",
    ) {
        let mut order = order(1, 1, 1);
        let line = &mut order.lines[0];
        let trimmed = description.trim();
        line.description = (!trimmed.is_empty()).then(|| trimmed.to_owned());
        let schedule = &mut line.schedules[0];
        schedule.quantity = Decimal::new(quantity, 4);
        schedule.price = Decimal::new(price, 5);
        schedule.merchandise_amount = Decimal::new(amount, 3);
        let read = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async {
                let fake = FakePeopleSoft::builder().orders([order.clone()]).start().await.unwrap();
                let mut output = Output::default();
                output.numbers_as_text = as_text;
                fake.set_output(output);
                let client = fake.client_builder().build().unwrap();
                today(&client).page().await.unwrap()
            });
        let read = read.items[0].as_ref().unwrap();
        let texts = |order: &PurchaseOrder| {
            let schedule = &order.lines[0].schedules[0];
            [schedule.quantity, schedule.price, schedule.merchandise_amount].map(|n| n.to_string())
        };
        prop_assert_eq!(texts(read), texts(&order));
        prop_assert_eq!(read, &order);
    }
}
