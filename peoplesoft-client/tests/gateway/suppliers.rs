//! Suppliers by change and by key: their lists, their days, their secrets.

use std::sync::OnceLock;

use peoplesoft_client::model::*;
use peoplesoft_client::testing::{FakePeopleSoft, Output, Trouble};
use peoplesoft_client::{BadRecord, Client, Granularity, Profile};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{TestClock, day, decimal, next_day};

const TAX_ID: &str = "Planted-Tax-1";
const ACCOUNT: &str = "Planted-Account-2";
const IBAN: &str = "Planted-Iban-3";

fn date(text: &str) -> PsDate {
    text.parse().unwrap()
}

/// A supplier with something in every list.
pub(crate) fn supplier(number: u32) -> Supplier {
    let key = VendorKey::new("SHARE", format!("{number:010}")).unwrap();
    let mut supplier = Supplier::new(key, "Northwind Gloves", day());
    supplier.status = VendorStatus::Approved;
    supplier.class = Some(VendorClass::OutsideParty);
    supplier.persistence = Some(VendorPersistence::Regular);
    supplier.open_for_ordering = Some(Flag::Yes);
    supplier.short_name = Some("NORTHWIND-001".to_owned());
    supplier.order_address = Some(2);
    supplier.default_location = Some(VendorLocation::new("MAIN").unwrap());
    supplier.remit_vendor = Some(VendorKey::new("SHARE", "0000000007").unwrap());
    supplier.tax_id = Sensitive::new(TAX_ID);
    supplier.created = Some("2020-02-03T04:05:06".parse().unwrap());
    supplier.last_activity = Some(date("2026-03-30"));
    supplier
        .extra
        .insert("A.VNDR_FIELD_C30_A".to_owned(), "site".to_owned());
    for number in 1..=2 {
        let mut address = SupplierAddress::new(number);
        address.description = Some(format!("Address {number}"));
        for (effective, status) in [
            ("2020-01-01", EffStatus::Active),
            ("2026-06-01", EffStatus::Inactive),
        ] {
            let mut row = SupplierAddressRow::new(date(effective), status);
            row.address.name = Some("Northwind".to_owned());
            row.address.address1 = Some(format!("{number} Dock Street, since {effective}"));
            row.address.city = Some("Newark".to_owned());
            row.address.country = Some("USA".to_owned());
            row.email = Some("orders@northwind.example".to_owned());
            row.extra.insert("B.GEO_CODE".to_owned(), "0123".to_owned());
            address.rows.insert(row);
        }
        supplier.addresses.push(address);
    }
    let mut location = SupplierLocation::new(VendorLocation::new("MAIN").unwrap());
    let mut row = SupplierLocationRow::new(date("2020-01-01"), EffStatus::Active);
    row.payment_terms = Some(PaymentTermsCode::new("NET30").unwrap());
    row.payment_method = Some(PaymentMethod::Ach);
    row.currency = Some(CurrencyCode::new("USD").unwrap());
    row.dispatch_method = Some(DispatchMethod::Edx);
    row.acknowledgement.required = Some(Flag::Yes);
    row.acknowledgement.tolerances = Some(Flag::Yes);
    row.acknowledgement.days_late = Some(3);
    row.acknowledgement.quantity_over = Some(decimal("2.5"));
    row.chart_fields.set(
        ChartFieldKind::Department,
        ChartFieldValue::new("00210").unwrap(),
    );
    for number in 1..=2 {
        let mut account = SupplierBankAccount::new(number);
        account.is_default = Some(Flag::No);
        account.bank_name = Some("First Bank".to_owned());
        account.account = Sensitive::new(format!("{ACCOUNT}-{number}"));
        account.iban = Sensitive::new(IBAN);
        row.bank_accounts.push(account);
    }
    location.rows.insert(row);
    location.rows.insert(SupplierLocationRow::new(
        date("2026-09-01"),
        EffStatus::Active,
    ));
    supplier.locations.push(location);
    supplier
        .id_numbers
        .push(SupplierIdNumber::new(IdNumberKind::Duns, "004321519"));
    supplier.id_numbers.push(SupplierIdNumber::new(
        IdNumberKind::Other("EIN".into()),
        TAX_ID,
    ));
    let mut contact = SupplierContact::new(1);
    let mut row = SupplierContactRow::new(date("2020-01-01"), EffStatus::Active);
    row.name = Some("Ada Wong".to_owned());
    row.address = Some(2);
    row.phone = Some("555-0100".to_owned());
    contact.rows.insert(row);
    supplier.contacts.push(contact);
    supplier
}

async fn gateway(suppliers: impl IntoIterator<Item = Supplier>) -> (FakePeopleSoft, Client) {
    let fake = FakePeopleSoft::builder()
        .basic("EDI_USER", "correct horse")
        .records(suppliers)
        .start()
        .await
        .unwrap();
    let client = fake
        .client_builder()
        .clock(TestClock::new())
        .build()
        .unwrap();
    (fake, client)
}

async fn today(client: &Client) -> Vec<Result<Supplier, BadRecord<VendorKey>>> {
    let changed = client.suppliers().changed_between(day(), next_day());
    changed.page().await.unwrap().items
}

#[tokio::test]
async fn everything_that_a_supplier_has_is_read() {
    let (fake, client) = gateway([supplier(42)]).await;
    for output in [
        Output::default(),
        {
            let mut output = Output::default();
            (output.padded, output.numbers_as_text) = (true, true);
            output
        },
        {
            let mut output = Output::default();
            output.long_status = true;
            output
        },
    ] {
        fake.set_output(output);
        assert_eq!(today(&client).await, [Ok(supplier(42))]);
    }
    let found = client.suppliers().by_key(&supplier(42).key).await.unwrap();
    assert_eq!(found, Some(supplier(42)));
    let nobody = VendorKey::new("SHARE", "0000000043").unwrap();
    assert_eq!(client.suppliers().by_key(&nobody).await.unwrap(), None);
}

#[tokio::test]
async fn what_holds_depends_on_the_day() {
    let (_fake, client) = gateway([supplier(42)]).await;
    let supplier = client
        .suppliers()
        .by_key(&supplier(42).key)
        .await
        .unwrap()
        .unwrap();
    let (spring, summer) = (date("2026-04-01"), date("2026-07-01"));
    let address = supplier.address_as_of(2, spring).unwrap();
    assert_eq!(address.status, EffStatus::Active);
    assert_eq!(
        supplier.address_as_of(2, summer).unwrap().status,
        EffStatus::Inactive
    );
    let location = supplier.default_location_as_of(spring).unwrap();
    assert_eq!(location.dispatch_method, Some(DispatchMethod::Edx));
    assert_eq!(location.acknowledgement.days_late, Some(3));
    assert_eq!(supplier.next_change(spring), Some(date("2026-06-01")));
    assert_eq!(supplier.next_change(date("2026-12-01")), None);
    assert_eq!(supplier.duns(), Some("004321519"));
}

#[tokio::test]
async fn suppliers_come_page_by_page() {
    let (_fake, client) = gateway((1..=7).map(supplier)).await;
    let rows_of_one = 4 + 3 + 2 + 1;
    let mut after = None;
    let mut seen = Vec::new();
    loop {
        let page = client
            .suppliers()
            .changed_between(day(), next_day())
            .after(after)
            .max_rows(rows_of_one * 2 + 3)
            .page()
            .await
            .unwrap();
        seen.extend(page.items.into_iter().map(|item| item.unwrap().key));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (1..=7).map(|n| supplier(n).key).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_change_of_the_day_is_found_by_any_window_of_that_day() {
    let mut changed = supplier(1);
    changed.last_updated = "2026-04-01T15:00:00".parse().unwrap();
    let (_fake, client) = gateway([changed]).await;
    assert_eq!(client.profile().suppliers.granularity, Granularity::Day);
    let from = "2026-04-01T20:00:00".parse().unwrap();
    let to = "2026-04-01T20:15:00".parse().unwrap();
    let page = client
        .suppliers()
        .changed_between(from, to)
        .page()
        .await
        .unwrap();
    assert_eq!(page.items.len(), 1);
}

#[tokio::test]
async fn an_address_that_takes_effect_brings_its_supplier() {
    let (fake, client) = gateway([supplier(1)]).await;
    let window = || {
        let from = "2026-06-01T00:00:00".parse().unwrap();
        let to = "2026-06-01T00:15:00".parse().unwrap();
        client.suppliers().changed_between(from, to).page()
    };
    assert_eq!(window().await.unwrap().items.len(), 1);
    let mut output = Output::default();
    output.ignores_effective_dates = true;
    fake.set_output(output);
    assert_eq!(window().await.unwrap().items.len(), 0);
}

/// A row of the header and nothing else.
fn row() -> Value {
    json!({
        "attr:rownumber": 1, "A.SETID": "SHARE", "A.VENDOR_ID": "0000000042", "A.NAME1": "Northwind",
        "A.VENDOR_STATUS": "A", "A.LAST_MODIFIED_DATE": "2026-04-01"
    })
}

fn with(mut row: Value, columns: &[(&str, Value)]) -> Value {
    for (name, value) in columns {
        row[name] = value.clone();
    }
    row
}

async fn answered(rows: &[Value]) -> Vec<Result<Supplier, BadRecord<VendorKey>>> {
    let (fake, client) = gateway([]).await;
    let body = json!({"status": "success", "data": {"query": {"rows": rows}}}).to_string();
    fake.set_trouble(Some(Trouble::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        body,
    }));
    today(&client).await
}

#[tokio::test]
async fn a_query_that_joins_its_lists_is_read_like_one_that_unites_them() {
    let mut rows = Vec::new();
    for address in 1..=3 {
        for contact in 1..=2 {
            rows.push(with(
                row(),
                &[
                    ("B.ADDRESS_SEQ_NUM", json!(address)),
                    ("B.CITY", json!(format!("City {address}"))),
                    ("E.CNTCT_SEQ_NUM", json!(contact)),
                    ("E.CONTACT_NAME", json!(format!("Person {contact}"))),
                ],
            ));
        }
    }
    let items = answered(&rows).await;
    let supplier = items[0].as_ref().unwrap();
    assert_eq!(supplier.addresses.len(), 3);
    assert_eq!(supplier.contacts.len(), 2);
    let row = &supplier.addresses[2].rows.rows()[0];
    assert_eq!(row.address.city.as_deref(), Some("City 3"));
    // Without a column for them, rows count as active from always.
    assert_eq!(
        (row.effective_date, &row.status),
        (date("1900-01-01"), &EffStatus::Active)
    );
}

#[tokio::test]
async fn two_rows_for_one_address_and_day_are_not_guessed_between() {
    let address = |city: &str| {
        with(
            row(),
            &[("B.ADDRESS_SEQ_NUM", json!(1)), ("B.CITY", json!(city))],
        )
    };
    let items = answered(&[address("Newark"), address("Dover")]).await;
    let bad = items[0].as_ref().unwrap_err();
    insta::assert_snapshot!(format!("{bad}\n{}", bad.remedy), @r"
record SHARE/0000000042, row 1, column B.ADDRESS_SEQ_NUM: found `1900-01-01 sequence 0 in two different rows`, expected one row for each
Take out of query EDI_VENDOR_CHANGED the record that multiplies its rows.
");
}

#[tokio::test]
async fn planted_numbers_turn_up_nowhere() {
    let planted = [
        ("A.VNDR_TIN", json!(TAX_ID)),
        ("F.BANK_ACCOUNT_NUM", json!(ACCOUNT)),
        ("F.IBAN_ID", json!(IBAN)),
        ("X.SSN", json!("Planted-4")),
    ];
    let good = answered(&[with(row(), &planted)]).await;
    let supplier = good[0].as_ref().unwrap();
    assert_eq!(supplier.tax_id.as_ref().unwrap().expose(), TAX_ID);
    assert!(!supplier.extra.contains_key("X.SSN"));
    let broken = [("A.LAST_ACTIVITY_DT", json!("yesterday"))];
    let bad = answered(&[with(with(row(), &planted), &broken)]).await;
    let record = bad[0].as_ref().unwrap_err();
    assert!(record.raw.contains("yesterday"), "{}", record.raw);
    let malformed = answered(&[row(), json!([TAX_ID, ACCOUNT])]).await;
    for shown in [
        format!("{good:?}"),
        format!("{bad:?} {record} {} {}", record.raw, record.remedy),
        serde_json::to_string(supplier).unwrap(),
        serde_json::to_string(record).unwrap(),
        format!("{malformed:?} {}", malformed[1].as_ref().unwrap_err()),
        malformed[1].as_ref().unwrap_err().raw.clone(),
        format!("{:?}", self::supplier(1)),
    ] {
        assert!(!shown.contains("Planted"), "{shown}");
    }
}

#[tokio::test]
async fn a_column_that_the_profile_maps_to_a_secret_is_hidden_under_any_name() {
    let mut profile = Profile::default();
    let columns = &mut profile.suppliers.columns;
    columns.insert("tax_id".to_owned(), "A.X_NUMBER".to_owned());
    let mut broken = supplier(1);
    broken.status = VendorStatus::Other("  ".into());
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .records([broken, supplier(2)])
        .start()
        .await
        .unwrap();
    let client = fake
        .client_builder()
        .clock(TestClock::new())
        .build()
        .unwrap();
    let items = today(&client).await;
    let bad = items[0].as_ref().unwrap_err();
    assert!(bad.raw.contains("A.X_NUMBER"), "{}", bad.raw);
    assert!(!bad.raw.contains("Planted"), "{}", bad.raw);
    assert!(items[1].is_ok());
}

/// One gateway for all cases of a property.
fn shared() -> &'static (tokio::runtime::Runtime, FakePeopleSoft, Client) {
    static SHARED: OnceLock<(tokio::runtime::Runtime, FakePeopleSoft, Client)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (fake, client) = runtime.block_on(gateway([]));
        (runtime, fake, client)
    })
}

fn text() -> impl Strategy<Value = String> {
    "[A-Za-z0-9&<>\"'\\\\/äé-]{1,12}"
}

fn effective() -> impl Strategy<Value = (PsDate, EffStatus)> {
    let status = prop_oneof![
        Just(EffStatus::Active),
        Just(EffStatus::Inactive),
        Just(EffStatus::Other("Z".into()))
    ];
    ((-3_000i32..3_000), status)
        .prop_map(|(days, status)| (date("2026-01-01").plus_days(days), status))
}

fn any_supplier() -> impl Strategy<Value = Supplier> {
    let address = (1u32..4, effective(), text(), proptest::option::of(text()));
    let location = (
        "[A-Z]{1,4}",
        effective(),
        0u32..9,
        proptest::collection::vec(text(), 0..3),
    );
    let number = (text(), text());
    (
        (1u32..1_000, text(), proptest::option::of(text())),
        proptest::collection::vec(address, 0..5),
        proptest::collection::vec(location, 0..4),
        proptest::collection::vec(number, 0..3),
    )
        .prop_map(|((id, name, tax), addresses, locations, numbers)| {
            let key = VendorKey::new("SHARE", format!("{id:010}")).unwrap();
            let mut supplier = Supplier::new(key, name, day());
            supplier.tax_id = tax.and_then(Sensitive::new);
            for (number, (day, status), city, county) in addresses {
                let mut row = SupplierAddressRow::new(day, status);
                row.address.city = Some(city);
                row.county = county;
                let at = supplier
                    .addresses
                    .iter()
                    .position(|known| known.number == number);
                let at = at.unwrap_or_else(|| {
                    supplier.addresses.push(SupplierAddress::new(number));
                    supplier.addresses.len() - 1
                });
                supplier.addresses[at].rows.insert(row);
            }
            supplier.addresses.sort_by_key(|address| address.number);
            for (code, (day, status), days, accounts) in locations {
                let code = VendorLocation::new(code).unwrap();
                if supplier
                    .locations
                    .iter()
                    .any(|known| known.location == code)
                {
                    continue;
                }
                let mut location = SupplierLocation::new(code);
                let mut row = SupplierLocationRow::new(day, status);
                row.acknowledgement.days_early = Some(days);
                for (account, number) in accounts.iter().zip(1..) {
                    let mut bank = SupplierBankAccount::new(number);
                    bank.account = Sensitive::new(account);
                    row.bank_accounts.push(bank);
                }
                location.rows.insert(row);
                supplier.locations.push(location);
            }
            supplier
                .locations
                .sort_by(|one, other| one.location.cmp(&other.location));
            for (kind, number) in numbers {
                let number = SupplierIdNumber::new(IdNumberKind::from_text(&kind), number);
                if !supplier.id_numbers.contains(&number) {
                    supplier.id_numbers.push(number);
                }
            }
            supplier
                .id_numbers
                .sort_by_key(|number| (number.kind.to_string(), number.number.clone()));
            supplier
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_supplier_survives_the_wire(supplier in any_supplier()) {
        let (runtime, fake, client) = shared();
        fake.put(supplier.clone());
        let found = runtime.block_on(client.suppliers().by_key(&supplier.key)).unwrap();
        prop_assert_eq!(found.as_ref(), Some(&supplier));
        prop_assert!(fake.remove::<Supplier>(&supplier.key));
        // What is not secret survives JSON as well.
        let json = serde_json::to_string(&supplier).unwrap();
        let mut open = supplier;
        open.tax_id = None;
        for location in &mut open.locations {
            let rows = location.rows.rows().iter().cloned().map(|mut row| {
                row.bank_accounts.clear();
                row
            });
            location.rows = EffectiveDated::new(rows).unwrap();
        }
        prop_assert_eq!(serde_json::from_str::<Supplier>(&json).unwrap(), open);
    }
}
