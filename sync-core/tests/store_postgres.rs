//! The PostgreSQL store keeps the contract, on a real server.

#![cfg(all(feature = "postgres", feature = "conformance"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod postgres_server;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use postgres_server::Server;
use sync_core::audit::verify_store;
use sync_core::conformance::{self, Outcome, Tier};
use sync_core::delivery::{Delivery, Phase, Why};
use sync_core::store::{
    DocumentFilter, NewDocument, NewShipment, Op, PostgresOptions, PostgresStore, ShipId,
    StateStore, StoreError,
};
use sync_core::testing::ManualClock;
use sync_core::{Clock, Lease, RecordId, Series, StreamKey, Version};

fn config(server: &Server) -> tokio_postgres::Config {
    server.url().parse().unwrap()
}

/// The ledger of one case: a schema of its own.
fn options(schema: &str) -> PostgresOptions {
    PostgresOptions::default()
        .schema(schema)
        .unwrap()
        .connections(4)
}

const TTL: Duration = Duration::from_secs(60);

async fn open(server: &Server, schema: &str) -> PostgresStore {
    let clock = Arc::new(ManualClock::new());
    PostgresStore::connect(config(server), options(schema), clock)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_postgres_store_passes_the_conformance_suite() {
    let server = Server::start();
    let (config, cases) = (config(&server), Arc::new(AtomicU32::new(0)));
    let again = (config.clone(), Arc::clone(&cases));
    let tier = Tier::durable(move |store: PostgresStore, clock| {
        let (config, cases) = again.clone();
        async move {
            drop(store);
            let schema = format!("case_{}", cases.load(Ordering::Relaxed));
            PostgresStore::connect(config, options(&schema), clock)
                .await
                .unwrap()
        }
    });
    let fresh = |clock| {
        let case = cases.fetch_add(1, Ordering::Relaxed) + 1;
        let config = config.clone();
        async move {
            let schema = format!("case_{case}");
            PostgresStore::connect(config, options(&schema), clock)
                .await
                .unwrap()
        }
    };
    let report = conformance::run(fresh, tier).await;
    report.assert_ok();
    let unclaimed = |outcome: &Outcome| *outcome == Outcome::NotClaimed;
    assert!(
        !report
            .results
            .iter()
            .any(|result| unclaimed(&result.outcome)),
        "{report}"
    );
}

fn document(key: &str) -> NewDocument {
    NewDocument {
        version: Version::of(key.as_bytes()),
        key: key.into(),
        at: None,
        n: 1,
        payload: "{}".into(),
        dead: None,
    }
}

/// A document, its shipment and a number, as one commit after another.
async fn one_more(store: &PostgresStore, lease: &Lease, key: &str) -> Vec<u64> {
    let done = store
        .commit(lease, &[Op::Intend(vec![document(key)])])
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_of_two_processes_never_get_the_same_number() {
    let server = Server::start();
    let (one, other) = (open(&server, "shared").await, open(&server, "shared").await);
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let store = if task % 2 == 0 {
                one.clone()
            } else {
                other.clone()
            };
            tokio::spawn(async move {
                let stream = StreamKey::new("acme", "orders", format!("{task}"));
                let lease = store.acquire(&stream, "test", TTL).await.unwrap().unwrap();
                let mut numbers = Vec::new();
                for round in 0..10 {
                    numbers.extend(one_more(&store, &lease, &round.to_string()).await);
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
    assert_eq!(all, (1..=160).collect::<Vec<u64>>());
    for status in one.streams().await.unwrap() {
        let head = verify_store(&one, &status.stream).await.unwrap().unwrap();
        assert_eq!(head.seq, 20);
    }
}

/// What was acknowledged is there after a crash; a commit that was cut off is said to be unknown, or was not done.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crash_of_the_server_loses_nothing_that_was_acknowledged() {
    let server = Server::start();
    let store = open(&server, "crash").await;
    let stream = StreamKey::new("acme", "orders", "");
    let lease = store.acquire(&stream, "test", TTL).await.unwrap().unwrap();
    let mut acknowledged = 0_u64;
    let mut unknown = 0;
    for crash in 0..3 {
        let (writing, lease) = (store.clone(), lease.clone());
        let writer = tokio::spawn(async move {
            let mut done = 0;
            loop {
                let key = format!("{crash}-{done}");
                match writing
                    .commit(&lease, &[Op::Intend(vec![document(&key)])])
                    .await
                {
                    Ok(_) => done += 1,
                    Err(error) => return (done, error),
                }
            }
        });
        while store.load(&stream).await.unwrap().0.0 < acknowledged + 20 {}
        server.crash();
        let (done, error) = writer.await.unwrap();
        match error {
            StoreError::Unknown(_) => unknown += 1,
            StoreError::Unavailable(_) => {}
            other => panic!("{other}"),
        }
        acknowledged += done;
        server.up();
        let (revision, _) = store.load(&stream).await.unwrap();
        assert!(
            (acknowledged..=acknowledged + 1).contains(&revision.0),
            "{acknowledged} acknowledged, {revision} there"
        );
        acknowledged = revision.0;
        let head = verify_store(&store, &stream).await.unwrap().unwrap();
        assert_eq!(head.seq, revision.0);
    }
    let all = store
        .documents(&stream, &DocumentFilter::default())
        .await
        .unwrap();
    assert_eq!(all.len() as u64, acknowledged);
    assert!(unknown <= 3);
}

#[tokio::test]
async fn odd_and_long_texts_are_kept_as_they_are() {
    let server = Server::start();
    let store = open(&server, "odd").await;
    let long = "k".repeat(20_000);
    for (place, key) in ["", "a\0b", "\u{FFFE}0", "ключ", long.as_str()]
        .iter()
        .enumerate()
    {
        let stream = StreamKey::new("ten\0ant", *key, format!("{place}"));
        if key.len() > 1_000 {
            continue;
        }
        let lease = store
            .acquire(&stream, "own\0er", TTL)
            .await
            .unwrap()
            .unwrap();
        let body = serde_json::json!({ "key": key, "said": "nul \0 here" });
        let ops = [
            Op::Intend(vec![document(key)]),
            Op::Audit {
                kind: "said".into(),
                body,
            },
        ];
        store.commit(&lease, &ops).await.unwrap();
        verify_store(&store, &stream).await.unwrap().unwrap();
        let filter = DocumentFilter {
            key: Some((*key).into()),
            ..DocumentFilter::default()
        };
        let found = store.documents(&stream, &filter).await.unwrap();
        assert_eq!(
            found.iter().map(|doc| &*doc.key).collect::<Vec<_>>(),
            [*key]
        );
        assert_eq!(store.audit_of(&stream, key, 9).await.unwrap().len(), 2);
    }
    // A business key may be longer than an entry of an index.
    let stream = StreamKey::new("acme", "orders", "");
    let lease = store.acquire(&stream, "test", TTL).await.unwrap().unwrap();
    store
        .commit(&lease, &[Op::Intend(vec![document(&long)])])
        .await
        .unwrap();
    let id = RecordId {
        at: 1,
        key: long.as_str().into(),
        version: Version::of(long.as_bytes()),
    };
    let judged = store
        .classify(&stream, std::slice::from_ref(&id))
        .await
        .unwrap();
    // Its document has no time: any is later.
    assert_eq!(judged, [sync_core::Novelty::Later { n: 1 }]);
}

#[tokio::test]
async fn a_layout_is_made_once_and_a_newer_one_is_refused() {
    let server = Server::start();
    let pending = || PostgresStore::pending_migrations(config(&server), options("layout"));
    assert_eq!(
        pending().await.unwrap().len(),
        5,
        "everything is still to be made"
    );
    let store = open(&server, "layout").await;
    assert_eq!(pending().await.unwrap().len(), 0);
    drop(store);
    let (client, connection) = config(&server)
        .connect(tokio_postgres::NoTls)
        .await
        .unwrap();
    let driver = tokio::spawn(connection);
    client
        .batch_execute("UPDATE layout.layout SET version = 99")
        .await
        .unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new());
    let refused = PostgresStore::connect(config(&server), options("layout"), clock).await;
    assert_eq!(
        refused.unwrap_err(),
        StoreError::Schema {
            found: 99,
            known: 5
        }
    );
    drop(client);
    driver.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_ledger_of_an_older_layout_is_brought_up_to_date_with_what_is_in_it() {
    let server = Server::start();
    let pending = || PostgresStore::pending_migrations(config(&server), options("old"));
    let steps = pending().await.unwrap();
    let (client, connection) = config(&server)
        .connect(tokio_postgres::NoTls)
        .await
        .unwrap();
    let driver = tokio::spawn(connection);
    let stream = StreamKey::new("acme", "orders", "");
    // What the store itself names the stream, so that the old rows are found.
    let store = open(&server, "scratch").await;
    let lease = store.acquire(&stream, "test", TTL).await.unwrap().unwrap();
    drop((store, lease));
    client
        .batch_execute("CREATE SCHEMA old; SET search_path TO old; CREATE TABLE layout (version bigint NOT NULL)")
        .await
        .unwrap();
    client.batch_execute(steps[0]).await.unwrap();
    client.batch_execute(steps[1]).await.unwrap();
    client
        .batch_execute(
            "INSERT INTO layout VALUES (2); \
             INSERT INTO stream (key_id, tenant, pipeline, partition, epoch, lease_until, revision) \
               SELECT key_id, tenant, pipeline, partition, 3, 0, 5 FROM scratch.stream; \
             INSERT INTO doc (id, stream, key_id, key, n, version, phase, code, detail, ship, delivered_before, payload, created) \
               SELECT nextval('doc_id'), 1, decode(repeat(key, 16), 'hex'), key, 1, decode(repeat('00', 16), 'hex'), \
                 phase, CASE phase WHEN 'dead' THEN 'rejected' END, CASE phase WHEN 'dead' THEN 'no such item' END, \
                 ship, 0, '{}', 0 \
               FROM (VALUES ('01', 'intent', NULL), ('02', 'sent', 1), ('03', 'confirmed', 2), ('04', 'dead', 3)) \
                 AS it (key, phase, ship); \
             INSERT INTO ship (id, stream, lane, at, phase, attempt, probes, note) \
               SELECT nextval('ship_id'), 1, 'lane', 0, phase, 1, 0, '' \
               FROM (VALUES ('sent'), ('confirmed'), ('dead')) AS it (phase); \
             INSERT INTO ship_doc (ship, place, doc) VALUES (1, 0, 2), (2, 0, 3), (3, 0, 4)",
        )
        .await
        .unwrap();
    assert_eq!(pending().await.unwrap(), steps[2..]);

    let store = open(&server, "old").await;
    assert_eq!(pending().await.unwrap(), [""; 0]);
    let all = DocumentFilter::default();
    let docs = store.documents(&stream, &all).await.unwrap();
    let phases: Vec<Phase> = docs.iter().map(|doc| doc.phase).collect();
    assert_eq!(
        phases,
        [Phase::Intent, Phase::Sent, Phase::Confirmed, Phase::Dead]
    );
    assert!(docs[3].stop.is_some(), "{docs:?}");
    // Those that stand where their shipment stands go with it from now on; what has a reason of its own does not.
    let kept = client
        .query("SELECT phase FROM old.doc ORDER BY id", &[])
        .await
        .unwrap();
    let kept: Vec<String> = kept.iter().map(|row| row.get(0)).collect();
    assert_eq!(kept, ["intent", "ship", "ship", "dead"]);
    let lease = store.acquire(&stream, "test", TTL).await.unwrap().unwrap();
    assert_eq!(lease.epoch.0, 4);
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
    let counts = store.counts(&stream).await.unwrap();
    assert_eq!(counts.of(Phase::Confirmed), 2, "{counts:?}");
    // It was prepared before entries were found by way of another: it is found by itself.
    assert_eq!(store.audit_of(&stream, "02", 9).await.unwrap().len(), 1);
    drop((store, client));
    driver.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_unreachable_server_and_a_bad_schema_are_said_plainly() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = tokio_postgres::Config::new();
    config
        .host_path(directory.path())
        .user("test")
        .password("hunter2");
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new());
    let error = PostgresStore::connect(config, options("any"), clock)
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    for bad in [
        "",
        "Ledger",
        "1st",
        "pg_own",
        "a b",
        "a;drop",
        &"x".repeat(64),
    ] {
        assert!(PostgresOptions::default().schema(bad).is_err(), "{bad}");
    }
}
