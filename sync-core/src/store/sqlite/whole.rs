//! A whole ledger, row by row.

use rusqlite::{Connection, Params, params};

use super::commit;
use super::load::{ship, whole};
use super::row::{ENTRY, KEPT, document, entry, int, last_version_of, prepare, stream_id, uint};
use super::schema::CARRIED;
use super::unavailable;
use super::write::{Events, INSERT_DOC, insert_doc, insert_ship, run};
use crate::audit::indexed_under;
use crate::store::ledger::rows as convert;
use crate::store::row::VersionRow;
use crate::store::transfer::{FOR_EVER, IMPORTING, Part, Stage, no_stream, not_empty, twice};
use crate::store::{Row, ShipId, StoreError};
use crate::stream::StreamKey;

pub(super) fn rows(
    connection: &Connection,
    after: Option<&Row>,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let (mut rows, mut stage) = (Vec::new(), Stage::after(after));
    while rows.len() < limit && stage != Stage::Done {
        let wanted = limit - rows.len();
        let page = page(connection, &stage, wanted)?;
        stage = stage.then(&page, wanted);
        rows.extend(page);
    }
    Ok(rows)
}

fn page(connection: &Connection, stage: &Stage, limit: usize) -> Result<Vec<Row>, StoreError> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    match stage {
        Stage::Names => names(connection).map(|row| vec![row]),
        Stage::Series(after) => {
            let (tenant, name) = after.clone().unzip();
            all(
                connection,
                "SELECT tenant, name, given FROM series \
                 WHERE ?1 IS NULL OR (tenant, name) > (?1, ?2) ORDER BY tenant, name LIMIT ?3",
                params![tenant, name, most],
                |row| {
                    Ok(Row::Series {
                        tenant: row.get(0)?,
                        name: row.get(1)?,
                        given: uint(row.get(2)?),
                    })
                },
            )
        }
        Stage::Next(after) => {
            let part = |read: fn(&StreamKey) -> &str| after.as_ref().map(read);
            let next = all(
                connection,
                "SELECT id, tenant, pipeline, partition FROM stream \
                 WHERE ?1 IS NULL OR (tenant, pipeline, partition) > (?1, ?2, ?3) \
                 ORDER BY tenant, pipeline, partition LIMIT 1",
                params![
                    part(StreamKey::tenant),
                    part(StreamKey::pipeline),
                    part(StreamKey::partition)
                ],
                |row| {
                    let text = |place| row.get::<_, String>(place);
                    let id: i64 = row.get(0)?;
                    Ok((id, StreamKey::new(text(1)?, text(2)?, text(3)?)))
                },
            )?;
            let row = |(id, stream)| Ok(whole(connection, id)?.own_row(&stream));
            next.into_iter().map(row).collect()
        }
        Stage::Part(stream, part, after) => match stream_id(connection, stream)? {
            Some(id) => of_stream(connection, stream, id, *part, after.as_deref(), most),
            None => Ok(Vec::new()),
        },
        Stage::Done => Ok(Vec::new()),
    }
}

fn names(connection: &Connection) -> Result<Row, StoreError> {
    Ok(Row::Names {
        last_doc: commit::last(connection, "doc")?,
        last_ship: commit::last(connection, "ship")?,
    })
}

fn of_stream(
    connection: &Connection,
    stream: &StreamKey,
    id: i64,
    part: Part,
    after: Option<&Row>,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let key = match after {
        Some(Row::Past(row) | Row::Seen(row)) => Some(&*row.key),
        _ => None,
    };
    let number = match after {
        Some(Row::Document(row)) => row.id.0,
        Some(Row::Shipment(row)) => row.id.0,
        Some(Row::Event(row)) => row.seq,
        _ => 0,
    };
    let number = params![id, int(number), limit];
    match part {
        Part::Past => {
            let rows = versions(
                connection,
                stream,
                "delivered FROM past",
                params![id, key, limit],
            )?;
            Ok(rows.into_iter().map(Row::Past).collect())
        }
        Part::Seen => {
            let rows = versions(connection, stream, "0 FROM seen", params![id, key, limit])?;
            Ok(rows.into_iter().map(Row::Seen).collect())
        }
        Part::Documents => all(
            connection,
            &format!("SELECT {KEPT} FROM doc WHERE stream = ? AND id > ? ORDER BY id LIMIT ?"),
            number,
            |row| Ok(convert::document(stream, &document(row)?)),
        ),
        Part::Shipments => {
            let ids = all(
                connection,
                "SELECT id FROM ship WHERE stream = ? AND id > ? ORDER BY id LIMIT ?",
                number,
                |row| row.get(0).map(|id| ShipId(uint(id))),
            )?;
            let mut rows = Vec::with_capacity(ids.len());
            for ship_id in ids {
                if let Some(ship) = ship(connection, id, ship_id)? {
                    rows.push(convert::shipment(stream, ship_id, &ship));
                }
            }
            Ok(rows)
        }
        Part::Events => all(
            connection,
            &format!("SELECT {ENTRY} FROM audit WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?"),
            number,
            |row| Ok(convert::event(stream, &entry(row)?)),
        ),
    }
}

fn versions(
    connection: &Connection,
    stream: &StreamKey,
    from: &str,
    params: impl Params,
) -> Result<Vec<VersionRow>, StoreError> {
    let sql = format!(
        "SELECT at, version, n, key, {from} WHERE stream = ?1 AND (?2 IS NULL OR key > ?2) ORDER BY key LIMIT ?3"
    );
    all(connection, &sql, params, |row| {
        let key: Box<str> = row.get(3)?;
        Ok(convert::version(
            stream,
            &key,
            last_version_of(row)?,
            row.get(4)?,
        ))
    })
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    prepare(connection, sql)?
        .query_map(params, read)
        .and_then(Iterator::collect)
        .map_err(unavailable)
}

/// Writes rows; an error takes all of them back.
pub(super) fn restore(connection: &Connection, rows: &[Row]) -> Result<(), StoreError> {
    rows.iter().try_for_each(|row| put(connection, row))
}

fn put(connection: &Connection, row: &Row) -> Result<(), StoreError> {
    let stream = match row.stream() {
        Some(stream) => stream_id(connection, stream)?,
        None => None,
    };
    let insert = |sql: &str, params: &[&dyn rusqlite::ToSql]| match run(connection, sql, params) {
        Err(StoreError::Unavailable(text)) if text.contains("UNIQUE") => Err(twice(row)),
        other => other,
    };
    let known = || stream.ok_or_else(|| no_stream(row));
    match row {
        Row::Begin => {
            let full: bool = prepare(
                connection,
                "SELECT EXISTS (SELECT 1 FROM stream) OR EXISTS (SELECT 1 FROM series)",
            )?
            .query_row([], |row| row.get(0))
            .map_err(unavailable)?;
            if full { Err(not_empty()) } else { Ok(()) }
        }
        Row::Names {
            last_doc,
            last_ship,
        } => {
            for (kind, last) in [("doc", last_doc), ("ship", last_ship)] {
                let sql = "INSERT OR REPLACE INTO name (kind, last) VALUES (?, ?)";
                run(connection, sql, params![kind, int(*last)])?;
            }
            Ok(())
        }
        Row::Series {
            tenant,
            name,
            given,
        } => insert(
            "INSERT INTO series (tenant, name, given) VALUES (?, ?, ?)",
            params![tenant, name, int(*given)],
        ),
        Row::Stream(own) => {
            let cursor = own.cursor.as_ref().map(serde_json::to_string).transpose();
            insert(
                "INSERT INTO stream (tenant, pipeline, partition, epoch, owner, lease_until, revision, cursor, due, \
                 audit_seq, audit_head, base_seq, base_hash, standing) \
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    own.stream.tenant(),
                    own.stream.pipeline(),
                    own.stream.partition(),
                    int(own.epoch),
                    IMPORTING,
                    FOR_EVER,
                    int(own.revision),
                    cursor.map_err(super::row::corrupt)?,
                    own.due,
                    int(own.seq),
                    own.hash,
                    int(own.base_seq),
                    own.base_hash,
                    &*own.standing
                ],
            )
        }
        Row::Past(past) => insert(
            "INSERT INTO past (stream, key, at, version, n, delivered) VALUES (?, ?, ?, ?, ?, ?)",
            params![
                known()?,
                past.key,
                past.source_at,
                past.version,
                past.n,
                past.delivered
            ],
        ),
        Row::Seen(seen) => insert(
            "INSERT INTO seen (stream, key, at, version, n) VALUES (?, ?, ?, ?, ?)",
            params![known()?, seen.key, seen.source_at, seen.version, seen.n],
        ),
        Row::Document(doc) => {
            let doc = convert::document_of(doc);
            let mut insert = prepare(connection, INSERT_DOC)?;
            // Its shipment comes later: until the end its row has a phase of its own.
            insert_doc(&mut insert, known()?, &doc, doc.phase.name(), None)
                .map_err(|error| unique(error, row))
        }
        Row::Shipment(ship) => {
            let (id, ship) = (ship.id, convert::ship_of(ship));
            insert_ship(connection, known()?, id, &ship).map_err(|error| unique(error, row))
        }
        Row::Event(event) => {
            let keys = indexed_under(&event.kind, &event.body);
            let entry = convert::entry_of(event);
            Events::new(connection, known()?)?
                .insert(&entry, keys.iter().map(|key| &**key))
                .map_err(|error| unique(error, row))
        }
        Row::End => {
            run(connection, CARRIED, [])?;
            run(
                connection,
                "UPDATE stream SET owner = NULL, lease_until = 0 WHERE lease_until = ?",
                [FOR_EVER],
            )
        }
    }
}

fn unique(error: StoreError, row: &Row) -> StoreError {
    match error {
        StoreError::Unavailable(text) if text.contains("UNIQUE") => twice(row),
        other => other,
    }
}
