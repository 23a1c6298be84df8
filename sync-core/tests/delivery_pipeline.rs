//! What a pipeline does with everyday trouble: late rows, changed rows, bad rows, refusals, doubt and a clock ahead.

#![cfg(feature = "test-util")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sync_core::audit::verify_store;
use sync_core::delivery::Phase;
use sync_core::engine::{Embedded, Outcome, Report};
use sync_core::store::{Document, DocumentFilter, MemoryStore, StateStore};
use sync_core::testing::{Act, ManualClock, Row, RowsAsText, ScriptedSink, ScriptedSource};
use sync_core::{
    Clock, Cx, Fingerprint, Item, Page, Parcel, Pipeline, Poison, PollRule, RecordId, Refusal,
    Repeat, Runnable, Series, Source, SourceError, SourceErrorKind, Stamp, Stop, StreamKey, Sweep,
    Transform, Window,
};

const SECOND: i64 = 1_000_000;

struct Bench {
    clock: ManualClock,
    ledger: MemoryStore,
    source: ScriptedSource,
    sink: ScriptedSink,
    transform: RowsAsText,
    stream: StreamKey,
}

impl Bench {
    fn new(repeat: Repeat) -> Self {
        Self::with_rule(
            repeat,
            PollRule::new(Duration::from_secs(1), Duration::from_secs(60)),
        )
    }

    fn with_rule(repeat: Repeat, rule: PollRule) -> Self {
        let clock = ManualClock::new();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        Self {
            ledger: MemoryStore::new(Arc::clone(&shared)),
            source: ScriptedSource::new(Arc::clone(&shared), rule),
            sink: ScriptedSink::new(shared, repeat),
            transform: RowsAsText::new(),
            stream: StreamKey::new("acme", "orders", ""),
            clock,
        }
    }

    async fn run(&self) -> Report {
        let pipeline = Pipeline::new(
            self.source.clone(),
            self.transform.clone(),
            self.sink.clone(),
        );
        let jobs: Vec<(_, Arc<dyn Runnable>)> = vec![(self.stream.clone(), Arc::new(pipeline))];
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let engine = Embedded::new(Arc::new(self.ledger.clone()), clock, "test");
        let mut reports = engine.run_once(&jobs).await;
        let verified = verify_store(&self.ledger, &self.stream).await.unwrap();
        assert!(verified.is_ok(), "{verified:?}");
        reports.remove(0)
    }

    /// A run that must leave nothing undone.
    async fn complete(&self) {
        self.clock.advance(Duration::from_secs(2));
        let report = self.run().await;
        assert!(report.is_complete(), "{report}");
    }

    async fn docs(&self) -> Vec<Document> {
        self.ledger
            .documents(&self.stream, &DocumentFilter::default())
            .await
            .unwrap()
    }

    async fn phases(&self) -> Vec<Phase> {
        self.docs().await.iter().map(|doc| doc.phase).collect()
    }

    /// The lines that the sink has, without their headers.
    fn lines(&self) -> Vec<String> {
        let text = |effect: &sync_core::testing::Effect| {
            let text = String::from_utf8(effect.bytes.to_vec()).unwrap();
            text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
        };
        self.sink.effects().iter().flat_map(text).collect()
    }
}

fn deduplicated() -> Repeat {
    Repeat::Deduplicated {
        window: Duration::from_secs(3600),
    }
}

#[tokio::test]
async fn a_row_that_changes_and_changes_back_is_sent_three_times_and_never_for_nothing() {
    let bench = Bench::new(deduplicated());
    for body in ["ten", "twelve", "ten"] {
        bench.source.put("po1", body);
        bench.complete().await;
        bench.complete().await;
    }
    assert_eq!(
        bench.lines(),
        ["po1|1|0|ten", "po1|2|1|twelve", "po1|3|2|ten"]
    );
}

#[tokio::test]
async fn rows_that_appear_late_are_found_within_the_lookback_and_by_the_sweep() {
    let rule = PollRule {
        lookback: Some(Duration::from_secs(10)),
        sweep: Some(Sweep {
            reach: Duration::from_secs(300),
            every: 3,
        }),
        ..PollRule::new(Duration::from_secs(1), Duration::from_secs(200))
    };
    let bench = Bench::with_rule(deduplicated(), rule);
    let start = bench.source.present();
    bench.source.put_at("late", start, start + 8 * SECOND, "a");
    bench
        .source
        .put_at("very late", start, start + 100 * SECOND, "b");
    bench.source.put_at("first", start, start, "c");
    for _ in 0..20 {
        bench
            .source
            .put(&format!("tick {}", bench.source.present()), "x");
        bench.clock.advance(Duration::from_secs(8));
        assert!(bench.run().await.is_complete());
    }
    let lines = bench.lines();
    let mut distinct = lines.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!((lines.len(), distinct.len()), (23, 23), "{lines:#?}");
}

#[tokio::test]
async fn a_poison_record_is_a_dead_letter_and_its_page_goes_on() {
    let bench = Bench::new(deduplicated());
    bench.source.put("good", "1");
    bench
        .source
        .put_poison("bad", b"\xff", Stop::new("unreadable", "byte 0"));
    bench.complete().await;
    bench.complete().await;
    assert_eq!(bench.lines(), ["good|1|0|1"]);
    let docs = bench.docs().await;
    let bad = docs.iter().find(|doc| *doc.key == *"bad").unwrap();
    assert_eq!(
        (bad.phase, &*bad.payload),
        (Phase::Dead, b"\xff".as_slice())
    );
    assert_eq!(docs.len(), 2, "the same bytes are not taken in again");
    bench.source.put("bad", "mended");
    bench.complete().await;
    assert_eq!(bench.lines(), ["good|1|0|1", "bad|2|0|mended"]);
}

/// A source one of whose records can be read neither for its content nor for its time.
#[derive(Debug)]
struct Timeless(ScriptedSource, &'static [u8]);

#[async_trait::async_trait]
impl Source for Timeless {
    type Record = Row;

    fn rule(&self) -> PollRule {
        self.0.rule()
    }

    fn fingerprint(&self) -> Fingerprint {
        self.0.fingerprint()
    }

    async fn now(&self, cx: &Cx) -> Result<i64, SourceError> {
        self.0.now(cx).await
    }

    async fn fetch(
        &self,
        cx: &Cx,
        window: &Window,
        page: Option<&Bytes>,
    ) -> Result<Page<Row>, SourceError> {
        let mut page = self.0.fetch(cx, window, page).await?;
        if !self.1.is_empty() {
            page.records = vec![Err(Poison {
                key: "a".into(),
                at: None,
                raw: Bytes::from_static(self.1),
                why: Stop::new("unreadable", "byte 0"),
            })];
        }
        Ok(page)
    }

    fn identify(&self, record: &Row) -> Result<RecordId, Poison> {
        self.0.identify(record)
    }
}

#[tokio::test]
async fn a_bad_record_without_a_time_is_not_taken_for_an_old_one() {
    let bench = Bench::new(deduplicated());
    bench.source.put("a", "1");
    // Known and good, then unreadable twice over, then good again.
    for (raw, mended) in [("", None), ("?", None), ("?", None), ("", Some("2"))] {
        if let Some(body) = mended {
            bench.source.put("a", body);
        }
        bench.clock.advance(Duration::from_secs(2));
        let source = Timeless(bench.source.clone(), raw.as_bytes());
        let pipeline = Pipeline::new(source, bench.transform.clone(), bench.sink.clone());
        let jobs: Vec<(_, Arc<dyn Runnable>)> = vec![(bench.stream.clone(), Arc::new(pipeline))];
        let clock: Arc<dyn Clock> = Arc::new(bench.clock.clone());
        let engine = Embedded::new(Arc::new(bench.ledger.clone()), clock, "test");
        engine.run_once(&jobs).await;
    }
    let phases = bench.phases().await;
    assert_eq!(phases, [Phase::Confirmed, Phase::Dead, Phase::Confirmed]);
    assert_eq!(bench.docs().await[1].at, None);
    assert_eq!(bench.lines(), ["a|1|0|1", "a|3|1|2"]);
}

#[tokio::test]
async fn what_is_held_goes_on_by_itself_once_the_reason_is_gone() {
    let mut bench = Bench::new(deduplicated());
    let hold = |row: &Row| match row.body.as_str() {
        "no route" => Err(Refusal::Hold(Stop::new("no-route", "found no route"))),
        "never" => Err(Refusal::Reject(Stop::new("no-lines", "found 0 lines"))),
        _ => Ok("lane".into()),
    };
    bench.transform = RowsAsText::new().lane_by(hold);
    bench.source.put("a", "no route");
    bench.source.put("b", "never");
    bench.source.put("c", "good");
    bench.complete().await;
    assert_eq!(
        bench.phases().await,
        [Phase::Held, Phase::Dead, Phase::Confirmed]
    );
    let before = bench.ledger.audit(&bench.stream, 1, 1000).await.unwrap();
    bench.complete().await;
    let after = bench.ledger.audit(&bench.stream, 1, 1000).await.unwrap();
    let refusals = |entries: &[sync_core::audit::AuditEntry]| {
        entries
            .iter()
            .filter(|entry| *entry.kind == *"refused")
            .count()
    };
    assert_eq!(
        refusals(&before),
        refusals(&after),
        "held again for the same reason"
    );
    bench.transform = RowsAsText::new();
    bench.complete().await;
    assert_eq!(bench.lines(), ["c|1|0|good", "a|1|0|no route"]);
}

#[tokio::test]
async fn a_member_that_cannot_be_rendered_leaves_its_shipment_and_burns_the_numbers() {
    let mut bench = Bench::new(deduplicated());
    let check = |row: &Row| match row.body.as_str() {
        "bad" => Err(Refusal::Hold(Stop::new("no-factor", "unit `XX`"))),
        _ => Ok(()),
    };
    bench.transform = RowsAsText::new().batch(3).check_by(check);
    for (key, body) in [("a", "good"), ("b", "bad"), ("c", "good")] {
        bench.source.put(key, body);
    }
    bench.complete().await;
    assert_eq!(bench.lines(), ["a|1|0|good", "c|1|0|good"]);
    let numbers: Vec<_> = bench
        .sink
        .effects()
        .into_iter()
        .map(|effect| effect.numbers)
        .collect();
    assert_eq!(numbers, [[2]], "number 1 is burnt");
    let phases = bench.phases().await;
    assert_eq!(phases, [Phase::Confirmed, Phase::Held, Phase::Confirmed]);
}

#[tokio::test]
async fn what_is_held_while_it_is_rendered_takes_no_more_numbers_until_it_would_go() {
    let mut bench = Bench::new(deduplicated());
    let held_for = |why: &'static str| {
        RowsAsText::new().check_by(move |_| Err(Refusal::Hold(Stop::new("no-factor", why))))
    };
    let given = async |bench: &Bench| bench.ledger.given("acme", &["numbers"]).await.unwrap();
    let detail = async |bench: &Bench| bench.docs().await[0].stop.clone().unwrap().detail;
    bench.transform = held_for("unit `XX`");
    bench.source.put("a", "1");
    bench.complete().await;
    assert_eq!(bench.phases().await, [Phase::Held]);
    let trail = |bench: &Bench| {
        let (ledger, stream) = (bench.ledger.clone(), bench.stream.clone());
        async move { ledger.audit_of(&stream, "a", 100).await.unwrap().len() }
    };
    let told = trail(&bench).await;
    for _ in 0..5 {
        bench.complete().await;
    }
    assert_eq!(
        given(&bench).await,
        [Some(1)],
        "only the first try took one"
    );
    assert_eq!(trail(&bench).await, told, "nothing happened to it");
    // Another reason is shown as soon as it is the reason, and takes no number either.
    bench.transform = held_for("unit `YY`");
    bench.complete().await;
    assert_eq!(&*detail(&bench).await, "unit `YY`");
    assert_eq!(given(&bench).await, [Some(1)]);
    assert_eq!(bench.phases().await, [Phase::Held]);
    bench.transform = RowsAsText::new();
    bench.complete().await;
    assert_eq!(bench.lines(), ["a|1|0|1"]);
    assert_eq!(given(&bench).await, [Some(2)]);
}

#[tokio::test]
async fn what_was_held_and_can_never_go_is_a_dead_letter_even_where_the_words_are_the_same() {
    let mut bench = Bench::new(deduplicated());
    let why = || Stop::new("no-factor", "unit `XX`");
    bench.transform = RowsAsText::new().check_by(move |_| Err(Refusal::Hold(why())));
    bench.source.put("a", "1");
    bench.complete().await;
    bench.transform = RowsAsText::new().check_by(move |_| Err(Refusal::Reject(why())));
    bench.complete().await;
    assert_eq!(bench.phases().await, [Phase::Dead]);
    assert!(bench.lines().is_empty());
}

/// A transform that refuses a shipment without a word, or one document twice.
#[derive(Debug)]
struct Unhelpful(Vec<usize>);

impl Transform for Unhelpful {
    type In = Row;

    fn lane(&self, _: &Item<Row>) -> Result<Box<str>, Refusal> {
        Ok("lane".into())
    }

    fn series(&self, _: &str) -> Vec<Series> {
        vec![Series::new("numbers")]
    }

    fn batch(&self, _: &str) -> usize {
        2
    }

    fn ship(&self, _: &str, _: &[Item<Row>], _: &Stamp) -> Result<Parcel, Vec<(usize, Refusal)>> {
        let why = Refusal::Reject(Stop::new("no-lines", "found 0 lines"));
        Err(self.0.iter().map(|place| (*place, why.clone())).collect())
    }
}

#[tokio::test]
async fn a_transform_that_names_nobody_or_somebody_twice_ends_nevertheless() {
    for (named, expected) in [
        (vec![], [Phase::Held, Phase::Held]),
        (vec![7], [Phase::Held, Phase::Held]),
        (vec![0, 1, 1, 0, 9], [Phase::Dead, Phase::Dead]),
    ] {
        let bench = Bench::new(deduplicated());
        bench.source.put("a", "1");
        bench.source.put("b", "1");
        bench.clock.advance(Duration::from_secs(2));
        let pipeline = Pipeline::new(
            bench.source.clone(),
            Unhelpful(named.clone()),
            bench.sink.clone(),
        );
        let jobs: Vec<(_, Arc<dyn Runnable>)> = vec![(bench.stream.clone(), Arc::new(pipeline))];
        let clock: Arc<dyn Clock> = Arc::new(bench.clock.clone());
        let engine = Embedded::new(Arc::new(bench.ledger.clone()), clock, "test");
        let reports = engine.run_once(&jobs).await;
        assert!(
            reports.iter().all(Report::is_complete),
            "{named:?}: {reports:?}"
        );
        assert_eq!(bench.phases().await, expected, "{named:?}");
        let given = bench.ledger.given("acme", &["numbers"]).await.unwrap();
        bench.clock.advance(Duration::from_secs(2));
        engine.run_once(&jobs).await;
        assert_eq!(bench.phases().await, expected, "{named:?}, once more");
        let after = bench.ledger.given("acme", &["numbers"]).await.unwrap();
        assert_eq!(after, given, "{named:?}: numbers taken by another look");
    }
}

#[tokio::test]
async fn a_version_waits_for_the_one_in_doubt_before_it() {
    let bench = Bench::new(Repeat::Blind);
    bench.sink.then(Act::LoseAnswer);
    bench.source.put("a", "1");
    bench.complete().await;
    assert_eq!(bench.phases().await, [Phase::Review]);
    bench.source.put("a", "2");
    bench.source.put("b", "1");
    bench.complete().await;
    bench.complete().await;
    let phases = bench.phases().await;
    assert_eq!(phases, [Phase::Review, Phase::Intent, Phase::Confirmed]);
    assert_eq!(bench.lines(), ["a|1|0|1", "b|1|0|1"]);
}

#[tokio::test]
async fn a_request_that_lands_late_is_seen_before_anything_is_sent_again() {
    let settle = Duration::from_secs(60);
    let bench = Bench::new(Repeat::Probe { settle });
    bench.sink.then(Act::LandAfter(Duration::from_secs(40)));
    bench.source.put("a", "1");
    bench.complete().await;
    assert_eq!(bench.lines(), ["a|1|0|1"]);
    assert_eq!(
        bench.sink.calls().len(),
        1,
        "it was asked for, not sent again"
    );
    assert!(bench.sink.probes() >= 2);
    assert_eq!(bench.phases().await, [Phase::Confirmed]);
}

#[tokio::test]
async fn a_lost_request_is_sent_again_with_the_same_number_and_the_same_bytes() {
    for repeat in [
        deduplicated(),
        Repeat::Probe {
            settle: Duration::from_secs(60),
        },
    ] {
        let bench = Bench::new(repeat);
        bench.sink.then(Act::LoseRequest);
        bench.sink.then(Act::NotSent {
            after: Some(Duration::from_secs(7)),
        });
        bench.source.put("a", "1");
        bench.complete().await;
        let calls = bench.sink.calls();
        let names: Vec<_> = calls
            .iter()
            .map(|call| (&*call.name, call.attempt))
            .collect();
        let name = "lane-1.txt";
        assert_eq!(names, [(name, 1), (name, 2), (name, 3)], "{repeat:?}");
        assert_eq!(bench.sink.effects_of(name), 1);
        assert!(bench.sink.altered().is_empty());
    }
}

#[tokio::test]
async fn a_doubt_older_than_the_sinks_memory_is_for_a_person() {
    let bench = Bench::new(deduplicated());
    bench.sink.then(Act::LoseAnswer);
    // Every later try is refused until the sink has forgotten the first.
    bench.sink.decide_by(|call| {
        let after = Some(Duration::from_secs(500));
        (call.attempt > 1 && call.attempt < 12).then_some(Act::NotSent { after })
    });
    bench.source.put("a", "1");
    for _ in 0..20 {
        bench.clock.advance(Duration::from_secs(600));
        bench.run().await;
    }
    assert_eq!(bench.phases().await, [Phase::Review]);
    assert_eq!(
        bench.lines(),
        ["a|1|0|1"],
        "the sink would have taken it a second time"
    );
}

#[tokio::test]
async fn a_source_that_cannot_be_read_is_told_of_and_does_not_stop_deliveries() {
    let bench = Bench::new(Repeat::Blind);
    bench.sink.then(Act::NotSent {
        after: Some(Duration::from_secs(3600)),
    });
    bench.source.put("a", "1");
    bench.clock.advance(Duration::from_secs(2));
    let report = bench.run().await;
    assert!(matches!(report.outcome, Outcome::Waiting(_)), "{report}");
    bench.clock.advance(Duration::from_secs(3700));
    bench.source.fail(SourceError {
        kind: SourceErrorKind::Connectivity,
        operation: "query".into(),
        message: "log-in refused".into(),
        remedy: Some("renew the password".into()),
        after: None,
    });
    let report = bench.run().await;
    assert!(report.failure.is_some(), "{report}");
    assert_eq!(bench.lines(), ["a|1|0|1"]);
    let entries = bench.ledger.audit(&bench.stream, 1, 1000).await.unwrap();
    assert!(entries.iter().any(|entry| *entry.kind == *"connectivity"));
}

#[tokio::test]
async fn a_clock_that_runs_ahead_of_the_source_loses_nothing() {
    for skew in [-30 * SECOND, 30 * SECOND] {
        let bench = Bench::new(deduplicated());
        bench.source.skew(skew);
        for n in 0..20 {
            bench.source.put(&format!("{n}"), "x");
            bench.clock.advance(Duration::from_millis(700));
            assert!(bench.run().await.is_complete());
        }
        bench.complete().await;
        assert_eq!(bench.lines().len(), 20, "skew {skew}");
    }
}

#[tokio::test]
async fn a_changed_question_stops_the_stream_instead_of_reading_on() {
    let bench = Bench::new(deduplicated());
    bench.source.put("a", "1");
    bench.complete().await;
    bench.source.question("another filter");
    bench.source.put("b", "1");
    bench.clock.advance(Duration::from_secs(2));
    let report = bench.run().await;
    let stopped = matches!(
        report.outcome,
        Outcome::Stopped(sync_core::store::StoreError::Fingerprint)
    );
    assert!(stopped, "{report}");
    assert_eq!(bench.lines(), ["a|1|0|1"]);
}
