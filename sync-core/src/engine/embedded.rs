//! Turns in this process.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::stream::{self, StreamExt};
use tracing::Instrument;

use crate::clock::Clock;
use crate::lease::Lease;
use crate::pipeline::{Cx, Poll, Runnable, Turn};
use crate::progress::{Observer, Silent};
use crate::retry::Backoff;
use crate::source::{SourceError, SourceErrorKind};
use crate::store::{StateStore, StoreError};
use crate::stream::StreamKey;
use crate::telemetry;

/// A stream and what runs its turns.
pub type Job = (StreamKey, Arc<dyn Runnable>);

/// Runs the turns of many streams in one process, within the caller's task: it spawns nothing.
///
/// Dropping a future of this engine is like a crash: the ledger is whole, and the next run goes on from it.
#[derive(Debug, Clone)]
pub struct Embedded {
    pub(super) store: Arc<dyn StateStore>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) owner: Arc<str>,
    pub(super) lease: Duration,
    pub(super) streams_at_once: usize,
    pub(super) tenant_streams_at_once: Option<usize>,
    pub(super) standby: Duration,
    tries: u32,
    backoff: Backoff,
    patience: Duration,
}

/// What became of a stream in a run.
#[derive(Debug, Clone)]
pub struct Report {
    /// The stream.
    pub stream: StreamKey,
    /// How its run ended.
    pub outcome: Outcome,
    /// What the source could not answer, once its tries were spent; deliveries went on nevertheless.
    pub failure: Option<SourceError>,
}

/// How the run of a stream ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Nothing is left but what waits for a person or for new records.
    Idle,
    /// Something is due later than this run was willing to wait.
    Waiting(SystemTime),
    /// Another process holds the stream.
    Held,
    /// The store refused to go on.
    Stopped(StoreError),
}

impl Report {
    /// Whether everything that could be done was done.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failure.is_none() && matches!(self.outcome, Outcome::Idle)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.stream)?;
        match &self.outcome {
            Outcome::Idle => f.write_str("done")?,
            Outcome::Waiting(_) => f.write_str("something is due later")?,
            Outcome::Held => f.write_str("another process holds this stream")?,
            Outcome::Stopped(error) => write!(f, "{error}")?,
        }
        match &self.failure {
            Some(error) => write!(f, "; the source could not be read: {error}"),
            None => Ok(()),
        }
    }
}

impl Embedded {
    /// How long a lease lasts; a crashed owner's stream is free after it.
    pub const DEFAULT_LEASE: Duration = Duration::from_secs(90);

    /// An engine over a store. `owner` names this process in leases, for people.
    #[must_use]
    pub fn new(
        store: Arc<dyn StateStore>,
        clock: Arc<dyn Clock>,
        owner: impl Into<Arc<str>>,
    ) -> Self {
        Self {
            store,
            clock,
            observer: Arc::new(Silent),
            owner: owner.into(),
            lease: Self::DEFAULT_LEASE,
            streams_at_once: 8,
            tenant_streams_at_once: None,
            standby: Duration::ZERO,
            tries: 3,
            backoff: Backoff {
                base: Duration::from_millis(500),
                ..Backoff::default()
            },
            patience: Duration::from_secs(600),
        }
    }

    /// Who is told of what happens.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// How long a lease lasts: longer than any request of a sink.
    #[must_use]
    pub fn lease(mut self, ttl: Duration) -> Self {
        self.lease = ttl;
        self
    }

    /// How many streams have a turn at the same time; 8 by default.
    #[must_use]
    pub fn streams_at_once(mut self, streams: usize) -> Self {
        self.streams_at_once = streams.max(1);
        self
    }

    /// How many streams of one tenant have a turn at the same time in a [`Service`](super::Service); where there are
    /// several tenants, half of [`Embedded::streams_at_once`] by default.
    #[must_use]
    pub fn tenant_streams_at_once(mut self, streams: usize) -> Self {
        self.tenant_streams_at_once = Some(streams.max(1));
        self
    }

    /// How much later than due a [`Service`](super::Service) begins a run that another process may be about to begin;
    /// zero by default, for a ledger that one process has to itself.
    ///
    /// Where several processes share a ledger, take the length of a lease: the process that had a stream's last run has its
    /// next one, so that limits hold, and the others step in when it does not come.
    #[must_use]
    pub fn standby(mut self, delay: Duration) -> Self {
        self.standby = delay;
        self
    }

    /// How long a run waits for deliveries that are due later, ten minutes by default.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Reads each stream's next window once and works until nothing is left that can be done now.
    ///
    /// A stream that fails never keeps the others from going on.
    pub async fn run_once(&self, jobs: &[Job]) -> Vec<Report> {
        let mut reports: Vec<(usize, Report)> = stream::iter(jobs.iter().enumerate())
            .map(|(place, (key, job))| async move { (place, self.run_stream(key, &**job).await) })
            .buffer_unordered(self.streams_at_once)
            .collect()
            .await;
        reports.sort_by_key(|(place, _)| *place);
        reports.into_iter().map(|(_, report)| report).collect()
    }

    async fn run_stream(&self, key: &StreamKey, job: &dyn Runnable) -> Report {
        let mut failure = None;
        let mut poll = Poll::Begin;
        let mut unknown = 0;
        let outcome = loop {
            match self.drive(key, job, &mut poll, &mut failure).await {
                Ok(outcome) => break outcome,
                // Nobody knows whether the last commit was done. A new epoch shuts out whatever may still be on its
                // way, and the ledger is read anew: the turn begins from what is there.
                Err(StoreError::Unknown(_)) if unknown < self.tries => unknown += 1,
                Err(error) => break Outcome::Stopped(error),
            }
        };
        Report {
            stream: key.clone(),
            outcome,
            failure,
        }
    }

    async fn drive(
        &self,
        key: &StreamKey,
        job: &dyn Runnable,
        poll: &mut Poll,
        failure: &mut Option<SourceError>,
    ) -> Result<Outcome, StoreError> {
        let Some(lease) = self.store.acquire(key, &self.owner, self.lease).await? else {
            return Ok(Outcome::Held);
        };
        let mut cx = Cx {
            stream: key.clone(),
            lease,
            clock: Arc::clone(&self.clock),
            observer: Arc::clone(&self.observer),
            poll: *poll,
        };
        let outcome = self.turns(&mut cx, job, poll, failure).await?;
        match self.store.release(cx.lease).await {
            // The run is over either way: whoever took the stream since has it.
            Ok(()) | Err(StoreError::Fenced(_)) => Ok(outcome),
            Err(error) => Err(error),
        }
    }

    async fn turns(
        &self,
        cx: &mut Cx,
        job: &dyn Runnable,
        poll: &mut Poll,
        failure: &mut Option<SourceError>,
    ) -> Result<Outcome, StoreError> {
        let mut failures = 0;
        let began = self.clock.mono();
        loop {
            cx.poll = *poll;
            cx.lease = self.renewed(&cx.lease).await?;
            let span = telemetry::turn_span(&cx.stream, cx.poll);
            match job.turn(cx, &*self.store).instrument(span).await? {
                Turn::Again => {}
                Turn::Began => *poll = Poll::Continue,
                Turn::Idle => return Ok(Outcome::Idle),
                Turn::At(due) => {
                    let wait = due.duration_since(self.clock.wall()).unwrap_or_default();
                    if self.clock.mono().saturating_sub(began) + wait > self.patience {
                        return Ok(Outcome::Waiting(due));
                    }
                    self.wait(cx, wait).await?;
                }
                Turn::Failed(error) => {
                    failures += 1;
                    if error.kind == SourceErrorKind::Transient && failures < self.tries {
                        let wait = self.backoff.wait(failures, error.after, &*self.clock);
                        self.wait(cx, wait).await?;
                    } else {
                        // What is in the ledger goes on without the source.
                        *failure = Some(error);
                        *poll = Poll::No;
                    }
                }
            }
        }
    }

    /// Waits, keeping the lease alive.
    async fn wait(&self, cx: &mut Cx, wait: Duration) -> Result<(), StoreError> {
        let mut left = wait;
        while !left.is_zero() {
            let slice = left.min(self.lease / 3);
            self.clock.sleep(slice).await;
            left -= slice;
            cx.lease = self.renewed(&cx.lease).await?;
        }
        Ok(())
    }

    pub(super) async fn renewed(&self, lease: &Lease) -> Result<Lease, StoreError> {
        // A third may pass before it is renewed, so that a turn always begins with most of it left.
        if lease.remaining(&*self.clock) > lease.ttl * 2 / 3 {
            return Ok(lease.clone());
        }
        self.store.renew(lease).await
    }
}
