//! A whole pipeline, killed at every point where a process can die, once and twice: nothing lost, nothing twice.

#![cfg(feature = "test-util")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;
use std::time::Duration;

use sync_core::audit::verify_store;
use sync_core::delivery::Phase;
use sync_core::engine::Embedded;
use sync_core::store::{DocumentFilter, MemoryStore, StateStore};
use sync_core::testing::{
    Act, Crash, Edge, FaultyStore, ManualClock, RowsAsText, ScriptedSink, ScriptedSource,
};
use sync_core::{Clock, Pipeline, PollRule, Repeat, Runnable, StreamKey};

const LEASE: Duration = Duration::from_secs(30);
const KEYS: [&str; 5] = ["a", "b", "c", "d", "e"];

/// The outside world and the ledger: what a crash leaves alone.
struct World {
    clock: ManualClock,
    ledger: MemoryStore,
    source: ScriptedSource,
    sink: ScriptedSink,
    stream: StreamKey,
}

impl World {
    fn new(repeat: Repeat) -> Self {
        let clock = ManualClock::new();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let rule = PollRule::new(Duration::from_secs(1), Duration::from_secs(60));
        let source = ScriptedSource::new(Arc::clone(&shared), rule);
        source.page_size(2);
        let world = Self {
            ledger: MemoryStore::new(Arc::clone(&shared)),
            sink: ScriptedSink::new(shared, repeat),
            stream: StreamKey::new("acme", "orders", ""),
            clock,
            source,
        };
        for key in KEYS {
            world.source.put(key, "1");
        }
        world.clock.advance(Duration::from_secs(5));
        world
    }

    /// One process, from its start to its end or its death.
    async fn process(&self, crash: &Crash) -> bool {
        let store = FaultyStore::new(Arc::new(self.ledger.clone())).crashing(crash.clone());
        let source = self.source.clone().crashing(crash.clone());
        let sink = self.sink.clone().crashing(crash.clone());
        let pipeline = Pipeline::new(source, RowsAsText::new().batch(2), sink);
        let jobs: Vec<(_, Arc<dyn Runnable>)> = vec![(self.stream.clone(), Arc::new(pipeline))];
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let engine = Embedded::new(Arc::new(store), clock, "process")
            .lease(LEASE)
            .patience(Duration::from_secs(3600));
        crash.run(engine.run_once(&jobs)).await.is_some()
    }

    /// Processes without faults until there is nothing left to do.
    async fn finish(&self) {
        for _ in 0..3 {
            self.clock.advance(LEASE);
            assert!(self.process(&Crash::new()).await);
        }
    }

    async fn phases(&self) -> Vec<Phase> {
        let docs = self
            .ledger
            .documents(&self.stream, &DocumentFilter::default())
            .await
            .unwrap();
        docs.iter().map(|doc| doc.phase).collect()
    }

    /// How often each key took effect.
    fn effects(&self) -> Vec<usize> {
        let effects = self.sink.effects();
        let text: Vec<_> = effects
            .iter()
            .map(|effect| String::from_utf8_lossy(&effect.bytes))
            .collect();
        let count = |key: &str| {
            let line = format!("\n{key}|");
            text.iter().filter(|text| text.contains(&line)).count()
        };
        KEYS.iter().map(|key| count(key)).collect()
    }

    async fn check(&self, what: &str) {
        verify_store(&self.ledger, &self.stream)
            .await
            .unwrap()
            .expect(what);
        assert!(
            self.sink.altered().is_empty(),
            "{what}: a resend had other bytes"
        );
        let mut numbers: Vec<_> = self
            .sink
            .effects()
            .into_iter()
            .map(|e| (e.numbers, e.name))
            .collect();
        numbers.sort();
        numbers.dedup();
        let names = numbers.len();
        numbers.dedup_by_key(|(numbers, _)| numbers.clone());
        assert_eq!(
            numbers.len(),
            names,
            "{what}: a number was given to two parcels"
        );
        assert!(
            self.phases().await.len() <= KEYS.len(),
            "{what}: a row was taken in twice"
        );
    }

    async fn exactly_once(&self, what: &str) {
        self.check(what).await;
        assert_eq!(self.effects(), [1; 5], "{what}: effects of each key");
        assert_eq!(self.phases().await, [Phase::Confirmed; 5], "{what}");
    }

    /// Nothing twice; what may be missing is in the hands of a person.
    async fn at_most_once(&self, what: &str) -> usize {
        self.check(what).await;
        let effects = self.effects();
        let docs = self
            .ledger
            .documents(&self.stream, &DocumentFilter::default())
            .await
            .unwrap();
        for (key, effects) in KEYS.iter().zip(effects) {
            let phase = docs
                .iter()
                .find(|doc| *doc.key == **key)
                .map(|doc| doc.phase);
            match phase {
                Some(Phase::Confirmed) => assert_eq!(effects, 1, "{what}: {key}"),
                Some(Phase::Review) => assert!(effects <= 1, "{what}: {key}"),
                other => panic!("{what}: {key} is {other:?} with {effects} effects"),
            }
        }
        docs.iter().filter(|doc| doc.phase == Phase::Review).count()
    }
}

fn deduplicated() -> Repeat {
    Repeat::Deduplicated {
        window: Duration::from_secs(24 * 3600),
    }
}

/// Longer than a request and a pause of a process, and than the lease of one that is gone.
fn probe() -> Repeat {
    Repeat::Probe {
        settle: Duration::from_secs(60),
    }
}

/// What goes wrong beside the crash.
fn trouble(world: &World, kind: u32) {
    match kind {
        1 => world.sink.then(Act::LoseAnswer),
        2 => world.sink.then(Act::LoseRequest),
        3 => world.sink.then(Act::NotSent {
            after: Some(Duration::from_secs(2)),
        }),
        4 => world.sink.then(Act::LandAfter(Duration::from_secs(20))),
        _ => {}
    }
}

async fn points(repeat: Repeat, kind: u32) -> u64 {
    let world = World::new(repeat);
    trouble(&world, kind);
    let crash = Crash::new();
    assert!(world.process(&crash).await);
    crash.points()
}

#[tokio::test]
async fn a_crash_at_any_point_loses_nothing_and_sends_nothing_twice() {
    for (name, repeat) in [("deduplicating", deduplicated()), ("probe", probe())] {
        for kind in 0..5 {
            let points = points(repeat, kind).await;
            assert!(points > 15, "{points} points");
            for point in 1..=points {
                for edge in [Edge::Before, Edge::After] {
                    let what = format!("{name}, trouble {kind}, crash {edge:?} point {point}");
                    let world = World::new(repeat);
                    trouble(&world, kind);
                    let crash = Crash::new();
                    crash.arm(point, edge);
                    assert!(!world.process(&crash).await, "{what}: it did not die");
                    world.finish().await;
                    world.exactly_once(&what).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_second_crash_during_recovery_changes_nothing() {
    for (name, repeat) in [("deduplicating", deduplicated()), ("probe", probe())] {
        let points = points(repeat, 1).await;
        for first in 1..=points {
            // Every other one, the odd ones after an even first and the reverse: every place is met many times.
            for second in (1 + first % 2..=points).step_by(2) {
                let what = format!("{name}, crashes after points {first} and {second}");
                let world = World::new(repeat);
                trouble(&world, 1);
                for point in [first, second] {
                    let crash = Crash::new();
                    crash.arm(point, Edge::After);
                    world.process(&crash).await;
                    world.clock.advance(LEASE);
                }
                world.finish().await;
                world.exactly_once(&what).await;
            }
        }
    }
}

#[tokio::test]
async fn a_crash_before_a_blind_sink_is_for_a_person_and_never_a_second_delivery() {
    let mut reviewed = 0;
    for kind in 0..5 {
        for point in 1..=points(Repeat::Blind, kind).await {
            for edge in [Edge::Before, Edge::After] {
                let what = format!("blind, trouble {kind}, crash {edge:?} point {point}");
                let world = World::new(Repeat::Blind);
                trouble(&world, kind);
                let crash = Crash::new();
                crash.arm(point, edge);
                world.process(&crash).await;
                world.finish().await;
                reviewed += world.at_most_once(&what).await;
            }
        }
    }
    assert!(reviewed > 0, "some crash must leave a doubt");
}

/// The check above can fail: a sink that promises to deduplicate and does not gets something twice.
#[tokio::test]
async fn a_sink_that_does_not_keep_its_promise_is_found_out() {
    let mut twice = 0;
    for point in 1..=points(deduplicated(), 0).await {
        let world = World::new(deduplicated());
        // Whatever it promises, every repeat is a new effect.
        let forgetful = ScriptedSink::new(Arc::new(world.clock.clone()), Repeat::Blind);
        let caps = sync_core::SinkCaps {
            repeat: deduplicated(),
            ..sync_core::Sink::caps(&forgetful, "lane")
        };
        let world = World {
            sink: forgetful.promising(caps),
            ..world
        };
        let crash = Crash::new();
        crash.arm(point, Edge::After);
        world.process(&crash).await;
        world.finish().await;
        twice += world
            .effects()
            .iter()
            .filter(|effects| **effects > 1)
            .count();
    }
    assert!(twice > 0, "a repeat must show");
}

/// Every call of the store that fails, before or after its effect, ends the run or is read back; the next goes on.
#[tokio::test]
async fn a_store_that_fails_any_call_loses_nothing() {
    for repeat in [deduplicated(), probe()] {
        let mut nth = 1;
        loop {
            let mut reached = false;
            for edge in [Edge::Before, Edge::After] {
                let world = World::new(repeat);
                trouble(&world, 1);
                let store = Arc::new(FaultyStore::new(Arc::new(world.ledger.clone())));
                store.fail(nth, edge);
                let pipeline = Pipeline::new(
                    world.source.clone(),
                    RowsAsText::new().batch(2),
                    world.sink.clone(),
                );
                let jobs: Vec<(_, Arc<dyn Runnable>)> =
                    vec![(world.stream.clone(), Arc::new(pipeline))];
                let clock: Arc<dyn Clock> = Arc::new(world.clock.clone());
                let seen: Arc<dyn StateStore> = Arc::<FaultyStore>::clone(&store);
                let engine = Embedded::new(seen, clock, "process").lease(LEASE);
                engine.run_once(&jobs).await;
                reached |= store.calls().len() >= nth;
                world.finish().await;
                world
                    .exactly_once(&format!("{repeat:?}, call {nth} failed {edge:?}"))
                    .await;
            }
            if !reached {
                break;
            }
            nth += 1;
        }
        assert!(nth > 10, "{nth} calls");
    }
}
