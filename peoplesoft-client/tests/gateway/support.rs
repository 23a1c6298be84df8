//! Orders, clocks and gateways that the tests share.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use peoplesoft_client::model::*;
use peoplesoft_client::testing::FakePeopleSoft;
use peoplesoft_client::{Client, Clock};

/// A clock that moves only when somebody sleeps on it, and that takes all of every delay.
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

    pub(crate) fn advance(&self, by: Duration) {
        self.0.lock().unwrap().0 += by;
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

pub(crate) fn decimal(text: &str) -> peoplesoft_client::Decimal {
    parse_decimal(text).unwrap()
}

pub(crate) fn time(text: &str) -> PsDateTime {
    text.parse().unwrap()
}

/// An order with `lines` lines of one schedule each, changed at `second` of the test day.
pub(crate) fn order(number: u32, lines: u32, second: u64) -> PurchaseOrder {
    let mut order = PurchaseOrder::new(
        PurchaseOrderKey::new("US001", format!("{number:010}")).unwrap(),
        VendorKey::new("SHARE", "0000000042").unwrap(),
        "2026-04-01".parse().unwrap(),
        CurrencyCode::new("USD").unwrap(),
    );
    order.status = PoStatus::Dispatched;
    order.last_updated = day().plus(Duration::from_secs(second));
    for line_nbr in 1..=lines {
        let mut line = PurchaseOrderLine::new(line_nbr, UnitOfMeasure::new("EA").unwrap());
        line.description = Some(format!("Item {line_nbr} of {number}, \"blue\" & <new>"));
        line.cancel_status = Some(CancelStatus::Active);
        let mut schedule = PurchaseOrderSchedule::new(
            1,
            "2026-04-15".parse().unwrap(),
            decimal("2.5"),
            decimal("10.00001"),
        );
        schedule.ship_to = Some(ShipToId::new("DOCK1").unwrap());
        line.schedules.push(schedule);
        order.lines.push(line);
    }
    order
}

pub(crate) fn invoice(number: u32, lines: u32, second: u64) -> BillingInvoice {
    let mut invoice = BillingInvoice::new(
        BillingInvoiceKey::new("US001", format!("INV-{number:06}")).unwrap(),
        CustomerId::new("1000").unwrap(),
        "2026-04-01".parse().unwrap(),
        CurrencyCode::new("USD").unwrap(),
    );
    invoice.last_updated = day().plus(Duration::from_secs(second));
    for line_seq in 1..=lines {
        let line = BillingInvoiceLine::new(line_seq, decimal("3"), decimal("19.99"));
        invoice.total += line.gross_amount;
        invoice.lines.push(line);
    }
    invoice
}

/// The start of the test day.
pub(crate) fn day() -> PsDateTime {
    time("2026-04-01T00:00:00")
}

/// The end of the test day.
pub(crate) fn next_day() -> PsDateTime {
    day().plus(Duration::from_secs(86_400))
}

/// A gateway with three orders, and a client of it that never waits.
pub(crate) async fn gateway() -> (FakePeopleSoft, Client, TestClock) {
    let fake = FakePeopleSoft::builder()
        .basic("EDI_USER", "correct horse")
        .orders((1..=3).map(|number| order(number, 2, u64::from(number))))
        .start()
        .await
        .unwrap();
    let clock = TestClock::new();
    let client = fake.client_builder().clock(clock.clone()).build().unwrap();
    (fake, client, clock)
}

/// The orders of the test day.
pub(crate) fn today(client: &Client) -> peoplesoft_client::Changed<PurchaseOrder> {
    client.purchase_orders().changed_between(day(), next_day())
}
