//! From documents to the shipments that they go into.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use super::prepare::item;
use super::{Cx, Pipeline};
use crate::clock::{from_millis, millis};
use crate::series::Series;
use crate::sink::Sink;
use crate::source::Source;
use crate::store::{Document, NewShipment};
use crate::transform::{Item, Refusal, Transform};

/// A document that may be shipped: its place among those that were packed, and its record.
type Ready<R> = (usize, Item<R>);

/// What goes into one parcel of a lane.
type Batch<R> = (Box<str>, Vec<Ready<R>>);

/// Documents in the parcels that they will leave in, before a commit makes shipments of them.
#[derive(Debug)]
pub(super) struct Packed<R> {
    pub(super) parcels: Vec<PackedParcel<R>>,
    /// The documents that go nowhere, by their places.
    pub(super) refused: Vec<(usize, Refusal)>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct PackedParcel<R> {
    pub(super) lane: Box<str>,
    /// The places of the members.
    pub(super) places: Vec<usize>,
    pub(super) items: Vec<Item<R>>,
    pub(super) series: Vec<Series>,
    pub(super) at: SystemTime,
}

impl<R> PackedParcel<R> {
    /// What a commit is asked for, but the members.
    pub(super) fn shipment(&self) -> NewShipment {
        NewShipment {
            lane: self.lane.clone(),
            docs: Vec::new(),
            fresh: Vec::new(),
            series: self.series.clone(),
            at: self.at,
        }
    }
}

impl<S, T, K> Pipeline<S, T, K>
where
    S: Source,
    T: Transform<In = S::Record>,
    K: Sink,
{
    /// Packs documents, each with its place, into as many parcels as may be on the way at once.
    pub(super) fn pack<'a>(
        &self,
        cx: &Cx,
        docs: impl IntoIterator<Item = (usize, &'a Document)>,
    ) -> Packed<S::Record> {
        let mut lanes: BTreeMap<Box<str>, Vec<Ready<S::Record>>> = BTreeMap::new();
        let mut refused = Vec::new();
        for (place, doc) in docs {
            match self.judge(doc) {
                Ok((lane, item)) => lanes.entry(lane).or_default().push((place, item)),
                Err(refusal) => refused.push((place, refusal)),
            }
        }
        // As the ledger will have it.
        let at = from_millis(millis(cx.clock.wall()));
        let parcel = |(lane, docs): Batch<S::Record>| {
            let (places, items) = docs.into_iter().unzip();
            let series = self.transform.series(&lane);
            PackedParcel {
                lane,
                places,
                items,
                series,
                at,
            }
        };
        let parcels = self.batches(lanes).into_iter().map(parcel).collect();
        Packed { parcels, refused }
    }

    /// The lane of a document, and its record.
    fn judge(&self, doc: &Document) -> Result<(Box<str>, Item<S::Record>), Refusal> {
        let item = item(doc)?;
        Ok((self.transform.lane(&item)?, item))
    }

    /// What goes into one parcel each, as many as may be on the way at once.
    fn batches(&self, lanes: BTreeMap<Box<str>, Vec<Ready<S::Record>>>) -> Vec<Batch<S::Record>> {
        let mut batches: Vec<Batch<S::Record>> = Vec::new();
        for (lane, docs) in lanes {
            let size = self.transform.batch(&lane).max(1);
            self.batch.fetch_max(size, Ordering::Relaxed);
            let mut docs = docs.into_iter().peekable();
            while docs.peek().is_some() {
                let batch: Vec<_> = docs.by_ref().take(size).collect();
                batches.push((lane.clone(), batch));
            }
        }
        let places = batches
            .iter()
            .enumerate()
            .map(|(place, (lane, _))| (&**lane, place));
        let chosen: BTreeSet<usize> = self
            .within_caps(places)
            .into_iter()
            .map(|(_, place)| place)
            .collect();
        let mut place = 0..;
        batches.retain(|_| place.next().is_some_and(|place| chosen.contains(&place)));
        batches
    }

    /// As many as may be on the way at once, over all lanes and for each lane.
    pub(super) fn within_caps<'a, X>(
        &self,
        all: impl Iterator<Item = (&'a str, X)>,
    ) -> Vec<(&'a str, X)> {
        let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
        let mut chosen = Vec::new();
        for (lane, x) in all {
            if chosen.len() == self.concurrency {
                break;
            }
            let count = taken.entry(lane).or_default();
            if *count < self.sink.caps(lane).concurrency.max(1) {
                *count += 1;
                chosen.push((lane, x));
            }
        }
        chosen
    }
}
