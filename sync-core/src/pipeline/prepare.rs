//! From shipments to the bytes that they leave with.

use std::collections::BTreeMap;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::gates::Gates;
use super::pack::PackedParcel;
use super::{Cx, Pipeline};
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
        let docs = &work.ready;
        let packed = self.pack(cx, docs.iter().enumerate());
        let mut ops: Vec<Op> = Vec::new();
        let refused: Vec<_> = packed
            .refused
            .iter()
            .filter_map(|(place, why)| Some((docs.get(*place)?, why)))
            .collect();
        if !refused.is_empty() {
            ops.push(Op::Refuse(
                refused
                    .iter()
                    .map(|(doc, why)| refusal_of(doc, why))
                    .collect(),
            ));
        }
        let id = |place: &usize| Some(docs.get(*place)?.id);
        let new: Vec<_> = packed
            .parcels
            .iter()
            .map(|parcel| NewShipment {
                docs: parcel.places.iter().filter_map(id).collect(),
                ..parcel.shipment()
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
        self.send_prepared(cx, store, docs, packed.parcels, &committed.shipments, gates)
            .await?;
        Ok(true)
    }

    /// Renders and sends what a commit has just prepared.
    pub(super) async fn send_prepared(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        docs: &[Document],
        parcels: Vec<PackedParcel<S::Record>>,
        prepared: &[PreparedShipment],
        gates: &Gates<'_>,
    ) -> Result<(), StoreError> {
        if prepared.len() != parcels.len() {
            return Err(StoreError::Corrupt("a shipment is gone".into()));
        }
        let mut loaded = Vec::with_capacity(parcels.len());
        for (prepared, packed) in prepared.iter().zip(parcels) {
            // Nobody else can have written the stream since these were read: the commit would have been refused.
            let items = packed.items;
            let members = packed.places.iter().filter_map(|place| docs.get(*place));
            let shipment = shipment_of(prepared, &packed.series, packed.lane, members, packed.at);
            let stamp = shipment.stamp();
            let parcel = self.transform.ship(&shipment.lane, &items, &stamp);
            loaded.extend(self.rendered(cx, store, shipment, parcel).await?);
        }
        self.send(cx, store, loaded, gates).await
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
fn shipment_of<'a>(
    prepared: &PreparedShipment,
    series: &[Series],
    lane: Box<str>,
    docs: impl Iterator<Item = &'a Document>,
    at: SystemTime,
) -> Shipment {
    let members = docs.map(|doc| Document {
        phase: Phase::Prepared,
        ship: Some(prepared.id),
        ..doc.clone()
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
