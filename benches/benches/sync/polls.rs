//! Streams that are polled and have nothing new.

use std::sync::Arc;

use connector_benches::measure::Clock as Watch;
use sync_core::engine::{Embedded, Plan};
use sync_core::schedule::Schedule;
use sync_core::store::SqliteStore;
use sync_core::{Pipeline, StreamKey, SystemClock};

use crate::world::{Answer, Ended, Lines, Rows, Taken, peak_mib, processor_time};
use crate::{Line, Options};

/// How often each stream is polled while it counts.
const ROUNDS: usize = 3;

pub(crate) async fn measure(options: &Options) -> Answer<Vec<Line>> {
    let dir = tempfile::tempdir()?;
    let clock = Arc::new(SystemClock::new());
    let store = Arc::new(SqliteStore::open(
        dir.path().join("ledger.db"),
        Arc::clone(&clock) as _,
    )?);
    let streams = options.streams;
    let plans = (0..streams).map(|number| {
        let stream = StreamKey::new(
            format!("tenant-{:03}", number % 100),
            "orders",
            number.to_string(),
        );
        let pipeline = Pipeline::new(Rows(0), Lines::of(100), Taken);
        Plan::new(stream, Arc::new(pipeline), &Schedule::on_request())
    });
    let ended = Arc::new(Ended::default());
    let engine = Embedded::new(store, clock, "bench")
        .observer(Arc::clone(&ended) as _)
        .streams_at_once(64);
    let service = engine.service(plans.collect());
    let control = service.control();
    control.run_all_now();
    let (mut busy, mut wall) = (Vec::new(), Vec::new());
    let rounds = async {
        // The first round makes the streams known to the ledger.
        ended.reach(streams).await;
        for round in 0..ROUNDS {
            let (cpu, began) = (processor_time(), Watch::Wall.now());
            control.run_all_now();
            ended.reach(streams * (round + 2)).await;
            busy.push((processor_time() - cpu).as_secs_f64());
            wall.push((Watch::Wall.now() - began).as_secs_f64());
        }
    };
    service.run(rounds).await?;
    let middle = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let (busy, wall) = (middle(&mut busy), middle(&mut wall));
    let each = streams as f64;
    let mut lines = vec![
        Line::fact(
            format!("polls, {streams} streams, nothing new: processor time a stream"),
            busy * 1e3 / each,
            "ms",
        )
        .at_most(1.0),
        Line::fact("polls: polls a second", each / wall, "/s"),
    ];
    if let Some(peak) = peak_mib() {
        lines.push(Line::fact("polls: most memory resident", peak, "MiB").at_most(200.0));
    }
    Ok(lines)
}
