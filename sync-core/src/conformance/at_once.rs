//! What a commit takes in and prepares at once.

use super::bench::{Bench, Check, Failure, cases, ensure, ensure_eq, ensure_err, new_doc};
use crate::audit::verify_store;
use crate::delivery::{Phase, Why};
use crate::store::{DocId, Op, StoreError};

cases! {
    "what a commit takes in leaves with a shipment of the same commit" => at_once,
    "a place among what was taken in that is not there, comes later or comes twice is refused" => refused,
}

/// A shipment of these documents, and of those that the commit takes in at these places.
fn shipment(bench: &Bench, docs: &[DocId], fresh: &[usize]) -> Op {
    let mut op = bench.shipment_of(docs);
    if let Op::Prepare(shipments) = &mut op {
        for shipment in shipments {
            shipment.fresh = fresh.to_vec();
        }
    }
    op
}

fn three() -> Op {
    Op::Intend(["a", "b", "c"].map(|key| new_doc(key, 1)).to_vec())
}

async fn refused(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    for ops in [
        [three(), shipment(&bench, &[], &[3])],
        [shipment(&bench, &[], &[0]), three()],
        [three(), shipment(&bench, &[], &[1, 1])],
    ] {
        let answer = bench.store.commit(&lease, &ops).await;
        ensure_err!(answer, StoreError::Conflict(_), "{ops:?}");
    }
    let counts = bench.store.counts(&bench.stream).await?;
    ensure_eq!(counts, crate::store::PhaseCounts::default(), "what is left");
    Ok(())
}

async fn at_once(bench: Bench) -> Check {
    let lease = bench.lease().await?;
    let old = bench.intend(&lease, "old", 1).await?;
    let ops = [
        three(),
        shipment(&bench, &[old], &[2, 0]),
        shipment(&bench, &[], &[1]),
    ];
    let done = bench.commit(&lease, &ops).await?;
    let [a, b, c] = done.documents[..] else {
        return Err(Failure(format!("it has taken in {:?}", done.documents)));
    };
    let mut members = Vec::new();
    for told in &done.shipments {
        let ship = bench.ship(told.id).await?;
        ensure!(
            ship.docs.iter().all(|doc| doc.phase == Phase::Prepared
                && doc.ship == Some(ship.id)
                && !doc.payload.is_empty()),
            "the members stand elsewhere: {:?}",
            ship.docs
        );
        members.push(ship.docs.iter().map(|doc| doc.id).collect::<Vec<_>>());
    }
    ensure_eq!(members, [vec![old, c, a], vec![b]], "the members");
    ensure_eq!(bench.work().await?.ready, [], "what waits for a shipment");
    for told in &done.shipments {
        bench.send(&lease, told.id).await?;
        let op = bench.settled(told.id, Phase::Confirmed, Why::Accepted, "received");
        bench.commit(&lease, &[op]).await?;
    }
    let counts = bench.store.counts(&bench.stream).await?;
    ensure_eq!(counts.of(Phase::Confirmed), 4, "what is delivered");
    let verified = verify_store(&*bench.store, &bench.stream).await?;
    ensure!(verified.is_ok(), "the trail: {verified:?}");
    Ok(())
}
