//! What a store shows.

use std::collections::BTreeMap;
use std::time::SystemTime;

use bytes::Bytes;

use super::{DocId, Revision, ShipId};
use crate::audit::Head;
use crate::cursor::Cursor;
use crate::delivery::{Delivery, Phase};
use crate::record::Version;
use crate::source::Stop;
use crate::stream::StreamKey;
use crate::transform::Stamp;

/// A record in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: DocId,
    /// The business key.
    pub key: Box<str>,
    /// Its time in the source's clock, where known.
    pub at: Option<i64>,
    /// Which version of the key it is, from 1.
    pub n: u32,
    /// Its content.
    pub version: Version,
    /// Where it stands.
    pub phase: Phase,
    /// Why it does not go on.
    pub stop: Option<Stop>,
    /// The shipment that carries it.
    pub ship: Option<ShipId>,
    /// How many earlier versions of its key had been delivered when it was prepared (or would be, if prepared now).
    pub delivered_before: u32,
    /// The record as JSON, or as it came where it could not be read.
    pub payload: Bytes,
    /// When it was taken in.
    pub created: SystemTime,
    /// The earlier document that it replays.
    pub replays: Option<DocId>,
}

/// A shipment in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// Its id.
    pub id: ShipId,
    /// Its lane.
    pub lane: Box<str>,
    /// Its members, in their order.
    pub docs: Vec<Document>,
    /// Its numbers.
    pub numbers: Vec<TakenNumber>,
    /// The date and time of its envelope.
    pub at: SystemTime,
    /// Name and SHA-256 of its bytes, once it has left.
    pub parcel: Option<(Box<str>, [u8; 32])>,
    /// Where it stands.
    pub delivery: Delivery,
    /// What was last said of it.
    pub note: Box<str>,
}

impl Shipment {
    /// What a transform needs to render it again.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        Stamp {
            ship: self.id,
            numbers: self.numbers.iter().map(|taken| taken.number).collect(),
            at: self.at,
        }
    }
}

/// A number that a shipment has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenNumber {
    /// The series.
    pub series: Box<str>,
    /// The number.
    pub number: u64,
}

/// What can be done now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// Documents that are neither final nor held: what counts against the high-water mark.
    pub open: u64,
    /// Documents that may be shipped: [`Phase::Intent`] with no unsettled earlier version of the same key.
    pub ready: Vec<Document>,
    /// Shipments that are [`Phase::Prepared`] or [`Phase::InDoubt`] and due, or [`Phase::Sent`].
    pub shipments: Vec<Shipment>,
    /// When the next of the others is due.
    pub next: Option<SystemTime>,
}

impl Work {
    /// Every document in it, the members of shipments too.
    pub(crate) fn documents_mut(&mut self) -> impl Iterator<Item = &mut Document> {
        let members = self.shipments.iter_mut().flat_map(|ship| &mut ship.docs);
        self.ready.iter_mut().chain(members)
    }
}

/// Which documents are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentFilter {
    /// Only these phases; empty for all.
    pub phases: Vec<Phase>,
    /// Only this business key.
    pub key: Option<Box<str>>,
    /// Only documents after this one.
    pub after: Option<DocId>,
    /// At most so many; 0 for all.
    pub limit: usize,
    /// Without their payloads, which are empty then: cheaper, and needs no key where they are sealed.
    pub bare: bool,
}

/// Which shipments are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShipmentFilter {
    /// Only these phases; empty for all but [`Phase::Void`], which is never shown.
    pub phases: Vec<Phase>,
    /// Only shipments after this one.
    pub after: Option<ShipId>,
    /// At most so many; 0 for all.
    pub limit: usize,
}

impl ShipmentFilter {
    /// The phases that are wanted, each once.
    pub(crate) fn wanted(&self) -> Vec<Phase> {
        let all = Phase::ALL.into_iter().filter(|phase| *phase != Phase::Void);
        all.filter(|phase| self.phases.is_empty() || self.phases.contains(phase))
            .collect()
    }

    /// How many at most, as a number that a loop can use.
    pub(crate) fn most(&self) -> usize {
        if self.limit == 0 {
            usize::MAX
        } else {
            self.limit
        }
    }
}

/// How many documents stand where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhaseCounts(pub BTreeMap<Phase, u64>);

impl PhaseCounts {
    /// How many are in this phase.
    #[must_use]
    pub fn of(&self, phase: Phase) -> u64 {
        self.0.get(&phase).copied().unwrap_or(0)
    }
}

/// A stream at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamStatus {
    /// Which.
    pub stream: StreamKey,
    /// How many commits it has seen.
    pub revision: Revision,
    /// How far it has read.
    pub cursor: Option<Cursor>,
    /// Who holds it, and until when, where somebody does.
    pub holder: Option<(Box<str>, SystemTime)>,
    /// When its next turn should begin.
    pub due: Option<SystemTime>,
    /// How long its audit chain is.
    pub audited: u64,
}

/// Where what is left of an audit chain begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrailBase {
    /// The last entry that was cut off; that of an empty chain where none was.
    pub head: Head,
    /// Where every document stood then; empty where nothing was cut off.
    pub standing: Bytes,
}
