//! One turn of a stream, with what stands before and after it.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::future::{Either, select};
use tracing::Instrument;

use super::Embedded;
use super::control::StreamState;
use super::plan::{Course, Plan};
use crate::breaker::BreakerState;
use crate::clock::Clock;
use crate::delivery::Phase;
use crate::lease::Lease;
use crate::pipeline::{Cx, Poll, Turn};
use crate::progress::{Observer, Progress};
use crate::retry::Backoff;
use crate::source::{SourceError, SourceErrorKind};
use crate::store::{Op, StateStore, StoreError};
use crate::stream::StreamKey;
use crate::telemetry;

/// What is to come after a step.
#[derive(Debug)]
pub(super) enum Then {
    /// Another step as soon as it is the stream's turn.
    Again,
    /// A step at this time, or none by itself.
    At(Option<SystemTime>),
}

/// What came of a step.
#[derive(Debug)]
pub(super) struct Stepped {
    pub(super) course: Course,
    pub(super) then: Then,
    pub(super) state: StreamState,
    pub(super) cost: i64,
    /// When the source was polled, where it was.
    pub(super) polled: Option<SystemTime>,
    pub(super) error: Option<Box<str>>,
    pub(super) breakers: Vec<(Box<str>, BreakerState)>,
}

/// How long to wait before the store is asked again that could not answer.
const TROUBLE: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(60),
};

/// How long to wait before a source is asked again that could not answer.
const FAILURE: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(300),
};

/// Passes events on and adds up what the turn costs.
#[derive(Debug)]
struct Meter {
    inner: Arc<dyn Observer>,
    cost: AtomicI64,
    /// Whether the source has answered.
    read: AtomicBool,
    breakers: std::sync::Mutex<Vec<(Box<str>, BreakerState)>>,
}

impl Meter {
    fn new(inner: Arc<dyn Observer>) -> Self {
        Self {
            inner,
            cost: AtomicI64::new(1),
            read: AtomicBool::new(false),
            breakers: std::sync::Mutex::default(),
        }
    }
}

impl Observer for Meter {
    fn event(&self, stream: &StreamKey, event: &Progress<'_>) {
        if let Progress::Page { .. } | Progress::Window(_) = event {
            self.read.store(true, Ordering::Relaxed);
        }
        let cost = match event {
            Progress::Page { records, .. } => *records,
            Progress::Moved {
                docs,
                to: Phase::Sent,
                ..
            } => *docs,
            Progress::Breaker { endpoint, to, .. } => {
                let mut breakers = self
                    .breakers
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                breakers.push(((*endpoint).into(), *to));
                0
            }
            _ => 0,
        };
        let cost = i64::try_from(cost).unwrap_or(i64::MAX);
        self.cost.fetch_add(cost, Ordering::Relaxed);
        self.inner.event(stream, event);
    }
}

/// Carries out one step of a stream.
pub(super) async fn step(engine: &Embedded, plan: &Plan, course: Course) -> Stepped {
    let meter = Arc::new(Meter::new(Arc::clone(&engine.observer)));
    let mut step = Step {
        engine,
        plan,
        course,
        observer: Arc::clone(&meter) as _,
        meter: Arc::clone(&meter),
        polled: None,
        error: None,
    };
    let (then, state) = match step.go().await {
        Ok(done) => {
            step.course.troubles = 0;
            done
        }
        Err(error) => step.trouble(&error).await,
    };
    let mut breakers = meter
        .breakers
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    Stepped {
        then,
        state,
        cost: meter.cost.load(Ordering::Relaxed),
        polled: step.polled,
        error: step.error,
        breakers: std::mem::take(&mut *breakers),
        course: step.course,
    }
}

struct Step<'a> {
    engine: &'a Embedded,
    plan: &'a Plan,
    course: Course,
    observer: Arc<dyn Observer>,
    meter: Arc<Meter>,
    polled: Option<SystemTime>,
    error: Option<Box<str>>,
}

impl Step<'_> {
    fn tell(&self, event: &Progress<'_>) {
        self.observer.event(&self.plan.stream, event);
    }

    fn clock(&self) -> &dyn Clock {
        &*self.engine.clock
    }

    fn store(&self) -> &dyn StateStore {
        &*self.engine.store
    }

    async fn go(&mut self) -> Result<(Then, StreamState), StoreError> {
        let lease = match self.course.lease.take() {
            Some(lease) => {
                // It follows when the run that is under way has ended.
                if std::mem::take(&mut self.course.asked) {
                    self.course.pending = self.course.pending.max(1);
                }
                self.engine.renewed(&lease).await?
            }
            None => {
                let stream = &self.plan.stream;
                let (owner, ttl) = (&self.engine.owner, self.engine.lease);
                let Some(lease) = self.store().acquire(stream, owner, ttl).await? else {
                    self.tell(&Progress::Standby);
                    return Ok(self.stand_by());
                };
                let due = self.store().due(stream).await?;
                self.course.mine &= due == self.course.kept;
                let now = self.clock().wall();
                if let Some(later) = self.course.take_up(&self.plan.times, due, now) {
                    self.store().release(lease).await?;
                    return Ok((Then::At(Some(later)), StreamState::Idle));
                }
                lease
            }
        };
        self.course.lease = Some(lease.clone());
        let turn = self.turn(lease).await?;
        match turn {
            Turn::Again => Ok((Then::Again, StreamState::Queued)),
            Turn::Began => {
                self.began();
                Ok((Then::Again, StreamState::Queued))
            }
            Turn::Idle => self.rest(None).await,
            Turn::At(due) => {
                let wait = due.duration_since(self.clock().wall()).unwrap_or_default();
                let another = self.course.pending > 0 && self.course.poll != Poll::Begin;
                if wait <= self.engine.lease / 3 && !another {
                    // Soon: the stream is kept, and goes on as it is.
                    return Ok((Then::At(Some(due)), StreamState::Waiting));
                }
                self.rest(Some(due)).await
            }
            Turn::Failed(error) => self.failed(&error).await,
        }
    }

    /// A turn, with the lease renewed in the store for as long as it lasts.
    async fn turn(&mut self, lease: Lease) -> Result<Turn, StoreError> {
        let poll = self.course.poll;
        let cx = Cx {
            stream: self.plan.stream.clone(),
            lease,
            clock: Arc::clone(&self.engine.clock),
            observer: Arc::clone(&self.observer),
            poll,
        };
        let began = self.clock().mono();
        let (clock, store) = (&self.engine.clock, &self.engine.store);
        let renew = async {
            loop {
                clock.sleep(cx.lease.ttl / 3).await;
                // A lease that is lost shows in the turn's next commit, which is refused.
                if let Err(StoreError::Fenced(_)) = store.renew(&cx.lease).await {
                    std::future::pending::<()>().await;
                }
            }
        };
        let span = telemetry::turn_span(&self.plan.stream, poll);
        let turn = self.plan.job.turn(&cx, &**store).instrument(span);
        let turn = match select(pin!(turn), pin!(renew)).await {
            Either::Left((turn, _)) => turn?,
            Either::Right(((), _)) => return Err(StoreError::Fenced(cx.lease.epoch)),
        };
        let then = match &turn {
            Turn::Again | Turn::Began => "again",
            Turn::At(_) => "waiting",
            Turn::Idle => "idle",
            Turn::Failed(_) => "failed",
        };
        let took = self.clock().mono().saturating_sub(began);
        self.tell(&Progress::Turn { took, then });
        if self.meter.read.load(Ordering::Relaxed) {
            self.course.failures = 0;
        }
        Ok(turn)
    }

    /// A window was begun.
    fn began(&mut self) {
        let now = self.clock().wall();
        let due = self.course.begins.take();
        let late = due.and_then(|due| now.duration_since(due).ok());
        self.tell(&Progress::Began {
            late: late.unwrap_or_default(),
        });
        self.polled = Some(now);
        self.course.pending = self.course.pending.saturating_sub(1);
        self.course.poll = Poll::Continue;
    }

    /// Nothing can be done now: gives the stream back, and says in the ledger when it is due.
    async fn rest(&mut self, wake: Option<SystemTime>) -> Result<(Then, StreamState), StoreError> {
        if self.course.pending > 0 && self.course.poll != Poll::Begin {
            self.course.poll = Poll::Begin;
            return Ok((Then::Again, StreamState::Queued));
        }
        let unbegun = self.course.pending > 0 && wake.is_some();
        let state = if wake.is_some() {
            StreamState::Waiting
        } else {
            StreamState::Idle
        };
        if unbegun {
            // The run that was due has not begun: it stays due in the ledger.
            self.give_back(None).await?;
            return Ok((Then::At(wake), state));
        }
        self.course.pending = 0;
        let due = self.course.due(wake);
        self.give_back(Some(due)).await?;
        self.tell(&Progress::Ended {
            next: self.course.next_run,
        });
        Ok((Then::At(due), state))
    }

    /// Releases the lease, after it was written when the stream is due.
    async fn give_back(&mut self, due: Option<Option<SystemTime>>) -> Result<(), StoreError> {
        let Some(lease) = self.course.lease.clone() else {
            return Ok(());
        };
        if let Some(due) = due
            && due != self.course.kept
        {
            let op = Op::Schedule { due };
            self.store().commit(&lease, &[op]).await?;
            self.course.kept = due;
        }
        self.course.lease = None;
        self.course.mine = true;
        match self.store().release(lease).await {
            Ok(()) | Err(StoreError::Fenced(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn failed(&mut self, error: &SourceError) -> Result<(Then, StreamState), StoreError> {
        self.error = Some(error.to_string().into());
        self.course.failures = self.course.failures.saturating_add(1);
        if error.kind != SourceErrorKind::Transient {
            // A person must act first; what is in the ledger goes on without the source.
            self.course.pending = 0;
            self.course.poll = Poll::No;
            return Ok((Then::Again, StreamState::Queued));
        }
        let wait = FAILURE.wait(self.course.failures, error.after, self.clock());
        let now = self.clock().wall();
        let again = now + wait;
        let at = match self.course.next_run {
            Some(next) if next > now && error.after.is_none() => again.min(next),
            _ => again,
        };
        if wait > self.engine.lease / 3 {
            self.give_back(None).await?;
        }
        Ok((Then::At(Some(at)), StreamState::Waiting))
    }

    /// The store has refused, or could not.
    async fn trouble(&mut self, error: &StoreError) -> (Then, StreamState) {
        let lease = self.course.lease.take();
        self.tell(&Progress::Stopped(error));
        if let StoreError::Fenced(_) = error {
            return self.stand_by();
        }
        self.error = Some(error.to_string().into());
        self.course.troubles = self.course.troubles.saturating_add(1);
        if let (Some(lease), false) = (lease, matches!(error, StoreError::Unknown(_))) {
            // Where it cannot be given back, it runs out.
            drop(self.store().release(lease).await);
        }
        let now = self.clock().wall();
        match error {
            StoreError::Unknown(_)
            | StoreError::Unavailable(_)
            | StoreError::Busy(_)
            | StoreError::Conflict(_) => {
                let wait = TROUBLE.wait(self.course.troubles, None, self.clock());
                (Then::At(Some(now + wait)), StreamState::Waiting)
            }
            _ => {
                // A person must act first: looked at again with the next run.
                self.course.pending = 0;
                let next = self.plan.times.next_after(now);
                self.course.next_run = next;
                (Then::At(next), StreamState::Stopped)
            }
        }
    }

    /// Looks again whether the other process is still there, several times in the life of a lease.
    fn stand_by(&mut self) -> (Then, StreamState) {
        self.course.mine = false;
        let quarter = self.engine.lease / 4;
        let at = self.clock().wall() + quarter + self.clock().jitter(quarter);
        (Then::At(Some(at)), StreamState::Standby)
    }
}

/// Gives a stream back in the middle of its run, for whoever has its next turn.
///
/// Where the run has `begun`, the ledger says that the stream is due now for what is left of it, so that nobody takes
/// that for another run; before that it stays due for its run.
#[cfg(feature = "restate")]
pub(super) async fn hand_over(engine: &Embedded, plan: &Plan, course: Course, begun: bool) {
    if course.lease.is_none() {
        return;
    }
    let now = engine.clock.wall();
    let due = begun.then(|| course.due(Some(now)));
    let meter = Arc::new(Meter::new(Arc::clone(&engine.observer)));
    let mut step = Step {
        engine,
        plan,
        course,
        observer: Arc::clone(&meter) as _,
        meter,
        polled: None,
        error: None,
    };
    if let Err(error) = step.give_back(due).await {
        step.trouble(&error).await;
    }
}
