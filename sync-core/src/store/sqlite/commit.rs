//! The writing verb inside the caller's savepoint: read what the operations speak of, judge, write back.

use std::sync::Arc;
use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension, params};

use super::row::{int, prepare, stream_id, uint};
use super::write::Outcome;
use super::{load, unavailable};
use crate::clock::millis;
use crate::lease::Lease;
use crate::store::ledger::{Ids, Named, commit as judge, whole};
use crate::store::{Committed, DocId, Epoch, Op, Revision, ShipId, StoreError};
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
    let mut row = load::own(connection, stream)?;
    if ops.is_empty() {
        return Ok(Committed {
            revision: Revision(row.revision),
            documents: Vec::new(),
            shipments: Vec::new(),
        });
    }
    let tenant = lease.stream.tenant();
    let named = Named::by(ops);
    load::part(connection, stream, &named, &mut row)?;
    let mut series = load::series(connection, tenant, &named)?;
    // Nobody else writes this file, so the next names are known.
    let mut ids = Ids {
        docs: (last(connection, "doc", named.new_docs)?.saturating_add(1)..).map(DocId),
        ships: (last(connection, "ship", named.new_ships)?.saturating_add(1)..).map(ShipId),
    };
    let done = judge(&mut row, &mut series, &mut ids, whole(now), ops)?;
    let outcome = Outcome {
        connection,
        stream,
        tenant,
        row: &row,
        series: &series,
        touched: done.touched.into_iter().collect(),
        carried: done.carried,
        trail: &done.trail,
        ops,
    };
    outcome.write()?;
    if ops.iter().any(|op| matches!(op, Op::Prune { .. })) {
        keep_names(connection, &done.committed)?;
    }
    Ok(done.committed)
}

/// A name is given once: what one commit takes in and removes leaves no row that would remember it.
fn keep_names(connection: &Connection, done: &Committed) -> Result<(), StoreError> {
    let doc = done.documents.last().map(|id| id.0);
    let ship = done.shipments.last().map(|ship| ship.id.0);
    for (table, given) in [("doc", doc), ("ship", ship)] {
        let Some(given) = given else { continue };
        if last(connection, table, 1)? >= given {
            continue;
        }
        for sql in [
            "DELETE FROM sqlite_sequence WHERE name = ?1 AND ?2 IS NOT NULL",
            "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)",
        ] {
            prepare(connection, sql)?
                .execute(params![table, int(given)])
                .map_err(unavailable)?;
        }
    }
    Ok(())
}

/// The greatest name that a row of this table ever had.
fn last(connection: &Connection, table: &str, wanted: usize) -> Result<u64, StoreError> {
    if wanted == 0 {
        return Ok(0);
    }
    let seq: Option<i64> = prepare(connection, "SELECT seq FROM sqlite_sequence WHERE name = ?")?
        .query_row([table], |row| row.get(0))
        .optional()
        .map_err(unavailable)?;
    Ok(seq.map_or(0, uint))
}
