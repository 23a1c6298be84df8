//! Payloads at rest are sealed: nothing of them is in the file, keys rotate, and rows cannot be swapped.

#![cfg(all(feature = "sqlite", feature = "conformance"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sync_core::conformance::{self, Tier};
use sync_core::store::{
    Document, DocumentFilter, MemoryStore, NewDocument, NewShipment, Op, PayloadKeys, Row,
    SqliteStore, StateStore, StoreError, transfer,
};
use sync_core::testing::ManualClock;
use sync_core::vault::{GivenKey, Key, KeyProvider as _};
use sync_core::{Clock, Series, StreamKey, Version};

const PLANTED: &str = "a price that nobody may read";

fn key(byte: u8) -> GivenKey {
    GivenKey::new(Key::from_bytes([byte; 32]))
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::new())
}

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, clock()).unwrap()
}

fn stream(tenant: &str) -> StreamKey {
    StreamKey::new(tenant, "orders", "")
}

async fn take_in(store: &dyn StateStore, tenant: &str, key: &str, payload: &[u8]) {
    let ttl = Duration::from_secs(60);
    let lease = store
        .acquire(&stream(tenant), "test", ttl)
        .await
        .unwrap()
        .unwrap();
    let new = NewDocument {
        key: key.into(),
        at: None,
        n: 1,
        version: Version::of(payload),
        payload: payload.to_vec().into(),
        dead: None,
    };
    store
        .commit(&lease, &[Op::Intend(vec![new])])
        .await
        .unwrap();
    store.release(lease).await.unwrap();
}

async fn all(store: &dyn StateStore, tenant: &str) -> Result<Vec<Document>, StoreError> {
    store
        .documents(&stream(tenant), &DocumentFilter::default())
        .await
}

async fn payloads(store: &dyn StateStore, tenant: &str) -> Result<Vec<Vec<u8>>, StoreError> {
    let docs = all(store, tenant).await?;
    Ok(docs.into_iter().map(|doc| doc.payload.to_vec()).collect())
}

/// All but what compares its payloads, as they are kept, with those of a store that does not seal.
fn assert_kept(report: &conformance::Report) {
    let failed: Vec<_> = report
        .failures()
        .filter(|it| it.group != "transfer")
        .collect();
    assert!(
        failed.is_empty() && report.results.len() > 100,
        "{failed:#?}"
    );
}

#[tokio::test]
async fn sealed_stores_keep_the_contract() {
    let keys = || PayloadKeys::new(key(1)).refusing_plain();
    let fresh = |clock| async { MemoryStore::new(clock).sealing(keys()) };
    assert_kept(&conformance::run(fresh, Tier::Volatile).await);
    let directory = tempfile::tempdir().unwrap();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let fresh = |clock| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = directory.path().join(format!("{n}.db"));
        async move { SqliteStore::open(path, clock).unwrap().sealing(keys()) }
    };
    assert_kept(&conformance::run(fresh, Tier::Volatile).await);
}

#[tokio::test]
async fn nothing_of_a_payload_is_in_the_files() {
    for sealed in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let mut store = open(&directory.path().join("ledger.db"));
        if sealed {
            store = store.sealing(PayloadKeys::new(key(1)));
        }
        take_in(&store, "acme", "PO-1", PLANTED.as_bytes()).await;
        assert_eq!(
            payloads(&store, "acme").await.unwrap(),
            [PLANTED.as_bytes()]
        );
        let mut found = false;
        for file in std::fs::read_dir(directory.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            found |= bytes
                .windows(PLANTED.len())
                .any(|part| part == PLANTED.as_bytes());
        }
        assert_eq!(found, !sealed, "sealed: {sealed}");
    }
}

#[tokio::test]
async fn a_store_without_the_key_names_it_and_keys_rotate() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let (old, new) = (key(1), key(2));
    let store = open(&path);
    take_in(&store, "acme", "plain", b"{\"before\":1}").await;
    drop(store);
    let store = open(&path).sealing(PayloadKeys::new(old.clone()));
    take_in(&store, "acme", "old", b"{\"old\":1}").await;
    drop(store);
    let store = open(&path).sealing(PayloadKeys::new(new.clone()).and(old.clone()));
    take_in(&store, "acme", "new", b"{\"new\":1}").await;
    let everything: [&[u8]; 3] = [b"{\"before\":1}", b"{\"old\":1}", b"{\"new\":1}"];
    assert_eq!(payloads(&store, "acme").await.unwrap(), everything);
    drop(store);

    let store = open(&path);
    let unread = payloads(&store, "acme").await.unwrap_err();
    assert_eq!(unread, StoreError::Sealed(old.id().into()));
    assert!(unread.to_string().contains(old.id()), "{unread}");
    let work = store.work(&stream("acme"), clock().wall(), 9).await;
    assert_eq!(work.unwrap_err(), StoreError::Sealed(old.id().into()));
    let only_new = store.clone().sealing(PayloadKeys::new(new));
    assert_eq!(
        payloads(&only_new, "acme").await.unwrap_err(),
        StoreError::Sealed(old.id().into())
    );
    let strict = store.sealing(PayloadKeys::new(key(2)).and(old).refusing_plain());
    let refused = payloads(&strict, "acme").await;
    assert!(
        matches!(refused, Err(StoreError::Corrupt(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_payload_opens_in_its_own_row_alone() {
    let keys = || PayloadKeys::new(key(1));
    let store = MemoryStore::new(clock()).sealing(keys());
    for (tenant, key) in [("acme", "PO-1"), ("acme", "PO-2"), ("globex", "PO-1")] {
        take_in(&store, tenant, key, PLANTED.as_bytes()).await;
    }
    let rows = store.rows(None, 100).await.unwrap();
    let sealed: Vec<_> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Document(doc) => Some(doc.payload.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(sealed.len(), 3);
    // Each payload in the first row: only its own opens there; a changed byte never does.
    for (place, payload) in sealed.iter().enumerate() {
        for changed in [None, Some(0), Some(40), Some(payload.len() - 1)] {
            let mut payload = payload.to_vec();
            if let Some(byte) = changed.and_then(|byte: usize| payload.get_mut(byte)) {
                *byte ^= 1;
            }
            let copy = MemoryStore::new(clock()).sealing(keys().refusing_plain());
            let mut first = true;
            let rows: Vec<_> = rows
                .iter()
                .cloned()
                .map(|row| match row {
                    Row::Document(mut doc) if std::mem::take(&mut first) => {
                        doc.payload = payload.clone().into();
                        Row::Document(doc)
                    }
                    other => other,
                })
                .collect();
            copy.restore(&rows).await.unwrap();
            let opened = all(&copy, "acme").await;
            assert_eq!(
                opened.is_ok(),
                place == 0 && changed.is_none(),
                "{place} {changed:?} {opened:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_looks_sealed_but_was_given_so_comes_back() {
    let odd = b"\0sync-core payload\0\x01\x05abcdefgh";
    let store = MemoryStore::new(clock());
    take_in(&store, "acme", "odd", odd).await;
    assert_eq!(payloads(&store, "acme").await.unwrap(), [odd]);
    let sealed = MemoryStore::new(clock()).sealing(PayloadKeys::new(key(1)));
    take_in(&sealed, "acme", "odd", odd).await;
    assert_eq!(payloads(&sealed, "acme").await.unwrap(), [odd]);
}

#[tokio::test]
async fn a_sealed_ledger_goes_over_sealed_and_a_replay_opens() {
    let directory = tempfile::tempdir().unwrap();
    let store = MemoryStore::new(clock()).sealing(PayloadKeys::new(key(1)));
    take_in(&store, "acme", "PO-1", PLANTED.as_bytes()).await;
    let mut file = Vec::new();
    transfer::export(&store, &mut file).await.unwrap();
    assert!(!String::from_utf8(file.clone()).unwrap().contains(PLANTED));
    let copy = open(&directory.path().join("ledger.db"));
    transfer::import(&copy, &mut &file[..]).await.unwrap();
    assert!(matches!(
        payloads(&copy, "acme").await,
        Err(StoreError::Sealed(_))
    ));
    let copy = copy.sealing(PayloadKeys::new(key(1)));
    assert_eq!(payloads(&copy, "acme").await.unwrap(), [PLANTED.as_bytes()]);

    // A document that is made anew has the payload of the one that it replays.
    let ttl = Duration::from_secs(60);
    let lease = copy
        .acquire(&stream("acme"), "test", ttl)
        .await
        .unwrap()
        .unwrap();
    let docs: Vec<_> = all(&copy, "acme")
        .await
        .unwrap()
        .iter()
        .map(|doc| doc.id)
        .collect();
    let refused = sync_core::store::Refused {
        doc: docs[0],
        to: sync_core::delivery::Phase::Dead,
        stop: sync_core::Stop::new("no-lines", "none"),
    };
    let (by, why) = ("m.meyer".into(), "mended".into());
    let again = Op::Transform {
        docs,
        by,
        why,
        duplicate: false,
    };
    let made = copy
        .commit(&lease, &[Op::Refuse(vec![refused]), again])
        .await
        .unwrap();
    let at = clock().wall();
    let series = vec![Series::new("isa")];
    let ship = NewShipment {
        lane: "lane".into(),
        docs: made.documents,
        fresh: Vec::new(),
        series,
        at,
    };
    let made = copy
        .commit(&lease, &[Op::Prepare(vec![ship])])
        .await
        .unwrap();
    let ship = copy
        .shipment(&stream("acme"), made.shipments[0].id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&*ship.docs[0].payload, PLANTED.as_bytes());
    drop(lease);
}

#[tokio::test]
async fn it_can_be_counted_what_each_key_still_protects() {
    let (old, new) = (key(1), key(2));
    let store = MemoryStore::new(clock());
    take_in(&store, "acme", "plain", b"{}").await;
    let store = store.sealing(PayloadKeys::new(old.clone()));
    take_in(&store, "acme", "first", b"{}").await;
    let store = store.sealing(PayloadKeys::new(new.clone()).and(old.clone()));
    take_in(&store, "acme", "second", b"{}").await;
    let rows = store.rows(None, 100).await.unwrap();
    let kept = rows.iter().filter_map(|row| match row {
        Row::Document(row) => Some((&*row.key, sync_core::store::sealed_with(&row.payload))),
        _ => None,
    });
    let mut kept: Vec<_> = kept.collect();
    kept.sort_unstable();
    let expected = [
        ("first", Some(old.id())),
        ("plain", None),
        ("second", Some(new.id())),
    ];
    assert_eq!(kept, expected);
    for other in [
        &b"\0sync-core payload\0\0{}"[..],
        b"\0sync-core payload\0",
        b"\0sync-core payload\0\x01\x09ab",
    ] {
        assert_eq!(sync_core::store::sealed_with(other), None);
    }
    let written = Key::from_bytes([7; 32]).to_hex();
    assert_eq!(GivenKey::from_hex(&written).unwrap().id(), key(7).id());
}
