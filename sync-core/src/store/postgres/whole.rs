//! A whole ledger, row by row.

use deadpool_postgres::{Client, Transaction};
use tokio_postgres::types::ToSql;

use super::failure::{corrupt, unavailable, uncertain};
use super::load::query;
use super::read::{Params, all};
use super::row::{Columns, int, kept};
use super::schema::CARRIED;
use super::text::{key_id, pack, series_id, stream_id};
use super::write::run;
use crate::audit::{Head, indexed_under};
use crate::store::ledger::rows as convert;
use crate::store::ledger::{Ship, Stream, phase_of};
use crate::store::row::{DocumentRow, EventRow, ShipmentRow, StreamRow, VersionRow};
use crate::store::transfer::{FOR_EVER, IMPORTING, Part, Stage, no_stream, not_empty, twice};
use crate::store::{DocId, Row, ShipId, StoreError, TakenNumber};
use crate::stream::StreamKey;

pub(super) async fn rows(
    client: &Client,
    after: Option<&Row>,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let (mut rows, mut stage) = (Vec::new(), Stage::after(after));
    while rows.len() < limit && stage != Stage::Done {
        let wanted = limit - rows.len();
        let page = page(client, &stage, wanted).await?;
        stage = stage.then(&page, wanted);
        rows.extend(page);
    }
    Ok(rows)
}

async fn page(client: &Client, stage: &Stage, limit: usize) -> Result<Vec<Row>, StoreError> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    match stage {
        Stage::Names => {
            let sql = "SELECT CASE WHEN doc_id.is_called THEN doc_id.last_value ELSE 0 END, \
                CASE WHEN ship_id.is_called THEN ship_id.last_value ELSE 0 END FROM doc_id, ship_id";
            all(client, sql, &[], |row| {
                Ok(Row::Names {
                    last_doc: row.uint()?,
                    last_ship: row.uint()?,
                })
            })
            .await
        }
        Stage::Series(after) => {
            let after = after.as_ref().map(|(tenant, name)| series_id(tenant, name));
            let after = after.as_ref().map(|id| &id[..]);
            let sql = "SELECT tenant, name, given FROM series \
                WHERE given IS NOT NULL AND ($1::bytea IS NULL OR key_id > $1) ORDER BY key_id LIMIT $2";
            all(client, sql, &[&after, &most], |row| {
                Ok(Row::Series {
                    tenant: row.text()?,
                    name: row.text()?,
                    given: row.uint()?,
                })
            })
            .await
        }
        Stage::Next(after) => {
            let after = after.as_ref().map(stream_id);
            let after = after.as_ref().map(|id| &id[..]);
            let sql = "SELECT tenant, pipeline, partition, epoch, revision, cursor, due, audit_seq, audit_head, \
                base_seq, base_hash, standing FROM stream \
                WHERE $1::bytea IS NULL OR key_id > $1 ORDER BY key_id LIMIT 1";
            all(client, sql, &[&after], own).await
        }
        Stage::Part(stream, part, after) => {
            of_stream(client, stream, *part, after.as_deref(), most).await
        }
        Stage::Done => Ok(Vec::new()),
    }
}

fn own(row: &mut Columns<'_>) -> Result<Row, StoreError> {
    let stream = StreamKey::new(row.text()?, row.text()?, row.text()?);
    let mut kept = Stream::default();
    kept.epoch = row.uint()?;
    kept.revision = row.uint()?;
    kept.cursor = row.cursor()?;
    kept.due = row.maybe_time()?;
    kept.set_head(head(row)?);
    kept.base.head = head(row)?;
    kept.base.standing = row.bytes()?;
    Ok(kept.own_row(&stream))
}

fn head(row: &mut Columns<'_>) -> Result<Head, StoreError> {
    let (seq, hash) = (row.uint()?, row.hash()?);
    Ok(Head { seq, hash })
}

const OF_STREAM: &str = "stream = (SELECT id FROM stream WHERE key_id = $1)";

async fn of_stream(
    client: &Client,
    stream: &StreamKey,
    part: Part,
    after: Option<&Row>,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let id = stream_id(stream);
    let id = &id[..];
    let number = match after {
        Some(Row::Document(row)) => row.id.0,
        Some(Row::Shipment(row)) => row.id.0,
        Some(Row::Event(row)) => row.seq,
        _ => 0,
    };
    let number = int(number);
    let params: Params<'_> = &[&id, &number, &limit];
    match part {
        Part::Past => {
            let rows = versions(client, stream, "delivered FROM past", after, limit).await?;
            Ok(rows.into_iter().map(Row::Past).collect())
        }
        Part::Seen => {
            let rows = versions(client, stream, "0::bigint FROM seen", after, limit).await?;
            Ok(rows.into_iter().map(Row::Seen).collect())
        }
        Part::Documents => {
            let sql = format!(
                "SELECT {} FROM doc WHERE stream + 0 = (SELECT id FROM stream WHERE key_id = $1) AND id > $2 \
                 ORDER BY id LIMIT $3",
                kept!("doc.payload")
            );
            all(client, &sql, params, |row| {
                Ok(convert::document(stream, &row.document()?))
            })
            .await
        }
        Part::Shipments => {
            let sql = format!(
                "SELECT id, lane, at, phase, attempt, probes, first_sent, sent, not_before, name, sha256, note \
                 FROM ship WHERE {OF_STREAM} AND id > $2 ORDER BY id LIMIT $3"
            );
            let mut ships: Vec<(ShipId, Ship)> = all(client, &sql, params, bare).await?;
            for (id, ship) in &mut ships {
                let id = int(id.0);
                let sql = "SELECT doc FROM ship_doc WHERE ship = $1 ORDER BY place";
                let docs: Vec<DocId> = all(client, sql, &[&id], |row| row.doc()).await?;
                let sql = "SELECT series, number FROM ship_number WHERE ship = $1 ORDER BY place";
                let numbers: Vec<TakenNumber> = all(client, sql, &[&id], |row| {
                    let (series, number) = (row.text()?, row.uint()?);
                    Ok(TakenNumber { series, number })
                })
                .await?;
                ship.docs = docs.into();
                ship.numbers = numbers.into();
            }
            let row = |(id, ship): &(ShipId, Ship)| convert::shipment(stream, *id, ship);
            Ok(ships.iter().map(row).collect())
        }
        Part::Events => {
            let sql = format!(
                "SELECT seq, hash, at, kind, body FROM audit WHERE {OF_STREAM} AND seq > $2 ORDER BY seq LIMIT $3"
            );
            all(client, &sql, params, |row| {
                Ok(convert::event(stream, &row.entry()?))
            })
            .await
        }
    }
}

fn bare(row: &mut Columns<'_>) -> Result<(ShipId, Ship), StoreError> {
    let id = row.ship()?;
    let ship = Ship {
        docs: Vec::new().into(),
        numbers: Vec::new().into(),
        lane: row.text()?,
        at: row.time()?,
        delivery: row.delivery()?,
        parcel: row.parcel()?,
        note: row.text()?,
        prepared: None,
    };
    Ok((id, ship))
}

async fn versions(
    client: &Client,
    stream: &StreamKey,
    from: &str,
    after: Option<&Row>,
    limit: i64,
) -> Result<Vec<VersionRow>, StoreError> {
    let id = stream_id(stream);
    let after = match after {
        Some(Row::Past(row) | Row::Seen(row)) => Some(key_id(&row.key)),
        _ => None,
    };
    let after = after.as_ref().map(|key| &key[..]);
    let sql = format!(
        "SELECT key, at, version, n, {from} WHERE {OF_STREAM} AND ($2::bytea IS NULL OR key_id > $2) \
         ORDER BY key_id LIMIT $3"
    );
    all(client, &sql, &[&&id[..], &after, &limit], |row| {
        let key = row.text()?;
        Ok(convert::version(
            stream,
            &key,
            row.last_version()?,
            row.small()?,
        ))
    })
    .await
}

/// Writes rows in one transaction.
pub(super) async fn restore(client: &mut Client, rows: &[Row]) -> Result<(), StoreError> {
    let transaction = client.transaction().await.map_err(unavailable)?;
    for row in rows {
        match put(&transaction, row).await {
            Err(StoreError::Unavailable(text)) if text.contains("SQLSTATE 23505") => {
                return Err(twice(row));
            }
            other => other?,
        }
    }
    transaction.commit().await.map_err(uncertain)
}

async fn put(to: &Transaction<'_>, row: &Row) -> Result<(), StoreError> {
    match row {
        Row::Begin => {
            let sql = "SELECT (EXISTS (SELECT 1 FROM stream) OR EXISTS (SELECT 1 FROM series))::int::bigint";
            let full = query(to, sql, &[]).await?;
            match full.first().map(|row| Columns::of(row).int()).transpose()? {
                Some(0) => Ok(()),
                _ => Err(not_empty()),
            }
        }
        Row::Names {
            last_doc,
            last_ship,
        } => {
            for (name, last) in [("doc_id", last_doc), ("ship_id", last_ship)] {
                let sql =
                    format!("SELECT setval('{name}', greatest($1::bigint, 1), $1::bigint > 0)");
                query(to, &sql, &[&int(*last)]).await?;
            }
            Ok(())
        }
        Row::Series {
            tenant,
            name,
            given,
        } => {
            let sql = "INSERT INTO series (key_id, tenant, name, given) VALUES ($1, $2, $3, $4)";
            let id = series_id(tenant, name);
            run(
                to,
                sql,
                &[&&id[..], &pack(tenant), &pack(name), &int(*given)],
            )
            .await
        }
        Row::Stream(own) => stream(to, own).await,
        Row::Past(past) => version(to, row, past, "past", Some(i64::from(past.delivered))).await,
        Row::Seen(seen) => version(to, row, seen, "seen", None).await,
        Row::Document(doc) => document(to, row, doc).await,
        Row::Shipment(ship) => shipment(to, row, ship).await,
        Row::Event(entry) => event(to, row, entry).await,
        Row::End => {
            run(to, CARRIED, &[]).await?;
            let sql = "UPDATE stream SET owner = NULL, lease_until = 0 WHERE lease_until = $1";
            run(to, sql, &[&FOR_EVER]).await
        }
    }
}

async fn known(to: &Transaction<'_>, row: &Row) -> Result<i64, StoreError> {
    let id = row.stream().map(stream_id).ok_or_else(|| no_stream(row))?;
    let sql = "SELECT id FROM stream WHERE key_id = $1";
    let found = query(to, sql, &[&&id[..]]).await?;
    Columns::of(found.first().ok_or_else(|| no_stream(row))?).int()
}

async fn stream(to: &Transaction<'_>, own: &StreamRow) -> Result<(), StoreError> {
    let cursor = own.cursor.as_ref().map(serde_json::to_string);
    let cursor = cursor.transpose().map_err(corrupt)?;
    run(
        to,
        "INSERT INTO stream (key_id, tenant, pipeline, partition, epoch, owner, lease_until, revision, cursor, due, \
         audit_seq, audit_head, base_seq, base_hash, standing) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        &[
            &&stream_id(&own.stream)[..],
            &pack(own.stream.tenant()),
            &pack(own.stream.pipeline()),
            &pack(own.stream.partition()),
            &int(own.epoch),
            &IMPORTING,
            &FOR_EVER,
            &int(own.revision),
            &cursor,
            &own.due,
            &int(own.seq),
            &&own.hash[..],
            &int(own.base_seq),
            &&own.base_hash[..],
            &&*own.standing,
        ],
    )
    .await
}

async fn version(
    to: &Transaction<'_>,
    row: &Row,
    it: &VersionRow,
    table: &str,
    delivered: Option<i64>,
) -> Result<(), StoreError> {
    let stream = known(to, row).await?;
    let (id, key, n) = (key_id(&it.key), pack(&it.key), i64::from(it.n));
    let (id, version) = (&id[..], &it.version[..]);
    let mut params: Vec<&(dyn ToSql + Sync)> =
        vec![&stream, &id, &key, &it.source_at, &version, &n];
    let (column, place) = match &delivered {
        Some(delivered) => {
            params.push(delivered);
            (", delivered", ", $7")
        }
        None => ("", ""),
    };
    let sql = format!(
        "INSERT INTO {table} (stream, key_id, key, at, version, n{column}) VALUES ($1, $2, $3, $4, $5, $6{place})"
    );
    run(to, &sql, &params).await
}

async fn document(to: &Transaction<'_>, row: &Row, doc: &DocumentRow) -> Result<(), StoreError> {
    let stream = known(to, row).await?;
    run(
        to,
        "INSERT INTO doc (id, stream, key_id, key, at, n, version, phase, code, detail, ship, delivered_before, \
         payload, created, replays) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        &[
            &int(doc.id.0),
            &stream,
            &&key_id(&doc.key)[..],
            &pack(&doc.key),
            &doc.source_at,
            &i64::from(doc.n),
            &&doc.version[..],
            &doc.phase.name(),
            &doc.stop.as_ref().map(|stop| pack(&stop.code)),
            &doc.stop.as_ref().map(|stop| pack(&stop.detail)),
            &doc.ship.map(|ship| int(ship.0)),
            &i64::from(doc.delivered_before),
            &&*doc.payload,
            &doc.created,
            &doc.replays.map(|id| int(id.0)),
        ],
    )
    .await
}

async fn shipment(to: &Transaction<'_>, row: &Row, ship: &ShipmentRow) -> Result<(), StoreError> {
    let stream = known(to, row).await?;
    let id = int(ship.id.0);
    run(
        to,
        "INSERT INTO ship (id, stream, lane, at, phase, attempt, probes, first_sent, sent, not_before, name, \
         sha256, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            &id,
            &stream,
            &pack(&ship.lane),
            &ship.at,
            &ship.phase.name(),
            &i64::from(ship.attempt),
            &i64::from(ship.probes),
            &ship.first_sent,
            &ship.sent,
            &ship.not_before,
            &ship.name.as_deref().map(pack),
            &ship.sha256.as_ref().map(|hash| &hash[..]),
            &pack(&ship.note),
        ],
    )
    .await?;
    let docs: Vec<i64> = ship.docs.iter().map(|doc| int(doc.0)).collect();
    let sql = "INSERT INTO ship_doc (ship, place, doc) \
        SELECT $1, place - 1, doc FROM unnest($2::bigint[]) WITH ORDINALITY AS it (doc, place)";
    run(to, sql, &[&id, &docs]).await?;
    let series: Vec<_> = ship
        .numbers
        .iter()
        .map(|(series, _)| pack(series))
        .collect();
    let numbers: Vec<i64> = ship
        .numbers
        .iter()
        .map(|(_, number)| int(*number))
        .collect();
    let sql = "INSERT INTO ship_number (ship, place, series, number) SELECT $1, place - 1, series, number \
        FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS it (series, number, place)";
    run(to, sql, &[&id, &series, &numbers]).await
}

async fn event(to: &Transaction<'_>, row: &Row, entry: &EventRow) -> Result<(), StoreError> {
    let stream = known(to, row).await?;
    run(
        to,
        "INSERT INTO audit (stream, seq, hash, at, kind, body) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            &stream,
            &int(entry.seq),
            &&entry.hash[..],
            &entry.at,
            &pack(&entry.kind),
            &&*entry.body,
        ],
    )
    .await?;
    let keys: Vec<[u8; 16]> = indexed_under(&entry.kind, &entry.body)
        .iter()
        .map(|key| key_id(key))
        .collect();
    let keys: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
    let sql = "INSERT INTO audit_key (stream, key_id, seq) \
        SELECT $1, key_id, $3 FROM unnest($2::bytea[]) AS it (key_id) ON CONFLICT DO NOTHING";
    run(to, sql, &[&stream, &keys, &int(entry.seq)]).await
}
