//! A pipeline behind gates: rates, `Retry-After`, breakers and budgets, on a clock that nobody waits for.

#![cfg(feature = "test-util")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use sync_core::audit::verify_store;
use sync_core::breaker::BreakerRule;
use sync_core::delivery::Phase;
use sync_core::engine::{Embedded, Report};
use sync_core::limit::{EndpointRule, Limits, Rate};
use sync_core::store::{MemoryStore, StateStore};
use sync_core::testing::{Act, ManualClock, RowsAsText, ScriptedSink, ScriptedSource};
use sync_core::{
    Clock, Observer, Pipeline, PollRule, Progress, Repeat, Runnable, SourceError, SourceErrorKind,
    StreamKey,
};

const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
struct Told(Mutex<Vec<String>>);

impl Observer for Told {
    fn event(&self, _: &StreamKey, event: &Progress<'_>) {
        if let Progress::Breaker { endpoint, from, to } = event {
            let told = format!("{endpoint}: {from} -> {to}");
            self.0.lock().unwrap().push(told);
        }
    }
}

struct Bench {
    clock: ManualClock,
    shared: Arc<dyn Clock>,
    ledger: MemoryStore,
    source: ScriptedSource,
    sink: ScriptedSink,
    limits: Limits,
    stream: StreamKey,
    told: Arc<Told>,
}

impl Bench {
    fn new(repeat: Repeat) -> Self {
        let clock = ManualClock::new();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let rule = PollRule::new(SECOND, 60 * SECOND);
        Self {
            ledger: MemoryStore::new(Arc::clone(&shared)),
            source: ScriptedSource::new(Arc::clone(&shared), rule),
            sink: ScriptedSink::new(Arc::clone(&shared), repeat),
            limits: Limits::new(),
            stream: StreamKey::new("acme", "orders", ""),
            told: Arc::default(),
            clock,
            shared,
        }
    }

    fn rate(&self, endpoint: &str, rate: Option<Rate>, failures: u32) {
        let breaker = BreakerRule {
            failures: NonZeroU32::new(failures).unwrap(),
            ..BreakerRule::default()
        };
        let rule = EndpointRule {
            rate,
            breaker,
            ..EndpointRule::default()
        };
        self.limits.set_endpoint("acme", endpoint, rule);
    }

    fn rows(&self, count: usize) {
        for number in 0..count {
            self.source.put(&format!("po{number}"), "x");
        }
        self.clock.advance(2 * SECOND);
    }

    async fn run(&self) -> Report {
        let pipeline = Pipeline::new(self.source.clone(), RowsAsText::new(), self.sink.clone())
            .source_gate(self.limits.gate("acme", "peoplesoft", None))
            .sink_gate(self.limits.gate("acme", "cleo", Some("cleo.example")));
        let jobs: Vec<(_, Arc<dyn Runnable>)> = vec![(self.stream.clone(), Arc::new(pipeline))];
        let ledger = Arc::new(self.ledger.clone());
        let engine = Embedded::new(ledger, Arc::clone(&self.shared), "test");
        let engine = engine.observer(Arc::clone(&self.told) as _);
        let report = engine.run_once(&jobs).await.remove(0);
        let verified = verify_store(&self.ledger, &self.stream).await.unwrap();
        assert!(verified.is_ok(), "{verified:?}");
        report
    }

    fn sent_at(&self) -> Vec<SystemTime> {
        self.sink.effects().iter().map(|effect| effect.at).collect()
    }

    async fn count(&self, phase: Phase) -> u64 {
        self.ledger.counts(&self.stream).await.unwrap().of(phase)
    }

    async fn breaker_events(&self) -> Vec<String> {
        let trail = self.ledger.audit(&self.stream, 1, 10_000).await.unwrap();
        let of_breaker = trail.iter().filter(|entry| &*entry.kind == "breaker");
        of_breaker
            .map(|entry| String::from_utf8_lossy(&entry.body).into_owned())
            .collect()
    }
}

fn deduplicated() -> Repeat {
    Repeat::Deduplicated {
        window: 3600 * SECOND,
    }
}

fn a_second(burst: u32) -> Option<Rate> {
    let burst = NonZeroU32::new(burst).unwrap();
    Some(Rate::new(NonZeroU32::MIN, SECOND).burst(burst))
}

#[tokio::test]
async fn deliveries_keep_to_the_rate_and_all_arrive() {
    let bench = Bench::new(deduplicated());
    bench.rate("cleo", a_second(3), 5);
    bench.rows(12);
    assert!(bench.run().await.is_complete());
    let sent = bench.sent_at();
    assert_eq!(sent.len(), 12);
    for (number, at) in sent.iter().enumerate().skip(3) {
        let ahead = at.duration_since(sent[number - 3]).unwrap();
        // Never more than three in a second and what the last one before had left over.
        assert!(ahead >= SECOND, "{number}: {ahead:?}");
    }
    let whole = sent[11].duration_since(sent[0]).unwrap();
    assert!((9 * SECOND..12 * SECOND).contains(&whole), "{whole:?}");
    assert_eq!(bench.sink.calls().len(), 12, "nothing was tried in vain");
}

#[tokio::test]
async fn pages_keep_to_the_rate_of_the_source() {
    let bench = Bench::new(deduplicated());
    bench.rate("peoplesoft", a_second(1), 5);
    bench.source.page_size(5);
    bench.rows(20);
    let began = bench.clock.mono();
    assert!(bench.run().await.is_complete());
    assert_eq!(bench.sent_at().len(), 20);
    // One question for the time and four pages.
    let took = bench.clock.mono() - began;
    assert!((4 * SECOND..6 * SECOND).contains(&took), "{took:?}");
}

#[tokio::test]
async fn retry_after_holds_back_every_delivery_and_is_a_floor() {
    let bench = Bench::new(deduplicated());
    bench.sink.then(Act::NotSent {
        after: Some(90 * SECOND),
    });
    bench.rows(40);
    let began = bench.clock.wall();
    assert!(bench.run().await.is_complete());
    let sent = bench.sent_at();
    assert_eq!(sent.len(), 40);
    // What was on its way together with the first is not called back.
    let later = sent.iter().filter(|at| **at >= began + 90 * SECOND).count();
    assert!(later >= 40 - 8, "{later}");
    let between = |at: &&SystemTime| **at > began && **at < began + 90 * SECOND;
    assert_eq!(sent.iter().filter(between).count(), 0);
}

#[tokio::test]
async fn a_sink_that_is_down_is_left_alone_and_found_out_about_by_one_delivery_at_a_time() {
    let bench = Bench::new(deduplicated());
    bench.rate("cleo", None, 3);
    let clock = bench.clock.clone();
    let began = clock.wall();
    bench.sink.decide_by(move |_| {
        let down = clock.wall() < began + 100 * SECOND;
        down.then_some(Act::NotSent { after: None })
    });
    bench.rows(30);
    assert!(bench.run().await.is_complete());
    assert_eq!(bench.count(Phase::Confirmed).await, 30);
    // Eight were on their way together; then one after 30 s and one after 60 s more, which was answered… or the one
    // after that.
    let in_vain = bench.sink.calls().len() - 30;
    assert!((9..=11).contains(&in_vain), "{in_vain}");
    let events = bench.breaker_events().await;
    assert!(events[0].contains("\"open\""), "{events:?}");
    assert!(events.last().unwrap().contains("\"closed\""), "{events:?}");
    let told = bench.told.0.lock().unwrap();
    assert_eq!(told[0], "cleo: closed -> open");
    assert_eq!(told[1], "cleo: open -> half-open");
    assert_eq!(told.last().unwrap(), "cleo: half-open -> closed");
    assert_eq!(told.len(), events.len());
}

#[tokio::test]
async fn while_the_sink_is_shut_no_numbers_are_taken() {
    let bench = Bench::new(deduplicated());
    bench.rate("cleo", None, 1);
    bench.sink.decide_by(|_| Some(Act::NotSent { after: None }));
    bench.rows(100);
    let report = bench.run().await;
    assert!(!report.is_complete());
    let prepared = bench.count(Phase::Prepared).await;
    assert!(prepared <= 16, "{prepared}");
    assert_eq!(bench.count(Phase::Intent).await, 100 - prepared);
    let given = bench.ledger.given("acme", &["numbers"]).await.unwrap();
    assert_eq!(given, [Some(prepared)]);
}

#[tokio::test]
async fn a_question_and_the_delivery_that_follows_get_through_a_narrow_gate() {
    let settle = 10 * SECOND;
    let bench = Bench::new(Repeat::Probe { settle });
    bench.rate("cleo", a_second(1), 100);
    for _ in 0..3 {
        bench.sink.then(Act::LoseRequest);
    }
    bench.rows(5);
    assert!(bench.run().await.is_complete());
    assert_eq!(bench.count(Phase::Confirmed).await, 5);
    assert_eq!(bench.sent_at().len(), 5);
    assert!(bench.sink.altered().is_empty());
}

#[tokio::test]
async fn a_source_that_is_down_is_left_alone_while_deliveries_go_on() {
    let bench = Bench::new(deduplicated());
    bench.rate("peoplesoft", None, 2);
    bench.rows(3);
    for _ in 0..2 {
        bench.source.fail(SourceError {
            kind: SourceErrorKind::Transient,
            operation: "now".into(),
            message: "connection refused".into(),
            remedy: None,
            after: None,
        });
    }
    let began = bench.clock.mono();
    assert!(bench.run().await.is_complete());
    assert!(bench.clock.mono() - began >= 30 * SECOND);
    assert_eq!(bench.sent_at().len(), 3);
    assert_eq!(bench.breaker_events().await.len(), 3);
}
