//! What is removed, and what is kept of it.

use super::bench::{
    Bench, Check, Failure, cases, ensure, ensure_eq, ensure_err, new_doc, poison, record, told,
};
use super::replay::{resend, transform};
use crate::audit::{About, AuditFilter, Head, Projection, verify_store};
use crate::clock::Clock;
use crate::delivery::{Phase, Why};
use crate::record::Novelty;
use crate::retention::{self, Retention};
use crate::store::{DocId, DocumentFilter, Op, ShipId, StoreError};

cases! {
    "a document that has ended is removed, with its shipment" => removed,
    "only what has ended is removed, oldest first, whole shipments" => refused,
    "the last version of a key and what was delivered of it are kept for ever" => remembered,
    "a trail that was cut verifies from its root, and replaying the rest gives the ledger" => cut,
    "entries of a shipment are found after the one that prepared it is cut off" => found_after_cut,
    "a cut through an entry or a hash that is not there is refused" => no_such_entry,
    "a policy removes what is old in bounded commits, and says so before it does" => policy,
}

fn prune(docs: &[DocId]) -> Op {
    let (by, why) = ("retention".into(), "older than 400 days".into());
    Op::Prune {
        docs: docs.to_vec(),
        by,
        why,
    }
}

async fn removed(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.deliver(&lease, "a", 1).await?;
    let other = bench.deliver(&lease, "b", 1).await?;
    bench.commit(&lease, &[prune(&[doc])]).await?;
    let left = bench
        .store
        .documents(&bench.stream, &DocumentFilter::default())
        .await?;
    let left: Vec<_> = left.iter().map(|doc| doc.id).collect();
    ensure_eq!(left, [other], "the documents");
    let ship = bench.store.shipment(&bench.stream, ShipId(1)).await?;
    ensure_eq!(ship, None, "its shipment");
    ensure_eq!(
        bench
            .store
            .counts(&bench.stream)
            .await?
            .of(Phase::Confirmed),
        1,
        "the count"
    );
    let verified = verify_store(&*bench.store, &bench.stream).await?;
    ensure!(verified.is_ok(), "the trail: {verified:?}");
    let entries = bench.store.audit_of(&bench.stream, "a", 100).await?;
    let entry = entries.last().ok_or_else(|| Failure("no event".into()))?;
    ensure_eq!(&*entry.kind, "pruned", "the event");
    ensure_eq!(told(entry, "docs"), serde_json::json!([[1, 1]]), "which");
    // Names are never given again.
    ensure_eq!(
        bench.intend(&lease, "c", 1).await?,
        DocId(3),
        "the next name"
    );
    // Not even that of one which a single commit takes in and removes.
    let fleeting = [Op::Intend(vec![poison("d", 1)]), prune(&[DocId(4)])];
    bench.commit(&lease, &fleeting).await?;
    ensure_eq!(
        bench.intend(&lease, "e", 1).await?,
        DocId(5),
        "the name after one that left no row"
    );
    Ok(())
}

async fn refused(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let two = bench
        .commit(
            &lease,
            &[Op::Intend(vec![new_doc("a", 1), new_doc("b", 1)])],
        )
        .await?
        .documents;
    let ship = bench.prepare(&lease, &two).await?;
    let refuse = async |docs: &[DocId], what: &str| -> Check {
        let answer = bench.store.commit(&lease, &[prune(docs)]).await;
        ensure_err!(answer, StoreError::Conflict(_), "{what}");
        Ok(())
    };
    refuse(&two, "on its way").await?;
    bench.send(&lease, ship).await?;
    let op = bench.settled(ship, Phase::Confirmed, Why::Accepted, "received");
    bench.commit(&lease, &[op]).await?;
    let [first, second] = *two else {
        return Err(Failure(format!("two documents became {two:?}")));
    };
    refuse(&[first], "half a shipment").await?;
    refuse(&[DocId(99)], "absent").await?;
    refuse(&[first, first, second], "twice").await?;
    let later = bench.deliver(&lease, "a", 2).await?;
    refuse(&[later], "before an older one of its key").await?;
    refuse(&[later, first, second], "the younger one first").await?;
    let all = bench
        .store
        .documents(&bench.stream, &DocumentFilter::default())
        .await?;
    ensure_eq!(all.len(), 3, "the documents after refusals");
    bench
        .commit(&lease, &[prune(&[first, second, later])])
        .await?;
    Ok(())
}

async fn remembered(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let (one, two) = (
        bench.deliver(&lease, "a", 1).await?,
        bench.deliver(&lease, "a", 2).await?,
    );
    bench.commit(&lease, &[prune(&[one])]).await?;
    ensure_eq!(
        bench.intend(&lease, "a", 3).await?,
        DocId(3),
        "the next version"
    );
    ensure_eq!(
        bench.doc(DocId(3)).await?.delivered_before,
        2,
        "what was delivered before it"
    );
    let refuse = Op::Refuse(vec![super::bench::dead(DocId(3))]);
    bench
        .commit(&lease, &[refuse, prune(&[two, DocId(3)])])
        .await?;
    let known = [
        record("a", 3_000_000, "a 3"),
        record("a", 1_000_000, "a 1"),
        record("a", 9_000_000, "a 4"),
        record("b", 1_000_000, "b 1"),
    ];
    let judged = bench.store.classify(&bench.stream, &known).await?;
    let expected = [
        Novelty::Same,
        Novelty::Stale,
        Novelty::Changed { n: 4 },
        Novelty::New,
    ];
    ensure_eq!(judged, expected, "what is known of what was removed");
    let fourth = bench.intend(&lease, "a", 4).await?;
    ensure_eq!(
        bench.doc(fourth).await?.delivered_before,
        2,
        "what was delivered before it"
    );
    bench.prepare(&lease, &[fourth]).await?;
    ensure_eq!(
        bench.doc(fourth).await?.delivered_before,
        2,
        "frozen with its shipment"
    );
    Ok(())
}

async fn cut(bench: Bench) -> Check {
    super::audit::life(&bench).await?;
    let lease = bench.lease().await?;
    let all = bench.store.audit(&bench.stream, 1, 1000).await?;
    let (through, mut at) = (13, Projection::default());
    for entry in all.iter().take(through) {
        at.apply(entry).map_err(|what| Failure(what.into()))?;
    }
    let last = all
        .get(through - 1)
        .ok_or_else(|| Failure("no entry".into()))?;
    let head = Head {
        seq: last.seq,
        hash: last.hash,
    };
    let op = |standing| {
        let (by, why) = ("m.meyer".into(), "seven years".into());
        Op::Cut {
            through: head,
            standing,
            by,
            why,
        }
    };
    bench.commit(&lease, &[op(at.standing())]).await?;
    let left = bench.store.audit(&bench.stream, 1, 1000).await?;
    let seqs: Vec<_> = left.iter().map(|entry| entry.seq).collect();
    ensure_eq!(
        seqs,
        (14..=27).collect::<Vec<u64>>(),
        "the entries that are left"
    );
    ensure_eq!(
        bench.store.trail_base(&bench.stream).await?.head,
        head,
        "the root"
    );
    let verified = verify_store(&*bench.store, &bench.stream).await?;
    ensure!(verified.is_ok(), "the trail: {verified:?}");
    let of_a = bench.store.audit_of(&bench.stream, "a", 100).await?;
    ensure_eq!(
        of_a.first().map(|entry| entry.seq),
        Some(14),
        "the first of a key"
    );
    bench.deliver(&lease, "z", 1).await?;
    let verified = verify_store(&*bench.store, &bench.stream).await?;
    ensure_eq!(
        verified.map(|head| head.seq),
        Ok(31),
        "the trail after more"
    );
    Ok(())
}

async fn found_after_cut(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let docs = [
        bench.intend(&lease, "a", 1).await?,
        bench.intend(&lease, "b", 1).await?,
    ];
    let ship = bench.prepare(&lease, &docs).await?;
    bench.send(&lease, ship).await?;
    let cut = async |through: usize| -> Check {
        let all = bench.store.audit(&bench.stream, 1, 1000).await?;
        let base = bench.store.trail_base(&bench.stream).await?;
        let mut at = Projection::default();
        if base.head.seq > 0 {
            at = Projection::from_standing(&base.standing).map_err(|what| Failure(what.into()))?;
        }
        let mut head = base.head;
        for entry in all.iter().take_while(|entry| entry.seq <= through as u64) {
            at.apply(entry).map_err(|what| Failure(what.into()))?;
            let (seq, hash) = (entry.seq, entry.hash);
            head = Head { seq, hash };
        }
        let op = Op::Cut {
            through: head,
            standing: at.standing(),
            by: "m.meyer".into(),
            why: "seven years".into(),
        };
        bench.commit(&lease, &[op]).await.map(drop)
    };
    let found = async |key: &str| -> Check<Vec<u64>> {
        let found = bench.store.audit_of(&bench.stream, key, 100).await?;
        let seqs: Vec<_> = found.iter().map(|entry| entry.seq).collect();
        let filter = AuditFilter {
            about: About::Key(key.into()),
            ..AuditFilter::default()
        };
        let filtered = bench.store.audit_find(&bench.stream, &filter).await?;
        let filtered: Vec<_> = filtered.iter().map(|entry| entry.seq).collect();
        ensure_eq!(filtered, seqs, "what a filter finds of `{key}`");
        Ok(seqs)
    };
    ensure_eq!(found("a").await?, [1, 3, 4], "of `a` before");
    cut(3).await?;
    ensure_eq!(found("a").await?, [4], "of `a` without its beginning");
    let op = bench.settled(ship, Phase::Confirmed, Why::Accepted, "received");
    bench.commit(&lease, &[op]).await?;
    ensure_eq!(found("a").await?, [4, 6], "of `a` after one more step");
    ensure_eq!(found("b").await?, [4, 6], "of `b` after one more step");
    cut(4).await?;
    ensure_eq!(found("b").await?, [6], "of `b` after the next cut");
    bench.commit(&lease, &[prune(&docs)]).await?;
    ensure_eq!(found("b").await?, [6, 8], "of `b` when it is removed");
    let verified = verify_store(&*bench.store, &bench.stream).await?;
    ensure!(verified.is_ok(), "the trail: {verified:?}");
    Ok(())
}

async fn no_such_entry(bench: Bench) -> Check {
    super::audit::life(&bench).await?;
    let lease = bench.lease().await?;
    let all = bench.store.audit(&bench.stream, 1, 1000).await?;
    let cut = |seq, hash| Op::Cut {
        through: Head { seq, hash },
        standing: Projection::default().standing(),
        by: "m.meyer".into(),
        why: "test".into(),
    };
    let good = all.get(4).map(|entry| entry.hash).unwrap_or_default();
    for (seq, hash) in [(5, [1; 32]), (4, good), (99, good), (0, [0; 32])] {
        let refused = bench.store.commit(&lease, &[cut(seq, hash)]).await;
        ensure_err!(refused, StoreError::Conflict(_), "through {seq}");
    }
    // A standing that is not what stood there is found when the trail is verified.
    bench.commit(&lease, &[cut(5, good)]).await?;
    let verified = verify_store(&*bench.store, &bench.stream).await?;
    ensure!(verified.is_err(), "a wrong standing was believed");
    let again = bench.store.commit(&lease, &[cut(5, good)]).await;
    ensure_err!(again, StoreError::Conflict(_), "again");
    Ok(())
}

async fn policy(bench: Bench) -> Check {
    let day = std::time::Duration::from_secs(86_400);
    let lease = bench.lease().await?;
    bench.deliver(&lease, "a", 1).await?;
    let held = bench.intend(&lease, "h", 1).await?;
    let refuse = Op::Refuse(vec![super::bench::held(held, "no-factor")]);
    bench.commit(&lease, &[refuse]).await?;
    // Their shipment is shared by an old one and one whose key goes on.
    let shared = bench
        .commit(
            &lease,
            &[Op::Intend(vec![new_doc("c", 1), new_doc("d", 1)])],
        )
        .await?
        .documents;
    let ship = bench.prepare(&lease, &shared).await?;
    bench.send(&lease, ship).await?;
    let op = bench.settled(ship, Phase::Dead, Why::Rejected, "no");
    bench.commit(&lease, &[op, resend(ship, false)]).await?;
    bench.clock.advance(10 * day);
    let young = bench.deliver(&lease, "a", 2).await?;
    let policy = Retention {
        documents: Some(5 * day),
        trail: Some(9 * day),
    };
    let plan = retention::plan(&*bench.store, &bench.stream, &policy, bench.clock.wall()).await?;
    ensure_eq!(
        (plan.documents, plan.shipments),
        (vec![DocId(1)], 1),
        "what would go"
    );
    let before = bench.store.audit(&bench.stream, 1, 1000).await?.len();
    let done = retention::prune(
        &*bench.store,
        &lease,
        &policy,
        &bench.clock,
        "retention",
        "policy",
    )
    .await?;
    ensure_eq!(done.documents, 1, "documents that went");
    ensure!(
        done.entries > 0 && (done.entries as usize) < before,
        "entries that went: {}",
        done.entries
    );
    let verified = verify_store(&*bench.store, &bench.stream).await?;
    ensure!(verified.is_ok(), "the trail: {verified:?}");
    let left = bench
        .store
        .documents(&bench.stream, &DocumentFilter::default())
        .await?;
    let left: Vec<_> = left.iter().map(|doc| doc.id).collect();
    ensure_eq!(
        left,
        [vec![held], shared, vec![young]].concat(),
        "what stays"
    );
    let again = retention::prune(
        &*bench.store,
        &lease,
        &policy,
        &bench.clock,
        "retention",
        "policy",
    )
    .await?;
    ensure_eq!((again.documents, again.entries), (0, 0), "a second time");
    // What is left goes on as ever.
    bench.commit(&lease, &[transform(&[young], true)]).await?;
    let verified = verify_store(&*bench.store, &bench.stream).await?;
    ensure!(verified.is_ok(), "the trail: {verified:?}");
    Ok(())
}
