//! A write-ahead log that was torn: the ledger opens on a whole prefix of what was acknowledged.

#![cfg(all(feature = "sqlite", feature = "test-util"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sync_core::audit::verify_store;
use sync_core::delivery::{Delivery, Phase, Why};
use sync_core::store::{
    DocId, DocumentFilter, NewDocument, NewShipment, Op, ShipId, SqliteStore, StateStore,
};
use sync_core::testing::ManualClock;
use sync_core::{Clock, Lease, Series, StreamKey, Version};

fn open(path: &Path) -> SqliteStore {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new());
    SqliteStore::open(path, clock).unwrap()
}

fn stream() -> StreamKey {
    StreamKey::new("acme", "orders", "")
}

/// What the store shows, for comparison.
async fn picture(store: &SqliteStore) -> String {
    let docs = store
        .documents(&stream(), &DocumentFilter::default())
        .await
        .unwrap();
    let mut text = format!("{docs:?} {:?}", store.load(&stream()).await.unwrap());
    for id in docs.iter().filter_map(|doc| doc.ship) {
        text += &format!("{:?}", store.shipment(&stream(), id).await.unwrap());
    }
    text + &format!("{:?}", store.given("acme", &["isa"]).await.unwrap())
}

/// One document on its way through all phases, as four commits.
fn commits(n: u64) -> [Vec<Op>; 4] {
    let at = ManualClock::new().wall();
    let document = NewDocument {
        key: format!("PO-{}", n % 7).into(),
        at: None,
        n: 1 + u32::try_from(n).unwrap(),
        version: Version::of(&n.to_be_bytes()),
        payload: vec![b'x'; 700].into(),
        dead: None,
    };
    let shipment = NewShipment {
        lane: "lane".into(),
        docs: vec![DocId(n + 1)],
        series: vec![Series::new("isa")],
        at,
    };
    let movement = |from, phase, attempt, parcel| Op::Move {
        ship: ShipId(n + 1),
        from,
        to: Delivery {
            phase,
            attempt,
            sent: Some(at),
            first_sent: Some(at),
            ..Delivery::prepared()
        },
        why: if phase == Phase::Sent {
            Why::First
        } else {
            Why::Accepted
        },
        note: "".into(),
        parcel,
    };
    let parcel = Some((format!("{n}.edi").into(), [7; 32]));
    [
        vec![Op::Intend(vec![document])],
        vec![Op::Prepare(vec![shipment])],
        vec![movement((Phase::Prepared, 0), Phase::Sent, 1, parcel)],
        vec![movement((Phase::Sent, 1), Phase::Confirmed, 1, None)],
    ]
}

async fn live(store: &SqliteStore, lease: &Lease) -> BTreeMap<u64, String> {
    let mut pictures = BTreeMap::from([(0, picture(store).await)]);
    for n in 0..12 {
        for ops in commits(n) {
            let done = store.commit(lease, &ops).await.unwrap();
            pictures.insert(done.revision.0, picture(store).await);
        }
    }
    pictures
}

#[tokio::test]
async fn a_torn_log_opens_on_a_whole_prefix() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let store = open(&path);
    let lease = store
        .acquire(&stream(), "test", Duration::from_secs(600))
        .await
        .unwrap()
        .unwrap();
    let pictures = live(&store, &lease).await;
    let last = *pictures.keys().last().unwrap();
    assert_eq!(last, 48);
    // The store is open: nothing of the log has been put into the file since it was made.
    let (base, log) = (
        fs::read(&path).unwrap(),
        fs::read(directory.path().join("ledger.db-wal")).unwrap(),
    );

    let mut reached = BTreeMap::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..160 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let place = usize::try_from(random >> 33).unwrap() % (log.len() + 1);
        let mut torn = log.clone();
        match round % 3 {
            // Cut off, a sector that was never written, a bit that flipped.
            0 => torn.truncate(place),
            1 => torn
                .iter_mut()
                .skip(place)
                .take(512)
                .for_each(|byte| *byte = 0),
            _ => torn
                .iter_mut()
                .skip(place)
                .take(1)
                .for_each(|byte| *byte ^= 16),
        }
        let copy = tempfile::tempdir().unwrap();
        let path = copy.path().join("ledger.db");
        fs::write(&path, &base).unwrap();
        fs::write(copy.path().join("ledger.db-wal"), &torn).unwrap();
        let store = open(&path);
        let known = store.streams().await.unwrap();
        let revision = known.first().map_or(0, |status| status.revision.0);
        *reached.entry(revision).or_insert(0) += 1;
        if known.is_empty() {
            continue; // Torn before the stream was first taken.
        }
        assert_eq!(
            picture(&store).await,
            pictures[&revision],
            "round {round}, byte {place}"
        );
        let head = verify_store(&store, &stream()).await.unwrap();
        assert_eq!(head.unwrap().seq, revision, "round {round}, byte {place}");
        for doc in store
            .documents(&stream(), &DocumentFilter::default())
            .await
            .unwrap()
        {
            let Some(ship) = doc.ship else { continue };
            let ship = store.shipment(&stream(), ship).await.unwrap().unwrap();
            let left = !matches!(ship.delivery.phase, Phase::Prepared);
            assert_eq!(
                left,
                ship.parcel.is_some() && ship.delivery.attempt == 1,
                "{ship:?}"
            );
        }
        // And it goes on from there, with the number after the last.
        let lease = store
            .acquire(&stream(), "test", Duration::from_secs(600))
            .await
            .unwrap()
            .unwrap();
        let audit = Op::Audit {
            kind: "restored".into(),
            body: serde_json::Value::Null,
        };
        let done = store.commit(&lease, &[audit]).await.unwrap();
        assert_eq!(done.revision.0, revision + 1);
        assert!(verify_store(&store, &stream()).await.unwrap().is_ok());
    }
    assert!(
        reached.len() > 20,
        "too few places were reached: {reached:?}"
    );
    assert!(reached.contains_key(&last), "{reached:?}");
}
