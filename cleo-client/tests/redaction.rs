//! Planted secrets are in no text that leaves the program.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io,
    sync::{Arc, LazyLock, Mutex},
};

use cleo_client::{
    Client, ConnectionId, Credentials, Error,
    file_transfer::{FileTransfer, HttpServerTransfer, RestTransfer, Upload},
    testing::{FakeCleo, Fault, Operation},
};
use http::Method;
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::path};

const PASSWORD: &str = "pl4nted-passw0rd";
const TOKEN: &str = "pl4nted-t0ken";
const BASIC: &str = "cGw0bnRlZC1wYXNzdzByZA";
const HEADER: &str = "pl4nted-h3ader";
const QUERY: &str = "pl4nted-qu3ry";

#[derive(Debug, Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

/// Everything that is logged in this process, at every level, by us and by those that we use.
static CAPTURED: LazyLock<Captured> = LazyLock::new(|| {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(captured.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    captured
});

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn assert_clean(what: &str, text: &str) {
    for secret in [PASSWORD, TOKEN, BASIC, HEADER, QUERY] {
        assert!(!text.contains(secret), "{what} shows {secret}: {text}");
    }
}

fn check(what: &str, error: &Error) {
    let mut texts = vec![
        format!("{error}"),
        format!("{error:?}"),
        format!("{error:#?}"),
    ];
    texts.extend(error.message().map(str::to_owned));
    texts.extend(error.body_excerpt().map(str::to_owned));
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        texts.push(format!("{inner} {inner:?}"));
        source = inner.source();
    }
    for text in texts {
        assert_clean(what, &text);
    }
}

/// Repeats everything that it was sent, which no server should do and some do.
fn parrot(status: u16) -> impl Fn(&Request) -> ResponseTemplate {
    move |request: &Request| {
        let echo = format!(
            "{:?} {:?} {}",
            request.headers.get("authorization"),
            request.headers,
            String::from_utf8_lossy(&request.body)
        );
        ResponseTemplate::new(status).set_body_json(serde_json::json!({ "message": echo }))
    }
}

#[tokio::test]
async fn no_secret_is_shown_anywhere() {
    let captured = &*CAPTURED;
    let directory = tempfile::tempdir().unwrap();
    let cleo = FakeCleo::builder()
        .user("edi", PASSWORD)
        .connection("ACME", "as2")
        .directory(directory.path())
        .start()
        .await
        .unwrap();
    let builder = cleo
        .client("edi", PASSWORD)
        .extra_header("x-key", HEADER)
        .extra_query("key", QUERY);
    assert_clean("builder", &format!("{builder:?} {builder:#?}"));
    let client = builder.build().unwrap();
    let rest = RestTransfer::new(&client).unwrap();
    let server = HttpServerTransfer::builder(&client).build().unwrap();
    for files in [&rest as &dyn FileTransfer, &server] {
        let upload = Upload::new("out", "1.edi", "the order itself");
        files.upload(&upload).await.unwrap();
        assert!(!format!("{upload:?}").contains("order"));
        cleo.inject_on(Operation::Upload, Fault::CutAfter);
        check("upload", &files.upload(&upload).await.unwrap_err());
        cleo.inject_on(Operation::Upload, Fault::InternalError);
        check("upload", &files.upload(&upload).await.unwrap_err());
    }
    cleo.expire_tokens();
    client.connections().find_by_alias("ACME").await.unwrap();
    let wrong = cleo.client("eve", PASSWORD).build().unwrap();
    check("log in", &wrong.log_in().await.unwrap_err());
    assert_clean(
        "client",
        &format!("{client:?} {client:#?} {rest:?} {server:?} {cleo:?}"),
    );
    let request = client.request(Method::GET, "x").query("token", QUERY);
    check("request", &request.send().await.unwrap_err());
    let log = std::fs::read_to_string(directory.path().join("requests.ndjson")).unwrap();
    assert!(log.contains("\"operation\":\"login\""));
    assert_clean("requests.ndjson", &log);
    assert!(!log.contains("Bearer") && !log.contains("access_token"));
    cleo.stop().await;
    check(
        "no connection",
        &rest
            .upload(&Upload::new("out", "1.edi", "x"))
            .await
            .unwrap_err(),
    );
    let log = captured.text();
    assert!(
        log.contains("cleo.call") && log.contains("cleo.attempt"),
        "spans are missing: {log}"
    );
    assert!(log.contains("http.response.status_code=201"), "{log}");
    assert!(log.contains("error.type=\"transport\"") || log.contains("error.type=transport"));
    assert_clean("log", &log);
}

#[tokio::test]
async fn a_server_that_repeats_what_it_was_sent_does_not_help() {
    LazyLock::force(&CAPTURED);
    for status in [200, 400, 401, 403, 500] {
        let server = MockServer::start().await;
        Mock::given(path("/api/authentication"))
            .respond_with(parrot(status))
            .mount(&server)
            .await;
        Mock::given(path("/api/connections"))
            .respond_with(parrot(status))
            .mount(&server)
            .await;
        for credentials in [
            Credentials::password("edi", PASSWORD),
            Credentials::basic("edi", PASSWORD),
            Credentials::bearer(TOKEN),
        ] {
            assert_clean("credentials", &format!("{credentials:?} {credentials:#?}"));
            let client = Client::builder(server.uri().parse().unwrap())
                .credentials(credentials)
                .build()
                .unwrap();
            let id: ConnectionId = "x".parse().unwrap();
            check(
                "log in",
                &client.connections().find_by_alias("x").await.unwrap_err(),
            );
            check("get", &client.connections().get(&id).await.unwrap_err());
        }
    }
    assert_clean("log", &CAPTURED.text());
}

#[tokio::test]
async fn a_token_in_an_odd_answer_is_not_shown() {
    LazyLock::force(&CAPTURED);
    for answer in [
        format!("{{\"token\":\"{TOKEN}\"}}"),
        format!("<html>{TOKEN}</html>"),
        format!("{{\"access_token\":{{\"value\":\"{TOKEN}\"}}}}"),
        format!("{{\"access_token\":\"{TOKEN}\\n\"}}"),
    ] {
        let server = MockServer::start().await;
        Mock::given(path("/api/authentication"))
            .respond_with(ResponseTemplate::new(200).set_body_raw(answer, "application/json"))
            .mount(&server)
            .await;
        let client = Client::builder(server.uri().parse().unwrap())
            .credentials(Credentials::password("edi", PASSWORD))
            .build()
            .unwrap();
        let error = client.log_in().await.unwrap_err();
        assert_eq!(error.kind(), cleo_client::ErrorKind::Decode);
        assert_eq!(error.body_excerpt(), None);
        check("odd answer", &error);
    }
    assert_clean("log", &CAPTURED.text());
}
