//! Users, tokens, and how often a token is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use peoplesoft_client::testing::{FakePeopleSoft, Trouble};
use peoplesoft_client::{
    BearerToken, Client, Clock, Credentials, ErrorKind, OAuth2, Sent, TokenProvider,
};
use secrecy::SecretString;

use crate::support::{TestClock, order, today};

async fn with_tokens() -> (FakePeopleSoft, Client, TestClock) {
    let clock = TestClock::new();
    let fake = FakePeopleSoft::builder()
        .oauth2("edi client", "s3cret/+&=:ä")
        .orders([order(1, 1, 1)])
        .now(clock.now())
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().clock(clock.clone()).build().unwrap();
    (fake, client, clock)
}

#[tokio::test]
async fn a_user_with_a_password_gets_in() {
    let fake = FakePeopleSoft::builder()
        .basic("EDI_USER", "pass:word ä")
        .orders([order(1, 1, 1)])
        .start()
        .await
        .unwrap();
    let client = fake.client_builder().build().unwrap();
    assert_eq!(today(&client).page().await.unwrap().items.len(), 1);
    for credentials in [
        Credentials::basic("EDI_USER", "wrong".into()),
        Credentials::basic("OTHER", "pass:word ä".into()),
        Credentials::bearer("token".into()),
        Credentials::anonymous(),
    ] {
        let client = Client::builder(fake.gateway())
            .credentials(credentials)
            .build()
            .unwrap();
        let error = today(&client).page().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
    }
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_it_expires() {
    let (fake, client, clock) = with_tokens().await;
    for _ in 0..3 {
        today(&client).page().await.unwrap();
    }
    assert_eq!(fake.token_requests(), 1);
    clock.advance(Duration::from_secs(3_600 - 361));
    today(&client).page().await.unwrap();
    assert_eq!(fake.token_requests(), 1);
    clock.advance(Duration::from_secs(2));
    today(&client).page().await.unwrap();
    assert_eq!(fake.token_requests(), 2);
}

#[tokio::test]
async fn fifty_tasks_ask_for_one_token() {
    let (fake, client, clock) = with_tokens().await;
    today(&client).page().await.unwrap();
    clock.advance(Duration::from_secs(7_200));
    fake.set_now(clock.now());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        tasks.spawn(today(&client).page());
    }
    while let Some(page) = tasks.join_next().await {
        assert_eq!(page.unwrap().unwrap().items.len(), 1);
    }
    assert_eq!(fake.token_requests(), 2);
}

#[tokio::test]
async fn fifty_tasks_whose_token_was_withdrawn_ask_for_one_more() {
    let (fake, _client, clock) = with_tokens().await;
    let client = fake
        .client_builder()
        .clock(clock)
        .concurrency(50)
        .build()
        .unwrap();
    today(&client).page().await.unwrap();
    fake.expire_tokens();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        tasks.spawn(today(&client).page());
    }
    while let Some(page) = tasks.join_next().await {
        page.unwrap().unwrap();
    }
    assert_eq!(fake.token_requests(), 2);
}

#[tokio::test]
async fn a_401_is_answered_with_one_fresh_token_and_no_third() {
    let (fake, client, clock) = with_tokens().await;
    today(&client).page().await.unwrap();
    fake.clear_requests();
    fake.set_trouble(Some(Trouble::Unauthorized));
    let error = today(&client).page().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!((fake.requests().len(), fake.token_requests()), (2, 2));
    assert_eq!(clock.slept(), []);
}

#[tokio::test]
async fn a_missing_permission_does_not_renew_the_token() {
    let (fake, client, _clock) = with_tokens().await;
    fake.set_permitted("ExecuteQuery", false);
    let error = today(&client).page().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OperationRefused);
    assert_eq!(fake.token_requests(), 1);
}

#[tokio::test]
async fn a_refused_grant_is_final() {
    let (fake, _client, clock) = with_tokens().await;
    let grant = OAuth2::new(fake.token_url(), "edi client", "wrong".into());
    let client = Client::builder(fake.gateway())
        .credentials(Credentials::oauth2(grant))
        .clock(clock.clone())
        .build()
        .unwrap();
    let error = today(&client).page().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Credentials, Sent::No)
    );
    assert!(error.to_string().contains("invalid_client"), "{error}");
    assert!(error.remedy().contains("authorization server"));
    assert_eq!((fake.token_requests(), fake.requests().len()), (1, 0));
    assert_eq!(clock.slept(), []);
}

#[tokio::test]
async fn tasks_that_waited_for_a_refused_grant_do_not_ask_again() {
    let (fake, _client, clock) = with_tokens().await;
    let grant = OAuth2::new(fake.token_url(), "edi client", "wrong".into());
    let client = Client::builder(fake.gateway())
        .credentials(Credentials::oauth2(grant))
        .clock(clock)
        .concurrency(50)
        .build()
        .unwrap();
    // On one thread every task comes to wait before the first answer can be read.
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        tasks.spawn(today(&client).page());
    }
    while let Some(page) = tasks.join_next().await {
        assert_eq!(page.unwrap().unwrap_err().kind(), ErrorKind::Credentials);
    }
    assert_eq!(fake.token_requests(), 1);
}

#[tokio::test]
async fn an_authorization_server_that_is_away_is_tried_again() {
    let (fake, client, clock) = with_tokens().await;
    fake.token_trouble_next(Trouble::Unavailable { retry_after: None });
    fake.token_trouble_next(Trouble::Cut);
    today(&client).page().await.unwrap();
    assert_eq!(clock.slept().len(), 2);
    assert!(fake.token_requests() >= 3);
}

#[tokio::test]
async fn a_token_answer_is_read_leniently() {
    for (life, asked) in [
        ("\"expires_in\":\"3600\"", 1),
        ("\"expires_in\":3600.0", 1),
        ("\"expires_in\":null", 2),
        ("\"expires_in\":\"soon\"", 2),
        ("\"x\":1", 2),
    ] {
        let (fake, client, clock) = with_tokens().await;
        let body = |token: &str| Trouble::Body {
            status: 200,
            content_type: "text/plain".to_owned(),
            body: format!("{{\"access_token\":\"{token}\",\"token_type\":\"bearer\",{life}}}"),
        };
        fake.token_trouble_next(body("one"));
        fake.token_trouble_next(body("two"));
        fake.set_trouble(Some(Trouble::EmptyStatus(404)));
        today(&client).page().await.unwrap_err();
        clock.advance(Duration::from_secs(600));
        today(&client).page().await.unwrap_err();
        assert_eq!(fake.token_requests(), asked, "{life}");
    }
}

#[tokio::test]
async fn an_answer_without_a_token_is_named() {
    for body in [
        "{}",
        "<html>",
        "{\"access_token\":7}",
        "{\"access_token\":\" \"}",
        "{\"access_token\":\"a\\nb\"}",
    ] {
        let (fake, client, _clock) = with_tokens().await;
        fake.token_trouble_next(Trouble::Body {
            status: 200,
            content_type: "application/json".to_owned(),
            body: body.to_owned(),
        });
        let error = today(&client).page().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials, "{body}");
    }
}

#[tokio::test]
async fn the_secret_can_travel_in_the_body() {
    let (fake, _client, clock) = with_tokens().await;
    let grant = OAuth2::new(fake.token_url(), "edi client", "s3cret/+&=:ä".into())
        .scope("psft.read")
        .audience("https://psft.example.com")
        .secret_in_body();
    let client = Client::builder(fake.gateway())
        .credentials(Credentials::oauth2(grant))
        .clock(clock)
        .build()
        .unwrap();
    assert_eq!(today(&client).page().await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_cancelled_renewal_leaves_the_others_working() {
    let (fake, client, _clock) = with_tokens().await;
    fake.token_trouble_next(Trouble::Silent);
    let first = tokio::spawn(today(&client).page());
    while fake.token_requests() < 1 {
        tokio::task::yield_now().await;
    }
    let second = tokio::spawn(today(&client).page());
    first.abort();
    assert_eq!(second.await.unwrap().unwrap().items.len(), 1);
}

struct Counting(Arc<AtomicUsize>, bool);

#[async_trait]
impl TokenProvider for Counting {
    async fn token(&self) -> Result<BearerToken, Box<dyn std::error::Error + Send + Sync>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        if self.1 {
            Ok(BearerToken::new(SecretString::from("own"), None))
        } else {
            Err("the vault is sealed".into())
        }
    }
}

#[tokio::test]
async fn the_callers_tokens_are_kept_and_renewed_once() {
    let fake = FakePeopleSoft::builder().start().await.unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let client = Client::builder(fake.gateway())
        .credentials(Credentials::provider(Counting(Arc::clone(&asked), true)))
        .build()
        .unwrap();
    today(&client).page().await.unwrap();
    today(&client).page().await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    fake.trouble_next(Trouble::Unauthorized);
    today(&client).page().await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_provider_that_fails_is_the_source() {
    let fake = FakePeopleSoft::builder().start().await.unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let client = Client::builder(fake.gateway())
        .credentials(Credentials::provider(Counting(Arc::clone(&asked), false)))
        .build()
        .unwrap();
    let error = today(&client).page().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the vault is sealed");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}
