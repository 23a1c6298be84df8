//! Gateways, clocks and data that the tests share.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use peoplesoft_client::testing::{FakeComponent, FakePeopleSoft, FakeQuery, Output};
use peoplesoft_client::{CiAccess, CiBuffer, CiNames, Client, Clock, Profile};

/// A clock that moves only when somebody sleeps on it.
#[derive(Clone, Debug)]
pub(crate) struct TestClock(Arc<Mutex<(SystemTime, Vec<Duration>)>>);

impl TestClock {
    pub(crate) fn new() -> Self {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_775_044_800);
        Self(Arc::new(Mutex::new((noon, Vec::new()))))
    }

    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.0.lock().unwrap().1.clone()
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        self.0.lock().unwrap().0
    }

    async fn sleep(&self, duration: Duration) {
        let mut state = self.0.lock().unwrap();
        state.0 += duration;
        state.1.push(duration);
    }

    fn jitter(&self, upper: Duration) -> Duration {
        upper
    }
}

/// A gateway that asks for a password, and a client of it that never waits.
pub(crate) async fn gateway(profile: Profile) -> (FakePeopleSoft, Client, TestClock) {
    let fake = FakePeopleSoft::builder()
        .profile(profile)
        .basic("EDI_USER", "correct horse")
        .start()
        .await
        .unwrap();
    let clock = TestClock::new();
    let client = fake.client_builder().clock(clock.clone()).build().unwrap();
    (fake, client, clock)
}

pub(crate) fn output(change: impl FnOnce(&mut Output)) -> Output {
    let mut output = Output::default();
    change(&mut output);
    output
}

/// Lines of three orders in two business units.
pub(crate) fn open_orders() -> FakeQuery {
    FakeQuery::new(
        "X_OPEN_POS",
        [
            "A.BUSINESS_UNIT",
            "A.PO_ID",
            "B.LINE_NBR",
            "A.PO_STATUS",
            "A.PO_DT",
            "C.MERCHANDISE_AMT",
        ],
    )
    .numeric("B.LINE_NBR")
    .numeric("C.MERCHANDISE_AMT")
    .translate("A.PO_STATUS", "D", "Dispatched")
    .prompt("BU", "A.BUSINESS_UNIT")
    .prompt("STATUS", "A.PO_STATUS")
    .after([("AFTER_BU", "A.BUSINESS_UNIT"), ("AFTER_ID", "A.PO_ID")])
    .row(["US001", "0000000123", "1", "D", "2026-04-01", "10.50"])
    .row(["US001", "0000000123", "2", "D", "2026-04-01", "0.001"])
    .row([
        "US001",
        "0000000124",
        "1",
        "PA",
        "2026-04-02",
        "12345678901234567890.123",
    ])
    .row(["US002", "0000000007", "1", "D", "", "7"])
}

/// Suppliers as the delivered component interface has them.
pub(crate) fn suppliers() -> FakeComponent {
    FakeComponent::new("VNDR_ID", ["SETID", "VENDOR_ID"])
        .required("NAME1")
        .collection("VENDOR_ADDR", ["ADDRESS_SEQ_NUM"])
        .collection("VENDOR_ADDR_PHN", ["PHONE_TYPE"])
        .numbered("VENDOR_ID", 10)
        .warns_of("OLD_VENDOR_ID", "This supplier replaces another.")
        .record(acme())
}

pub(crate) fn acme() -> CiBuffer {
    CiBuffer::new()
        .with("SETID", "SHARE")
        .with("VENDOR_ID", "0000000042")
        .with("NAME1", "Acme & Söhne")
        .with_row("VENDOR_ADDR", address("1", "Ghent"))
        .with_row("VENDOR_ADDR", address("2", "Lyon"))
}

pub(crate) fn address(number: &str, city: &str) -> CiBuffer {
    CiBuffer::new()
        .with("ADDRESS_SEQ_NUM", number)
        .with("CITY", city)
        .with_row(
            "VENDOR_ADDR_PHN",
            CiBuffer::new()
                .with("PHONE_TYPE", "BUSN")
                .with("PHONE", "555"),
        )
}

/// A profile that knows the suppliers, changed as a site would have it.
pub(crate) fn profile(change: impl FnOnce(&mut CiAccess)) -> Profile {
    let mut access = CiAccess::default();
    access.name = "VNDR_ID".to_owned();
    access.keys = vec!["SETID".to_owned(), "VENDOR_ID".to_owned()];
    change(&mut access);
    let mut profile = Profile::default();
    profile
        .component_interfaces
        .insert("suppliers".to_owned(), access);
    profile
}

pub(crate) fn prefixed(access: &mut CiAccess) {
    access.names = CiNames::prefixed();
}
