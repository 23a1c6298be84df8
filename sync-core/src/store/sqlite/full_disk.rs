//! What a disk without space leaves: what was acknowledged, and nothing of what was not.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{join, join3};

use super::SqliteStore;
use crate::audit::verify_store;
use crate::clock::{Clock, SystemClock};
use crate::lease::Lease;
use crate::record::Version;
use crate::store::{DocId, DocumentFilter, NewDocument, Op, Revision, StateStore, StoreError};
use crate::stream::StreamKey;

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}

/// A ledger that may grow by so many pages, as if the disk ended there.
fn with_room_for(path: &Path, pages: u32) -> SqliteStore {
    let end = |connection: &rusqlite::Connection| {
        let now: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
        connection.pragma_update(None, "max_page_count", now + pages)
    };
    SqliteStore::open_as(path, clock(), end).unwrap()
}

fn large(n: usize) -> Op {
    let payload = vec![b'x'; 20_000];
    Op::Intend(vec![NewDocument {
        key: format!("key-{n}").into(),
        at: None,
        n: 1,
        version: Version::of(&n.to_be_bytes()),
        payload: payload.into(),
        dead: None,
    }])
}

fn small(kind: &str) -> [Op; 1] {
    let (kind, body) = (kind.into(), serde_json::Value::Null);
    [Op::Audit { kind, body }]
}

async fn take(store: &SqliteStore, stream: &StreamKey) -> Lease {
    let lease = store
        .acquire(stream, "test", Duration::from_secs(600))
        .await;
    lease.unwrap().unwrap()
}

async fn documents(store: &SqliteStore, stream: &StreamKey) -> usize {
    let all = DocumentFilter::default();
    store.documents(stream, &all).await.unwrap().len()
}

#[tokio::test]
async fn a_full_disk_refuses_whole_commits_and_the_ledger_goes_on_once_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let stream = StreamKey::new("acme", "orders", "");
    drop(SqliteStore::open(&path, clock()).unwrap());

    let store = with_room_for(&path, 40);
    let lease = take(&store, &stream).await;
    let mut taken = 0;
    let refused = loop {
        match store.commit(&lease, &[large(taken)]).await {
            Ok(done) => {
                taken += 1;
                assert_eq!(done.documents, [DocId(taken as u64)]);
            }
            Err(error) => break error,
        }
        assert!(taken < 100, "the disk has no end");
    };
    assert!(taken > 2, "only {taken} documents before the disk was full");
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    assert!(refused.to_string().contains("full"), "{refused}");
    // Again and again: nothing of it is there, and nothing is in its way.
    for _ in 0..3 {
        let again = store.commit(&lease, &[large(taken)]).await;
        assert!(
            matches!(again, Err(StoreError::Unavailable(_))),
            "{again:?}"
        );
        let (revision, _) = store.load(&stream).await.unwrap();
        assert_eq!(revision, Revision(taken as u64));
        assert_eq!(documents(&store, &stream).await, taken);
        let head = verify_store(&store, &stream).await.unwrap().unwrap();
        assert_eq!(head.seq, taken as u64);
    }
    drop(store);

    let store = SqliteStore::open(&path, clock()).unwrap();
    let lease = take(&store, &stream).await;
    let done = store.commit(&lease, &[large(taken)]).await.unwrap();
    assert_eq!(done.documents, [DocId(taken as u64 + 1)]);
    assert!(verify_store(&store, &stream).await.unwrap().is_ok());
}

/// One transaction carries all three, and the one in the middle does not fit.
#[tokio::test]
async fn commits_that_share_a_transaction_with_one_that_does_not_fit_are_told_the_truth() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    drop(SqliteStore::open(&path, clock()).unwrap());
    let store = with_room_for(&path, 2);
    let streams = ["a", "b", "c"].map(|partition| StreamKey::new("acme", "orders", partition));
    let [first, second, third] = &streams;
    let leases = [
        take(&store, first).await,
        take(&store, second).await,
        take(&store, third).await,
    ];
    // The writer is held, with nothing else in its transaction, until all three wait for it.
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let (tell, begun) = std::sync::mpsc::channel::<()>();
    let writer = store.writer().unwrap();
    let mut held = Box::pin(writer.run(move |_| {
        tell.send(()).ok();
        gate.recv().ok();
        Ok(())
    }));
    assert!((&mut held).now_or_never().is_none());
    begun.recv().unwrap();
    let (before, too_large, after) = (small("before"), [large(1)], small("after"));
    let three = async {
        let commits = join3(
            store.commit(&leases[0], &before),
            store.commit(&leases[1], &too_large),
            store.commit(&leases[2], &after),
        );
        let release = async { open.send(()).unwrap() };
        join(commits, release).await.0
    };
    let (held, (one, two, three)) = join(held, three).await;
    held.unwrap();
    assert!(matches!(two, Err(StoreError::Unavailable(_))), "{two:?}");
    for (stream, answer) in streams.iter().zip([one, two, three]) {
        let head = verify_store(&store, stream).await.unwrap().unwrap();
        match answer {
            Ok(done) => assert_eq!((done.revision, head.seq), (Revision(1), 1), "{stream}"),
            Err(StoreError::Unavailable(_)) => assert_eq!(head.seq, 0, "{stream}"),
            Err(error) => panic!("{stream}: {error:?}"),
        }
    }
}
