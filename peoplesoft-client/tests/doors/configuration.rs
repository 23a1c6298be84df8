//! What a builder takes and refuses: certificates, proxies, plain http, addresses of operations.

use peoplesoft_client::testing::{FakePeopleSoft, Operation};
use peoplesoft_client::{
    Client, ClientBuilder, Credentials, Door, ErrorKind, OperationAddress, Profile, SoapForm,
};

use crate::site::{call, client, known, started};

/// A certificate that signs itself and its key, made for this test and trusted by nobody.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBgjCCASegAwIBAgIUHnS4hIcihZx+Bv1A892PEOXlmiAwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKZWRpLWNsaWVudDAgFw0yNjExMjMxNTM1MjhaGA8yMTI2MTAz
MDE1MzUyOFowFTETMBEGA1UEAwwKZWRpLWNsaWVudDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABM6VAuiabtr+xEzdplHsgCOfImGUXUksRKGFhjXZLH6HSeSMGt8K
1XB29UDdgDw5WShcVRtVkMLunE95+XiX4kWjUzBRMB0GA1UdDgQWBBRg09huFmtn
Dratlad81P/u8EJGFTAfBgNVHSMEGDAWgBRg09huFmtnDratlad81P/u8EJGFTAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCdTtUnbk4tPmF4kL8t
NeRCDUBIkoQHGZqnHP0ih8GG/gIhAL4Q2olruQZJ6Kljo7N5vt3MDJkizGrVEyAU
TZXcNPKu
-----END CERTIFICATE-----
";
const KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmwiS1zqvZ7SiLwzv
CcaBGbWYTXjQegszRJIINgBw01+hRANCAATOlQLomm7a/sRM3aZR7IAjnyJhlF1J
LEShhYY12Sx+h0nkjBrfCtVwdvVA3YA8OVkoXFUbVZDC7pxPefl4l+JF
-----END PRIVATE KEY-----
";

fn https() -> ClientBuilder {
    Client::builder("https://psft.example.com/PSIGW".parse().unwrap())
}

fn refusal(builder: ClientBuilder) -> String {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(source) = cause {
        text.push_str(&format!(" <- {source} {source:?}"));
        cause = source.source();
    }
    assert!(!text.contains("MIG") && !text.contains("Planted"), "{text}");
    error.to_string()
}

#[test]
fn a_client_certificate_is_taken_with_its_key() {
    let build = |chain: &str, key: &str| https().client_certificate_pem(chain, key.into());
    assert!(build(CERTIFICATE, KEY).build().is_ok());
    assert!(build(&CERTIFICATE.repeat(2), KEY).build().is_ok());
    insta::assert_snapshot!(refusal(build(CERTIFICATE, "no key")), @"the client certificate or its key is no PEM text of one (PKCS #8)");
    insta::assert_snapshot!(refusal(build("no certificate", KEY)), @"the client certificate or its key is no PEM text of one (PKCS #8)");
    let shown = format!("{:?}", build(CERTIFICATE, KEY));
    assert!(!shown.contains("PRIVATE"), "{shown}");
}

#[test]
fn no_secret_travels_in_the_clear_at_any_door() {
    let plain = || Client::builder("http://psft.example.com/PSIGW".parse().unwrap());
    for credentials in [
        Credentials::basic("A", "b".into()),
        Credentials::bearer("b".into()),
        Credentials::ps_token("b".into()),
        Credentials::ws_security("A", "b".into()),
        Credentials::node("A", "b".into()),
    ] {
        let refused = refusal(plain().credentials(credentials.clone()));
        assert!(refused.contains("plain http"), "{refused}");
        let refused = refusal(plain().credentials_for(Door::Soap, credentials.clone()));
        assert!(refused.contains("plain http"), "{refused}");
        assert!(
            plain()
                .credentials(credentials)
                .allow_http()
                .build()
                .is_ok()
        );
    }
    let proxy: url::Url = "http://proxy.example.com:3128".parse().unwrap();
    assert!(https().proxy(proxy.clone()).build().is_ok());
    insta::assert_snapshot!(refusal(https().proxy_as(proxy.clone(), "me", "Planted".into())), @"credentials would travel over plain http to http://proxy.example.com:3128/; use https, or allow it by name");
    let allowed = https().proxy_as(proxy, "me", "Planted".into()).allow_http();
    assert!(allowed.build().is_ok());
    let within = "https://me:Planted@proxy.example.com".parse().unwrap();
    insta::assert_snapshot!(refusal(https().proxy(within)), @"the proxy address https://proxy.example.com/ holds a user or password; give them as credentials");
    let socks = "socks5://proxy.example.com".parse().unwrap();
    insta::assert_snapshot!(refusal(https().proxy(socks)), @"the proxy address socks5://proxy.example.com is not an http address");
}

#[tokio::test]
async fn the_callers_own_http_client_is_used() {
    let fake = started(known()).await;
    let http = reqwest::Client::builder()
        .user_agent("ignored")
        .build()
        .unwrap();
    let client = client(fake.client_builder().http_client(http).user_agent("edi/1"));
    for door in Door::ALL {
        call(&client, door).await.unwrap();
    }
}

#[tokio::test]
async fn operations_are_found_under_names_of_the_profile() {
    let mut profile = Profile::default();
    profile.doors.soap.form = SoapForm::Path;
    profile.doors.rest.version = "v3".to_owned();
    let mut order = OperationAddress::default();
    order.alias = "X_PO_READ".to_owned();
    order.version = "v2".to_owned();
    order.service = "X_PO.1".to_owned();
    order.trailing_slash = Some(true);
    order.operation = "X_PO_READ_GET".to_owned();
    profile.doors.operations.insert("order".to_owned(), order);
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .start()
        .await
        .unwrap();
    fake.put_operation(Operation::new(Door::Rest, "X_PO_READ.v2").trailing_slash());
    fake.put_operation(Operation::new(Door::Soap, "X_PO_READ.v2"));
    fake.put_operation(Operation::new(Door::Http, "X_PO_READ.v2"));
    fake.put_operation(Operation::new(Door::Rest, "X_OTHER.v3"));
    let client = client(fake.client_builder());
    client.rest("order").segment("US001").send().await.unwrap();
    client.soap("order").send().await.unwrap();
    client.http_message("order").send().await.unwrap();
    client.rest("X_OTHER").send().await.unwrap();
    let paths: Vec<_> = fake
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(
        paths,
        [
            "/PSIGW/RESTListeningConnector/PSFT_EP/X_PO_READ.v2/US001/",
            "/PSIGW/PeopleSoftServiceListeningConnector/PSFT_EP/X_PO.1.wsdl",
            "/PSIGW/HttpListeningConnector",
            "/PSIGW/RESTListeningConnector/PSFT_EP/X_OTHER.v3",
        ]
    );
    let error = client
        .rest("order")
        .trailing_slash(false)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.operation(), Some("X_PO_READ_GET"));
}

#[tokio::test]
async fn descriptions_are_fetched() {
    let fake = started(known()).await;
    let wsdl = "<wsdl:definitions xmlns:wsdl='http://schemas.xmlsoap.org/wsdl/'/>";
    fake.put_operation(Operation::new(Door::Soap, "CI_X.1.wsdl").answer("text/xml", wsdl));
    let api = "{\"openapi\":\"3.0.1\"}";
    fake.put_operation(
        Operation::new(Door::Rest, "esgetname.1.api").answer("application/json", api),
    );
    let client = client(fake.client_builder());
    assert_eq!(
        client.wsdl("CI_X", "1").await.unwrap().text().unwrap(),
        wsdl
    );
    assert_eq!(
        client
            .openapi("esgetname", "1")
            .await
            .unwrap()
            .text()
            .unwrap(),
        api
    );
    let error = client.wsdl("CI_NONE", "1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoRouting);
    let error = client.openapi("none", "1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_before() {
    let fake = started(known()).await;
    let client = client(fake.client_builder());
    let mut errors = Vec::new();
    errors.push(client.rest("X.v1").segment("..").send().await.unwrap_err());
    errors.push(client.rest("X.v1").segment("").send().await.unwrap_err());
    errors.push(
        client
            .rest("X.v1")
            .header("a", "b\nc")
            .send()
            .await
            .unwrap_err(),
    );
    errors.push(client.soap("X.v1").body("<a>").send().await.unwrap_err());
    errors.push(client.soap("X\n.v1").send().await.unwrap_err());
    let mut seen = String::new();
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.was_sent(), peoplesoft_client::Sent::No);
        seen.push_str(&format!("{error}\n"));
    }
    insta::assert_snapshot!(seen, @r"
PSFT_EP (X.v1): `..` cannot be a segment of an address
PSFT_EP (X.v1): an empty segment in the address of X.v1 would change its meaning
PSFT_EP (X.v1): header a cannot be sent: its name or value holds other characters than headers carry
PSFT_EP (X.v1): the body of the envelope is not well-formed: the document ends within 1 open elements (at byte 3)
PSFT_EP (X?.v1): header SOAPAction cannot be sent: its name or value holds other characters than headers carry
");
    assert!(fake.requests().is_empty());
}

#[test]
fn mistakes_of_the_doors_are_named() {
    let text = "\
[doors]
ps_token = \"header\"
[doors.rest]
version = \"v 1\"
[doors.http]
requesting_node = \"A/B\"
[doors.http.names]
from = \"to\"
password = \"pass word\"
[doors.operations.po]
alias = \"X PO\"
node = \"..\"
";
    let mistakes = Profile::from_toml(text).unwrap_err();
    insta::assert_snapshot!(mistakes.to_string().replace("; ", "\n"), @r"
doors.rest.version: found `v 1`, expected letters, digits, `_`, `-`, `$` and points
doors.http.requesting_node: found `A/B`, expected letters, digits, `_`, `-`, `$` and points
doors.http.names.password: found `pass word`, expected a name that an HTTP header can have
doors.http.names.to: found `To`, expected a name that no other parameter has
doors.operations.po.alias: found `X PO`, expected letters, digits, `_`, `-`, `$` and points
doors.operations.po.node: found `..`, expected letters, digits, `_`, `-`, `$` and points
");
}
