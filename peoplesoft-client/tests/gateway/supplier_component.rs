//! Suppliers through their component interface: made, got, found, changed, refused.

use peoplesoft_client::model::*;
use peoplesoft_client::testing::{FakeComponent, FakePeopleSoft};
use peoplesoft_client::{CiAccess, CiDoor, CiNames, Client, ErrorKind, Profile};

use crate::suppliers::supplier;
use crate::support::TestClock;

fn component() -> FakeComponent {
    FakeComponent::new("VNDR_ID", ["SETID", "VENDOR_ID"])
        .required("NAME1")
        .numbered("VENDOR_ID", 10)
        .collection("VNDR_ADDR_SCROL", ["ADDRESS_SEQ_NUM"])
        .collection("VENDOR_ADDR", ["ADDRESS_SEQ_NUM", "EFFDT"])
        .collection("VNDR_LOC_SCROL", ["VNDR_LOC"])
        .collection("VENDOR_LOC", ["VNDR_LOC", "EFFDT"])
        .collection("VENDOR_PAY", ["VNDR_LOC", "EFFDT"])
        .collection("VNDR_BANK_ACCT", ["VNDR_LOC", "EFFDT", "BANK_ACCT_SEQ_NBR"])
        .collection("VENDOR_ID_NBRS", ["STD_ID_NUM_QUAL"])
        .collection("VNDR_CNTCT_SCR", ["CNTCT_SEQ_NUM"])
        .collection("VENDOR_CNTCT", ["CNTCT_SEQ_NUM", "EFFDT"])
        .collection("VNDR_CNTCT_PHN", ["CNTCT_SEQ_NUM", "EFFDT"])
}

async fn gateway(door: CiDoor, names: CiNames) -> (FakePeopleSoft, Client) {
    let mut access = CiAccess::default();
    access.keys = vec!["SETID".to_owned(), "VENDOR_ID".to_owned()];
    (access.door, access.names) = (door, names);
    let mut profile = Profile::default();
    profile
        .component_interfaces
        .insert("VNDR_ID".to_owned(), access);
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .basic("EDI_USER", "correct horse")
        .start()
        .await
        .unwrap();
    fake.put_component(component());
    let client = fake
        .client_builder()
        .clock(TestClock::new())
        .build()
        .unwrap();
    (fake, client)
}

/// A supplier as the component interface shows it: what PeopleSoft keeps itself is not written, and
/// columns of a query lose their alias.
fn shown(mut supplier: Supplier, key: VendorKey) -> Supplier {
    supplier.key = key;
    supplier.created = None;
    supplier.last_updated = "1900-01-01T00:00:00".parse().unwrap();
    supplier.extra.clear();
    for address in &mut supplier.addresses {
        let rows = address.rows.rows().iter().cloned().map(|mut row| {
            row.extra.clear();
            row
        });
        address.rows = EffectiveDated::new(rows).unwrap();
    }
    supplier
}

fn unnumbered() -> Supplier {
    shown(supplier(1), VendorKey::new("SHARE", "NEXT").unwrap())
}

#[tokio::test]
async fn a_supplier_is_made_got_found_and_changed_at_both_doors() {
    for (door, names) in [
        (CiDoor::Soap, CiNames::default()),
        (CiDoor::Soap, CiNames::prefixed()),
        (CiDoor::Rest, CiNames::default()),
    ] {
        let (_fake, client) = gateway(door, names).await;
        let suppliers = client.supplier_component();
        let created = suppliers.create(&unnumbered()).await.unwrap();
        let key = VendorKey::new("SHARE", "0000000001").unwrap();
        assert_eq!(created.key, Some(key.clone()), "{door:?}");

        let got = suppliers.get(&key).await.unwrap().unwrap();
        assert_eq!(got, shown(supplier(1), key.clone()), "{door:?}");
        let nobody = VendorKey::new("SHARE", "0000000009").unwrap();
        assert_eq!(suppliers.get(&nobody).await.unwrap(), None);

        let by_name = [("NAME1", "Northwind")];
        let found = suppliers.find(&key.setid, &by_name).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&key));

        let mut changed = got;
        changed.name = "Northwind Gloves & Sons".to_owned();
        let mut row = SupplierAddressRow::new("2026-08-01".parse().unwrap(), EffStatus::Active);
        row.address.city = Some("Dover".to_owned());
        changed.addresses[0].rows.insert(row);
        suppliers.update(&changed).await.unwrap();
        let got = suppliers.get(&key).await.unwrap().unwrap();
        assert_eq!(got, changed, "{door:?}");
    }
}

#[tokio::test]
async fn a_refusal_says_why_and_shows_no_secret() {
    let (_fake, client) = gateway(CiDoor::Soap, CiNames::default()).await;
    let mut nameless = unnumbered();
    nameless.name = String::new();
    let suppliers = client.supplier_component();
    let error = suppliers.create(&nameless).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Business);
    assert!(error.to_string().contains("NAME1"), "{error}");
    let shown = format!("{error:?} {error} {} {suppliers:?}", error.remedy());
    assert!(!shown.contains("Planted"), "{shown}");
}

#[tokio::test]
async fn a_supplier_that_cannot_be_read_is_an_error_with_its_place() {
    let (fake, client) = gateway(CiDoor::Soap, CiNames::default()).await;
    let record = peoplesoft_client::CiBuffer::new()
        .with("SETID", "SHARE")
        .with("VENDOR_ID", "0000000042")
        .with("NAME1", "Northwind")
        .with("VNDR_TIN", "Planted-Tax-1")
        .with("VENDOR_STATUS", "A")
        .with("LAST_ACTIVITY_DT", "yesterday");
    fake.put_component(component().record(record));
    let key = VendorKey::new("SHARE", "0000000042").unwrap();
    let error = client.supplier_component().get(&key).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    insta::assert_snapshot!(error, @"the answer of the component interface VNDR_ID cannot be read: VENDOR.LAST_ACTIVITY_DT: found `yesterday`, expected a date such as 2026-03-31");
    assert!(!format!("{error:?}").contains("Planted"));
}
