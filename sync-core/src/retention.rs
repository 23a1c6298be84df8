//! How long a ledger keeps what has ended.
//!
//! Two things are removed, each by its own age: **documents** that have ended, with their payloads and shipments, and
//! the oldest **entries of the audit trail**. By default nothing is.
//!
//! What stays: whatever has not ended; a shipment as long as one of its members stays; every document that is younger
//! than one of its key which stays; of each key its last version and how many of its documents were delivered, so
//! that nothing is taken for new, or for the first of its key, because it was removed; and what was given of each
//! series.
//!
//! What is removed is itself in the trail (`pruned`, `cut`, with author and reason). After a cut the trail
//! verifies from a root: the hash of the last removed entry and where everything stood then, both signed off by
//! the `cut` entry. Export heads or a Merkle root before ([`MerkleTree`](crate::audit::MerkleTree)), and keep an
//! [`export`](crate::store::transfer::export) where the law wants the old entries.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use crate::audit::{AuditFilter, Head, replay};
use crate::clock::Clock;
use crate::lease::Lease;
use crate::store::{DocId, DocumentFilter, Op, ShipId, StateStore, StoreError};
use crate::stream::StreamKey;

/// How long what has ended is kept, counted from when it was taken in or written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Documents with their payloads and shipments; `None` keeps them for ever.
    pub documents: Option<Duration>,
    /// Entries of the audit trail; `None` keeps them for ever. What a document that stays has in the part that is cut
    /// off is summed up by where it stood then.
    pub trail: Option<Duration>,
}

/// What a policy would remove of a stream now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrunePlan {
    /// The documents, the oldest first.
    pub documents: Vec<DocId>,
    /// How many shipments go with them.
    pub shipments: usize,
    /// The last audit entry that would be cut off.
    pub cut: Option<Head>,
    groups: Vec<Vec<DocId>>,
}

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pruned {
    /// Documents.
    pub documents: usize,
    /// Audit entries.
    pub entries: u64,
}

/// How many documents one commit removes, or a few more where a shipment has more members.
const BATCH: usize = 500;

/// Says what a policy would remove, with nothing written.
///
/// # Errors
/// The store's; [`StoreError::Corrupt`] where the trail does not verify, since what is damaged must not be thrown away.
pub async fn plan(
    store: &dyn StateStore,
    stream: &StreamKey,
    policy: &Retention,
    now: SystemTime,
) -> Result<PrunePlan, StoreError> {
    let mut plan = PrunePlan::default();
    if let Some(before) = policy.documents.and_then(|keep| now.checked_sub(keep)) {
        let old = ended(store, stream, before).await?;
        (plan.groups, plan.shipments) = together(&old);
        plan.documents = plan.groups.iter().flatten().copied().collect();
        plan.documents.sort_unstable();
    }
    if let Some(before) = policy.trail.and_then(|keep| now.checked_sub(keep)) {
        plan.cut = cut(store, stream, before).await?;
    }
    Ok(plan)
}

/// Removes what a policy no longer keeps, in bounded commits; what was done before an error stays done.
///
/// # Errors
/// Those of [`plan`]; [`StoreError::Conflict`] where the stream has moved under it.
pub async fn prune(
    store: &dyn StateStore,
    lease: &Lease,
    policy: &Retention,
    clock: &dyn Clock,
    by: &str,
    why: &str,
) -> Result<Pruned, StoreError> {
    let plan = plan(store, &lease.stream, policy, clock.wall()).await?;
    let mut pruned = Pruned::default();
    let (mut batch, mut batches) = (Vec::new(), Vec::new());
    for group in &plan.groups {
        batch.extend(group);
        if batch.len() >= BATCH {
            batches.push(std::mem::take(&mut batch));
        }
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    for docs in batches {
        pruned.documents += docs.len();
        let (by, why) = (by.into(), why.into());
        store.commit(lease, &[Op::Prune { docs, by, why }]).await?;
    }
    if let Some(through) = plan.cut {
        let replayed = replay(store, &lease.stream, through.seq).await?;
        let replayed =
            replayed.map_err(|tampered| StoreError::Corrupt(tampered.to_string().into()))?;
        let base = store.trail_base(&lease.stream).await?.head.seq;
        let op = Op::Cut {
            through: replayed.head,
            standing: replayed.projection.standing(),
            by: by.into(),
            why: why.into(),
        };
        store.commit(lease, &[op]).await?;
        pruned.entries = replayed.head.seq - base;
    }
    Ok(pruned)
}

/// What is asked of a document here.
struct Old {
    id: DocId,
    key: Box<str>,
    ship: Option<ShipId>,
    /// Ended, and taken in before the bound.
    goes: bool,
}

/// Every document of the stream, with whether it is old enough to go.
async fn ended(
    store: &dyn StateStore,
    stream: &StreamKey,
    before: SystemTime,
) -> Result<Vec<Old>, StoreError> {
    let mut all = Vec::new();
    let mut filter = DocumentFilter {
        limit: BATCH,
        bare: true,
        ..DocumentFilter::default()
    };
    loop {
        let page = store.documents(stream, &filter).await?;
        let Some(last) = page.last() else {
            return Ok(all);
        };
        filter.after = Some(last.id);
        all.extend(page.into_iter().map(|doc| Old {
            id: doc.id,
            goes: doc.phase.is_final() && doc.created < before,
            key: doc.key,
            ship: doc.ship,
        }));
    }
}

/// What may go, in groups that go in one commit: what shares a shipment, and what is older of the same keys. Each
/// group has the oldest first.
fn together(all: &[Old]) -> (Vec<Vec<DocId>>, usize) {
    let mut stays: BTreeSet<DocId> = all
        .iter()
        .filter(|doc| !doc.goes)
        .map(|doc| doc.id)
        .collect();
    let mut keys: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut ships: BTreeMap<ShipId, Vec<usize>> = BTreeMap::new();
    for (place, doc) in all.iter().enumerate() {
        keys.entry(&doc.key).or_default().push(place);
        if let Some(ship) = doc.ship {
            ships.entry(ship).or_default().push(place);
        }
    }
    let id = |place: &usize| all.get(*place).map(|doc| doc.id);
    // Whoever stays keeps the later ones of its key and the others of its shipment, and those keep more.
    loop {
        let before = stays.len();
        for places in keys.values() {
            let from = places
                .iter()
                .position(|place| id(place).is_some_and(|id| stays.contains(&id)));
            if let Some(from) = from {
                stays.extend(places.iter().skip(from).filter_map(id));
            }
        }
        for places in ships.values() {
            if places.iter().filter_map(id).any(|id| stays.contains(&id)) {
                stays.extend(places.iter().filter_map(id));
            }
        }
        if stays.len() == before {
            break;
        }
    }
    // Groups: connected by a key or a shipment.
    let mut group_of: Vec<usize> = (0..all.len()).collect();
    fn find(group_of: &mut [usize], mut place: usize) -> usize {
        while let Some(&up) = group_of.get(place)
            && up != place
        {
            place = up;
        }
        place
    }
    for places in keys.values().chain(ships.values()) {
        let going: Vec<usize> = places
            .iter()
            .copied()
            .filter(|place| id(place).is_some_and(|id| !stays.contains(&id)))
            .collect();
        for pair in going.windows(2) {
            if let [one, other] = *pair {
                let (one, other) = (find(&mut group_of, one), find(&mut group_of, other));
                if let Some(up) = group_of.get_mut(one.max(other)) {
                    *up = one.min(other);
                }
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<DocId>> = BTreeMap::new();
    for (place, doc) in all.iter().enumerate() {
        if !stays.contains(&doc.id) {
            let group = find(&mut group_of, place);
            groups.entry(group).or_default().push(doc.id);
        }
    }
    let gone = |places: &&Vec<usize>| places.iter().filter_map(id).all(|id| !stays.contains(&id));
    let shipments = ships.values().filter(gone).count();
    (groups.into_values().collect(), shipments)
}

/// The last entry before the first that is young enough to stay.
async fn cut(
    store: &dyn StateStore,
    stream: &StreamKey,
    before: SystemTime,
) -> Result<Option<Head>, StoreError> {
    let base = store.trail_base(stream).await?.head;
    let mut last: Option<Head> = None;
    loop {
        let after = last.map_or(base.seq, |head| head.seq);
        let filter = AuditFilter {
            after,
            limit: 1000,
            ..AuditFilter::default()
        };
        let page = store.audit_find(stream, &filter).await?;
        let old = page.iter().take_while(|entry| entry.at < before).last();
        let (ended, found) = (
            old.map(|entry| entry.seq) != page.last().map(|entry| entry.seq),
            old,
        );
        if let Some(entry) = found {
            last = Some(Head {
                seq: entry.seq,
                hash: entry.hash,
            });
        }
        if ended || page.is_empty() {
            return Ok(last);
        }
    }
}
