//! Secrets of every kind that were planted must turn up nowhere: not in values, errors, spans, records.

use std::error::Error as _;
use std::fmt::Debug;
use std::io;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use peoplesoft_client::testing::{FakePeopleSoft, Trouble};
use peoplesoft_client::{
    Client, Credentials, Door, Error, HttpParameters, OAuth2, Profile, TokenPlace,
};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::site::{call, client, started};

const SECRET: &str = "Planted-7f3a";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn check(text: &str) {
    let encoded = STANDARD.encode(format!("EDI_USER:{SECRET}"));
    let proxied = STANDARD.encode(format!("proxy:{SECRET}"));
    for secret in [SECRET, encoded.as_str(), proxied.as_str(), "7f3a"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

fn check_value(value: &dyn Debug) {
    check(&format!("{value:?} {value:#?}"));
}

fn check_error(error: &Error) {
    check_value(error);
    check(&format!("{error} {}", error.remedy()));
    let mut cause = error.source();
    while let Some(source) = cause {
        check(&format!("{source} {source:?}"));
        cause = source.source();
    }
}

/// Every kind, and the profile with which it shows most.
fn kinds(fake: &FakePeopleSoft) -> Vec<(Credentials, Profile)> {
    let profile = |parameters, place| {
        let mut profile = Profile::default();
        profile.doors.http.parameters = parameters;
        profile.doors.ps_token = place;
        profile
    };
    let headers = || profile(HttpParameters::Headers, TokenPlace::Header);
    let grant = |id: &str| OAuth2::new(fake.token_url(), id, SECRET.into());
    let node = || Credentials::node("EDI_NODE", SECRET.into());
    let token = || Credentials::ps_token(SECRET.into());
    vec![
        (Credentials::basic("EDI_USER", SECRET.into()), headers()),
        (Credentials::bearer(SECRET.into()), headers()),
        (Credentials::oauth2(grant("id")), headers()),
        (
            Credentials::oauth2(grant("other").secret_in_body()),
            headers(),
        ),
        (token(), headers()),
        (token(), Profile::default()),
        (
            Credentials::ws_security("EDI_USER", SECRET.into()),
            headers(),
        ),
        (node(), headers()),
        (node(), profile(HttpParameters::Query, TokenPlace::Cookie)),
        (
            node(),
            profile(HttpParameters::Document, TokenPlace::Cookie),
        ),
    ]
}

async fn provoke(fake: &FakePeopleSoft, client: &Client) {
    for trouble in [
        None,
        Some(Trouble::SignOnPage),
        Some(Trouble::EmptyStatus(401)),
        Some(Trouble::EmptyStatus(500)),
        Some(Trouble::Cut),
        Some(Trouble::CutBody),
        Some(Trouble::IbError {
            status: 500,
            set: 158,
            number: 535,
            text: "User password failed.".to_owned(),
        }),
    ] {
        fake.set_trouble(trouble);
        for door in Door::ALL {
            if let Err(error) = call(client, door).await {
                check_error(&error);
            }
        }
        match client.rest("X_PO.v1").open().await {
            Ok(body) => check_value(&body),
            Err(error) => check_error(&error),
        }
    }
    fake.set_trouble(None);
}

#[tokio::test]
async fn planted_secrets_turn_up_nowhere() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // With one subscriber in the process, spans first met by a test without any would stay off for all.
    let _second = tracing::Dispatch::new(tracing_subscriber::fmt().finish());
    let guard = tracing::subscriber::set_default(subscriber);
    tracing::callsite::rebuild_interest_cache();
    let builder = FakePeopleSoft::builder()
        .basic("EDI_USER", SECRET)
        .oauth2("id", SECRET)
        .ps_token("SSO", SECRET)
        .node_password("EDI_NODE", SECRET);
    check_value(&builder);
    let fake = started(builder).await;
    check_value(&fake);
    let gateway = fake.gateway();
    for (credentials, profile) in kinds(&fake) {
        check_value(&credentials);
        let builder = Client::builder(gateway.clone())
            .profile(profile)
            .credentials(credentials.clone())
            .credentials_for(Door::Soap, credentials)
            .max_attempts(2)
            .attempt_timeout(std::time::Duration::from_secs(5));
        check_value(&builder);
        let client = client(builder);
        check_value(&client);
        check_value(&client.rest("X_PO.v1"));
        check_value(&client.soap("X_PO.v1").body("<a/>"));
        check_value(&client.http_message("X_PO.v1"));
        provoke(&fake, &client).await;
    }
    let proxy: url::Url = format!("http://{}/", fake.address()).parse().unwrap();
    let builder = Client::builder("http://psft.invalid/PSIGW".parse().unwrap())
        .proxy_as(proxy, "proxy", SECRET.into())
        .max_attempts(1);
    check_value(&builder);
    provoke(&fake, &client(builder)).await;
    check_value(&fake.requests());
    for received in fake.received() {
        check_value(&received);
    }

    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    check(&text);
    for expected in [
        "peoplesoft.read",
        "peoplesoft.write",
        "peoplesoft.door=\"SOAP\"",
        "http.request.method=\"POST\"",
        "error.type=Unauthorized",
    ] {
        assert!(text.contains(expected), "{expected} is not in the log");
    }
}
