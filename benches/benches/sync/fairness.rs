//! One tenant with very many documents beside others with ten each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use connector_benches::measure::Clock as Watch;
use sync_core::engine::{Embedded, Plan};
use sync_core::schedule::Schedule;
use sync_core::store::SqliteStore;
use sync_core::{Observer, Pipeline, Progress, StreamKey, SystemClock};
use tokio::sync::Notify;

use crate::world::{Answer, Lines, Rows, Taken};
use crate::{Line, Options};

/// When the run of each small tenant has ended.
#[derive(Debug, Default)]
struct Delays {
    ended: Mutex<HashMap<StreamKey, Duration>>,
    more: Notify,
}

impl Observer for Delays {
    fn event(&self, stream: &StreamKey, event: &Progress<'_>) {
        if let Progress::Ended { .. } = event
            && stream.tenant() != "big"
        {
            let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
            ended
                .entry(stream.clone())
                .or_insert_with(|| Watch::Wall.now());
            self.more.notify_one();
        }
    }
}

impl Delays {
    fn len(&self) -> usize {
        self.ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}

pub(crate) async fn measure(options: &Options) -> Answer<Vec<Line>> {
    let alone = p99(options.tenants, 0).await?;
    let beside = p99(options.tenants, options.documents).await?;
    let tenants = options.tenants;
    Ok(vec![
        Line::fact(
            format!("fairness, {tenants} tenants with 10 each alone: p99 delay"),
            alone * 1e3,
            "ms",
        ),
        Line::fact(
            format!("fairness, beside one with {}: p99 delay", options.documents),
            beside * 1e3,
            "ms",
        ),
        Line::fact("fairness: beside / alone", beside / alone, "×").at_most(2.0),
    ])
}

/// After how many seconds 99 of 100 small tenants had what they wanted.
async fn p99(tenants: usize, documents: usize) -> Answer<f64> {
    let dir = tempfile::tempdir()?;
    let clock = Arc::new(SystemClock::new());
    let store = Arc::new(SqliteStore::open(
        dir.path().join("ledger.db"),
        Arc::clone(&clock) as _,
    )?);
    let schedule = Schedule::on_request();
    let plan = |tenant: String, rows: usize| {
        let pipeline = Pipeline::new(Rows(rows as u64), Lines::of(10), Taken);
        let stream = StreamKey::new(tenant, "orders", "");
        Plan::new(stream, Arc::new(pipeline), &schedule)
    };
    let mut plans = Vec::new();
    if documents > 0 {
        plans.push(plan("big".to_owned(), documents));
    }
    plans.extend((0..tenants).map(|number| plan(format!("small-{number:04}"), 10)));
    let delays = Arc::new(Delays::default());
    let engine = Embedded::new(store, clock, "bench").observer(Arc::clone(&delays) as _);
    let service = engine.service(plans);
    service.control().run_all_now();
    let began = Watch::Wall.now();
    let all = async {
        while delays.len() < tenants {
            delays.more.notified().await;
        }
    };
    service.run(all).await?;
    let ended = delays.ended.lock().unwrap_or_else(PoisonError::into_inner);
    let mut times: Vec<_> = ended.values().map(|at| *at - began).collect();
    times.sort_unstable();
    let place = times.len() * 99 / 100;
    let p99 = times.get(place.min(times.len().saturating_sub(1)));
    Ok(p99.copied().unwrap_or_default().as_secs_f64())
}
