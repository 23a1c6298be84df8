//! The part of a stream that a commit speaks of.

use std::collections::HashMap;

use deadpool_postgres::Transaction;
use futures_util::future::{try_join, try_join4};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::failure::unavailable;
use super::row::{Columns, int, kept};
use super::text::{key_id, pack, series_id, stream_id};
use crate::audit::Head;
use crate::lease::Lease;
use crate::store::ledger::{Named, Past, Ship, Stream, phase_of};
use crate::store::{Epoch, StoreError, TakenNumber};

/// The stream's own row, locked until the transaction ends: commits of one stream come one after another.
pub(super) async fn held(
    transaction: &Transaction<'_>,
    lease: &Lease,
) -> Result<(i64, Stream), StoreError> {
    let rows = query(
        transaction,
        "SELECT id, epoch, revision, cursor, due, audit_seq, audit_head, base_seq, base_hash FROM stream \
         WHERE key_id = $1 FOR UPDATE",
        &[&&stream_id(&lease.stream)[..]],
    )
    .await?;
    let Some(row) = rows.first() else {
        return Err(StoreError::Fenced(Epoch(0)));
    };
    let mut columns = Columns::of(row);
    let (id, epoch) = (columns.int()?, columns.uint()?);
    if epoch != lease.epoch.0 {
        return Err(StoreError::Fenced(Epoch(epoch)));
    }
    let mut stream = Stream::default();
    stream.epoch = epoch;
    stream.revision = columns.uint()?;
    stream.cursor = columns.cursor()?;
    stream.due = columns.maybe_time()?;
    stream.set_head(Head {
        seq: columns.uint()?,
        hash: columns.hash()?,
    });
    // What stood there is written only where it is replaced.
    stream.base.head = Head {
        seq: columns.uint()?,
        hash: columns.hash()?,
    };
    Ok((id, stream))
}

/// What was read for a commit; a stream is made of it as often as needed.
#[derive(Default)]
pub(super) struct Part {
    docs: Vec<Row>,
    carried: Vec<Row>,
    ships: Vec<Row>,
    members: Vec<Row>,
    numbers: Vec<Row>,
    past: Vec<Row>,
    entry: Option<Head>,
}

/// Reads the shipments that are named, and every document of every key that is: what the others of a key are decides
/// what may become of one. Only a step of a shipment needs no more than its members. Payloads stay where they are, save
/// those that are asked for.
pub(super) async fn part(
    transaction: &Transaction<'_>,
    stream: i64,
    named: &Named,
) -> Result<Part, StoreError> {
    let entry = match named.entry {
        Some(seq) => entry(transaction, stream, seq).await?,
        None => None,
    };
    if named.nothing() {
        return Ok(Part {
            entry,
            ..Part::default()
        });
    }
    let docs: Vec<i64> = named.docs.iter().map(|doc| int(doc.0)).collect();
    let mut ships: Vec<i64> = named.ships.iter().map(|ship| int(ship.0)).collect();
    let moved: Vec<i64> = named.moved.iter().map(|ship| int(ship.0)).collect();
    let keys: Vec<[u8; 16]> = named.keys.iter().map(|key| key_id(key)).collect();
    let keys: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
    let payloads: Vec<i64> = named.payloads.iter().map(|doc| int(doc.0)).collect();
    if !named.pruned.is_empty() {
        let pruned: Vec<i64> = named.pruned.iter().map(|doc| int(doc.0)).collect();
        let sql = "SELECT DISTINCT ship FROM doc WHERE stream - 0 = $1 AND id = ANY($2) AND ship IS NOT NULL";
        for row in query(transaction, sql, &[&stream, &pruned]).await? {
            ships.push(Columns::of(&row).int()?);
        }
    }
    let all: Vec<i64> = ships.iter().chain(&moved).copied().collect();
    let (docs, ships, members, numbers) = try_join4(
        query(
            transaction,
            &format!(
                "{WANTED} SELECT {} FROM wanted CROSS JOIN LATERAL ( \
                   SELECT * FROM doc AS it WHERE it.stream = $1 AND it.key_id = wanted.key_id OFFSET 0) AS doc",
                kept!("CASE WHEN doc.id = ANY($5) THEN doc.payload ELSE ''::bytea END")
            ),
            &[&stream, &keys, &docs, &ships, &payloads],
        ),
        query(
            transaction,
            "SELECT id, lane, at, phase, attempt, probes, first_sent, sent, not_before, name, sha256, note, \
               prepared FROM ship WHERE stream = $1 AND id = ANY($2)",
            &[&stream, &all],
        ),
        query(
            transaction,
            "SELECT ship, doc FROM ship_doc WHERE ship = ANY($1) ORDER BY ship, place",
            &[&all],
        ),
        try_join(
            query(
                transaction,
                "SELECT ship, series, number FROM ship_number WHERE ship = ANY($1) ORDER BY ship, place",
                &[&all],
            ),
            query(
                transaction,
                &format!(
                    "{WANTED} SELECT past.key, past.at, past.version, past.n, past.delivered \
                     FROM wanted CROSS JOIN LATERAL (SELECT * FROM past AS it \
                       WHERE it.stream = $1 AND it.key_id = wanted.key_id OFFSET 0) AS past"
                ),
                &[&stream, &keys, &docs, &ships],
            ),
        ),
    )
    .await?;
    let (numbers, past) = numbers;
    // Of what only takes a step, the members and nothing else of their keys.
    let carried = if moved.is_empty() {
        Vec::new()
    } else {
        let sql = format!(
            "SELECT {} FROM doc \
             WHERE doc.stream - 0 = $1 AND doc.id = ANY (ARRAY(SELECT doc FROM ship_doc WHERE ship = ANY($2)))",
            kept!("''::bytea")
        );
        query(transaction, &sql, &[&stream, &moved]).await?
    };
    Ok(Part {
        docs,
        carried,
        ships,
        members,
        numbers,
        past,
        entry,
    })
}

// Rows are asked for by arrays of their names, or key by key (`OFFSET 0` keeps it so): a plan that was made while a
// table was small would otherwise go on reading all of a stream.

/// The keys that are named ($2), those of the documents that are ($3), and those of the members of shipments ($4).
const WANTED: &str = "WITH wanted AS MATERIALIZED ( \
       SELECT unnest($2::bytea[]) AS key_id \
       UNION SELECT key_id FROM doc WHERE stream - 0 = $1 AND id = ANY($3) \
       UNION SELECT key_id FROM doc \
         WHERE stream - 0 = $1 AND id = ANY (ARRAY(SELECT doc FROM ship_doc WHERE ship = ANY($4))))";

async fn entry(
    transaction: &Transaction<'_>,
    stream: i64,
    seq: u64,
) -> Result<Option<Head>, StoreError> {
    let sql = "SELECT hash FROM audit WHERE stream = $1 AND seq = $2";
    let rows = query(transaction, sql, &[&stream, &int(seq)]).await?;
    let hash = rows
        .first()
        .map(|row| Columns::of(row).hash())
        .transpose()?;
    Ok(hash.map(|hash| Head { seq, hash }))
}

impl Part {
    /// Puts what was read into a stream that has its own row only.
    pub(super) fn fill(&self, stream: &mut Stream) -> Result<(), StoreError> {
        stream.elsewhere = self.entry;
        for row in &self.past {
            let mut row = Columns::of(row);
            let key = row.text()?;
            let past = Past {
                last: row.last_version()?,
                delivered: row.small()?,
            };
            stream.set_past(&key, Some(past));
        }
        for row in &self.docs {
            stream.insert_doc(Columns::of(row).document()?);
        }
        for row in &self.carried {
            let doc = Columns::of(row).document()?;
            if stream.doc(doc.id).is_none() {
                stream.insert_doc(doc);
            }
        }
        let mut members: HashMap<_, Vec<_>> = HashMap::new();
        for row in &self.members {
            let mut row = Columns::of(row);
            members.entry(row.ship()?).or_default().push(row.doc()?);
        }
        let mut numbers: HashMap<_, Vec<_>> = HashMap::new();
        for row in &self.numbers {
            let mut row = Columns::of(row);
            let ship = row.ship()?;
            let (series, number) = (row.text()?, row.uint()?);
            let taken = TakenNumber { series, number };
            numbers.entry(ship).or_default().push(taken);
        }
        for row in &self.ships {
            let mut row = Columns::of(row);
            let id = row.ship()?;
            let ship = Ship {
                docs: members.remove(&id).unwrap_or_default().into(),
                numbers: numbers.remove(&id).unwrap_or_default().into(),
                lane: row.text()?,
                at: row.time()?,
                delivery: row.delivery()?,
                parcel: row.parcel()?,
                note: row.text()?,
                prepared: row.maybe_int()?.map(super::row::uint),
            };
            stream.set_ship(id, Some(ship));
        }
        Ok(())
    }
}

/// The series of a tenant that are named, each locked, with the last number that it has given.
pub(super) async fn series(
    transaction: &Transaction<'_>,
    tenant: &str,
    named: &Named,
) -> Result<HashMap<Box<str>, u64>, StoreError> {
    if named.series.is_empty() {
        return Ok(HashMap::new());
    }
    // In one order for all commits, so that two of them never wait for each other.
    let mut series: Vec<_> = named
        .series
        .iter()
        .map(|name| (series_id(tenant, name), pack(name)))
        .collect();
    series.sort();
    let ids: Vec<&[u8]> = series.iter().map(|(id, _)| &id[..]).collect();
    let names: Vec<&str> = series.iter().map(|(_, name)| &**name).collect();
    query(
        transaction,
        "INSERT INTO series (tenant, key_id, name) \
         SELECT $1, * FROM unnest($2::bytea[], $3::text[]) ON CONFLICT DO NOTHING",
        &[&pack(tenant), &ids, &names],
    )
    .await?;
    let rows = query(
        transaction,
        "SELECT name, given FROM series WHERE key_id = ANY($1) ORDER BY key_id FOR UPDATE",
        &[&ids],
    )
    .await?;
    let mut given = HashMap::new();
    for row in &rows {
        let mut row = Columns::of(row);
        let name = row.text()?;
        if let Some(number) = row.maybe_int()? {
            given.insert(name, super::row::uint(number));
        }
    }
    Ok(given)
}

pub(super) async fn query(
    transaction: &Transaction<'_>,
    sql: &str,
    params: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, StoreError> {
    let statement = transaction.prepare_cached(sql).await.map_err(unavailable)?;
    transaction
        .query(&statement, params)
        .await
        .map_err(unavailable)
}
