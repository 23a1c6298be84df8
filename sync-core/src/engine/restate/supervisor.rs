//! Streams that the server has forgotten.

use std::collections::HashMap;
use std::fmt;
use std::pin::pin;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use futures_util::future::{Either, select};

use super::turn::Ask;
use super::{Ingress, IngressError, Restate};
use crate::store::StoreError;
use crate::stream::StreamKey;

/// Starts streams that have never had a turn, and those whose turn is overdue by the ledger.
///
/// It does not ask the server what it knows: an invocation may be suspended or paused there for ever and hold its key.
/// A stream that is still overdue when a lease has passed since it was started (somebody who has died may be in the way until
/// then) goes on as a new *generation*, a key of its own; the old one is retired should it ever wake, and until then the lease keeps it out.
///
/// Several machines may supervise the same streams: what they ask for twice is done once.
pub struct Supervisor {
    restate: Restate,
    ingress: Ingress,
    every: Duration,
    grace: Duration,
    tried: Mutex<HashMap<StreamKey, Tried>>,
}

/// What was done about a stream that was overdue.
#[derive(Debug, Clone, Copy)]
struct Tried {
    due: Option<SystemTime>,
    generation: u32,
    /// When it was asked for, by the monotonic clock.
    at: Duration,
}

/// A stream that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Restarted {
    /// Which.
    pub stream: StreamKey,
    /// When it should have had its turn; `None` if it never had one.
    pub due: Option<SystemTime>,
    /// The generation that it goes on as.
    pub generation: u32,
}

/// Why streams could not be looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuperviseError {
    /// The ledger did not answer.
    #[error("the streams that are overdue cannot be read: {0}")]
    Store(#[from] StoreError),
    /// The server did not take an invocation.
    #[error(transparent)]
    Ingress(#[from] IngressError),
}

impl fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supervisor")
            .field("restate", &self.restate)
            .field("ingress", &self.ingress)
            .field("every", &self.every)
            .field("grace", &self.grace)
            .finish_non_exhaustive()
    }
}

impl Supervisor {
    /// How long it waits between two looks.
    pub const DEFAULT_EVERY: Duration = Duration::from_secs(30);

    /// For the streams of `restate`. A stream is overdue twice the length of a lease after it was due.
    #[must_use]
    pub fn new(restate: &Restate, ingress: Ingress) -> Self {
        Self {
            grace: restate.engine.lease * 2,
            restate: restate.clone(),
            ingress,
            every: Self::DEFAULT_EVERY,
            tried: Mutex::default(),
        }
    }

    /// How long it waits between two looks.
    #[must_use]
    pub fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// How long after it was due a stream is overdue: longer than the longest turn, and than a lease.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Looks again and again until `stop` is ready; what fails is said in the log and tried again at the next look.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let mut stop = pin!(stop);
        let clock = &self.restate.engine.clock;
        loop {
            let look = pin!(self.look());
            match select(stop.as_mut(), look).await {
                Either::Left(_) => return,
                Either::Right((Err(error), _)) => {
                    tracing::warn!(%error, "streams cannot be supervised");
                }
                Either::Right((Ok(_), _)) => {}
            }
            if let Either::Left(_) = select(stop.as_mut(), clock.sleep(self.every)).await {
                return;
            }
        }
    }

    /// Asks for a turn of every stream of this process whatever is due, or for a run; answers nothing, because the server
    /// only takes it down.
    ///
    /// For a process that begins, so that a schedule that has changed counts at once, and for a server that has lost what it
    /// knew. A chain of invocations that there is already ends.
    ///
    /// # Errors
    /// Where the ledger or the server does not answer; streams before that were started.
    pub async fn begin(&self, run_now: bool) -> Result<(), SuperviseError> {
        let ask = Ask {
            run_now,
            ..Ask::default()
        };
        for stream in self.restate.plans.keys() {
            let due = self.restate.engine.store.due(stream).await?;
            let generation = self.tried(stream).map_or(0, |tried| tried.generation);
            self.ingress.turn(stream, generation, &ask).await?;
            self.remember(stream, due, generation);
        }
        Ok(())
    }

    /// One look at all streams of this process.
    ///
    /// # Errors
    /// Where the ledger or the server does not answer; streams before that were started.
    pub async fn look(&self) -> Result<Vec<Restarted>, SuperviseError> {
        let engine = &self.restate.engine;
        let bound = engine.clock.wall().checked_sub(self.grace);
        let mut restarted = Vec::new();
        for stream in self.restate.plans.keys() {
            let due = engine.store.due(stream).await?;
            if due.is_some() && due > bound {
                self.forget(stream);
                continue;
            }
            // One without a schedule, that nothing is due of, is started once to see what the ledger holds of it.
            let before = self.tried(stream);
            let generation = match before {
                Some(tried) if due.is_none() && tried.due.is_none() => continue,
                Some(tried) if tried.due == due => {
                    if engine.clock.mono().saturating_sub(tried.at) < engine.lease {
                        continue;
                    }
                    tried.generation + 1
                }
                Some(tried) => tried.generation,
                None => 0,
            };
            self.ingress
                .turn(stream, generation, &Ask::default())
                .await?;
            if let Some(tried) = before.filter(|tried| tried.generation < generation) {
                tracing::warn!(%stream, generation, "the stream did not go on; it has a new generation");
                self.ingress.retire(stream, tried.generation).await?;
            }
            self.remember(stream, due, generation);
            restarted.push(Restarted {
                stream: stream.clone(),
                due,
                generation,
            });
        }
        Ok(restarted)
    }

    fn tried(&self, stream: &StreamKey) -> Option<Tried> {
        self.lock().get(stream).copied()
    }

    fn remember(&self, stream: &StreamKey, due: Option<SystemTime>, generation: u32) {
        let tried = Tried {
            due,
            generation,
            at: self.restate.engine.clock.mono(),
        };
        self.lock().insert(stream.clone(), tried);
    }

    /// The stream has gone on: its generation stays for the next time.
    fn forget(&self, stream: &StreamKey) {
        if let Some(tried) = self.lock().get_mut(stream) {
            tried.due = Some(SystemTime::UNIX_EPOCH);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<StreamKey, Tried>> {
        self.tried
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
