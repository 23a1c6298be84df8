//! Credentials, node, operations.

use std::time::Duration;

use peoplesoft_client::doctor::{Check, Outcome, Report};
use peoplesoft_client::testing::{FakePeopleSoft, Trouble};
use peoplesoft_client::{Credentials, ErrorKind, Profile};

use crate::support::{Still, shown};

async fn fake() -> FakePeopleSoft {
    FakePeopleSoft::builder()
        .basic("EDI_USER", "correct horse")
        .now(Still::noon().0)
        .start()
        .await
        .unwrap()
}

async fn examined(fake: &FakePeopleSoft) -> Report {
    let client = fake.client_builder().clock(Still::noon()).build().unwrap();
    client.doctor().await
}

/// The lines of the table from authentication on.
fn end(report: &Report, fake: &FakePeopleSoft) -> String {
    let table = shown(report, fake.address());
    let lines = table
        .lines()
        .skip_while(|line| !line.starts_with("authentication"));
    lines.collect::<Vec<_>>().join("\n")
}

fn calls(fake: &FakePeopleSoft) -> usize {
    let requests = fake.requests();
    requests
        .iter()
        .filter(|request| request.path.contains("RESTListeningConnector"))
        .count()
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let fake = fake().await;
    let wrong = Credentials::basic("EDI_USER", "wrong".into());
    let builder = fake
        .client_builder()
        .credentials(wrong)
        .clock(Still::noon());
    let report = builder.build().unwrap().doctor().await;
    assert_eq!(calls(&fake), 1);
    insta::assert_snapshot!(end(&report, &fake), @r"
authentication  HTTP Basic as EDI_USER  FAILED  credentials not accepted (HTTP 401)
-> Check the user's OPRID and password (or the token's mapping to an OPRID), that the account is not locked, and that its permission list holds QAS_EXECUTEQRY_REST_GET.
node  PSFT_EP  -  no answer that tells
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  credentials not accepted (HTTP 401)
-> Check the user's OPRID and password (or the token's mapping to an OPRID), that the account is not locked, and that its permission list holds QAS_EXECUTEQRY_REST_GET.
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  not tried: the credentials were not let through, and an account may be locked
");
}

#[tokio::test]
async fn no_permission_for_anything() {
    let fake = fake().await;
    fake.set_permitted("ExecuteQuery", false);
    let report = examined(&fake).await;
    insta::assert_snapshot!(end(&report, &fake), @r"
authentication  HTTP Basic as EDI_USER  ok  accepted
node  PSFT_EP  ok  answers
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  service operation refused: User EDI_USER not authorized to invoke Service Operation QAS_EXECUTEQRY_REST_GET. (158,536) (HTTP 401)
-> Add QAS_EXECUTEQRY_REST_GET with full access to a permission list of the user on node PSFT_EP.
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  service operation refused: User EDI_USER not authorized to invoke Service Operation QAS_EXECUTEQRY_REST_GET. (158,536) (HTTP 401)
-> Add QAS_EXECUTEQRY_REST_GET with full access to a permission list of the user on node PSFT_EP.
");
}

#[tokio::test]
async fn one_operation_is_inactive_and_one_query_is_missing() {
    let fake = fake().await;
    fake.set_active("EDI_PO_CHANGED", false);
    let mut profile = Profile::default();
    profile.billing_invoices.query = "EDI_BI_MISSING".to_owned();
    let builder = fake.client_builder().profile(profile).clock(Still::noon());
    let report = builder.build().unwrap().doctor().await;
    insta::assert_snapshot!(end(&report, &fake), @r"
authentication  HTTP Basic as EDI_USER  ok  accepted
node  PSFT_EP  ok  answers
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  service operation not active: Service Operation QAS_EXECUTEQRY_REST_GET is inactive. (HTTP 500)
-> Activate QAS_EXECUTEQRY_REST_GET with its any-to-local routing on node PSFT_EP, and see that a permission list of the user holds it.
operation  billing_invoices: PUBLIC/EDI_BI_MISSING (QAS_EXECUTEQRY_REST_GET)  FAILED  no such node, service alias or query (HTTP 404)
-> Check that node PSFT_EP is the gateway's name of the database, that the REST alias of QAS_EXECUTEQRY_REST_GET is the profile's, and that query PUBLIC/EDI_BI_MISSING exists with that owner.
");
}

#[tokio::test]
async fn the_wrong_node() {
    let fake = fake().await;
    let builder = fake.client_builder().node("PSFT_XX").clock(Still::noon());
    let report = builder.build().unwrap().doctor().await;
    insta::assert_snapshot!(end(&report, &fake), @r"
authentication  HTTP Basic as EDI_USER  -  no answer that tells
node  PSFT_XX  FAILED  no such node, service alias or query (HTTP 404)
-> Check that node PSFT_XX is the gateway's name of the database, that the REST alias of QAS_EXECUTEQRY_REST_GET is the profile's, and that query PUBLIC/EDI_PO_CHANGED exists with that owner.
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  no such node, service alias or query (HTTP 404)
-> Check that node PSFT_XX is the gateway's name of the database, that the REST alias of QAS_EXECUTEQRY_REST_GET is the profile's, and that query PUBLIC/EDI_PO_CHANGED exists with that owner.
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  no such node, service alias or query (HTTP 404)
-> Check that node PSFT_XX is the gateway's name of the database, that the REST alias of QAS_EXECUTEQRY_REST_GET is the profile's, and that query PUBLIC/EDI_BI_CHANGED exists with that owner.
");
}

#[tokio::test]
async fn a_sign_on_page_in_place_of_data() {
    let fake = fake().await;
    fake.set_trouble(Some(Trouble::SignOnPage));
    let report = examined(&fake).await;
    insta::assert_snapshot!(end(&report, &fake), @r"
authentication  HTTP Basic as EDI_USER  FAILED  a web page came instead of data
-> Let QAS_EXECUTEQRY_REST_GET be called without the sign-on page: take the gateway path out of single sign-on, or correct the gateway address, which must end in /PSIGW.
node  PSFT_EP  -  no answer that tells
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  a web page came instead of data
-> Let QAS_EXECUTEQRY_REST_GET be called without the sign-on page: take the gateway path out of single sign-on, or correct the gateway address, which must end in /PSIGW.
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  not tried: the credentials were not let through, and an account may be locked
");
}

#[tokio::test]
async fn the_application_server_is_down() {
    let fake = fake().await;
    fake.trouble_next(Trouble::EmptyStatus(200));
    for _ in 0..9 {
        fake.trouble_next(Trouble::IbError {
            status: 500,
            set: 158,
            number: 10_721,
            text: "Integration Gateway - External System Contact Error".to_owned(),
        });
    }
    let report = examined(&fake).await;
    assert_eq!(calls(&fake), 2);
    insta::assert_snapshot!(end(&report, &fake), @r"
authentication  HTTP Basic as EDI_USER  -  no answer that tells
node  PSFT_EP  -  no answer that tells
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  the gateway cannot reach its application server: Integration Gateway - External System Contact Error (158,10721) (HTTP 500)
-> Check that the application server domain of node PSFT_EP is up and that the gateway's integrationGateway.properties point to it, then call QAS_EXECUTEQRY_REST_GET again.
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  the gateway cannot reach its application server: Integration Gateway - External System Contact Error (158,10721) (HTTP 500)
-> Check that the application server domain of node PSFT_EP is up and that the gateway's integrationGateway.properties point to it, then call QAS_EXECUTEQRY_REST_GET again.
");
}

#[tokio::test]
async fn an_authorization_server_that_refuses() {
    let fake = FakePeopleSoft::builder()
        .oauth2("edi", "right")
        .start()
        .await
        .unwrap();
    let grant = peoplesoft_client::OAuth2::new(fake.token_url(), "edi", "wrong".into());
    let builder = fake
        .client_builder()
        .credentials(Credentials::oauth2(grant));
    let report = builder.build().unwrap().doctor().await;
    assert_eq!(calls(&fake), 0);
    assert_eq!(fake.token_requests(), 1);
    insta::assert_snapshot!(end(&report, &fake), @r"
authentication  OAuth 2.0 as edi  FAILED  no token from the authorization server at http://127.0.0.1:PORT/oauth2/token: invalid_client (HTTP 401)
-> Check the client id, secret, scope and audience with the authorization server named in the message; PeopleSoft itself was not asked.
node  PSFT_EP  -  no token to call with
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  no token to call with
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  no token to call with
");
}

#[tokio::test]
async fn nobody_is_asked_for_credentials() {
    let fake = FakePeopleSoft::builder().start().await.unwrap();
    let report = fake.client_builder().build().unwrap().doctor().await;
    assert!(report.is_healthy());
    insta::assert_snapshot!(end(&report, &fake), @r"
authentication  nobody  warning  let in without credentials
-> Give credentials, and have the service operations require them: without any, calls run as the default user of the node ANONYMOUS.
node  PSFT_EP  ok  answers
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  ok  answers
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  ok  answers
");
}

#[tokio::test]
async fn a_query_that_answers_with_something_else() {
    let fake = fake().await;
    fake.trouble_next(Trouble::EmptyStatus(200));
    fake.trouble_next(Trouble::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        body: r#"{"status":"success"}"#.to_owned(),
    });
    let report = examined(&fake).await;
    let first = report.of(Check::Operation).next().unwrap();
    assert_eq!(first.error, Some(ErrorKind::Decode));
    insta::assert_snapshot!(end(&report, &fake), @r#"
authentication  HTTP Basic as EDI_USER  ok  accepted
node  PSFT_EP  ok  answers
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  the answer has no data.query: found `{\"status\":\"success\"}`
-> Compare the columns, prompts and order of query PUBLIC/EDI_PO_CHANGED with the profile, and see that QAS_EXECUTEQRY_REST_GET answers in the format that the profile names.
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  ok  answers
"#);
}

#[tokio::test]
async fn no_time_is_left() {
    let fake = fake().await;
    #[derive(Debug)]
    struct Fast(std::sync::Mutex<std::time::SystemTime>);
    #[async_trait::async_trait]
    impl peoplesoft_client::Clock for Fast {
        fn now(&self) -> std::time::SystemTime {
            let mut now = self.0.lock().unwrap();
            *now += Duration::from_secs(50);
            *now
        }
        async fn sleep(&self, _duration: Duration) {}
        fn jitter(&self, _upper: Duration) -> Duration {
            Duration::ZERO
        }
    }
    let clock = Fast(std::sync::Mutex::new(Still::noon().0));
    let report = fake
        .client_builder()
        .clock(clock)
        .build()
        .unwrap()
        .doctor()
        .await;
    let late = report
        .of(Check::Operation)
        .filter(|step| step.seen == "no time was left");
    assert!(late.count() > 5);
    assert!(report.of(Check::Operation).all(|step| step.fix.is_none()));
    let last = report.of(Check::Operation).last().unwrap();
    assert_eq!(last.outcome, Outcome::Skipped);
}

#[tokio::test]
async fn secrets_are_not_in_the_report() {
    let fake = fake().await;
    for credentials in [
        Credentials::basic("EDI_USER", "hunter2".into()),
        Credentials::bearer("hunter2".into()),
        Credentials::oauth2(peoplesoft_client::OAuth2::new(
            fake.token_url(),
            "edi",
            "hunter2".into(),
        )),
    ] {
        let client = fake
            .client_builder()
            .credentials(credentials)
            .build()
            .unwrap();
        let report = client.doctor().await;
        let json = serde_json::to_string(&report).unwrap();
        assert!(!format!("{report} {report:?} {json}").contains("hunter2"));
    }
}
