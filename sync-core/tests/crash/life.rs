//! A life: a ledger, a source and a sink, and the processes that come and go over them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sync_core::delivery::{Event, Phase, Release, Rule, step};
use sync_core::engine::Embedded;
use sync_core::store::{DocumentFilter, MemoryStore, Op, StateStore};
use sync_core::testing::{
    FaultPlan, ManualClock, Outside, Row, RowsAsText, ScriptedSink, ScriptedSource, invariants,
};
use sync_core::{Clock, Pipeline, PollRule, Refusal, Repeat, Runnable, SinkCaps, Stop, StreamKey};

const LEASE: Duration = Duration::from_secs(30);
/// What is sent: `a` twice where its first version is seen in time.
const SENT: [&str; 5] = ["a", "b", "c", "d", "held"];
/// A row that no parcel may hold, and one that nobody can read.
const DEAD: [&str; 2] = ["bad", "poison"];

/// What a life works on.
pub(crate) struct World {
    clock: ManualClock,
    pub(crate) ledger: Arc<dyn StateStore>,
    source: ScriptedSource,
    pub(crate) sink: ScriptedSink,
    stream: StreamKey,
    /// Whether what holds `held` is mended: a unit that was missing, for example.
    mended: Arc<AtomicBool>,
}

impl World {
    /// Seven rows in pages of two, on a ledger that the caller makes.
    pub(crate) async fn on<F, L>(repeat: Repeat, ledger: F) -> Self
    where
        F: FnOnce(Arc<dyn Clock>) -> L + Send,
        L: Future<Output = Arc<dyn StateStore>> + Send,
    {
        let clock = ManualClock::new();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let rule = PollRule::new(Duration::from_secs(1), Duration::from_secs(60));
        let source = ScriptedSource::new(Arc::clone(&shared), rule);
        source.page_size(2);
        let world = Self {
            ledger: ledger(Arc::clone(&shared)).await,
            sink: ScriptedSink::new(shared, repeat),
            stream: StreamKey::new("acme", "orders", ""),
            mended: Arc::default(),
            clock,
            source,
        };
        for key in ["a", "b", "bad", "c", "d", "held"] {
            world.source.put(key, "1");
        }
        let why = Stop::new("unreadable", "byte 0: found 0xff, expected `{`");
        world.source.put_poison("poison", b"\xff", why);
        world.clock.advance(Duration::from_secs(5));
        world
    }

    pub(crate) async fn in_memory(repeat: Repeat) -> Self {
        let ledger = |clock| std::future::ready(Arc::new(MemoryStore::new(clock)) as _);
        Self::on(repeat, ledger).await
    }

    /// Promises what it does not keep: whatever it says, every repeat is a new effect.
    pub(crate) async fn forgetful(repeat: Repeat) -> Self {
        let world = Self::in_memory(repeat).await;
        let clock: Arc<dyn Clock> = Arc::new(world.clock.clone());
        let sink = ScriptedSink::new(clock, Repeat::Blind);
        let caps = SinkCaps {
            repeat,
            ..sync_core::Sink::caps(&sink, "lane")
        };
        Self {
            sink: sink.promising(caps),
            ..world
        }
    }

    /// One process, from its start to its end or its death; whether it lived.
    async fn process(&self, plan: &FaultPlan) -> bool {
        let process = plan.process();
        let mended = Arc::clone(&self.mended);
        let lane = move |row: &Row| {
            if row.key == "held" && !mended.load(Ordering::Relaxed) {
                let why = Stop::new("unknown-unit", "unit `XX` has no factor");
                return Err(Refusal::Hold(why));
            }
            Ok("lane".into())
        };
        let transform = RowsAsText::new().batch(2).lane_by(lane).check_by(|row| {
            if row.key == "bad" {
                let why = Stop::new("no-lines", "found 0 lines, expected 1");
                return Err(Refusal::Reject(why));
            }
            Ok(())
        });
        let (source, sink) = (
            process.source(self.source.clone()),
            process.sink(self.sink.clone()),
        );
        let pipeline = Arc::new(Pipeline::new(source, transform, sink));
        let jobs: Vec<(_, Arc<dyn Runnable>)> = vec![(self.stream.clone(), pipeline)];
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let store = Arc::new(process.store(Arc::clone(&self.ledger)));
        let engine = Embedded::new(store, clock, "process")
            .lease(LEASE)
            .patience(Duration::from_secs(3600));
        process.run(engine.run_once(&jobs)).await.is_some()
    }

    /// Two processes with faults, a row that changes between them, then processes without faults until nothing is left.
    ///
    /// Answers with what does not hold, and how many documents wait for a person.
    pub(crate) async fn live(&self, plan: &FaultPlan) -> (Vec<String>, usize) {
        self.process(plan).await;
        self.clock.advance(LEASE);
        self.source.put("a", "2");
        self.mended.store(true, Ordering::Relaxed);
        self.clock.advance(Duration::from_secs(5));
        for _ in 0..2 {
            self.process(plan).await;
            self.clock.advance(LEASE);
        }
        plan.calm();
        plan.settle().await;
        for _ in 0..3 {
            assert!(self.process(plan).await, "nothing goes wrong any more");
            self.clock.advance(LEASE);
        }
        let mut bad = self.judge(plan, true).await;
        let review = self.decide().await;
        if review > 0 {
            for _ in 0..2 {
                assert!(self.process(plan).await, "nothing goes wrong any more");
            }
            bad.extend(self.judge(plan, false).await);
        }
        (bad, review)
    }

    /// A person looks at the sink for everything that nobody else can tell, and says what is to be done.
    async fn decide(&self) -> usize {
        let filter = DocumentFilter {
            phases: vec![Phase::Review],
            ..DocumentFilter::default()
        };
        let waiting = self.ledger.documents(&self.stream, &filter).await.unwrap();
        let mut ships: Vec<_> = waiting.iter().filter_map(|doc| doc.ship).collect();
        ships.dedup();
        let lease = self.ledger.acquire(&self.stream, "a person", LEASE).await;
        let lease = lease.unwrap().unwrap();
        for id in ships {
            let found = self.ledger.shipment(&self.stream, id).await.unwrap();
            let shipment = found.unwrap();
            let (name, _) = shipment.parcel.as_ref().unwrap();
            let release = match self.sink.effects_of(name) {
                0 => Release::Resend,
                _ => Release::Confirm,
            };
            let caps = sync_core::Sink::caps(&self.sink, "");
            let rule = Rule {
                repeat: caps.repeat,
                budget: caps.budget,
                now: self.clock.wall(),
                backoff: Duration::ZERO,
            };
            let from = (shipment.delivery.phase, shipment.delivery.attempt);
            let (to, why, _) = step(&shipment.delivery, &Event::Released(release), &rule).unwrap();
            let (ship, note, parcel) = (id, "looked".into(), None);
            let op = Op::Move {
                ship,
                from,
                to,
                why,
                note,
                parcel,
            };
            self.ledger.commit(&lease, &[op]).await.unwrap();
        }
        self.ledger.release(lease).await.unwrap();
        waiting.len()
    }

    /// What does not hold; whether something may wait for a person.
    async fn judge(&self, plan: &FaultPlan, may_wait: bool) -> Vec<String> {
        let outside = Outside::scripted(&self.stream, &self.source, &self.sink, plan);
        let violations = invariants(&*self.ledger, &outside).await.unwrap();
        let mut bad: Vec<_> = violations.iter().map(ToString::to_string).collect();
        let all = DocumentFilter::default();
        let docs = self.ledger.documents(&self.stream, &all).await.unwrap();
        for doc in &docs {
            let dead = DEAD.contains(&&*doc.key);
            let changed = &*doc.key == "a";
            let fits = match doc.phase {
                Phase::Dead => dead,
                Phase::Confirmed => !dead,
                Phase::Review => may_wait && !dead,
                // The second version behind the first.
                Phase::Intent => may_wait && changed && doc.n == 2,
                // The first version, changed before it was sent.
                Phase::Superseded => changed && doc.n == 1,
                _ => false,
            };
            if !fits {
                bad.push(format!("version {} of {} is {}", doc.n, doc.key, doc.phase));
            }
        }
        for key in SENT.iter().chain(&DEAD) {
            if !docs.iter().any(|doc| &*doc.key == *key) {
                bad.push(format!("{key} is lost"));
            }
        }
        bad
    }
}

/// Remembers for longer than a life lasts.
pub(crate) fn deduplicated() -> Repeat {
    Repeat::Deduplicated {
        window: Duration::from_secs(24 * 3600),
    }
}

/// Longer than a request, a pause of a process and the lease of one that is gone.
pub(crate) fn probed() -> Repeat {
    Repeat::Probe {
        settle: Duration::from_secs(60),
    }
}
