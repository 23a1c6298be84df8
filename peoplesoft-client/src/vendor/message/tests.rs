//! What is written is read back; what a site sends is read or told apart.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::model::{
    AcknowledgementRules, ChartFieldKind, ChartFieldValue, DispatchMethod, EffStatus, Flag,
    IdNumberKind, PaymentMethod, PsDate, Sensitive, SupplierAddress, SupplierAddressRow,
    SupplierBankAccount, SupplierContact, SupplierContactRow, SupplierIdNumber, SupplierLocation,
    SupplierLocationRow, VendorClass, VendorLocation, VendorStatus,
};
use crate::rowset::{ReadOptions, Reader, WriteOptions};

fn now() -> PsDateTime {
    "2026-04-01T09:30:00".parse().unwrap()
}

fn day(text: &str) -> PsDate {
    text.parse().unwrap()
}

fn messages() -> VendorMessages {
    VendorMessages::of(&Profile::default()).unwrap()
}

fn supplier() -> Supplier {
    let key = VendorKey::new("SHARE", "0000000042").unwrap();
    let mut supplier = Supplier::new(key, "Smith & Sons <Gloves>", now());
    supplier.status = VendorStatus::Approved;
    supplier.class = Some(VendorClass::OutsideParty);
    supplier.order_address = Some(1);
    supplier.remit_vendor = Some(VendorKey::new("SHARE", "0000000007").unwrap());
    supplier.tax_id = Sensitive::new("Planted-Tax-1");
    supplier.created = Some("2020-02-03T04:05:06".parse().unwrap());
    supplier.last_activity = Some(day("2026-03-30"));
    supplier
        .extra
        .insert("VNDR_FIELD_C30_A".to_owned(), "site".to_owned());
    let mut address = SupplierAddress::new(1);
    address.description = Some("Orders".to_owned());
    for date in ["2020-01-01", "2026-06-01"] {
        let mut row = SupplierAddressRow::new(day(date), EffStatus::Active);
        row.address.address1 = Some(format!("Since {date}"));
        row.address.country = Some("USA".to_owned());
        row.extra.insert("GEO_CODE".to_owned(), "0123".to_owned());
        address.rows.insert(row);
    }
    supplier.addresses.push(address);
    let mut location = SupplierLocation::new(VendorLocation::new("MAIN").unwrap());
    let mut row = SupplierLocationRow::new(day("2020-01-01"), EffStatus::Active);
    row.payment_method = Some(PaymentMethod::Ach);
    row.dispatch_method = Some(DispatchMethod::Edx);
    row.acknowledgement = AcknowledgementRules {
        required: Some(Flag::Yes),
        days_late: Some(0),
        quantity_over: Some(Decimal::new(25, 1)),
        ..AcknowledgementRules::default()
    };
    let account = ChartFieldValue::new("640000").unwrap();
    row.chart_fields.set(ChartFieldKind::Account, account);
    let mut account = SupplierBankAccount::new(1);
    account.account = Sensitive::new("Planted-Account-2");
    account.iban = Sensitive::new("Planted-Iban-3");
    row.bank_accounts.push(account);
    location.rows.insert(row);
    supplier.locations.push(location);
    let duns = SupplierIdNumber::new(IdNumberKind::Duns, "004321519");
    supplier.id_numbers.push(duns);
    let mut contact = SupplierContact::new(1);
    let mut row = SupplierContactRow::new(day("2020-01-01"), EffStatus::Active);
    row.name = Some("Ada Wong".to_owned());
    row.phone = Some("555-0100".to_owned());
    contact.rows.insert(row);
    supplier.contacts.push(contact);
    supplier
}

fn read(messages: &VendorMessages, xml: &str) -> Vec<Result<VendorEvent, BadVendor>> {
    let mut reader = Reader::from_slice(xml.as_bytes(), ReadOptions::default());
    let mut events = Vec::new();
    while let Some(transaction) = reader.next_transaction().unwrap() {
        events.extend(messages.read(transaction, now()));
    }
    events
}

fn changed(action: AuditAction, supplier: Supplier) -> Result<VendorEvent, BadVendor> {
    Ok(VendorEvent::Changed(Box::new(VendorChange {
        action: Some(action),
        supplier,
        removed: Vec::new(),
    })))
}

/// A message with these rows of a supplier, which must be read without `FieldTypes` at hand.
fn message(rows: &str) -> String {
    let types: String = [
        (
            "VENDOR",
            "SETID VENDOR_ID NAME1 VENDOR_STATUS VNDR_TIN LAST_ACTIVITY_DT",
        ),
        ("VNDR_ADDR_SCROL", "ADDRESS_SEQ_NUM"),
        ("VENDOR_ADDR", "ADDRESS_SEQ_NUM EFFDT CITY"),
        ("PSCAMA", "AUDIT_ACTN MSG_SEQ_FLG"),
    ]
    .iter()
    .map(|(record, fields)| {
        let fields: String = fields
            .split(' ')
            .map(|field| format!("<{field} type=\"CHAR\"/>"))
            .collect();
        format!("<{record} class=\"R\">{fields}</{record}>")
    })
    .collect();
    format!(
        "<?xml version=\"1.0\"?><VENDOR_SYNC><FieldTypes>{types}</FieldTypes>\
         <MsgData>{rows}</MsgData></VENDOR_SYNC>"
    )
}

const KEY: &str = "<SETID>SHARE</SETID><VENDOR_ID>0000000042</VENDOR_ID>";

fn pscama(fields: &str) -> String {
    format!("<PSCAMA class=\"R\">{fields}</PSCAMA>")
}

#[test]
fn a_sync_message_looks_like_this() {
    let xml = messages().sync([(AuditAction::Change, &supplier())]);
    insta::assert_snapshot!(
        xml.to_xml(&WriteOptions::default())
            .unwrap()
            .replace("><", ">\n<")
    );
}

#[test]
fn what_is_written_is_read_back() {
    let xml = messages().sync([
        (AuditAction::Add, &supplier()),
        (AuditAction::Change, &supplier()),
    ]);
    let xml = xml.to_xml(&WriteOptions::default()).unwrap();
    assert_eq!(
        read(&messages(), &xml),
        [
            changed(AuditAction::Add, supplier()),
            changed(AuditAction::Change, supplier())
        ]
    );
}

#[test]
fn a_header_says_replace_all_and_nothing_is_applied() {
    let xml = messages().full_sync([&supplier()]);
    let events = read(&messages(), &xml.to_xml(&WriteOptions::default()).unwrap());
    assert_eq!(
        events,
        [
            Ok(VendorEvent::ReplaceAll),
            changed(AuditAction::Add, supplier()),
            Ok(VendorEvent::End)
        ]
    );
    // PeopleSoft's own header has a blank row.
    let header = pscama("<MSG_SEQ_FLG>H</MSG_SEQ_FLG>");
    let blank =
        format!("<Transaction><VENDOR class=\"R\"><SETID> </SETID></VENDOR>{header}</Transaction>");
    let events = read(&messages(), &message(&blank));
    assert_eq!(events, [Ok(VendorEvent::ReplaceAll)]);
}

#[test]
fn what_is_deleted_is_told_apart_from_what_is_absent() {
    let gone = pscama("<AUDIT_ACTN>D</AUDIT_ACTN>");
    let old = pscama("<AUDIT_ACTN>O</AUDIT_ACTN>");
    let address = |city: &str, audit: &str| {
        format!(
            "<VENDOR_ADDR class=\"R\"><ADDRESS_SEQ_NUM>1</ADDRESS_SEQ_NUM><EFFDT>2026-01-01</EFFDT>\
             <CITY>{city}</CITY></VENDOR_ADDR>{audit}"
        )
    };
    let rows = format!(
        "<Transaction><VENDOR class=\"R\">{KEY}<VENDOR_STATUS>A</VENDOR_STATUS>\
         <VNDR_ADDR_SCROL class=\"R\"><ADDRESS_SEQ_NUM>1</ADDRESS_SEQ_NUM>{}{}</VNDR_ADDR_SCROL>\
         <VNDR_ADDR_SCROL class=\"R\"><ADDRESS_SEQ_NUM>2</ADDRESS_SEQ_NUM></VNDR_ADDR_SCROL>{gone}\
         </VENDOR>{}</Transaction>",
        address("Old", &old),
        address("New", ""),
        pscama("<AUDIT_ACTN>C</AUDIT_ACTN>"),
    );
    let events = read(&messages(), &message(&rows));
    let Ok(VendorEvent::Changed(change)) = &events[0] else {
        panic!("{events:?}");
    };
    let row = change.supplier.address_as_of(1, day("2026-04-01")).unwrap();
    assert_eq!(row.address.city.as_deref(), Some("New"));
    assert_eq!(change.supplier.addresses.len(), 1);
    let removed: Vec<_> = change
        .removed
        .iter()
        .map(|removed| format!("{} {}", removed.record, removed.name))
        .collect();
    assert_eq!(removed, ["VENDOR_ADDR 1 2026-01-01", "VNDR_ADDR_SCROL 2"]);

    let rows = format!("<Transaction><VENDOR class=\"R\">{KEY}</VENDOR>{gone}</Transaction>");
    let events = read(&messages(), &message(&rows));
    assert_eq!(events, [Ok(VendorEvent::Deleted(supplier().key))]);
}

#[test]
fn one_bad_supplier_leaves_the_others_and_shows_no_secret() {
    let one = |more: &str| {
        format!(
            "<Transaction><VENDOR class=\"R\">{KEY}<VENDOR_STATUS>A</VENDOR_STATUS>\
             <VNDR_TIN>Planted-Tax-1</VNDR_TIN>{more}</VENDOR></Transaction>"
        )
    };
    let rows = [
        one("<LAST_ACTIVITY_DT>yesterday</LAST_ACTIVITY_DT>"),
        one(""),
        one("").replace("<SETID>SHARE</SETID>", ""),
    ];
    let events = read(&messages(), &message(&rows.concat()));
    let shown: Vec<String> = events
        .iter()
        .map(|event| match event {
            Ok(event) => format!("{event:?}").chars().take(40).collect(),
            Err(bad) => bad.to_string(),
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
supplier SHARE/0000000042, transaction 1, VENDOR[1].LAST_ACTIVITY_DT: found `yesterday`, expected a date such as 2026-03-31
Changed(VendorChange { action: None, sup
supplier without a key, transaction 3, VENDOR[1].SETID: found ``, expected the key of a supplier
");
    assert!(!format!("{events:?}").contains("Planted"));
}

#[test]
fn a_site_may_call_records_and_fields_otherwise() {
    let mut profile = Profile::default();
    let records = &mut profile.vendor_records;
    records.sync = "X_SUPPLIER".to_owned();
    for (delivered, own) in [
        ("VENDOR", "SUPPLIER"),
        ("VENDOR_ADDR.CITY", "TOWN"),
        ("VENDOR_ID", "SUPPLIER_ID"),
    ] {
        records.names.insert(delivered.to_owned(), own.to_owned());
    }
    let own = VendorMessages::of(&profile).unwrap();
    let xml = own.sync([(AuditAction::Add, &supplier())]);
    let xml = xml.to_xml(&WriteOptions::default()).unwrap();
    assert!(xml.contains("<X_SUPPLIER>") && xml.contains("<SUPPLIER_ID>0000000042</SUPPLIER_ID>"));
    assert_eq!(read(&own, &xml), [changed(AuditAction::Add, supplier())]);
}

fn text() -> impl Strategy<Value = String> {
    "[A-Za-z0-9&<>\"'äé]{1,9}"
}

proptest! {
    #[test]
    fn any_supplier_survives_a_message(
        name in text(),
        tax in proptest::option::of(text()),
        addresses in proptest::collection::btree_map(1u32..9, (-999i32..999, text()), 0..4),
        locations in proptest::collection::btree_map("[A-Z]{1,5}", (-999i32..999, 0u32..99, text()), 0..4),
        extra in proptest::collection::btree_map("X_[A-Z]{1,5}", text(), 0..3),
    ) {
        let key = VendorKey::new("SHARE", "1").unwrap();
        let mut supplier = Supplier::new(key, name, now());
        supplier.tax_id = tax.and_then(Sensitive::new);
        supplier.extra = extra;
        for (number, (days, city)) in addresses {
            let mut address = SupplierAddress::new(number);
            let date = day("2026-01-01").plus_days(days);
            let mut row = SupplierAddressRow::new(date, EffStatus::Inactive);
            row.address.city = Some(city);
            address.rows.insert(row);
            supplier.addresses.push(address);
        }
        for (code, (days, late, account)) in locations {
            let mut location = SupplierLocation::new(VendorLocation::new(code).unwrap());
            let date = day("2026-01-01").plus_days(days);
            let mut row = SupplierLocationRow::new(date, EffStatus::Active);
            row.acknowledgement.days_late = Some(late);
            let mut bank = SupplierBankAccount::new(1);
            bank.account = Sensitive::new(account);
            row.bank_accounts.push(bank);
            location.rows.insert(row);
            supplier.locations.push(location);
        }
        let xml = messages().sync([(AuditAction::Change, &supplier)]);
        let xml = xml.to_xml(&WriteOptions::default()).unwrap();
        prop_assert_eq!(read(&messages(), &xml), [changed(AuditAction::Change, supplier)]);
    }
}
