//! JSON documents for endpoints and actions.

use cleo_client::{
    ErrorKind, Sent,
    file_transfer::Digest,
    payload::PayloadRoute,
    testing::{FakeCleo, FakeCleoBuilder, Fault, Operation, RunScript},
};
use serde_json::json;

fn cleo() -> FakeCleoBuilder {
    FakeCleo::builder()
        .user("edi", "pw")
        .connection("ACME", "as2")
        .action("ACME", "post", RunScript::success())
        .endpoint("/api/invoices/in")
        .endpoint("/hooks/810")
}

#[tokio::test]
async fn documents_arrive_at_endpoints() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let invoice = json!({ "invoice": "0000012345", "amount": "12.50", "note": "Größe" });
    let inner = PayloadRoute::endpoint("invoices/in").with_document_id_header("x-document-id");
    let outer = PayloadRoute::root("/hooks/810")
        .with_query("unit", "US001")
        .with_header("x-flow", "810");
    let first = client
        .payloads()
        .send(&inner, Some("US001/12345"), &invoice)
        .await
        .unwrap();
    let second = client
        .payloads()
        .send(&outer, None, &invoice)
        .await
        .unwrap();
    assert_eq!((first.status.as_u16(), first.sha256), (202, second.sha256));
    assert_eq!(
        first.bytes,
        u64::try_from(invoice.to_string().len()).unwrap()
    );
    let received = cleo.payloads();
    assert_eq!(received.len(), 2);
    assert!(received.iter().all(|payload| payload.document == invoice));
    let header = |index: usize, name: &str| received.get(index).unwrap().headers.get(name).cloned();
    assert_eq!(header(0, "x-document-id").as_deref(), Some("US001/12345"));
    assert_eq!(header(1, "x-flow").as_deref(), Some("810"));
    assert_eq!(
        header(1, "content-type").as_deref(),
        Some("application/json")
    );
}

#[tokio::test]
async fn an_action_is_judged_by_its_body() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let id = cleo.action_id("ACME", "post").unwrap();
    let route = PayloadRoute::action(id);
    let receipt = client
        .payloads()
        .send(&route, None, &json!([1]))
        .await
        .unwrap();
    assert!(receipt.run_outcome().unwrap().is_success());
    assert_eq!(cleo.payloads().first().unwrap().document, json!([1]));
    assert!(cleo.set_run("ACME", "post", RunScript::failure("error")));
    let receipt = client
        .payloads()
        .send(&route, None, &json!([1]))
        .await
        .unwrap();
    assert!(!receipt.run_outcome().unwrap().is_success());
}

#[tokio::test]
async fn a_document_is_not_sent_twice_blindly() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let mut route = PayloadRoute::endpoint("invoices/in");
    // Not even by a method that is repeated elsewhere.
    "PUT".clone_into(&mut route.method);
    cleo.inject_on(Operation::Payload, Fault::CutAfter);
    let error = client
        .payloads()
        .send(&route, None, &json!({}))
        .await
        .unwrap_err();
    assert_eq!((error.was_sent(), error.attempts()), (Sent::Maybe, 1));
    cleo.inject_on(Operation::Payload, Fault::TooManyRequests(None));
    client
        .payloads()
        .send(&route, None, &json!({}))
        .await
        .unwrap();
    assert_eq!(cleo.payloads().len(), 2);
}

#[tokio::test]
async fn what_is_wrong_with_a_route_is_said_before_anything_leaves() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "pw").build().unwrap();
    let wants_id = PayloadRoute::endpoint("invoices/in").with_document_id_header("x-id");
    let mut no_method = PayloadRoute::endpoint("invoices/in");
    "GET IT".clone_into(&mut no_method.method);
    for route in [
        wants_id,
        no_method,
        PayloadRoute::endpoint("../x"),
        PayloadRoute::root("a?b"),
        PayloadRoute::endpoint("x").with_header("bad name", "x"),
    ] {
        let error = client
            .payloads()
            .send(&route, None, &json!({}))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{route:?}");
    }
    assert_eq!(cleo.counters().requests, 0);
    assert!(
        serde_json::from_str::<PayloadRoute>(r#"{"target":{"endpoint":"x"},"heders":{}}"#).is_err()
    );
}

#[tokio::test]
async fn bytes_go_as_they_are() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "pw").ascii_json(true).build().unwrap();
    let text = "{ \"note\" : \"Gr\u{f6}\u{df}e\" }\n";
    let route = PayloadRoute::endpoint("invoices/in");
    let payloads = client.payloads();
    let receipt = payloads.send_bytes(&route, None, text).await.unwrap();
    assert_eq!(receipt.sha256, Digest::of_bytes(text.as_bytes()));
    let error = payloads.send_bytes(&route, None, "{").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
    assert_eq!(cleo.payloads().len(), 1);
}
