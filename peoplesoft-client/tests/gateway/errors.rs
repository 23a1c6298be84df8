//! Every kind of failure, as it comes over the wire and as it reads.

use std::time::Duration;

use peoplesoft_client::testing::{FakePeopleSoft, Trouble};
use peoplesoft_client::{Client, Credentials, Error, ErrorKind, Profile, Sent, Service};

use crate::support::{TestClock, gateway, order, today};

async fn failure(trouble: Trouble) -> Error {
    let (fake, client, _clock) = gateway().await;
    fake.set_trouble(Some(trouble));
    today(&client).page().await.unwrap_err()
}

fn shown(error: &Error) -> String {
    format!(
        "{:?} {:?}: {error}\n{}",
        error.kind(),
        error.was_sent(),
        error.remedy()
    )
}

#[tokio::test]
async fn a_sign_on_page() {
    let error = failure(Trouble::SignOnPage).await;
    assert!(!error.is_retryable());
    insta::assert_snapshot!(shown(&error), @r"
SignOnPage Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): a web page came instead of data
Let QAS_EXECUTEQRY_REST_GET be called without the sign-on page: take the gateway path out of single sign-on, or correct the gateway address, which must end in /PSIGW.
");
}

#[tokio::test]
async fn credentials_that_are_not_accepted() {
    let error = failure(Trouble::Unauthorized).await;
    assert_eq!(error.attempts(), 1);
    insta::assert_snapshot!(shown(&error), @r"
Unauthorized Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): credentials not accepted (HTTP 401)
Check the user's OPRID and password (or the token's mapping to an OPRID), that the account is not locked, and that its permission list holds QAS_EXECUTEQRY_REST_GET.
");
}

#[tokio::test]
async fn an_address_that_is_forbidden() {
    let error = failure(Trouble::Forbidden).await;
    insta::assert_snapshot!(shown(&error), @r"
Forbidden Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): access forbidden (HTTP 403)
Ask for this client's address and user to be let through to QAS_EXECUTEQRY_REST_GET by the web server or proxy before the gateway.
");
}

#[tokio::test]
async fn an_operation_that_is_not_granted() {
    let (fake, client, _clock) = gateway().await;
    fake.set_permitted("purchase_orders", false);
    let error = today(&client).page().await.unwrap_err();
    let fault = error.fault().unwrap();
    assert_eq!((fault.set(), fault.number()), (Some(158), Some(536)));
    assert_eq!(error.operation(), Some("QAS_EXECUTEQRY_REST_GET"));
    assert_eq!(error.query(), Some("PUBLIC/EDI_PO_CHANGED"));
    assert_eq!(error.node(), Some("PSFT_EP"));
    assert_eq!(error.attempts(), 1);
    insta::assert_snapshot!(shown(&error), @r"
OperationRefused Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): service operation refused: User EDI_USER not authorized to invoke Service Operation QAS_EXECUTEQRY_REST_GET. (158,536) (HTTP 401)
Add QAS_EXECUTEQRY_REST_GET with full access to a permission list of the user on node PSFT_EP.
");
}

#[tokio::test]
async fn an_operation_that_is_inactive() {
    let (fake, client, _clock) = gateway().await;
    fake.set_active("EDI_PO_CHANGED", false);
    let error = today(&client).page().await.unwrap_err();
    insta::assert_snapshot!(shown(&error), @r"
OperationInactive Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): service operation not active: Service Operation QAS_EXECUTEQRY_REST_GET is inactive. (HTTP 500)
Activate QAS_EXECUTEQRY_REST_GET with its any-to-local routing on node PSFT_EP, and see that a permission list of the user holds it.
");
    fake.set_active("EDI_PO_CHANGED", true);
    assert_eq!(today(&client).page().await.unwrap().items.len(), 3);
}

#[tokio::test]
async fn a_refusal_inside_a_success() {
    let error = failure(Trouble::IbError {
        status: 200,
        set: 158,
        number: 536,
        text: "User X & Y not authorized to invoke Service Operation Z.".to_owned(),
    })
    .await;
    assert_eq!(error.kind(), ErrorKind::OperationRefused);
    assert_eq!(error.status().unwrap().as_u16(), 200);
    assert_eq!(
        error.fault().unwrap().text(),
        "User X & Y not authorized to invoke Service Operation Z."
    );
}

#[tokio::test]
async fn an_error_nobody_knows() {
    let error = failure(Trouble::IbError {
        status: 500,
        set: 18_036,
        number: 77,
        text: "Something else.".to_owned(),
    })
    .await;
    insta::assert_snapshot!(shown(&error), @r"
Fault Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): Integration Broker answered with an error: Something else. (18036,77) (HTTP 500)
Look the message up in the Service Operations Monitor and the message catalog of node PSFT_EP, and run query PUBLIC/EDI_PO_CHANGED in Query Manager as the same user.
");
}

#[tokio::test]
async fn a_node_that_does_not_exist() {
    let (fake, _client, clock) = gateway().await;
    let client = fake
        .client_builder()
        .node("PSFT_XX")
        .clock(clock)
        .build()
        .unwrap();
    let error = today(&client).page().await.unwrap_err();
    insta::assert_snapshot!(shown(&error), @r"
NotFound Yes: PUBLIC/EDI_PO_CHANGED on PSFT_XX (QAS_EXECUTEQRY_REST_GET): no such node, service alias or query (HTTP 404)
Check that node PSFT_XX is the gateway's name of the database, that the REST alias of QAS_EXECUTEQRY_REST_GET is the profile's, and that query PUBLIC/EDI_PO_CHANGED exists with that owner.
");
}

#[tokio::test]
async fn a_status_without_a_body() {
    assert_eq!(
        failure(Trouble::EmptyStatus(404)).await.kind(),
        ErrorKind::NotFound
    );
    let error = failure(Trouble::EmptyStatus(418)).await;
    insta::assert_snapshot!(shown(&error), @r"
Status Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): unexpected status (HTTP 418)
Look for the call of QAS_EXECUTEQRY_REST_GET in the gateway's error log (errorLog.html) on node PSFT_EP.
");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let error = failure(Trouble::EmptyStatus(302)).await;
    assert_eq!(error.kind(), ErrorKind::SignOnPage);
}

#[tokio::test]
async fn too_many_calls() {
    let error = failure(Trouble::RateLimited {
        retry_after: Some("3".to_owned()),
    })
    .await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
    assert!(error.is_retryable());
    insta::assert_snapshot!(shown(&error), @r"
RateLimited Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): too many calls (HTTP 429) after 4 attempts
Call QAS_EXECUTEQRY_REST_GET less often, or raise the limit of the proxy before the gateway.
");
}

#[tokio::test]
async fn an_application_server_that_is_away() {
    let error = failure(Trouble::Unavailable { retry_after: None }).await;
    assert!(error.is_connectivity());
    insta::assert_snapshot!(shown(&error), @r"
Unavailable Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): the gateway cannot reach its application server (HTTP 503) after 4 attempts
Check that the application server domain of node PSFT_EP is up and that the gateway's integrationGateway.properties point to it, then call QAS_EXECUTEQRY_REST_GET again.
");
}

#[tokio::test]
async fn a_gateway_that_is_away() {
    let clock = TestClock::new();
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let client = Client::builder(format!("http://127.0.0.1:{port}/PSIGW").parse().unwrap())
        .clock(clock)
        .build()
        .unwrap();
    let error = today(&client).page().await.unwrap_err();
    assert!(error.is_connectivity());
    insta::assert_snapshot!(shown(&error), @r"
Transport No: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): no connection after 4 attempts
Check that the gateway's host name resolves, that its port is open from here and that its certificate is trusted, then call QAS_EXECUTEQRY_REST_GET again.
");
}

#[tokio::test]
async fn a_connection_that_is_cut() {
    let error = failure(Trouble::Cut).await;
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Transport, Sent::Maybe)
    );
    let error = failure(Trouble::CutBody).await;
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Transport, Sent::Yes)
    );
}

#[tokio::test]
async fn an_answer_that_never_comes() {
    let (fake, _client, clock) = gateway().await;
    fake.set_trouble(Some(Trouble::Silent));
    let client = fake
        .client_builder()
        .clock(clock)
        .attempt_timeout(Duration::from_millis(50))
        .max_attempts(2)
        .build()
        .unwrap();
    let error = today(&client).page().await.unwrap_err();
    assert!(error.is_connectivity());
    insta::assert_snapshot!(shown(&error), @r"
Timeout Maybe: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): no answer in time after 2 attempts
Check the load of the application server that runs QAS_EXECUTEQRY_REST_GET for node PSFT_EP, lower the row limit of the profile, or raise the client's timeout.
");
}

#[tokio::test]
async fn an_answer_of_another_shape() {
    let error = failure(Trouble::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        body: "{\"status\":\"success\",\"data\":[]}".to_owned(),
    })
    .await;
    insta::assert_snapshot!(shown(&error), @r#"
Decode Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): the answer has no data.query: found `{\"status\":\"success\",\"data\":[]}`
Compare the columns, prompts and order of query PUBLIC/EDI_PO_CHANGED with the profile, and see that QAS_EXECUTEQRY_REST_GET answers in the format that the profile names.
"#);
}

#[tokio::test]
async fn a_query_that_reports_failure() {
    let error = failure(Trouble::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        body: "{\"status\":\"fail\",\"message\":\"Query has been changed\"}".to_owned(),
    })
    .await;
    insta::assert_snapshot!(shown(&error), @r"
Fault Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): the query answered with status `fail`: Query has been changed
Look the message up in the Service Operations Monitor and the message catalog of node PSFT_EP, and run query PUBLIC/EDI_PO_CHANGED in Query Manager as the same user.
");
}

#[tokio::test]
async fn an_answer_that_is_too_large() {
    let (fake, _client, clock) = gateway().await;
    let client = fake
        .client_builder()
        .clock(clock)
        .max_body_bytes(1_000)
        .build()
        .unwrap();
    let error = today(&client).page().await.unwrap_err();
    insta::assert_snapshot!(shown(&error), @r"
TooLarge Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): the answer is larger than 1000 bytes
Lower the row limit of query PUBLIC/EDI_PO_CHANGED in the profile, or raise the client's limit on answers.
");
}

#[tokio::test]
async fn an_order_larger_than_an_answer() {
    let (fake, client, _clock) = gateway().await;
    fake.put_order(order(2, 5, 2));
    let error = today(&client).max_rows(4).pages();
    let pages: Vec<_> = futures_util::StreamExt::collect(error).await;
    assert_eq!(pages[0].as_ref().unwrap().items.len(), 1);
    let error = pages[1].as_ref().unwrap_err();
    assert_eq!(pages.len(), 2);
    insta::assert_snapshot!(shown(error), @r"
Truncated Yes: PUBLIC/EDI_PO_CHANGED on PSFT_EP (QAS_EXECUTEQRY_REST_GET): the answer of query EDI_PO_CHANGED was cut at its row limit and US001/0000000002 alone fills it
Raise the row limit of query PUBLIC/EDI_PO_CHANGED in the profile above the rows of its largest record, and the limit that PeopleSoft sets for the query.
");
}

#[tokio::test]
async fn every_operation_can_be_checked() {
    let fake = FakePeopleSoft::builder()
        .basic("EDI_USER", "secret")
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().build().unwrap();
    for check in client.check_operations().await {
        check.result.unwrap();
    }
    fake.set_permitted("billing_invoices", false);
    let checks = client.check_operations().await;
    assert_eq!(checks[0].service, Service::PurchaseOrders);
    assert!(checks[0].result.is_ok());
    assert_eq!(checks[1].query, "PUBLIC/EDI_BI_CHANGED");
    let error = checks[1].result.as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OperationRefused);
    assert!(error.remedy().contains("QAS_EXECUTEQRY_REST_GET"));
    assert!(
        client
            .check_operation(Service::BillingInvoices)
            .await
            .is_err()
    );

    let mut profile = Profile::default();
    profile.purchase_orders.prompts.from = "SINCE".to_owned();
    let other = Client::builder(fake.gateway())
        .profile(profile)
        .credentials(Credentials::basic("EDI_USER", "secret".into()))
        .build()
        .unwrap();
    let error = other
        .check_operation(Service::PurchaseOrders)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fault);
    assert_eq!(
        error.fault().unwrap().text(),
        "Prompt FROM_DTTM has no value."
    );
}
