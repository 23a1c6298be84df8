//! Everything that is asked as a user with a password is asked with a token as well.

use peoplesoft_client::model::*;
use peoplesoft_client::rowset::AuditAction;
use peoplesoft_client::testing::{FakeComponent, FakePeopleSoft, Verification};
use peoplesoft_client::{CiAccess, CiDoor, Client, Door, ErrorKind, Profile};

/// Component interfaces at both doors, messages at every door.
fn profile(door: Door) -> Profile {
    let mut profile = Profile::default();
    for (name, door) in [("by_soap", CiDoor::Soap), ("by_rest", CiDoor::Rest)] {
        let mut access = CiAccess::default();
        access.name = "VNDR_ID".to_owned();
        access.keys = vec!["SETID".to_owned(), "VENDOR_ID".to_owned()];
        access.door = door;
        let interfaces = &mut profile.component_interfaces;
        interfaces.insert(name.to_owned(), access);
    }
    profile.voucher_build.route.door = door;
    profile.vendor_sync.door = door;
    let load = &mut profile.po_acknowledgement.route;
    load.operation = "X_POA_LOAD".to_owned();
    load.message = "X_POA_LOAD".to_owned();
    load.door = door;
    profile
}

fn vendor() -> VendorKey {
    VendorKey::new("SHARE", "0000000042").unwrap()
}

fn voucher() -> NewVoucher {
    let mut voucher = NewVoucher::new(
        BusinessUnit::new("US001").unwrap(),
        vendor(),
        InvoiceId::new("INV-1").unwrap(),
        "2026-03-31".parse().unwrap(),
        CurrencyCode::new("USD").unwrap(),
    );
    let amount = parse_decimal("10").unwrap();
    voucher.lines.push(NewVoucherLine::new(1, amount));
    voucher.gross_amount = voucher.total();
    voucher
}

/// Asks for everything once.
async fn use_all(client: &Client) -> peoplesoft_client::Result<()> {
    let from = "2026-04-01T00:00:00".parse().unwrap();
    let to = "2026-04-02T00:00:00".parse().unwrap();
    client
        .purchase_orders()
        .changed_between(from, to)
        .page()
        .await?;
    client
        .billing_invoices()
        .changed_between(from, to)
        .page()
        .await?;
    client.vouchers().changed_between(from, to).page().await?;
    client.payments().changed_between(from, to).page().await?;
    client
        .scheduled_payments()
        .changed_between(from, to)
        .page()
        .await?;
    client.receipts().changed_between(from, to).page().await?;
    client.suppliers().changed_between(from, to).page().await?;
    client
        .chart_fields()
        .changed_between(from, to)
        .page()
        .await?;
    client
        .departments()
        .changed_between(from, to)
        .page()
        .await?;
    client.employees().changed_between(from, to).page().await?;
    client.jobs().changed_between(from, to).page().await?;
    for name in ["by_soap", "by_rest"] {
        let keys = [("SETID", "SHARE"), ("VENDOR_ID", "0000000042")];
        client.component_interface(name).get(keys).await?;
    }
    client.voucher_builds().build(&voucher()).await?;
    let order = PurchaseOrderKey::new("US001", "0000000123").unwrap();
    let acknowledgement = PoAcknowledgement::new(order, AcknowledgementAnswer::Accepted);
    client.acknowledge_order(&acknowledgement).await?;
    let mut supplier = Supplier::new(vendor(), "Northwind", from);
    supplier.status = VendorStatus::Approved;
    let changes = [(AuditAction::Change, &supplier)];
    client.suppliers().sync(changes).await?;
    Ok(())
}

async fn gateway(builder: peoplesoft_client::testing::FakeBuilder, door: Door) -> FakePeopleSoft {
    let fake = builder.profile(profile(door)).start().await.unwrap();
    fake.put_component(FakeComponent::new("VNDR_ID", ["SETID", "VENDOR_ID"]));
    fake
}

#[tokio::test]
async fn a_password_and_a_token_get_in_everywhere() {
    for door in Door::ALL {
        let fake = gateway(FakePeopleSoft::builder().basic("EDI_USER", "right"), door).await;
        let client = fake.client_builder().max_attempts(1).build().unwrap();
        use_all(&client).await.unwrap();
        let users: Vec<_> = fake.received().into_iter().map(|call| call.user).collect();
        assert!(users.iter().all(|user| user.as_deref() == Some("EDI_USER")));
        assert!(users.len() >= 18, "{}", users.len());

        let fake = gateway(FakePeopleSoft::builder().oauth2("edi", "right"), door).await;
        for door in Door::ALL {
            fake.set_verification(door, Verification::OAuth2);
        }
        let client = fake.client_builder().max_attempts(1).build().unwrap();
        use_all(&client).await.unwrap();
        // One token for all of it.
        assert_eq!(fake.token_requests(), 1, "{door}");
        fake.run_batches();
        assert_eq!(fake.built_vouchers().len(), 1, "{door}");
        assert_eq!(fake.loaded_acknowledgements().len(), 1, "{door}");
        assert_eq!(fake.count::<Supplier>(), 1, "{door}");
    }
}

#[tokio::test]
async fn without_proof_nothing_is_let_in_anywhere() {
    let fake = gateway(
        FakePeopleSoft::builder().basic("EDI_USER", "right"),
        Door::Http,
    )
    .await;
    let stranger = fake
        .client_builder()
        .credentials(peoplesoft_client::Credentials::anonymous())
        .max_attempts(1)
        .build()
        .unwrap();
    let kind = use_all(&stranger).await.unwrap_err().kind();
    assert_eq!(kind, ErrorKind::Unauthorized);
    let keys = [("SETID", "SHARE"), ("VENDOR_ID", "0000000042")];
    for name in ["by_soap", "by_rest"] {
        let error = stranger.component_interface(name).get(keys).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Unauthorized, "{name}");
    }
    let supplier = Supplier::new(
        vendor(),
        "Northwind",
        "2026-04-01T00:00:00".parse().unwrap(),
    );
    let error = stranger
        .suppliers()
        .sync([(AuditAction::Change, &supplier)])
        .await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Unauthorized);
    assert!(fake.received().is_empty() && fake.staged_suppliers().is_empty());
}
