//! From documents to shipments.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::gates::Gates;
use super::{Cx, Pipeline};
use crate::clock::{from_millis, millis};
use crate::delivery::{Delivery, Phase};
use crate::progress::Progress;
use crate::series::Series;
use crate::sink::Sink;
use crate::source::{Source, Stop};
use crate::store::{
    Document, NewShipment, Op, PreparedShipment, Refused, ShipId, Shipment, StateStore, StoreError,
    TakenNumber, Work,
};
use crate::transform::{Item, Parcel, Refusal, Stamp, Transform};

/// A document that may be shipped, with its record.
type Ready<'a, R> = (&'a Document, Item<R>);

/// What goes into one parcel of a lane.
type Batch<'a, R> = (Box<str>, Vec<Ready<'a, R>>);

/// A shipment with the bytes that it leaves with.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) shipment: Shipment,
    pub(super) parcel: Parcel,
    pub(super) sha256: [u8; 32],
}

impl<S, T, K> Pipeline<S, T, K>
where
    S: Source,
    T: Transform<In = S::Record>,
    K: Sink,
{
    /// Sends what is prepared and due, else prepares what is ready and sends that; whether there was any.
    pub(super) async fn ship(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        work: &Work,
        gates: &Gates<'_>,
    ) -> Result<bool, StoreError> {
        let prepared: Vec<_> = work
            .shipments
            .iter()
            .filter(|s| s.delivery.phase == Phase::Prepared)
            .collect();
        if !prepared.is_empty() {
            let chosen = self.within_caps(prepared.into_iter().map(|s| (&*s.lane, s)));
            self.load_and_send(cx, store, chosen, gates).await?;
            return Ok(true);
        }
        if work.ready.is_empty() || gates.is_sink_shut(cx) {
            return Ok(false);
        }
        let mut lanes: BTreeMap<Box<str>, Vec<Ready<'_, S::Record>>> = BTreeMap::new();
        let mut refused = Vec::new();
        for doc in &work.ready {
            match self.judge(doc) {
                Ok((lane, item)) => lanes.entry(lane).or_default().push((doc, item)),
                Err(refusal) => refused.push((doc, refusal)),
            }
        }
        let batches = self.batches(lanes);
        // As the ledger will have it.
        let at = from_millis(millis(cx.clock.wall()));
        let mut ops: Vec<Op> = Vec::new();
        if !refused.is_empty() {
            ops.push(Op::Refuse(
                refused
                    .iter()
                    .map(|(doc, why)| refusal_of(doc, why))
                    .collect(),
            ));
        }
        let new: Vec<_> = batches
            .iter()
            .map(|(lane, docs)| NewShipment {
                lane: lane.clone(),
                docs: docs.iter().map(|(doc, _)| doc.id).collect(),
                series: self.transform.series(lane),
                at,
            })
            .collect();
        let series: Vec<_> = new.iter().map(|new| new.series.clone()).collect();
        if !new.is_empty() {
            ops.push(Op::Prepare(new));
        }
        let committed = store.commit(&cx.lease, &ops).await?;
        for (doc, why) in &refused {
            cx.tell(&Progress::Refused {
                key: &doc.key,
                phase: phase_of(why),
                stop: why.stop(),
            });
        }
        if committed.shipments.len() != batches.len() {
            return Err(StoreError::Corrupt("a shipment is gone".into()));
        }
        let mut loaded = Vec::with_capacity(batches.len());
        for ((prepared, series), (lane, docs)) in
            committed.shipments.iter().zip(series).zip(batches)
        {
            // Nobody else can have written the stream since these were read: the commit would have been refused.
            let (docs, items): (Vec<_>, Vec<_>) = docs.into_iter().unzip();
            let shipment = shipment_of(prepared, &series, lane, &docs, at);
            let stamp = shipment.stamp();
            let parcel = self.transform.ship(&shipment.lane, &items, &stamp);
            loaded.extend(self.rendered(cx, store, shipment, parcel).await?);
        }
        self.send(cx, store, loaded, gates).await?;
        Ok(true)
    }

    /// What goes into one parcel each, as many as may be on the way at once.
    fn batches<'a>(
        &self,
        lanes: BTreeMap<Box<str>, Vec<Ready<'a, S::Record>>>,
    ) -> Vec<Batch<'a, S::Record>> {
        let mut batches: Vec<Batch<'a, S::Record>> = Vec::new();
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
    fn within_caps<'a, X>(&self, all: impl Iterator<Item = (&'a str, X)>) -> Vec<(&'a str, X)> {
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

    /// Renders shipments of which nothing has left; those with a bad member are taken apart.
    async fn load_and_send(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        shipments: Vec<(&str, &Shipment)>,
        gates: &Gates<'_>,
    ) -> Result<(), StoreError> {
        let mut loaded = Vec::with_capacity(shipments.len());
        let mut again = Vec::new();
        for (_, shipment) in shipments {
            if shipment.delivery.attempt > 0 {
                again.push(shipment);
                continue;
            }
            let parcel = self.render(shipment);
            loaded.extend(self.rendered(cx, store, shipment.clone(), parcel).await?);
        }
        self.send_again(cx, store, &again, gates).await?;
        self.send(cx, store, loaded, gates).await
    }

    /// A shipment with its bytes; where they cannot be made it is taken apart.
    async fn rendered(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        shipment: Shipment,
        parcel: Result<Parcel, Vec<(usize, Refusal)>>,
    ) -> Result<Option<Loaded>, StoreError> {
        let bad = match parcel {
            Ok(parcel) => return Ok(Some(load(shipment, parcel))),
            Err(bad) => bad,
        };
        let reasons = reasons(bad, shipment.docs.len());
        let refused = reasons
            .iter()
            .filter_map(|(place, why)| Some((shipment.docs.get(*place)?, why)))
            .collect::<Vec<_>>();
        let op = Op::Dissolve {
            ship: shipment.id,
            refused: refused
                .iter()
                .map(|(doc, why)| refusal_of(doc, why))
                .collect(),
        };
        store.commit(&cx.lease, &[op]).await?;
        for (doc, why) in refused {
            let (phase, stop) = (phase_of(why), why.stop());
            cx.tell(&Progress::Refused {
                key: &doc.key,
                phase,
                stop,
            });
        }
        Ok(None)
    }

    /// The lane of a document, and its record.
    fn judge(&self, doc: &Document) -> Result<(Box<str>, Item<S::Record>), Refusal> {
        let item = item(doc)?;
        Ok((self.transform.lane(&item)?, item))
    }

    /// Whether a document that is held would go now: its lane, and a text of it alone.
    ///
    /// The stamp is nobody's, so that finding out takes no number; nothing of it leaves.
    pub(super) fn try_out(&self, doc: &Document) -> Result<(), Refusal> {
        let item = item(doc)?;
        let lane = self.transform.lane(&item)?;
        let series = self.transform.series(&lane);
        let stamp = Stamp {
            ship: ShipId(0),
            numbers: series.iter().map(Series::first).collect(),
            at: SystemTime::UNIX_EPOCH,
        };
        match self.transform.ship(&lane, &[item], &stamp) {
            Ok(_) => Ok(()),
            Err(bad) => Err(reasons(bad, 1).remove(&0).unwrap_or_else(unnamed)),
        }
    }

    fn render(&self, shipment: &Shipment) -> Result<Parcel, Vec<(usize, Refusal)>> {
        let mut items = Vec::with_capacity(shipment.docs.len());
        let mut bad = Vec::new();
        for (place, doc) in shipment.docs.iter().enumerate() {
            match item(doc) {
                Ok(item) => items.push(item),
                Err(refusal) => bad.push((place, refusal)),
            }
        }
        if !bad.is_empty() {
            return Err(bad);
        }
        self.transform
            .ship(&shipment.lane, &items, &shipment.stamp())
    }

    /// Renders a shipment that has left before: only the very same bytes will do.
    pub(super) fn render_again(&self, shipment: &Shipment) -> Result<Parcel, Diverged> {
        let parcel = self.render(shipment).map_err(|_| Diverged)?;
        match &shipment.parcel {
            Some((name, sha256)) if **name == *parcel.name && *sha256 == hash(&parcel) => {
                Ok(parcel)
            }
            _ => Err(Diverged),
        }
    }
}

/// A shipment that a commit has just made, as the ledger holds it.
fn shipment_of(
    prepared: &PreparedShipment,
    series: &[Series],
    lane: Box<str>,
    docs: &[&Document],
    at: SystemTime,
) -> Shipment {
    let members = docs.iter().map(|doc| Document {
        phase: Phase::Prepared,
        ship: Some(prepared.id),
        ..(*doc).clone()
    });
    let numbers = series.iter().zip(&prepared.numbers);
    Shipment {
        id: prepared.id,
        lane,
        docs: members.collect(),
        numbers: numbers
            .map(|(series, number)| TakenNumber {
                series: series.name().into(),
                number: *number,
            })
            .collect(),
        at,
        parcel: None,
        delivery: Delivery::prepared(),
        note: "".into(),
    }
}

/// Why each document of a shipment that cannot be rendered is refused, by its place: one at least.
fn reasons(bad: Vec<(usize, Refusal)>, docs: usize) -> BTreeMap<usize, Refusal> {
    let mut reasons = BTreeMap::new();
    for (place, why) in bad {
        if place < docs {
            // The first reason of each document counts.
            reasons.entry(place).or_insert(why);
        }
    }
    if reasons.is_empty() {
        // Nobody in particular is bad: without a hold they would be prepared again for ever.
        reasons.extend((0..docs).map(|place| (place, unnamed())));
    }
    reasons
}

fn unnamed() -> Refusal {
    let text = "the shipment was refused without naming a document: mend the transform";
    Refusal::Hold(Stop::new("unnamed-refusal", text))
}

/// A resend whose bytes would differ.
#[derive(Debug)]
pub(super) struct Diverged;

pub(super) fn load(shipment: Shipment, parcel: Parcel) -> Loaded {
    let sha256 = hash(&parcel);
    Loaded {
        shipment,
        parcel,
        sha256,
    }
}

fn hash(parcel: &Parcel) -> [u8; 32] {
    Sha256::digest(&parcel.bytes).into()
}

/// The record of a document, as the transform wants it.
pub(super) fn item<R: serde::de::DeserializeOwned>(doc: &Document) -> Result<Item<R>, Refusal> {
    let record = serde_json::from_slice(&doc.payload).map_err(|error| {
        let detail = format!("the stored record cannot be read by this version: {error}");
        Refusal::Hold(Stop::new("unreadable-record", detail))
    })?;
    Ok(Item {
        record,
        key: doc.key.clone(),
        n: doc.n,
        delivered_before: doc.delivered_before,
    })
}

pub(super) fn refusal_of(doc: &Document, why: &Refusal) -> Refused {
    Refused {
        doc: doc.id,
        to: phase_of(why),
        stop: why.stop().clone(),
    }
}

fn phase_of(why: &Refusal) -> Phase {
    match why {
        Refusal::Hold(_) => Phase::Held,
        Refusal::Reject(_) => Phase::Dead,
    }
}
