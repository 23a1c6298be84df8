//! What readers ask.

use std::time::SystemTime;

use rusqlite::{Connection, params};

use super::row::{
    DOCUMENT, ENTRY, bare_shipments, corrupt, document, entry, int, last_version, prepare,
    shipment as one_shipment, stream_id, uint,
};
use super::unavailable;
use crate::audit::{AuditEntry, AuditFilter, is_number_key, until};
use crate::clock::{from_millis, millis};
use crate::cursor::Cursor;
use crate::delivery::Phase;
use crate::record::{Novelty, RecordId};
use crate::store::advance::known_schema;
use crate::store::ledger::phase_of;
use crate::store::{
    Document, DocumentFilter, PhaseCounts, Revision, ShipId, Shipment, ShipmentFilter, StoreError,
    StreamStatus, TrailBase, Work,
};
use crate::stream::StreamKey;

pub(super) fn load(
    connection: &Connection,
    stream: &StreamKey,
) -> Result<(Revision, Option<Cursor>), StoreError> {
    let Some(id) = stream_id(connection, stream)? else {
        return Ok((Revision(0), None));
    };
    let (revision, cursor): (i64, Option<String>) = prepare(
        connection,
        "SELECT revision, cursor FROM stream WHERE id = ?",
    )?
    .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
    .map_err(unavailable)?;
    let cursor = cursor.map(|text| self::cursor(&text)).transpose()?;
    if let Some(cursor) = &cursor {
        known_schema(cursor)?;
    }
    Ok((Revision(uint(revision)), cursor))
}

pub(super) fn cursor(text: &str) -> Result<Cursor, StoreError> {
    serde_json::from_str(text).map_err(corrupt)
}

pub(super) fn classify(
    connection: &Connection,
    stream: &StreamKey,
    ids: &[RecordId],
) -> Result<Vec<Novelty>, StoreError> {
    let Some(stream) = stream_id(connection, stream)? else {
        return Ok(vec![Novelty::New; ids.len()]);
    };
    ids.iter()
        .map(|id| {
            Ok(Novelty::judge(
                id,
                last_version(connection, stream, &id.key)?.as_ref(),
            ))
        })
        .collect()
}

pub(super) fn work(
    connection: &Connection,
    stream: &StreamKey,
    now: SystemTime,
    limit: usize,
) -> Result<Work, StoreError> {
    let Some(stream) = stream_id(connection, stream)? else {
        return Ok(Work::default());
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let now = millis(now);
    let open: i64 = prepare(
        connection,
        "SELECT (SELECT count(*) FROM doc WHERE stream = ?1 \
           AND phase IN ('intent', 'prepared', 'sent', 'in-doubt', 'review')) \
         + (SELECT count(*) FROM ship CROSS JOIN ship_doc ON ship_doc.ship = ship.id \
           CROSS JOIN doc ON doc.id = ship_doc.doc AND doc.ship = ship.id AND doc.phase = 'ship' \
           WHERE ship.stream = ?1 AND ship.phase IN ('prepared', 'sent', 'in-doubt', 'review'))",
    )?
    .query_row([stream], |row| row.get(0))
    .map_err(unavailable)?;
    let ready = prepare(
        connection,
        &format!(
            "SELECT {DOCUMENT} FROM doc WHERE doc.stream = ? AND doc.phase = 'intent' AND NOT EXISTS \
             (SELECT 1 FROM doc AS early WHERE early.stream = doc.stream AND early.key = doc.key \
              AND early.id < doc.id AND {} IN ('prepared', 'sent', 'in-doubt', 'review')) \
             ORDER BY doc.id LIMIT ?",
            phase_of!("early")
        ),
    )?
    .query_map([stream, limit], document)
    .and_then(Iterator::collect)
    .map_err(unavailable)?;
    let live: Vec<i64> = prepare(
        connection,
        "SELECT id FROM ship WHERE stream = ?1 AND (phase = 'sent' OR \
         (phase IN ('prepared', 'in-doubt') AND (not_before IS NULL OR not_before <= ?2))) \
         ORDER BY id LIMIT ?3",
    )?
    .query_map([stream, now, limit], |row| row.get(0))
    .and_then(Iterator::collect)
    .map_err(unavailable)?;
    let mut shipments = Vec::with_capacity(live.len());
    for id in live {
        shipments.extend(one_shipment(connection, stream, ShipId(uint(id)))?);
    }
    let next: Option<i64> = prepare(
        connection,
        "SELECT min(not_before) FROM ship WHERE stream = ? AND phase IN ('prepared', 'in-doubt') \
         AND not_before > ?",
    )?
    .query_row([stream, now], |row| row.get(0))
    .map_err(unavailable)?;
    Ok(Work {
        open: uint(open),
        ready,
        shipments,
        next: next.map(from_millis),
    })
}

pub(super) fn documents(
    connection: &Connection,
    stream: &StreamKey,
    filter: &DocumentFilter,
) -> Result<Vec<Document>, StoreError> {
    let Some(stream) = stream_id(connection, stream)? else {
        return Ok(Vec::new());
    };
    let limit = if filter.limit == 0 {
        i64::MAX
    } else {
        i64::try_from(filter.limit).unwrap_or(i64::MAX)
    };
    let after = filter.after.map_or(0, |after| int(after.0));
    // Phases are our own names, never text from outside.
    let names: Vec<_> = filter
        .phases
        .iter()
        .map(|phase| format!("'{}'", phase.name()))
        .collect();
    let phases = if names.is_empty() {
        String::new()
    } else if filter.key.is_some() {
        format!("AND {} IN ({})", phase_of!("doc"), names.join(", "))
    } else {
        in_phases(&filter.phases, &names.join(", "))
    };
    let key = if filter.key.is_some() {
        "AND doc.key = ?4"
    } else {
        "AND ?4 IS NULL"
    };
    let columns = if filter.bare {
        &DOCUMENT.replace("doc.payload", "x''")
    } else {
        DOCUMENT
    };
    let sql = format!(
        "SELECT {columns} FROM doc WHERE doc.stream = ?1 AND doc.id > ?2 {phases} {key} \
         ORDER BY doc.id LIMIT ?3"
    );
    prepare(connection, &sql)?
        .query_map(
            params![stream, after, limit, filter.key.as_deref()],
            document,
        )
        .and_then(Iterator::collect)
        .map_err(unavailable)
}

/// Which documents are in these phases, without looking at all of them.
fn in_phases(phases: &[Phase], names: &str) -> String {
    let own = format!(
        "SELECT own.id FROM doc AS own WHERE own.stream = ?1 AND own.phase IN ({names}) AND own.id > ?2 \
         ORDER BY own.id LIMIT ?3"
    );
    let delivered = [Phase::Confirmed, Phase::Acknowledged];
    let carried = if phases.iter().any(|phase| delivered.contains(phase)) {
        // Most that ever was: in their order, as many as are wanted.
        format!(
            "SELECT of.id FROM doc AS of JOIN ship ON ship.id = of.ship WHERE of.stream = ?1 AND of.phase = 'ship' \
             AND of.id > ?2 AND ship.phase IN ({names}) ORDER BY of.id LIMIT ?3"
        )
    } else {
        // Few: by their shipments.
        format!(
            "SELECT of.id FROM ship CROSS JOIN ship_doc ON ship_doc.ship = ship.id \
             CROSS JOIN doc AS of ON of.id = ship_doc.doc AND of.ship = ship.id AND of.phase = 'ship' \
             WHERE ship.stream = ?1 AND ship.phase IN ({names}) AND of.id > ?2 ORDER BY of.id LIMIT ?3"
        )
    };
    format!("AND doc.id IN (SELECT id FROM ({own}) UNION ALL SELECT id FROM ({carried}))")
}

pub(super) fn shipment(
    connection: &Connection,
    stream: &StreamKey,
    id: ShipId,
) -> Result<Option<Shipment>, StoreError> {
    match stream_id(connection, stream)? {
        Some(stream) => one_shipment(connection, stream, id),
        None => Ok(None),
    }
}

pub(super) fn shipments(
    connection: &Connection,
    stream: &StreamKey,
    filter: &ShipmentFilter,
) -> Result<Vec<Shipment>, StoreError> {
    match stream_id(connection, stream)? {
        Some(stream) => bare_shipments(connection, stream, filter),
        None => Ok(Vec::new()),
    }
}

pub(super) fn counts(
    connection: &Connection,
    stream: &StreamKey,
) -> Result<PhaseCounts, StoreError> {
    let Some(stream) = stream_id(connection, stream)? else {
        return Ok(PhaseCounts::default());
    };
    prepare(
        connection,
        "SELECT phase, sum(n) FROM ( \
           SELECT phase, count(*) AS n FROM doc WHERE stream = ?1 AND phase <> 'ship' GROUP BY phase \
           UNION ALL \
           SELECT ship.phase, count(*) AS n FROM doc JOIN ship ON ship.id = doc.ship \
           WHERE doc.stream = ?1 AND doc.phase = 'ship' GROUP BY ship.phase) GROUP BY phase",
    )?
    .query_map([stream], |row| {
        Ok((row.get::<_, Phase>(0)?, uint(row.get(1)?)))
    })
    .and_then(Iterator::collect)
    .map(PhaseCounts)
    .map_err(unavailable)
}

pub(super) fn streams(
    connection: &Connection,
    now: SystemTime,
) -> Result<Vec<StreamStatus>, StoreError> {
    let now = millis(now);
    let rows: Vec<(StreamStatus, Option<String>)> = prepare(
        connection,
        "SELECT tenant, pipeline, partition, revision, cursor, owner, lease_until, due, audit_seq \
         FROM stream ORDER BY tenant, pipeline, partition",
    )?
    .query_map([], |row| {
        let text = |place| row.get::<_, String>(place);
        let until: i64 = row.get(6)?;
        let holder = row.get::<_, Option<Box<str>>>(5)?.filter(|_| until > now);
        let status = StreamStatus {
            stream: StreamKey::new(text(0)?, text(1)?, text(2)?),
            revision: Revision(uint(row.get(3)?)),
            cursor: None,
            holder: holder.map(|holder| (holder, from_millis(until))),
            due: row.get::<_, Option<i64>>(7)?.map(from_millis),
            audited: uint(row.get(8)?),
        };
        Ok((status, row.get(4)?))
    })
    .and_then(Iterator::collect)
    .map_err(unavailable)?;
    rows.into_iter()
        .map(|(status, text)| {
            let cursor = text.map(|text| cursor(&text)).transpose()?;
            Ok(StreamStatus { cursor, ..status })
        })
        .collect()
}

pub(super) fn audit(
    connection: &Connection,
    stream: &StreamKey,
    from: u64,
    limit: usize,
) -> Result<Vec<AuditEntry>, StoreError> {
    let Some(stream) = stream_id(connection, stream)? else {
        return Ok(Vec::new());
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    prepare(
        connection,
        &format!("SELECT {ENTRY} FROM audit WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT ?"),
    )?
    .query_map([stream, int(from), limit], entry)
    .and_then(Iterator::collect)
    .map_err(unavailable)
}

/// The numbers of the entries of a stream (?1) that are found under a key (?2): its own, those that took its documents
/// in, and those about shipments that such an entry has prepared. A number of a series (?3) is no key of a shipment's members.
const OF_KEY: &str = "SELECT seq FROM audit_key WHERE stream = ?1 AND key = ?2 UNION \
     SELECT told FROM doc WHERE stream = ?1 AND key = ?2 AND told IS NOT NULL UNION \
     SELECT audit_follow.seq FROM audit_key CROSS JOIN audit_follow \
     ON audit_follow.stream = audit_key.stream AND audit_follow.first = audit_key.seq \
     WHERE audit_key.stream = ?1 AND audit_key.key = ?2 AND NOT ?3";

pub(super) fn audit_of(
    connection: &Connection,
    stream: &StreamKey,
    key: &str,
    limit: usize,
) -> Result<Vec<AuditEntry>, StoreError> {
    let Some(stream) = stream_id(connection, stream)? else {
        return Ok(Vec::new());
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    prepare(
        connection,
        &format!(
            "SELECT {ENTRY} FROM audit WHERE audit.stream = ?1 AND audit.seq IN ({OF_KEY}) \
             ORDER BY audit.seq LIMIT ?4"
        ),
    )?
    .query_map(params![stream, key, is_number_key(key), limit], entry)
    .and_then(Iterator::collect)
    .map_err(unavailable)
}

pub(super) fn due(
    connection: &Connection,
    stream: &StreamKey,
) -> Result<Option<SystemTime>, StoreError> {
    let Some(id) = stream_id(connection, stream)? else {
        return Ok(None);
    };
    let due: Option<i64> = prepare(connection, "SELECT due FROM stream WHERE id = ?")?
        .query_row([id], |row| row.get(0))
        .map_err(unavailable)?;
    Ok(due.map(from_millis))
}

pub(super) fn audit_find(
    connection: &Connection,
    stream: &StreamKey,
    filter: &AuditFilter,
) -> Result<Vec<AuditEntry>, StoreError> {
    let Some(stream) = stream_id(connection, stream)? else {
        return Ok(Vec::new());
    };
    let limit = i64::try_from(filter.page()).unwrap_or(i64::MAX);
    let key = filter.indexed();
    let of = match key {
        Some(_) => format!("audit.seq IN ({OF_KEY})"),
        None => "?2 IS NULL AND NOT ?3".to_owned(),
    };
    prepare(
        connection,
        &format!(
            "SELECT {ENTRY} FROM audit WHERE {of} AND audit.stream = ?1 AND audit.seq > ?4 \
             AND audit.at >= ?5 AND audit.at < ?6 ORDER BY audit.seq LIMIT ?7"
        ),
    )?
    .query_map(
        params![
            stream,
            key,
            key.as_deref().is_some_and(is_number_key),
            int(filter.after),
            filter.since.map_or(i64::MIN, until),
            filter.before.map_or(i64::MAX, until),
            limit
        ],
        entry,
    )
    .and_then(Iterator::collect)
    .map_err(unavailable)
}

pub(super) fn trail_base(
    connection: &Connection,
    stream: &StreamKey,
) -> Result<TrailBase, StoreError> {
    let Some(id) = stream_id(connection, stream)? else {
        return Ok(TrailBase::default());
    };
    super::load::whole(connection, id).map(|stream| stream.base)
}

pub(super) fn overdue(
    connection: &Connection,
    now: SystemTime,
    limit: usize,
) -> Result<Vec<(StreamKey, SystemTime)>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    prepare(
        connection,
        "SELECT tenant, pipeline, partition, due FROM stream WHERE due < ? \
         ORDER BY due, tenant, pipeline, partition LIMIT ?",
    )?
    .query_map([millis(now), limit], |row| {
        let text = |place| row.get::<_, String>(place);
        Ok((
            StreamKey::new(text(0)?, text(1)?, text(2)?),
            from_millis(row.get(3)?),
        ))
    })
    .and_then(Iterator::collect)
    .map_err(unavailable)
}
