//! The reference store: everything in memory, lost with the process.
//!
//! It keeps every sentence of the contract except durability, so that tests run against the real rules and other
//! stores have something to be compared with.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;

use super::advance::known_schema;
use super::ledger::{Ids, Stream, commit, whole};
use super::seal::{PayloadKeys, Payloads};
use super::transfer::{IMPORTING, Stage, no_stream, not_empty, twice};
use super::{
    Committed, DocId, Document, DocumentFilter, Epoch, Op, PhaseCounts, Revision, Row, ShipId,
    Shipment, ShipmentFilter, StateStore, StoreError, StreamStatus, TrailBase, Work,
};
use crate::audit::{AuditEntry, AuditFilter};
use crate::clock::Clock;
use crate::cursor::Cursor;
use crate::lease::Lease;
use crate::record::{Novelty, RecordId};
use crate::stream::StreamKey;

/// A [`StateStore`] in memory; a clone is the same store.
///
/// For tests and for runs that need no memory of the last one: what it holds is gone with the process, so a
/// delivery that was in doubt then is forgotten. Times are kept in milliseconds, as every store keeps them.
///
/// ```
/// # use std::{sync::Arc, time::Duration};
/// use sync_core::store::{MemoryStore, StateStore};
/// use sync_core::{StreamKey, SystemClock};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), sync_core::store::StoreError> {
/// let store = MemoryStore::new(Arc::new(SystemClock::new()));
/// let stream = StreamKey::new("acme", "purchase-orders", "us001");
/// let lease = store.acquire(&stream, "this-process", Duration::from_secs(30)).await?;
/// assert!(lease.is_some());
/// assert!(store.acquire(&stream, "another", Duration::from_secs(30)).await?.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    ledger: Arc<Mutex<Ledger>>,
    payloads: Payloads,
}

/// All rows; the lock around it makes each call one transaction.
#[derive(Default, Clone)]
struct Ledger {
    streams: BTreeMap<StreamKey, Stream>,
    series: HashMap<Box<str>, HashMap<Box<str>, u64>>,
    last_doc: u64,
    last_ship: u64,
}

impl Ledger {
    /// Rows of one stage of an export.
    fn page(&self, stage: &Stage, limit: usize) -> Vec<Row> {
        match stage {
            Stage::Names => vec![Row::Names {
                last_doc: self.last_doc,
                last_ship: self.last_ship,
            }],
            Stage::Series(after) => {
                let all = self.series.iter().flat_map(|(tenant, series)| {
                    let row = |name: &str, given| (tenant.clone(), Box::from(name), given);
                    series.iter().map(move |(name, given)| row(name, *given))
                });
                let later = |(tenant, name, _): &(Box<str>, Box<str>, u64)| {
                    after
                        .as_ref()
                        .is_none_or(|after| (tenant, name) > (&after.0, &after.1))
                };
                let mut all: Vec<_> = all.filter(later).collect();
                all.sort_unstable();
                let row = |(tenant, name, given)| Row::Series {
                    tenant,
                    name,
                    given,
                };
                all.into_iter().take(limit).map(row).collect()
            }
            Stage::Next(after) => {
                let from = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
                let next = self.streams.range((from, Bound::Unbounded)).next();
                next.map(|(stream, row)| row.own_row(stream))
                    .into_iter()
                    .collect()
            }
            Stage::Part(stream, part, after) => {
                let row = self.streams.get(stream);
                row.map_or_else(Vec::new, |row| {
                    row.part(stream, *part, after.as_deref(), limit)
                })
            }
            Stage::Done => Vec::new(),
        }
    }

    fn restore(&mut self, row: &Row) -> Result<(), StoreError> {
        match row {
            Row::Begin => {
                if !self.streams.is_empty() || !self.series.is_empty() || self.last_doc > 0 {
                    return Err(not_empty());
                }
            }
            Row::Names {
                last_doc,
                last_ship,
            } => {
                (self.last_doc, self.last_ship) = (*last_doc, *last_ship);
            }
            Row::Series {
                tenant,
                name,
                given,
            } => {
                let series = self.series.entry(tenant.clone()).or_default();
                if series.insert(name.clone(), *given).is_some() {
                    return Err(twice(row));
                }
            }
            Row::Stream(own) => {
                let stream = Stream::of_row(own);
                if self.streams.insert(own.stream.clone(), stream).is_some() {
                    return Err(twice(row));
                }
            }
            Row::End => {
                for stream in self.streams.values_mut() {
                    stream.holder.take_if(|(owner, _)| **owner == *IMPORTING);
                }
            }
            Row::Past(_) | Row::Seen(_) | Row::Document(_) | Row::Shipment(_) | Row::Event(_) => {
                let stream = row.stream().and_then(|stream| self.streams.get_mut(stream));
                if !stream.ok_or_else(|| no_stream(row))?.restore(row) {
                    return Err(twice(row));
                }
            }
        }
        Ok(())
    }
}

impl MemoryStore {
    /// An empty store that takes its times from `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            ledger: Arc::default(),
            payloads: Payloads::default(),
        }
    }

    /// Seals the payloads of documents from now on, and opens those that are sealed.
    #[must_use]
    pub fn sealing(mut self, keys: PayloadKeys) -> Self {
        self.payloads = Payloads::sealing(keys);
        self
    }

    /// A commit undoes itself before it answers an error, so that even a poisoned lock guards whole commits.
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T: Default>(&self, stream: &StreamKey, read: impl FnOnce(&Stream) -> T) -> T {
        self.ledger()
            .streams
            .get(stream)
            .map(read)
            .unwrap_or_default()
    }

    /// The row that a lease is for, as long as nobody has taken it since.
    fn held<'a>(ledger: &'a mut Ledger, lease: &Lease) -> Result<&'a mut Stream, StoreError> {
        match ledger.streams.get_mut(&lease.stream) {
            Some(row) if row.epoch == lease.epoch.0 => Ok(row),
            Some(row) => Err(StoreError::Fenced(Epoch(row.epoch))),
            None => Err(StoreError::Fenced(Epoch(0))),
        }
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("streams", &self.ledger().streams.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl StateStore for MemoryStore {
    async fn acquire(
        &self,
        stream: &StreamKey,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let until_mono = self.clock.mono() + ttl;
        let now = whole(self.clock.wall());
        let mut ledger = self.ledger();
        let row = ledger.streams.entry(stream.clone()).or_default();
        if let Some((holder, until)) = &row.holder
            && **holder != *owner
            && *until > now
        {
            return Ok(None);
        }
        let until = whole(now + ttl);
        row.epoch += 1;
        row.holder = Some((owner.into(), until));
        let (stream, epoch, owner) = (stream.clone(), Epoch(row.epoch), owner.into());
        Ok(Some(Lease {
            stream,
            epoch,
            owner,
            ttl,
            until,
            until_mono,
        }))
    }

    async fn renew(&self, lease: &Lease) -> Result<Lease, StoreError> {
        let until_mono = self.clock.mono() + lease.ttl;
        let until = whole(self.clock.wall() + lease.ttl);
        let mut ledger = self.ledger();
        let row = Self::held(&mut ledger, lease)?;
        row.holder = Some(((*lease.owner).into(), until));
        Ok(Lease {
            until,
            until_mono,
            ..lease.clone()
        })
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        let mut ledger = self.ledger();
        Self::held(&mut ledger, &lease)?.holder = None;
        Ok(())
    }

    async fn load(&self, stream: &StreamKey) -> Result<(Revision, Option<Cursor>), StoreError> {
        let ledger = self.ledger();
        let Some(row) = ledger.streams.get(stream) else {
            return Ok((Revision(0), None));
        };
        if let Some(cursor) = &row.cursor {
            known_schema(cursor)?;
        }
        Ok((Revision(row.revision), row.cursor.clone()))
    }

    async fn classify(
        &self,
        stream: &StreamKey,
        ids: &[RecordId],
    ) -> Result<Vec<Novelty>, StoreError> {
        let ledger = self.ledger();
        let row = ledger.streams.get(stream);
        let judge = |id: &RecordId| {
            let last = row.and_then(|row| row.last_version(&id.key));
            Novelty::judge(id, last.as_ref())
        };
        Ok(ids.iter().map(judge).collect())
    }

    async fn commit(&self, lease: &Lease, ops: &[Op]) -> Result<Committed, StoreError> {
        let now = whole(self.clock.wall());
        let ops = &*self.payloads.close(&lease.stream, ops)?;
        let mut ledger = self.ledger();
        let Ledger {
            streams,
            series,
            last_doc,
            last_ship,
        } = &mut *ledger;
        let row = match streams.get_mut(&lease.stream) {
            Some(row) if row.epoch == lease.epoch.0 => row,
            Some(row) => return Err(StoreError::Fenced(Epoch(row.epoch))),
            None => return Err(StoreError::Fenced(Epoch(0))),
        };
        if ops.is_empty() {
            let (documents, shipments) = (Vec::new(), Vec::new());
            return Ok(Committed {
                revision: Revision(row.revision),
                documents,
                shipments,
            });
        }
        let series = match series.get_mut(lease.stream.tenant()) {
            Some(series) => series,
            None => series.entry(lease.stream.tenant().into()).or_default(),
        };
        let mut ids = Ids {
            docs: (*last_doc + 1..).map(DocId),
            ships: (*last_ship + 1..).map(ShipId),
        };
        let done = commit(row, series, &mut ids, now, ops)?;
        for told in done.trail {
            row.append(told.entry, &told.keys);
        }
        row.drop_cut();
        let made = done.committed;
        *last_doc = made.documents.last().map_or(*last_doc, |id| id.0);
        *last_ship = made.shipments.last().map_or(*last_ship, |ship| ship.id.0);
        Ok(made)
    }

    async fn work(
        &self,
        stream: &StreamKey,
        now: SystemTime,
        limit: usize,
    ) -> Result<Work, StoreError> {
        let mut work = self.read(stream, |row| row.work(whole(now), limit));
        self.payloads.open(stream, work.documents_mut())?;
        Ok(work)
    }

    async fn documents(
        &self,
        stream: &StreamKey,
        filter: &DocumentFilter,
    ) -> Result<Vec<Document>, StoreError> {
        let mut docs = self.read(stream, |row| row.documents(filter));
        if filter.bare {
            docs.iter_mut().for_each(|doc| doc.payload = Bytes::new());
            return Ok(docs);
        }
        self.payloads.open(stream, &mut docs)?;
        Ok(docs)
    }

    async fn shipment(
        &self,
        stream: &StreamKey,
        id: ShipId,
    ) -> Result<Option<Shipment>, StoreError> {
        let mut ship = self.read(stream, |row| row.shipment(id));
        self.payloads
            .open(stream, ship.iter_mut().flat_map(|ship| &mut ship.docs))?;
        Ok(ship)
    }

    async fn shipments(
        &self,
        stream: &StreamKey,
        filter: &ShipmentFilter,
    ) -> Result<Vec<Shipment>, StoreError> {
        Ok(self.read(stream, |row| row.shipments(filter)))
    }

    async fn counts(&self, stream: &StreamKey) -> Result<PhaseCounts, StoreError> {
        Ok(self.read(stream, Stream::counts))
    }

    async fn streams(&self) -> Result<Vec<StreamStatus>, StoreError> {
        let now = whole(self.clock.wall());
        let ledger = self.ledger();
        Ok(ledger
            .streams
            .iter()
            .map(|(stream, row)| row.status(stream.clone(), now))
            .collect())
    }

    async fn given(&self, tenant: &str, series: &[&str]) -> Result<Vec<Option<u64>>, StoreError> {
        let ledger = self.ledger();
        let given = ledger.series.get(tenant);
        Ok(series
            .iter()
            .map(|name| given?.get(*name).copied())
            .collect())
    }

    async fn audit(
        &self,
        stream: &StreamKey,
        from: u64,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        Ok(self.read(stream, |row| row.audit(from, limit)))
    }

    async fn audit_of(
        &self,
        stream: &StreamKey,
        key: &str,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        Ok(self.read(stream, |row| row.audit_of(key, limit)))
    }

    async fn due(&self, stream: &StreamKey) -> Result<Option<SystemTime>, StoreError> {
        Ok(self.read(stream, |row| row.due))
    }

    async fn audit_find(
        &self,
        stream: &StreamKey,
        filter: &AuditFilter,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        Ok(self.read(stream, |row| row.find(filter)))
    }

    async fn trail_base(&self, stream: &StreamKey) -> Result<TrailBase, StoreError> {
        Ok(self.read(stream, |row| row.base.clone()))
    }

    async fn rows(&self, after: Option<&Row>, limit: usize) -> Result<Vec<Row>, StoreError> {
        let ledger = self.ledger();
        let (mut rows, mut stage) = (Vec::new(), Stage::after(after));
        while rows.len() < limit && stage != Stage::Done {
            let wanted = limit - rows.len();
            let page = ledger.page(&stage, wanted);
            stage = stage.then(&page, wanted);
            rows.extend(page);
        }
        Ok(rows)
    }

    async fn restore(&self, rows: &[Row]) -> Result<(), StoreError> {
        // On a copy, so that a row which is refused takes those before it back.
        let mut ledger = self.ledger();
        let mut whole = ledger.clone();
        rows.iter().try_for_each(|row| whole.restore(row))?;
        *ledger = whole;
        Ok(())
    }

    async fn overdue(
        &self,
        now: SystemTime,
        limit: usize,
    ) -> Result<Vec<(StreamKey, SystemTime)>, StoreError> {
        let now = whole(now);
        let ledger = self.ledger();
        let mut late: Vec<_> = ledger
            .streams
            .iter()
            .filter_map(|(stream, row)| Some((stream, row.due?)))
            .filter(|(_, due)| *due < now)
            .collect();
        // Stable: streams that are due at the same time stay in the order of their keys.
        late.sort_by_key(|(_, due)| *due);
        late.truncate(limit);
        Ok(late
            .into_iter()
            .map(|(stream, due)| (stream.clone(), due))
            .collect())
    }
}
