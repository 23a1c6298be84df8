//! Raw calls: what is sent, and what comes back.

use peoplesoft_client::testing::{FakePeopleSoft, Operation};
use peoplesoft_client::{Door, ErrorKind, HttpParameters, Profile, SoapVersion};

async fn with(operation: Operation, profile: Profile) -> FakePeopleSoft {
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .basic("EDI_USER", "correct horse")
        .start()
        .await
        .unwrap();
    fake.put_operation(operation);
    fake
}

#[tokio::test]
async fn a_rest_operation_is_read() {
    let operation =
        Operation::new(Door::Rest, "X_PO.v1").answer("application/json", "{\"po\":\"0001\"}");
    let fake = with(operation, Profile::default()).await;
    let client = fake.client_builder().build().unwrap();
    let answer = client
        .rest("X_PO.v1")
        .segment("US001")
        .segment("A/B C+ü")
        .query("status", "D & X")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.json::<serde_json::Value>().unwrap()["po"], "0001");
    let received = &fake.received()[0];
    assert_eq!(received.tail, ["US001", "A/B C+ü"]);
    assert_eq!(received.user.as_deref(), Some("EDI_USER"));
    assert_eq!(fake.requests()[0].query, "status=D%20%26%20X");
    let mut body = client.rest("X_PO.v1").open().await.unwrap();
    assert_eq!(body.chunk().await.unwrap().unwrap(), "{\"po\":\"0001\"}");
    assert_eq!(body.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_soap_operation_is_called_in_both_versions() {
    let operation =
        Operation::new(Door::Soap, "X_PING.V1").answer("text/xml", "<m:Pong xmlns:m='urn:x'/>");
    let fake = with(operation, Profile::default()).await;
    let client = fake.client_builder().build().unwrap();
    for version in [SoapVersion::V1_1, SoapVersion::V1_2] {
        let call = client.soap("X_PING.V1").version(version);
        let answer = call.body("<m:Ping xmlns:m='urn:x'/>").send().await.unwrap();
        assert_eq!(answer.version(), version);
        assert_eq!(answer.body(), b"<m:Pong xmlns:m='urn:x'/>");
        let received = fake.received().pop().unwrap();
        assert_eq!(received.body, "<m:Ping xmlns:m='urn:x'/>");
    }
}

#[tokio::test]
async fn a_message_goes_to_the_http_door_in_three_ways() {
    for parameters in [
        HttpParameters::Headers,
        HttpParameters::Query,
        HttpParameters::Document,
    ] {
        let mut profile = Profile::default();
        profile.doors.http.parameters = parameters;
        let operation = Operation::new(Door::Http, "X_INVOICE.VERSION_1").answer(
            "text/xml",
            "<IBResponse type=\"success\"><TransactionID>N.X.1</TransactionID></IBResponse>",
        );
        let fake = with(operation, profile).await;
        let client = fake.client_builder().build().unwrap();
        let answer = client
            .http_message("X_INVOICE.VERSION_1")
            .body("text/xml", "<X_INVOICE>a &amp; ]]&gt; b</X_INVOICE>")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.transaction_id().as_deref(), Some("N.X.1"));
        let received = fake.received().pop().unwrap();
        assert_eq!(received.node, "PSFT_EP");
        assert_eq!(received.body, "<X_INVOICE>a &amp; ]]&gt; b</X_INVOICE>");
    }
}

#[tokio::test]
async fn an_unknown_operation_is_a_kind_of_its_own_at_each_door() {
    let operation = Operation::new(Door::Rest, "X_PO.v1");
    let fake = with(operation, Profile::default()).await;
    let client = fake.client_builder().build().unwrap();
    let error = client.rest("X_NONE.v1").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = client.soap("X_NONE.V1").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoRouting);
    let error = client.http_message("X_NONE.V1").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoRouting);
}
