//! The rows that a commit has touched, written back all at once.

use std::collections::{BTreeSet, HashMap};

use deadpool_postgres::Transaction;
use futures_util::future::{BoxFuture, FutureExt as _, try_join_all};
use tokio_postgres::types::ToSql;

use super::failure::{corrupt, unavailable};
use super::row::int;
use super::text::{key_id, pack, series_id};
use crate::clock::millis;
use crate::store::ledger::{By, Stream, Told, Touch};
use crate::store::{DocId, Document, Op, ShipId, StoreError};

/// What a commit leaves behind.
pub(super) struct Outcome<'a> {
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
    /// Sends every statement without waiting for the one before it.
    pub(super) async fn write(&self, to: &Transaction<'_>) -> Result<(), StoreError> {
        // Forgetting comes first: what is remembered in the same commit is written as it stands at its end.
        if let Some(before) = self.forgotten() {
            let sql = "DELETE FROM seen WHERE stream = $1 AND at < $2";
            run(to, sql, &[&self.stream, &before]).await?;
        }
        let writes: [BoxFuture<'_, Result<(), StoreError>>; 9] = [
            self.own_row(to).boxed(),
            self.seen(to).boxed(),
            self.new_docs(to).boxed(),
            self.docs(to).boxed(),
            self.new_ships(to).boxed(),
            self.ships(to).boxed(),
            self.given(to).boxed(),
            self.audit(to).boxed(),
            self.gone(to).boxed(),
        ];
        try_join_all(writes).await.map(drop)
    }

    fn forgotten(&self) -> Option<i64> {
        let before = self.ops.iter().filter_map(|op| match op {
            Op::Forget { before } => Some(*before),
            _ => None,
        });
        before.max()
    }

    async fn own_row(&self, to: &Transaction<'_>) -> Result<(), StoreError> {
        let row = self.row;
        let cursor = row.cursor.as_ref().map(serde_json::to_string);
        let cursor = cursor.transpose().map_err(corrupt)?;
        let head = row.head();
        run(
            to,
            "UPDATE stream SET revision = $2, cursor = $3, due = $4, audit_seq = $5, audit_head = $6 WHERE id = $1",
            &[
                &self.stream,
                &int(row.revision),
                &cursor,
                &row.due.map(millis),
                &int(head.seq),
                &&head.hash[..],
            ],
        )
        .await
    }

    async fn seen(&self, to: &Transaction<'_>) -> Result<(), StoreError> {
        let (mut kept, mut gone) = (Vec::new(), Vec::new());
        for touch in &self.touched {
            if let Touch::Seen(key) = touch {
                match self.row.remembered(key) {
                    Some(last) => kept.push((key_id(key), pack(key), last)),
                    None => gone.push(key_id(key)),
                }
            }
        }
        if !gone.is_empty() {
            let keys: Vec<&[u8]> = gone.iter().map(|key| &key[..]).collect();
            let sql = "DELETE FROM seen WHERE stream = $1 AND key_id = ANY($2)";
            run(to, sql, &[&self.stream, &keys]).await?;
        }
        if kept.is_empty() {
            return Ok(());
        }
        let ids: Vec<&[u8]> = kept.iter().map(|(id, ..)| &id[..]).collect();
        let keys: Vec<&str> = kept.iter().map(|(_, key, _)| &**key).collect();
        let at: Vec<i64> = kept.iter().map(|(.., last)| last.at).collect();
        let versions: Vec<&[u8]> = kept.iter().map(|(.., last)| &last.version.0[..]).collect();
        let n: Vec<i64> = kept.iter().map(|(.., last)| last.n.into()).collect();
        run(
            to,
            "INSERT INTO seen (stream, key_id, key, at, version, n) \
             SELECT $1, * FROM unnest($2::bytea[], $3::text[], $4::bigint[], $5::bytea[], $6::bigint[]) \
             ON CONFLICT (stream, key_id) DO UPDATE \
             SET at = excluded.at, version = excluded.version, n = excluded.n",
            &[&self.stream, &ids, &keys, &at, &versions, &n],
        )
        .await
    }

    fn is_new(&self, id: DocId) -> bool {
        self.touched.contains(&Touch::NewDoc(id))
    }

    async fn new_docs(&self, to: &Transaction<'_>) -> Result<(), StoreError> {
        let docs: Vec<&Document> = self
            .touched
            .iter()
            .filter_map(|touch| match touch {
                Touch::NewDoc(id) => self.row.doc(*id),
                _ => None,
            })
            .collect();
        if docs.is_empty() {
            return Ok(());
        }
        let key_ids: Vec<[u8; 16]> = docs.iter().map(|doc| key_id(&doc.key)).collect();
        let key_ids: Vec<&[u8]> = key_ids.iter().map(|key| &key[..]).collect();
        let keys: Vec<_> = docs.iter().map(|doc| pack(&doc.key)).collect();
        let at: Vec<Option<i64>> = docs.iter().map(|doc| doc.at).collect();
        let n: Vec<i64> = docs.iter().map(|doc| doc.n.into()).collect();
        let versions: Vec<&[u8]> = docs.iter().map(|doc| &doc.version.0[..]).collect();
        let payloads: Vec<&[u8]> = docs.iter().map(|doc| &*doc.payload).collect();
        let created: Vec<i64> = docs.iter().map(|doc| millis(doc.created)).collect();
        let replays: Vec<Option<i64>> = docs
            .iter()
            .map(|doc| doc.replays.map(|id| int(id.0)))
            .collect();
        let told: HashMap<DocId, u64> = self.trail.iter().filter_map(taken_in).collect();
        let told: Vec<Option<i64>> = docs
            .iter()
            .map(|doc| told.get(&doc.id).copied().map(int))
            .collect();
        let standing = Standing::of(&docs, self.row);
        run(
            to,
            "INSERT INTO doc (stream, id, phase, code, detail, ship, delivered_before, \
               key_id, key, at, n, version, payload, created, replays, told) \
             SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], \
               $8::bytea[], $9::text[], $10::bigint[], $11::bigint[], $12::bytea[], $13::bytea[], $14::bigint[], \
               $15::bigint[], $16::bigint[])",
            &[
                &self.stream,
                &standing.ids,
                &standing.phases,
                &standing.codes,
                &standing.details,
                &standing.ships,
                &standing.delivered_before,
                &key_ids,
                &keys,
                &at,
                &n,
                &versions,
                &payloads,
                &created,
                &replays,
                &told,
            ],
        )
        .await
    }

    async fn docs(&self, to: &Transaction<'_>) -> Result<(), StoreError> {
        let docs: Vec<&Document> = self
            .touched
            .iter()
            .filter_map(|touch| match touch {
                Touch::Doc(id) if !self.is_new(*id) && !self.carried.contains(id) => {
                    self.row.doc(*id)
                }
                _ => None,
            })
            .collect();
        if docs.is_empty() {
            return Ok(());
        }
        let standing = Standing::of(&docs, self.row);
        run(
            to,
            "UPDATE doc SET phase = it.phase, code = it.code, detail = it.detail, ship = it.ship, \
               delivered_before = it.delivered_before \
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[]) \
               AS it (id, phase, code, detail, ship, delivered_before) \
             WHERE doc.id = it.id",
            &[
                &standing.ids,
                &standing.phases,
                &standing.codes,
                &standing.details,
                &standing.ships,
                &standing.delivered_before,
            ],
        )
        .await
    }

    async fn new_ships(&self, to: &Transaction<'_>) -> Result<(), StoreError> {
        for touch in &self.touched {
            let Touch::NewShip(id) = touch else { continue };
            let Some(ship) = self.row.ship(*id) else {
                continue;
            };
            let docs: Vec<i64> = ship.docs.iter().map(|doc| int(doc.0)).collect();
            let series: Vec<_> = ship
                .numbers
                .iter()
                .map(|taken| pack(&taken.series))
                .collect();
            let numbers: Vec<i64> = ship.numbers.iter().map(|taken| int(taken.number)).collect();
            let id = int(id.0);
            run(
                to,
                "WITH ship AS (INSERT INTO ship (id, stream, lane, at, phase, attempt, probes, note, prepared) \
                   VALUES ($1, $2, $3, $4, 'prepared', 0, 0, '', $8)), \
                 members AS (INSERT INTO ship_doc (ship, place, doc) \
                   SELECT $1, place - 1, doc FROM unnest($5::bigint[]) WITH ORDINALITY AS it (doc, place)) \
                 INSERT INTO ship_number (ship, place, series, number) \
                   SELECT $1, place - 1, series, number \
                   FROM unnest($6::text[], $7::bigint[]) WITH ORDINALITY AS it (series, number, place)",
                &[
                    &id,
                    &self.stream,
                    &pack(&ship.lane),
                    &millis(ship.at),
                    &docs,
                    &series,
                    &numbers,
                    &ship.prepared.map(int),
                ],
            )
            .await?;
        }
        Ok(())
    }

    async fn ships(&self, to: &Transaction<'_>) -> Result<(), StoreError> {
        let touched: BTreeSet<ShipId> = self
            .touched
            .iter()
            .filter_map(|touch| match touch {
                Touch::Ship(id) => Some(*id),
                _ => None,
            })
            .collect();
        for id in touched {
            let Some(ship) = self.row.ship(id) else {
                continue;
            };
            let delivery = &ship.delivery;
            let name = ship.parcel.as_ref().map(|(name, _)| pack(name));
            let hash = ship.parcel.as_ref().map(|(_, hash)| &hash[..]);
            run(
                to,
                "UPDATE ship SET phase = $2, attempt = $3, probes = $4, first_sent = $5, sent = $6, \
                   not_before = $7, name = $8, sha256 = $9, note = $10 WHERE id = $1",
                &[
                    &int(id.0),
                    &delivery.phase.name(),
                    &i64::from(delivery.attempt),
                    &i64::from(delivery.probes),
                    &delivery.first_sent.map(millis),
                    &delivery.sent.map(millis),
                    &delivery.not_before.map(millis),
                    &name,
                    &hash,
                    &pack(&ship.note),
                ],
            )
            .await?;
        }
        Ok(())
    }

    async fn given(&self, to: &Transaction<'_>) -> Result<(), StoreError> {
        let (mut ids, mut given) = (Vec::new(), Vec::new());
        for touch in &self.touched {
            if let Touch::Series(name) = touch
                && let Some(number) = self.series.get(name)
            {
                ids.push(series_id(self.tenant, name));
                given.push(int(*number));
            }
        }
        if ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
        run(
            to,
            "UPDATE series SET given = it.given FROM unnest($1::bytea[], $2::bigint[]) AS it (key_id, given) \
             WHERE series.key_id = it.key_id",
            &[&ids, &given],
        )
        .await
    }

    async fn audit(&self, to: &Transaction<'_>) -> Result<(), StoreError> {
        if self.trail.is_empty() {
            return Ok(());
        }
        let (mut seqs, mut hashes, mut at) = (Vec::new(), Vec::new(), Vec::new());
        let (mut kinds, mut bodies) = (Vec::new(), Vec::new());
        let (mut named, mut of) = (Vec::new(), Vec::new());
        let (mut firsts, mut following) = (Vec::new(), Vec::new());
        for told in self.trail {
            let entry = &told.entry;
            seqs.push(int(entry.seq));
            hashes.push(&entry.hash[..]);
            at.push(millis(entry.at));
            kinds.push(pack(&entry.kind));
            bodies.push(&*entry.body);
            match told.by {
                // Made and removed in one commit, the document was never there.
                By::Document(id) if self.row.doc(id).is_some() => continue,
                By::Keys | By::Document(_) => {}
                By::Entry(first) => {
                    firsts.push(int(first));
                    following.push(int(entry.seq));
                    continue;
                }
            }
            for key in &told.keys {
                named.push(key_id(key));
                of.push(int(entry.seq));
            }
        }
        run(
            to,
            "INSERT INTO audit (stream, seq, hash, at, kind, body) \
             SELECT $1, * FROM unnest($2::bigint[], $3::bytea[], $4::bigint[], $5::text[], $6::bytea[])",
            &[&self.stream, &seqs, &hashes, &at, &kinds, &bodies],
        )
        .await?;
        if !firsts.is_empty() {
            let sql = "INSERT INTO audit_follow (stream, first, seq) \
                SELECT $1, * FROM unnest($2::bigint[], $3::bigint[])";
            run(to, sql, &[&self.stream, &firsts, &following]).await?;
        }
        if named.is_empty() {
            return Ok(());
        }
        let named: Vec<&[u8]> = named.iter().map(|key| &key[..]).collect();
        run(
            to,
            "INSERT INTO audit_key (stream, key_id, seq) \
             SELECT $1, * FROM unnest($2::bytea[], $3::bigint[]) ON CONFLICT DO NOTHING",
            &[&self.stream, &named, &of],
        )
        .await
    }
}

impl Outcome<'_> {
    /// What was removed, and what is kept of it.
    async fn gone(&self, to: &Transaction<'_>) -> Result<(), StoreError> {
        let (mut docs, mut ships) = (Vec::new(), Vec::new());
        for touch in &self.touched {
            match touch {
                Touch::GoneDoc(id) => docs.push(int(id.0)),
                Touch::GoneShip(id) => ships.push(int(id.0)),
                Touch::Past(key) => self.past(to, key).await?,
                Touch::Base => self.base(to).await?,
                _ => {}
            }
        }
        if !docs.is_empty() {
            run(to, KEEP_FOUND, &[&docs]).await?;
            run(to, "DELETE FROM doc WHERE id = ANY($1)", &[&docs]).await?;
        }
        if !ships.is_empty() {
            for table in [
                "ship_doc WHERE ship",
                "ship_number WHERE ship",
                "ship WHERE id",
            ] {
                let sql = format!("DELETE FROM {table} = ANY($1)");
                run(to, &sql, &[&ships]).await?;
            }
        }
        Ok(())
    }

    async fn past(&self, to: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
        let Some(past) = self.row.past(key) else {
            return Ok(());
        };
        run(
            to,
            "INSERT INTO past (stream, key_id, key, at, version, n, delivered) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (stream, key_id) DO UPDATE SET at = excluded.at, version = excluded.version, \
             n = excluded.n, delivered = excluded.delivered",
            &[
                &self.stream,
                &&key_id(key)[..],
                &pack(key),
                &past.last.at,
                &&past.last.version.0[..],
                &i64::from(past.last.n),
                &i64::from(past.delivered),
            ],
        )
        .await
    }

    async fn base(&self, to: &Transaction<'_>) -> Result<(), StoreError> {
        let base = &self.row.base;
        let through = int(base.head.seq);
        run(
            to,
            "UPDATE stream SET base_seq = $2, base_hash = $3, standing = $4 WHERE id = $1",
            &[
                &self.stream,
                &through,
                &&base.head.hash[..],
                &&*base.standing,
            ],
        )
        .await?;
        for sql in [
            "DELETE FROM audit_follow WHERE stream = $1 AND seq <= $2",
            // What is still found by way of an entry that goes stays so.
            "DELETE FROM audit_key WHERE stream = $1 AND seq <= $2 AND NOT EXISTS (SELECT 1 FROM audit_follow \
             WHERE audit_follow.stream = $1 AND audit_follow.first = audit_key.seq)",
            "DELETE FROM audit WHERE stream = $1 AND seq <= $2",
        ] {
            run(to, sql, &[&self.stream, &through]).await?;
        }
        Ok(())
    }
}

/// Where documents stand, column by column.
struct Standing<'a> {
    ids: Vec<i64>,
    phases: Vec<&'static str>,
    codes: Vec<Option<std::borrow::Cow<'a, str>>>,
    details: Vec<Option<std::borrow::Cow<'a, str>>>,
    ships: Vec<Option<i64>>,
    delivered_before: Vec<i64>,
}

impl<'a> Standing<'a> {
    fn of(docs: &[&'a Document], row: &Stream) -> Self {
        let stops = || docs.iter().map(|doc| doc.stop.as_ref());
        Self {
            ids: docs.iter().map(|doc| int(doc.id.0)).collect(),
            phases: docs.iter().map(|doc| row.kept_phase(doc)).collect(),
            codes: stops()
                .map(|stop| stop.map(|stop| pack(&stop.code)))
                .collect(),
            details: stops()
                .map(|stop| stop.map(|stop| pack(&stop.detail)))
                .collect(),
            ships: docs
                .iter()
                .map(|doc| doc.ship.map(|ship| int(ship.0)))
                .collect(),
            delivered_before: docs.iter().map(|doc| doc.delivered_before.into()).collect(),
        }
    }
}

/// The entries that took documents in are found by themselves when the documents are removed.
const KEEP_FOUND: &str = "INSERT INTO audit_key (stream, key_id, seq) SELECT stream, key_id, told FROM doc \
     WHERE id = ANY($1) AND told IS NOT NULL ON CONFLICT DO NOTHING";

/// The document that an entry took in, with the number of the entry.
fn taken_in(told: &Told) -> Option<(DocId, u64)> {
    match told.by {
        By::Document(id) => Some((id, told.entry.seq)),
        By::Keys | By::Entry(_) => None,
    }
}

pub(super) async fn run(
    to: &Transaction<'_>,
    sql: &str,
    params: &[&(dyn ToSql + Sync)],
) -> Result<(), StoreError> {
    let statement = to.prepare_cached(sql).await.map_err(unavailable)?;
    to.execute(&statement, params)
        .await
        .map(drop)
        .map_err(unavailable)
}
