//! The writing verb inside the caller's savepoint: read what the operations speak of, judge, write back.

use std::sync::Arc;
use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension, params};

use super::row::{int, prepare, uint};
use super::write::Outcome;
use super::{load, unavailable};
use crate::clock::millis;
use crate::lease::Lease;
use crate::store::ledger::{Ids, Named, Stream, commit as judge, whole};
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
    let (id, _) = held(connection, lease)?;
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
fn held(connection: &Connection, lease: &Lease) -> Result<(i64, Stream), StoreError> {
    match load::own(connection, &lease.stream)? {
        Some((id, row)) if row.epoch == lease.epoch.0 => Ok((id, row)),
        Some((_, row)) => Err(StoreError::Fenced(Epoch(row.epoch))),
        None => Err(StoreError::Fenced(Epoch(0))),
    }
}

/// Does all of `ops`; on an error the caller rolls its savepoint back.
pub(super) fn commit(
    connection: &Connection,
    lease: &Lease,
    ops: &[Op],
    now: SystemTime,
) -> Result<Committed, StoreError> {
    let (stream, mut row) = held(connection, lease)?;
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
        docs: (next(connection, "doc", named.new_docs)?..).map(DocId),
        ships: (next(connection, "ship", named.new_ships)?..).map(ShipId),
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
    let prunes = ops.iter().any(|op| matches!(op, Op::Prune { .. }));
    if prunes {
        keep_names(connection, &done.committed)?;
    }
    outcome.write()?;
    Ok(done.committed)
}

/// The first name that no row had, where one is wanted.
fn next(connection: &Connection, kind: &str, wanted: usize) -> Result<u64, StoreError> {
    match wanted {
        0 => Ok(0),
        _ => Ok(last(connection, kind)?.saturating_add(1)),
    }
}

/// A name is given once: before rows are removed, the last names are written down, those that this commit gives too.
fn keep_names(connection: &Connection, done: &Committed) -> Result<(), StoreError> {
    let doc = done.documents.last().map(|id| id.0);
    let ship = done.shipments.last().map(|ship| ship.id.0);
    for (kind, given) in [("doc", doc), ("ship", ship)] {
        let last = last(connection, kind)?.max(given.unwrap_or(0));
        prepare(
            connection,
            "INSERT INTO name (kind, last) VALUES (?, ?) ON CONFLICT DO UPDATE SET last = excluded.last",
        )?
        .execute(params![kind, int(last)])
        .map_err(unavailable)?;
    }
    Ok(())
}

/// The greatest name that a row of this table ever had.
pub(super) fn last(connection: &Connection, kind: &str) -> Result<u64, StoreError> {
    let sql = format!(
        "SELECT max(coalesce((SELECT max(id) FROM {kind}), 0), \
         coalesce((SELECT last FROM name WHERE kind = '{kind}'), 0))"
    );
    prepare(connection, &sql)?
        .query_row([], |row| row.get(0).map(uint))
        .map_err(unavailable)
}
