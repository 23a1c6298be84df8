//! From the address to the gateway.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use peoplesoft_client::doctor::{Check, Outcome, Report};
use peoplesoft_client::testing::{FakePeopleSoft, Trouble};
use peoplesoft_client::{Client, ClientBuilder, Credentials, ErrorKind};

use crate::support::{
    AUTHORITY, EXPIRED, GOOD, OTHER_NAME, SELF_SIGNED, Still, closed, shown, silent, tls,
};

async fn fake() -> FakePeopleSoft {
    FakePeopleSoft::builder()
        .basic("EDI_USER", "correct horse")
        .now(Still::noon().0)
        .start()
        .await
        .unwrap()
}

fn client(scheme: &str, address: SocketAddr) -> ClientBuilder {
    let url = format!("{scheme}://{address}/PSIGW");
    Client::builder(url.parse().unwrap())
        .credentials(Credentials::basic("EDI_USER", "correct horse".into()))
        .root_certificate_pem(AUTHORITY)
        .clock(Still::noon())
}

async fn examined(builder: ClientBuilder) -> Report {
    builder.build().unwrap().doctor().await
}

/// The report over TLS with this certificate in front of a gateway that is well.
async fn with_certificate(certificate: &str, clock: Still) -> (Report, SocketAddr) {
    let fake = fake().await;
    fake.set_now(clock.0);
    let server = tls(certificate, fake.address()).await;
    let report = examined(client("https", server.address).clock(clock)).await;
    (report, server.address)
}

#[tokio::test]
async fn everything_is_well() {
    let (report, address) = with_certificate(GOOD, Still::noon()).await;
    assert!(report.is_healthy());
    // What cannot be asked without posting is not looked at.
    assert_eq!(report.worst(), Outcome::Skipped);
    insta::assert_snapshot!(shown(&report, address), @r"
PeopleSoft at https://127.0.0.1:PORT/PSIGW, node PSFT_EP
check  what  result  seen
address  https://127.0.0.1:PORT/PSIGW  ok  well formed
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  ok  open at 127.0.0.1
tls  127.0.0.1  ok  trusted until Mon, 01 Jan 2120 00:00:00 GMT
gateway  https://127.0.0.1:PORT/PSIGW  ok  says that it is active
clock  https://127.0.0.1:PORT/PSIGW  ok  within a minute of this machine's
authentication  HTTP Basic as EDI_USER  ok  accepted
node  PSFT_EP  ok  answers
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  ok  answers
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  ok  answers
");
}

#[tokio::test]
async fn a_machine_can_read_it() {
    let (report, address) = with_certificate(OTHER_NAME, Still::noon()).await;
    let mut value = serde_json::to_value(&report).unwrap();
    let steps = value["steps"].as_array_mut().unwrap();
    steps.truncate(5);
    let json = serde_json::to_string_pretty(&value).unwrap();
    let json = json.replace(&address.port().to_string(), "PORT");
    insta::assert_snapshot!(json, @r#"
{
  "gateway": "https://127.0.0.1:PORT/PSIGW",
  "node": "PSFT_EP",
  "steps": [
    {
      "check": "address",
      "outcome": "ok",
      "seen": "well formed",
      "subject": "https://127.0.0.1:PORT/PSIGW"
    },
    {
      "check": "dns",
      "outcome": "ok",
      "seen": "an address, nothing to resolve",
      "subject": "127.0.0.1"
    },
    {
      "check": "tcp",
      "outcome": "ok",
      "seen": "open at 127.0.0.1",
      "subject": "port PORT"
    },
    {
      "check": "tls",
      "error": "transport",
      "fix": "Address 127.0.0.1 by a name that its certificate holds, or have a certificate made for 127.0.0.1.",
      "outcome": "fail",
      "seen": "the certificate is not for 127.0.0.1",
      "subject": "127.0.0.1"
    },
    {
      "check": "gateway",
      "outcome": "skipped",
      "seen": "not reached",
      "subject": "https://127.0.0.1:PORT/PSIGW"
    }
  ]
}
"#);
}

#[tokio::test]
async fn a_certificate_of_nobody() {
    let (report, address) = with_certificate(SELF_SIGNED, Still::noon()).await;
    assert!(!report.is_healthy());
    insta::assert_snapshot!(shown(&report, address), @r"
PeopleSoft at https://127.0.0.1:PORT/PSIGW, node PSFT_EP
check  what  result  seen
address  https://127.0.0.1:PORT/PSIGW  ok  well formed
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  ok  open at 127.0.0.1
tls  127.0.0.1  FAILED  no trusted authority has signed the certificate
-> Give the client the authority that signed the certificate of 127.0.0.1 (as a root certificate), and have 127.0.0.1 send the whole chain.
gateway  https://127.0.0.1:PORT/PSIGW  -  not reached
clock  https://127.0.0.1:PORT/PSIGW  -  no answer to read it from
authentication  HTTP Basic as EDI_USER  -  the gateway is not reached
node  PSFT_EP  -  the gateway is not reached
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
");
}

#[tokio::test]
async fn a_certificate_that_has_expired() {
    let (report, address) = with_certificate(EXPIRED, Still::noon()).await;
    insta::assert_snapshot!(shown(&report, address), @r"
PeopleSoft at https://127.0.0.1:PORT/PSIGW, node PSFT_EP
check  what  result  seen
address  https://127.0.0.1:PORT/PSIGW  ok  well formed
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  ok  open at 127.0.0.1
tls  127.0.0.1  FAILED  the certificate has expired
-> Have the certificate of 127.0.0.1 renewed.
gateway  https://127.0.0.1:PORT/PSIGW  -  not reached
clock  https://127.0.0.1:PORT/PSIGW  -  no answer to read it from
authentication  HTTP Basic as EDI_USER  -  the gateway is not reached
node  PSFT_EP  -  the gateway is not reached
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
");
}

#[tokio::test]
async fn a_certificate_for_another_host() {
    let (report, address) = with_certificate(OTHER_NAME, Still::noon()).await;
    insta::assert_snapshot!(shown(&report, address), @r"
PeopleSoft at https://127.0.0.1:PORT/PSIGW, node PSFT_EP
check  what  result  seen
address  https://127.0.0.1:PORT/PSIGW  ok  well formed
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  ok  open at 127.0.0.1
tls  127.0.0.1  FAILED  the certificate is not for 127.0.0.1
-> Address 127.0.0.1 by a name that its certificate holds, or have a certificate made for 127.0.0.1.
gateway  https://127.0.0.1:PORT/PSIGW  -  not reached
clock  https://127.0.0.1:PORT/PSIGW  -  no answer to read it from
authentication  HTTP Basic as EDI_USER  -  the gateway is not reached
node  PSFT_EP  -  the gateway is not reached
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
");
}

#[tokio::test]
async fn a_certificate_that_ends_soon() {
    // Twelve days before the end of the certificate.
    let end = Still(SystemTime::UNIX_EPOCH + Duration::from_secs(4_733_510_400));
    let near_the_end = Still(end.0 - Duration::from_secs(12 * 86_400));
    let (report, address) = with_certificate(GOOD, near_the_end).await;
    assert!(report.is_healthy());
    assert_eq!(report.worst(), Outcome::Warn);
    insta::assert_snapshot!(shown(&report, address), @r"
PeopleSoft at https://127.0.0.1:PORT/PSIGW, node PSFT_EP
check  what  result  seen
address  https://127.0.0.1:PORT/PSIGW  ok  well formed
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  ok  open at 127.0.0.1
tls  127.0.0.1  warning  trusted, and ends in 12 days: Mon, 01 Jan 2120 00:00:00 GMT
-> Have the certificate of 127.0.0.1 renewed before it ends.
gateway  https://127.0.0.1:PORT/PSIGW  ok  says that it is active
clock  https://127.0.0.1:PORT/PSIGW  ok  within a minute of this machine's
authentication  HTTP Basic as EDI_USER  ok  accepted
node  PSFT_EP  ok  answers
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  ok  answers
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  ok  answers
");
}

#[tokio::test]
async fn a_port_that_speaks_no_tls() {
    let fake = fake().await;
    let report = examined(client("https", fake.address())).await;
    insta::assert_snapshot!(shown(&report, fake.address()), @r"
PeopleSoft at https://127.0.0.1:PORT/PSIGW, node PSFT_EP
check  what  result  seen
address  https://127.0.0.1:PORT/PSIGW  ok  well formed
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  ok  open at 127.0.0.1
tls  127.0.0.1  FAILED  what answers does not speak TLS
-> Correct the port of the gateway address, or use http if 127.0.0.1 is reached by plain http on purpose.
gateway  https://127.0.0.1:PORT/PSIGW  -  not reached
clock  https://127.0.0.1:PORT/PSIGW  -  no answer to read it from
authentication  HTTP Basic as EDI_USER  -  the gateway is not reached
node  PSFT_EP  -  the gateway is not reached
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
");
}

#[tokio::test]
async fn a_handshake_that_never_ends() {
    let server = silent().await;
    let builder = client("https", server.address).connect_timeout(Duration::from_millis(300));
    let report = examined(builder).await;
    insta::assert_snapshot!(shown(&report, server.address), @r"
PeopleSoft at https://127.0.0.1:PORT/PSIGW, node PSFT_EP
check  what  result  seen
address  https://127.0.0.1:PORT/PSIGW  ok  well formed
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  ok  open at 127.0.0.1
tls  127.0.0.1  FAILED  the handshake was not finished
-> Check that a TLS server listens on this port of 127.0.0.1, and that no firewall cuts the handshake.
gateway  https://127.0.0.1:PORT/PSIGW  -  not reached
clock  https://127.0.0.1:PORT/PSIGW  -  no answer to read it from
authentication  HTTP Basic as EDI_USER  -  the gateway is not reached
node  PSFT_EP  -  the gateway is not reached
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
");
}

#[tokio::test]
async fn a_server_that_never_answers_may_have_been_trusted() {
    let server = silent().await;
    let builder = client("https", server.address).attempt_timeout(Duration::from_millis(300));
    let report = examined(builder).await;
    let tls = report.of(Check::Tls).next().unwrap();
    assert_eq!(tls.outcome, Outcome::Skipped);
    let gateway = report.of(Check::Gateway).next().unwrap();
    assert_eq!(gateway.error, Some(ErrorKind::Timeout));
}

#[tokio::test]
async fn a_closed_port() {
    let address = closed().await;
    let report = examined(client("https", address)).await;
    insta::assert_snapshot!(shown(&report, address), @r"
PeopleSoft at https://127.0.0.1:PORT/PSIGW, node PSFT_EP
check  what  result  seen
address  https://127.0.0.1:PORT/PSIGW  ok  well formed
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  FAILED  127.0.0.1 refuses the connection
-> Check the port of the gateway address, and that the web server of the gateway is up on 127.0.0.1.
tls  127.0.0.1  -  not reached
gateway  https://127.0.0.1:PORT/PSIGW  -  not reached
clock  https://127.0.0.1:PORT/PSIGW  -  no answer to read it from
authentication  HTTP Basic as EDI_USER  -  the gateway is not reached
node  PSFT_EP  -  the gateway is not reached
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
");
}

#[tokio::test]
async fn a_name_without_an_address() {
    // A label of more than 63 letters cannot be asked for, so no name server is.
    let name = "x".repeat(70);
    let url = format!("https://{name}.invalid/PSIGW").parse().unwrap();
    let report = examined(Client::builder(url)).await;
    let dns = report.of(Check::Dns).next().unwrap();
    assert_eq!(dns.outcome, Outcome::Fail);
    assert_eq!(dns.error, Some(ErrorKind::Transport));
    assert!(
        dns.seen.starts_with("the name does not resolve"),
        "{}",
        dns.seen
    );
    let fix = dns.fix.clone().unwrap().replace(&name, "NAME");
    insta::assert_snapshot!(fix, @"Correct the host in the gateway address, or have NAME.invalid entered in the name service that this machine asks.");
    let rest = report.steps.iter().skip(2);
    assert!(rest.clone().count() >= 7);
    assert!(rest.clone().all(|step| step.outcome == Outcome::Skipped));
}

#[tokio::test]
async fn an_address_that_is_not_the_gateways() {
    let fake = fake().await;
    let mut url = fake.gateway();
    url.set_path("/psp/FSPRD/");
    let builder = Client::builder(url)
        .credentials(fake.credentials())
        .clock(Still::noon());
    let report = examined(builder).await;
    insta::assert_snapshot!(shown(&report, fake.address()), @r"
PeopleSoft at http://127.0.0.1:PORT/psp/FSPRD/, node PSFT_EP
check  what  result  seen
address  http://127.0.0.1:PORT/psp/FSPRD/  warning  the path is /psp/FSPRD/, not the usual /PSIGW
-> Check the gateway address: it is that of the Integration Gateway, https://HOST:PORT/PSIGW, not that of the sign-on page.
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  ok  open at 127.0.0.1
tls  127.0.0.1  -  plain http
gateway  http://127.0.0.1:PORT/psp/FSPRD/  warning  HTTP 404: no listening connector there
-> Check that the address ends in /PSIGW and that the gateway application is deployed on this web server; a proxy that hides this one page does no harm.
clock  http://127.0.0.1:PORT/psp/FSPRD/  ok  within a minute of this machine's
authentication  HTTP Basic as EDI_USER  -  no answer that tells
node  PSFT_EP  FAILED  no such node, service alias or query (HTTP 404)
-> Check that node PSFT_EP is the gateway's name of the database, that the REST alias of QAS_EXECUTEQRY_REST_GET is the profile's, and that query PUBLIC/EDI_PO_CHANGED exists with that owner.
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  no such node, service alias or query (HTTP 404)
-> Check that node PSFT_EP is the gateway's name of the database, that the REST alias of QAS_EXECUTEQRY_REST_GET is the profile's, and that query PUBLIC/EDI_PO_CHANGED exists with that owner.
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  no such node, service alias or query (HTTP 404)
-> Check that node PSFT_EP is the gateway's name of the database, that the REST alias of QAS_EXECUTEQRY_REST_GET is the profile's, and that query PUBLIC/EDI_BI_CHANGED exists with that owner.
");
}

#[tokio::test]
async fn a_gateway_that_does_not_answer() {
    let fake = fake().await;
    fake.set_trouble(Some(Trouble::Cut));
    let report = examined(client("http", fake.address())).await;
    insta::assert_snapshot!(shown(&report, fake.address()), @r"
PeopleSoft at http://127.0.0.1:PORT/PSIGW, node PSFT_EP
check  what  result  seen
address  http://127.0.0.1:PORT/PSIGW  ok  well formed
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  ok  open at 127.0.0.1
tls  127.0.0.1  -  plain http
gateway  http://127.0.0.1:PORT/PSIGW  FAILED  connected, and the connection broke before an answer
-> Check that what listens there is the gateway's web server, and that it is not overloaded.
clock  http://127.0.0.1:PORT/PSIGW  -  no answer to read it from
authentication  HTTP Basic as EDI_USER  -  the gateway is not reached
node  PSFT_EP  -  the gateway is not reached
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
");
    fake.set_trouble(Some(Trouble::Silent));
    let builder = client("http", fake.address()).attempt_timeout(Duration::from_millis(300));
    let gateway = examined(builder)
        .await
        .of(Check::Gateway)
        .next()
        .unwrap()
        .clone();
    assert_eq!(gateway.error, Some(ErrorKind::Timeout));
    insta::assert_snapshot!(gateway.seen, @"connected, and no answer in time");
}

#[tokio::test]
async fn a_web_server_without_a_gateway_behind_it() {
    let fake = fake().await;
    fake.set_trouble(Some(Trouble::Unavailable { retry_after: None }));
    let report = examined(client("http", fake.address())).await;
    assert_eq!(
        report.of(Check::Gateway).next().unwrap().error,
        Some(ErrorKind::Unavailable)
    );
    insta::assert_snapshot!(shown(&report, fake.address()), @r"
PeopleSoft at http://127.0.0.1:PORT/PSIGW, node PSFT_EP
check  what  result  seen
address  http://127.0.0.1:PORT/PSIGW  ok  well formed
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  ok  open at 127.0.0.1
tls  127.0.0.1  -  plain http
gateway  http://127.0.0.1:PORT/PSIGW  FAILED  HTTP 503
-> Check that the gateway's web server is up behind the proxy that answered.
clock  http://127.0.0.1:PORT/PSIGW  ok  within a minute of this machine's
authentication  HTTP Basic as EDI_USER  -  the gateway is not reached
node  PSFT_EP  -  the gateway is not reached
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  the gateway is not reached
");
}

#[tokio::test]
async fn clocks_that_differ() {
    let fake = fake().await;
    for (by, seen) in [
        (75_u64, "75 s behind this machine's"),
        (30, "within a minute of this machine's"),
    ] {
        let clock = Still::noon().later(Duration::from_secs(by));
        let report = examined(client("http", fake.address()).clock(clock)).await;
        assert_eq!(report.of(Check::Clock).next().unwrap().seen, seen);
    }
    fake.set_now(Still::noon().later(Duration::from_secs(3_600)).0);
    let report = examined(client("http", fake.address())).await;
    let clock = report.of(Check::Clock).next().unwrap();
    insta::assert_snapshot!(format!("{:?} {}\n{}", clock.outcome, clock.seen, clock.fix.clone().unwrap()), @r"
Warn 3600 s ahead of this machine's
Have both machines follow a time server: tokens and windows of change depend on their clocks.
");
}

#[tokio::test]
async fn a_gateway_that_leads_to_a_sign_on_page() {
    let fake = fake().await;
    fake.set_trouble(Some(Trouble::EmptyStatus(302)));
    let report = examined(client("http", fake.address())).await;
    insta::assert_snapshot!(shown(&report, fake.address()), @r"
PeopleSoft at http://127.0.0.1:PORT/PSIGW, node PSFT_EP
check  what  result  seen
address  http://127.0.0.1:PORT/PSIGW  ok  well formed
dns  127.0.0.1  ok  an address, nothing to resolve
tcp  port PORT  ok  open at 127.0.0.1
tls  127.0.0.1  -  plain http
gateway  http://127.0.0.1:PORT/PSIGW  warning  HTTP 302, leads to an unnamed place
-> Take the gateway path out of single sign-on, or correct the gateway address, which must end in /PSIGW.
clock  http://127.0.0.1:PORT/PSIGW  ok  within a minute of this machine's
authentication  HTTP Basic as EDI_USER  FAILED  a web page came instead of data (HTTP 302)
-> Let QAS_EXECUTEQRY_REST_GET be called without the sign-on page: take the gateway path out of single sign-on, or correct the gateway address, which must end in /PSIGW.
node  PSFT_EP  -  no answer that tells
operation  purchase_orders: PUBLIC/EDI_PO_CHANGED (QAS_EXECUTEQRY_REST_GET)  FAILED  a web page came instead of data (HTTP 302)
-> Let QAS_EXECUTEQRY_REST_GET be called without the sign-on page: take the gateway path out of single sign-on, or correct the gateway address, which must end in /PSIGW.
operation  billing_invoices: PUBLIC/EDI_BI_CHANGED (QAS_EXECUTEQRY_REST_GET)  -  not tried: the credentials were not let through, and an account may be locked
");
}
