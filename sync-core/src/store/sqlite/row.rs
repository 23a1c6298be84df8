//! Rows to values and back.

use bytes::Bytes;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use super::unavailable;
use crate::audit::AuditEntry;
use crate::clock::from_millis;
use crate::delivery::{Delivery, Phase};
use crate::record::{LastVersion, Version};
use crate::source::Stop;
use crate::store::ledger::phase_of;
use crate::store::{DocId, Document, ShipId, Shipment, ShipmentFilter, StoreError};
use crate::stream::StreamKey;

/// Ids and numbers of the ledger stay far below the sign bit.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(super) fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(error.to_string().into())
}

pub(super) fn prepare<'a>(
    connection: &'a Connection,
    sql: &str,
) -> Result<CachedStatement<'a>, StoreError> {
    connection.prepare_cached(sql).map_err(unavailable)
}

/// The row of a stream, `None` before it was ever acquired.
pub(super) fn stream_id(
    connection: &Connection,
    stream: &StreamKey,
) -> Result<Option<i64>, StoreError> {
    prepare(
        connection,
        "SELECT id FROM stream WHERE tenant = ? AND pipeline = ? AND partition = ?",
    )?
    .query_row(
        params![stream.tenant(), stream.pipeline(), stream.partition()],
        |row| row.get(0),
    )
    .optional()
    .map_err(unavailable)
}

impl FromSql for Phase {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value
            .as_str()?
            .parse()
            .map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

impl FromSql for Version {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 16]>::column_result(value).map(Self)
    }
}

/// The columns of [`document`], with `delivered_before` counted now where no shipment has frozen it.
pub(super) const DOCUMENT: &str = concat!(
    "doc.id, doc.key, doc.at, doc.n, doc.version, ",
    phase_of!("doc"),
    ", doc.code, doc.detail, doc.ship, CASE WHEN doc.ship IS NULL THEN \
       (SELECT count(*) FROM doc AS old WHERE old.stream = doc.stream AND old.key = doc.key AND old.id < doc.id \
        AND ",
    phase_of!("old"),
    " IN ('confirmed', 'acknowledged')) + coalesce((SELECT delivered FROM past \
        WHERE past.stream = doc.stream AND past.key = doc.key), 0) \
     ELSE doc.delivered_before END, doc.payload, doc.created, doc.replays"
);

/// The same as they are kept, without the payload.
pub(super) const BARE: &str = concat!(
    "doc.id, doc.key, doc.at, doc.n, doc.version, ",
    phase_of!("doc"),
    ", doc.code, doc.detail, doc.ship, doc.delivered_before, x'', doc.created, doc.replays"
);

/// The same with the payload.
pub(super) const KEPT: &str = concat!(
    "doc.id, doc.key, doc.at, doc.n, doc.version, ",
    phase_of!("doc"),
    ", doc.code, doc.detail, doc.ship, doc.delivered_before, doc.payload, doc.created, doc.replays"
);

pub(super) fn document(row: &Row<'_>) -> rusqlite::Result<Document> {
    let stop = match (
        row.get::<_, Option<Box<str>>>(6)?,
        row.get::<_, Option<Box<str>>>(7)?,
    ) {
        (Some(code), Some(detail)) => Some(Stop { code, detail }),
        _ => None,
    };
    Ok(Document {
        id: DocId(uint(row.get(0)?)),
        key: row.get(1)?,
        at: row.get(2)?,
        n: row.get(3)?,
        version: row.get(4)?,
        phase: row.get(5)?,
        stop,
        ship: row.get::<_, Option<i64>>(8)?.map(|id| ShipId(uint(id))),
        delivered_before: row.get(9)?,
        payload: Bytes::from(row.get::<_, Vec<u8>>(10)?),
        created: from_millis(row.get(11)?),
        replays: row.get::<_, Option<i64>>(12)?.map(|id| DocId(uint(id))),
    })
}

/// One shipment of a stream, with its members and its numbers.
pub(super) fn shipment(
    connection: &Connection,
    stream: i64,
    id: ShipId,
) -> Result<Option<Shipment>, StoreError> {
    let Some(mut shipment) = bare_shipment(connection, stream, id)? else {
        return Ok(None);
    };
    shipment.docs = prepare(
        connection,
        &format!(
            "SELECT {DOCUMENT} FROM ship_doc JOIN doc ON doc.id = ship_doc.doc \
             WHERE ship_doc.ship = ? ORDER BY place"
        ),
    )?
    .query_map([int(id.0)], document)
    .and_then(Iterator::collect)
    .map_err(unavailable)?;
    shipment.numbers = super::load::numbers(connection, id)?;
    Ok(Some(shipment))
}

/// One shipment of a stream, without its members and its numbers.
pub(super) fn bare_shipment(
    connection: &Connection,
    stream: i64,
    id: ShipId,
) -> Result<Option<Shipment>, StoreError> {
    prepare(
        connection,
        &format!("SELECT {BARE_SHIPMENT} FROM ship WHERE id = ? AND stream = ?"),
    )?
    .query_row(params![int(id.0), stream], of_shipment)
    .optional()
    .map_err(unavailable)
}

/// What [`of_shipment`] reads.
const BARE_SHIPMENT: &str =
    "lane, at, phase, attempt, probes, first_sent, sent, not_before, name, sha256, note, id";

fn of_shipment(row: &Row<'_>) -> rusqlite::Result<Shipment> {
    let time = |place| {
        row.get::<_, Option<i64>>(place)
            .map(|at| at.map(from_millis))
    };
    let delivery = Delivery {
        phase: row.get(2)?,
        attempt: row.get(3)?,
        probes: row.get(4)?,
        first_sent: time(5)?,
        sent: time(6)?,
        not_before: time(7)?,
    };
    let parcel = row
        .get::<_, Option<Box<str>>>(8)?
        .zip(row.get::<_, Option<[u8; 32]>>(9)?);
    Ok(Shipment {
        id: ShipId(uint(row.get(11)?)),
        lane: row.get(0)?,
        docs: Vec::new(),
        numbers: Vec::new(),
        at: from_millis(row.get(1)?),
        parcel,
        delivery,
        note: row.get(10)?,
    })
}

/// Shipments of a stream in these phases, without their members and numbers.
pub(super) fn bare_shipments(
    connection: &Connection,
    stream: i64,
    filter: &ShipmentFilter,
) -> Result<Vec<Shipment>, StoreError> {
    // Phases are our own names, never text from outside.
    let wanted = filter.wanted();
    let names: Vec<_> = wanted
        .iter()
        .map(|phase| format!("'{}'", phase.name()))
        .collect();
    let sql = format!(
        "SELECT {BARE_SHIPMENT} FROM ship WHERE stream = ?1 AND id > ?2 AND phase IN ({}) \
         ORDER BY id LIMIT ?3",
        names.join(", ")
    );
    let after = filter.after.map_or(0, |after| int(after.0));
    let limit = i64::try_from(filter.most()).unwrap_or(i64::MAX);
    prepare(connection, &sql)?
        .query_map(params![stream, after, limit], of_shipment)
        .and_then(Iterator::collect)
        .map_err(unavailable)
}

/// The last number that a series has given.
pub(super) fn given(
    connection: &Connection,
    tenant: &str,
    series: &str,
) -> Result<Option<u64>, StoreError> {
    let given: Option<i64> = prepare(
        connection,
        "SELECT given FROM series WHERE tenant = ? AND name = ?",
    )?
    .query_row([tenant, series], |row| row.get(0))
    .optional()
    .map_err(unavailable)?;
    Ok(given.map(uint))
}

/// `at, version, n`.
pub(super) fn last_version_of(row: &Row<'_>) -> rusqlite::Result<LastVersion> {
    Ok(LastVersion {
        at: row.get::<_, Option<i64>>(0)?.unwrap_or(i64::MIN),
        version: row.get(1)?,
        n: row.get(2)?,
    })
}

/// The last version of a key: what is remembered of it, else its newest document.
pub(super) fn last_version(
    connection: &Connection,
    stream: i64,
    key: &str,
) -> Result<Option<LastVersion>, StoreError> {
    let version = last_version_of;
    let seen = prepare(
        connection,
        "SELECT at, version, n FROM seen WHERE stream = ? AND key = ?",
    )?
    .query_row(params![stream, key], version)
    .optional()
    .map_err(unavailable)?;
    if seen.is_some() {
        return Ok(seen);
    }
    let document = prepare(
        connection,
        "SELECT at, version, n FROM doc WHERE stream = ? AND key = ? ORDER BY n DESC, id DESC LIMIT 1",
    )?
    .query_row(params![stream, key], version)
    .optional()
    .map_err(unavailable)?;
    if document.is_some() {
        return Ok(document);
    }
    prepare(
        connection,
        "SELECT at, version, n FROM past WHERE stream = ? AND key = ?",
    )?
    .query_row(params![stream, key], version)
    .optional()
    .map_err(unavailable)
}

/// The columns of [`entry`].
pub(super) const ENTRY: &str = "audit.seq, audit.hash, audit.at, audit.kind, audit.body";

pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        seq: uint(row.get(0)?),
        hash: row.get(1)?,
        at: from_millis(row.get(2)?),
        kind: row.get(3)?,
        body: Bytes::from(row.get::<_, Vec<u8>>(4)?),
    })
}
