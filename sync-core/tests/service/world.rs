//! Streams with a table and a sink each, and a service that runs them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use sync_core::engine::{Control, Embedded, Plan, Service, StreamView};
use sync_core::schedule::Schedule;
use sync_core::store::{MemoryStore, StateStore, StoreError};
use sync_core::testing::{ManualClock, RowsAsText, ScriptedSink, ScriptedSource};
use sync_core::{Clock, Observer, Pipeline, PollRule, Progress, Repeat, Runnable, StreamKey};
use tokio::task::JoinHandle;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// What an observer was told, by stream.
#[derive(Debug, Default)]
pub(crate) struct Told(pub(crate) Mutex<Vec<(StreamKey, String)>>);

impl Observer for Told {
    fn event(&self, stream: &StreamKey, event: &Progress<'_>) {
        let text = match event {
            Progress::Window(_) => "window".to_owned(),
            Progress::Turn { then, .. } => format!("turn {then}"),
            Progress::Began { late } => format!("began {} s late", late.as_secs()),
            Progress::Ended { .. } => "ended".to_owned(),
            Progress::Standby => "standby".to_owned(),
            Progress::Stopped(error) => format!("stopped: {error}"),
            _ => return,
        };
        self.0.lock().unwrap().push((stream.clone(), text));
    }
}

/// One stream with its own table and its own sink.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) stream: StreamKey,
    pub(crate) source: ScriptedSource,
    pub(crate) sink: ScriptedSink,
}

impl Line {
    pub(crate) fn plan(&self, schedule: &Schedule) -> Plan {
        Plan::new(self.stream.clone(), self.job(), schedule)
    }

    pub(crate) fn job(&self) -> Arc<dyn Runnable> {
        Arc::new(Pipeline::new(
            self.source.clone(),
            RowsAsText::new(),
            self.sink.clone(),
        ))
    }

    /// How often the table was read.
    pub(crate) fn polls(&self) -> usize {
        self.source.fetches().len()
    }
}

pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) shared: Arc<dyn Clock>,
    pub(crate) ledger: MemoryStore,
    pub(crate) told: Arc<Told>,
}

impl World {
    pub(crate) fn new(clock: ManualClock) -> Self {
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        Self {
            ledger: MemoryStore::new(Arc::clone(&shared)),
            told: Arc::default(),
            clock,
            shared,
        }
    }

    /// On a clock that stands still until it is moved.
    pub(crate) fn stepped() -> Self {
        Self::new(ManualClock::stepped())
    }

    pub(crate) fn line(&self, tenant: &str, partition: &str) -> Line {
        let rule = PollRule::new(SECOND, MINUTE);
        let window = 24 * 60 * MINUTE;
        Line {
            stream: StreamKey::new(tenant, "orders", partition),
            source: ScriptedSource::new(Arc::clone(&self.shared), rule),
            sink: ScriptedSink::new(Arc::clone(&self.shared), Repeat::Deduplicated { window }),
        }
    }

    pub(crate) fn engine(&self, owner: &str) -> Embedded {
        let ledger = Arc::new(self.ledger.clone());
        Embedded::new(ledger, Arc::clone(&self.shared), owner).observer(Arc::clone(&self.told) as _)
    }

    /// Whether nobody holds the stream.
    pub(crate) async fn is_free(&self, stream: &StreamKey) -> bool {
        let streams = self.ledger.streams().await.unwrap();
        streams
            .iter()
            .all(|status| status.stream != *stream || status.holder.is_none())
    }

    /// Moves the clock on in small steps, and lets everybody go on after each, until that much time has passed.
    pub(crate) async fn pass(&self, time: Duration) {
        self.pass_by(SECOND, time).await;
    }

    /// The same in steps of that length: nobody oversleeps by more.
    pub(crate) async fn pass_by(&self, step: Duration, time: Duration) {
        let end = self.clock.mono() + time;
        loop {
            settle().await;
            let before = self.clock.mono();
            if before >= end {
                return;
            }
            self.clock.advance(step.min(end - before));
        }
    }

    pub(crate) fn texts(&self, stream: &StreamKey) -> Vec<String> {
        let told = self.told.0.lock().unwrap();
        let own = told.iter().filter(|(of, _)| of == stream);
        own.map(|(_, text)| text.clone()).collect()
    }
}

/// Lets every task go as far as it can without the clock.
pub(crate) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

pub(crate) type Served = JoinHandle<Result<Vec<StreamView>, StoreError>>;

/// Runs a service beside the test, until its control stops it.
pub(crate) fn start(service: Service) -> (Control, Served) {
    let control = service.control();
    (control, tokio::spawn(service.run(std::future::pending())))
}

pub(crate) async fn stop(control: &Control, served: Served) -> Vec<StreamView> {
    control.stop();
    served.await.unwrap().unwrap()
}

pub(crate) fn every(interval: Duration) -> Schedule {
    Schedule::every(interval).unwrap()
}

pub(crate) fn since(then: SystemTime, now: SystemTime) -> Duration {
    now.duration_since(then).unwrap()
}
