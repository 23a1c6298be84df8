//! The writing verb: lock the stream, read what the operations speak of, judge, write back, commit.

use std::time::SystemTime;

use deadpool_postgres::{Client, Transaction};

use super::failure::{unavailable, uncertain};
use super::load::{self, query};
use super::row::{Columns, int};
use super::text::{pack, stream_id};
use super::write::Outcome;
use crate::clock::millis;
use crate::lease::Lease;
use crate::store::ledger::{Ids, Named, commit as judge, whole};
use crate::store::{Committed, DocId, Epoch, Op, Revision, ShipId, StoreError};
use crate::stream::StreamKey;

/// Takes a stream, making its row where there is none; `None` while another owner's lease lives.
pub(super) async fn acquire(
    client: &Client,
    stream: &StreamKey,
    owner: &str,
    now: SystemTime,
    until: SystemTime,
) -> Result<Option<Epoch>, StoreError> {
    let statement = client
        .prepare_cached(
            "INSERT INTO stream AS it (key_id, tenant, pipeline, partition, epoch, owner, lease_until) \
             VALUES ($1, $2, $3, $4, 1, $5, $6) ON CONFLICT (key_id) DO UPDATE \
             SET epoch = it.epoch + 1, owner = excluded.owner, lease_until = excluded.lease_until \
             WHERE it.owner IS NULL OR it.owner = excluded.owner OR it.lease_until <= $7 RETURNING epoch",
        )
        .await
        .map_err(unavailable)?;
    let row = client
        .query_opt(
            &statement,
            &[
                &&stream_id(stream)[..],
                &pack(stream.tenant()),
                &pack(stream.pipeline()),
                &pack(stream.partition()),
                &pack(owner),
                &millis(until),
                &millis(now),
            ],
        )
        .await
        .map_err(uncertain)?;
    row.map(|row| Columns::of(&row).uint().map(Epoch))
        .transpose()
}

/// Extends a lease to `until`, or ends it.
pub(super) async fn set_lease(
    client: &Client,
    lease: &Lease,
    until: Option<SystemTime>,
) -> Result<(), StoreError> {
    let statement = client
        .prepare_cached(
            "WITH found AS (SELECT id, epoch FROM stream \
               WHERE key_id = $1 FOR UPDATE), \
             changed AS (UPDATE stream SET owner = $3, lease_until = $4 FROM found \
               WHERE stream.id = found.id AND found.epoch = $2) \
             SELECT epoch FROM found",
        )
        .await
        .map_err(unavailable)?;
    let owner = until.map(|_| pack(&lease.owner));
    let row = client
        .query_opt(
            &statement,
            &[
                &&stream_id(&lease.stream)[..],
                &int(lease.epoch.0),
                &owner,
                &until.map_or(0, millis),
            ],
        )
        .await
        .map_err(uncertain)?;
    let epoch = match row {
        Some(row) => Columns::of(&row).uint()?,
        None => 0,
    };
    if epoch == lease.epoch.0 {
        Ok(())
    } else {
        Err(StoreError::Fenced(Epoch(epoch)))
    }
}

/// Does all of `ops` or none.
pub(super) async fn commit(
    client: &mut Client,
    lease: &Lease,
    ops: &[Op],
    now: SystemTime,
) -> Result<Committed, StoreError> {
    // Dropped before its end, it is rolled back.
    let transaction = client.transaction().await.map_err(unavailable)?;
    let (stream, mut row) = load::held(&transaction, lease).await?;
    if ops.is_empty() {
        return Ok(Committed {
            revision: Revision(row.revision),
            documents: Vec::new(),
            shipments: Vec::new(),
        });
    }
    let tenant = lease.stream.tenant();
    let named = Named::by(ops);
    let part = load::part(&transaction, stream, &named).await?;
    let given = load::series(&transaction, tenant, &named).await?;
    part.fill(&mut row)?;

    // Names are not given back when a commit is refused, so they are taken when nothing can refuse it any more: until
    // then the next ones stand for them, which are the real ones unless another stream is faster.
    let mut series = given.clone();
    let mut guess = Ids {
        docs: next_after(last(&transaction, "doc_id", named.new_docs).await?).map(DocId),
        ships: next_after(last(&transaction, "ship_id", named.new_ships).await?).map(ShipId),
    };
    let mut done = judge(&mut row, &mut series, &mut guess, whole(now), ops)?;
    let docs = take(&transaction, "doc_id", named.new_docs).await?;
    let ships = take(&transaction, "ship_id", named.new_ships).await?;
    let guessed_docs = done.committed.documents.iter().map(|id| id.0);
    let guessed_ships = done.committed.shipments.iter().map(|ship| ship.id.0);
    if !guessed_docs.eq(docs.iter().copied()) || !guessed_ships.eq(ships.iter().copied()) {
        row = load::held(&transaction, lease).await?.1;
        part.fill(&mut row)?;
        series = given;
        let mut taken = Ids {
            docs: docs.into_iter().map(DocId),
            ships: ships.into_iter().map(ShipId),
        };
        done = judge(&mut row, &mut series, &mut taken, whole(now), ops)?;
    }

    let outcome = Outcome {
        stream,
        tenant,
        row: &row,
        series: &series,
        touched: done.touched.into_iter().collect(),
        carried: done.carried,
        trail: &done.trail,
        ops,
    };
    outcome.write(&transaction).await?;
    transaction.commit().await.map_err(uncertain)?;
    Ok(done.committed)
}

fn next_after(last: u64) -> impl Iterator<Item = u64> {
    last.saturating_add(1)..
}

/// The last name that was given.
async fn last(
    transaction: &Transaction<'_>,
    sequence: &str,
    wanted: usize,
) -> Result<u64, StoreError> {
    if wanted == 0 {
        return Ok(0);
    }
    let sql = format!("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}");
    match query(transaction, &sql, &[]).await?.first() {
        Some(row) => Columns::of(row).uint(),
        None => Ok(0),
    }
}

/// So many new names, each greater than the one before.
async fn take(
    transaction: &Transaction<'_>,
    sequence: &str,
    wanted: usize,
) -> Result<Vec<u64>, StoreError> {
    if wanted == 0 {
        return Ok(Vec::new());
    }
    let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
    let sql = format!("SELECT nextval('{sequence}') FROM generate_series(1, $1::bigint)");
    let rows = query(transaction, &sql, &[&wanted]).await?;
    rows.iter().map(|row| Columns::of(row).uint()).collect()
}
