//! What a case works with.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::audit::AuditEntry;
use crate::clock::Clock;
use crate::cursor::{Cursor, Fingerprint};
use crate::delivery::{Delivery, Phase, Why};
use crate::lease::Lease;
use crate::record::{RecordId, Version};
use crate::series::Series;
use crate::source::Stop;
use crate::store::{
    Committed, DocId, Document, DocumentFilter, NewDocument, NewShipment, Op, Refused, Revision,
    Seen, ShipId, Shipment, StateStore, StoreError, Work,
};
use crate::stream::StreamKey;
use crate::testing::ManualClock;

/// Why a case did not hold.
#[derive(Debug)]
pub(super) struct Failure(pub(super) String);

/// What a case answers.
pub(super) type Check<T = ()> = Result<T, Failure>;

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(format!("the store answered {error:?}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Fails the case unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err($crate::conformance::bench::Failure(format!($($text)+)));
        }
    };
}

/// Fails the case unless both sides are equal.
macro_rules! ensure_eq {
    ($found:expr, $expected:expr, $($text:tt)+) => {{
        let (found, expected) = (&$found, &$expected);
        if found != expected {
            let what = format!($($text)+);
            let text = format!("{what}: found {found:?}, expected {expected:?}");
            return Err($crate::conformance::bench::Failure(text));
        }
    }};
}

/// Fails the case unless the answer is this error.
macro_rules! ensure_err {
    ($answer:expr, $error:pat, $($text:tt)+) => {{
        let answer = $answer;
        if !matches!(answer, Err($error)) {
            let what = format!($($text)+);
            let text = format!("{what}: found {answer:?}, expected {}", stringify!($error));
            return Err($crate::conformance::bench::Failure(text));
        }
    }};
}

/// Turns `async fn`s into cases.
macro_rules! cases {
    ($($name:literal => $case:path,)+) => {
        pub(super) const CASES: &[$crate::conformance::Case] =
            &[$(($name, |bench| Box::pin($case(bench)))),+];
    };
}

pub(super) use {cases, ensure, ensure_eq, ensure_err};

/// A store with a stream.
pub(super) struct Bench {
    pub(super) store: Arc<dyn StateStore>,
    pub(super) clock: ManualClock,
    pub(super) stream: StreamKey,
}

/// The time to live of the leases here.
pub(super) const TTL: Duration = Duration::from_secs(30);

impl Bench {
    pub(super) fn new(store: Arc<dyn StateStore>, clock: ManualClock) -> Self {
        Self {
            store,
            clock,
            stream: StreamKey::new("acme", "purchase-orders", "us001"),
        }
    }

    /// Takes a stream, which must be free.
    pub(super) async fn take(&self, stream: &StreamKey) -> Check<Lease> {
        let lease = self.store.acquire(stream, "bench", TTL).await?;
        lease.ok_or_else(|| Failure(format!("{stream} is not free")))
    }

    pub(super) async fn lease(&self) -> Check<Lease> {
        self.take(&self.stream).await
    }

    pub(super) fn after(&self, seconds: u64) -> SystemTime {
        self.clock.wall() + Duration::from_secs(seconds)
    }

    pub(super) async fn commit(&self, lease: &Lease, ops: &[Op]) -> Check<Committed> {
        Ok(self.store.commit(lease, ops).await?)
    }

    pub(super) async fn revision(&self) -> Check<Revision> {
        Ok(self.store.load(&self.stream).await?.0)
    }

    /// Takes one document in.
    pub(super) async fn intend(&self, lease: &Lease, key: &str, n: u32) -> Check<DocId> {
        let done = self
            .commit(lease, &[Op::Intend(vec![new_doc(key, n)])])
            .await?;
        done.documents
            .first()
            .copied()
            .ok_or_else(|| Failure("a commit that takes a document in names none".into()))
    }

    /// Puts documents into one shipment.
    pub(super) async fn prepare(&self, lease: &Lease, docs: &[DocId]) -> Check<ShipId> {
        let done = self.commit(lease, &[self.shipment_of(docs)]).await?;
        done.shipments
            .first()
            .map(|prepared| prepared.id)
            .ok_or_else(|| Failure("a commit that prepares a shipment names none".into()))
    }

    pub(super) fn shipment_of(&self, docs: &[DocId]) -> Op {
        let series = vec![Series::new("isa"), Series::new("gs")];
        let at = self.clock.wall();
        Op::Prepare(vec![NewShipment {
            lane: "lane".into(),
            docs: docs.to_vec(),
            fresh: Vec::new(),
            series,
            at,
        }])
    }

    pub(super) async fn doc(&self, id: DocId) -> Check<Document> {
        let all = self
            .store
            .documents(&self.stream, &DocumentFilter::default())
            .await?;
        let found = all.into_iter().find(|doc| doc.id == id);
        found.ok_or_else(|| Failure(format!("document {id} is gone")))
    }

    pub(super) async fn phase(&self, id: DocId) -> Check<Phase> {
        Ok(self.doc(id).await?.phase)
    }

    pub(super) async fn ship(&self, id: ShipId) -> Check<Shipment> {
        let found = self.store.shipment(&self.stream, id).await?;
        found.ok_or_else(|| Failure(format!("shipment {id} is gone")))
    }

    pub(super) async fn work(&self) -> Check<Work> {
        Ok(self
            .store
            .work(&self.stream, self.clock.wall(), 100)
            .await?)
    }

    /// Marks a prepared shipment as sent for the first time.
    pub(super) async fn send(&self, lease: &Lease, ship: ShipId) -> Check<Committed> {
        self.commit(lease, &[self.sent(ship)]).await
    }

    pub(super) fn sent(&self, ship: ShipId) -> Op {
        let now = self.clock.wall();
        Op::Move {
            ship,
            from: (Phase::Prepared, 0),
            to: Delivery {
                phase: Phase::Sent,
                attempt: 1,
                first_sent: Some(now),
                sent: Some(now),
                ..Delivery::prepared()
            },
            why: Why::First,
            note: "".into(),
            parcel: Some(("parcel.edi".into(), [7; 32])),
        }
    }

    /// Moves a shipment that was sent once on to this phase.
    pub(super) fn settled(&self, ship: ShipId, phase: Phase, why: Why, note: &str) -> Op {
        let now = self.clock.wall();
        Op::Move {
            ship,
            from: (Phase::Sent, 1),
            to: Delivery {
                phase,
                attempt: 1,
                first_sent: Some(now),
                sent: Some(now),
                ..Delivery::prepared()
            },
            why,
            note: note.into(),
            parcel: None,
        }
    }

    /// Takes a document in and sees it delivered.
    pub(super) async fn deliver(&self, lease: &Lease, key: &str, n: u32) -> Check<DocId> {
        let doc = self.intend(lease, key, n).await?;
        let ship = self.prepare(lease, &[doc]).await?;
        self.send(lease, ship).await?;
        let op = self.settled(ship, Phase::Confirmed, Why::Accepted, "received");
        self.commit(lease, &[op]).await?;
        Ok(doc)
    }

    /// Everything that a store shows of these streams and series, for comparison.
    pub(super) async fn picture(&self, streams: &[&StreamKey]) -> Check<String> {
        let mut text = String::new();
        for stream in streams {
            let all = self
                .store
                .documents(stream, &DocumentFilter::default())
                .await?;
            let mut ships: Vec<_> = all.iter().filter_map(|doc| doc.ship).collect();
            ships.sort_unstable();
            ships.dedup();
            let mut shipments = Vec::new();
            for ship in ships {
                shipments.push(self.store.shipment(stream, ship).await?);
            }
            let load = self.store.load(stream).await?;
            let counts = self.store.counts(stream).await?;
            let work = self.store.work(stream, self.clock.wall(), 1000).await?;
            let trail = self.store.audit(stream, 1, 100_000).await?;
            let given = self
                .store
                .given(stream.tenant(), &["isa", "gs", "short"])
                .await?;
            text += &format!(
                "{stream} {load:#?} {all:#?} {shipments:#?} {counts:#?} {work:#?} {trail:#?} {given:?}\n"
            );
        }
        let due = self.store.overdue(self.after(1 << 32), 1000).await?;
        Ok(text + &format!("{due:?}"))
    }
}

/// One field of an event, as it was written.
pub(super) fn told(entry: &AuditEntry, field: &str) -> serde_json::Value {
    let body: serde_json::Value = serde_json::from_slice(&entry.body).unwrap_or_default();
    body.get(field).cloned().unwrap_or_default()
}

pub(super) fn new_doc(key: &str, n: u32) -> NewDocument {
    let content = format!("{key} {n}");
    NewDocument {
        key: key.into(),
        at: Some(1_000_000 * i64::from(n)),
        n,
        version: Version::of(content.as_bytes()),
        payload: format!("{{\"text\":\"{content}\"}}").into(),
        dead: None,
    }
}

/// A document that was dead when it came.
pub(super) fn poison(key: &str, n: u32) -> NewDocument {
    NewDocument {
        payload: bytes::Bytes::from_static(b"\xff not JSON"),
        dead: Some(Stop::new("unreadable", "byte 0: found 0xff, expected `{`")),
        ..new_doc(key, n)
    }
}

pub(super) fn record(key: &str, at: i64, content: &str) -> RecordId {
    RecordId {
        at,
        key: key.into(),
        version: Version::of(content.as_bytes()),
    }
}

pub(super) fn seen(key: &str, at: i64, content: &str, n: u32) -> Seen {
    Seen {
        id: record(key, at, content),
        n,
    }
}

pub(super) fn held(doc: DocId, code: &str) -> Refused {
    Refused {
        doc,
        to: Phase::Held,
        stop: Stop::new(code, "unit `XX` has no factor"),
    }
}

pub(super) fn dead(doc: DocId) -> Refused {
    Refused {
        doc,
        to: Phase::Dead,
        stop: Stop::new("no-lines", "found 0 lines, expected 1"),
    }
}

pub(super) fn cursor() -> Cursor {
    Cursor::start(Fingerprint::of(["orders"]))
}
