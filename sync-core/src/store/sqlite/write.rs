//! The rows that a commit has touched, written back.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{CachedStatement, Connection, Statement, params};

use super::row::{corrupt, int, prepare};
use super::unavailable;
use crate::audit::AuditEntry;
use crate::clock::millis;
use crate::source::Stop;
use crate::store::ledger::{By, Ship, Stream, Told, Touch};
use crate::store::{DocId, Document, Op, ShipId, StoreError};

/// What a commit leaves behind.
pub(super) struct Outcome<'a> {
    pub(super) connection: &'a Connection,
    pub(super) stream: i64,
    pub(super) tenant: &'a str,
    pub(super) row: &'a Stream,
    pub(super) series: &'a HashMap<Box<str>, u64>,
    pub(super) touched: BTreeSet<Touch>,
    pub(super) carried: BTreeSet<DocId>,
    pub(super) trail: &'a [Told],
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
        self.seen()?;
        self.new_docs()?;
        self.docs()?;
        for touch in &self.touched {
            self.touched(touch)?;
        }
        let mut events = Events::new(self.connection, self.stream)?;
        for told in self.trail {
            events.told(told, self.row)?;
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
            // The stream's own row is written in any case, and the others one kind after another.
            Touch::Cursor | Touch::Due | Touch::Seen(_) | Touch::NewDoc(_) | Touch::Doc(_) => {
                Ok(())
            }
            Touch::NewShip(id) => self.new_ship(*id),
            Touch::Ship(id) if self.touched.contains(&Touch::NewShip(*id)) => Ok(()),
            Touch::Ship(id) => self.ship(*id),
            Touch::Series(name) => self.given(name),
            Touch::Past(key) => self.past(key),
            Touch::Base => self.base(),
            Touch::GoneDoc(id) => {
                let id = [int(id.0)];
                self.run(KEEP_FOUND, id)?;
                self.run("DELETE FROM doc WHERE id = ?", id)
            }
            Touch::GoneShip(id) => {
                let id = [int(id.0)];
                self.run("DELETE FROM ship_doc WHERE ship = ?", id)?;
                self.run("DELETE FROM ship_number WHERE ship = ?", id)?;
                self.run("DELETE FROM ship WHERE id = ?", id)
            }
        }
    }

    fn seen(&self) -> Result<(), StoreError> {
        let keys = || {
            self.touched.iter().filter_map(|touch| match touch {
                Touch::Seen(key) => Some((key, self.row.remembered(key))),
                _ => None,
            })
        };
        for (key, _) in keys().filter(|(_, last)| last.is_none()) {
            let sql = "DELETE FROM seen WHERE stream = ? AND key = ?";
            self.run(sql, params![self.stream, key])?;
        }
        let mut insert = prepare(
            self.connection,
            "INSERT INTO seen (stream, key, at, version, n) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE \
             SET at = excluded.at, version = excluded.version, n = excluded.n",
        )?;
        for (key, last) in keys().filter_map(|(key, last)| Some((key, last?))) {
            insert
                .execute(params![self.stream, key, last.at, last.version.0, last.n])
                .map_err(unavailable)?;
        }
        Ok(())
    }

    fn new_docs(&self) -> Result<(), StoreError> {
        let mut insert = prepare(self.connection, INSERT_DOC)?;
        let told = self.trail.iter().filter_map(|told| match told.by {
            By::Document(id) => Some((id, told.entry.seq)),
            By::Keys | By::Entry(_) => None,
        });
        let told: HashMap<_, _> = told.collect();
        for touch in &self.touched {
            // Made and removed in one commit, it was never there.
            if let Touch::NewDoc(id) = touch
                && let Some(doc) = self.row.doc(*id)
            {
                let phase = self.row.kept_phase(doc);
                let told = told.get(id).copied();
                insert_doc(&mut insert, self.stream, doc, phase, told)?;
            }
        }
        Ok(())
    }

    fn docs(&self) -> Result<(), StoreError> {
        let mut update = prepare(
            self.connection,
            "UPDATE doc SET phase = ?, code = ?, detail = ?, ship = ?, delivered_before = ? WHERE id = ?",
        )?;
        for touch in &self.touched {
            let Touch::Doc(id) = touch else { continue };
            if self.carried.contains(id) || self.touched.contains(&Touch::NewDoc(*id)) {
                continue;
            }
            let Some(doc) = self.row.doc(*id) else {
                continue;
            };
            let (code, detail) = columns(doc.stop.as_ref());
            update
                .execute(params![
                    self.row.kept_phase(doc),
                    code,
                    detail,
                    doc.ship.map(|ship| int(ship.0)),
                    doc.delivered_before,
                    int(id.0)
                ])
                .map_err(unavailable)?;
        }
        Ok(())
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
        for sql in [
            "DELETE FROM audit_follow WHERE stream = ? AND seq <= ?",
            // What is still found by way of an entry that goes stays so.
            "DELETE FROM audit_key WHERE stream = ?1 AND seq <= ?2 AND NOT EXISTS (SELECT 1 FROM audit_follow \
             WHERE audit_follow.stream = ?1 AND audit_follow.first = audit_key.seq)",
            "DELETE FROM audit WHERE stream = ? AND seq <= ?",
        ] {
            self.run(sql, through)?;
        }
        Ok(())
    }

    fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<(), StoreError> {
        run(self.connection, sql, params)
    }
}

/// The entry that took a document in is found by itself when the document is removed.
const KEEP_FOUND: &str = "INSERT INTO audit_key (stream, key, seq) SELECT stream, key, told FROM doc \
     WHERE id = ? AND told IS NOT NULL ON CONFLICT DO NOTHING";

pub(super) const INSERT_DOC: &str = "INSERT INTO doc (id, stream, key, at, n, version, phase, code, detail, ship, \
     delivered_before, payload, created, replays, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Runs [`INSERT_DOC`] for a document of which the row has this for its phase; `told` is the number of the entry that
/// took it in, where that is found by way of the document.
pub(super) fn insert_doc(
    insert: &mut Statement<'_>,
    stream: i64,
    doc: &Document,
    phase: &str,
    told: Option<u64>,
) -> Result<(), StoreError> {
    let (code, detail) = columns(doc.stop.as_ref());
    insert
        .execute(params![
            int(doc.id.0),
            stream,
            &*doc.key,
            doc.at,
            doc.n,
            doc.version.0,
            phase,
            code,
            detail,
            doc.ship.map(|ship| int(ship.0)),
            doc.delivered_before,
            &*doc.payload,
            millis(doc.created),
            doc.replays.map(|id| int(id.0)),
            told.map(int)
        ])
        .map(drop)
        .map_err(unavailable)
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
         sha256, note, prepared) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            &*ship.note,
            ship.prepared.map(int)
        ],
    )?;
    let sql = "INSERT INTO ship_doc (ship, place, doc) VALUES (?, ?, ?)";
    let mut insert = prepare(connection, sql)?;
    for (place, doc) in (0_i64..).zip(ship.docs.iter()) {
        insert
            .execute(params![int(id.0), place, int(doc.0)])
            .map_err(unavailable)?;
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

/// Writes entries of a trail.
pub(super) struct Events<'a> {
    stream: i64,
    entry: CachedStatement<'a>,
    key: CachedStatement<'a>,
    follow: CachedStatement<'a>,
}

impl<'a> Events<'a> {
    pub(super) fn new(connection: &'a Connection, stream: i64) -> Result<Self, StoreError> {
        Ok(Self {
            stream,
            entry: prepare(
                connection,
                "INSERT INTO audit (stream, seq, hash, at, kind, body) VALUES (?, ?, ?, ?, ?, ?)",
            )?,
            key: prepare(
                connection,
                "INSERT INTO audit_key (stream, key, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            )?,
            follow: prepare(
                connection,
                "INSERT INTO audit_follow (stream, first, seq) VALUES (?, ?, ?)",
            )?,
        })
    }

    /// One event of a commit, and how it is found.
    fn told(&mut self, told: &Told, row: &Stream) -> Result<(), StoreError> {
        let keys: &[Box<str>] = match told.by {
            // Made and removed in one commit, the document was never there.
            By::Document(id) if row.doc(id).is_some() => &[],
            By::Keys | By::Document(_) => &told.keys,
            By::Entry(first) => {
                self.follow
                    .execute(params![self.stream, int(first), int(told.entry.seq)])
                    .map_err(unavailable)?;
                &[]
            }
        };
        self.insert(&told.entry, keys.iter().map(|key| &**key))
    }

    /// One entry, found under these keys.
    pub(super) fn insert<'k>(
        &mut self,
        entry: &AuditEntry,
        keys: impl Iterator<Item = &'k str>,
    ) -> Result<(), StoreError> {
        self.entry
            .execute(params![
                self.stream,
                int(entry.seq),
                entry.hash,
                millis(entry.at),
                &*entry.kind,
                &*entry.body
            ])
            .map_err(unavailable)?;
        for key in keys {
            self.key
                .execute(params![self.stream, key, int(entry.seq)])
                .map_err(unavailable)?;
        }
        Ok(())
    }
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
