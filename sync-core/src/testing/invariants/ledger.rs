//! What must hold of the ledger's own rows.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::trail::Trail;
use super::{Invariant, Outside, Violation, entries};
use crate::audit::verify_store;
use crate::delivery::Phase;
use crate::store::{Document, DocumentFilter, Op, ShipId, StateStore, StoreError};
use crate::stream::StreamKey;

/// A number is given once, over all streams of the tenant.
pub(super) async fn numbers(
    store: &dyn StateStore,
    outside: &Outside,
    found: &mut Vec<Violation>,
) -> Result<(), StoreError> {
    #[derive(Deserialize)]
    struct Prepared {
        ship: ShipId,
        numbers: Vec<(Box<str>, u64)>,
    }
    let mut given: BTreeMap<(Box<str>, u64), (StreamKey, ShipId)> = BTreeMap::new();
    for status in store.streams().await? {
        if status.stream.tenant() != outside.stream.tenant() {
            continue;
        }
        for entry in entries(store, &status.stream).await? {
            if &*entry.kind != "prepared" {
                continue;
            }
            let told = serde_json::from_slice::<Prepared>(&entry.body)
                .map_err(|error| StoreError::Corrupt(error.to_string().into()))?;
            for (series, number) in told.numbers {
                let here = (status.stream.clone(), told.ship);
                if let Some((stream, ship)) = given.insert((series.clone(), number), here) {
                    let what = format!(
                        "{number} of `{series}` was given to shipment {ship} of {stream} and to shipment {} of {}",
                        told.ship, status.stream
                    );
                    found.push(Violation::new(Invariant::NumbersAreGivenOnce, what));
                }
            }
        }
    }
    Ok(())
}

/// Every version is taken in, once; nothing is left behind.
pub(super) async fn documents(
    store: &dyn StateStore,
    outside: &Outside,
    trail: &Trail,
    found: &mut Vec<Violation>,
) -> Result<(), StoreError> {
    let all = store
        .documents(&outside.stream, &DocumentFilter::default())
        .await?;
    let mut keys: BTreeMap<&str, Vec<&Document>> = BTreeMap::new();
    for doc in &all {
        keys.entry(&doc.key).or_default().push(doc);
    }
    for (key, docs) in &mut keys {
        docs.sort_by_key(|doc| (doc.n, doc.id));
        for (a, b) in docs.iter().zip(docs.iter().skip(1)) {
            if a.n == b.n || a.version == b.version {
                let what = format!("a version of {key} is in documents {} and {}", a.id, b.id);
                found.push(Violation::new(Invariant::OneShipmentEach, what));
            }
        }
    }
    if outside.at_rest {
        for (key, version) in &outside.wanted {
            let last = keys.get(&**key).and_then(|docs| docs.last());
            let what = match last {
                None => format!("{key} is in no document"),
                Some(doc) if doc.version != *version => {
                    format!(
                        "the last document of {key} is version {}, the source has {version}",
                        doc.version
                    )
                }
                Some(doc) if doc.phase == Phase::Superseded => {
                    format!("the last document of {key} gave way to nothing")
                }
                Some(_) => continue,
            };
            found.push(Violation::new(Invariant::EveryVersionIsTakenIn, what));
        }
    }
    for doc in &all {
        // A later version of a key waits behind one that a person must decide about.
        let is_behind = |earlier: &&Document| {
            earlier.phase == Phase::Review && earlier.key == doc.key && earlier.id < doc.id
        };
        let waits = match doc.phase {
            Phase::Prepared | Phase::Sent | Phase::InDoubt => true,
            Phase::Intent => !all.iter().any(|earlier| is_behind(&earlier)),
            _ => false,
        };
        if outside.at_rest && waits {
            let what = format!("document {} ({}) is left {}", doc.id, doc.key, doc.phase);
            found.push(Violation::new(Invariant::NoLimbo, what));
        }
        let of = doc.ship.and_then(|ship| trail.ships.get(&ship));
        let said = of.is_some_and(|life| life.docs.contains(&doc.id));
        if doc.ship.is_some() && !said {
            let what = format!(
                "document {} is in a shipment that the trail does not know",
                doc.id
            );
            found.push(Violation::new(Invariant::TrailTellsTheLedger, what));
        }
        if let Some(ship) = doc.ship
            && matches!(doc.phase, Phase::Sent | Phase::InDoubt)
            && let Some(shipment) = store.shipment(&outside.stream, ship).await?
            && let Some(first) = shipment.delivery.first_sent
            && outside.now > first + outside.caps.budget + outside.caps.request_timeout
        {
            let what = format!("document {} is {} beyond its budget", doc.id, doc.phase);
            found.push(Violation::new(Invariant::NoLimbo, what));
        }
    }
    let open = store.work(&outside.stream, outside.now, 0).await?.open;
    if let Some(bound) = outside.open.filter(|bound| open > *bound) {
        let what = format!("{open} documents are open, {bound} may be");
        found.push(Violation::new(Invariant::Bounded, what));
    }
    Ok(())
}

/// Leases that are over change nothing.
pub(super) async fn fences(
    store: &dyn StateStore,
    outside: &Outside,
    found: &mut Vec<Violation>,
) -> Result<(), StoreError> {
    for lease in &outside.stale {
        let (before, _) = store.load(&lease.stream).await?;
        let op = Op::Audit {
            kind: "written-with-an-old-lease".into(),
            body: serde_json::Value::Null,
        };
        let answer = store.commit(lease, &[op]).await;
        let (after, _) = store.load(&lease.stream).await?;
        if !matches!(answer, Err(StoreError::Fenced(_))) || before != after {
            let what = format!("a lease of epoch {} wrote: {answer:?}", lease.epoch);
            found.push(Violation::new(Invariant::OldOwnersAreFenced, what));
        }
    }
    Ok(())
}

/// Another tenant sees nothing, and neither does another stream of the same one.
pub(super) async fn strangers(
    store: &dyn StateStore,
    outside: &Outside,
    trail: &Trail,
    found: &mut Vec<Violation>,
) -> Result<(), StoreError> {
    let stream = &outside.stream;
    let (tenant, pipeline, partition) = (stream.tenant(), stream.pipeline(), stream.partition());
    let other = format!("{tenant} and another");
    for stranger in [
        StreamKey::new(other.as_str(), pipeline, partition),
        StreamKey::new(tenant, format!("{pipeline} and another"), partition),
        StreamKey::new(tenant, pipeline, format!("{partition} and another")),
        StreamKey::new(format!("{tenant}/{pipeline}"), partition, ""),
    ] {
        let documents = store
            .documents(&stranger, &DocumentFilter::default())
            .await?;
        let mut reached = documents.len() + store.audit(&stranger, 1, 1).await?.len();
        if let Some(ship) = trail.ships.keys().next() {
            reached += usize::from(store.shipment(&stranger, *ship).await?.is_some());
        }
        if reached > 0 {
            let what = format!("{stranger} reaches rows of {stream}");
            found.push(Violation::new(Invariant::TenantsApart, what));
        }
    }
    Ok(())
}

/// The chain is whole, and tells the ledger.
pub(super) async fn verified(
    store: &dyn StateStore,
    outside: &Outside,
    found: &mut Vec<Violation>,
) -> Result<(), StoreError> {
    if let Err(all) = verify_store(store, &outside.stream).await? {
        for tampered in all {
            found.push(Violation::new(
                Invariant::TrailTellsTheLedger,
                tampered.to_string(),
            ));
        }
    }
    Ok(())
}
