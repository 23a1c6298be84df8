//! The writing verb: every operation in its order, or every change taken back.

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use std::collections::BTreeSet;
use std::collections::HashMap;

use std::time::SystemTime;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use super::change::Touch;
use super::change::Undo;
use super::replay::Order;
use super::stream::{Standing, Stream};
use super::whole;
use crate::audit::{AuditEntry, Event, Head, keys_named, own};
use crate::clock::millis;
use crate::cursor::Cursor;
use crate::delivery::Phase;
use crate::record::LastVersion;
use crate::store::advance::{known_schema, may_advance};
use crate::store::permitted::{conflict, may_be_refused_to, may_be_worded};
use crate::store::{
    Committed, DocId, Document, NewDocument, Op, Refused, Revision, ShipId, StoreError,
};

/// Where the names of new rows come from.
pub(in crate::store) struct Ids<D, S> {
    pub(in crate::store) docs: D,
    pub(in crate::store) ships: S,
}

/// An event with what it is found under.
pub(in crate::store) struct Told {
    pub(in crate::store) entry: AuditEntry,
    /// The business keys and numbers that it names.
    pub(in crate::store) keys: Vec<Box<str>>,
    #[cfg_attr(
        not(any(feature = "sqlite", feature = "postgres")),
        expect(dead_code, reason = "a ledger in memory finds each entry by itself")
    )]
    pub(in crate::store) by: By,
}

/// By way of what an entry is found, so that a store on a disk need not write its keys beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    expect(dead_code, reason = "a ledger in memory finds each entry by itself")
)]
pub(in crate::store) enum By {
    /// Its own keys.
    Keys,
    /// The row of the document that it has taken in, which has the same key.
    Document(DocId),
    /// The entry with this number, which has prepared the shipment that this one is about: both name the same keys.
    Entry(u64),
}

/// What a commit has done.
pub(in crate::store) struct Done {
    pub(in crate::store) committed: Committed,
    /// The events; the caller keeps them.
    pub(in crate::store) trail: Vec<Told>,
    /// The rows that are not as they were, some of them more than once.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(in crate::store) touched: Vec<Touch>,
    /// Those of the documents among them whose own rows stay as they are: they went along with their shipment.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(in crate::store) carried: BTreeSet<DocId>,
}

/// Does all of `ops`, or undoes what it has done and answers why.
pub(in crate::store) fn commit<D, S>(
    row: &mut Stream,
    series: &mut HashMap<Box<str>, u64>,
    ids: &mut Ids<D, S>,
    now: SystemTime,
    ops: &[Op],
) -> Result<Done, StoreError>
where
    D: Iterator<Item = DocId>,
    S: Iterator<Item = ShipId>,
{
    let head = row.head();
    let done = Committed {
        revision: Revision(row.revision + 1),
        documents: Vec::new(),
        shipments: Vec::new(),
    };
    let mut tx = Tx {
        row,
        series,
        ids,
        now,
        head,
        undo: Vec::new(),
        trail: Vec::new(),
        done,
    };
    match ops.iter().try_for_each(|op| tx.apply(op)) {
        Ok(()) => {
            tx.row.revision = tx.done.revision.0;
            tx.row.set_head(tx.head);
            Ok(Done {
                committed: tx.done,
                trail: tx.trail,
                #[cfg(any(feature = "sqlite", feature = "postgres"))]
                carried: tx.row.carried(&tx.undo),
                #[cfg(any(feature = "sqlite", feature = "postgres"))]
                touched: tx.undo.into_iter().map(Undo::touch).collect(),
            })
        }
        Err(error) => {
            tx.take_back();
            Err(error)
        }
    }
}

/// A commit on its way.
pub(super) struct Tx<'a, D, S> {
    pub(super) row: &'a mut Stream,
    pub(super) series: &'a mut HashMap<Box<str>, u64>,
    pub(super) ids: &'a mut Ids<D, S>,
    pub(super) now: SystemTime,
    pub(super) head: Head,
    pub(super) undo: Vec<Undo>,
    pub(super) trail: Vec<Told>,
    pub(super) done: Committed,
}

impl<D, S> Tx<'_, D, S>
where
    D: Iterator<Item = DocId>,
    S: Iterator<Item = ShipId>,
{
    fn apply(&mut self, op: &Op) -> Result<(), StoreError> {
        match op {
            Op::Cursor { expect, to } => self.cursor(*expect, to)?,
            Op::Reset { to, by, why } => {
                known_schema(to)?;
                self.set_cursor(to);
                self.log(
                    &Event::Reset {
                        watermark: to.watermark,
                        by,
                        why,
                    },
                    &[],
                );
            }
            Op::Seen(seen) => {
                for seen in seen {
                    let last = LastVersion {
                        at: seen.id.at,
                        version: seen.id.version,
                        n: seen.n,
                    };
                    self.set_seen(&seen.id.key, Some(last));
                }
            }
            Op::Forget { before } => {
                for key in self.row.seen_before(*before) {
                    self.set_seen(&key, None);
                }
            }
            Op::Intend(docs) => {
                for doc in docs {
                    self.intend(doc)?;
                }
            }
            Op::Refuse(refused) => {
                for refused in refused {
                    self.refuse(refused)?;
                }
            }
            Op::Retry { docs, by } => {
                for doc in docs {
                    self.retry(*doc, by)?;
                }
            }
            Op::Prepare(shipments) => {
                for shipment in shipments {
                    self.prepare(shipment)?;
                }
            }
            Op::Dissolve { ship, refused } => self.dissolve(*ship, refused)?,
            Op::Move {
                ship,
                from,
                to,
                why,
                note,
                parcel,
            } => {
                self.advance(*ship, *from, to, *why, note, parcel.as_ref())?;
            }
            Op::Resend {
                ship,
                by,
                why,
                duplicate,
            } => {
                let duplicate = *duplicate;
                self.resend(*ship, Order { by, why, duplicate })?;
            }
            Op::Transform {
                docs,
                by,
                why,
                duplicate,
            } => {
                let duplicate = *duplicate;
                self.transform(docs, Order { by, why, duplicate })?;
            }
            Op::Prune { docs, by, why } => self.prune(docs, by, why)?,
            Op::Cut {
                through,
                standing,
                by,
                why,
            } => self.cut(*through, standing, by, why)?,
            Op::Audit { kind, body } => {
                may_be_worded(kind)?;
                let keys = keys_named(body);
                let (kind, body) = own(millis(self.now), kind, body);
                self.append(kind, body, &keys);
            }
            Op::Schedule { due } => {
                let old = std::mem::replace(&mut self.row.due, due.map(whole));
                self.undo.push(Undo::Due(old));
            }
        }
        Ok(())
    }

    fn cursor(&mut self, expect: Revision, to: &Cursor) -> Result<(), StoreError> {
        if expect.0 != self.row.revision {
            let now = self.row.revision;
            return conflict(format!("the stream is at revision {now}, not {expect}"));
        }
        let old = self.row.cursor.as_ref();
        may_advance(old, to)?;
        let told = |cursor: &Cursor| (cursor.watermark, cursor.window, cursor.polls);
        let moved = old.map(told) != Some(told(to));
        self.set_cursor(to);
        if moved {
            self.log(&Event::cursor(to), &[]);
        }
        Ok(())
    }

    fn intend(&mut self, new: &NewDocument) -> Result<(), StoreError> {
        let id = self.ids.docs.next().ok_or_else(used_up)?;
        let supersedes = self.row.waiting(&new.key);
        for old in &supersedes {
            self.set_phase(*old, Phase::Superseded);
        }
        let phase = if new.dead.is_some() {
            Phase::Dead
        } else {
            Phase::Intent
        };
        let doc = Document {
            id,
            key: new.key.clone(),
            at: new.at,
            n: new.n,
            version: new.version,
            phase,
            stop: new.dead.clone(),
            ship: None,
            delivered_before: 0,
            payload: new.payload.clone(),
            created: self.now,
            replays: None,
        };
        self.take_in(doc, &supersedes);
        Ok(())
    }

    /// A document that was not there before.
    pub(super) fn take_in(&mut self, doc: Document, supersedes: &[DocId]) {
        let (key, stop) = (doc.key.clone(), doc.stop.clone());
        let event = Event::Intended {
            doc: doc.id,
            key: &key,
            n: doc.n,
            version: doc.version.to_string(),
            source_at: doc.at,
            phase: doc.phase,
            stop: stop.as_ref(),
            supersedes,
            replays: doc.replays,
        };
        self.log(&event, &[&key]);
        if let Some(told) = self.trail.last_mut() {
            told.by = By::Document(doc.id);
        }
        self.undo.push(Undo::NewDoc(doc.id));
        self.done.documents.push(doc.id);
        self.row.insert_doc(doc);
    }

    fn refuse(&mut self, refused: &Refused) -> Result<(), StoreError> {
        let doc = self.doc(refused.doc)?;
        if !matches!(doc.phase, Phase::Intent | Phase::Held) {
            let (id, phase) = (doc.id, doc.phase);
            return conflict(format!("document {id} is {phase}: too late to refuse it"));
        }
        may_be_refused_to(refused)?;
        if doc.phase == refused.to && doc.stop.as_ref() == Some(&refused.stop) {
            return Ok(());
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
        self.log_refused(refused, &key, None);
        Ok(())
    }

    fn retry(&mut self, id: DocId, by: &str) -> Result<(), StoreError> {
        let doc = self.doc(id)?;
        let may = doc.phase == Phase::Held || (doc.phase == Phase::Dead && doc.ship.is_none());
        if !may {
            let phase = doc.phase;
            return conflict(format!(
                "document {id} is {phase}: it cannot be tried again"
            ));
        }
        if let Some(newer) = self.row.newer(doc) {
            return conflict(format!(
                "a newer version of document {id} is there: {newer}"
            ));
        }
        let key = doc.key.clone();
        self.set_doc(
            id,
            Standing {
                phase: Phase::Intent,
                stop: None,
                ship: None,
                delivered_before: 0,
            },
        );
        self.log(
            &Event::Retried {
                doc: id,
                key: &key,
                by,
            },
            &[&key],
        );
        Ok(())
    }
}

/// The caller has counted the rows that its operations make.
pub(super) fn used_up() -> StoreError {
    StoreError::Unavailable("there are no more names for rows".into())
}
