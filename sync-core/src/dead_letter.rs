//! Dead letters: what was given up, with its bytes, its reason and how it came to it.
//!
//! A dead letter is a document in [`Phase::Dead`], no copy in another place: a record that could not be read, one that
//! a transform rejected, a parcel that the other side refused, or what a person gave up.

use std::time::SystemTime;

use serde_json::json;

use crate::delivery::Phase;
use crate::lease::Lease;
use crate::store::{
    Committed, DocId, Document, DocumentFilter, Op, ShipId, StateStore, StoreError,
};
use crate::stream::StreamKey;

/// A document that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetter {
    /// The document with its reason and, as `payload`, its bytes: as they came where they could not be read.
    pub document: Document,
    /// The shipment that was refused or given up, where it was in one.
    pub shipment: Option<Attempts>,
}

/// How far a shipment came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempts {
    /// Which.
    pub ship: ShipId,
    /// How often it was sent.
    pub attempts: u32,
    /// When it was sent first.
    pub first: Option<SystemTime>,
    /// When it was sent last.
    pub last: Option<SystemTime>,
    /// The name of its bytes.
    pub parcel: Option<Box<str>>,
    /// What was last said of it.
    pub note: Box<str>,
    /// Its control numbers, each with its series.
    pub numbers: Vec<(Box<str>, u64)>,
}

/// Dead letters of a stream after one of them, oldest first, at most `limit`.
///
/// # Errors
/// The store's.
pub async fn list(
    store: &dyn StateStore,
    stream: &StreamKey,
    after: Option<DocId>,
    limit: usize,
) -> Result<Vec<DeadLetter>, StoreError> {
    let filter = DocumentFilter {
        phases: vec![Phase::Dead],
        after,
        limit: limit.max(1),
        ..DocumentFilter::default()
    };
    let mut letters = Vec::new();
    for document in store.documents(stream, &filter).await? {
        letters.push(complete(store, stream, document).await?);
    }
    Ok(letters)
}

/// One dead letter; `None` where there is no such document, or where it is not dead.
///
/// # Errors
/// The store's.
pub async fn inspect(
    store: &dyn StateStore,
    stream: &StreamKey,
    id: DocId,
) -> Result<Option<DeadLetter>, StoreError> {
    let filter = DocumentFilter {
        phases: vec![Phase::Dead],
        after: id.0.checked_sub(1).map(DocId),
        limit: 1,
        ..DocumentFilter::default()
    };
    let found = store.documents(stream, &filter).await?.pop();
    match found.filter(|document| document.id == id) {
        Some(document) => complete(store, stream, document).await.map(Some),
        None => Ok(None),
    }
}

/// Lets dead letters of which nothing has left go on: they are looked at again with the next turn.
///
/// One commit; author and reason are in the trail, under the documents' keys. What was in a shipment is
/// replayed instead ([`replay`](crate::replay)).
///
/// # Errors
/// [`StoreError::Conflict`] for a document that is not dead (or held), that was in a shipment, or of whose key a newer
/// version is there.
pub async fn requeue(
    store: &dyn StateStore,
    lease: &Lease,
    letters: &[&Document],
    by: &str,
    why: &str,
) -> Result<Committed, StoreError> {
    let keys: Vec<&str> = letters.iter().map(|letter| &*letter.key).collect();
    let docs: Vec<DocId> = letters.iter().map(|letter| letter.id).collect();
    let body = json!({ "docs": docs, "keys": keys, "by": by, "why": why });
    let kind = "requeued".into();
    let by = by.into();
    store
        .commit(lease, &[Op::Retry { docs, by }, Op::Audit { kind, body }])
        .await
}

async fn complete(
    store: &dyn StateStore,
    stream: &StreamKey,
    document: Document,
) -> Result<DeadLetter, StoreError> {
    let shipment = match document.ship {
        Some(ship) => store.shipment(stream, ship).await?,
        None => None,
    };
    let shipment = shipment.map(|ship| Attempts {
        ship: ship.id,
        attempts: ship.delivery.attempt,
        first: ship.delivery.first_sent,
        last: ship.delivery.sent,
        parcel: ship.parcel.map(|(name, _)| name),
        note: ship.note,
        numbers: ship
            .numbers
            .into_iter()
            .map(|it| (it.series, it.number))
            .collect(),
    });
    Ok(DeadLetter { document, shipment })
}
