//! Suppliers sent as `VENDOR_SYNC`, and what the double makes of them.

use std::time::Duration;

use peoplesoft_client::model::*;
use peoplesoft_client::rowset::AuditAction;
use peoplesoft_client::testing::FakePeopleSoft;
use peoplesoft_client::vendor::VendorEvent;
use peoplesoft_client::{Client, Door, ErrorKind, MessageRoute, Profile};

use super::support::{gateway, noon};

const BATCH: Duration = Duration::from_secs(900);

fn key() -> VendorKey {
    VendorKey::new("SHARE", "0000000042").unwrap()
}

fn day(text: &str) -> PsDate {
    text.parse().unwrap()
}

fn address(number: u32, since: &[(&str, &str)]) -> SupplierAddress {
    let mut address = SupplierAddress::new(number);
    for (since, city) in since {
        let mut row = SupplierAddressRow::new(day(since), EffStatus::Active);
        row.address.city = Some((*city).to_owned());
        address.rows.insert(row);
    }
    address
}

fn supplier(name: &str) -> Supplier {
    let mut supplier = Supplier::new(key(), name, "2026-03-01T08:00:00".parse().unwrap());
    supplier.status = VendorStatus::Approved;
    supplier
}

async fn stored(client: &Client) -> Option<Supplier> {
    client.suppliers().by_key(&key()).await.unwrap()
}

/// The city of an address at a day.
fn city(supplier: &Supplier, number: u32, at: &str) -> Option<String> {
    let row = supplier.address_as_of(number, day(at))?;
    row.address.city.clone()
}

#[tokio::test]
async fn a_supplier_is_queued_staged_and_read() {
    let (fake, client) = gateway(Profile::default()).await;
    let mut sent = supplier("Northwind & Sons <Gloves>");
    sent.addresses.push(address(1, &[("2020-01-01", "Newark")]));
    let receipt = client.suppliers().sync([(AuditAction::Add, &sent)]).await;
    assert_eq!(
        receipt.unwrap().to_string(),
        "VENDOR_SYNC accepted by PSFT_EP as PSFT_EP.VENDOR_SYNC.1, not yet done"
    );
    // Accepted is not done.
    assert_eq!(stored(&client).await, None);
    let staged = fake.staged_suppliers();
    assert!(
        matches!(&staged[..], [VendorEvent::Changed(change)] if change.supplier == sent),
        "{staged:?}"
    );
    fake.set_now(noon() + BATCH);
    let mut there = sent;
    there.last_updated = "2026-04-01T12:15:00".parse().unwrap();
    // The query on suppliers keeps the day of a change alone.
    let read = stored(&client).await.unwrap();
    assert_eq!(read.last_updated.date(), there.last_updated.date());
    there.last_updated = read.last_updated;
    assert_eq!(read, there);
    assert!(fake.staged_suppliers().is_empty() && fake.failed_messages().is_empty());
    let today = "2026-04-01T00:00:00".parse().unwrap();
    let changed = client
        .suppliers()
        .changed_between(today, "2026-04-02T00:00:00".parse().unwrap());
    assert_eq!(changed.page().await.unwrap().items, [Ok(there)]);
}

#[tokio::test]
async fn a_change_leaves_what_it_does_not_speak_of() {
    let (fake, client) = gateway(Profile::default()).await;
    let mut there = supplier("Northwind");
    there
        .addresses
        .push(address(1, &[("2020-01-01", "Newark")]));
    there
        .addresses
        .push(address(2, &[("2020-01-01", "Trenton")]));
    fake.put(there);
    let mut change = supplier("Northwind Gloves");
    change
        .addresses
        .push(address(1, &[("2026-05-01", "Camden")]));
    let changes = [(AuditAction::Change, &change)];
    client.suppliers().sync(changes).await.unwrap();
    fake.run_batches();
    let read = stored(&client).await.unwrap();
    assert_eq!(read.name, "Northwind Gloves");
    assert_eq!(city(&read, 1, "2026-04-01").as_deref(), Some("Newark"));
    assert_eq!(city(&read, 1, "2026-05-01").as_deref(), Some("Camden"));
    assert_eq!(city(&read, 2, "2026-04-01").as_deref(), Some("Trenton"));
}

#[tokio::test]
async fn what_a_message_says_is_gone_is_gone() {
    let (fake, client) = gateway(Profile::default()).await;
    let mut there = supplier("Northwind");
    there.addresses.push(address(
        1,
        &[("2020-01-01", "Newark"), ("2026-01-01", "Camden")],
    ));
    there
        .addresses
        .push(address(2, &[("2020-01-01", "Trenton")]));
    there
        .id_numbers
        .push(SupplierIdNumber::new(IdNumberKind::Duns, "004321519"));
    fake.put(there);
    let row = |record: &str, fields: &str, below: &str| {
        format!(
            "<{record} class=\"R\"><SETID>SHARE</SETID><VENDOR_ID>0000000042</VENDOR_ID>{fields}{below}</{record}>"
        )
    };
    let gone = "<PSCAMA class=\"R\"><AUDIT_ACTN>D</AUDIT_ACTN></PSCAMA>";
    let one = "<ADDRESS_SEQ_NUM>1</ADDRESS_SEQ_NUM>";
    let old = row(
        "VENDOR_ADDR",
        &format!("{one}<EFFDT>2026-01-01</EFFDT>"),
        "",
    );
    let first = row("VNDR_ADDR_SCROL", one, &format!("{old}{gone}"));
    let second = row(
        "VNDR_ADDR_SCROL",
        "<ADDRESS_SEQ_NUM>2</ADDRESS_SEQ_NUM>",
        "",
    );
    let duns = row(
        "VENDOR_ID_NBRS",
        "<STD_ID_NUM_QUAL>DNS</STD_ID_NUM_QUAL><STD_ID_NUM>004321519</STD_ID_NUM>",
        "",
    );
    let header = "<NAME1>Northwind</NAME1><VENDOR_STATUS>A</VENDOR_STATUS>";
    let vendor = row(
        "VENDOR",
        header,
        &format!("{first}{second}{gone}{duns}{gone}"),
    );
    let types: String = [
        ("VENDOR", "SETID VENDOR_ID NAME1 VENDOR_STATUS"),
        ("VNDR_ADDR_SCROL", "SETID VENDOR_ID ADDRESS_SEQ_NUM"),
        ("VENDOR_ADDR", "SETID VENDOR_ID ADDRESS_SEQ_NUM EFFDT"),
        (
            "VENDOR_ID_NBRS",
            "SETID VENDOR_ID STD_ID_NUM_QUAL STD_ID_NUM",
        ),
        ("PSCAMA", "AUDIT_ACTN"),
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
    let xml = format!(
        "<?xml version=\"1.0\"?><VENDOR_SYNC><FieldTypes>{types}</FieldTypes><MsgData><Transaction>{vendor}\
         <PSCAMA class=\"R\"><AUDIT_ACTN>C</AUDIT_ACTN></PSCAMA></Transaction></MsgData></VENDOR_SYNC>"
    );
    let message = client.http_message("VENDOR_SYNC.VERSION_1");
    message.body("text/xml", xml).send().await.unwrap();
    fake.run_batches();
    assert_eq!(fake.failed_messages(), []);
    let read = stored(&client).await.unwrap();
    assert_eq!(city(&read, 1, "2026-04-01").as_deref(), Some("Newark"));
    assert_eq!(read.addresses.len(), 1);
    assert_eq!(read.duns(), None);

    client
        .suppliers()
        .sync([(AuditAction::Delete, &supplier("Northwind"))])
        .await
        .unwrap();
    fake.run_batches();
    assert_eq!(stored(&client).await, None);
}

async fn all_suppliers(client: &Client, fake: &FakePeopleSoft) -> usize {
    let one = supplier("Northwind");
    let message = client.vendor_messages().full_sync([&one]);
    let route = MessageRoute::default();
    client.post_rowset(&route, &message).send().await.unwrap();
    fake.run_batches();
    fake.count::<Supplier>()
}

#[tokio::test]
async fn a_full_sync_deletes_whom_it_does_not_name_unless_the_site_keeps_them() {
    for (replaces, left) in [(true, 1), (false, 2)] {
        let (fake, client) = gateway(Profile::default()).await;
        let mut rules = peoplesoft_client::testing::DeskRules::default();
        rules.full_sync_replaces = replaces;
        fake.set_desk(rules);
        let mut other = supplier("Globex");
        other.key = VendorKey::new("SHARE", "0000000043").unwrap();
        fake.put(other);
        assert_eq!(all_suppliers(&client, &fake).await, left);
        assert!(stored(&client).await.is_some());
    }
}

#[tokio::test]
async fn each_door_takes_it_and_each_switch_refuses_it() {
    for door in Door::ALL {
        let mut profile = Profile::default();
        profile.vendor_sync.door = door;
        let (fake, client) = gateway(profile).await;
        let one = supplier("Northwind");
        let send = async || {
            let changes = [(AuditAction::Change, &one)];
            client.suppliers().sync(changes).await
        };
        assert!(send().await.is_ok(), "{door}");
        fake.set_active("VENDOR_SYNC", false);
        let kind = send().await.unwrap_err().kind();
        assert_eq!(kind, ErrorKind::OperationInactive, "{door}");
        fake.set_active("VENDOR_SYNC", true);
        fake.set_routed("VENDOR_SYNC", false);
        let kind = send().await.unwrap_err().kind();
        assert_eq!(kind, ErrorKind::NoRouting, "{door}");
        fake.set_routed("VENDOR_SYNC", true);
        fake.set_permitted("VENDOR_SYNC", false);
        let error = send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OperationRefused, "{door}");
        assert_eq!(
            error.remedy(),
            "Add VENDOR_SYNC with full access to a permission list of the user on node PSFT_EP."
        );
        assert_eq!(fake.staged_suppliers().len(), 1, "{door}");
    }
}

#[tokio::test]
async fn what_a_handler_cannot_read_fails_in_the_monitor_and_nothing_is_staged() {
    let (fake, client) = gateway(Profile::default()).await;
    let messages = client.vendor_messages();
    let good = supplier("Northwind");
    let xml = messages
        .sync([(AuditAction::Change, &good), (AuditAction::Change, &good)])
        .to_xml(&MessageRoute::default().write_options())
        .unwrap();
    let (before, after) = xml.rsplit_once("<VENDOR_STATUS>A</VENDOR_STATUS>").unwrap();
    let bad = format!("{before}<VENDOR_STATUS/>{after}");
    let message = client.http_message("VENDOR_SYNC.VERSION_1");
    message.body("text/xml", bad).send().await.unwrap();
    assert!(fake.staged_suppliers().is_empty());
    let failed = fake.failed_messages();
    insta::assert_snapshot!(failed[0].text, @"supplier SHARE/0000000042, transaction 2, VENDOR[1].VENDOR_STATUS: found ``, expected a translate value");
}

#[tokio::test]
async fn nothing_to_send_is_not_sent() {
    let (fake, client) = gateway(Profile::default()).await;
    let error = client.suppliers().sync([]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    insta::assert_snapshot!(error, @"PSFT_EP (VENDOR_SYNC): there is no supplier to send");
    assert!(fake.received().is_empty());
}
