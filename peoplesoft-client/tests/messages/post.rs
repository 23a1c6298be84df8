//! Any message on any door, synchronous and asynchronous.

use peoplesoft_client::rowset::{Message, NewRow, ReadOptions, Reader};
use peoplesoft_client::testing::Operation;
use peoplesoft_client::{Door, ErrorKind, HttpParameters, MessageRoute, Profile};

use super::support::gateway;

const ANSWER: &str = "<X_ANSWER><FieldTypes><R class=\"R\"><F type=\"CHAR\"/></R></FieldTypes><MsgData>\
    <Transaction><R class=\"R\"><F>done</F></R></Transaction></MsgData></X_ANSWER>";

fn message() -> Message {
    Message::new("X_SYNC").row(NewRow::new("R").text("F", "a & b"))
}

#[tokio::test]
async fn a_synchronous_message_is_answered_by_a_message() {
    for door in Door::ALL {
        let (fake, client) = gateway(Profile::default()).await;
        fake.put_operation(Operation::new(door, "X_SYNC.VERSION_1").answer("text/xml", ANSWER));
        let mut route = MessageRoute::new("X_SYNC");
        route.door = door;
        let answer = client.post_rowset(&route, &message()).call().await.unwrap();
        let mut reader = answer.reader();
        let transaction = reader.next_transaction().unwrap().unwrap();
        assert_eq!(
            transaction.first().unwrap().text("F"),
            Some("done"),
            "{door}"
        );
        // What arrived is the message.
        let received = fake.received().pop().unwrap();
        assert_eq!(
            (received.door, received.operation.as_str()),
            (door, "X_SYNC.VERSION_1")
        );
        let mut reader = Reader::from_slice(&received.body, ReadOptions::default());
        let transaction = reader.next_transaction().unwrap().unwrap();
        assert_eq!(transaction.first().unwrap().text("F"), Some("a & b"));
    }
}

#[tokio::test]
async fn an_acceptance_without_a_body_is_a_receipt_without_an_id() {
    for door in [Door::Http, Door::Rest] {
        let (fake, client) = gateway(Profile::default()).await;
        fake.put_operation(Operation::new(door, "X_SYNC.VERSION_1").status(202));
        let mut route = MessageRoute::new("X_SYNC");
        route.door = door;
        let receipt = client.post_rowset(&route, &message()).send().await.unwrap();
        assert_eq!(receipt.transaction_id, None);
        assert_eq!(
            (receipt.operation.as_str(), receipt.node.as_str()),
            ("X_SYNC", "PSFT_EP")
        );
    }
}

#[tokio::test]
async fn names_versions_case_and_namespace_are_the_profiles() {
    let mut profile = Profile::default();
    profile.doors.http.parameters = HttpParameters::Document;
    let address = profile
        .doors
        .operations
        .entry("mine".to_owned())
        .or_default();
    address.alias = "Y_LOAD".to_owned();
    address.version = "v2".to_owned();
    let (fake, client) = gateway(profile).await;
    fake.put_operation(Operation::new(Door::Http, "Y_LOAD.v2"));
    let mut route = MessageRoute::new("Y_MSG");
    route.operation = "mine".to_owned();
    route.lower_case = true;
    route.namespace = "urn:y".to_owned();
    route.parts = true;
    client.post_rowset(&route, &message()).send().await.unwrap();
    let received = fake.received().pop().unwrap();
    assert_eq!(received.operation, "Y_LOAD.v2");
    let body = String::from_utf8(received.body.to_vec()).unwrap();
    assert_eq!(
        body,
        "<?xml version=\"1.0\"?>\n<y_msg xmlns=\"urn:y\"><msgdata><transaction><r class=\"r\"><f>a &amp; b</f></r></transaction></msgdata></y_msg>"
    );
}

#[tokio::test]
async fn what_cannot_be_written_is_not_sent() {
    let (fake, client) = gateway(Profile::default()).await;
    let wrong = Message::new("X_SYNC").row(NewRow::new("R").text("F", "\u{1}"));
    let error = client
        .post_rowset(&MessageRoute::new("X_SYNC"), &wrong)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    insta::assert_snapshot!(error, @r"PSFT_EP (X_SYNC): X_SYNC: R.F: found `\u{1}`, expected text of characters that XML allows");
    assert!(fake.received().is_empty());
}
