//! What is sent twice and what is not.

use peoplesoft_client::testing::{FakePeopleSoft, Trouble};
use peoplesoft_client::{Client, Credentials, Door, ErrorKind, Sent};

use crate::site::{TestClock, call, client, known, started};

async fn site() -> (FakePeopleSoft, Client) {
    let fake = started(known()).await;
    let client = client(fake.client_builder());
    (fake, client)
}

#[tokio::test]
async fn what_may_have_arrived_is_not_sent_again() {
    let (fake, client) = site().await;
    for trouble in [
        Trouble::Cut,
        Trouble::CutBody,
        Trouble::EmptyStatus(502),
        Trouble::EmptyStatus(503),
        Trouble::EmptyStatus(504),
        Trouble::Unavailable {
            retry_after: Some("1".to_owned()),
        },
        Trouble::RateLimited {
            retry_after: Some("1".to_owned()),
        },
        Trouble::EmptyStatus(408),
    ] {
        // On a kept connection, and on a fresh one.
        for _ in 0..2 {
            call(&client, Door::Rest).await.unwrap();
            fake.set_trouble(Some(trouble.clone()));
            for door in [Door::Soap, Door::Http] {
                fake.clear_requests();
                let error = call(&client, door).await.unwrap_err();
                assert_eq!(error.attempts(), 1, "{trouble:?} at {door}");
                assert!(error.was_sent() > Sent::No, "{trouble:?} at {door}");
                assert!(error.is_retryable(), "{trouble:?} at {door}");
                assert_eq!(fake.requests().len(), 1, "{trouble:?} at {door}");
            }
            fake.clear_requests();
            let posted = client.rest("X_PO.v1").json(&1).send().await;
            assert_eq!(posted.unwrap_err().attempts(), 1, "{trouble:?}");
            assert_eq!(fake.requests().len(), 1, "{trouble:?}");
            fake.set_trouble(None);
        }
    }
}

#[tokio::test]
async fn a_call_declared_harmless_is_retried() {
    let (fake, client) = site().await;
    let body = "<m:Get xmlns:m=\"urn:x\"/>";
    fake.trouble_next(Trouble::EmptyStatus(503));
    client
        .soap("X_PO.v1")
        .body(body)
        .repeatable()
        .send()
        .await
        .unwrap();
    fake.trouble_next(Trouble::CutBody);
    let message = client.http_message("X_PO.v1").body("text/xml", "<X/>");
    message.repeatable().send().await.unwrap();
    assert_eq!(fake.received().pop().unwrap().body, "<X/>");
    fake.trouble_next(Trouble::EmptyStatus(502));
    let put = client
        .rest("X_PO.v1")
        .method(http::Method::PUT)
        .body("text/plain", "x");
    put.repeatable().send().await.unwrap();
    let received = fake.received().pop().unwrap();
    assert_eq!(
        (received.method.as_str(), &received.body[..]),
        ("PUT", &b"x"[..])
    );
}

#[tokio::test]
async fn what_cannot_have_left_is_tried_again() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let gateway = format!("http://127.0.0.1:{port}/PSIGW").parse().unwrap();
    let client = Client::builder(gateway)
        .clock(TestClock::new())
        .build()
        .unwrap();
    for door in Door::ALL {
        let error = call(&client, door).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 4));
        assert_eq!(error.was_sent(), Sent::No);
    }
}

#[tokio::test]
async fn a_stream_is_opened_again_but_not_read_again() {
    let (fake, client) = site().await;
    fake.trouble_next(Trouble::EmptyStatus(503));
    fake.trouble_next(Trouble::Cut);
    let mut body = client.rest("X_PO.v1").open().await.unwrap();
    assert_eq!(body.status().as_u16(), 200);
    assert_eq!(body.header("content-type"), Some("application/json"));
    assert_eq!(body.chunk().await.unwrap().unwrap(), "{\"po\":\"1\"}");
    assert_eq!(body.chunk().await.unwrap(), None);
    assert_eq!(body.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_stream_keeps_its_place_until_it_is_dropped() {
    let fake = started(known()).await;
    let long = "x".repeat(1 << 20);
    let operation = peoplesoft_client::testing::Operation::new(Door::Rest, "X_LONG.v1");
    fake.put_operation(operation.answer("text/plain", long.clone()));
    let builder = fake.client_builder().concurrency(1);
    let client = client(builder);
    let mut body = client.rest("X_LONG.v1").open().await.unwrap();
    let second = client.clone();
    let waiting = tokio::spawn(async move { call(&second, Door::Rest).await });
    let mut read = body.chunk().await.unwrap().unwrap().len();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(fake.received().len(), 1);
    while let Some(chunk) = body.chunk().await.unwrap() {
        read += chunk.len();
    }
    assert_eq!(read, long.len());
    waiting.await.unwrap().unwrap();
    let body = client.rest("X_LONG.v1").open().await.unwrap();
    drop(body);
    call(&client, Door::Rest).await.unwrap();
}

#[tokio::test]
async fn slow_and_compressed_answers_are_answers() {
    let (fake, client) = site().await;
    let mut output = peoplesoft_client::testing::Output::default();
    output.gzip = true;
    fake.set_output(output);
    fake.trouble_next(Trouble::Slow(std::time::Duration::from_millis(5)));
    for door in Door::ALL {
        call(&client, door).await.unwrap();
    }
    let answer = client.rest("X_PO.v1").send().await.unwrap();
    assert_eq!(answer.bytes(), "{\"po\":\"1\"}");
    // Half of a compressed answer is no answer.
    fake.set_trouble(Some(Trouble::CutBody));
    let error = call(&client, Door::Http).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Transport, Sent::Yes)
    );
}

#[tokio::test]
async fn a_silent_gateway_is_left_and_the_call_counts_as_maybe_sent() {
    let fake = started(known()).await;
    let patience = std::time::Duration::from_millis(50);
    let client = client(fake.client_builder().attempt_timeout(patience));
    fake.set_trouble(Some(Trouble::Silent));
    for door in [Door::Soap, Door::Http] {
        let error = call(&client, door).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
        assert_eq!(error.was_sent(), Sent::Maybe);
    }
    let error = client.rest("X_PO.v1").open().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 4));
}

#[tokio::test]
async fn a_proxy_is_used_and_given_its_user() {
    let fake = started(known()).await;
    let proxy: url::Url = format!("http://{}/", fake.address()).parse().unwrap();
    let gateway: url::Url = "http://psft.invalid/PSIGW".parse().unwrap();
    let build = |password: &str| {
        let builder = Client::builder(gateway.clone())
            .credentials(Credentials::basic(
                crate::site::USER,
                crate::site::PASSWORD.into(),
            ))
            .allow_http()
            .proxy_as(proxy.clone(), "proxy", password.into());
        client(builder)
    };
    call(&build("Planted-Proxy"), Door::Rest).await.unwrap();
    assert_eq!(fake.received().len(), 1);
}

#[tokio::test]
async fn four_calls_run_at_a_time_over_all_doors_and_clones() {
    let (fake, client) = site().await;
    fake.set_trouble(Some(Trouble::Silent));
    let mut calls = tokio::task::JoinSet::new();
    for at in 0..9 {
        let client = client.clone();
        calls.spawn(async move { call(&client, Door::ALL[at % 3]).await });
    }
    while fake.requests().len() < 4 {
        tokio::task::yield_now().await;
    }
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(fake.requests().len(), 4);
    calls.abort_all();
    while calls.join_next().await.is_some() {}
    fake.set_trouble(None);
    call(&client, Door::Soap).await.unwrap();
}
