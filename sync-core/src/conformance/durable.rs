//! What is there after the store was closed and opened again.

use std::sync::{Arc, Weak};

use super::Reopen;
use super::bench::{Bench, Check, Failure, cursor, ensure, ensure_eq, ensure_err, record, seen};
use crate::audit::verify_store;
use crate::record::Novelty;
use crate::store::{Op, StateStore, StoreError};
use crate::testing::ManualClock;

/// What is proven of a store that was opened again.
#[derive(Debug, Clone, Copy)]
pub(super) enum Durable {
    AsItWas,
    GoesOn,
    OldEpoch,
}

pub(super) const CASES: &[(&str, Durable)] = &[
    (
        "what was acknowledged is there after the store is opened again",
        Durable::AsItWas,
    ),
    (
        "epochs, ids, numbers and the chain go on where they were",
        Durable::GoesOn,
    ),
    (
        "a lease from before is fenced once the stream is taken again",
        Durable::OldEpoch,
    ),
];

pub(super) async fn run<S: StateStore>(
    store: S,
    clock: &ManualClock,
    reopen: &Reopen<S>,
    case: Durable,
) -> Check {
    let store = Arc::new(store);
    let bench = Bench::new(Arc::<S>::clone(&store), clock.clone());
    super::audit::life(&bench).await?;
    let lease = bench.lease().await?;
    let mut to = cursor();
    to.watermark = Some(77);
    let ops = [
        Op::Reset {
            to,
            by: "m.meyer".into(),
            why: "again".into(),
        },
        Op::Seen(vec![seen("remembered", 1, "a", 1)]),
        Op::Schedule {
            due: Some(bench.after(60)),
        },
    ];
    bench.commit(&lease, &ops).await?;
    let before = bench.picture(&[&bench.stream]).await?;
    let trail = bench.store.audit(&bench.stream, 1, 1000).await?.len();
    drop(bench);

    let again = reopen(sole(store)?, Arc::new(clock.clone())).await;
    let bench = Bench::new(Arc::new(again), clock.clone());
    match case {
        Durable::AsItWas => {
            let after = bench.picture(&[&bench.stream]).await?;
            ensure!(after == before, "before: {before}\nafter: {after}");
            let ids = [record("remembered", 1, "a")];
            let judged = bench.store.classify(&bench.stream, &ids).await?;
            ensure_eq!(judged, [Novelty::Same], "what is remembered");
        }
        Durable::GoesOn => {
            let next = bench
                .store
                .acquire(&bench.stream, "bench", super::bench::TTL)
                .await?;
            let next = next.ok_or_else(|| Failure("the owner is kept out".into()))?;
            ensure!(
                next.epoch > lease.epoch,
                "{:?} after {:?}",
                next.epoch,
                lease.epoch
            );
            let doc = bench.intend(&next, "fresh", 1).await?;
            let done = bench.commit(&next, &[bench.shipment_of(&[doc])]).await?;
            let told: Vec<_> = done
                .shipments
                .iter()
                .map(|s| (s.id.0, s.numbers.clone()))
                .collect();
            ensure_eq!(
                (doc.0, told),
                (8, vec![(5, vec![5, 5])]),
                "document, shipment and numbers"
            );
            let verified = verify_store(&*bench.store, &bench.stream).await?;
            let length = verified.map(|head| head.seq);
            ensure_eq!(
                length,
                Ok(u64::try_from(trail).unwrap_or(0) + 2),
                "the chain's length"
            );
        }
        Durable::OldEpoch => {
            bench.lease().await?;
            let answer = bench
                .store
                .commit(&lease, &[Op::Schedule { due: None }])
                .await;
            ensure_err!(answer, StoreError::Fenced(_), "the lease from before");
        }
    }
    Ok(())
}

/// The store itself, once nothing else holds it.
fn sole<S>(store: Arc<S>) -> Check<S> {
    let others = Weak::<S>::strong_count(&Arc::downgrade(&store)) - 1;
    Arc::into_inner(store).ok_or_else(|| Failure(format!("{others} others still hold the store")))
}
