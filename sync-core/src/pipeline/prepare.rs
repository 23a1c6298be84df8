//! From documents to shipments.

use std::collections::BTreeMap;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::gates::Gates;
use super::{Cx, Pipeline};
use crate::delivery::Phase;
use crate::progress::Progress;
use crate::series::Series;
use crate::sink::Sink;
use crate::source::{Source, Stop};
use crate::store::{
    Document, NewShipment, Op, Refused, ShipId, Shipment, StateStore, StoreError, Work,
};
use crate::transform::{Item, Parcel, Refusal, Stamp, Transform};

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
        let mut lanes: BTreeMap<Box<str>, Vec<&Document>> = BTreeMap::new();
        let mut refused = Vec::new();
        for doc in &work.ready {
            match self.judge(doc) {
                Ok(lane) => lanes.entry(lane).or_default().push(doc),
                Err(refusal) => refused.push((doc, refusal)),
            }
        }
        let at = cx.clock.wall();
        let batches = lanes.iter().flat_map(|(lane, docs)| {
            let size = self.transform.batch(lane).max(1);
            docs.chunks(size).map(move |docs| (&**lane, docs))
        });
        let chosen = self.within_caps(batches);
        let mut ops: Vec<Op> = Vec::new();
        if !refused.is_empty() {
            ops.push(Op::Refuse(
                refused
                    .iter()
                    .map(|(doc, why)| refusal_of(doc, why))
                    .collect(),
            ));
        }
        let new: Vec<_> = chosen
            .iter()
            .map(|(lane, docs)| NewShipment {
                lane: (*lane).into(),
                docs: docs.iter().map(|doc| doc.id).collect(),
                series: self.transform.series(lane),
                at,
            })
            .collect();
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
        let mut shipments = Vec::with_capacity(committed.shipments.len());
        for prepared in &committed.shipments {
            // Read back instead of put together here: what is sent is what the ledger holds.
            match store.shipment(&cx.stream, prepared.id).await? {
                Some(shipment) => shipments.push(shipment),
                None => return Err(StoreError::Corrupt("a shipment is gone".into())),
            }
        }
        let shipments = shipments.iter().map(|s| (&*s.lane, s)).collect();
        self.load_and_send(cx, store, shipments, gates).await?;
        Ok(true)
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
            match self.render(shipment) {
                Ok(parcel) => loaded.push(load(shipment.clone(), parcel)),
                Err(bad) => {
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
                }
            }
        }
        self.send_again(cx, store, &again, gates).await?;
        self.send(cx, store, loaded, gates).await
    }

    pub(super) fn judge(&self, doc: &Document) -> Result<Box<str>, Refusal> {
        self.transform.lane(&item(doc)?)
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
