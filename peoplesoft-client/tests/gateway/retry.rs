//! What is tried again, how long is waited, and when it ends.

use std::time::{Duration, SystemTime};

use peoplesoft_client::testing::Trouble;
use peoplesoft_client::{ErrorKind, Sent};

use crate::support::{gateway, today};

#[tokio::test]
async fn a_read_is_tried_four_times() {
    let (fake, client, clock) = gateway().await;
    for trouble in [
        Trouble::Unavailable { retry_after: None },
        Trouble::EmptyStatus(502),
        Trouble::EmptyStatus(504),
        Trouble::EmptyStatus(408),
        Trouble::RateLimited { retry_after: None },
        Trouble::Cut,
        Trouble::CutBody,
        Trouble::IbError {
            status: 200,
            set: 158,
            number: 10_721,
            text: "away".to_owned(),
        },
    ] {
        fake.clear_requests();
        fake.set_trouble(Some(trouble.clone()));
        let error = today(&client).page().await.unwrap_err();
        assert_eq!(error.attempts(), 4, "{trouble:?}");
        assert!(error.is_retryable(), "{trouble:?}");
        // Closing a kept connection lets the HTTP client itself send once more.
        assert!(fake.requests().len() >= 4, "{trouble:?}");
    }
    let pauses: Vec<_> = clock.slept().iter().map(Duration::as_millis).collect();
    assert_eq!(pauses[..3], [200, 400, 800]);
}

#[tokio::test]
async fn what_passes_is_not_seen() {
    let (fake, client, clock) = gateway().await;
    fake.trouble_next(Trouble::Unavailable { retry_after: None });
    fake.trouble_next(Trouble::CutBody);
    let page = today(&client).page().await.unwrap();
    assert_eq!(page.items.len(), 3);
    assert_eq!(clock.slept().len(), 2);
    let statuses: Vec<_> = fake
        .requests()
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(statuses, [Some(503), Some(200), Some(200)]);
}

#[tokio::test]
async fn refusals_are_not_tried_again() {
    let (fake, client, clock) = gateway().await;
    for trouble in [
        Trouble::SignOnPage,
        Trouble::Unauthorized,
        Trouble::Forbidden,
        Trouble::EmptyStatus(400),
        Trouble::EmptyStatus(404),
        Trouble::EmptyStatus(500),
        Trouble::IbError {
            status: 503,
            set: 158,
            number: 536,
            text: "no".to_owned(),
        },
        Trouble::IbError {
            status: 200,
            set: 158,
            number: 55,
            text: "no".to_owned(),
        },
    ] {
        fake.clear_requests();
        fake.set_trouble(Some(trouble.clone()));
        let error = today(&client).page().await.unwrap_err();
        assert_eq!(
            (error.attempts(), fake.requests().len()),
            (1, 1),
            "{trouble:?}"
        );
        assert!(!error.is_retryable(), "{trouble:?}");
    }
    assert_eq!(clock.slept(), []);
}

#[tokio::test]
async fn retry_after_is_the_least_that_is_waited() {
    let (fake, client, clock) = gateway().await;
    fake.trouble_next(Trouble::Unavailable {
        retry_after: Some("7".to_owned()),
    });
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_775_044_800 + 7 + 9);
    let date = httpdate::fmt_http_date(date);
    fake.trouble_next(Trouble::RateLimited {
        retry_after: Some(date),
    });
    fake.trouble_next(Trouble::Unavailable {
        retry_after: Some("soon".to_owned()),
    });
    today(&client).page().await.unwrap();
    let pauses: Vec<_> = clock.slept().iter().map(Duration::as_millis).collect();
    assert_eq!(pauses, [7_000, 9_000, 800]);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let (fake, client, clock) = gateway().await;
    fake.set_trouble(Some(Trouble::Unavailable {
        retry_after: Some("3600".to_owned()),
    }));
    let error = today(&client).page().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Unavailable, 1)
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3_600)));
    assert_eq!(clock.slept(), []);
}

#[tokio::test]
async fn one_attempt_means_one() {
    let (fake, _client, clock) = gateway().await;
    let client = fake
        .client_builder()
        .clock(clock)
        .max_attempts(1)
        .build()
        .unwrap();
    fake.trouble_next(Trouble::Unavailable { retry_after: None });
    assert_eq!(today(&client).page().await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn the_surest_of_all_attempts_counts_as_sent() {
    let (fake, client, _clock) = gateway().await;
    fake.trouble_next(Trouble::CutBody);
    fake.trouble_next(Trouble::Cut);
    fake.trouble_next(Trouble::Cut);
    fake.set_trouble(Some(Trouble::Cut));
    assert_eq!(
        today(&client).page().await.unwrap_err().was_sent(),
        Sent::Yes
    );
}

#[tokio::test]
async fn random_trouble_is_survived() {
    let (fake, client, _clock) = gateway().await;
    fake.set_faults(peoplesoft_client::testing::FaultPlan {
        seed: 7,
        rate_503: 0.1,
        rate_cut: 0.05,
        rate_cut_body: 0.05,
        ..Default::default()
    });
    let mut failed = 0;
    for _ in 0..100 {
        match today(&client).page().await {
            Ok(page) => assert_eq!(page.items.len(), 3),
            Err(error) => {
                assert!(error.is_retryable(), "{error}");
                failed += 1;
            }
        }
    }
    assert!(
        failed < 5,
        "{failed} of 100 calls failed four times in a row"
    );
    assert!(fake.requests().len() > 110, "the plan made no trouble");
    fake.set_faults(None);
}

#[tokio::test]
async fn no_more_calls_run_than_the_limit_allows() {
    let (fake, _client, clock) = gateway().await;
    let client = fake
        .client_builder()
        .clock(clock)
        .concurrency(2)
        .build()
        .unwrap();
    fake.set_trouble(Some(Trouble::Silent));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let request = today(&client);
        calls.spawn(request.page());
    }
    while fake.requests().len() < 2 {
        tokio::task::yield_now().await;
    }
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(fake.requests().len(), 2);
    // A dropped call gives its place back.
    calls.abort_all();
    while calls.join_next().await.is_some() {}
    fake.set_trouble(None);
    assert_eq!(today(&client).page().await.unwrap().items.len(), 3);
}

#[tokio::test]
async fn waiting_for_a_turn_uses_up_the_time_of_a_call() {
    let (fake, _client, clock) = gateway().await;
    let client = fake
        .client_builder()
        .clock(clock.clone())
        .concurrency(1)
        .build()
        .unwrap();
    fake.trouble_next(Trouble::Silent);
    let first = tokio::spawn(today(&client).page());
    while fake.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    let second = tokio::spawn(today(&client).page());
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    clock.advance(Duration::from_secs(121));
    first.abort();
    let error = second.await.unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Timeout, Sent::No)
    );
    assert_eq!(fake.requests().len(), 1);
}
