//! Shipments: put together, taken apart, moved on.

use super::change::Undo;
use super::commit::{Tx, used_up};
use super::stream::{Ship, Standing};
use super::whole;
use crate::audit::{Event, number_key};
use crate::clock::millis;
use crate::delivery::{Delivery, Phase, Why};
use crate::source::Stop;
use crate::store::permitted::{conflict, may_be_moved_to, may_be_refused_to};
use crate::store::{
    DocId, NewShipment, PreparedShipment, Refused, ShipId, StoreError, TakenNumber,
};

impl<D, S> Tx<'_, D, S>
where
    D: Iterator<Item = DocId>,
    S: Iterator<Item = ShipId>,
{
    pub(super) fn prepare(&mut self, new: &NewShipment) -> Result<(), StoreError> {
        let id = self.ids.ships.next().ok_or_else(used_up)?;
        let members = self.members(new)?;
        let mut keys: Vec<Box<str>> = Vec::with_capacity(members.len());
        for member in &members {
            let doc = self.doc(*member)?;
            if doc.phase != Phase::Intent {
                let phase = doc.phase;
                return conflict(format!(
                    "document {member} is {phase}: it cannot be shipped"
                ));
            }
            if let Some(earlier) = self.row.unsettled_before(doc) {
                return conflict(format!(
                    "document {member} must wait for document {earlier} of its key"
                ));
            }
            keys.push(doc.key.clone());
            let delivered_before = self.row.delivered_before(doc);
            self.set_doc(
                *member,
                Standing {
                    phase: Phase::Prepared,
                    stop: None,
                    ship: Some(id),
                    delivered_before,
                },
            );
        }
        let mut numbers = Vec::with_capacity(new.series.len());
        for series in &new.series {
            let given = self.series.get(series.name()).copied();
            let number = series
                .next(given)
                .ok_or_else(|| StoreError::Exhausted(series.name().into()))?;
            self.series.insert(series.name().into(), number);
            self.undo.push(Undo::Series(series.name().into(), given));
            numbers.push(TakenNumber {
                series: series.name().into(),
                number,
            });
        }
        let at = whole(new.at);
        let event = Event::Prepared {
            ship: id,
            lane: &new.lane,
            docs: &members,
            keys: &keys.iter().map(|key| &**key).collect::<Vec<_>>(),
            numbers: Event::numbers(&numbers),
            envelope_at: millis(at),
        };
        let of_numbers: Vec<String> = numbers.iter().map(|it| number_key(it.number)).collect();
        let named = keys.iter().map(|key| &**key);
        let named: Vec<&str> = named.chain(of_numbers.iter().map(|key| &**key)).collect();
        self.log(&event, &named);
        let prepared = Some(self.head.seq);
        let taken = numbers.iter().map(|taken| taken.number).collect();
        self.done
            .shipments
            .push(PreparedShipment { id, numbers: taken });
        self.set_ship(
            id,
            Ship {
                lane: new.lane.clone(),
                docs: members.into(),
                numbers: numbers.into(),
                at,
                parcel: None,
                delivery: Delivery::prepared(),
                note: "".into(),
                prepared,
            },
        );
        Ok(())
    }

    /// The members of a new shipment, those that this commit has taken in among them.
    fn members(&self, new: &NewShipment) -> Result<Vec<DocId>, StoreError> {
        let mut members = new.docs.clone();
        for place in &new.fresh {
            let taken = &self.done.documents;
            let Some(doc) = taken.get(*place) else {
                let count = taken.len();
                return conflict(format!(
                    "this commit has taken {count} documents in so far: there is none at place {place}, from 0"
                ));
            };
            members.push(*doc);
        }
        Ok(members)
    }

    pub(super) fn dissolve(&mut self, id: ShipId, refused: &[Refused]) -> Result<(), StoreError> {
        let mut ship = self.ship(id)?.clone();
        let Delivery { phase, attempt, .. } = ship.delivery;
        if (phase, attempt) != (Phase::Prepared, 0) {
            return conflict(format!(
                "shipment {id} is {phase} after {attempt} attempts: it cannot be taken apart"
            ));
        }
        let keys = self.keys_of(&ship);
        let mut back = Vec::new();
        for member in ship.docs.iter() {
            self.set_phase(*member, Phase::Intent);
        }
        for refused in refused {
            may_be_refused_to(refused)?;
            let doc = self.doc(refused.doc)?;
            if doc.phase != Phase::Intent || !ship.docs.contains(&refused.doc) {
                let doc = refused.doc;
                return conflict(format!(
                    "document {doc} is no member of shipment {id}, or twice"
                ));
            }
            let key = doc.key.clone();
            let stop = Some(refused.stop.clone());
            self.set_doc(
                refused.doc,
                Standing {
                    phase: refused.to,
                    stop,
                    ship: None,
                    delivered_before: 0,
                },
            );
            self.log_refused(refused, &key, Some(id));
        }
        let mut superseded = Vec::new();
        for member in ship.docs.iter() {
            let Some(doc) = self.row.doc(*member) else {
                continue;
            };
            let (phase, stop) = (doc.phase, doc.stop.clone());
            let overtaken = self.row.newer(doc).is_some() && phase != Phase::Dead;
            let phase = match phase {
                _ if overtaken => {
                    superseded.push(*member);
                    Phase::Superseded
                }
                Phase::Intent => {
                    back.push(*member);
                    Phase::Intent
                }
                other => other,
            };
            self.set_doc(
                *member,
                Standing {
                    phase,
                    stop,
                    ship: None,
                    delivered_before: 0,
                },
            );
        }
        ship.delivery.phase = Phase::Void;
        let event = Event::Dissolved {
            ship: id,
            burnt: Event::numbers(&ship.numbers),
            back: &back,
            superseded: &superseded,
            keys: &keys.iter().map(|key| &**key).collect::<Vec<_>>(),
        };
        self.log(&event, &keys.iter().map(|key| &**key).collect::<Vec<_>>());
        self.set_ship(id, ship);
        Ok(())
    }

    pub(super) fn advance(
        &mut self,
        id: ShipId,
        from: (Phase, u32),
        to: &Delivery,
        why: Why,
        note: &str,
        parcel: Option<&(Box<str>, [u8; 32])>,
    ) -> Result<(), StoreError> {
        let mut ship = self.ship(id)?.clone();
        let (phase, attempt) = (ship.delivery.phase, ship.delivery.attempt);
        if (phase, attempt) != from {
            return conflict(format!(
                "shipment {id} is {phase} after {attempt} attempts, not {} after {}",
                from.0, from.1
            ));
        }
        if phase == Phase::Void || !may_be_moved_to(to.phase) {
            return conflict(format!(
                "shipment {id} is {phase}: it cannot be moved to {}",
                to.phase
            ));
        }
        if let (Some((_, new)), Some((_, old))) = (parcel, &ship.parcel)
            && new != old
        {
            return conflict(format!(
                "the bytes of shipment {id} differ from those that left first"
            ));
        }
        if parcel.is_some() {
            ship.parcel = parcel.cloned();
        }
        ship.note = note.into();
        ship.delivery = Delivery {
            first_sent: to.first_sent.map(whole),
            sent: to.sent.map(whole),
            not_before: to.not_before.map(whole),
            ..to.clone()
        };
        for member in ship.docs.iter() {
            let Some(doc) = self.row.doc(*member) else {
                continue;
            };
            let code = if why == Why::Released {
                "abandoned"
            } else {
                "rejected"
            };
            let stop = match to.phase {
                Phase::Dead => Some(Stop::new(code, note)),
                _ => doc.stop.clone(),
            };
            let standing = Standing {
                phase: to.phase,
                stop,
                ship: doc.ship,
                delivered_before: doc.delivered_before,
            };
            self.set_doc(*member, standing);
        }
        let keys = self.keys_of(&ship);
        let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let event = Event::Moved {
            ship: id,
            keys: &keys,
            from: from.0,
            to: to.phase,
            attempt: to.attempt,
            why,
            note,
            parcel: parcel.map(|(name, _)| &**name),
            sha256: parcel.map(|(_, hash)| hash.iter().map(|byte| format!("{byte:02x}")).collect()),
        };
        self.log_of(&ship, &event, &keys);
        self.set_ship(id, ship);
        Ok(())
    }
}
