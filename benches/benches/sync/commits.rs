//! Durable commits of one record, beside what the disk does.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_benches::measure::Clock as Watch;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use sync_core::store::{NewDocument, Op, SqliteStore, StateStore};
use sync_core::{StreamKey, SystemClock};

use crate::world::{Answer, Record, identity};
use crate::{Line, Options};

pub(crate) async fn measure(options: &Options) -> Answer<Vec<Line>> {
    let time = Duration::from_secs(options.seconds);
    let disk = disk(time)?;
    let one = commits(1, time).await?;
    let many = commits(64, time).await?;
    // Once more, so that a disk that others use too counts for both sides alike.
    let disk = f64::midpoint(disk, self::disk(time)?);
    Ok(vec![
        Line::fact("commits: fdatasync of 4 KiB, overwritten", disk, "/s"),
        Line::fact("commits: one record a commit, one stream", one, "/s"),
        Line::fact("commits: one stream / fdatasync", one / disk, "×").at_least(0.6),
        Line::fact("commits: one record a commit, 64 streams", many, "/s"),
        Line::fact("commits: 64 streams / one stream", many / one, "×").at_least(3.0),
    ])
}

/// How often a second 4 KiB are overwritten and known to be on the disk.
fn disk(time: Duration) -> Answer<f64> {
    let dir = tempfile::tempdir()?;
    let file = File::create(dir.path().join("page"))?;
    let page = [7_u8; 4096];
    file.write_all_at(&page, 0)?;
    file.sync_all()?;
    let began = Watch::Wall.now();
    let mut count = 0_u32;
    while Watch::Wall.now() - began < time {
        file.write_all_at(&page, 0)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / (Watch::Wall.now() - began).as_secs_f64())
}

/// Commits a second, each a new record, from so many streams at once.
async fn commits(streams: usize, time: Duration) -> Answer<f64> {
    let dir = tempfile::tempdir()?;
    let clock = Arc::new(SystemClock::new());
    let store = SqliteStore::open(dir.path().join("ledger.db"), clock)?;
    let store = &store;
    let began = Watch::Wall.now();
    let writers = (0..streams).map(|number| async move {
        let stream = StreamKey::new("acme", "orders", number.to_string());
        let ttl = Duration::from_secs(600);
        let Some(lease) = store.acquire(&stream, "bench", ttl).await? else {
            return Ok(0);
        };
        let mut done = 0_u64;
        while Watch::Wall.now() - began < time {
            let record = Record::new(done);
            let id = identity(&record);
            let document = NewDocument {
                key: id.key,
                at: Some(id.at),
                n: 1,
                version: id.version,
                payload: Bytes::from(serde_json::to_vec(&record)?),
                dead: None,
            };
            store.commit(&lease, &[Op::Intend(vec![document])]).await?;
            done += 1;
        }
        Answer::Ok(done)
    });
    let mut writers: FuturesUnordered<_> = writers.collect();
    let mut count = 0;
    while let Some(done) = writers.next().await {
        count += done?;
    }
    Ok(count as f64 / (Watch::Wall.now() - began).as_secs_f64())
}
