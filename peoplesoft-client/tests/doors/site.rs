//! A gateway with one operation at each door, and clocks that do not wait.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use peoplesoft_client::testing::{FakeBuilder, FakePeopleSoft, Operation};
use peoplesoft_client::{Client, ClientBuilder, Clock, Door, Error, Result};

/// A clock that moves only when somebody sleeps on it.
#[derive(Clone, Debug)]
pub(crate) struct TestClock(Arc<Mutex<SystemTime>>);

impl TestClock {
    pub(crate) fn new() -> Self {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_775_044_800);
        Self(Arc::new(Mutex::new(noon)))
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        *self.0.lock().unwrap() += duration;
    }

    fn jitter(&self, upper: Duration) -> Duration {
        upper
    }
}

pub(crate) const USER: &str = "EDI_USER";
pub(crate) const PASSWORD: &str = "correct <horse> & \"battery\" ä";

/// A builder that knows the user.
pub(crate) fn known() -> FakeBuilder {
    FakePeopleSoft::builder().basic(USER, PASSWORD)
}

/// Starts it with the operation `X_PO` at each door.
pub(crate) async fn started(builder: FakeBuilder) -> FakePeopleSoft {
    let fake = builder.start().await.unwrap();
    let json = Operation::new(Door::Rest, "X_PO.v1").answer("application/json", "{\"po\":\"1\"}");
    fake.put_operation(json);
    let xml = "<X_PO xmlns=\"urn:x\">1</X_PO>";
    fake.put_operation(Operation::new(Door::Soap, "X_PO.v1").answer("text/xml", xml));
    fake.put_operation(Operation::new(Door::Http, "X_PO.v1").answer("text/xml", xml));
    fake
}

/// A client that never waits.
pub(crate) fn client(builder: ClientBuilder) -> Client {
    builder.clock(TestClock::new()).build().unwrap()
}

/// Calls the operation at a door.
pub(crate) async fn call(client: &Client, door: Door) -> Result<()> {
    match door {
        Door::Rest => client.rest("X_PO.v1").send().await.map(drop),
        Door::Soap => {
            let call = client.soap("X_PO.v1").body("<m:Get xmlns:m=\"urn:x\"/>");
            call.send().await.map(drop)
        }
        _ => {
            let call = client.http_message("X_PO.v1").body("text/xml", "<X_PO/>");
            call.send().await.map(drop)
        }
    }
}

/// What each door answers, as a person reads it.
pub(crate) async fn said(client: &Client) -> String {
    let mut said = Vec::new();
    for door in Door::ALL {
        match call(client, door).await {
            Ok(()) => said.push(format!("{door}: fine")),
            Err(error) => said.push(shown(&error)),
        }
    }
    said.join("\n")
}

pub(crate) fn shown(error: &Error) -> String {
    let door = error.door().map_or("no door", Door::name);
    format!(
        "{door}: {:?}, sent {:?}, retry {}: {error}\n  {}",
        error.kind(),
        error.was_sent(),
        error.is_retryable(),
        error.remedy()
    )
}
