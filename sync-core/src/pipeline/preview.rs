//! What would be sent, with nothing written and no number taken.

use std::collections::BTreeMap;

use super::at_once::row_of;
use super::prepare::item;
use super::{Cx, Pipeline};
use crate::cursor::Cursor;
use crate::delivery::Phase;
use crate::sink::Sink;
use crate::source::{Source, SourceError, Stop};
use crate::store::{Document, ShipId, StateStore, StoreError};
use crate::transform::{Item, Parcel, Refusal, Stamp, Transform};

/// What a run would do now.
#[derive(Debug, Default)]
pub struct Preview {
    /// Records that were read.
    pub read: usize,
    /// Records that the ledger knows as they are.
    pub same: usize,
    /// What would leave, each with the numbers that it would have if nothing else took them first.
    pub parcels: Vec<Outgoing>,
    /// What would be held or given up: business key, phase, reason.
    pub refused: Vec<(Box<str>, Phase, Stop)>,
}

/// A parcel that would leave.
#[derive(Debug)]
pub struct Outgoing {
    /// Its lane.
    pub lane: Box<str>,
    /// The business keys that it would carry.
    pub keys: Vec<Box<str>>,
    /// Name and bytes.
    pub parcel: Parcel,
}

impl<S, T, K> Pipeline<S, T, K>
where
    S: Source,
    T: Transform<In = S::Record>,
    K: Sink,
{
    /// Reads the whole next window and renders what is new in it, without writing anything.
    ///
    /// The context's lease is not used. Documents that are in the ledger and not yet sent are part of it.
    ///
    /// # Errors
    /// The outer error is the store's, the inner one the source's.
    pub async fn preview(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
    ) -> Result<Result<Preview, SourceError>, StoreError> {
        let mut preview = Preview::default();
        let (_, cursor) = store.load(&cx.stream).await?;
        let fingerprint = self.source.fingerprint();
        let cursor = cursor.unwrap_or_else(|| Cursor::start(fingerprint));
        if cursor.fingerprint != fingerprint {
            return Err(StoreError::Fingerprint);
        }
        let now = match self.source.now(cx).await {
            Ok(now) => now,
            Err(error) => return Ok(Err(error)),
        };
        let window = self.source.rule().window(&cursor, now);
        let waiting = store
            .work(&cx.stream, cx.clock.wall(), usize::MAX >> 1)
            .await?;
        let mut items: BTreeMap<Box<str>, Item<S::Record>> = BTreeMap::new();
        for doc in &waiting.ready {
            match item(doc) {
                Ok(item) => {
                    items.insert(doc.key.clone(), item);
                }
                Err(refusal) => preview.refuse(&doc.key, &refusal),
            }
        }
        let mut page = None;
        loop {
            let read = match self.source.fetch(cx, &window, page.as_ref()).await {
                Ok(read) => read,
                Err(error) => return Ok(Err(error)),
            };
            let next = read.next.clone();
            let judged = self.classify(cx, store, read).await?;
            preview.read += judged.records;
            preview.same += judged.same;
            for new in judged.documents {
                if let Some(stop) = new.dead {
                    preview.refused.push((new.key, Phase::Dead, stop));
                    continue;
                }
                let doc = document(cx, store, &new).await?;
                match item(&doc) {
                    Ok(item) => {
                        items.insert(doc.key.clone(), item);
                    }
                    Err(refusal) => preview.refuse(&doc.key, &refusal),
                }
            }
            if next.is_none() || next == page {
                break;
            }
            page = next;
        }
        self.render_all(cx, store, items, &mut preview).await?;
        Ok(Ok(preview))
    }

    async fn render_all(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        items: BTreeMap<Box<str>, Item<S::Record>>,
        preview: &mut Preview,
    ) -> Result<(), StoreError> {
        let mut lanes: BTreeMap<Box<str>, Vec<Item<S::Record>>> = BTreeMap::new();
        for (key, item) in items {
            match self.transform.lane(&item) {
                Ok(lane) => lanes.entry(lane).or_default().push(item),
                Err(refusal) => preview.refuse(&key, &refusal),
            }
        }
        let mut taken: BTreeMap<Box<str>, u64> = BTreeMap::new();
        let at = cx.clock.wall();
        for (lane, items) in lanes {
            let series = self.transform.series(&lane);
            let names: Vec<_> = series.iter().map(crate::series::Series::name).collect();
            let given = store.given(cx.stream.tenant(), &names).await?;
            for items in items.chunks(self.transform.batch(&lane).max(1)) {
                let mut numbers = Vec::with_capacity(series.len());
                for (series, given) in series.iter().zip(&given) {
                    let last = taken.get(series.name()).copied().or(*given);
                    let next = series
                        .next(last)
                        .ok_or_else(|| StoreError::Exhausted(series.name().into()))?;
                    taken.insert(series.name().into(), next);
                    numbers.push(next);
                }
                let stamp = Stamp {
                    ship: ShipId(0),
                    numbers,
                    at,
                };
                match self.transform.ship(&lane, items, &stamp) {
                    Ok(parcel) => {
                        let keys = items.iter().map(|item| item.key.clone()).collect();
                        preview.parcels.push(Outgoing {
                            lane: lane.clone(),
                            keys,
                            parcel,
                        });
                    }
                    Err(bad) => {
                        for (place, refusal) in bad {
                            if let Some(item) = items.get(place) {
                                preview.refuse(&item.key, &refusal);
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

impl Preview {
    fn refuse(&mut self, key: &str, refusal: &Refusal) {
        let phase = match refusal {
            Refusal::Hold(_) => Phase::Held,
            Refusal::Reject(_) => Phase::Dead,
        };
        self.refused
            .push((key.into(), phase, refusal.stop().clone()));
    }
}

/// The row that a new document would become.
async fn document(
    cx: &Cx,
    store: &dyn StateStore,
    new: &crate::store::NewDocument,
) -> Result<Document, StoreError> {
    let filter = crate::store::DocumentFilter {
        phases: vec![Phase::Confirmed, Phase::Acknowledged],
        key: Some(new.key.clone()),
        ..crate::store::DocumentFilter::default()
    };
    let delivered = store.documents(&cx.stream, &filter).await?.len();
    let delivered = u32::try_from(delivered).unwrap_or(u32::MAX);
    Ok(row_of(new, delivered, cx.clock.wall()))
}
