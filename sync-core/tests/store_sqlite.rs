//! The SQLite store keeps the contract, and answers what the memory store answers.

#![cfg(all(feature = "sqlite", feature = "conformance"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use sync_core::audit::verify_store;
use sync_core::conformance::{self, Outcome, Tier};
use sync_core::delivery::{Delivery, Phase, Why};
use sync_core::store::{
    DocId, DocumentFilter, NewDocument, NewShipment, Op, ShipId, SqliteStore, StateStore,
    StoreError,
};
use sync_core::testing::ManualClock;
use sync_core::{Clock, Series, StreamKey, Version};
use tempfile::TempDir;

/// One directory for each store; the last one is the one that is opened again.
#[derive(Clone, Default)]
struct Directories(Arc<Mutex<Vec<TempDir>>>);

impl Directories {
    fn fresh(&self) -> PathBuf {
        let mut all = self.0.lock().unwrap();
        all.push(tempfile::tempdir().unwrap());
        all.last().unwrap().path().join("ledger.db")
    }

    fn last(&self) -> PathBuf {
        self.0
            .lock()
            .unwrap()
            .last()
            .unwrap()
            .path()
            .join("ledger.db")
    }
}

#[tokio::test]
async fn the_sqlite_store_passes_the_conformance_suite() {
    let directories = Directories::default();
    let again = directories.clone();
    let tier = Tier::durable(move |store: SqliteStore, clock| {
        let path = again.last();
        async move {
            drop(store);
            SqliteStore::open(path, clock).unwrap()
        }
    });
    let fresh = |clock| async { SqliteStore::open(directories.fresh(), clock).unwrap() };
    let report = conformance::run(fresh, tier).await;
    report.assert_ok();
    assert!(
        !report
            .results
            .iter()
            .any(|result| result.outcome == Outcome::NotClaimed),
        "{report}"
    );
}

/// A document, its shipment and a number, as one commit after another.
async fn one_more(store: &SqliteStore, lease: &sync_core::Lease, key: String) -> Vec<u64> {
    let document = NewDocument {
        version: Version::of(key.as_bytes()),
        key: key.into(),
        at: None,
        n: 1,
        payload: "{}".into(),
        dead: None,
    };
    let done = store
        .commit(lease, &[Op::Intend(vec![document])])
        .await
        .unwrap();
    let shipment = NewShipment {
        lane: "lane".into(),
        docs: done.documents,
        fresh: Vec::new(),
        series: vec![Series::new("isa")],
        at: lease.until,
    };
    let done = store
        .commit(lease, &[Op::Prepare(vec![shipment])])
        .await
        .unwrap();
    done.shipments
        .into_iter()
        .flat_map(|ship| ship.numbers)
        .collect()
}

/// Chain, count and documents are read one after the other: what a run writes between is no damage.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trail_that_grows_while_it_is_verified_is_whole() {
    let directory = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new());
    let store = SqliteStore::open(directory.path().join("ledger.db"), clock).unwrap();
    let stream = StreamKey::new("acme", "orders", "");
    let lease = store
        .acquire(&stream, "test", std::time::Duration::from_secs(60))
        .await;
    let lease = lease.unwrap().unwrap();
    let enough = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (store, enough) = (store.clone(), Arc::clone(&enough));
        async move {
            let mut rounds = 0;
            while !enough.load(Ordering::Relaxed) {
                one_more(&store, &lease, format!("{rounds}")).await;
                rounds += 1;
            }
            rounds
        }
    });
    let mut before = 0;
    let mut grown = 0;
    while grown < 20 {
        let head = verify_store(&store, &stream).await.unwrap().unwrap();
        grown += u64::from(head.seq > before);
        before = head.seq;
    }
    enough.store(true, Ordering::Relaxed);
    let rounds: u64 = writer.await.unwrap();
    let head = verify_store(&store, &stream).await.unwrap().unwrap();
    assert_eq!(head.seq, 2 * rounds);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_tasks_on_threads_never_get_the_same_number() {
    let directory = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new());
    let store = SqliteStore::open(directory.path().join("ledger.db"), clock).unwrap();
    let tasks: Vec<_> = (0..32)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                let stream = StreamKey::new("acme", "orders", format!("{task}"));
                let lease = store
                    .acquire(&stream, "test", std::time::Duration::from_secs(60))
                    .await;
                let lease = lease.unwrap().unwrap();
                let mut numbers = Vec::new();
                for round in 0..10 {
                    numbers.extend(one_more(&store, &lease, format!("{round}")).await);
                }
                numbers
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        let numbers = task.await.unwrap();
        assert!(numbers.is_sorted(), "{numbers:?}");
        all.extend(numbers);
    }
    all.sort_unstable();
    assert_eq!(all, (1..=320).collect::<Vec<u64>>());
    for status in store.streams().await.unwrap() {
        let head = verify_store(&store, &status.stream).await.unwrap().unwrap();
        assert_eq!(head.seq, 20);
    }
}

/// Whatever of the write-ahead log survives, the ledger opens on whole commits and the chain verifies.
#[tokio::test]
async fn a_log_torn_at_any_place_opens_on_whole_commits() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new();
    let path = directory.path().join("ledger.db");
    let store = SqliteStore::open(&path, Arc::new(clock.clone())).unwrap();
    let stream = StreamKey::new("acme", "orders", "");
    let ttl = std::time::Duration::from_secs(60);
    let lease = store.acquire(&stream, "test", ttl).await.unwrap().unwrap();
    for round in 0..40 {
        one_more(&store, &lease, format!("{round}")).await;
    }
    // Copied while the store is open, as a power cut would leave them.
    let database = std::fs::read(&path).unwrap();
    let log = std::fs::read(path.with_file_name("ledger.db-wal")).unwrap();
    assert!(
        log.len() > 100_000,
        "the log holds the commits: {} bytes",
        log.len()
    );
    drop(store);

    let mut lengths = std::collections::BTreeSet::new();
    let step = log.len() / 40;
    for cut in (0..=40)
        .map(|place| place * step)
        .chain([log.len() - 1, log.len()])
    {
        let torn = tempfile::tempdir().unwrap();
        let path = torn.path().join("ledger.db");
        std::fs::write(&path, &database).unwrap();
        std::fs::write(torn.path().join("ledger.db-wal"), &log[..cut]).unwrap();
        let store = SqliteStore::open(&path, Arc::new(clock.clone())).unwrap();
        let verified = verify_store(&store, &stream).await.unwrap();
        let head = verified.unwrap_or_else(|bad| panic!("cut at {cut}: {bad:?}"));
        let (revision, _) = store.load(&stream).await.unwrap();
        assert_eq!(
            head.seq, revision.0,
            "cut at {cut}: one event for each commit here"
        );
        let docs = store
            .documents(&stream, &DocumentFilter::default())
            .await
            .unwrap();
        assert_eq!(docs.len() as u64, revision.0.div_ceil(2), "cut at {cut}");
        let lease = store.acquire(&stream, "next", ttl).await.unwrap().unwrap();
        let numbers = one_more(&store, &lease, "next".into()).await;
        assert_eq!(numbers, [revision.0 / 2 + 1], "cut at {cut}");
        lengths.insert(revision.0);
    }
    assert_eq!(lengths.last(), Some(&80), "the whole log holds everything");
    assert!(
        lengths.len() > 20,
        "the cuts hit different commits: {lengths:?}"
    );
}

#[tokio::test]
async fn what_a_reader_sees_of_a_group_is_whole() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new();
    let path = directory.path().join("ledger.db");
    let store = SqliteStore::open(&path, Arc::new(clock.clone())).unwrap();
    let onlooker = SqliteStore::read_only(&path, Arc::new(clock)).unwrap();
    let stream = StreamKey::new("acme", "orders", "");
    let ttl = std::time::Duration::from_secs(60);
    let lease = store.acquire(&stream, "test", ttl).await.unwrap().unwrap();
    let writer = async {
        for round in 0..30 {
            one_more(&store, &lease, format!("{round}")).await;
        }
    };
    let reader = async {
        for _ in 0..60 {
            let (revision, _) = onlooker.load(&stream).await.unwrap();
            let docs = onlooker
                .documents(&stream, &DocumentFilter::default())
                .await
                .unwrap();
            assert!(docs.len() as u64 >= revision.0.div_ceil(2));
            verify_store(&onlooker, &stream).await.unwrap().ok();
        }
    };
    futures_util::future::join(writer, reader).await;
    let last = onlooker
        .documents(&stream, &DocumentFilter::default())
        .await
        .unwrap();
    assert_eq!(last.last().map(|doc| doc.id), Some(DocId(30)));
    assert!(
        onlooker.acquire(&stream, "test", ttl).await.is_err(),
        "a reader takes nothing"
    );
}

#[tokio::test]
async fn a_ledger_of_an_older_layout_is_shown_what_is_to_come_and_brought_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let absent = SqliteStore::pending_migrations(directory.path().join("absent/ledger.db"));
    assert!(
        matches!(absent, Err(StoreError::Unavailable(_))),
        "{absent:?}"
    );
    let file = rusqlite::Connection::open(&path).unwrap();
    let steps = SqliteStore::pending_migrations(&path).unwrap();
    assert_eq!(steps.len(), 4, "everything is still to be made");
    file.execute_batch(steps[0]).unwrap();
    file.pragma_update(None, "user_version", 1).unwrap();
    file.execute_batch(
        "INSERT INTO stream (tenant, pipeline, partition, epoch, revision) VALUES ('acme', 'orders', '', 3, 5); \
         INSERT INTO doc (stream, key, n, version, phase, payload, created) \
         VALUES (1, 'PO-1', 1, zeroblob(16), 'dead', x'7b7d', 0); \
         INSERT INTO doc (stream, key, n, version, phase, ship, payload, created) \
         VALUES (1, 'PO-2', 1, zeroblob(16), 'sent', 1, x'7b7d', 0); \
         INSERT INTO ship (stream, lane, at, phase, attempt, probes) VALUES (1, 'lane', 0, 'sent', 1, 0); \
         INSERT INTO ship_doc VALUES (1, 0, 2); \
         INSERT INTO doc (stream, key, n, version, phase, payload, created) \
         VALUES (1, 'PO-3', 1, zeroblob(16), 'intent', x'7b7d', 0); \
         DELETE FROM doc WHERE id = 3",
    )
    .unwrap();
    drop(file);

    // Looking changes nothing, and a reader does not migrate.
    assert_eq!(SqliteStore::pending_migrations(&path).unwrap(), steps[1..]);
    assert_eq!(SqliteStore::pending_migrations(&path).unwrap(), steps[1..]);
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new());
    let reader = SqliteStore::read_only(&path, Arc::clone(&clock));
    assert_eq!(
        reader.unwrap_err(),
        StoreError::Schema { found: 1, known: 4 }
    );

    let store = SqliteStore::open(&path, Arc::clone(&clock)).unwrap();
    assert_eq!(SqliteStore::pending_migrations(&path).unwrap(), [""; 0]);
    let stream = StreamKey::new("acme", "orders", "");
    let docs = store
        .documents(&stream, &DocumentFilter::default())
        .await
        .unwrap();
    assert_eq!((docs.len(), docs[0].replays), (2, None));
    assert_eq!((docs[0].phase, docs[1].phase), (Phase::Dead, Phase::Sent));
    let ttl = std::time::Duration::from_secs(60);
    let lease = store.acquire(&stream, "test", ttl).await.unwrap().unwrap();
    assert_eq!(lease.epoch.0, 4);
    let again = Op::Transform {
        docs: vec![DocId(1)],
        by: "m.meyer".into(),
        why: "mended".into(),
        duplicate: false,
    };
    let made = store.commit(&lease, &[again]).await.unwrap();
    // The name of a row that is gone is not given again.
    assert_eq!((made.revision.0, made.documents), (6, vec![DocId(4)]));
    let step = Op::Move {
        ship: ShipId(1),
        from: (Phase::Sent, 1),
        to: Delivery {
            phase: Phase::Confirmed,
            attempt: 1,
            ..Delivery::prepared()
        },
        why: Why::Accepted,
        note: "".into(),
        parcel: None,
    };
    store.commit(&lease, &[step]).await.unwrap();
    let filter = DocumentFilter {
        phases: vec![Phase::Confirmed],
        ..DocumentFilter::default()
    };
    let docs = store.documents(&stream, &filter).await.unwrap();
    assert_eq!(
        docs.iter().map(|doc| doc.id).collect::<Vec<_>>(),
        [DocId(2)]
    );
    assert_eq!(store.counts(&stream).await.unwrap().of(Phase::Confirmed), 1);
    drop(store);

    let file = rusqlite::Connection::open(&path).unwrap();
    // The step was written once, with the shipment.
    let kept = |sql| {
        file.query_row(sql, [], |row| row.get::<_, String>(0))
            .unwrap()
    };
    assert_eq!(kept("SELECT phase FROM doc WHERE id = 2"), "ship");
    assert_eq!(kept("SELECT phase FROM ship WHERE id = 1"), "confirmed");
    file.pragma_update(None, "user_version", 99).unwrap();
    let newer = StoreError::Schema {
        found: 99,
        known: 4,
    };
    assert_eq!(SqliteStore::pending_migrations(&path).unwrap_err(), newer);
    assert_eq!(SqliteStore::open(&path, clock).unwrap_err(), newer);
}
