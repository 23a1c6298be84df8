//! What is new.

use super::bench::{Bench, Check, cases, ensure_eq, new_doc, record, seen};
use crate::record::{Novelty, RecordId, Version};
use crate::store::{NewDocument, Op};

cases! {
    "a key that was never seen is new, each record judged by itself" => never_seen,
    "a record is compared with the last version of its key: A, B, A is three versions" => a_b_a,
    "other content with an older time is stale, with the same time it is a change" => stale,
    "a key that is forgotten is judged by the last of its documents" => forgotten,
    "forgetting keeps what is as young as the bound" => bound,
    "what is remembered of a stream says nothing of another" => other_stream,
    "thousands of keys are remembered and forgotten in one commit" => many,
}

async fn judge(bench: &Bench, ids: &[RecordId]) -> Check<Vec<Novelty>> {
    Ok(bench.store.classify(&bench.stream, ids).await?)
}

async fn never_seen(bench: Bench) -> Check {
    ensure_eq!(judge(&bench, &[]).await?, [], "of nothing");
    let ids = [
        record("k", 1, "a"),
        record("k", 1, "a"),
        record("K", 1, "a"),
    ];
    ensure_eq!(
        judge(&bench, &ids).await?,
        [Novelty::New; 3],
        "in a stream that nobody knows"
    );
    let lease = bench.lease().await?;
    bench
        .commit(&lease, &[Op::Seen(vec![seen("k", 1, "a", 1)])])
        .await?;
    let expected = [Novelty::Same, Novelty::Same, Novelty::New];
    ensure_eq!(
        judge(&bench, &ids).await?,
        expected,
        "keys are compared byte by byte"
    );
    Ok(())
}

async fn a_b_a(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let mut found = Vec::new();
    for (at, content) in [(1, "a"), (2, "b"), (3, "a"), (4, "a")] {
        let novelty = judge(&bench, &[record("k", at, content)]).await?;
        found.extend(novelty.iter().copied());
        let n = match novelty.first() {
            Some(Novelty::Changed { n } | Novelty::Later { n }) => *n,
            _ => 1,
        };
        if novelty != [Novelty::Same] {
            bench
                .commit(&lease, &[Op::Seen(vec![seen("k", at, content, n)])])
                .await?;
        }
    }
    let expected = [
        Novelty::New,
        Novelty::Changed { n: 2 },
        Novelty::Changed { n: 3 },
        Novelty::Later { n: 3 },
    ];
    ensure_eq!(found, expected, "A, B, A, A");
    Ok(())
}

async fn stale(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    bench
        .commit(&lease, &[Op::Seen(vec![seen("k", 10, "b", 4)])])
        .await?;
    let ids = [
        record("k", 9, "a"),
        record("k", 10, "a"),
        record("k", 9, "b"),
    ];
    let expected = [Novelty::Stale, Novelty::Changed { n: 5 }, Novelty::Same];
    ensure_eq!(
        judge(&bench, &ids).await?,
        expected,
        "older, as old, and known"
    );
    Ok(())
}

async fn forgotten(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let version = |n: u32, content: &str| NewDocument {
        at: Some(i64::from(n)),
        version: Version::of(content.as_bytes()),
        ..new_doc("k", n)
    };
    let untimed = NewDocument {
        at: None,
        ..new_doc("untimed", 1)
    };
    let ops = [
        Op::Intend(vec![version(2, "b"), version(1, "a"), untimed]),
        Op::Seen(vec![seen("k", 2, "b", 2)]),
    ];
    bench.commit(&lease, &ops).await?;
    bench
        .commit(&lease, &[Op::Forget { before: i64::MAX }])
        .await?;
    let ids = [
        record("k", 3, "b"),
        record("k", 3, "a"),
        record("k", 1, "a"),
        record("untimed", i64::MIN, "other"),
    ];
    let expected = [
        Novelty::Later { n: 2 },
        Novelty::Changed { n: 3 },
        Novelty::Stale,
        Novelty::Changed { n: 2 },
    ];
    ensure_eq!(
        judge(&bench, &ids).await?,
        expected,
        "judged by the documents"
    );
    Ok(())
}

async fn bound(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let all = [("a", 9), ("b", 10), ("c", 11), ("d", i64::MIN)];
    let ops = [
        Op::Seen(all.iter().map(|(key, at)| seen(key, *at, "x", 1)).collect()),
        // Seen again at a younger time: the row must not be found at its old one.
        Op::Seen(vec![seen("d", 12, "x", 2)]),
        Op::Forget { before: 10 },
    ];
    bench.commit(&lease, &ops).await?;
    let ids = all.map(|(key, _)| record(key, 20, "x"));
    let later = |n| Novelty::Later { n };
    let expected = [Novelty::New, later(1), later(1), later(2)];
    ensure_eq!(
        judge(&bench, &ids).await?,
        expected,
        "times 9, 10, 11 and 12"
    );
    Ok(())
}

async fn other_stream(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let ops = [
        Op::Seen(vec![seen("k", 1, "a", 1)]),
        Op::Intend(vec![new_doc("k", 1)]),
    ];
    bench.commit(&lease, &ops).await?;
    let other = crate::StreamKey::new("acme", "purchase-orders", "us002");
    let taken = bench.take(&other).await?;
    let judged = bench.store.classify(&other, &[record("k", 1, "a")]).await?;
    ensure_eq!(judged, [Novelty::New], "the other stream's view");
    bench
        .commit(&taken, &[Op::Forget { before: i64::MAX }])
        .await?;
    ensure_eq!(
        judge(&bench, &[record("k", 1, "a")]).await?,
        [Novelty::Same],
        "after its forgetting"
    );
    Ok(())
}

async fn many(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let keys: Vec<_> = (0..5000).map(|n| format!("US001/{n:010}")).collect();
    let all = keys
        .iter()
        .zip(0..)
        .map(|(key, at)| seen(key, at, "x", 1))
        .collect();
    bench.commit(&lease, &[Op::Seen(all)]).await?;
    bench.commit(&lease, &[Op::Forget { before: 4000 }]).await?;
    let ids: Vec<_> = keys.iter().map(|key| record(key, 9999, "x")).collect();
    let judged = judge(&bench, &ids).await?;
    let kept = judged
        .iter()
        .filter(|novelty| **novelty == Novelty::Later { n: 1 })
        .count();
    ensure_eq!((judged.len(), kept), (5000, 1000), "keys judged, and kept");
    Ok(())
}
