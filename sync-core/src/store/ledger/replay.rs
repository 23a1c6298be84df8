//! What has ended begins again: a person's decision, guarded against a second delivery.

use super::commit::{Tx, used_up};
use super::stream::Standing;
use crate::audit::Event;
use crate::delivery::{Delivery, Phase};
use crate::store::permitted::conflict;
use crate::store::{DocId, Document, ShipId, StoreError};

/// Who decided, why, and whether a second delivery is wanted.
#[derive(Clone, Copy)]
pub(super) struct Order<'a> {
    pub(super) by: &'a str,
    pub(super) why: &'a str,
    pub(super) duplicate: bool,
}

impl<D, S> Tx<'_, D, S>
where
    D: Iterator<Item = DocId>,
    S: Iterator<Item = ShipId>,
{
    pub(super) fn resend(&mut self, id: ShipId, order: Order<'_>) -> Result<(), StoreError> {
        let mut ship = self.ship(id)?.clone();
        let from = ship.delivery.phase;
        may_be_replayed(&format!("shipment {id}"), from, order)?;
        if ship.parcel.is_none() {
            return conflict(format!(
                "shipment {id} has never left: replay its documents instead"
            ));
        }
        for member in ship.docs.iter() {
            let doc = self.doc(*member)?;
            self.nothing_on_its_way(doc)?;
            if let (Some(newer), false) = (self.row.newer(doc), order.duplicate) {
                return conflict(format!(
                    "document {newer} is newer than document {member} of shipment {id}: a resend would overtake it"
                ));
            }
        }
        for member in ship.docs.iter() {
            let Some(doc) = self.row.doc(*member) else {
                continue;
            };
            let standing = Standing {
                phase: Phase::Prepared,
                stop: None,
                ship: doc.ship,
                delivered_before: doc.delivered_before,
            };
            self.set_doc(*member, standing);
        }
        // The attempts are kept: what has left once may leave again only with the same bytes.
        ship.delivery = Delivery {
            attempt: ship.delivery.attempt,
            ..Delivery::prepared()
        };
        let keys = self.keys_of(&ship);
        let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let event = Event::Replayed {
            mode: "resend",
            ship: Some(id),
            from: Some(from),
            docs: &[],
            keys: &keys,
            duplicate: order.duplicate,
            by: order.by,
            why: order.why,
        };
        self.log_of(&ship, &event, &keys);
        self.set_ship(id, ship);
        Ok(())
    }

    pub(super) fn transform(&mut self, docs: &[DocId], order: Order<'_>) -> Result<(), StoreError> {
        let mut pairs = Vec::with_capacity(docs.len());
        let mut keys: Vec<Box<str>> = Vec::with_capacity(docs.len());
        for old in docs {
            let id = self.ids.docs.next().ok_or_else(used_up)?;
            let doc = self.doc(*old)?;
            may_be_replayed(&format!("document {old}"), doc.phase, order)?;
            self.nothing_on_its_way(doc)?;
            if let Some(newer) = self.row.newer(doc) {
                return conflict(format!(
                    "document {newer} is newer than document {old}: replay that one"
                ));
            }
            let new = Document {
                id,
                phase: Phase::Intent,
                stop: None,
                ship: None,
                delivered_before: 0,
                created: self.now,
                replays: Some(*old),
                ..doc.clone()
            };
            let gone = if doc.phase == Phase::Dead {
                vec![*old]
            } else {
                Vec::new()
            };
            for dead in &gone {
                self.set_phase(*dead, Phase::Superseded);
            }
            pairs.push((*old, new.id));
            keys.push(new.key.clone());
            self.take_in(new, &gone);
        }
        let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let event = Event::Replayed {
            mode: "re-transform",
            ship: None,
            from: None,
            docs: &pairs,
            keys: &keys,
            duplicate: order.duplicate,
            by: order.by,
            why: order.why,
        };
        self.log(&event, &keys);
        Ok(())
    }

    fn nothing_on_its_way(&self, doc: &Document) -> Result<(), StoreError> {
        match self.row.unsettled(&doc.key) {
            Some(other) => conflict(format!(
                "document {other} of the same key is on its way: wait for it, or release it"
            )),
            None => Ok(()),
        }
    }
}

/// Only what has ended is replayed, and what was delivered only where that is said.
fn may_be_replayed(what: &str, phase: Phase, order: Order<'_>) -> Result<(), StoreError> {
    match phase {
        Phase::Dead => Ok(()),
        Phase::Confirmed | Phase::Acknowledged if order.duplicate => Ok(()),
        Phase::Confirmed | Phase::Acknowledged => conflict(format!(
            "{what} was delivered ({phase}): to send it a second time, allow the duplicate and say why"
        )),
        _ => conflict(format!(
            "{what} is {phase}: only what has ended is replayed"
        )),
    }
}
