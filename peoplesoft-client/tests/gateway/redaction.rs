//! Secrets that were planted must not turn up anywhere.

use std::error::Error as _;
use std::fmt::Debug;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use peoplesoft_client::testing::{FakePeopleSoft, Trouble};
use peoplesoft_client::{BearerToken, Client, Credentials, Error, OAuth2};
use secrecy::SecretString;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::support::{TestClock, today};

const PASSWORD: &str = "Planted-Password-1";
const SECRET: &str = "Planted-Client-Secret-2";
const TOKEN: &str = "Planted-Token-3";

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
    // The Base64 of "EDI_USER:Planted-Password-1" and of "id:Planted-Client-Secret-2" as well.
    for secret in [
        "Planted",
        "RURJX1VTRVI6UGxhbnRlZC1QYXNzd29yZC0x",
        "aWQ6UGxhbnRlZC1DbGllbnQtU2VjcmV0LTI",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

fn check_value(value: &dyn Debug) {
    check(&format!("{value:?}"));
    check(&format!("{value:#?}"));
}

fn check_error(error: &Error) {
    check_value(error);
    check(&error.to_string());
    check(&error.remedy());
    let mut source = error.source();
    while let Some(cause) = source {
        check(&format!("{cause} {cause:?}"));
        source = cause.source();
    }
}

fn all_credentials(fake: &FakePeopleSoft) -> [Credentials; 3] {
    let mut token_url = fake.token_url();
    token_url.set_query(Some("key=Planted-Query-4"));
    [
        Credentials::basic("EDI_USER", PASSWORD.into()),
        Credentials::bearer(TOKEN.into()),
        Credentials::oauth2(OAuth2::new(token_url, "id", SECRET.into())),
    ]
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
        .basic("EDI_USER", PASSWORD)
        .oauth2("id", SECRET);
    check_value(&builder);
    let fake = builder.start().await.unwrap();
    check_value(&fake);
    let token = BearerToken::new(SecretString::from(TOKEN), Some(SystemTime::UNIX_EPOCH));
    check_value(&token);

    for credentials in all_credentials(&fake) {
        check_value(&credentials);
        let builder = fake
            .client_builder()
            .credentials(credentials)
            .clock(TestClock::new())
            .attempt_timeout(std::time::Duration::from_millis(500));
        check_value(&builder);
        let client = builder.build().unwrap();
        check_value(&client);
        check_value(&today(&client));
        for trouble in [
            Trouble::SignOnPage,
            Trouble::Unauthorized,
            Trouble::Forbidden,
            Trouble::EmptyStatus(500),
            Trouble::Unavailable { retry_after: None },
            Trouble::Cut,
            Trouble::CutBody,
        ] {
            fake.set_trouble(Some(trouble));
            check_error(&today(&client).page().await.unwrap_err());
        }
        fake.set_trouble(None);
        if let Err(error) = today(&client).page().await {
            check_error(&error);
        }
    }
    // An authorization server that sends everything back.
    for status in [200, 400, 500] {
        let body = Trouble::Body {
            status,
            content_type: "application/json".to_owned(),
            body: format!("{{\"error\":\"{SECRET}\",\"access_token\":[\"{TOKEN}\"]}}"),
        };
        (0..4).for_each(|_| fake.token_trouble_next(body.clone()));
        let [.., credentials] = all_credentials(&fake);
        let client = fake
            .client_builder()
            .credentials(credentials)
            .max_attempts(1)
            .build()
            .unwrap();
        check_error(&today(&client).page().await.unwrap_err());
    }
    let dead = Client::builder(
        "http://127.0.0.1:1/PSIGW?key=Planted-Query-5"
            .parse()
            .unwrap(),
    )
    .credentials(Credentials::basic("EDI_USER", PASSWORD.into()))
    .clock(TestClock::new())
    .build()
    .unwrap();
    check_value(&dead);
    check_error(&today(&dead).page().await.unwrap_err());
    check_error(&dead.server_time().await.unwrap_err());
    check(&format!("{:?}", fake.requests()));

    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    check(&text);
    for expected in [
        "peoplesoft.read",
        "QAS_EXECUTEQRY_REST_GET",
        "http.response.status_code=401",
        "error.type=SignOnPage",
        "trying again",
    ] {
        assert!(text.contains(expected), "{expected} not in the log");
    }
}
