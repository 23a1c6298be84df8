//! The writing verb, as statements inside the caller's savepoint: an error undoes everything.

use std::sync::Arc;
use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension, params};

use super::read::cursor;
use super::row::{doc, given, int, prepare, shipment, stream_id, uint, whole};
use super::unavailable;
use crate::audit::{Event, Head, keys_named, own};
use crate::clock::millis;
use crate::cursor::Cursor;
use crate::delivery::{Delivery, Phase, Why};
use crate::lease::Lease;
use crate::source::Stop;
use crate::store::advance::{known_schema, may_advance};
use crate::store::permitted::{conflict, may_be_moved_to, may_be_refused_to, may_be_worded};
use crate::store::{
    Committed, DocId, Document, Epoch, NewDocument, NewShipment, Op, PreparedShipment, Refused,
    Revision, ShipId, Shipment, StoreError, TakenNumber,
};
use crate::stream::StreamKey;

/// Takes a stream, making its row where there is none; `None` while another owner's lease lives.
pub(super) fn acquire(
    connection: &Connection,
    stream: &StreamKey,
    owner: &Arc<str>,
    now: SystemTime,
    until: SystemTime,
) -> Result<Option<Epoch>, StoreError> {
    prepare(
        connection,
        "INSERT INTO stream (tenant, pipeline, partition) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        stream.tenant(),
        stream.pipeline(),
        stream.partition()
    ])
    .map_err(unavailable)?;
    let epoch: Option<i64> = prepare(
        connection,
        "UPDATE stream SET epoch = epoch + 1, owner = ?4, lease_until = ?5 \
         WHERE tenant = ?1 AND pipeline = ?2 AND partition = ?3 \
         AND (owner IS NULL OR owner = ?4 OR lease_until <= ?6) RETURNING epoch",
    )?
    .query_row(
        params![
            stream.tenant(),
            stream.pipeline(),
            stream.partition(),
            &**owner,
            millis(until),
            millis(now)
        ],
        |row| row.get(0),
    )
    .optional()
    .map_err(unavailable)?;
    Ok(epoch.map(|epoch| Epoch(uint(epoch))))
}

/// Extends a lease to `until`, or ends it.
pub(super) fn set_lease(
    connection: &Connection,
    lease: &Lease,
    until: Option<SystemTime>,
) -> Result<(), StoreError> {
    let id = held(connection, lease)?;
    let owner = until.map(|_| &*lease.owner);
    prepare(
        connection,
        "UPDATE stream SET owner = ?, lease_until = ? WHERE id = ?",
    )?
    .execute(params![owner, until.map_or(0, millis), id])
    .map_err(unavailable)?;
    Ok(())
}

/// The row that a lease is for, as long as nobody has taken it since.
fn held(connection: &Connection, lease: &Lease) -> Result<i64, StoreError> {
    let Some(id) = stream_id(connection, &lease.stream)? else {
        return Err(StoreError::Fenced(Epoch(0)));
    };
    let epoch: i64 = prepare(connection, "SELECT epoch FROM stream WHERE id = ?")?
        .query_row([id], |row| row.get(0))
        .map_err(unavailable)?;
    if uint(epoch) == lease.epoch.0 {
        Ok(id)
    } else {
        Err(StoreError::Fenced(Epoch(uint(epoch))))
    }
}

/// Does all of `ops`; on an error the caller rolls its savepoint back.
pub(super) fn commit(
    connection: &Connection,
    lease: &Lease,
    ops: &[Op],
    now: SystemTime,
) -> Result<Committed, StoreError> {
    let stream = held(connection, lease)?;
    let (revision, text, seq, hash): (i64, Option<String>, i64, [u8; 32]) = prepare(
        connection,
        "SELECT revision, cursor, audit_seq, audit_head FROM stream WHERE id = ?",
    )?
    .query_row([stream], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })
    .map_err(unavailable)?;
    let revision = Revision(uint(revision));
    let done = Committed {
        revision,
        documents: Vec::new(),
        shipments: Vec::new(),
    };
    if ops.is_empty() {
        return Ok(done);
    }
    let mut tx = Tx {
        connection,
        stream,
        tenant: lease.stream.tenant(),
        now: whole(now),
        cursor: text.map(|text| cursor(&text)).transpose()?,
        head: Head {
            seq: uint(seq),
            hash,
        },
        done,
    };
    for op in ops {
        tx.apply(op)?;
    }
    tx.done.revision = Revision(revision.0 + 1);
    prepare(
        connection,
        "UPDATE stream SET revision = revision + 1, audit_seq = ?, audit_head = ? WHERE id = ?",
    )?
    .execute(params![int(tx.head.seq), tx.head.hash, stream])
    .map_err(unavailable)?;
    Ok(tx.done)
}

/// A commit on its way.
struct Tx<'a> {
    connection: &'a Connection,
    stream: i64,
    tenant: &'a str,
    now: SystemTime,
    cursor: Option<Cursor>,
    head: Head,
    done: Committed,
}

impl Tx<'_> {
    fn apply(&mut self, op: &Op) -> Result<(), StoreError> {
        match op {
            Op::Cursor { expect, to } => self.move_cursor(*expect, to),
            Op::Reset { to, by, why } => {
                known_schema(to)?;
                self.set_cursor(to)?;
                self.log(
                    &Event::Reset {
                        watermark: to.watermark,
                        by,
                        why,
                    },
                    &[],
                )
            }
            Op::Seen(seen) => {
                let mut put = prepare(
                    self.connection,
                    "INSERT INTO seen (stream, key, at, version, n) VALUES (?, ?, ?, ?, ?) \
                     ON CONFLICT DO UPDATE SET at = excluded.at, version = excluded.version, n = excluded.n",
                )?;
                for seen in seen {
                    let id = &seen.id;
                    put.execute(params![self.stream, &*id.key, id.at, id.version.0, seen.n])
                        .map_err(unavailable)?;
                }
                Ok(())
            }
            Op::Forget { before } => self.run(
                "DELETE FROM seen WHERE stream = ? AND at < ?",
                params![self.stream, before],
            ),
            Op::Intend(docs) => docs.iter().try_for_each(|doc| self.intend(doc)),
            Op::Refuse(refused) => refused.iter().try_for_each(|refused| self.refuse(refused)),
            Op::Retry { docs, by } => docs.iter().try_for_each(|doc| self.retry(*doc, by)),
            Op::Prepare(shipments) => shipments.iter().try_for_each(|new| self.prepare(new)),
            Op::Dissolve { ship, refused } => self.dissolve(*ship, refused),
            Op::Move {
                ship,
                from,
                to,
                why,
                note,
                parcel,
            } => self.advance(*ship, *from, to, *why, note, parcel.as_ref()),
            Op::Audit { kind, body } => {
                may_be_worded(kind)?;
                let keys = keys_named(body);
                let (kind, body) = own(millis(self.now), kind, body);
                self.append(&kind, &body, &keys)
            }
            Op::Schedule { due } => {
                let due = due.map(millis);
                self.run(
                    "UPDATE stream SET due = ? WHERE id = ?",
                    params![due, self.stream],
                )
            }
        }
    }

    fn move_cursor(&mut self, expect: Revision, to: &Cursor) -> Result<(), StoreError> {
        if expect != self.done.revision {
            let now = self.done.revision;
            return conflict(format!("the stream is at revision {now}, not {expect}"));
        }
        let old = self.cursor.as_ref();
        may_advance(old, to)?;
        let told = |cursor: &Cursor| (cursor.watermark, cursor.window, cursor.polls);
        let moved = old.map(told) != Some(told(to));
        self.set_cursor(to)?;
        if moved {
            self.log(&Event::cursor(to), &[])
        } else {
            Ok(())
        }
    }

    fn set_cursor(&mut self, to: &Cursor) -> Result<(), StoreError> {
        let text = serde_json::to_string(to).map_err(super::row::corrupt)?;
        self.cursor = Some(to.clone());
        self.run(
            "UPDATE stream SET cursor = ? WHERE id = ?",
            params![text, self.stream],
        )
    }

    fn intend(&mut self, new: &NewDocument) -> Result<(), StoreError> {
        let supersedes: Vec<DocId> = prepare(
            self.connection,
            "SELECT id FROM doc WHERE stream = ? AND key = ? AND phase IN ('intent', 'held') ORDER BY id",
        )?
        .query_map(params![self.stream, &*new.key], |row| row.get(0).map(|id| DocId(uint(id))))
        .and_then(Iterator::collect)
        .map_err(unavailable)?;
        for old in &supersedes {
            self.set_phase(*old, Phase::Superseded)?;
        }
        let phase = if new.dead.is_some() {
            Phase::Dead
        } else {
            Phase::Intent
        };
        let (code, detail) = columns(new.dead.as_ref());
        self.run(
            "INSERT INTO doc (stream, key, at, n, version, phase, code, detail, payload, created) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                self.stream,
                &*new.key,
                new.at,
                new.n,
                new.version.0,
                phase.name(),
                code,
                detail,
                &*new.payload,
                millis(self.now)
            ],
        )?;
        let id = DocId(uint(self.connection.last_insert_rowid()));
        self.done.documents.push(id);
        let event = Event::Intended {
            doc: id,
            key: &new.key,
            n: new.n,
            version: new.version.to_string(),
            source_at: new.at,
            phase,
            stop: new.dead.as_ref(),
            supersedes: &supersedes,
        };
        self.log(&event, &[&new.key])
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
        self.free(refused.doc, refused.to, Some(&refused.stop))?;
        self.log_refused(refused, &doc.key, None)
    }

    fn retry(&mut self, id: DocId, by: &str) -> Result<(), StoreError> {
        let doc = self.doc(id)?;
        if !(doc.phase == Phase::Held || (doc.phase == Phase::Dead && doc.ship.is_none())) {
            let phase = doc.phase;
            return conflict(format!(
                "document {id} is {phase}: it cannot be tried again"
            ));
        }
        if let Some(newer) = self.newer(&doc)? {
            return conflict(format!(
                "a newer version of document {id} is there: {newer}"
            ));
        }
        self.free(id, Phase::Intent, None)?;
        self.log(
            &Event::Retried {
                doc: id,
                key: &doc.key,
                by,
            },
            &[&doc.key],
        )
    }

    fn prepare(&mut self, new: &NewShipment) -> Result<(), StoreError> {
        let at = whole(new.at);
        self.run(
            "INSERT INTO ship (stream, lane, at, phase, attempt, probes) VALUES (?, ?, ?, 'prepared', 0, 0)",
            params![self.stream, &*new.lane, millis(at)],
        )?;
        let id = ShipId(uint(self.connection.last_insert_rowid()));
        let mut keys = Vec::with_capacity(new.docs.len());
        for (place, member) in (0_i64..).zip(&new.docs) {
            let doc = self.doc(*member)?;
            if doc.phase != Phase::Intent {
                let phase = doc.phase;
                return conflict(format!(
                    "document {member} is {phase}: it cannot be shipped"
                ));
            }
            if let Some(earlier) = self.unsettled_before(&doc)? {
                return conflict(format!(
                    "document {member} must wait for document {earlier} of its key"
                ));
            }
            self.run(
                "UPDATE doc SET phase = 'prepared', code = NULL, detail = NULL, ship = ?, delivered_before = ? \
                 WHERE id = ?",
                params![int(id.0), doc.delivered_before, int(member.0)],
            )?;
            self.run(
                "INSERT INTO ship_doc (ship, place, doc) VALUES (?, ?, ?)",
                params![int(id.0), place, int(member.0)],
            )?;
            keys.push(doc.key);
        }
        let mut numbers = Vec::with_capacity(new.series.len());
        for (place, series) in (0_i64..).zip(&new.series) {
            let last = given(self.connection, self.tenant, series.name())?;
            let number = series
                .next(last)
                .ok_or_else(|| StoreError::Exhausted(series.name().into()))?;
            self.run(
                "INSERT INTO series (tenant, name, given) VALUES (?, ?, ?) \
                 ON CONFLICT DO UPDATE SET given = excluded.given",
                params![self.tenant, series.name(), int(number)],
            )?;
            self.run(
                "INSERT INTO ship_number (ship, place, series, number) VALUES (?, ?, ?, ?)",
                params![int(id.0), place, series.name(), int(number)],
            )?;
            numbers.push(TakenNumber {
                series: series.name().into(),
                number,
            });
        }
        let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let event = Event::Prepared {
            ship: id,
            lane: &new.lane,
            docs: &new.docs,
            keys: &keys,
            numbers: Event::numbers(&numbers),
            envelope_at: millis(at),
        };
        self.log(&event, &keys)?;
        let numbers = numbers.iter().map(|taken| taken.number).collect();
        self.done.shipments.push(PreparedShipment { id, numbers });
        Ok(())
    }

    fn dissolve(&mut self, id: ShipId, refused: &[Refused]) -> Result<(), StoreError> {
        let ship = self.ship(id)?;
        let Delivery { phase, attempt, .. } = ship.delivery;
        if (phase, attempt) != (Phase::Prepared, 0) {
            return conflict(format!(
                "shipment {id} is {phase} after {attempt} attempts: it cannot be taken apart"
            ));
        }
        for member in &ship.docs {
            self.set_phase(member.id, Phase::Intent)?;
        }
        for refused in refused {
            may_be_refused_to(refused)?;
            let doc = self.doc(refused.doc)?;
            if doc.phase != Phase::Intent || doc.ship != Some(id) {
                let doc = refused.doc;
                return conflict(format!(
                    "document {doc} is no member of shipment {id}, or twice"
                ));
            }
            self.free(refused.doc, refused.to, Some(&refused.stop))?;
            self.log_refused(refused, &doc.key, Some(id))?;
        }
        let (mut back, mut superseded) = (Vec::new(), Vec::new());
        for member in &ship.docs {
            let doc = self.doc(member.id)?;
            let overtaken = doc.phase != Phase::Dead && self.newer(&doc)?.is_some();
            let to = if overtaken {
                Phase::Superseded
            } else {
                doc.phase
            };
            match to {
                Phase::Superseded => superseded.push(doc.id),
                Phase::Intent => back.push(doc.id),
                _ => {}
            }
            self.free(doc.id, to, doc.stop.as_ref())?;
        }
        self.run("UPDATE ship SET phase = 'void' WHERE id = ?", [int(id.0)])?;
        let event = Event::Dissolved {
            ship: id,
            burnt: Event::numbers(&ship.numbers),
            back: &back,
            superseded: &superseded,
        };
        self.log(&event, &keys_of(&ship))
    }

    fn advance(
        &mut self,
        id: ShipId,
        from: (Phase, u32),
        to: &Delivery,
        why: Why,
        note: &str,
        parcel: Option<&(Box<str>, [u8; 32])>,
    ) -> Result<(), StoreError> {
        let ship = self.ship(id)?;
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
        self.run(
            "UPDATE ship SET phase = ?, attempt = ?, probes = ?, first_sent = ?, sent = ?, not_before = ?, \
             note = ?, name = coalesce(?, name), sha256 = coalesce(?, sha256) WHERE id = ?",
            params![
                to.phase.name(), to.attempt, to.probes, to.first_sent.map(millis), to.sent.map(millis),
                to.not_before.map(millis), note, parcel.map(|(name, _)| &**name),
                parcel.map(|(_, hash)| hash), int(id.0)
            ],
        )?;
        if to.phase == Phase::Dead {
            let code = if why == Why::Released {
                "abandoned"
            } else {
                "rejected"
            };
            self.run(
                "UPDATE doc SET phase = 'dead', code = ?, detail = ? \
                 WHERE id IN (SELECT doc FROM ship_doc WHERE ship = ?)",
                params![code, note, int(id.0)],
            )?;
        } else {
            self.run(
                "UPDATE doc SET phase = ? WHERE id IN (SELECT doc FROM ship_doc WHERE ship = ?)",
                params![to.phase.name(), int(id.0)],
            )?;
        }
        let keys = keys_of(&ship);
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
        self.log(&event, &keys)
    }

    fn doc(&self, id: DocId) -> Result<Document, StoreError> {
        doc(self.connection, self.stream, id)?
            .map_or_else(|| conflict(format!("there is no document {id}")), Ok)
    }

    fn ship(&self, id: ShipId) -> Result<Shipment, StoreError> {
        shipment(self.connection, self.stream, id)?
            .map_or_else(|| conflict(format!("there is no shipment {id}")), Ok)
    }

    /// An earlier document of the same key that may be on its way.
    fn unsettled_before(&self, doc: &Document) -> Result<Option<DocId>, StoreError> {
        self.neighbour(
            "SELECT id FROM doc WHERE stream = ? AND key = ? AND id < ? \
             AND phase IN ('prepared', 'sent', 'in-doubt', 'review') ORDER BY id LIMIT 1",
            doc,
        )
    }

    /// A later document of the same key.
    fn newer(&self, doc: &Document) -> Result<Option<DocId>, StoreError> {
        self.neighbour(
            "SELECT id FROM doc WHERE stream = ? AND key = ? AND id > ? ORDER BY id LIMIT 1",
            doc,
        )
    }

    fn neighbour(&self, sql: &str, doc: &Document) -> Result<Option<DocId>, StoreError> {
        prepare(self.connection, sql)?
            .query_row(params![self.stream, &*doc.key, int(doc.id.0)], |row| {
                row.get(0)
            })
            .optional()
            .map(|id| id.map(|id: i64| DocId(uint(id))))
            .map_err(unavailable)
    }

    fn set_phase(&self, id: DocId, phase: Phase) -> Result<(), StoreError> {
        self.run(
            "UPDATE doc SET phase = ? WHERE id = ?",
            params![phase.name(), int(id.0)],
        )
    }

    /// A document that is in no shipment.
    fn free(&self, id: DocId, phase: Phase, stop: Option<&Stop>) -> Result<(), StoreError> {
        let (code, detail) = columns(stop);
        self.run(
            "UPDATE doc SET phase = ?, code = ?, detail = ?, ship = NULL, delivered_before = 0 WHERE id = ?",
            params![phase.name(), code, detail, int(id.0)],
        )
    }

    fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<(), StoreError> {
        prepare(self.connection, sql)?
            .execute(params)
            .map(drop)
            .map_err(unavailable)
    }

    fn log_refused(
        &mut self,
        refused: &Refused,
        key: &str,
        ship: Option<ShipId>,
    ) -> Result<(), StoreError> {
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
        )
    }

    fn log(&mut self, event: &Event<'_>, keys: &[&str]) -> Result<(), StoreError> {
        let (kind, body) = event.encode(millis(self.now));
        self.append(&kind, &body, keys)
    }

    fn append(&mut self, kind: &str, body: &[u8], keys: &[&str]) -> Result<(), StoreError> {
        self.head = self.head.append(body);
        let Head { seq, hash } = self.head;
        self.run(
            "INSERT INTO audit (stream, seq, hash, at, kind, body) VALUES (?, ?, ?, ?, ?, ?)",
            params![self.stream, int(seq), hash, millis(self.now), kind, body],
        )?;
        for key in keys {
            self.run(
                "INSERT INTO audit_key (stream, key, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                params![self.stream, key, int(seq)],
            )?;
        }
        Ok(())
    }
}

fn columns(stop: Option<&Stop>) -> (Option<&str>, Option<&str>) {
    (stop.map(|stop| &*stop.code), stop.map(|stop| &*stop.detail))
}

fn keys_of(ship: &Shipment) -> Vec<&str> {
    ship.docs.iter().map(|doc| &*doc.key).collect()
}
