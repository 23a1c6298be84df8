//! What a builder refuses, before anything is sent.

use std::time::Duration;

use peoplesoft_client::{Client, ClientBuilder, Credentials, ErrorKind, OAuth2, Profile};

fn https() -> ClientBuilder {
    Client::builder("https://psft.example.com/PSIGW".parse().unwrap())
}

fn http(host: &str) -> ClientBuilder {
    Client::builder(format!("http://{host}/PSIGW").parse().unwrap())
        .credentials(Credentials::basic("EDI_USER", "secret".into()))
}

fn refusal(builder: ClientBuilder) -> String {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.attempts(), 0);
    error.to_string()
}

#[test]
fn credentials_do_not_travel_in_the_clear() {
    insta::assert_snapshot!(refusal(http("psft.example.com")), @"credentials would travel over plain http to http://psft.example.com/PSIGW; use https, or allow it by name");
    assert!(http("psft.example.com").allow_http().build().is_ok());
    for here in ["localhost", "127.0.0.1:8080", "127.9.9.9", "[::1]:1"] {
        assert!(http(here).build().is_ok(), "{here}");
    }
    for elsewhere in ["localhost.example.com", "10.0.0.1", "[::2]", "0.0.0.0"] {
        assert!(http(elsewhere).build().is_err(), "{elsewhere}");
    }
    assert!(
        http("psft.example.com")
            .credentials(Credentials::anonymous())
            .build()
            .is_ok()
    );
    let grant = OAuth2::new(
        "http://login.example.com/t".parse().unwrap(),
        "id",
        "secret".into(),
    );
    insta::assert_snapshot!(refusal(https().credentials(Credentials::oauth2(grant))), @"credentials would travel over plain http to http://login.example.com/t; use https, or allow it by name");
}

#[test]
fn values_that_cannot_work_are_refused() {
    insta::assert_snapshot!(
        refusal(Client::builder("https://user:hunter2@psft.example.com/PSIGW".parse().unwrap())),
        @"the gateway address https://psft.example.com/PSIGW holds a user or password; give them as credentials"
    );
    insta::assert_snapshot!(refusal(Client::builder("ftp://psft.example.com".parse().unwrap())), @"the gateway address ftp://psft.example.com/ is not an http address");
    insta::assert_snapshot!(refusal(https().node("A B")), @"the profile cannot work: node: found `A B`, expected letters, digits, `_`, `-`, `$` and points");
    insta::assert_snapshot!(refusal(https().max_attempts(0)), @"attempts, concurrency and body size must be 1 or more");
    insta::assert_snapshot!(refusal(https().attempt_timeout(Duration::ZERO)), @"a timeout of zero leaves no time for any call");
    insta::assert_snapshot!(refusal(https().user_agent("a\nb")), @"the user agent holds characters that a header cannot");
    insta::assert_snapshot!(refusal(https().root_certificate_pem("no certificate")), @"the root certificate is a PEM text without a certificate");
    insta::assert_snapshot!(
        refusal(https().credentials(Credentials::basic("A:B", "secret".into()))),
        @"the OPRID holds a colon, which HTTP Basic cannot carry"
    );
    insta::assert_snapshot!(refusal(https().credentials(Credentials::bearer(" ".into()))), @"the bearer token is blank or no header text");
}

#[test]
fn every_mistake_of_a_profile_is_named() {
    let mut profile = Profile::default();
    profile.zone = "Nowhere".to_owned();
    profile.purchase_orders.max_rows = 0;
    let text = refusal(https().profile(profile));
    assert!(text.contains("zone: found `Nowhere`"), "{text}");
    assert!(
        text.contains("purchase_orders.max_rows: found `0`"),
        "{text}"
    );
}

/// A self-signed root of nobody.
const ROOT: &str = "\
-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUGVq1P2LLZBzD3tVm4CIqC9MhEzkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJVGVzdCBSb290MCAXDTI2MTEyMzA5MzQxNVoYDzIxMjYxMDMw
MDkzNDE1WjAUMRIwEAYDVQQDDAlUZXN0IFJvb3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAR6KaFWv4PcZSGHgN051KlP+6+6YidvVO2axUgdm+DC4FCWErlynt1f
7Yw/rDu/vnLu8hRqehLsz8u1QuZPKLbzo1MwUTAdBgNVHQ4EFgQUyguGIw4/jcLd
7eEQ6NIFDuW10tkwHwYDVR0jBBgwFoAUyguGIw4/jcLd7eEQ6NIFDuW10tkwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBQ1ej/mmyLDJ/kX4Q1Fs93
tXe1KMqjXP2KBRnQH8rRFQIhAOirEaPYS/KfyWIhvstm9eCDiLqWV/vGGOEagcKt
Jqgt
-----END CERTIFICATE-----
";

#[test]
fn a_root_certificate_is_taken() {
    assert!(https().root_certificate_pem(ROOT).build().is_ok());
    assert!(
        https()
            .root_certificate_pem(format!("{ROOT}{ROOT}"))
            .build()
            .is_ok()
    );
}
