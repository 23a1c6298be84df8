//! Refresh tokens that outlive the process, second factors, locked accounts, clusters.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use cleo_client::{
    CallbackError, Client, Credentials, ErrorKind, OneTimeCode, Sent, TokenStore,
    testing::{FakeCleo, FakeCleoBuilder, Fault, ManualClock, Operation},
};
use http::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};

fn cleo() -> FakeCleoBuilder {
    FakeCleo::builder().user("edi", "right")
}

async fn ask(client: &Client) -> cleo_client::Result<()> {
    let request = client.request(Method::GET, "connections");
    request.send().await.map(drop)
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

/// A store in memory that can fail, and hang.
#[derive(Debug, Default)]
struct Store {
    kept: Mutex<Option<String>>,
    saves: Mutex<Vec<Option<String>>>,
    troubles: Mutex<VecDeque<Trouble>>,
}

#[derive(Debug)]
enum Trouble {
    Fail,
    Hang,
}

impl Store {
    fn kept(&self) -> Option<String> {
        self.kept.lock().unwrap().clone()
    }

    fn saves(&self) -> usize {
        self.saves.lock().unwrap().len()
    }

    fn trouble(&self, trouble: Trouble) {
        self.troubles.lock().unwrap().push_back(trouble);
    }
}

#[async_trait]
impl TokenStore for Store {
    async fn load(&self) -> Result<Option<SecretString>, CallbackError> {
        Ok(self.kept().map(SecretString::from))
    }

    async fn save(&self, token: Option<&SecretString>) -> Result<(), CallbackError> {
        let token = token.map(|token| token.expose_secret().to_owned());
        self.saves.lock().unwrap().push(token.clone());
        let trouble = self.troubles.lock().unwrap().pop_front();
        match trouble {
            None => {
                *self.kept.lock().unwrap() = token;
                Ok(())
            }
            Some(Trouble::Fail) => Err("the vault is sealed".into()),
            Some(Trouble::Hang) => std::future::pending().await,
        }
    }
}

#[derive(Debug, Default)]
struct Codes(Mutex<Vec<&'static str>>);

#[async_trait]
impl OneTimeCode for Codes {
    async fn code(&self) -> Result<SecretString, CallbackError> {
        let code = self.0.lock().unwrap().pop();
        Ok(code.ok_or("nobody is at the telephone")?.into())
    }
}

fn with_store(cleo: &FakeCleo, store: &Arc<Store>) -> Client {
    let store: Arc<dyn TokenStore> = Arc::<Store>::clone(store);
    cleo.client("edi", "right")
        .token_store(store)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_refresh_token_is_saved_before_anything_is_done_with_the_token() {
    let cleo = cleo().refresh_tokens(true).start().await.unwrap();
    let store = Arc::new(Store::default());
    store.trouble(Trouble::Fail);
    let client = with_store(&cleo, &store);
    let error = ask(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Callback, Sent::No)
    );
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .contains("sealed")
    );
    // The log-in is not lost: the next call saves what it brought.
    assert_eq!(cleo.counters().requests, 1);
    ask(&client).await.unwrap();
    assert_eq!((cleo.counters().logins, store.saves()), (1, 2));
    assert!(store.kept().is_some());
    ask(&client).await.unwrap();
    assert_eq!(store.saves(), 2);
}

#[tokio::test]
async fn another_process_renews_instead_of_logging_in() {
    let cleo = cleo().refresh_tokens(true).start().await.unwrap();
    let store = Arc::new(Store::default());
    for process in 0..3 {
        let before = store.kept();
        ask(&with_store(&cleo, &store)).await.unwrap();
        assert_ne!(store.kept(), before, "the token was rotated");
        assert_eq!(cleo.counters().refreshes, process);
    }
    assert_eq!(cleo.counters().logins, 1);
}

#[tokio::test]
async fn a_refresh_token_from_the_store_that_is_refused_leads_to_one_log_in() {
    let cleo = cleo().start().await.unwrap();
    let store = Arc::new(Store::default());
    *store.kept.lock().unwrap() = Some("stale".to_owned());
    ask(&with_store(&cleo, &store)).await.unwrap();
    let counters = cleo.counters();
    assert_eq!((counters.of(Operation::Refresh), counters.logins), (1, 1));
    // This server gives none, so the store forgets the stale one.
    assert_eq!(store.kept(), None);
}

#[tokio::test]
async fn a_refresh_token_that_is_not_rotated_stays() {
    let cleo = cleo()
        .refresh_tokens(true)
        .refresh_rotation(false)
        .start()
        .await
        .unwrap();
    let store = Arc::new(Store::default());
    let client = with_store(&cleo, &store);
    for _ in 0..4 {
        cleo.expire_tokens();
        ask(&client).await.unwrap();
    }
    let counters = cleo.counters();
    assert_eq!(
        (counters.logins, counters.refreshes, store.saves()),
        (1, 3, 1)
    );
}

#[tokio::test]
async fn a_task_that_is_cancelled_while_saving_harms_nobody() {
    let cleo = cleo().refresh_tokens(true).start().await.unwrap();
    let store = Arc::new(Store::default());
    store.trouble(Trouble::Hang);
    let client = with_store(&cleo, &store);
    let holder = tokio::spawn({
        let client = client.clone();
        async move { ask(&client).await }
    });
    until(|| store.saves() == 1).await;
    holder.abort();
    assert!(holder.await.unwrap_err().is_cancelled());
    ask(&client).await.unwrap();
    assert_eq!((cleo.counters().logins, store.saves()), (1, 2));
    assert!(store.kept().is_some());
}

#[tokio::test]
async fn a_task_that_is_cancelled_while_renewing_leaves_a_store_that_tells_no_lies() {
    let cleo = cleo().refresh_tokens(true).start().await.unwrap();
    let store = Arc::new(Store::default());
    let client = with_store(&cleo, &store);
    ask(&client).await.unwrap();
    let first = store.kept();
    cleo.expire_tokens();
    let hour = Duration::from_secs(3600);
    cleo.inject_on(Operation::Refresh, Fault::SlowAnswer(hour));
    let holder = tokio::spawn({
        let client = client.clone();
        async move { ask(&client).await }
    });
    until(|| cleo.counters().of(Operation::Refresh) == 1).await;
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
    // One log-in for all of them, and what it brought is in the store in place of the used token.
    assert_eq!(cleo.counters().logins, 2);
    assert!(store.kept().is_some() && store.kept() != first);
}

#[tokio::test]
async fn a_one_time_code_goes_with_the_log_in_and_not_with_a_renewal() {
    let cleo = cleo()
        .one_time_code("otp", "123456")
        .refresh_tokens(true)
        .start()
        .await
        .unwrap();
    let codes = Arc::new(Codes(Mutex::new(vec!["123456"])));
    let client = cleo
        .client("edi", "right")
        .one_time_code("otp", Arc::<Codes>::clone(&codes))
        .build()
        .unwrap();
    ask(&client).await.unwrap();
    cleo.expire_tokens();
    ask(&client).await.unwrap();
    assert_eq!((cleo.counters().logins, cleo.counters().refreshes), (1, 1));
    // Without a code nothing is sent, and nothing is final.
    client.reset_login().await;
    let before = cleo.counters().requests;
    let error = ask(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Callback, 0));
    assert_eq!(cleo.counters().requests, before);
    codes.0.lock().unwrap().push("123456");
    ask(&client).await.unwrap();
}

#[tokio::test]
async fn a_code_that_is_wrong_or_missing_is_final() {
    for (codes, field) in [(vec!["000000"], "otp"), (vec!["123456"], "pin")] {
        let cleo = cleo().one_time_code("otp", "123456").start().await.unwrap();
        let codes: Arc<dyn OneTimeCode> = Arc::new(Codes(Mutex::new(codes)));
        let client = cleo
            .client("edi", "right")
            .one_time_code(field, codes)
            .build()
            .unwrap();
        for _ in 0..3 {
            assert_eq!(
                ask(&client).await.unwrap_err().kind(),
                ErrorKind::LoginRefused
            );
        }
        assert_eq!(cleo.counters().requests, 1, "{field}");
    }
}

#[test]
fn a_code_cannot_take_the_place_of_the_password() {
    for field in ["", "password", "username", "grant_type"] {
        let codes: Arc<dyn OneTimeCode> = Arc::new(Codes::default());
        let error = Client::builder("https://cleo.example".parse().unwrap())
            .one_time_code(field, codes)
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(
            error.message().unwrap().contains("one_time_code"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_locked_account_is_not_hammered_and_opens_again() {
    let clock = Arc::new(ManualClock::new());
    let minute = Duration::from_secs(60);
    let cleo = cleo()
        .lockout(2, minute, minute * 15)
        .clock(Arc::<ManualClock>::clone(&clock))
        .start()
        .await
        .unwrap();
    let wrong = cleo.client("edi", "wrong").build().unwrap();
    assert_eq!(
        ask(&wrong).await.unwrap_err().kind(),
        ErrorKind::LoginRefused
    );
    // One mistake locks nobody out.
    let right = cleo.client("edi", "right").build().unwrap();
    ask(&right).await.unwrap();
    wrong.reset_login().await;
    assert!(ask(&wrong).await.is_err());
    let locked = cleo.client("edi", "right").build().unwrap();
    for _ in 0..5 {
        assert_eq!(
            ask(&locked).await.unwrap_err().kind(),
            ErrorKind::LoginRefused
        );
    }
    assert_eq!(cleo.counters().refused_logins, 3);
    clock.advance(minute * 15);
    locked.reset_login().await;
    ask(&locked).await.unwrap();
}

#[tokio::test]
async fn mistakes_that_lie_far_apart_do_not_lock() {
    let clock = Arc::new(ManualClock::new());
    let minute = Duration::from_secs(60);
    let builder = cleo().lockout(2, minute, minute * 15);
    let cleo = builder
        .clock(Arc::<ManualClock>::clone(&clock))
        .start()
        .await
        .unwrap();
    for _ in 0..3 {
        let wrong = cleo.client("edi", "wrong").build().unwrap();
        assert!(ask(&wrong).await.is_err());
        clock.advance(minute * 2);
    }
    ask(&cleo.client("edi", "right").build().unwrap())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_token_of_another_node_costs_one_log_in() {
    let cleo = cleo().node_local_tokens(true).start().await.unwrap();
    let client = cleo.client("edi", "right").build().unwrap();
    ask(&client).await.unwrap();
    cleo.move_to_node(1);
    ask(&client).await.unwrap();
    ask(&client).await.unwrap();
    let counters = cleo.counters();
    assert_eq!(
        (counters.logins, counters.by_status.get(&401)),
        (2, Some(&1))
    );
}

#[tokio::test]
async fn basic_that_is_switched_off_is_told_by_whatever_status() {
    for (status, kind) in [
        (StatusCode::UNAUTHORIZED, ErrorKind::LoginRefused),
        (StatusCode::FORBIDDEN, ErrorKind::Forbidden),
        (StatusCode::NOT_FOUND, ErrorKind::NotFound),
    ] {
        let cleo = cleo()
            .basic(false)
            .basic_refusal(status)
            .start()
            .await
            .unwrap();
        let client = Client::builder(cleo.origin())
            .credentials(Credentials::basic("edi", "right"))
            .build()
            .unwrap();
        assert_eq!(ask(&client).await.unwrap_err().kind(), kind);
    }
}
