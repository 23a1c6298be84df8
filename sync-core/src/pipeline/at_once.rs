//! What a page shows for the first time and what can leave at once: taken in and prepared by one commit.
//!
//! Such a document is written once, as a member of its shipment, and not first by itself. It is only done for a key of
//! which the ledger knows nothing at all: nothing of that key can be on its way, and nothing was delivered before. All
//! others wait for the next turn, which asks the ledger about them.

use std::collections::HashSet;
use std::time::SystemTime;

use super::gates::Gates;
use super::pack::PackedParcel;
use super::poll::Judged;
use super::{Cx, Pipeline};
use crate::clock::{from_millis, millis};
use crate::delivery::Phase;
use crate::sink::Sink;
use crate::source::Source;
use crate::store::{DocId, Document, NewDocument, NewShipment, Op};
use crate::transform::Transform;

/// The documents of a page with the parcels in which the new ones leave at once.
pub(super) struct AtOnce<R> {
    /// All documents of the page, in the order of its commit; each has its name once that is done.
    pub(super) docs: Vec<Document>,
    pub(super) parcels: Vec<PackedParcel<R>>,
}

impl<R> AtOnce<R> {
    /// What makes shipments of the parcels, in the commit that takes the documents in.
    pub(super) fn prepare(&self) -> Option<Op> {
        let shipments = self.parcels.iter().map(|parcel| NewShipment {
            fresh: parcel.places.clone(),
            ..parcel.shipment()
        });
        (!self.parcels.is_empty()).then(|| Op::Prepare(shipments.collect()))
    }

    /// Gives the documents the names that the commit has given them.
    pub(super) fn name(&mut self, names: &[DocId]) {
        for (doc, name) in self.docs.iter_mut().zip(names) {
            doc.id = *name;
        }
    }
}

impl<S, T, K> Pipeline<S, T, K>
where
    S: Source,
    T: Transform<In = S::Record>,
    K: Sink,
{
    /// Packs what of a page can leave at once; what is refused is left to the turn that asks the ledger.
    pub(super) fn at_once(&self, cx: &Cx, judged: &Judged, gates: &Gates<'_>) -> AtOnce<S::Record> {
        if gates.is_sink_shut(cx) {
            let (docs, parcels) = (Vec::new(), Vec::new());
            return AtOnce { docs, parcels };
        }
        let created = from_millis(millis(cx.clock.wall()));
        let docs: Vec<Document> = judged
            .documents
            .iter()
            .map(|new| row_of(new, 0, created))
            .collect();
        let most = self.documents_for(self.concurrency.saturating_mul(2));
        let fresh = fresh(&judged.documents);
        let fresh = fresh
            .into_iter()
            .filter_map(|place| Some((place, docs.get(place)?)));
        let parcels = self.pack(cx, fresh.take(most)).parcels;
        AtOnce { docs, parcels }
    }
}

/// The row that a new document would become, before it has a name.
pub(super) fn row_of(new: &NewDocument, delivered_before: u32, created: SystemTime) -> Document {
    Document {
        id: DocId(0),
        key: new.key.clone(),
        at: new.at,
        n: new.n,
        version: new.version,
        phase: Phase::Intent,
        stop: None,
        ship: None,
        delivered_before,
        payload: new.payload.clone(),
        created,
        replays: None,
    }
}

/// The places of documents whose key nobody knew before this page, each key's last.
fn fresh(documents: &[NewDocument]) -> Vec<usize> {
    let mut later = HashSet::with_capacity(documents.len());
    let backwards = documents.iter().enumerate().rev();
    let fresh =
        backwards.filter(|(_, doc)| later.insert(&*doc.key) && doc.n == 1 && doc.dead.is_none());
    let mut places: Vec<usize> = fresh.map(|(place, _)| place).collect();
    places.reverse();
    places
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::record::Version;
    use crate::source::Stop;

    fn document(key: &str, n: u32, dead: bool) -> NewDocument {
        NewDocument {
            key: key.into(),
            at: Some(1),
            n,
            version: Version::of(key.as_bytes()),
            payload: Bytes::new(),
            dead: dead.then(|| Stop::new("unreadable", "byte 0")),
        }
    }

    #[test]
    fn only_the_first_version_of_a_key_leaves_at_once_and_only_if_it_is_the_last_of_its_page() {
        let page = [
            document("new", 1, false),
            document("new and changed", 1, false),
            document("changed", 7, false),
            document("new and changed", 2, false),
            document("unreadable", 1, true),
            document("read, then unreadable", 1, false),
            document("read, then unreadable", 2, true),
            document("also new", 1, false),
        ];
        assert_eq!(fresh(&page), [0, 7]);
    }
}
