//! The part of a stream that a commit speaks of.

use std::collections::{BTreeSet, HashMap};

use deadpool_postgres::Transaction;
use futures_util::future::try_join4;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::failure::unavailable;
use super::row::{Columns, int};
use super::text::{key_id, pack, series_id, stream_id};
use crate::audit::Head;
use crate::lease::Lease;
use crate::store::ledger::{Ship, Stream};
use crate::store::{Epoch, Op, StoreError, TakenNumber};

/// The stream's own row, locked until the transaction ends: commits of one stream come one after another.
pub(super) async fn held(
    transaction: &Transaction<'_>,
    lease: &Lease,
) -> Result<(i64, Stream), StoreError> {
    let rows = query(
        transaction,
        "SELECT id, epoch, revision, cursor, due, audit_seq, audit_head FROM stream \
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
    Ok((id, stream))
}

/// What the operations of a commit name.
#[derive(Default)]
pub(super) struct Named {
    docs: BTreeSet<i64>,
    ships: BTreeSet<i64>,
    keys: BTreeSet<[u8; 16]>,
    pub(super) series: BTreeSet<Box<str>>,
    /// How many documents and shipments the operations make.
    pub(super) new_docs: usize,
    pub(super) new_ships: usize,
}

impl Named {
    pub(super) fn by(ops: &[Op]) -> Self {
        let mut named = Self::default();
        for op in ops {
            match op {
                Op::Intend(docs) => {
                    named.new_docs += docs.len();
                    named.keys.extend(docs.iter().map(|doc| key_id(&doc.key)));
                }
                Op::Refuse(refused) => named.docs.extend(refused.iter().map(|r| int(r.doc.0))),
                Op::Retry { docs, .. } => named.docs.extend(docs.iter().map(|doc| int(doc.0))),
                Op::Prepare(shipments) => {
                    named.new_ships += shipments.len();
                    for shipment in shipments {
                        named
                            .docs
                            .extend(shipment.docs.iter().map(|doc| int(doc.0)));
                        let series = shipment.series.iter().map(|series| series.name().into());
                        named.series.extend(series);
                    }
                }
                Op::Dissolve { ship, refused } => {
                    named.ships.insert(int(ship.0));
                    named.docs.extend(refused.iter().map(|r| int(r.doc.0)));
                }
                Op::Move { ship, .. } => {
                    named.ships.insert(int(ship.0));
                }
                Op::Cursor { .. }
                | Op::Reset { .. }
                | Op::Seen(_)
                | Op::Forget { .. }
                | Op::Audit { .. }
                | Op::Schedule { .. } => {}
            }
        }
        named
    }

    fn nothing(&self) -> bool {
        self.docs.is_empty() && self.ships.is_empty() && self.keys.is_empty()
    }
}

/// What was read for a commit; a stream is made of it as often as needed.
pub(super) struct Part {
    docs: Vec<Row>,
    ships: Vec<Row>,
    members: Vec<Row>,
    numbers: Vec<Row>,
}

/// Reads the shipments that are named, and every document of every key that is: what the others of a key are decides
/// what may become of one. Payloads stay where they are.
pub(super) async fn part(
    transaction: &Transaction<'_>,
    stream: i64,
    named: &Named,
) -> Result<Part, StoreError> {
    if named.nothing() {
        let (docs, ships, members, numbers) = Default::default();
        return Ok(Part {
            docs,
            ships,
            members,
            numbers,
        });
    }
    let docs: Vec<i64> = named.docs.iter().copied().collect();
    let ships: Vec<i64> = named.ships.iter().copied().collect();
    let keys: Vec<&[u8]> = named.keys.iter().map(|key| &key[..]).collect();
    let (docs, ships, members, numbers) = try_join4(
        query(
            transaction,
            "WITH wanted AS MATERIALIZED ( \
               SELECT unnest($2::bytea[]) AS key_id \
               UNION SELECT key_id FROM doc WHERE stream = $1 AND id = ANY($3) \
               UNION SELECT doc.key_id FROM ship_doc JOIN doc ON doc.id = ship_doc.doc \
                 WHERE doc.stream = $1 AND ship_doc.ship = ANY($4)) \
             SELECT doc.id, doc.key, doc.at, doc.n, doc.version, doc.phase, doc.code, doc.detail, doc.ship, \
               doc.delivered_before, ''::bytea, doc.created \
             FROM wanted JOIN doc ON doc.stream = $1 AND doc.key_id = wanted.key_id",
            &[&stream, &keys, &docs, &ships],
        ),
        query(
            transaction,
            "SELECT id, lane, at, phase, attempt, probes, first_sent, sent, not_before, name, sha256, note \
             FROM ship WHERE stream = $1 AND id = ANY($2)",
            &[&stream, &ships],
        ),
        query(
            transaction,
            "SELECT ship, doc FROM ship_doc WHERE ship = ANY($1) ORDER BY ship, place",
            &[&ships],
        ),
        query(
            transaction,
            "SELECT ship, series, number FROM ship_number WHERE ship = ANY($1) ORDER BY ship, place",
            &[&ships],
        ),
    )
    .await?;
    Ok(Part {
        docs,
        ships,
        members,
        numbers,
    })
}

impl Part {
    /// Puts what was read into a stream that has its own row only.
    pub(super) fn fill(&self, stream: &mut Stream) -> Result<(), StoreError> {
        for row in &self.docs {
            stream.insert_doc(Columns::of(row).document()?);
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
