//! What the `metrics` facade is told, seen through a recorder of our own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use sync_core::engine::Embedded;
use sync_core::schedule::Schedule;
use sync_core::telemetry::{Metered, health, names};
use sync_core::testing::{Act, ManualClock};
use sync_core::{Clock, SourceError, SourceErrorKind};

use crate::world::{SECOND, World};

type Values = Arc<Mutex<BTreeMap<String, Vec<f64>>>>;

/// Remembers every value under `name{label=value,…}`.
#[derive(Debug, Clone, Default)]
struct Remembered(Values);

struct Cell(Values, String);

impl Cell {
    fn push(&self, value: f64) {
        let mut values = self.0.lock().unwrap();
        values.entry(self.1.clone()).or_default().push(value);
    }
}

impl CounterFn for Cell {
    fn increment(&self, value: u64) {
        self.push(value as f64);
    }

    fn absolute(&self, value: u64) {
        self.push(value as f64);
    }
}

impl GaugeFn for Cell {
    fn increment(&self, value: f64) {
        self.push(value);
    }

    fn decrement(&self, value: f64) {
        self.push(-value);
    }

    fn set(&self, value: f64) {
        self.push(value);
    }
}

impl HistogramFn for Cell {
    fn record(&self, value: f64) {
        self.push(value);
    }
}

impl Remembered {
    fn cell(&self, key: &Key) -> Arc<Cell> {
        let labels: Vec<_> = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        let name = format!("{}{{{}}}", key.name(), labels.join(","));
        Arc::new(Cell(Arc::clone(&self.0), name))
    }

    /// The values of a metric of the one stream, with further labels.
    fn values(&self, name: &str, more: &str) -> Vec<f64> {
        let key = format!("{name}{{tenant=acme,pipeline=orders{more}}}");
        self.0
            .lock()
            .unwrap()
            .get(&key)
            .cloned()
            .unwrap_or_default()
    }

    fn sum(&self, name: &str, more: &str) -> f64 {
        self.values(name, more).iter().sum()
    }
}

impl Recorder for Remembered {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.cell(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.cell(key))
    }
}

#[test]
fn a_run_is_counted_from_the_first_row_to_the_last_delivery() {
    let recorder = Remembered::default();
    metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(one_run());
    });
    assert_eq!(recorder.sum(names::POLLS, ""), 2.0);
    assert_eq!(recorder.sum(names::RECORDS, ",novelty=new"), 3.0);
    assert_eq!(recorder.sum(names::RECORDS, ",novelty=poison"), 2.0);
    assert_eq!(recorder.sum(names::RECORDS, ",novelty=same"), 3.0);
    // Rows that were two, two and forty-two seconds old.
    let mut ages = recorder.values(names::FIRST_SEEN_AGE_SECONDS, "");
    ages.sort_by(f64::total_cmp);
    assert_eq!(ages, [2.0, 2.0, 42.0]);
    assert_eq!(recorder.sum(names::DOCUMENTS, ",phase=confirmed"), 2.0);
    assert_eq!(recorder.sum(names::DOCUMENTS, ",phase=dead"), 1.0);
    assert_eq!(recorder.sum(names::SOURCE_FAILURES, ",kind=transient"), 1.0);
    assert!(recorder.sum(names::TURNS, ",then=again") >= 3.0);
    assert_eq!(recorder.sum(names::TURNS, ",then=failed"), 1.0);
    let turns = recorder.values(names::TURN_SECONDS, "");
    assert!(turns.len() >= 5);
    assert_eq!(recorder.values(names::POLL_LATE_SECONDS, ""), [0.0, 0.0]);
    assert_eq!(recorder.values(names::DEAD_DOCUMENTS, ""), [2.0]);
    assert_eq!(recorder.values(names::OPEN_DOCUMENTS, ""), [0.0]);
    assert_eq!(recorder.values(names::OLDEST_OPEN_SECONDS, ""), [0.0]);
    assert_eq!(recorder.values(names::OVERDUE_SECONDS, ""), [0.0]);
}

async fn one_run() {
    let world = World::new(ManualClock::new());
    let line = world.line("acme", "");
    let start = line.source.present();
    line.source.put_at("late", start - 40_000_000, start, "x");
    line.source.put("po1", "x");
    line.source.put("po2", "refused");
    let why = sync_core::Stop::new("unreadable", "byte 0");
    line.source.put_poison("bad", b"\xff", why);
    line.sink
        .then(Act::Reject(sync_core::Stop::new("no", "no")));
    world.clock.advance(2 * SECOND);
    let observer = Arc::new(Metered::new(Arc::clone(&world.told) as _));
    let ledger = Arc::new(world.ledger.clone());
    let engine = Embedded::new(ledger, Arc::clone(&world.shared), "one").observer(observer);
    for failing in [true, false] {
        if failing {
            line.source.fail(SourceError {
                kind: SourceErrorKind::Transient,
                operation: "now".into(),
                message: "refused".into(),
                remedy: None,
                after: None,
            });
        }
        let service = engine.service(vec![line.plan(&Schedule::on_request())]);
        let control = service.control();
        control.run_now(&line.stream);
        let idle = std::future::poll_fn(|cx| {
            let view = control.stream(&line.stream).unwrap();
            if view.runs == 1 && view.state == sync_core::engine::StreamState::Idle {
                return std::task::Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            std::task::Poll::Pending
        });
        service.run(idle).await.unwrap();
    }
    let health = health(&world.ledger, &line.stream).await.unwrap();
    assert_eq!((health.open(), health.dead(), health.oldest), (0, 2, None));
    health.record(world.clock.wall() + Duration::from_secs(5));
}
