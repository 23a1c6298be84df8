//! Records from end to end on PostgreSQL, beside what the server takes at its best: the load and the sides are those of
//! the `records` part, the limit is one transaction of one connection for 100 records, three statements with arrays.
//!
//! The server is the bench's own, on a socket in a temporary folder, with the settings that it ships with: every commit
//! is flushed before it is acknowledged.

mod server;

use std::sync::Arc;

use futures_util::future::try_join4;
use sync_core::SystemClock;
use sync_core::store::{PostgresOptions, PostgresStore, StateStore};
use tokio_postgres::NoTls;
use tokio_postgres::types::ToSql;

use self::server::Server;
use crate::http::serve;
use crate::records::{BATCH, Rate, arrived, end_to_end, raw, timed, told};
use crate::world::{Answer, Record, identity};
use crate::{Line, Options};

pub(crate) async fn measure(options: &Options) -> Answer<Vec<Line>> {
    let Some(server) = Server::start()? else {
        let why =
            "postgres: not measured, no PostgreSQL server is installed (scripts/test installs one)";
        return Ok(vec![Line::absent(why)]);
    };
    let records = options.records as u64;
    let address = serve(records)?;
    let (mut limit, mut ledger, mut through) = (Rate::NONE, Rate::NONE, Rate::NONE);
    let mut commits = 0;
    for turn in 0..options.turns {
        let (rate, ()) = timed(records, bare(records, &server.address())).await?;
        limit = limit.better(rate);
        let store = store(&server, &format!("raw_{turn}")).await?;
        let (rate, ()) = timed(records, raw(records, &store)).await?;
        ledger = ledger.better(rate);
        let store = Arc::new(self::store(&server, &format!("ledger_{turn}")).await?);
        let run = end_to_end(
            records,
            1,
            address,
            Arc::clone(&store) as Arc<dyn StateStore>,
        );
        through = through.better(timed(records, run).await?.0);
        commits = arrived(records, &*store).await?;
    }
    let thousands = records as f64 / 1e3;
    Ok(vec![
        Line::fact(
            "postgres: bare, 100 records a transaction",
            limit.records,
            "/s",
        ),
        Line::fact(
            "postgres: ledger, 100 records a commit",
            ledger.records,
            "/s",
        ),
        Line::fact(
            "postgres: HTTP source → pipeline → HTTP sink",
            through.records,
            "/s",
        ),
        Line::fact(
            "postgres: end to end / bare",
            through.records / limit.records,
            "×",
        )
        .at_least(0.2),
        Line::fact(
            "postgres: processor time a record without the server's",
            through.busy,
            "µs",
        ),
        Line::fact(
            "postgres: durable commits for 1,000 records",
            commits as f64 / thousands,
            "",
        ),
    ])
}

async fn store(server: &Server, schema: &str) -> Answer<PostgresStore> {
    let options = PostgresOptions::default().schema(schema)?;
    let clock = Arc::new(SystemClock::new());
    Ok(PostgresStore::connect(server.address().parse()?, options, clock).await?)
}

/// What the server takes from one connection: the same bytes, and nothing looked up.
async fn bare(records: u64, address: &str) -> Answer<()> {
    let (mut client, connection) = tokio_postgres::connect(address, NoTls).await?;
    let driver = tokio::spawn(connection);
    client
        .batch_execute(
            "DROP SCHEMA IF EXISTS bare CASCADE; CREATE SCHEMA bare; SET search_path TO bare; \
             CREATE TABLE seen (key text PRIMARY KEY, at bigint, version bytea); \
             CREATE TABLE doc (id bigint PRIMARY KEY, key text, payload bytea); \
             CREATE TABLE audit (seq bigint PRIMARY KEY, hash bytea, body bytea); \
             CREATE TABLE cursor (id bigint PRIMARY KEY, at bigint); INSERT INTO cursor VALUES (1, 0)",
        )
        .await?;
    let seen = client
        .prepare("INSERT INTO seen SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[])")
        .await?;
    let doc = client
        .prepare("INSERT INTO doc SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[])")
        .await?;
    let audit = client
        .prepare("INSERT INTO audit SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])")
        .await?;
    let cursor = client.prepare("UPDATE cursor SET at = $1").await?;
    for first in (0..records).step_by(BATCH) {
        let (mut rows, mut keys, mut at) = (Vec::new(), Vec::new(), Vec::new());
        let (mut versions, mut payloads) = (Vec::new(), Vec::new());
        let (mut hashes, mut bodies) = (Vec::new(), Vec::new());
        for number in first..(first + BATCH as u64).min(records) {
            let record = Record::new(number);
            let id = identity(&record);
            rows.push(i64::try_from(number)?);
            keys.push(id.key);
            at.push(id.at);
            versions.push(id.version.0.to_vec());
            payloads.push(serde_json::to_vec(&record)?);
            hashes.push(vec![7_u8; 32]);
            bodies.push(told(number, &record).into_bytes());
        }
        let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let transaction = client.transaction().await?;
        let place = i64::try_from(first)?;
        let of_seen: [&(dyn ToSql + Sync); 3] = [&keys, &at, &versions];
        let of_doc: [&(dyn ToSql + Sync); 3] = [&rows, &keys, &payloads];
        let of_audit: [&(dyn ToSql + Sync); 3] = [&rows, &hashes, &bodies];
        let of_cursor: [&(dyn ToSql + Sync); 1] = [&place];
        try_join4(
            transaction.execute(&seen, &of_seen),
            transaction.execute(&doc, &of_doc),
            transaction.execute(&audit, &of_audit),
            transaction.execute(&cursor, &of_cursor),
        )
        .await?;
        transaction.commit().await?;
    }
    drop(client);
    driver.await??;
    Ok(())
}
