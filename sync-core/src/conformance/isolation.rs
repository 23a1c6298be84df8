//! What belongs to one tenant and one stream stays there.

use super::bench::{Bench, Check, cases, ensure, ensure_eq, new_doc};
use crate::audit::verify_store;
use crate::delivery::Phase;
use crate::record::Novelty;
use crate::store::{DocumentFilter, Op};
use crate::stream::StreamKey;

cases! {
    "names may hold separators, quotes, nothing, anything" => any_name,
    "streams are listed in the order of their keys" => order,
    "a key of one stream says nothing of the same key in another" => same_key,
}

fn awkward() -> Vec<StreamKey> {
    let long = "x".repeat(10_000);
    [
        ("a/b", "c", "d"),
        ("a", "b/c", "d"),
        ("a", "b", "c/d"),
        ("", "", ""),
        ("", "a", ""),
        ("a", "", ""),
        ("", "", "a"),
        ("a\0b", "c", ""),
        ("a", "\0b", "c"),
        ("'; DROP TABLE stream; --", "\"", "%_\\"),
        ("é", "", ""),
        ("e\u{301}", "", ""),
        ("日本", "🚚", "\u{202e}"),
        ("A", "b", "c/d"),
        (" a", "b", "c/d"),
        (&long, &long, &long),
    ]
    .map(|(tenant, pipeline, partition)| StreamKey::new(tenant, pipeline, partition))
    .into()
}

async fn any_name(bench: Bench) -> Check {
    let streams = awkward();
    for (place, stream) in streams.iter().enumerate() {
        let lease = bench.take(stream).await?;
        for n in 0..=place {
            let key = format!("{stream} {n}");
            let docs = bench
                .commit(&lease, &[Op::Intend(vec![new_doc(&key, 1)])])
                .await?;
            bench
                .commit(&lease, &[bench.shipment_of(&docs.documents)])
                .await?;
        }
    }
    for (place, stream) in streams.iter().enumerate() {
        let docs = bench
            .store
            .documents(stream, &DocumentFilter::default())
            .await?;
        ensure_eq!(docs.len(), place + 1, "documents of {stream:?}");
        ensure!(
            docs.iter()
                .all(|doc| doc.key.starts_with(&stream.to_string())),
            "{stream:?} shows another stream's documents"
        );
        let verified = verify_store(&*bench.store, stream).await?;
        ensure!(verified.is_ok(), "{stream:?}: {verified:?}");
        // Streams of one tenant share its series; tenants do not.
        let same = streams
            .iter()
            .enumerate()
            .filter(|(_, s)| s.tenant() == stream.tenant());
        let expected = u64::try_from(same.map(|(place, _)| place + 1).sum::<usize>()).ok();
        let given = bench.store.given(stream.tenant(), &["isa"]).await?;
        ensure_eq!(
            given,
            [expected],
            "the last number of {:?}",
            stream.tenant()
        );
    }
    Ok(())
}

async fn order(bench: Bench) -> Check {
    let mut streams = awkward();
    for stream in &streams {
        bench.take(stream).await?;
    }
    streams.sort();
    let listed = bench.store.streams().await?;
    let listed: Vec<_> = listed.into_iter().map(|status| status.stream).collect();
    ensure_eq!(listed, streams, "the streams");
    Ok(())
}

async fn same_key(bench: Bench) -> Check {
    let keys = [
        StreamKey::new("acme", "purchase-orders", "us001"),
        StreamKey::new("acme", "purchase-orders", "us002"),
        StreamKey::new("globex", "purchase-orders", "us001"),
    ];
    let mut docs = Vec::new();
    for stream in &keys {
        let lease = bench.take(stream).await?;
        let record = [super::bench::record("k", 1, "a")];
        let judged = bench.store.classify(stream, &record).await?;
        ensure_eq!(judged, [Novelty::New], "the key in {stream}");
        let done = bench
            .commit(&lease, &[Op::Intend(vec![new_doc("k", 1)])])
            .await?;
        docs.extend(done.documents);
    }
    for (stream, doc) in keys.iter().zip(docs) {
        let found = bench
            .store
            .documents(stream, &DocumentFilter::default())
            .await?;
        let found: Vec<_> = found.into_iter().map(|doc| (doc.id, doc.phase)).collect();
        ensure_eq!(found, [(doc, Phase::Intent)], "the documents of {stream}");
        let trail = bench.store.audit_of(stream, "k", 10).await?;
        ensure_eq!(trail.len(), 1, "the key's events in {stream}");
    }
    Ok(())
}
