//! What a commit changes, with how to take it back and what a store must write.

use std::sync::Arc;
use std::time::SystemTime;

use super::commit::{By, Told, Tx};
use super::stream::{Past, Ship, Standing};
use crate::audit::{AuditEntry, Event, Head};
use crate::clock::{from_millis, millis};
use crate::cursor::Cursor;
use crate::delivery::Phase;
use crate::record::LastVersion;
use crate::store::permitted::conflict;
use crate::store::{DocId, Document, Refused, ShipId, StoreError, TrailBase};

/// A row that a commit has changed, made or removed.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum Touch {
    Cursor,
    Due,
    Seen(Arc<str>),
    NewDoc(DocId),
    Doc(DocId),
    NewShip(ShipId),
    Ship(ShipId),
    Series(Box<str>),
    Past(Box<str>),
    Base,
    GoneDoc(DocId),
    GoneShip(ShipId),
}

/// What a row was before this commit touched it.
pub(super) enum Undo {
    Cursor(Option<Cursor>),
    Due(Option<SystemTime>),
    Seen(Arc<str>, Option<LastVersion>),
    NewDoc(DocId),
    Doc(DocId, Standing),
    Ship(ShipId, Option<Ship>),
    Series(Box<str>, Option<u64>),
    Past(Box<str>, Option<Past>),
    Base(TrailBase),
    GoneDoc(Box<Document>),
    GoneShip(ShipId, Option<Ship>),
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
impl Undo {
    pub(super) fn touch(self) -> Touch {
        match self {
            Self::Cursor(_) => Touch::Cursor,
            Self::Due(_) => Touch::Due,
            Self::Seen(key, _) => Touch::Seen(key),
            Self::NewDoc(id) => Touch::NewDoc(id),
            Self::Doc(id, _) => Touch::Doc(id),
            Self::Ship(id, None) => Touch::NewShip(id),
            Self::Ship(id, Some(_)) => Touch::Ship(id),
            Self::Series(name, _) => Touch::Series(name),
            Self::Past(key, _) => Touch::Past(key),
            Self::Base(_) => Touch::Base,
            Self::GoneDoc(doc) => Touch::GoneDoc(doc.id),
            Self::GoneShip(id, _) => Touch::GoneShip(id),
        }
    }
}

impl<D, S> Tx<'_, D, S>
where
    D: Iterator<Item = DocId>,
    S: Iterator<Item = ShipId>,
{
    pub(super) fn doc(&self, id: DocId) -> Result<&Document, StoreError> {
        self.row
            .doc(id)
            .map_or_else(|| conflict(format!("there is no document {id}")), Ok)
    }

    pub(super) fn ship(&self, id: ShipId) -> Result<&Ship, StoreError> {
        self.row
            .ship(id)
            .map_or_else(|| conflict(format!("there is no shipment {id}")), Ok)
    }

    pub(super) fn keys_of(&self, ship: &Ship) -> Vec<Box<str>> {
        let docs = ship.docs.iter().filter_map(|id| self.row.doc(*id));
        docs.map(|doc| doc.key.clone()).collect()
    }

    pub(super) fn set_cursor(&mut self, to: &Cursor) {
        let old = self.row.cursor.replace(to.clone());
        self.undo.push(Undo::Cursor(old));
    }

    pub(super) fn set_seen(&mut self, key: &str, last: Option<LastVersion>) {
        let old = self.row.set_seen(key, last);
        self.undo.push(Undo::Seen(key.into(), old));
    }

    pub(super) fn set_doc(&mut self, id: DocId, to: Standing) {
        if let Some(old) = self.row.set_doc(id, to) {
            self.undo.push(Undo::Doc(id, old));
        }
    }

    pub(super) fn set_phase(&mut self, id: DocId, phase: Phase) {
        let Some(doc) = self.row.doc(id) else { return };
        let standing = Standing {
            phase,
            stop: doc.stop.clone(),
            ship: doc.ship,
            delivered_before: doc.delivered_before,
        };
        self.set_doc(id, standing);
    }

    pub(super) fn set_ship(&mut self, id: ShipId, to: Ship) {
        let old = self.row.set_ship(id, Some(to));
        self.undo.push(Undo::Ship(id, old));
    }

    pub(super) fn remove_ship(&mut self, id: ShipId) {
        let old = self.row.set_ship(id, None);
        self.undo.push(Undo::GoneShip(id, old));
    }

    pub(super) fn remove_doc(&mut self, id: DocId) {
        if let Some(old) = self.row.remove_doc(id) {
            self.undo.push(Undo::GoneDoc(Box::new(old)));
        }
    }

    pub(super) fn set_past(&mut self, key: &str, past: Past) {
        let old = self.row.set_past(key, Some(past));
        self.undo.push(Undo::Past(key.into(), old));
    }

    pub(super) fn set_base(&mut self, base: TrailBase) {
        let old = std::mem::replace(&mut self.row.base, base);
        self.undo.push(Undo::Base(old));
    }

    pub(super) fn log_refused(&mut self, refused: &Refused, key: &str, ship: Option<ShipId>) {
        let Refused { doc, to, stop } = refused;
        self.log(
            &Event::Refused {
                doc: *doc,
                key,
                phase: *to,
                stop,
                ship,
            },
            &[key],
        );
    }

    pub(super) fn log(&mut self, event: &Event<'_>, keys: &[&str]) {
        let (kind, body) = event.encode(millis(self.now));
        self.append(kind, body, keys);
    }

    /// An event about a shipment that names the keys of all its members and nothing else.
    pub(super) fn log_of(&mut self, ship: &Ship, event: &Event<'_>, keys: &[&str]) {
        self.log(event, keys);
        if let (Some(told), Some(prepared)) = (self.trail.last_mut(), ship.prepared) {
            told.by = By::Entry(prepared);
        }
    }

    pub(super) fn append(&mut self, kind: Box<str>, body: Vec<u8>, keys: &[&str]) {
        self.head = self.head.append(&body);
        let Head { seq, hash } = self.head;
        let at = from_millis(millis(self.now));
        let entry = AuditEntry {
            seq,
            hash,
            at,
            kind,
            body: body.into(),
        };
        self.trail.push(Told {
            entry,
            keys: keys.iter().map(|key| (*key).into()).collect(),
            by: By::Keys,
        });
    }

    pub(super) fn take_back(&mut self) {
        while let Some(undo) = self.undo.pop() {
            match undo {
                Undo::Cursor(old) => self.row.cursor = old,
                Undo::Due(old) => self.row.due = old,
                Undo::Seen(key, old) => {
                    self.row.set_seen(&key, old);
                }
                Undo::NewDoc(id) => {
                    self.row.remove_doc(id);
                }
                Undo::Doc(id, old) => {
                    self.row.set_doc(id, old);
                }
                Undo::Ship(id, old) | Undo::GoneShip(id, old) => {
                    self.row.set_ship(id, old);
                }
                Undo::Past(key, old) => {
                    self.row.set_past(&key, old);
                }
                Undo::Base(old) => self.row.base = old,
                Undo::GoneDoc(doc) => self.row.insert_doc(*doc),
                Undo::Series(name, Some(given)) => {
                    self.series.insert(name, given);
                }
                Undo::Series(name, None) => {
                    self.series.remove(&name);
                }
            }
        }
    }
}
