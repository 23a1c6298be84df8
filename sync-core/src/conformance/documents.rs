//! Documents before they are in a shipment.

use super::bench::{
    Bench, Check, cases, dead, ensure, ensure_eq, ensure_err, held, new_doc, poison, told,
};
use crate::clock::Clock;
use crate::delivery::Phase;
use crate::source::Stop;
use crate::store::{DocId, Document, DocumentFilter, Op, Refused, StoreError};

cases! {
    "a document is read back as it was taken in" => round_trip,
    "documents are numbered in the order of arrival, over all streams" => numbered,
    "a new version supersedes what has not left, held or not, inside one commit too" => supersedes,
    "a new version leaves alone what is in a shipment, what is final and other keys" => leaves_alone,
    "an unreadable record is a dead letter with its bytes, and supersedes too" => dead_letter,
    "a document is held or given up with its reason" => refused,
    "only what is not in a shipment can be refused, and only to held or dead" => refusals_refused,
    "holding for the same reason again leaves no trace" => same_reason,
    "a held document and a dead one can be looked at again" => retried,
    "what has been overtaken, has left or waits for nothing cannot be looked at again" => not_retried,
    "documents are found by phase, key, place and number" => filtered,
    "documents are counted by phase" => counted,
}

async fn list(bench: &Bench, filter: DocumentFilter) -> Check<Vec<u64>> {
    let found = bench.store.documents(&bench.stream, &filter).await?;
    Ok(found.iter().map(|doc| doc.id.0).collect())
}

async fn round_trip(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let new = crate::store::NewDocument {
        at: Some(i64::MIN),
        n: u32::MAX,
        ..new_doc("", 1)
    };
    let id = bench
        .commit(&lease, &[Op::Intend(vec![new.clone()])])
        .await?
        .documents;
    let created = bench.clock.wall();
    bench.clock.advance(super::bench::TTL);
    let expected = Document {
        id: DocId(1),
        key: new.key,
        at: new.at,
        n: new.n,
        version: new.version,
        phase: Phase::Intent,
        stop: None,
        ship: None,
        delivered_before: 0,
        payload: new.payload,
        created,
        replays: None,
    };
    ensure_eq!(id, [DocId(1)], "the ids that the commit answers");
    ensure_eq!(bench.doc(DocId(1)).await?, expected, "the document");
    let bare = DocumentFilter {
        bare: true,
        ..DocumentFilter::default()
    };
    let found = bench.store.documents(&bench.stream, &bare).await?;
    let payload = bytes::Bytes::new();
    let expected = [Document {
        payload,
        ..expected
    }];
    ensure_eq!(found, expected, "the document without its payload");
    Ok(())
}

async fn numbered(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let other = crate::StreamKey::new("globex", "invoices", "");
    let taken = bench.take(&other).await?;
    let two = Op::Intend(vec![new_doc("a", 1), new_doc("b", 1)]);
    let mut ids = bench
        .commit(&lease, std::slice::from_ref(&two))
        .await?
        .documents;
    ids.extend(
        bench
            .commit(&taken, &[Op::Intend(vec![new_doc("a", 1)])])
            .await?
            .documents,
    );
    ids.extend(
        bench
            .commit(&lease, &[two, Op::Intend(vec![new_doc("c", 1)])])
            .await?
            .documents,
    );
    ensure_eq!(ids, [1, 2, 3, 4, 5, 6].map(DocId), "the ids");
    let mine = list(&bench, DocumentFilter::default()).await?;
    ensure_eq!(mine, [1, 2, 4, 5, 6], "the first stream's documents");
    Ok(())
}

async fn supersedes(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let first = bench.intend(&lease, "k", 1).await?;
    bench
        .commit(&lease, &[Op::Refuse(vec![held(first, "no-factor")])])
        .await?;
    let op = Op::Intend(vec![new_doc("k", 2), new_doc("k", 3), new_doc("k", 4)]);
    let ids = bench.commit(&lease, &[op]).await?.documents;
    let mut phases = vec![bench.phase(first).await?];
    for id in ids {
        phases.push(bench.phase(id).await?);
    }
    let gone = Phase::Superseded;
    ensure_eq!(phases, [gone, gone, gone, Phase::Intent], "versions 1 to 4");
    let trail = bench.store.audit(&bench.stream, 1, 100).await?;
    let told: Vec<_> = trail
        .iter()
        .skip(2)
        .map(|entry| told(entry, "supersedes"))
        .collect();
    ensure_eq!(
        told,
        [1, 2, 3].map(|id| serde_json::json!([id])),
        "what each event supersedes"
    );
    Ok(())
}

async fn leaves_alone(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let confirmed = bench.deliver(&lease, "k", 1).await?;
    let given_up = bench.intend(&lease, "k", 2).await?;
    bench
        .commit(&lease, &[Op::Refuse(vec![dead(given_up)])])
        .await?;
    let sent = bench.intend(&lease, "k", 3).await?;
    let ship = bench.prepare(&lease, &[sent]).await?;
    bench.send(&lease, ship).await?;
    let other = bench.intend(&lease, "other", 1).await?;
    let stream = crate::StreamKey::new("acme", "purchase-orders", "us002");
    let taken = bench.take(&stream).await?;
    bench
        .commit(&taken, &[Op::Intend(vec![new_doc("other", 2)])])
        .await?;
    bench.intend(&lease, "k", 4).await?;
    for (doc, phase) in [
        (confirmed, Phase::Confirmed),
        (given_up, Phase::Dead),
        (sent, Phase::Sent),
        (other, Phase::Intent),
    ] {
        ensure_eq!(bench.phase(doc).await?, phase, "document {doc}");
    }
    Ok(())
}

async fn dead_letter(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let first = bench.intend(&lease, "k", 1).await?;
    let ids = bench
        .commit(&lease, &[Op::Intend(vec![poison("k", 2)])])
        .await?
        .documents;
    let Some(id) = ids.first() else { return Ok(()) };
    let doc = bench.doc(*id).await?;
    ensure_eq!(
        (doc.phase, doc.stop),
        (Phase::Dead, poison("k", 2).dead),
        "where it stands"
    );
    ensure_eq!(doc.payload, poison("k", 2).payload, "its bytes");
    ensure_eq!(
        bench.phase(first).await?,
        Phase::Superseded,
        "the version before it"
    );
    ensure!(
        bench.work().await?.ready.is_empty(),
        "something may be shipped"
    );
    Ok(())
}

async fn refused(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    bench
        .commit(&lease, &[Op::Refuse(vec![held(doc, "no-factor")])])
        .await?;
    let row = bench.doc(doc).await?;
    ensure_eq!(
        (row.phase, row.stop),
        (Phase::Held, Some(held(doc, "no-factor").stop)),
        "held"
    );
    bench
        .commit(&lease, &[Op::Refuse(vec![held(doc, "no-route")])])
        .await?;
    let row = bench.doc(doc).await?;
    ensure_eq!(
        row.stop,
        Some(held(doc, "no-route").stop),
        "held for another reason"
    );
    bench.commit(&lease, &[Op::Refuse(vec![dead(doc)])]).await?;
    let row = bench.doc(doc).await?;
    ensure_eq!(
        (row.phase, row.stop),
        (Phase::Dead, Some(dead(doc).stop)),
        "given up"
    );
    Ok(())
}

async fn refusals_refused(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    for to in Phase::ALL {
        if matches!(to, Phase::Held | Phase::Dead) {
            continue;
        }
        let op = Op::Refuse(vec![Refused {
            doc,
            to,
            stop: Stop::new("x", "y"),
        }]);
        let answer = bench.store.commit(&lease, &[op]).await;
        ensure_err!(answer, StoreError::Conflict(_), "a refusal to {to}");
    }
    bench.prepare(&lease, &[doc]).await?;
    let given_up = bench.intend(&lease, "dead", 1).await?;
    bench
        .commit(&lease, &[Op::Refuse(vec![dead(given_up)])])
        .await?;
    for (doc, what) in [(doc, "prepared"), (given_up, "dead")] {
        let answer = bench
            .store
            .commit(&lease, &[Op::Refuse(vec![held(doc, "x")])])
            .await;
        ensure_err!(
            answer,
            StoreError::Conflict(_),
            "a refusal of what is {what}"
        );
    }
    Ok(())
}

async fn same_reason(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    let mut lengths = Vec::new();
    for _ in 0..3 {
        bench
            .commit(&lease, &[Op::Refuse(vec![held(doc, "no-factor")])])
            .await?;
        lengths.push(bench.store.audit(&bench.stream, 1, 100).await?.len());
    }
    ensure_eq!(lengths, [2, 2, 2], "events after each");
    Ok(())
}

async fn retried(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let docs = [
        bench.intend(&lease, "a", 1).await?,
        bench.intend(&lease, "b", 1).await?,
    ];
    let refuse = Op::Refuse(vec![held(docs[0], "no-factor"), dead(docs[1])]);
    let retry = Op::Retry {
        docs: docs.to_vec(),
        by: "m.meyer".into(),
    };
    bench.commit(&lease, &[refuse, retry]).await?;
    for doc in docs {
        let row = bench.doc(doc).await?;
        ensure_eq!(
            (row.phase, row.stop),
            (Phase::Intent, None),
            "document {doc}"
        );
    }
    let ready: Vec<_> = bench.work().await?.ready.iter().map(|doc| doc.id).collect();
    ensure_eq!(ready, docs, "what may be shipped");
    Ok(())
}

async fn not_retried(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let overtaken = bench.intend(&lease, "k", 1).await?;
    bench
        .commit(&lease, &[Op::Refuse(vec![dead(overtaken)])])
        .await?;
    let intent = bench.intend(&lease, "k", 2).await?;
    let confirmed = bench.deliver(&lease, "c", 1).await?;
    let prepared = bench.intend(&lease, "p", 1).await?;
    bench.prepare(&lease, &[prepared]).await?;
    let rejected = bench.intend(&lease, "r", 1).await?;
    let ship = bench.prepare(&lease, &[rejected]).await?;
    bench.send(&lease, ship).await?;
    let why = crate::delivery::Why::Rejected;
    bench
        .commit(&lease, &[bench.settled(ship, Phase::Dead, why, "bad unit")])
        .await?;
    for (doc, what) in [
        (overtaken, "has a newer version"),
        (intent, "waits for nothing"),
        (confirmed, "has arrived"),
        (prepared, "is in a shipment"),
        (rejected, "was given up in a shipment"),
    ] {
        let op = Op::Retry {
            docs: vec![doc],
            by: "m.meyer".into(),
        };
        let answer = bench.store.commit(&lease, &[op]).await;
        ensure_err!(answer, StoreError::Conflict(_), "a retry of what {what}");
    }
    Ok(())
}

async fn filtered(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let keys = ["a", "b", "a%", "A", "a"];
    let ops = keys.map(|key| Op::Intend(vec![new_doc(key, 1)]));
    bench.commit(&lease, &ops).await?;
    bench
        .commit(
            &lease,
            &[Op::Refuse(vec![held(DocId(2), "x"), dead(DocId(3))])],
        )
        .await?;
    let all = DocumentFilter::default;
    let of = |key: &str| DocumentFilter {
        key: Some(key.into()),
        ..all()
    };
    let cases = [
        (all(), vec![1, 2, 3, 4, 5]),
        (DocumentFilter { limit: 2, ..all() }, vec![1, 2]),
        (
            DocumentFilter {
                after: Some(DocId(2)),
                limit: 2,
                ..all()
            },
            vec![3, 4],
        ),
        (
            DocumentFilter {
                after: Some(DocId(5)),
                ..all()
            },
            vec![],
        ),
        (
            DocumentFilter {
                phases: vec![Phase::Held, Phase::Dead],
                ..all()
            },
            vec![2, 3],
        ),
        (
            DocumentFilter {
                phases: vec![Phase::Void],
                ..all()
            },
            vec![],
        ),
        (of("a"), vec![1, 5]),
        (of("a%"), vec![3]),
        (of("absent"), vec![]),
        (
            DocumentFilter {
                phases: vec![Phase::Superseded],
                ..of("a")
            },
            vec![1],
        ),
        (
            DocumentFilter {
                after: Some(DocId(1)),
                ..of("a")
            },
            vec![5],
        ),
    ];
    for (filter, expected) in cases {
        ensure_eq!(list(&bench, filter.clone()).await?, expected, "{filter:?}");
    }
    Ok(())
}

async fn counted(bench: Bench) -> Check {
    let counts = bench.store.counts(&bench.stream).await?;
    ensure_eq!(counts.0.len(), 0, "phases of a stream that nobody knows");
    let lease = bench.lease().await?;
    bench.deliver(&lease, "c", 1).await?;
    let docs = [
        bench.intend(&lease, "a", 1).await?,
        bench.intend(&lease, "b", 1).await?,
    ];
    bench
        .commit(&lease, &[Op::Refuse(vec![dead(docs[0])])])
        .await?;
    bench.intend(&lease, "b", 2).await?;
    let counts = bench.store.counts(&bench.stream).await?;
    let expected = [
        (Phase::Intent, 1),
        (Phase::Confirmed, 1),
        (Phase::Dead, 1),
        (Phase::Superseded, 1),
    ];
    ensure_eq!(
        counts.0,
        std::collections::BTreeMap::from(expected),
        "the counts"
    );
    Ok(())
}
