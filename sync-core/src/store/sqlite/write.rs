//! The rows that a commit has touched, written back.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, params};

use super::row::{corrupt, int, prepare};
use super::unavailable;
use crate::audit::AuditEntry;
use crate::clock::millis;
use crate::source::Stop;
use crate::store::ledger::{Ship, Stream, Touch};
use crate::store::{DocId, Document, Op, ShipId, StoreError};

/// What a commit leaves behind.
pub(super) struct Outcome<'a> {
    pub(super) connection: &'a Connection,
    pub(super) stream: i64,
    pub(super) tenant: &'a str,
    pub(super) row: &'a Stream,
    pub(super) series: &'a HashMap<Box<str>, u64>,
    pub(super) touched: BTreeSet<Touch>,
    pub(super) trail: &'a [(AuditEntry, Vec<Box<str>>)],
    pub(super) ops: &'a [Op],
}

impl Outcome<'_> {
    pub(super) fn write(&self) -> Result<(), StoreError> {
        // Forgetting comes first: what is remembered in the same commit is written as it stands at its end.
        for op in self.ops {
            if let Op::Forget { before } = op {
                let sql = "DELETE FROM seen WHERE stream = ? AND at < ?";
                self.run(sql, params![self.stream, before])?;
            }
        }
        self.own_row()?;
        for touch in &self.touched {
            self.touched(touch)?;
        }
        for (entry, keys) in self.trail {
            self.event(entry, keys)?;
        }
        Ok(())
    }

    fn own_row(&self) -> Result<(), StoreError> {
        let row = self.row;
        let cursor = row.cursor.as_ref().map(serde_json::to_string);
        let cursor = cursor.transpose().map_err(corrupt)?;
        let head = row.head();
        self.run(
            "UPDATE stream SET revision = ?, cursor = ?, due = ?, audit_seq = ?, audit_head = ? WHERE id = ?",
            params![
                int(row.revision),
                cursor,
                row.due.map(millis),
                int(head.seq),
                head.hash,
                self.stream
            ],
        )
    }

    fn touched(&self, touch: &Touch) -> Result<(), StoreError> {
        match touch {
            // The stream's own row is written in any case.
            Touch::Cursor | Touch::Due => Ok(()),
            Touch::Seen(key) => self.seen(key),
            Touch::NewDoc(id) => self.new_doc(*id),
            Touch::Doc(id) if self.touched.contains(&Touch::NewDoc(*id)) => Ok(()),
            Touch::Doc(id) => self.doc(*id),
            Touch::NewShip(id) => self.new_ship(*id),
            Touch::Ship(id) if self.touched.contains(&Touch::NewShip(*id)) => Ok(()),
            Touch::Ship(id) => self.ship(*id),
            Touch::Series(name) => self.given(name),
            Touch::Past(key) => self.past(key),
            Touch::Base => self.base(),
            Touch::GoneDoc(id) => self.run("DELETE FROM doc WHERE id = ?", [int(id.0)]),
            Touch::GoneShip(id) => {
                let id = [int(id.0)];
                self.run("DELETE FROM ship_doc WHERE ship = ?", id)?;
                self.run("DELETE FROM ship_number WHERE ship = ?", id)?;
                self.run("DELETE FROM ship WHERE id = ?", id)
            }
        }
    }

    fn seen(&self, key: &str) -> Result<(), StoreError> {
        let Some(last) = self.row.remembered(key) else {
            let sql = "DELETE FROM seen WHERE stream = ? AND key = ?";
            return self.run(sql, params![self.stream, key]);
        };
        self.run(
            "INSERT INTO seen (stream, key, at, version, n) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE \
             SET at = excluded.at, version = excluded.version, n = excluded.n",
            params![self.stream, key, last.at, last.version.0, last.n],
        )
    }

    fn new_doc(&self, id: DocId) -> Result<(), StoreError> {
        // Made and removed in one commit, it was never there.
        self.row
            .doc(id)
            .map_or(Ok(()), |doc| insert_doc(self.connection, self.stream, doc))
    }

    fn doc(&self, id: DocId) -> Result<(), StoreError> {
        let Some(doc) = self.row.doc(id) else {
            return Ok(());
        };
        let (code, detail) = columns(doc.stop.as_ref());
        self.run(
            "UPDATE doc SET phase = ?, code = ?, detail = ?, ship = ?, delivered_before = ? WHERE id = ?",
            params![
                doc.phase.name(),
                code,
                detail,
                doc.ship.map(|ship| int(ship.0)),
                doc.delivered_before,
                int(id.0)
            ],
        )
    }

    fn new_ship(&self, id: ShipId) -> Result<(), StoreError> {
        let ship = self.row.ship(id);
        ship.map_or(Ok(()), |ship| {
            insert_ship(self.connection, self.stream, id, ship)
        })
    }

    fn ship(&self, id: ShipId) -> Result<(), StoreError> {
        let Some(ship) = self.row.ship(id) else {
            return Ok(());
        };
        let delivery = &ship.delivery;
        self.run(
            "UPDATE ship SET phase = ?, attempt = ?, probes = ?, first_sent = ?, sent = ?, not_before = ?, \
             note = ?, name = ?, sha256 = ? WHERE id = ?",
            params![
                delivery.phase.name(),
                delivery.attempt,
                delivery.probes,
                delivery.first_sent.map(millis),
                delivery.sent.map(millis),
                delivery.not_before.map(millis),
                &*ship.note,
                ship.parcel.as_ref().map(|(name, _)| &**name),
                ship.parcel.as_ref().map(|(_, hash)| hash),
                int(id.0)
            ],
        )
    }

    fn given(&self, name: &str) -> Result<(), StoreError> {
        let Some(number) = self.series.get(name) else {
            return Ok(());
        };
        self.run(
            "INSERT INTO series (tenant, name, given) VALUES (?, ?, ?) \
             ON CONFLICT DO UPDATE SET given = excluded.given",
            params![self.tenant, name, int(*number)],
        )
    }

    fn past(&self, key: &str) -> Result<(), StoreError> {
        let Some(past) = self.row.past(key) else {
            return Ok(());
        };
        self.run(
            "INSERT INTO past (stream, key, at, version, n, delivered) VALUES (?, ?, ?, ?, ?, ?) \
             ON CONFLICT DO UPDATE SET at = excluded.at, version = excluded.version, n = excluded.n, \
             delivered = excluded.delivered",
            params![
                self.stream,
                key,
                past.last.at,
                past.last.version.0,
                past.last.n,
                past.delivered
            ],
        )
    }

    fn base(&self) -> Result<(), StoreError> {
        let base = &self.row.base;
        self.run(
            "UPDATE stream SET base_seq = ?, base_hash = ?, standing = ? WHERE id = ?",
            params![
                int(base.head.seq),
                base.head.hash,
                &*base.standing,
                self.stream
            ],
        )?;
        let through = params![self.stream, int(base.head.seq)];
        self.run(
            "DELETE FROM audit_key WHERE stream = ? AND seq <= ?",
            through,
        )?;
        self.run("DELETE FROM audit WHERE stream = ? AND seq <= ?", through)
    }

    fn event(&self, entry: &AuditEntry, keys: &[Box<str>]) -> Result<(), StoreError> {
        insert_event(
            self.connection,
            self.stream,
            entry,
            keys.iter().map(|key| &**key),
        )
    }

    fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<(), StoreError> {
        run(self.connection, sql, params)
    }
}

pub(super) fn insert_doc(
    connection: &Connection,
    stream: i64,
    doc: &Document,
) -> Result<(), StoreError> {
    let (code, detail) = columns(doc.stop.as_ref());
    run(
        connection,
        "INSERT INTO doc (id, stream, key, at, n, version, phase, code, detail, ship, delivered_before, \
         payload, created, replays) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            int(doc.id.0),
            stream,
            &*doc.key,
            doc.at,
            doc.n,
            doc.version.0,
            doc.phase.name(),
            code,
            detail,
            doc.ship.map(|ship| int(ship.0)),
            doc.delivered_before,
            &*doc.payload,
            millis(doc.created),
            doc.replays.map(|id| int(id.0))
        ],
    )
}

pub(super) fn insert_ship(
    connection: &Connection,
    stream: i64,
    id: ShipId,
    ship: &Ship,
) -> Result<(), StoreError> {
    let delivery = &ship.delivery;
    run(
        connection,
        "INSERT INTO ship (id, stream, lane, at, phase, attempt, probes, first_sent, sent, not_before, name, \
         sha256, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            int(id.0),
            stream,
            &*ship.lane,
            millis(ship.at),
            delivery.phase.name(),
            delivery.attempt,
            delivery.probes,
            delivery.first_sent.map(millis),
            delivery.sent.map(millis),
            delivery.not_before.map(millis),
            ship.parcel.as_ref().map(|(name, _)| &**name),
            ship.parcel.as_ref().map(|(_, hash)| hash),
            &*ship.note
        ],
    )?;
    for (place, doc) in (0_i64..).zip(ship.docs.iter()) {
        let sql = "INSERT INTO ship_doc (ship, place, doc) VALUES (?, ?, ?)";
        run(connection, sql, params![int(id.0), place, int(doc.0)])?;
    }
    for (place, taken) in (0_i64..).zip(ship.numbers.iter()) {
        run(
            connection,
            "INSERT INTO ship_number (ship, place, series, number) VALUES (?, ?, ?, ?)",
            params![int(id.0), place, &*taken.series, int(taken.number)],
        )?;
    }
    Ok(())
}

pub(super) fn insert_event<'k>(
    connection: &Connection,
    stream: i64,
    entry: &AuditEntry,
    keys: impl Iterator<Item = &'k str>,
) -> Result<(), StoreError> {
    run(
        connection,
        "INSERT INTO audit (stream, seq, hash, at, kind, body) VALUES (?, ?, ?, ?, ?, ?)",
        params![
            stream,
            int(entry.seq),
            entry.hash,
            millis(entry.at),
            &*entry.kind,
            &*entry.body
        ],
    )?;
    for key in keys {
        run(
            connection,
            "INSERT INTO audit_key (stream, key, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            params![stream, key, int(entry.seq)],
        )?;
    }
    Ok(())
}

pub(super) fn run(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<(), StoreError> {
    prepare(connection, sql)?
        .execute(params)
        .map(drop)
        .map_err(unavailable)
}

fn columns(stop: Option<&Stop>) -> (Option<&str>, Option<&str>) {
    (stop.map(|stop| &*stop.code), stop.map(|stop| &*stop.detail))
}
