//! Retries, waits, timeouts, and what is known about what was sent.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use cleo_client::{
    Client, ClientBuilder, ErrorKind, Repeat, RetrySettings, Sent,
    file_transfer::{FileTransfer, RequestTemplate, RestTemplates, RestTransfer, Upload},
    testing::{FakeCleo, Fault, FaultPlan, ManualClock, Operation, RetryAfter, RunScript},
};
use http::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

async fn cleo() -> FakeCleo {
    FakeCleo::builder()
        .user("edi", "pw")
        .connection("ACME", "as2")
        .action("ACME", "send", RunScript::success())
        .start()
        .await
        .unwrap()
}

fn client(cleo: &FakeCleo, clock: &Arc<ManualClock>) -> ClientBuilder {
    cleo.client("edi", "pw")
        .clock(Arc::<ManualClock>::clone(clock))
}

async fn get(client: &Client) -> cleo_client::Result<cleo_client::Response> {
    client.request(Method::GET, "connections").send().await
}

fn order() -> Upload {
    Upload::new("outbox", "po.edi", "ISA*00")
}

/// A server that gives these bytes to every connection, after reading one request's head, and then closes it.
async fn raw_server(answer: &'static [u8]) -> url::Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.windows(4).any(|window| window == b"\r\n\r\n") {
                if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
                    break;
                }
            }
            let _ = stream.write_all(answer).await;
        }
    });
    origin.parse().unwrap()
}

#[tokio::test]
async fn retry_after_is_a_floor_with_jitter_on_top() {
    for (wait, expected) in [
        (Some(RetryAfter::Seconds(7)), Duration::from_millis(7100)),
        (None, Duration::from_millis(100)),
    ] {
        for fault in [Fault::TooManyRequests(wait), Fault::Unavailable(wait)] {
            let (cleo, clock) = (cleo().await, Arc::new(ManualClock::new()));
            clock.set_jitter(0.5);
            let client = client(&cleo, &clock).build().unwrap();
            client.log_in().await.unwrap();
            cleo.inject(fault);
            let response = get(&client).await.unwrap();
            assert_eq!(response.attempts(), 2);
            assert_eq!(clock.sleeps(), [expected], "{fault:?}");
        }
    }
}

#[tokio::test]
async fn retry_after_as_a_date_counts_from_the_clock() {
    let clock = Arc::new(ManualClock::new());
    let cleo = FakeCleo::builder()
        .user("edi", "pw")
        .clock(Arc::<ManualClock>::clone(&clock))
        .connection("ACME", "as2")
        .start()
        .await
        .unwrap();
    let client = client(&cleo, &clock).build().unwrap();
    client.log_in().await.unwrap();
    cleo.inject(Fault::TooManyRequests(Some(RetryAfter::DateIn(9))));
    get(&client).await.unwrap();
    assert_eq!(clock.sleeps(), [Duration::from_secs(9)]);
}

#[tokio::test]
async fn backoff_doubles_and_attempts_end() {
    let (cleo, clock) = (cleo().await, Arc::new(ManualClock::new()));
    clock.set_jitter(0.999_999);
    let client = client(&cleo, &clock).build().unwrap();
    client.log_in().await.unwrap();
    for _ in 0..10 {
        cleo.inject_on(Operation::Connections, Fault::Unavailable(None));
    }
    let error = get(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.last_kind()),
        (ErrorKind::RetriesExhausted, ErrorKind::Server)
    );
    assert_eq!(
        (error.attempts(), error.status().unwrap().as_u16()),
        (4, 503)
    );
    assert!(error.is_retryable());
    let waits: Vec<u128> = clock
        .sleeps()
        .iter()
        .map(|wait| wait.as_micros() / 1000)
        .collect();
    assert_eq!(waits, [199, 399, 799]);
}

#[tokio::test]
async fn a_wait_beyond_the_total_time_is_not_waited() {
    let (cleo, clock) = (cleo().await, Arc::new(ManualClock::new()));
    let client = client(&cleo, &clock)
        .total_timeout(Duration::from_secs(30))
        .build()
        .unwrap();
    client.log_in().await.unwrap();
    cleo.inject(Fault::TooManyRequests(Some(RetryAfter::Seconds(31))));
    let error = get(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::RateLimited, 1)
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(31)));
    assert!(clock.sleeps().is_empty());
}

#[tokio::test]
async fn a_body_that_is_cut_or_stalls_is_asked_for_again() {
    let cleo = cleo().await;
    let clock = Arc::new(ManualClock::new());
    let builder = client(&cleo, &clock).attempt_timeout(Duration::from_millis(300));
    let client = builder.build().unwrap();
    client.log_in().await.unwrap();
    for fault in [Fault::CutBody, Fault::SlowBody(Duration::from_secs(3600))] {
        cleo.inject(fault);
        let response = get(&client).await.unwrap();
        assert_eq!(response.attempts(), 2, "{fault:?}");
        assert!(response.json::<serde_json::Value>().is_ok());
    }
    // What was acted on is not asked for again when asking is acting.
    cleo.inject(Fault::CutBody);
    let id = cleo.action_id("ACME", "send").unwrap();
    let error = client.actions().run(id).send().await.unwrap_err();
    assert_eq!((error.attempts(), error.was_sent()), (1, Sent::Yes));
}

#[tokio::test]
async fn json_is_utf_8_or_escaped() {
    let cleo = FakeCleo::builder()
        .user("edi", "pw")
        .endpoint("/in")
        .start()
        .await
        .unwrap();
    for ascii in [false, true] {
        let client = cleo.client("edi", "pw").ascii_json(ascii).build().unwrap();
        let route = cleo_client::payload::PayloadRoute::root("/in");
        let name = serde_json::json!("Größe 🏭");
        let receipt = client.payloads().send(&route, None, &name).await.unwrap();
        assert_eq!(receipt.bytes, if ascii { 30 } else { 14 });
        assert_eq!(cleo.payloads().pop().unwrap().document, name);
    }
}

#[tokio::test]
async fn clones_share_a_budget_of_retries() {
    let cleo = cleo().await;
    let clock = Arc::new(ManualClock::new());
    let retry = RetrySettings::default().with_budget(Some(4));
    let client = client(&cleo, &clock).retry(retry).build().unwrap();
    client.log_in().await.unwrap();
    cleo.set_faults(FaultPlan::none().with(Fault::Unavailable(None), 1000));
    let mut attempts = Vec::new();
    for _ in 0..4 {
        attempts.push(get(&client.clone()).await.unwrap_err().attempts());
    }
    // Three retries, one, and then none: the server is down, and everybody knows.
    assert_eq!(attempts, [4, 2, 1, 1]);
    cleo.set_faults(FaultPlan::none());
    for _ in 0..5 {
        get(&client).await.unwrap();
    }
    cleo.inject(Fault::Unavailable(None));
    assert_eq!(get(&client).await.unwrap().attempts(), 2);
}

#[tokio::test]
async fn reading_is_repeated_after_every_passing_failure() {
    for fault in [
        Fault::TooManyRequests(None),
        Fault::Unavailable(None),
        Fault::NotJson,
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::ExpireTokens,
    ] {
        let (cleo, clock) = (cleo().await, Arc::new(ManualClock::new()));
        let client = client(&cleo, &clock).build().unwrap();
        client.log_in().await.unwrap();
        cleo.inject_on(Operation::Connections, fault);
        assert_eq!(get(&client).await.unwrap().attempts(), 2, "{fault:?}");
    }
    let (cleo, clock) = (cleo().await, Arc::new(ManualClock::new()));
    let client = client(&cleo, &clock).build().unwrap();
    cleo.inject_on(Operation::Connections, Fault::InternalError);
    let error = get(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Server, 1));
    assert_eq!(error.message(), Some("a fault on purpose"));
}

#[tokio::test]
async fn an_upload_is_repeated_only_when_nothing_was_acted_on() {
    let seconds = Some(RetryAfter::Seconds(1));
    for (fault, sent_again, sent, kept) in [
        (Fault::TooManyRequests(None), true, Sent::No, 1),
        (Fault::TooManyRequests(seconds), true, Sent::No, 1),
        (Fault::Unavailable(seconds), true, Sent::No, 1),
        (Fault::ExpireTokens, true, Sent::No, 1),
        (Fault::Unavailable(None), false, Sent::Maybe, 0),
        (Fault::InternalError, false, Sent::Maybe, 0),
        (Fault::InternalErrorAfter, false, Sent::Maybe, 1),
        (Fault::NotJson, false, Sent::Maybe, 0),
        (Fault::CutBefore, false, Sent::Maybe, 0),
        (Fault::CutAfter, false, Sent::Maybe, 1),
    ] {
        let (cleo, clock) = (cleo().await, Arc::new(ManualClock::new()));
        let client = client(&cleo, &clock).build().unwrap();
        let templates = RestTemplates::default();
        let mut put = templates.clone();
        put.upload.method = "PUT".to_owned();
        for (n, templates) in [templates, put].into_iter().enumerate() {
            let files = RestTransfer::with_templates(&client, templates).unwrap();
            let upload = Upload::new("outbox", format!("{n}.edi"), "ISA*00");
            cleo.inject_on(Operation::Upload, fault);
            let before = cleo.counters().of(Operation::Upload);
            let result = files.upload(&upload).await;
            let requests = cleo.counters().of(Operation::Upload) - before;
            assert_eq!(requests, if sent_again { 2 } else { 1 }, "{fault:?}");
            match result {
                Ok(receipt) => assert!(sent_again && receipt.attempts == 2, "{fault:?}"),
                Err(error) => assert_eq!(error.was_sent(), sent, "{fault:?}"),
            }
            assert_eq!(
                cleo.files("outbox").contains(&upload.name),
                kept == 1,
                "{fault:?}"
            );
        }
        assert_eq!(cleo.received().len(), 2 * kept, "{fault:?}");
    }
}

#[tokio::test]
async fn running_an_action_is_not_repeated_blindly() {
    let (cleo, clock) = (cleo().await, Arc::new(ManualClock::new()));
    let client = client(&cleo, &clock).build().unwrap();
    let id = cleo.action_id("ACME", "send").unwrap();
    cleo.inject_on(Operation::Run, Fault::CutAfter);
    let error = client.actions().run(&id).send().await.unwrap_err();
    assert_eq!(
        (error.was_sent(), error.kind()),
        (Sent::Maybe, ErrorKind::Transport)
    );
    assert_eq!(cleo.counters().runs, 1);
    cleo.inject_on(Operation::Run, Fault::TooManyRequests(None));
    assert!(client.actions().run(&id).send().await.unwrap().is_success());
}

#[tokio::test]
async fn doubt_outlives_a_later_proof() {
    // First attempt: perhaps acted on. Second: certainly not. Together: perhaps.
    let (cleo, clock) = (cleo().await, Arc::new(ManualClock::new()));
    let client = client(&cleo, &clock)
        .retry(RetrySettings::default().with_attempts(2))
        .build()
        .unwrap();
    client.log_in().await.unwrap();
    cleo.inject(Fault::CutAfter);
    cleo.inject(Fault::TooManyRequests(None));
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.last_kind(), ErrorKind::RateLimited);
    assert_eq!(error.was_sent(), Sent::Maybe);
}

#[tokio::test]
async fn a_refused_connection_is_proof() {
    let cleo = cleo().await;
    let clock = Arc::new(ManualClock::new());
    let client = client(&cleo, &clock).build().unwrap();
    client.log_in().await.unwrap();
    cleo.stop().await;
    let error = RestTransfer::new(&client)
        .unwrap()
        .upload(&order())
        .await
        .unwrap_err();
    assert_eq!(error.last_kind(), ErrorKind::Transport);
    assert_eq!((error.was_sent(), error.attempts()), (Sent::No, 4));
    assert_eq!(clock.sleeps().len(), 3);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_slow_server_gives_a_timeout_and_doubt() {
    let cleo = cleo().await;
    let client = cleo
        .client("edi", "pw")
        .attempt_timeout(Duration::from_millis(2000))
        .build()
        .unwrap();
    client.log_in().await.unwrap();
    let hurried = cleo
        .client("edi", "pw")
        .attempt_timeout(Duration::from_millis(40))
        .build()
        .unwrap();
    while hurried.log_in().await.is_err() {}
    cleo.inject_on(
        Operation::Upload,
        Fault::SlowAnswer(Duration::from_secs(3600)),
    );
    let files = RestTransfer::new(&hurried).unwrap();
    let error = files.upload(&order()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Timeout, Sent::Maybe)
    );
    assert!(
        RestTransfer::new(&client)
            .unwrap()
            .exists("outbox", "po.edi")
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn an_upload_may_arrive_after_its_client_left() {
    let cleo = cleo().await;
    let hurried = cleo
        .client("edi", "pw")
        .attempt_timeout(Duration::from_millis(40))
        .build()
        .unwrap();
    while hurried.log_in().await.is_err() {}
    cleo.inject_on(
        Operation::Upload,
        Fault::DelayThenAct(Duration::from_millis(200)),
    );
    let error = RestTransfer::new(&hurried)
        .unwrap()
        .upload(&order())
        .await
        .unwrap_err();
    assert_eq!(error.was_sent(), Sent::Maybe);
    while cleo.received().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(cleo.files("outbox"), ["po.edi"]);
}

#[tokio::test]
async fn an_actions_timeout_stretches_the_attempt() {
    let cleo = cleo().await;
    cleo.set_run(
        "ACME",
        "send",
        RunScript::success().taking(Duration::from_millis(150)),
    );
    let client = cleo
        .client("edi", "pw")
        .attempt_timeout(Duration::from_millis(100))
        .total_timeout(Duration::from_millis(100));
    let client = client.build().unwrap();
    while client.log_in().await.is_err() {}
    let id = cleo.action_id("ACME", "send").unwrap();
    let error = client.actions().run(&id).send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Timeout, Sent::Maybe)
    );
    let outcome = client
        .actions()
        .run(&id)
        .timeout(Duration::from_millis(1500))
        .messages_count(1)
        .send()
        .await
        .unwrap();
    assert!(outcome.is_success());
    assert_eq!(outcome.report().messages.len(), 1);
    // Rounded up to whole seconds.
    let run = cleo
        .requests()
        .into_iter()
        .rfind(|r| r.operation == Operation::Run)
        .unwrap();
    assert_eq!(run.query.get("timeout").map(String::as_str), Some("2"));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_noticed() {
    let origin = raw_server(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"a\":",
    )
    .await;
    let client = Client::builder(origin)
        .retry(RetrySettings::none())
        .build()
        .unwrap();
    let error = get(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Transport, Sent::Yes)
    );
    // For a file the status is enough: it was taken, and saying otherwise would send it twice.
    let receipt = RestTransfer::new(&client)
        .unwrap()
        .upload(&order())
        .await
        .unwrap();
    assert_eq!(receipt.status.as_u16(), 200);
}

#[tokio::test]
async fn an_answer_without_end_is_refused() {
    let origin = raw_server(
        b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n0123456789012345678901234567890123456789",
    )
    .await;
    let client = Client::builder(origin).max_body(39).build().unwrap();
    let error = get(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().unwrap().contains("39 bytes"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let origin = raw_server(
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    let client = Client::builder(origin).build().unwrap();
    let error = RestTransfer::new(&client)
        .unwrap()
        .upload(&order())
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Status, 1));
}

#[tokio::test]
async fn an_html_page_is_named() {
    let origin = raw_server(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>",
    )
    .await;
    let client = Client::builder(origin).build().unwrap();
    let error = client.connections().find_by_alias("x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().unwrap().contains("HTML"), "{error}");
    assert_eq!(error.body_excerpt(), Some("<html></html>"));
}

#[tokio::test]
async fn a_body_less_post_says_that_it_is_json() {
    // The double answers 415 otherwise.
    let cleo = cleo().await;
    let client = cleo.client("edi", "pw").build().unwrap();
    let id = cleo.action_id("ACME", "send").unwrap();
    assert!(client.actions().run(&id).send().await.unwrap().is_success());
    assert!(
        cleo.requests()
            .iter()
            .all(|request| request.status != Some(415))
    );
}

#[tokio::test]
async fn extra_query_and_headers_go_everywhere() {
    let cleo = cleo().await;
    let client = cleo
        .client("edi", "pw")
        .extra_query("name", "LX1234")
        .extra_header("x-trace", "42")
        .build()
        .unwrap();
    get(&client).await.unwrap();
    assert!(
        cleo.requests()
            .iter()
            .all(|request| request.query["name"] == "LX1234")
    );
    assert_eq!(cleo.requests().len(), 2);
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_before_it_leaves() {
    let cleo = cleo().await;
    let client = cleo.client("edi", "pw").build().unwrap();
    for request in [
        client.request(Method::GET, "a/../b"),
        client.request(Method::GET, "a?b"),
        client.request(Method::GET, "a").header("b c", "d"),
        client.request(Method::GET, "a").body("\n", "x"),
        client.follow(
            Method::GET,
            &cleo_client::Link::new("https://elsewhere.example/x"),
        ),
    ] {
        let error = request.send().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.was_sent()),
            (ErrorKind::InvalidRequest, Sent::No)
        );
    }
    assert_eq!(cleo.counters().requests, 0);
}

#[tokio::test]
async fn the_caller_decides_about_repeats() {
    let (cleo, clock) = (cleo().await, Arc::new(ManualClock::new()));
    let client = client(&cleo, &clock).build().unwrap();
    client.log_in().await.unwrap();
    cleo.inject(Fault::CutAfter);
    let request = client
        .request(Method::GET, "connections")
        .repeat(Repeat::OnlyIfUnsent);
    assert_eq!(request.send().await.unwrap_err().attempts(), 1);
    let id = cleo.action_id("ACME", "send").unwrap();
    cleo.inject(Fault::CutAfter);
    let path = format!("actions/{id}/run");
    let request = client.request(Method::POST, &path).repeat(Repeat::Safe);
    assert_eq!(request.send().await.unwrap().attempts(), 2);
}

/// Files through a server that fails in every way: look before sending again, and each arrives once.
async fn each_arrives_once(plan: FaultPlan, count: usize) -> FakeCleo {
    let cleo = cleo().await;
    let clock = Arc::new(ManualClock::new());
    cleo.set_faults(plan);
    let client = client(&cleo, &clock).build().unwrap();
    let files = RestTransfer::new(&client).unwrap();
    for n in 0..count {
        let upload = Upload::new("outbox", format!("{n:04}.edi"), format!("ISA*{n}"));
        'file: loop {
            match files.upload(&upload).await {
                Ok(_) => break 'file,
                Err(error) if error.was_sent() == Sent::Maybe => loop {
                    match files.exists("outbox", &upload.name).await {
                        Ok(true) => break 'file,
                        Ok(false) => break,
                        Err(error) => assert!(error.is_retryable(), "{error}"),
                    }
                },
                Err(error) => assert!(error.is_retryable(), "{error}"),
            }
        }
    }
    let mut names: Vec<String> = cleo.received().into_iter().map(|file| file.name).collect();
    names.sort();
    let expected: Vec<String> = (0..count).map(|n| format!("{n:04}.edi")).collect();
    assert_eq!(names, expected);
    assert_eq!(cleo.counters().refused_logins, 0);
    cleo
}

#[tokio::test]
async fn with_a_look_before_each_repeat_every_file_arrives_once() {
    let plan = FaultPlan::none()
        .seeded(11)
        .with(Fault::TooManyRequests(None), 60)
        .with(Fault::Unavailable(None), 60)
        .with(Fault::InternalError, 60)
        .with(Fault::InternalErrorAfter, 60)
        .with(Fault::CutBefore, 60)
        .with(Fault::CutAfter, 60)
        .with(Fault::NotJson, 60)
        .with(Fault::ExpireTokens, 40);
    let cleo = each_arrives_once(plan, 200).await;
    assert_eq!(cleo.counters().faults.len(), 8);
    each_arrives_once(FaultPlan::heavy(5), 100).await;
    each_arrives_once(FaultPlan::some(6), 50).await;
}

#[tokio::test]
async fn a_careless_sender_makes_doubles_and_the_double_shows_them() {
    let cleo = cleo().await;
    let client = cleo.client("edi", "pw").build().unwrap();
    let files = RestTransfer::new(&client).unwrap();
    cleo.inject_on(Operation::Upload, Fault::CutAfter);
    files.upload(&order()).await.unwrap_err();
    files.upload(&order()).await.unwrap();
    assert_eq!(cleo.files("outbox"), ["po.edi", "po.edi.1"]);
    assert_eq!(cleo.received()[0].sha256, cleo.received()[1].sha256);
}

#[test]
fn a_template_that_leads_astray_is_refused() {
    let client = Client::builder("https://cleo.example".parse().unwrap())
        .build()
        .unwrap();
    for template in [
        RequestTemplate::new("POST", "folders/{folder}"),
        RequestTemplate::new("POST", "../{name}"),
        RequestTemplate::new("NOT A METHOD", "{name}"),
    ] {
        let mut templates = RestTemplates::default();
        templates.upload = template;
        let error = RestTransfer::with_templates(&client, templates).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
}
