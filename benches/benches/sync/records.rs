//! Records from end to end, beside what the store under the ledger takes at its best.
//!
//! The load is that of a buyer with sixteen suppliers: 100,000 records of two lines from an HTTP source on loopback in
//! pages of 1,000, each supplier a lane with control numbers of its own, up to 100 records in a parcel, up to sixteen
//! parcels on the way, an HTTP sink on loopback that takes everything. Source, sink, engine and store share the machine.
//!
//! These rates are measured in turns, so that whoever else uses the machine disturbs all of them alike, and the best
//! turn of each counts:
//!
//! - *bare*: the database alone, with statements of our own. For each record one row that remembers the version of its
//!   key, one with its bytes, and one entry of a trail with a hash; for 100 records one durable transaction that moves a
//!   cursor, too. No index beside the primary keys, which all grow in the order of time. That is the limit.
//! - *ledger*: the same 100 records as one commit of the store: with its indices, its audit chain, its look at what it knew
//!   of each key. Nothing is sent.
//! - *end to end*: fetched, judged, written down, put into parcels, sent, confirmed; all of it as one stream, where each
//!   step waits for the one before it to be durable, and in eight streams at once, which share their waits.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_benches::measure::Clock as Watch;
use rusqlite::{Connection, params};
use sync_core::delivery::Phase;
use sync_core::engine::{Embedded, Job};
use sync_core::store::{NewDocument, Op, SqliteStore, StateStore};
use sync_core::{Pipeline, StreamKey, SystemClock};

use crate::http::{HttpRows, HttpSink, serve};
use crate::world::{Answer, Lines, PAGE, Record, identity, processor_time};
use crate::{Line, Options};

/// Records in a parcel, and in a transaction of the limits.
pub(crate) const BATCH: usize = 100;

/// Suppliers, each with a lane.
const PARTNERS: u64 = 16;

/// Streams at once, each with a part of the records.
const STREAMS: u64 = 8;

/// What was measured of one way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// Records a second.
    pub(crate) records: f64,
    /// Processor time of this process for a record, in microseconds.
    pub(crate) busy: f64,
}

impl Rate {
    pub(crate) const NONE: Self = Self {
        records: 0.0,
        busy: f64::INFINITY,
    };

    pub(crate) fn better(self, other: Self) -> Self {
        Self {
            records: self.records.max(other.records),
            busy: self.busy.min(other.busy),
        }
    }
}

/// Measures what `work` does with so many records.
pub(crate) async fn timed<T>(
    records: u64,
    work: impl Future<Output = Answer<T>>,
) -> Answer<(Rate, T)> {
    let (cpu, began) = (processor_time(), Watch::Wall.now());
    let done = work.await?;
    let took = (Watch::Wall.now() - began).as_secs_f64();
    let busy = (processor_time() - cpu).as_secs_f64();
    let rate = Rate {
        records: records as f64 / took,
        busy: busy * 1e6 / records as f64,
    };
    Ok((rate, done))
}

pub(crate) async fn measure(options: &Options) -> Answer<Vec<Line>> {
    let records = options.records as u64;
    let address = serve(records)?;
    let (mut limit, mut ledger) = (Rate::NONE, Rate::NONE);
    let (mut through, mut several) = (Rate::NONE, Rate::NONE);
    let mut commits = 0;
    for _ in 0..options.turns {
        let dir = tempfile::tempdir()?;
        let file = dir.path().join("bare.db");
        let (rate, ()) = timed(records, async { bare(records, Connection::open(&file)?) }).await?;
        limit = limit.better(rate);
        let clock = Arc::new(SystemClock::new());
        let store = SqliteStore::open(dir.path().join("raw.db"), clock)?;
        let (rate, ()) = timed(records, raw(records, &store)).await?;
        ledger = ledger.better(rate);
        let clock = Arc::new(SystemClock::new());
        let store: Arc<dyn StateStore> =
            Arc::new(SqliteStore::open(dir.path().join("ledger.db"), clock)?);
        let run = end_to_end(records, 1, address, Arc::clone(&store));
        through = through.better(timed(records, run).await?.0);
        commits = arrived(records, &*store).await?;
        let clock = Arc::new(SystemClock::new());
        let store: Arc<dyn StateStore> =
            Arc::new(SqliteStore::open(dir.path().join("several.db"), clock)?);
        let run = end_to_end(records, STREAMS, address, Arc::clone(&store));
        several = several.better(timed(records, run).await?.0);
        arrived(records, &*store).await?;
    }
    let thousands = records as f64 / 1e3;
    Ok(vec![
        Line::fact(
            "records: bare SQLite, 100 records a transaction",
            limit.records,
            "/s",
        ),
        Line::fact(
            "records: SQLite ledger, 100 records a commit",
            ledger.records,
            "/s",
        ),
        Line::fact(
            "records: HTTP source → pipeline → HTTP sink, SQLite",
            through.records,
            "/s",
        )
        .at_least(30_000.0),
        Line::fact(
            "records: end to end / bare SQLite",
            through.records / limit.records,
            "×",
        )
        .at_least(0.2),
        Line::fact(
            format!("records: the same in {STREAMS} streams at once"),
            several.records,
            "/s",
        ),
        Line::fact(
            "records: processor time a record, bare SQLite",
            limit.busy,
            "µs",
        ),
        Line::fact(
            "records: processor time a record, end to end, server too",
            through.busy,
            "µs",
        ),
        Line::fact(
            "records: durable commits for 1,000 records",
            commits as f64 / thousands,
            "",
        ),
    ])
}

/// What an entry of the trail says of a record: as long as ours are.
pub(crate) fn told(number: u64, record: &Record) -> String {
    let version = identity(record).version;
    format!(
        "{{\"at\":{},\"doc\":{number},\"key\":\"{:010}\",\"kind\":\"intended\",\"n\":1,\"phase\":\"intent\",\
         \"source_at\":{},\"version\":\"{version}\"}}",
        record.at, record.number, record.at
    )
}

/// What SQLite takes: the same bytes in the order of time, and nothing looked up.
fn bare(records: u64, file: Connection) -> Answer<()> {
    file.pragma_update(None, "journal_mode", "WAL")?;
    file.pragma_update(None, "synchronous", "FULL")?;
    file.execute_batch(
        "CREATE TABLE seen (key TEXT PRIMARY KEY, at INTEGER, version BLOB, n INTEGER) WITHOUT ROWID; \
         CREATE TABLE doc (id INTEGER PRIMARY KEY, key TEXT, payload BLOB); \
         CREATE TABLE audit (seq INTEGER PRIMARY KEY, hash BLOB, body BLOB); \
         CREATE TABLE cursor (id INTEGER PRIMARY KEY, at INTEGER); INSERT INTO cursor VALUES (1, 0)",
    )?;
    let mut seen = file.prepare("INSERT INTO seen VALUES (?, ?, ?, 1)")?;
    let mut doc = file.prepare("INSERT INTO doc VALUES (?, ?, ?)")?;
    let mut audit = file.prepare("INSERT INTO audit VALUES (?, ?, ?)")?;
    let mut cursor = file.prepare("UPDATE cursor SET at = ?")?;
    for first in (0..records).step_by(BATCH) {
        file.execute_batch("BEGIN IMMEDIATE")?;
        for number in first..(first + BATCH as u64).min(records) {
            let record = Record::new(number);
            let id = identity(&record);
            let row = i64::try_from(number)?;
            seen.execute(params![id.key, id.at, id.version.0])?;
            doc.execute(params![row, id.key, serde_json::to_vec(&record)?])?;
            audit.execute(params![row, [7_u8; 32], told(number, &record).as_bytes()])?;
        }
        cursor.execute([i64::try_from(first)?])?;
        file.execute_batch("COMMIT")?;
    }
    Ok(())
}

/// Documents, 100 in a commit, with nothing around it.
pub(crate) async fn raw(records: u64, store: &dyn StateStore) -> Answer<()> {
    let stream = StreamKey::new("acme", "orders", "");
    let lease = store
        .acquire(&stream, "bench", Duration::from_secs(600))
        .await?
        .ok_or("the stream is held")?;
    for first in (0..records).step_by(BATCH) {
        let mut documents = Vec::new();
        for number in first..(first + BATCH as u64).min(records) {
            let record = Record::new(number);
            let id = identity(&record);
            documents.push(NewDocument {
                key: id.key,
                at: Some(id.at),
                n: 1,
                version: id.version,
                payload: Bytes::from(serde_json::to_vec(&record)?),
                dead: None,
            });
        }
        store.commit(&lease, &[Op::Intend(documents)]).await?;
    }
    Ok(())
}

/// Everything from the source to the sink, in so many streams at once.
pub(crate) async fn end_to_end(
    records: u64,
    streams: u64,
    address: SocketAddr,
    store: Arc<dyn StateStore>,
) -> Answer<()> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let pages = records.div_ceil(PAGE);
    let streams = streams.min(pages);
    let job = |number: u64| -> Job {
        let page = |number: u64| (pages * number / streams * PAGE).min(records);
        let source = HttpRows {
            http: http.clone(),
            address,
            records: page(number)..page(number + 1),
        };
        let lines = Lines {
            batch: BATCH,
            partners: PARTNERS,
        };
        let http = http.clone();
        let pipeline = Pipeline::new(source, lines, HttpSink { http, address });
        let stream = StreamKey::new(format!("tenant-{number}"), "orders", "");
        (stream, Arc::new(pipeline))
    };
    let jobs: Vec<Job> = (0..streams).map(job).collect();
    let clock = Arc::new(SystemClock::new());
    let engine = Embedded::new(Arc::clone(&store), clock, "bench");
    let reports = engine.run_once(&jobs).await;
    if let Some(report) = reports.iter().find(|report| !report.is_complete()) {
        return Err(report.to_string().into());
    }
    Ok(())
}

/// Makes sure that all of them have arrived, and counts the commits that it took.
pub(crate) async fn arrived(records: u64, store: &dyn StateStore) -> Answer<u64> {
    let (mut sent, mut commits) = (0, 0);
    for status in store.streams().await? {
        sent += store.counts(&status.stream).await?.of(Phase::Confirmed);
        commits += status.revision.0;
    }
    if sent != records {
        return Err(format!("{sent} of {records} records have arrived").into());
    }
    Ok(commits)
}
