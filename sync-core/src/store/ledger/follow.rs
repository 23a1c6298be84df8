//! Which documents stand where their shipment stands: a store on a disk keeps the phase of those once, with the
//! shipment, so that a step of a shipment of many documents is one row.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Undo;
use super::stream::{Standing, Stream};
use crate::delivery::Phase;
use crate::source::Stop;
use crate::store::{DocId, Document, ShipId};

/// The phase of a document: its own, or that of its shipment where its row says so.
macro_rules! phase_of {
    ($doc:literal) => {
        concat!(
            "CASE ", $doc, ".phase WHEN 'ship' THEN (SELECT carrier.phase FROM ship AS carrier WHERE carrier.id = ",
            $doc, ".ship) ELSE ", $doc, ".phase END"
        )
    };
}
pub(in crate::store) use phase_of;

/// What a document's row has for its phase where it is that of its shipment.
const FOLLOWS: &str = "ship";

impl Stream {
    /// Whether a document stands where its shipment stands.
    ///
    /// A shipment that is not among the rows says nothing: then the document's own row has its phase.
    pub(in crate::store) fn follows(&self, doc: &Document) -> bool {
        let ship = doc.ship.and_then(|ship| self.ship(ship));
        let ship = ship.map(|ship| ship.delivery.phase);
        follows(doc.phase, doc.stop.as_ref(), ship)
    }

    /// What the row of a document has for its phase.
    pub(in crate::store) fn kept_phase(&self, doc: &Document) -> &'static str {
        if self.follows(doc) {
            FOLLOWS
        } else {
            doc.phase.name()
        }
    }

    /// The documents whose rows are as they were, although they stand elsewhere: with their shipment before and after.
    pub(super) fn carried(&self, undo: &[Undo]) -> BTreeSet<DocId> {
        // What each was before the first change.
        let mut docs: BTreeMap<DocId, &Standing> = BTreeMap::new();
        let mut ships: BTreeMap<ShipId, Option<Phase>> = BTreeMap::new();
        for undo in undo {
            match undo {
                Undo::Doc(id, old) => {
                    docs.entry(*id).or_insert(old);
                }
                Undo::Ship(id, old) | Undo::GoneShip(id, old) => {
                    let phase = old.as_ref().map(|ship| ship.delivery.phase);
                    ships.entry(*id).or_insert(phase);
                }
                _ => {}
            }
        }
        let as_before = |(id, old): &(DocId, &Standing)| {
            let Some(doc) = self.doc(*id) else {
                return false;
            };
            let Some(ship) = old.ship.filter(|ship| doc.ship == Some(*ship)) else {
                return false;
            };
            let known = || self.ship(ship).map(|ship| ship.delivery.phase);
            let phase = ships.get(&ship).copied().unwrap_or_else(known);
            doc.delivered_before == old.delivered_before
                && follows(old.phase, old.stop.as_ref(), phase)
                && self.follows(doc)
        };
        let docs = docs.into_iter().filter(as_before);
        docs.map(|(id, _)| id).collect()
    }
}

fn follows(phase: Phase, stop: Option<&Stop>, ship: Option<Phase>) -> bool {
    ship == Some(phase) && stop.is_none()
}
