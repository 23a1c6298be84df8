//! All of a commit, or none.

use super::bench::{
    Bench, Check, cases, cursor, dead, ensure, ensure_eq, ensure_err, held, new_doc, poison, seen,
};
use crate::delivery::{Phase, Why};
use crate::record::Novelty;
use crate::series::Series;
use crate::store::{DocId, NewShipment, Op, Revision, ShipId, StoreError};

cases! {
    "the revision grows by one with each commit" => revision_grows,
    "a commit of nothing answers with the revision and changes nothing" => empty,
    "an operation that fails undoes every one before it" => last_fails,
    "what a failed commit would have given is given to the next" => nothing_burnt,
    "an operation sees what those before it have done" => in_order,
    "every kind of operation names a row that is not there" => absent_rows,
}

async fn revision_grows(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    ensure_eq!(bench.revision().await?, Revision(0), "a fresh stream");
    for n in 1..=3 {
        let done = bench
            .commit(&lease, &[Op::Intend(vec![new_doc("k", 1)])])
            .await?;
        ensure_eq!(done.revision, Revision(n), "what the commit answers");
        ensure_eq!(bench.revision().await?, Revision(n), "what is read");
    }
    let failed = bench
        .store
        .commit(&lease, &[Op::Refuse(vec![dead(DocId(99))])])
        .await;
    ensure_err!(failed, StoreError::Conflict(_), "a commit that cannot be");
    ensure_eq!(
        bench.revision().await?,
        Revision(3),
        "the revision after it"
    );
    Ok(())
}

async fn empty(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    bench.intend(&lease, "k", 1).await?;
    let before = bench.picture(&[&bench.stream]).await?;
    let done = bench.commit(&lease, &[]).await?;
    ensure_eq!(done.revision, Revision(1), "its revision");
    ensure!(
        done.documents.is_empty() && done.shipments.is_empty(),
        "it has done {done:?}"
    );
    ensure_eq!(
        bench.picture(&[&bench.stream]).await?,
        before,
        "the ledger after it"
    );
    Ok(())
}

async fn last_fails(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let intended = bench.intend(&lease, "intended", 1).await?;
    let waiting = bench.intend(&lease, "waiting", 1).await?;
    let retried = bench.intend(&lease, "retried", 1).await?;
    let refused = bench.intend(&lease, "refused", 1).await?;
    let apart = [
        bench.intend(&lease, "apart", 1).await?,
        bench.intend(&lease, "bad", 1).await?,
    ];
    let moved = bench.intend(&lease, "moved", 1).await?;
    let apart_ship = bench.prepare(&lease, &apart).await?;
    let moved_ship = bench.prepare(&lease, &[moved]).await?;
    let ops = [
        Op::Refuse(vec![dead(retried)]),
        Op::Seen(vec![
            seen("remembered", 5, "a", 1),
            seen("forgotten", 1, "a", 1),
        ]),
        Op::Cursor {
            expect: bench.revision().await?,
            to: cursor(),
        },
        Op::Schedule {
            due: Some(bench.after(60)),
        },
    ];
    bench.commit(&lease, &ops).await?;
    let before = bench.picture(&[&bench.stream]).await?;
    let ids = [
        super::bench::record("forgotten", 1, "a"),
        super::bench::record("fresh", 1, "a"),
    ];
    let known = bench.store.classify(&bench.stream, &ids).await?;

    let read_on = crate::Cursor {
        polls: 1,
        ..cursor()
    };
    let to = crate::Cursor {
        watermark: Some(9),
        ..read_on.clone()
    };
    let mut all = vec![
        Op::Cursor {
            expect: bench.revision().await?,
            to: read_on,
        },
        Op::Reset {
            to,
            by: "operator".into(),
            why: "test".into(),
        },
        Op::Seen(vec![
            seen("remembered", 6, "b", 2),
            seen("fresh", 7, "a", 1),
        ]),
        Op::Forget { before: 3 },
        Op::Intend(vec![
            new_doc("intended", 2),
            poison("poison", 1),
            new_doc("intended", 3),
        ]),
        Op::Refuse(vec![held(refused, "no-factor")]),
        Op::Retry {
            docs: vec![retried],
            by: "operator".into(),
        },
        bench.shipment_of(&[waiting, retried]),
        Op::Dissolve {
            ship: apart_ship,
            refused: vec![held(apart[1], "no-factor")],
        },
        bench.sent(moved_ship),
        bench.settled(moved_ship, Phase::Dead, Why::Rejected, "bad unit"),
        Op::Audit {
            kind: "poll".into(),
            body: serde_json::json!({ "records": 3 }),
        },
        Op::Schedule { due: None },
    ];
    all.push(Op::Refuse(vec![dead(intended)]));
    // The last one fails at every length: `intended` is superseded, or the document is not there.
    for kept in 0..all.len() {
        let mut ops: Vec<_> = all.iter().take(kept).cloned().collect();
        ops.push(Op::Refuse(vec![dead(DocId(1 << 40))]));
        let failed = bench.store.commit(&lease, &ops).await;
        ensure_err!(
            failed,
            StoreError::Conflict(_),
            "{kept} operations and a bad one"
        );
        let after = bench.picture(&[&bench.stream]).await?;
        ensure!(
            after == before,
            "after {kept} operations and a bad one the ledger is {after}"
        );
        let judged = bench.store.classify(&bench.stream, &ids).await?;
        ensure_eq!(
            judged,
            known,
            "what is remembered after {kept} operations and a bad one"
        );
    }
    all.pop();
    bench.commit(&lease, &all).await?;
    Ok(())
}

async fn nothing_burnt(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    let ops = [
        Op::Intend(vec![new_doc("other", 1)]),
        bench.shipment_of(&[doc]),
        Op::Refuse(vec![dead(DocId(1 << 40))]),
    ];
    let failed = bench.store.commit(&lease, &ops).await;
    ensure_err!(failed, StoreError::Conflict(_), "a commit that cannot be");
    let done = bench.commit(&lease, &ops[..2]).await?;
    let numbers: Vec<_> = done
        .shipments
        .iter()
        .flat_map(|ship| ship.numbers.clone())
        .collect();
    ensure_eq!(numbers, [1, 1], "the first numbers of both series");
    Ok(())
}

async fn in_order(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let doc = bench.intend(&lease, "k", 1).await?;
    let by = "operator".into();
    let ops = [
        Op::Refuse(vec![held(doc, "no-factor")]),
        Op::Retry {
            docs: vec![doc],
            by,
        },
        bench.shipment_of(&[doc]),
    ];
    bench.commit(&lease, &ops).await?;
    ensure_eq!(bench.phase(doc).await?, Phase::Prepared, "its phase");
    let judged = bench
        .store
        .classify(&bench.stream, &[super::bench::record("k", 1, "x")])
        .await?;
    ensure!(judged != [Novelty::New], "the key is unknown to the ledger");
    Ok(())
}

async fn absent_rows(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let (doc, ship) = (DocId(1 << 40), ShipId(1 << 40));
    let series = vec![Series::new("isa")];
    let at = bench.after(0);
    let ops = [
        Op::Refuse(vec![dead(doc)]),
        Op::Retry {
            docs: vec![doc],
            by: "operator".into(),
        },
        Op::Prepare(vec![NewShipment {
            lane: "lane".into(),
            docs: vec![doc],
            fresh: Vec::new(),
            series,
            at,
        }]),
        Op::Dissolve {
            ship,
            refused: Vec::new(),
        },
        bench.sent(ship),
    ];
    for op in ops {
        let answer = bench.store.commit(&lease, std::slice::from_ref(&op)).await;
        ensure_err!(answer, StoreError::Conflict(_), "{op:?}");
    }
    Ok(())
}
