//! Each invariant can fail: a trail or an outside world in which it does not hold.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde_json::{Value, json};

use super::trail::Trail;
use super::{Invariant, Outside, Parting, invariants};
use crate::audit::AuditEntry;
use crate::clock::Clock;
use crate::record::Version;
use crate::sink::{Repeat, SinkCaps};
use crate::store::{MemoryStore, NewDocument, Op, StateStore};
use crate::stream::StreamKey;
use crate::testing::ManualClock;

fn stream() -> StreamKey {
    StreamKey::new("acme", "orders", "")
}

fn outside() -> Outside {
    let caps = SinkCaps {
        repeat: Repeat::Blind,
        concurrency: 1,
        request_timeout: Duration::from_secs(5),
        budget: Duration::from_secs(3600),
    };
    Outside::new(&stream(), caps, SystemTime::UNIX_EPOCH)
}

/// What is wrong with a trail of these events, and with what the sink saw beside it.
fn wrong(events: &[Value], attempts: &[Parting], effects: &[Parting]) -> Vec<Invariant> {
    let entries: Vec<_> = events
        .iter()
        .zip(1..)
        .map(|(event, seq)| AuditEntry {
            seq,
            hash: [0; 32],
            at: SystemTime::UNIX_EPOCH,
            kind: "event".into(),
            body: event.to_string().into(),
        })
        .collect();
    let mut found = Vec::new();
    let trail = Trail::read(&entries, &mut found);
    let world = Outside {
        attempts: attempts.to_vec(),
        effects: effects.to_vec(),
        ..outside()
    };
    trail.check(&world, &mut found);
    found.iter().map(|violation| violation.invariant).collect()
}

fn parting(bytes: &'static str, number: u64) -> Parting {
    Parting::new("1.edi", &Bytes::from_static(bytes.as_bytes()), &[number])
}

fn hash(bytes: &'static str) -> String {
    let bytes = parting(bytes, 0).sha256;
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cursor(watermark: i64, window: Option<(i64, i64)>) -> Value {
    let window = window.map(|(lo, hi)| (lo, hi, false));
    json!({"kind": "cursor", "watermark": watermark, "window": window, "polls": 1})
}

fn prepared(ship: u64, doc: u64) -> Value {
    json!({"kind": "prepared", "ship": ship, "docs": [doc], "numbers": [["isa", ship]], "lane": "lane"})
}

fn moved(ship: u64, to: &str, why: &str, bytes: Option<&'static str>) -> Value {
    json!({
        "kind": "moved", "ship": ship, "from": "prepared", "to": to, "attempt": 1, "why": why,
        "parcel": bytes.map(|_| "1.edi"), "sha256": bytes.map(hash),
    })
}

fn sent(bytes: &'static str) -> Value {
    moved(1, "sent", "first", Some(bytes))
}

fn confirmed() -> Value {
    moved(1, "confirmed", "accepted", None)
}

#[test]
fn a_good_life_violates_nothing() {
    let once = [parting("a", 1)];
    let life = [
        cursor(5, Some((0, 9))),
        cursor(8, None),
        prepared(1, 1),
        sent("a"),
        confirmed(),
    ];
    assert_eq!(wrong(&life, &once, &once), []);
    let again = [prepared(1, 1), sent("a"), sent("a"), confirmed()];
    let twice = [parting("a", 1), parting("a", 1)];
    assert_eq!(wrong(&again, &twice, &once), []);
    let asked = [
        prepared(1, 1),
        sent("a"),
        moved(1, "review", "untold", None),
        moved(1, "prepared", "released", None),
        sent("a"),
        confirmed(),
    ];
    assert_eq!(
        wrong(&asked, &twice, &twice),
        [],
        "a person allowed one more"
    );
}

#[test]
fn a_document_in_two_shipments_is_found() {
    let found = wrong(&[prepared(1, 7), prepared(2, 7)], &[], &[]);
    assert_eq!(found, [Invariant::OneShipmentEach]);
    let dissolved = json!({"kind": "dissolved", "ship": 1, "burnt": [], "back": [7]});
    assert_eq!(
        wrong(&[prepared(1, 7), dissolved, prepared(2, 7)], &[], &[]),
        []
    );
}

#[test]
fn bytes_that_left_without_a_word_are_found() {
    let once = [parting("a", 1)];
    let never = wrong(&[prepared(1, 1)], &once, &[]);
    assert_eq!(never, [Invariant::SentBeforeTheFirstByte; 2]);
    let twice = [parting("a", 1), parting("a", 1)];
    let unmarked = wrong(&[prepared(1, 1), sent("a")], &twice, &[]);
    assert_eq!(unmarked, [Invariant::SentBeforeTheFirstByte]);
    let unnamed = wrong(&[prepared(1, 1), moved(1, "sent", "first", None)], &[], &[]);
    assert_eq!(unnamed, [Invariant::SentBeforeTheFirstByte]);
}

#[test]
fn a_resend_that_differs_is_found() {
    let other = wrong(&[prepared(1, 1), sent("a")], &[parting("b", 1)], &[]);
    assert_eq!(other, [Invariant::ResentAsItWas], "other bytes");
    let number = wrong(&[prepared(1, 1), sent("a")], &[parting("a", 2)], &[]);
    assert_eq!(number, [Invariant::ResentAsItWas], "another number");
    let marked = wrong(&[prepared(1, 1), sent("a"), sent("b")], &[], &[]);
    assert_eq!(
        marked,
        [Invariant::ResentAsItWas],
        "marked with other bytes"
    );
}

#[test]
fn a_watermark_that_jumps_is_found() {
    let bad = [Invariant::WatermarkOnlyForward];
    let open = cursor(5, Some((0, 9)));
    assert_eq!(wrong(&[open.clone(), cursor(4, None)], &[], &[]), bad);
    assert_eq!(wrong(&[open.clone(), cursor(10, None)], &[], &[]), bad);
    assert_eq!(wrong(&[open, cursor(6, Some((0, 9)))], &[], &[]), bad);
    assert_eq!(wrong(&[cursor(5, None), cursor(6, None)], &[], &[]), bad);
    let reset = json!({"kind": "reset", "watermark": 1, "by": "m.meyer", "why": "again"});
    assert_eq!(wrong(&[cursor(5, None), reset], &[], &[]), []);
}

#[test]
fn an_arrival_too_many_or_too_few_is_found() {
    let once = [parting("a", 1)];
    let twice = [parting("a", 1), parting("a", 1)];
    let life = [prepared(1, 1), sent("a"), sent("a"), confirmed()];
    let bad = [Invariant::ArrivedAsOftenAsItMay];
    assert_eq!(wrong(&life, &twice, &twice), bad);
    assert_eq!(wrong(&life, &once, &[]), bad, "confirmed, and not there");
}

async fn ledger() -> (MemoryStore, ManualClock) {
    let clock = ManualClock::new();
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let store = MemoryStore::new(shared);
    let ttl = Duration::from_secs(30);
    let lease = store.acquire(&stream(), "test", ttl).await;
    let doc = NewDocument {
        key: "a".into(),
        at: None,
        n: 1,
        version: Version::of(b"1"),
        payload: Bytes::from_static(b"{}"),
        dead: None,
    };
    let lease = lease.unwrap().unwrap();
    store
        .commit(&lease, &[Op::Intend(vec![doc])])
        .await
        .unwrap();
    (store, clock)
}

async fn of_ledger(store: &MemoryStore, outside: &Outside) -> Vec<Invariant> {
    let found = invariants(store, outside).await.unwrap();
    found.iter().map(|violation| violation.invariant).collect()
}

#[tokio::test]
async fn a_version_that_is_not_there_and_one_that_is_left_behind_are_found() {
    let (store, _) = ledger().await;
    let on_its_way = Outside {
        at_rest: false,
        ..outside()
    };
    assert_eq!(of_ledger(&store, &on_its_way).await, []);
    assert_eq!(of_ledger(&store, &outside()).await, [Invariant::NoLimbo]);
    let wanted = |key: &str, content: &[u8]| Outside {
        wanted: vec![(key.into(), Version::of(content))],
        ..outside()
    };
    let lost = [Invariant::EveryVersionIsTakenIn, Invariant::NoLimbo];
    assert_eq!(of_ledger(&store, &wanted("b", b"1")).await, lost);
    assert_eq!(of_ledger(&store, &wanted("a", b"2")).await, lost);
    assert_eq!(of_ledger(&store, &wanted("a", b"1")).await, lost[1..]);
    let bounded = Outside {
        open: Some(0),
        ..on_its_way
    };
    assert_eq!(of_ledger(&store, &bounded).await, [Invariant::Bounded]);
}

#[tokio::test]
async fn a_lease_that_is_not_over_is_found() {
    let (store, clock) = ledger().await;
    clock.advance(Duration::from_secs(60));
    let ttl = Duration::from_secs(30);
    let old = store.acquire(&stream(), "one", ttl).await.unwrap().unwrap();
    let stale = Outside {
        stale: vec![old],
        at_rest: false,
        ..outside()
    };
    assert_eq!(
        of_ledger(&store, &stale).await,
        [Invariant::OldOwnersAreFenced]
    );
    clock.advance(Duration::from_secs(60));
    assert!(
        store
            .acquire(&stream(), "two", ttl)
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(of_ledger(&store, &stale).await, []);
}

#[test]
fn invariants_are_numbered_as_they_are_called() {
    assert_eq!(Invariant::EveryVersionIsTakenIn.number(), 1);
    assert_eq!(Invariant::Bounded.number(), 12);
}
