//! Log-in over real HTTP: one at a time, once per refusal, never in a loop.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use cleo_client::{
    Client, ClientBuilder, Clock as _, Credentials, ErrorKind, RetrySettings, Sent,
    testing::{FakeCleo, FakeCleoBuilder, Fault, ManualClock, Operation, TokenAnswer},
};
use http::Method;

fn cleo() -> FakeCleoBuilder {
    FakeCleo::builder()
        .user("edi", "right")
        .connection("ACME", "as2")
}

async fn ask(client: &Client) -> cleo_client::Result<()> {
    client
        .request(Method::GET, "connections")
        .send()
        .await
        .map(drop)
}

/// Waits until the double has seen something, without a clock.
async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn fifty_tasks_with_an_expired_token_make_one_log_in() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "right").build().unwrap();
    ask(&client).await.unwrap();
    assert_eq!(cleo.counters().logins, 1);
    cleo.expire_tokens();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { ask(&client).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(cleo.counters().logins, 2);
    assert_eq!(cleo.counters().refused_logins, 0);
}

#[tokio::test]
async fn fifty_tasks_without_a_token_make_one_log_in() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "right").build().unwrap();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { ask(&client).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(cleo.counters().logins, 1);
}

#[tokio::test]
async fn a_cancelled_log_in_harms_nobody() {
    let cleo = cleo().start().await.unwrap();
    let client = cleo.client("edi", "right").build().unwrap();
    cleo.inject_on(
        Operation::Login,
        Fault::SlowAnswer(Duration::from_secs(3600)),
    );
    let holder = tokio::spawn({
        let client = client.clone();
        async move { ask(&client).await }
    });
    until(|| cleo.counters().of(Operation::Login) == 1).await;
    let waiting: Vec<_> = (0..10)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { ask(&client).await })
        })
        .collect();
    holder.abort();
    assert!(holder.await.unwrap_err().is_cancelled());
    for task in waiting {
        task.await.unwrap().unwrap();
    }
    assert_eq!(cleo.counters().of(Operation::Login), 2);
}

#[tokio::test]
async fn a_cancelled_refresh_falls_back_to_one_log_in() {
    let cleo = cleo().refresh_tokens(true).start().await.unwrap();
    let client = cleo.client("edi", "right").build().unwrap();
    ask(&client).await.unwrap();
    cleo.expire_tokens();
    cleo.inject_on(
        Operation::Refresh,
        Fault::SlowAnswer(Duration::from_secs(3600)),
    );
    let holder = tokio::spawn({
        let client = client.clone();
        async move { ask(&client).await }
    });
    until(|| cleo.counters().of(Operation::Refresh) == 1).await;
    holder.abort();
    assert!(holder.await.unwrap_err().is_cancelled());
    ask(&client).await.unwrap();
    // The refresh token had been sent and is not sent twice.
    assert_eq!(cleo.counters().of(Operation::Refresh), 1);
    assert_eq!(cleo.counters().logins, 2);
}

#[tokio::test]
async fn nobody_waits_for_anothers_log_in_beyond_the_total_time() {
    let cleo = cleo().start().await.unwrap();
    let hour = Duration::from_secs(3600);
    let builder = cleo.client("edi", "right").attempt_timeout(hour);
    let client = builder
        .total_timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    cleo.inject_on(Operation::Login, Fault::SlowAnswer(hour));
    let patient = client
        .request(Method::GET, "connections")
        .attempt_timeout(hour);
    let holder = tokio::spawn(patient.send());
    until(|| cleo.counters().of(Operation::Login) == 1).await;
    let error = ask(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Timeout, Sent::No)
    );
    holder.abort();
    assert!(holder.await.unwrap_err().is_cancelled());
    assert_eq!(cleo.counters().requests, 1);
}

#[tokio::test]
async fn a_refused_log_in_is_final_until_the_caller_acts() {
    let cleo = cleo().lock_after(2).start().await.unwrap();
    let client = cleo.client("edi", "wrong").build().unwrap();
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { ask(&client).await })
        })
        .collect();
    for task in tasks {
        let error = task.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LoginRefused);
        assert_eq!(error.was_sent(), Sent::No);
        assert!(!error.is_retryable());
        assert!(error.remedy().contains("reset_login"));
    }
    assert_eq!(cleo.counters().refused_logins, 1);
    // The account is not locked: somebody with the right password still gets in.
    cleo.client("edi", "right")
        .build()
        .unwrap()
        .log_in()
        .await
        .unwrap();
    client.reset_login().await;
    assert_eq!(
        ask(&client).await.unwrap_err().kind(),
        ErrorKind::LoginRefused
    );
    assert_eq!(cleo.counters().refused_logins, 2);
}

#[tokio::test]
async fn a_401_that_stays_is_not_a_loop() {
    // Tokens are dead on arrival.
    let cleo = cleo().token_life(Duration::ZERO).start().await.unwrap();
    let client = cleo.client("edi", "right").build().unwrap();
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!((error.attempts(), error.was_sent()), (2, Sent::No));
    assert_eq!(cleo.counters().logins, 2);
    assert_eq!(cleo.counters().of(Operation::Connections), 2);
}

#[tokio::test]
async fn on_a_401_the_refresh_token_comes_first_and_works_once() {
    let cleo = cleo().refresh_tokens(true).start().await.unwrap();
    let client = cleo.client("edi", "right").build().unwrap();
    for _ in 0..3 {
        cleo.expire_tokens();
        ask(&client).await.unwrap();
    }
    let counters = cleo.counters();
    assert_eq!((counters.logins, counters.refreshes), (1, 2));
}

#[tokio::test]
async fn a_refused_refresh_leads_to_one_log_in() {
    let cleo = cleo().refresh_tokens(true).start().await.unwrap();
    let client = cleo.client("edi", "right").build().unwrap();
    ask(&client).await.unwrap();
    cleo.expire_tokens();
    cleo.inject_on(Operation::Refresh, Fault::InternalError);
    ask(&client).await.unwrap();
    let counters = cleo.counters();
    assert_eq!((counters.of(Operation::Refresh), counters.logins), (1, 2));
}

async fn lives_as_told(answer: TokenAnswer, configured: Duration, told: Duration) {
    let clock = Arc::new(ManualClock::new());
    let cleo = cleo()
        .clock(Arc::<ManualClock>::clone(&clock))
        .token_life(told)
        .token_answer(answer)
        .start()
        .await
        .unwrap();
    let client = cleo
        .client("edi", "right")
        .clock(Arc::<ManualClock>::clone(&clock))
        .token_life(configured)
        .build()
        .unwrap();
    let life = if answer == TokenAnswer::Silent {
        configured
    } else {
        told
    };
    let margin = (life / 10).min(Duration::from_secs(60));
    ask(&client).await.unwrap();
    clock.advance(life - margin - Duration::from_secs(1));
    ask(&client).await.unwrap();
    assert_eq!(cleo.counters().logins, 1, "{answer:?}");
    clock.advance(Duration::from_secs(1));
    ask(&client).await.unwrap();
    let counters = cleo.counters();
    // Renewed before it ended: no 401 was needed.
    assert_eq!(
        (counters.logins, counters.by_status.get(&401)),
        (2, None),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3600));
    lives_as_told(TokenAnswer::Number, hour * 9, hour).await;
    lives_as_told(TokenAnswer::Text, hour * 9, minute * 2).await;
    lives_as_told(TokenAnswer::Silent, minute * 50, hour).await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_no_harm() {
    let clock = Arc::new(ManualClock::new());
    let cleo = cleo().start().await.unwrap();
    let client = cleo
        .client("edi", "right")
        .clock(Arc::<ManualClock>::clone(&clock))
        .build()
        .unwrap();
    ask(&client).await.unwrap();
    clock.set_back(Duration::from_secs(86_400 * 365));
    ask(&client).await.unwrap();
    cleo.expire_tokens();
    ask(&client).await.unwrap();
    assert_eq!(cleo.counters().logins, 2);
    assert!(clock.now() < ManualClock::new().now());
}

#[tokio::test]
async fn a_log_in_is_repeated_only_when_it_was_not_acted_on() {
    for (fault, logins, kind) in [
        (Fault::TooManyRequests(None), 2, None),
        (Fault::Unavailable(None), 1, Some(ErrorKind::Server)),
        (Fault::InternalError, 1, Some(ErrorKind::Server)),
        (Fault::CutAfter, 1, Some(ErrorKind::Transport)),
    ] {
        let cleo = cleo().start().await.unwrap();
        let client = manual(cleo.client("edi", "right")).build().unwrap();
        cleo.inject_on(Operation::Login, fault);
        let result = ask(&client).await;
        assert_eq!(cleo.counters().of(Operation::Login), logins, "{fault:?}");
        match kind {
            None => result.unwrap(),
            Some(kind) => {
                let error = result.unwrap_err();
                assert_eq!(
                    (error.kind(), error.was_sent()),
                    (kind, Sent::No),
                    "{fault:?}"
                );
                assert_eq!(error.operation(), "log in");
                // Not a refusal: the next call logs in.
                ask(&client).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn basic_is_sent_with_every_request_and_stops_at_a_refusal() {
    let cleo = cleo().start().await.unwrap();
    let basic = |password: &str| {
        Client::builder(cleo.origin())
            .credentials(Credentials::basic("edi", password.to_owned()))
            .build()
            .unwrap()
    };
    ask(&basic("right")).await.unwrap();
    let wrong = basic("wrong");
    for _ in 0..5 {
        assert_eq!(
            ask(&wrong).await.unwrap_err().kind(),
            ErrorKind::LoginRefused
        );
    }
    assert_eq!(cleo.counters().by_status.get(&401), Some(&1));
    assert_eq!(cleo.counters().logins, 0);
    wrong.reset_login().await;
    assert_eq!(
        ask(&wrong).await.unwrap_err().kind(),
        ErrorKind::LoginRefused
    );
    assert_eq!(cleo.counters().by_status.get(&401), Some(&2));
}

#[tokio::test]
async fn a_fixed_token_that_is_refused_is_an_error_at_once() {
    let cleo = cleo().start().await.unwrap();
    let client = Client::builder(cleo.origin())
        .credentials(Credentials::bearer("made up"))
        .build()
        .unwrap();
    let error = ask(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Unauthorized, 1)
    );
    assert_eq!(cleo.counters().requests, 1);
}

#[tokio::test]
async fn the_prefix_may_be_anything() {
    for prefix in ["", "/", "/cleo/api/", "api"] {
        let cleo = cleo().prefix(prefix).start().await.unwrap();
        let client = cleo.client("edi", "right").build().unwrap();
        ask(&client).await.unwrap();
        assert_eq!(cleo.counters().logins, 1, "{prefix}");
    }
}

#[test]
fn credentials_do_not_travel_in_the_clear() {
    let builder = |origin: &str| {
        Client::builder(origin.parse().unwrap()).credentials(Credentials::password("edi", "right"))
    };
    let error = builder("http://cleo.example").build().unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Configuration, Sent::No)
    );
    assert!(error.message().unwrap().contains("allow_http"));
    builder("http://cleo.example")
        .allow_http(true)
        .build()
        .unwrap();
    for loopback in [
        "http://localhost:5080",
        "http://127.0.0.1:1",
        "http://[::1]:1",
    ] {
        builder(loopback).build().unwrap();
    }
    builder("https://cleo.example").build().unwrap();
    Client::builder("http://cleo.example".parse().unwrap())
        .build()
        .unwrap();
}

#[test]
fn wrong_settings_are_named() {
    let builder = |origin: &str| Client::builder(origin.parse().unwrap());
    for (builder, word) in [
        (builder("https://cleo.example/api"), "origin"),
        (builder("https://u:p@cleo.example"), "origin"),
        (builder("ftp://cleo.example"), "origin"),
        (builder("https://cleo.example?x=1"), "origin"),
        (builder("https://cleo.example").prefix("/a/../b"), "prefix"),
        (
            builder("https://cleo.example").attempt_timeout(Duration::ZERO),
            "attempt_timeout",
        ),
        (
            builder("https://cleo.example").extra_header("a b", "c"),
            "extra_header",
        ),
        (
            builder("https://cleo.example").ca_pem("no certificate"),
            "ca_pem",
        ),
        (
            builder("https://cleo.example").credentials(Credentials::basic("a:b", "c")),
            "colon",
        ),
        (
            builder("https://cleo.example").credentials(Credentials::bearer("a\nb")),
            "token",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().unwrap().contains(word), "{word}: {error}");
    }
}

/// Made for this test; its key was never kept.
const CA: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBfjCCASWgAwIBAgIUHhXwzPqUdFz2KtcDO45dZccc6wwwCgYIKoZIzj0EAwIw\n\
FTETMBEGA1UEAwwKRXhhbXBsZSBDQTAeFw0yNjExMjMwOTM1MDZaFw0zNjExMjAw\n\
OTM1MDZaMBUxEzARBgNVBAMMCkV4YW1wbGUgQ0EwWTATBgcqhkjOPQIBBggqhkjO\n\
PQMBBwNCAASWj5Wupb1ipQXQz/v5DQDt15NCNoJCJYoe4YBIPEkZ8Ah7+7mupCoB\n\
aIeR5GRpJhePU20yavgDSOJqi8Ow/dB1o1MwUTAdBgNVHQ4EFgQUZLHSj3T5Pd5f\n\
QG1sX4hqUtBv2mgwHwYDVR0jBBgwFoAUZLHSj3T5Pd5fQG1sX4hqUtBv2mgwDwYD\n\
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBy9a8KkiKdjXtrQDkmITEI\n\
XpY9QeYR98Qha7WHZxiatgIgMFjG71/XxhbB5RNvTZWuf0Oo0fD3Krb1mXeBzzd0\n\
i0E=\n\
-----END CERTIFICATE-----\n";

#[test]
fn an_own_authority_is_taken_once_or_in_bundles() {
    let builder = || Client::builder("https://cleo.example".parse().unwrap());
    builder().ca_pem(CA).build().unwrap();
    builder()
        .ca_pem(format!("{CA}{CA}"))
        .ca_pem(CA.as_bytes())
        .build()
        .unwrap();
    let broken = CA.replace("MII", "###");
    let error = builder().ca_pem(broken).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    builder()
        .proxy("http://proxy.example:3128".parse().unwrap())
        .build()
        .unwrap();
}

fn manual(builder: ClientBuilder) -> ClientBuilder {
    builder
        .clock(Arc::new(ManualClock::new()))
        .retry(RetrySettings::default())
}
