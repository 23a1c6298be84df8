//! Random lives of a ledger: the durable stores answer what the memory store answers, to the byte.

#![cfg(all(any(feature = "sqlite", feature = "postgres"), feature = "test-util"))]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "store_agreement/ended.rs"]
mod ended;
#[cfg(feature = "postgres")]
#[path = "postgres_server/mod.rs"]
mod postgres_server;
#[path = "store_agreement/steps.rs"]
mod steps;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use steps::{Part, Step, step};
use sync_core::delivery::{Delivery, Phase, Why};
use sync_core::store::{
    DocId, DocumentFilter, Epoch, MemoryStore, NewDocument, NewShipment, Op, Refused, Revision,
    Seen, ShipId, StateStore, StoreError,
};
use sync_core::testing::ManualClock;
use sync_core::{
    Clock, Cursor, Fingerprint, Lease, RecordId, Series, Stop, StreamKey, Version, Window,
};

const KEYS: [&str; 4] = ["", "a", "b", "US001/0000000123"];
const TTL: Duration = Duration::from_millis(40);

/// Two stores on one clock, and what the test holds.
struct Pair {
    memory: MemoryStore,
    other: Box<dyn StateStore>,
    clock: ManualClock,
    streams: [StreamKey; 3],
    leases: HashMap<u8, Lease>,
    ok: usize,
    refused: usize,
}

/// An answer with an error's kind alone: its words are for people.
fn kind<T>(answer: Result<T, StoreError>) -> Result<T, String> {
    answer.map_err(|error| match error {
        StoreError::Conflict(_) => "conflict".into(),
        other => format!("{other:?}"),
    })
}

impl Pair {
    async fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Acquire { stream, owner } => {
                let key = &self.streams[usize::from(*stream)];
                let owner = ["one", "two"][usize::from(*owner)];
                let one = kind(self.memory.acquire(key, owner, TTL).await);
                let other = kind(self.other.acquire(key, owner, TTL).await);
                prop_assert_eq!(&one, &other);
                if let Ok(Some(lease)) = one {
                    self.leases.insert(*stream, lease);
                }
            }
            Step::Renew { stream, stale } => {
                let Some(lease) = self.lease(*stream, *stale) else {
                    return Ok(());
                };
                let one = kind(self.memory.renew(&lease).await);
                prop_assert_eq!(&one, &kind(self.other.renew(&lease).await));
            }
            Step::Release { stream } => {
                let Some(lease) = self.lease(*stream, false) else {
                    return Ok(());
                };
                let one = kind(self.memory.release(lease.clone()).await);
                prop_assert_eq!(&one, &kind(self.other.release(lease).await));
            }
            Step::Advance { millis } => self.clock.advance(Duration::from_millis((*millis).into())),
            Step::WallBack { millis } => {
                self.clock
                    .set_wall(self.clock.wall() - Duration::from_millis((*millis).into()));
            }
            Step::Commit {
                stream,
                stale,
                parts,
            } => {
                let Some(lease) = self.lease(*stream, *stale) else {
                    return Ok(());
                };
                let mut ops = Vec::new();
                for part in parts {
                    ops.push(self.op(&lease.stream, part).await);
                }
                let one = kind(self.memory.commit(&lease, &ops).await);
                let other = kind(self.other.commit(&lease, &ops).await);
                prop_assert_eq!(&one, &other, "{:#?}", ops);
                match one {
                    Ok(_) => self.ok += 1,
                    Err(_) => self.refused += 1,
                }
            }
        }
        Ok(())
    }

    fn lease(&self, stream: u8, stale: bool) -> Option<Lease> {
        let lease = self.leases.get(&stream)?.clone();
        let epoch = if stale {
            Epoch(lease.epoch.0 - 1)
        } else {
            lease.epoch
        };
        Some(Lease { epoch, ..lease })
    }

    /// Documents of a stream in these phases, or any number where it is wild.
    async fn docs(&self, stream: &StreamKey, phases: &[Phase], pick: u8, wild: bool) -> Vec<DocId> {
        if wild {
            return vec![DocId(u64::from(pick % 24))];
        }
        let filter = DocumentFilter {
            phases: phases.into(),
            ..DocumentFilter::default()
        };
        let found = self.memory.documents(stream, &filter).await.unwrap();
        let ids: Vec<_> = found.iter().map(|doc| doc.id).collect();
        if ids.is_empty() {
            return ids;
        }
        let place = usize::from(pick) % ids.len();
        ids[place..].iter().chain(&ids[..place]).copied().collect()
    }

    async fn op(&self, stream: &StreamKey, part: &Part) -> Op {
        let now = self.clock.wall();
        match part {
            Part::Cursor {
                off,
                other,
                watermark,
                window,
                polls,
            } => {
                let (revision, old) = self.memory.load(stream).await.unwrap();
                let expect = Revision(revision.0 + u64::from(*off));
                let fingerprint = Fingerprint::of([if *other { "other" } else { "orders" }]);
                let low = old
                    .as_ref()
                    .and_then(|old| old.watermark)
                    .unwrap_or(i64::MIN);
                let mark =
                    i64::from(*watermark).max(if *watermark % 5 == 0 { i64::MIN } else { low });
                // Mostly where it may move it does, and where it may not it does not.
                let open = old.as_ref().and_then(|old| old.window);
                let kept = match (&old, open, window) {
                    (Some(old), None, _) | (Some(old), _, Some(_)) if watermark % 7 != 0 => {
                        old.watermark
                    }
                    (_, Some(open), None) if watermark % 3 != 0 => Some(mark.min(open.hi)),
                    _ => Some(mark),
                };
                let to = Cursor {
                    watermark: kept,
                    window: window.map(|hi| Window {
                        lo: -99,
                        hi: hi.into(),
                        sweep: hi % 2 == 0,
                    }),
                    page: window.map(|hi| vec![hi.unsigned_abs()].into()),
                    polls: old.map_or(0, |old| old.polls) + u64::from(*polls),
                    ..Cursor::start(fingerprint)
                };
                Op::Cursor { expect, to }
            }
            Part::Reset { watermark } => {
                let fingerprint = Fingerprint::of(["orders"]);
                let to = Cursor {
                    watermark: Some((*watermark).into()),
                    ..Cursor::start(fingerprint)
                };
                Op::Reset {
                    to,
                    by: "operator".into(),
                    why: "test".into(),
                }
            }
            Part::Seen { key, at, content } => {
                let id = record(*key, (*at).into(), *content);
                Op::Seen(vec![Seen {
                    id,
                    n: u32::from(*content) + 1,
                }])
            }
            Part::Forget { before } => Op::Forget {
                before: (*before).into(),
            },
            Part::Intend { key, content, dead } => Op::Intend(vec![NewDocument {
                key: KEYS[usize::from(*key)].into(),
                at: (*content > 0).then_some(i64::from(*content) * 10),
                n: u32::from(*content) + 1,
                version: Version::of(&[*content]),
                payload: vec![*content; 3].into(),
                dead: dead.then(|| Stop::new("unreadable", "byte 0")),
            }]),
            Part::Refuse {
                pick,
                wild,
                to,
                stop,
            } => {
                let docs = self
                    .docs(stream, &[Phase::Intent, Phase::Held], *pick, *wild)
                    .await;
                let to = match to {
                    0..=2 => Phase::Held,
                    3..=4 => Phase::Dead,
                    _ => Phase::Confirmed,
                };
                Op::Refuse(
                    docs.into_iter()
                        .take(2)
                        .map(|doc| refused(doc, to, *stop))
                        .collect(),
                )
            }
            Part::Retry { pick, wild } => {
                let docs = self
                    .docs(stream, &[Phase::Held, Phase::Dead], *pick, *wild)
                    .await;
                Op::Retry {
                    docs: docs.into_iter().take(1).collect(),
                    by: "operator".into(),
                }
            }
            Part::Prepare {
                pick,
                count,
                wild,
                series,
                fresh,
            } => {
                let mut docs = self.docs(stream, &[Phase::Intent], *pick, *wild).await;
                docs.truncate((*count).into());
                let names = ["isa", "gs", "short"];
                let series = names
                    .iter()
                    .zip([1, 2, 4])
                    .filter(|(_, bit)| series & bit > 0);
                let series = series
                    .map(|(name, bit)| Series::new(*name).range(1, if bit == 4 { 3 } else { 999 }));
                let series = series.collect();
                Op::Prepare(vec![NewShipment {
                    lane: "lane".into(),
                    docs,
                    fresh: (0..usize::from(*fresh)).collect(),
                    series,
                    at: now,
                }])
            }
            Part::Dissolve { pick, wild, refuse } => {
                let ship = self.ship(stream, *pick, *wild, &[Phase::Prepared]).await;
                let members = self.memory.shipment(stream, ship).await.unwrap();
                let members = members.map_or_else(Vec::new, |ship| ship.docs);
                let refused = members.iter().take((*refuse).into()).map(|doc| {
                    refused(
                        doc.id,
                        if pick.is_multiple_of(2) {
                            Phase::Held
                        } else {
                            Phase::Dead
                        },
                        0,
                    )
                });
                Op::Dissolve {
                    ship,
                    refused: refused.collect(),
                }
            }
            Part::Move {
                pick,
                wild,
                to,
                bytes,
            } => self.movement(stream, *pick, *wild, *to, *bytes).await,
            Part::Audit { body } => Op::Audit {
                kind: "poll".into(),
                body: match body {
                    0 => serde_json::Value::Null,
                    1 => serde_json::json!([1, "two"]),
                    2 => serde_json::json!({ "kind": "moved", "at": 7, "records": 3 }),
                    3 => serde_json::json!({ "key": "a", "keys": ["b", "", 7, "b"] }),
                    _ => serde_json::json!("said"),
                },
            },
            Part::Schedule { due } => Op::Schedule {
                due: due.map(|due| now + Duration::from_millis(due.into())),
            },
            Part::Ended(what) => self.ended(stream, what).await,
        }
    }

    /// A shipment of the stream that stands in one of these phases.
    async fn ship(&self, stream: &StreamKey, pick: u8, wild: bool, phases: &[Phase]) -> ShipId {
        let mut ships = Vec::new();
        for id in (1..=40).map(ShipId) {
            if let Some(ship) = self.memory.shipment(stream, id).await.unwrap()
                && phases.contains(&ship.delivery.phase)
            {
                ships.push(id);
            }
        }
        if wild || ships.is_empty() {
            return ShipId(u64::from(pick % 12));
        }
        ships[usize::from(pick) % ships.len()]
    }

    async fn movement(&self, stream: &StreamKey, pick: u8, wild: bool, to: u8, bytes: u8) -> Op {
        use Phase::{Acknowledged, Confirmed, Dead, InDoubt, Prepared, Review, Sent};
        let live = [Prepared, Sent, InDoubt, Review, Confirmed];
        let ship = self.ship(stream, pick, wild, &live).await;
        let row = self.memory.shipment(stream, ship).await.unwrap();
        let old = row.map_or_else(Delivery::prepared, |row| row.delivery);
        let (phase, why) = match (old.phase, to) {
            (Prepared, _) => (Sent, Why::First),
            (Sent, 0..=2) => (Confirmed, Why::Accepted),
            (Sent, 3) => (Dead, Why::Rejected),
            (Sent, 4) => (Prepared, Why::NotSent),
            (Sent, _) => (InDoubt, Why::Unknown),
            (InDoubt, 0..=2) => (Sent, Why::Deduplicated),
            (InDoubt, 3..=4) => (Confirmed, Why::Found),
            (InDoubt, _) => (Review, Why::Untold),
            (Review, 0..=3) => (Dead, Why::Released),
            (Review, _) => (Prepared, Why::Released),
            (_, _) => (Acknowledged, Why::Acknowledged),
        };
        let now = self.clock.wall();
        let sends = phase == Sent;
        Op::Move {
            ship,
            from: (old.phase, old.attempt + u32::from(wild)),
            to: Delivery {
                phase,
                attempt: old.attempt + u32::from(sends),
                probes: old.probes + u32::from(pick.is_multiple_of(3)),
                first_sent: old.first_sent.or(sends.then_some(now)),
                sent: if sends { Some(now) } else { old.sent },
                not_before: (to.is_multiple_of(3))
                    .then(|| now + Duration::from_millis(pick.into())),
            },
            why,
            note: if to.is_multiple_of(2) {
                "".into()
            } else {
                "said \"no\"".into()
            },
            // Mostly the same bytes, sometimes others.
            parcel: sends.then(|| (format!("{ship}.edi").into(), [u8::from(bytes == 5); 32])),
        }
    }

    /// Everything that both stores show.
    async fn compare(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(
            shown(&self.memory, self).await,
            shown(&*self.other, self).await
        );
        Ok(())
    }
}

async fn shown(store: &dyn StateStore, pair: &Pair) -> Vec<String> {
    let mut text = Vec::new();
    let now = pair.clock.wall();
    let far = now + Duration::from_secs(3600);
    for stream in &pair.streams {
        text.push(format!("{:?}", kind(store.load(stream).await)));
        for phases in [
            vec![],
            vec![Phase::Intent, Phase::Dead],
            vec![Phase::Prepared, Phase::Review],
            vec![Phase::Sent, Phase::Confirmed, Phase::Superseded],
        ] {
            for limit in [0, 2] {
                for (key, after) in [(None, None), (Some("a".into()), Some(DocId(2)))] {
                    let filter = DocumentFilter {
                        phases: phases.clone(),
                        key,
                        after,
                        limit,
                        bare: limit == 2,
                    };
                    let docs = store.documents(stream, &filter).await.unwrap();
                    text.push(format!("{filter:?} {docs:?}"));
                }
            }
        }
        for ship in 1..=40 {
            let ship = store.shipment(stream, ShipId(ship)).await.unwrap();
            text.extend(ship.map(|ship| format!("{ship:?}")));
        }
        text.push(format!("{:?}", store.counts(stream).await.unwrap()));
        for (now, limit) in [(SystemTime::UNIX_EPOCH, 99), (now, 2), (now, 99), (far, 99)] {
            text.push(format!(
                "{:?}",
                store.work(stream, now, limit).await.unwrap()
            ));
        }
        let ids = (0..36).map(|n| record(n / 9, i64::from(n % 3) * 60 - 60, n / 3 % 3));
        let ids: Vec<_> = ids.collect();
        text.push(format!("{:?}", store.classify(stream, &ids).await.unwrap()));
        text.extend(
            store
                .audit(stream, 1, 9999)
                .await
                .unwrap()
                .iter()
                .map(|e| format!("{e:?}")),
        );
        for key in KEYS {
            let seqs = store.audit_of(stream, key, 9999).await.unwrap();
            text.push(format!(
                "{key} {:?}",
                seqs.iter().map(|entry| entry.seq).collect::<Vec<_>>()
            ));
        }
        let series = ["isa", "gs", "short", "none"];
        text.push(format!(
            "{:?}",
            store.given(stream.tenant(), &series).await.unwrap()
        ));
        text.push(ended::found(store, stream, &pair.clock).await);
        // The outer answer is the store's, the inner one the chain's: both must be good.
        let verified = sync_core::audit::verify_store(store, stream).await.unwrap();
        text.push(format!("{:?}", verified.expect("the chain verifies")));
    }
    text.push(format!("{:?}", store.streams().await.unwrap()));
    text.push(format!("{:?}", store.overdue(now, 2).await.unwrap()));
    text.push(format!("{:?}", store.overdue(far, 99).await.unwrap()));
    text
}

fn record(key: u8, at: i64, content: u8) -> RecordId {
    let version = Version::of(&[content]);
    RecordId {
        at,
        key: KEYS[usize::from(key)].into(),
        version,
    }
}

fn refused(doc: DocId, to: Phase, stop: u8) -> Refused {
    Refused {
        doc,
        to,
        stop: Stop::new(format!("code-{stop}"), "found 3, expected 4"),
    }
}

/// Plays a life on a fresh store of each kind; `open` makes the durable one.
fn play<S: StateStore, Fut: Future<Output = S>>(
    steps: &[Step],
    open: impl FnOnce(Arc<dyn Clock>) -> Fut,
) -> Result<(usize, usize), TestCaseError> {
    let clock = ManualClock::new();
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut pair = Pair {
            memory: MemoryStore::new(Arc::clone(&shared)),
            other: Box::new(open(shared).await),
            clock,
            streams: [("a", "p"), ("a", "q"), ("b", "p")].map(|(t, p)| StreamKey::new(t, p, "")),
            leases: HashMap::new(),
            ok: 0,
            refused: 0,
        };
        for stream in 0..3 {
            pair.step(&Step::Acquire { stream, owner: 0 }).await?;
        }
        for (place, step) in steps.iter().enumerate() {
            pair.step(step).await?;
            if place % 8 == 7 {
                pair.compare().await?;
            }
        }
        pair.compare().await?;
        pair.carry_over().await?;
        Ok((pair.ok, pair.refused))
    })
}

#[cfg(feature = "sqlite")]
fn on_sqlite(steps: &[Step]) -> Result<(usize, usize), TestCaseError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    play(steps, |clock| async move {
        sync_core::store::SqliteStore::open(path, clock).unwrap()
    })
}

#[cfg(feature = "postgres")]
fn on_postgres(
    server: &postgres_server::Server,
    life: usize,
    steps: &[Step],
) -> Result<(usize, usize), TestCaseError> {
    let config = server.url().parse().unwrap();
    play(steps, |clock| async move {
        let options = sync_core::store::PostgresOptions::default().schema(&format!("life_{life}"));
        sync_core::store::PostgresStore::connect(config, options.unwrap(), clock)
            .await
            .unwrap()
    })
}

#[cfg(feature = "sqlite")]
proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn memory_and_sqlite_answer_the_same(steps in prop::collection::vec(step(), 1..60)) {
        on_sqlite(&steps)?;
    }
}

#[cfg(feature = "postgres")]
#[test]
fn memory_and_postgres_answer_the_same() {
    use proptest::test_runner::TestRunner;
    let server = postgres_server::Server::start();
    let lives = std::cell::Cell::new(0);
    let config = ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new(config)
        .run(&prop::collection::vec(step(), 1..60), |steps| {
            lives.set(lives.get() + 1);
            on_postgres(&server, lives.get(), &steps).map(drop)
        })
        .unwrap();
}

/// The lives above are worth living: enough of their commits are taken, and enough are refused.
#[cfg(feature = "sqlite")]
#[test]
fn the_random_lives_reach_both_sides() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut ok, mut refused) = (0, 0);
    for _ in 0..12 {
        let steps = prop::collection::vec(step(), 60)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let (taken, left) = on_sqlite(&steps).unwrap();
        ok += taken;
        refused += left;
    }
    assert!(
        ok > 100 && refused > 20,
        "{ok} commits were taken, {refused} refused"
    );
}
