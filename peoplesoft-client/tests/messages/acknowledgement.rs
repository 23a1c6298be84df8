//! Acknowledgements of purchase orders.

use std::time::Duration;

use peoplesoft_client::model::*;
use peoplesoft_client::{ErrorKind, Profile};

use super::support::{decimal, gateway, noon};

pub(crate) fn acknowledgement() -> PoAcknowledgement {
    let mut acknowledgement = PoAcknowledgement::new(
        PurchaseOrderKey::new("US001", "0000000123").unwrap(),
        AcknowledgementAnswer::Changed,
    );
    acknowledgement.vendor = Some(VendorKey::new("SHARE", "0000000042").unwrap());
    acknowledgement.date = Some("2026-04-01".parse().unwrap());
    acknowledgement.reference = Some("SO-77 & more".to_owned());
    acknowledgement.change = Some(1);
    let mut line = PoAcknowledgementLine::new(1, 1, AcknowledgementAnswer::Changed);
    line.item = Some(ItemId::new("BOLT-1").unwrap());
    line.vendor_item = Some(VendorItemId::new("V-BOLT").unwrap());
    line.quantity = Some(decimal("90"));
    line.unit_of_measure = Some(UnitOfMeasure::new("EA").unwrap());
    line.price = Some(decimal("2.55"));
    line.due_date = Some("2026-05-04".parse().unwrap());
    acknowledgement.lines.push(line);
    let rejected = AcknowledgementAnswer::from_text("R");
    acknowledgement
        .lines
        .push(PoAcknowledgementLine::new(2, 1, rejected));
    acknowledgement
}

pub(crate) fn profile() -> Profile {
    let mut profile = Profile::default();
    profile.po_acknowledgement.route.operation = "X_POA_LOAD".to_owned();
    profile.po_acknowledgement.route.message = "X_POA_LOAD".to_owned();
    profile
}

#[tokio::test]
async fn it_is_queued_staged_and_loaded() {
    let mut profile = profile();
    let fields = &mut profile.po_acknowledgement.fields;
    fields.insert("ACK_DT".to_owned(), "POA_DT".to_owned());
    fields.insert("QTY_PO".to_owned(), "QTY_ACK".to_owned());
    let (fake, client) = gateway(profile).await;
    let acknowledgement = acknowledgement();
    let receipt = client.acknowledge_order(&acknowledgement).await.unwrap();
    assert_eq!(
        receipt.transaction_id.as_deref(),
        Some("PSFT_EP.X_POA_LOAD.1")
    );
    let body = String::from_utf8(fake.received()[0].body.to_vec()).unwrap();
    assert!(
        body.contains("<POA_DT>2026-04-01</POA_DT>") && body.contains("<QTY_ACK>90</QTY_ACK>"),
        "{body}"
    );
    assert!(fake.loaded_acknowledgements().is_empty());
    fake.set_now(noon() + Duration::from_secs(900));
    assert_eq!(fake.loaded_acknowledgements(), [acknowledgement]);
    assert!(fake.failed_messages().is_empty());
}

#[tokio::test]
async fn a_profile_without_its_names_cannot_send_it() {
    let (fake, client) = gateway(Profile::default()).await;
    let error = client
        .acknowledge_order(&acknowledgement())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    insta::assert_snapshot!(error, @"PSFT_EP (PO acknowledgement): po_acknowledgement.route in the profile names no operation and message; ask the administrator of the PeopleSoft side for those of the site");
    assert!(fake.received().is_empty());
}

#[tokio::test]
async fn what_does_not_fit_its_field_is_named() {
    let (_fake, client) = gateway(profile()).await;
    let mut wrong = acknowledgement();
    wrong.reference = Some("x".repeat(31));
    wrong.lines[0].price = Some(decimal("0.123456"));
    let error = client.acknowledge_order(&wrong).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    insta::assert_snapshot!(error, @"PSFT_EP (PO acknowledgement): the acknowledgement of order US001/0000000123 cannot be sent: PO_POA_HDR_EC.ACK_REF: found `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`, expected at most 30 characters, none of them a control character; PO_POA_HDR_EC/PO_POA_LN_EC[1].PRICE_PO: found `0.123456`, expected a number of at most 10 digits before and 5 after the point");
}
