//! One stream's rows with the indices that keep every question cheap.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;
use std::time::SystemTime;

use crate::audit::{AuditEntry, AuditFilter, Head};
use crate::cursor::Cursor;
use crate::delivery::{Delivery, Phase};
use crate::record::LastVersion;
use crate::source::Stop;
use crate::store::{
    DocId, Document, DocumentFilter, PhaseCounts, Revision, ShipId, Shipment, ShipmentFilter,
    StreamStatus, TakenNumber, TrailBase, Work,
};
use crate::stream::StreamKey;

#[derive(Default, Clone)]
pub(in crate::store) struct Stream {
    pub(in crate::store) epoch: u64,
    pub(in crate::store) holder: Option<(Box<str>, SystemTime)>,
    pub(in crate::store) revision: u64,
    pub(in crate::store) cursor: Option<Cursor>,
    pub(in crate::store) due: Option<SystemTime>,
    pub(super) seen: HashMap<Arc<str>, LastVersion>,
    seen_by_time: BTreeSet<(i64, Arc<str>)>,
    pub(super) docs: BTreeMap<DocId, Document>,
    keys: HashMap<Box<str>, Key>,
    intents: BTreeSet<DocId>,
    counts: BTreeMap<Phase, u64>,
    pub(super) ships: BTreeMap<ShipId, Ship>,
    /// Shipments that a turn may have to do something about.
    live: BTreeSet<ShipId>,
    pub(super) past: HashMap<Box<str>, Past>,
    head: Head,
    /// Where the trail that is left begins.
    pub(in crate::store) base: TrailBase,
    /// The hash of an entry that is not here, where a commit asks for it.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(in crate::store) elsewhere: Option<Head>,
    pub(super) trail: VecDeque<AuditEntry>,
    /// Numbers of entries by business key.
    trail_of: HashMap<Box<str>, Vec<u64>>,
}

/// What is kept of a key whose documents were removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Past {
    pub(in crate::store) last: LastVersion,
    /// How many of the removed documents were delivered.
    pub(in crate::store) delivered: u32,
}

/// The documents of one business key, by what the others must know of them.
#[derive(Default, Clone)]
struct Key {
    docs: BTreeSet<DocId>,
    versions: BTreeSet<(u32, DocId)>,
    /// Intent or held.
    waiting: BTreeSet<DocId>,
    unsettled: BTreeSet<DocId>,
    delivered: BTreeSet<DocId>,
}

impl Key {
    fn delivered_before(&self, doc: DocId) -> u32 {
        u32::try_from(self.delivered.range(..doc).count()).unwrap_or(u32::MAX)
    }
}

/// What changes of a document.
#[derive(Clone)]
pub(in crate::store) struct Standing {
    pub(in crate::store) phase: Phase,
    pub(in crate::store) stop: Option<Stop>,
    pub(in crate::store) ship: Option<ShipId>,
    /// Frozen with the shipment, meaningless without one.
    pub(in crate::store) delivered_before: u32,
}

/// A shipment.
#[derive(Clone)]
pub(in crate::store) struct Ship {
    pub(in crate::store) lane: Box<str>,
    pub(in crate::store) docs: Arc<[DocId]>,
    pub(in crate::store) numbers: Arc<[TakenNumber]>,
    pub(in crate::store) at: SystemTime,
    pub(in crate::store) parcel: Option<(Box<str>, [u8; 32])>,
    pub(in crate::store) delivery: Delivery,
    pub(in crate::store) note: Box<str>,
    /// The number of the entry that tells of its preparation, where that is known.
    pub(in crate::store) prepared: Option<u64>,
}

impl Stream {
    pub(in crate::store) fn head(&self) -> Head {
        self.head
    }

    pub(in crate::store) fn set_head(&mut self, head: Head) {
        self.head = head;
    }

    pub(in crate::store) fn append(&mut self, entry: AuditEntry, keys: &[Box<str>]) {
        for key in keys {
            let seqs = self.trail_of.entry(key.clone()).or_default();
            if seqs.last() != Some(&entry.seq) {
                seqs.push(entry.seq);
            }
        }
        self.trail.push_back(entry);
    }

    /// Removes the entries that the base says are cut off.
    pub(in crate::store) fn drop_cut(&mut self) {
        let through = self.base.head.seq;
        while self.trail.front().is_some_and(|entry| entry.seq <= through) {
            self.trail.pop_front();
        }
        self.trail_of.retain(|_, seqs| {
            seqs.retain(|seq| *seq > through);
            !seqs.is_empty()
        });
    }

    /// The hash of an entry of the trail.
    pub(in crate::store) fn hash_of(&self, seq: u64) -> Option<[u8; 32]> {
        #[cfg(any(feature = "sqlite", feature = "postgres"))]
        if let Some(head) = self.elsewhere.filter(|head| head.seq == seq) {
            return Some(head.hash);
        }
        self.entry(seq).map(|entry| entry.hash)
    }

    fn entry(&self, seq: u64) -> Option<&AuditEntry> {
        let place = seq.checked_sub(self.base.head.seq)?.checked_sub(1)?;
        self.trail.get(usize::try_from(place).ok()?)
    }

    pub(in crate::store) fn last_version(&self, key: &str) -> Option<LastVersion> {
        if let Some(seen) = self.seen.get(key) {
            return Some(*seen);
        }
        let newest = self.keys.get(key).and_then(|key| key.versions.last());
        match newest.and_then(|(_, doc)| self.docs.get(doc)) {
            Some(doc) => Some(version_of(doc)),
            None => self.past.get(key).map(|past| past.last),
        }
    }

    /// What is kept of a key whose documents were removed.
    pub(in crate::store) fn past(&self, key: &str) -> Option<&Past> {
        self.past.get(key)
    }

    /// Keeps or forgets what is left of a key, and answers with what was kept.
    pub(in crate::store) fn set_past(&mut self, key: &str, past: Option<Past>) -> Option<Past> {
        match past {
            Some(past) => self.past.insert(key.into(), past),
            None => self.past.remove(key),
        }
    }

    /// The greatest version of a document's key among it and what was removed before it.
    pub(in crate::store) fn newest_of(&self, doc: &Document) -> LastVersion {
        let own = version_of(doc);
        match self.past.get(&doc.key) {
            Some(past) if past.last.n > own.n => past.last,
            _ => own,
        }
    }

    /// Remembers or forgets a key, and answers with what was remembered of it.
    pub(in crate::store) fn set_seen(
        &mut self,
        key: &str,
        last: Option<LastVersion>,
    ) -> Option<LastVersion> {
        let old = self.seen.remove_entry(key);
        let shared = match &old {
            Some((shared, old)) => {
                self.seen_by_time.remove(&(old.at, Arc::clone(shared)));
                Arc::clone(shared)
            }
            None => key.into(),
        };
        if let Some(last) = last {
            self.seen_by_time.insert((last.at, Arc::clone(&shared)));
            self.seen.insert(shared, last);
        }
        old.map(|(_, old)| old)
    }

    /// What is remembered of a key.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(in crate::store) fn remembered(&self, key: &str) -> Option<LastVersion> {
        self.seen.get(key).copied()
    }

    pub(in crate::store) fn seen_before(&self, before: i64) -> Vec<Arc<str>> {
        let earlier = self.seen_by_time.iter().take_while(|(at, _)| *at < before);
        earlier.map(|(_, key)| Arc::clone(key)).collect()
    }

    pub(in crate::store) fn doc(&self, id: DocId) -> Option<&Document> {
        self.docs.get(&id)
    }

    /// The documents of a key that are in no shipment yet, oldest first.
    pub(in crate::store) fn waiting(&self, key: &str) -> Vec<DocId> {
        self.keys
            .get(key)
            .map_or_else(Vec::new, |key| key.waiting.iter().copied().collect())
    }

    /// An earlier document of the same key that may be on its way.
    pub(in crate::store) fn unsettled_before(&self, doc: &Document) -> Option<DocId> {
        self.keys
            .get(&doc.key)?
            .unsettled
            .range(..doc.id)
            .next()
            .copied()
    }

    /// A document of this key that may be on its way.
    pub(in crate::store) fn unsettled(&self, key: &str) -> Option<DocId> {
        self.keys.get(key)?.unsettled.first().copied()
    }

    /// An earlier document of the same key.
    pub(in crate::store) fn older(&self, doc: &Document) -> Option<DocId> {
        self.keys
            .get(&doc.key)?
            .docs
            .range(..doc.id)
            .next()
            .copied()
    }

    /// A later document of the same key.
    pub(in crate::store) fn newer(&self, doc: &Document) -> Option<DocId> {
        let later = (Bound::Excluded(doc.id), Bound::Unbounded);
        self.keys.get(&doc.key)?.docs.range(later).next().copied()
    }

    pub(in crate::store) fn delivered_before(&self, doc: &Document) -> u32 {
        let gone = self.past.get(&doc.key).map_or(0, |past| past.delivered);
        let here = self.keys.get(&doc.key);
        here.map_or(0, |key| key.delivered_before(doc.id))
            .saturating_add(gone)
    }

    pub(in crate::store) fn insert_doc(&mut self, doc: Document) {
        let id = doc.id;
        let key = self.keys.entry(doc.key.clone()).or_default();
        key.docs.insert(id);
        key.versions.insert((doc.n, id));
        let phase = doc.phase;
        self.docs.insert(id, doc);
        self.index(id, phase, true);
    }

    /// Takes a document out, and answers with it.
    pub(in crate::store) fn remove_doc(&mut self, id: DocId) -> Option<Document> {
        let phase = self.docs.get(&id)?.phase;
        self.index(id, phase, false);
        let doc = self.docs.remove(&id)?;
        if let Some(key) = self.keys.get_mut(&doc.key) {
            key.docs.remove(&id);
            key.versions.remove(&(doc.n, id));
            if key.docs.is_empty() {
                self.keys.remove(&doc.key);
            }
        }
        Some(doc)
    }

    /// Changes where a document stands, and answers with where it stood.
    pub(in crate::store) fn set_doc(&mut self, id: DocId, to: Standing) -> Option<Standing> {
        let from = self.docs.get(&id)?.phase;
        if from != to.phase {
            self.index(id, from, false);
            self.index(id, to.phase, true);
        }
        let doc = self.docs.get_mut(&id)?;
        Some(Standing {
            phase: std::mem::replace(&mut doc.phase, to.phase),
            stop: std::mem::replace(&mut doc.stop, to.stop),
            ship: std::mem::replace(&mut doc.ship, to.ship),
            delivered_before: std::mem::replace(&mut doc.delivered_before, to.delivered_before),
        })
    }

    /// Puts a document into the indices of a phase, or takes it out.
    fn index(&mut self, id: DocId, phase: Phase, into: bool) {
        fn put(set: &mut BTreeSet<DocId>, id: DocId, into: bool) {
            if into {
                set.insert(id);
            } else {
                set.remove(&id);
            }
        }
        let count = self.counts.entry(phase).or_default();
        *count = if into {
            *count + 1
        } else {
            count.saturating_sub(1)
        };
        if phase == Phase::Intent {
            put(&mut self.intents, id, into);
        }
        let Some(key) = self
            .docs
            .get(&id)
            .and_then(|doc| self.keys.get_mut(&doc.key))
        else {
            return;
        };
        match phase {
            Phase::Intent | Phase::Held => put(&mut key.waiting, id, into),
            Phase::Confirmed | Phase::Acknowledged => put(&mut key.delivered, id, into),
            phase if phase.is_unsettled() => put(&mut key.unsettled, id, into),
            _ => {}
        }
    }

    pub(in crate::store) fn ship(&self, id: ShipId) -> Option<&Ship> {
        self.ships.get(&id)
    }

    /// Writes or removes a shipment, and answers with what it was.
    pub(in crate::store) fn set_ship(&mut self, id: ShipId, to: Option<Ship>) -> Option<Ship> {
        let live = to.as_ref().is_some_and(|ship| {
            matches!(
                ship.delivery.phase,
                Phase::Prepared | Phase::Sent | Phase::InDoubt
            )
        });
        if live {
            self.live.insert(id);
        } else {
            self.live.remove(&id);
        }
        match to {
            Some(ship) => self.ships.insert(id, ship),
            None => self.ships.remove(&id),
        }
    }

    /// A document as readers see it: what is not frozen with a shipment is counted now.
    fn shown(&self, doc: &Document) -> Document {
        let mut shown = doc.clone();
        if doc.ship.is_none() {
            shown.delivered_before = self.delivered_before(doc);
        }
        shown
    }

    pub(in crate::store) fn documents(&self, filter: &DocumentFilter) -> Vec<Document> {
        let after = filter.after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = (after, Bound::Unbounded);
        let wanted =
            |doc: &&Document| filter.phases.is_empty() || filter.phases.contains(&doc.phase);
        let limit = if filter.limit == 0 {
            usize::MAX
        } else {
            filter.limit
        };
        match &filter.key {
            Some(key) => {
                let ids = self
                    .keys
                    .get(key)
                    .into_iter()
                    .flat_map(|key| key.docs.range(range));
                let docs = ids.filter_map(|id| self.docs.get(id));
                docs.filter(wanted)
                    .take(limit)
                    .map(|doc| self.shown(doc))
                    .collect()
            }
            None => {
                let docs = self.docs.range(range).map(|(_, doc)| doc);
                docs.filter(wanted)
                    .take(limit)
                    .map(|doc| self.shown(doc))
                    .collect()
            }
        }
    }

    pub(in crate::store) fn shipment(&self, id: ShipId) -> Option<Shipment> {
        let ship = self.ships.get(&id)?.clone();
        let docs = ship.docs.iter().filter_map(|id| self.docs.get(id));
        Some(Shipment {
            id,
            lane: ship.lane,
            docs: docs.map(|doc| self.shown(doc)).collect(),
            numbers: ship.numbers.to_vec(),
            at: ship.at,
            parcel: ship.parcel,
            delivery: ship.delivery,
            note: ship.note,
        })
    }

    /// Shipments without their members and numbers.
    pub(in crate::store) fn shipments(&self, filter: &ShipmentFilter) -> Vec<Shipment> {
        let wanted = filter.wanted();
        let later = self
            .ships
            .iter()
            .filter(|(id, _)| Some(**id) > filter.after);
        let all = later.filter(|(_, ship)| wanted.contains(&ship.delivery.phase));
        let bare = all.map(|(id, ship)| Shipment {
            id: *id,
            lane: ship.lane.clone(),
            docs: Vec::new(),
            numbers: Vec::new(),
            at: ship.at,
            parcel: ship.parcel.clone(),
            delivery: ship.delivery.clone(),
            note: ship.note.clone(),
        });
        bare.take(filter.most()).collect()
    }

    pub(in crate::store) fn work(&self, now: SystemTime, limit: usize) -> Work {
        let ready = self.intents.iter().filter_map(|id| self.docs.get(id));
        let ready = ready.filter(|doc| self.unsettled_before(doc).is_none());
        let mut shipments = Vec::new();
        let mut next: Option<SystemTime> = None;
        for id in &self.live {
            let Some(ship) = self.ships.get(id) else {
                continue;
            };
            match ship.delivery.not_before {
                Some(at) if ship.delivery.phase != Phase::Sent && at > now => {
                    next = Some(next.map_or(at, |next| next.min(at)));
                }
                _ if shipments.len() < limit => shipments.extend(self.shipment(*id)),
                _ => {}
            }
        }
        let open = |(phase, _): &(&Phase, &u64)| **phase == Phase::Intent || phase.is_unsettled();
        Work {
            open: self
                .counts
                .iter()
                .filter(open)
                .map(|(_, count)| count)
                .sum(),
            ready: ready.take(limit).map(|doc| self.shown(doc)).collect(),
            shipments,
            next,
        }
    }

    pub(in crate::store) fn counts(&self) -> PhaseCounts {
        let some = self.counts.iter().filter(|(_, count)| **count > 0);
        PhaseCounts(some.map(|(phase, count)| (*phase, *count)).collect())
    }

    pub(in crate::store) fn status(&self, stream: StreamKey, now: SystemTime) -> StreamStatus {
        StreamStatus {
            stream,
            revision: Revision(self.revision),
            cursor: self.cursor.clone(),
            holder: self.holder.clone().filter(|(_, until)| *until > now),
            due: self.due,
            audited: self.head().seq,
        }
    }

    pub(in crate::store) fn audit(&self, from: u64, limit: usize) -> Vec<AuditEntry> {
        let gone = self.base.head.seq;
        let skip = usize::try_from(from.saturating_sub(gone + 1)).unwrap_or(usize::MAX);
        self.trail.iter().skip(skip).take(limit).cloned().collect()
    }

    pub(in crate::store) fn audit_of(&self, key: &str, limit: usize) -> Vec<AuditEntry> {
        let seqs = self.trail_of.get(key).into_iter().flatten();
        seqs.filter_map(|seq| self.entry(*seq))
            .take(limit)
            .cloned()
            .collect()
    }

    pub(in crate::store) fn find(&self, filter: &AuditFilter) -> Vec<AuditEntry> {
        let limit = filter.page();
        match filter.indexed() {
            Some(key) => {
                let seqs = self.trail_of.get(&*key).into_iter().flatten();
                let entries = seqs.filter_map(|seq| self.entry(*seq));
                entries
                    .filter(|it| filter.takes(it))
                    .take(limit)
                    .cloned()
                    .collect()
            }
            None => {
                let entries = self.trail.iter().filter(|it| filter.takes(it));
                entries.take(limit).cloned().collect()
            }
        }
    }
}

fn version_of(doc: &Document) -> LastVersion {
    LastVersion {
        at: doc.at.unwrap_or(i64::MIN),
        version: doc.version,
        n: doc.n,
    }
}
