//! A source, a transform and a sink, run turn by turn.
//!
//! A turn is short, bounded and may be cut at any instruction: whatever it was about to do is in the ledger before it
//! is done, and the next turn, in this process or another, goes on from there.

mod at_once;
mod deliver;
mod gates;
mod pack;
mod poll;
mod prepare;
mod preview;
mod resolve;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use async_trait::async_trait;

use gates::Gates;
pub use preview::{Outgoing, Preview};

use crate::clock::Clock;
use crate::delivery::{Delivery, Event, Rule};
use crate::lease::Lease;
use crate::limit::Gate;
use crate::progress::{Observer, Progress};
use crate::retry::Backoff;
use crate::sink::Sink;
use crate::source::{Source, SourceError};
use crate::store::{Op, Shipment, StateStore, StoreError};
use crate::stream::StreamKey;
use crate::transform::Transform;

/// What a turn is given.
#[derive(Debug, Clone)]
pub struct Cx {
    /// The stream whose turn it is.
    pub stream: StreamKey,
    /// The right to write it.
    pub lease: Lease,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// Who is told.
    pub observer: Arc<dyn Observer>,
    /// Whether the source is read in this turn.
    pub poll: Poll,
}

impl Cx {
    fn tell(&self, event: &Progress<'_>) {
        self.observer.event(&self.stream, event);
    }
}

/// Whether a turn reads its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poll {
    /// Begins a window, or goes on with one that is open.
    Begin,
    /// Goes on with a window that is open.
    Continue,
    /// Leaves the source alone.
    No,
}

/// What is to come after a turn.
#[derive(Debug, Clone)]
pub enum Turn {
    /// There is more to do at once.
    Again,
    /// A window was begun, with the bounds now frozen: there is more to do at once.
    Began,
    /// Nothing before this.
    At(SystemTime),
    /// Nothing is left but what waits for a person or for new records.
    Idle,
    /// The source could not be read; it is in the audit trail. What was in the ledger has been taken care of first.
    Failed(SourceError),
}

/// Something that has turns: what an engine runs.
#[async_trait]
pub trait Runnable: fmt::Debug + Send + Sync + 'static {
    /// One bounded piece of work; restartable at any instruction.
    ///
    /// # Errors
    /// The store's: [`StoreError::Fenced`] means that somebody else has the stream now.
    async fn turn(&self, cx: &Cx, store: &dyn StateStore) -> Result<Turn, StoreError>;
}

/// A source, a transform and a sink.
///
/// ```no_run
/// # use std::sync::Arc;
/// # use sync_core::{Pipeline, Sink, Source, Transform};
/// # fn f<S, T, K>(source: S, transform: T, sink: K) -> Pipeline<S, T, K>
/// # where S: Source, T: Transform<In = S::Record>, K: Sink {
/// Pipeline::new(source, transform, sink).concurrency(16).max_open(5_000)
/// # }
/// ```
#[derive(Debug)]
pub struct Pipeline<S, T, K> {
    source: S,
    transform: T,
    sink: K,
    concurrency: usize,
    max_open: u64,
    backoff: Backoff,
    source_gate: Option<Gate>,
    sink_gate: Option<Gate>,
    /// The largest batch that a lane has asked for so far.
    batch: AtomicUsize,
}

/// How many documents a turn looks at, at most, to find what it can send.
const MOST_READY: usize = 2_000;

impl<S, T, K> Pipeline<S, T, K>
where
    S: Source,
    T: Transform<In = S::Record>,
    K: Sink,
{
    /// How many parcels are on the way at once, over all lanes.
    pub const DEFAULT_CONCURRENCY: usize = 16;

    /// How many open documents stop the polling: a bound for memory and for what a crash leaves to look at.
    pub const DEFAULT_MAX_OPEN: u64 = 10_000;

    /// Puts the three together.
    #[must_use]
    pub fn new(source: S, transform: T, sink: K) -> Self {
        Self {
            source,
            transform,
            sink,
            concurrency: Self::DEFAULT_CONCURRENCY,
            max_open: Self::DEFAULT_MAX_OPEN,
            backoff: Backoff::default(),
            source_gate: None,
            sink_gate: None,
            batch: AtomicUsize::new(1),
        }
    }

    /// How many parcels may be on the way at once over all lanes; a lane's own limit is
    /// [`SinkCaps::concurrency`](crate::SinkCaps).
    #[must_use]
    pub fn concurrency(mut self, parcels: usize) -> Self {
        self.concurrency = parcels.max(1);
        self
    }

    /// How many open documents stop the polling until some are delivered.
    #[must_use]
    pub fn max_open(mut self, documents: u64) -> Self {
        self.max_open = documents.max(1);
        self
    }

    /// How long to wait before a delivery or a probe is tried again.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Limits how often the source is asked; without one it is asked whenever there is need.
    #[must_use]
    pub fn source_gate(mut self, gate: Gate) -> Self {
        self.source_gate = Some(gate);
        self
    }

    /// Limits how often the sink is given something or asked; without one it is whenever there is need.
    #[must_use]
    pub fn sink_gate(mut self, gate: Gate) -> Self {
        self.sink_gate = Some(gate);
        self
    }

    /// The source.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// The transform.
    pub fn transform(&self) -> &T {
        &self.transform
    }

    /// The sink.
    pub fn sink(&self) -> &K {
        &self.sink
    }

    /// How many documents fill so many parcels, as far as lanes have said how many they put into one.
    fn documents_for(&self, parcels: usize) -> usize {
        let batch = self.batch.load(Ordering::Relaxed);
        parcels.max(parcels.saturating_mul(batch).min(MOST_READY))
    }

    fn rule(&self, cx: &Cx, lane: &str, state: &Delivery, now: SystemTime) -> Rule {
        let caps = self.sink.caps(lane);
        let tries = state.attempt.max(state.probes).max(1);
        Rule {
            repeat: caps.repeat,
            budget: caps.budget,
            now,
            backoff: self.backoff.wait(tries, None, &*cx.clock),
        }
    }

    /// The operation that moves a shipment on an event.
    fn movement(
        &self,
        cx: &Cx,
        shipment: &Shipment,
        event: &Event,
        note: &str,
    ) -> Result<Movement, StoreError> {
        self.movement_at(cx, shipment, event, note, cx.clock.wall())
    }

    /// The same, for something that was true at `now`.
    fn movement_at(
        &self,
        cx: &Cx,
        shipment: &Shipment,
        event: &Event,
        note: &str,
        now: SystemTime,
    ) -> Result<Movement, StoreError> {
        let rule = self.rule(cx, &shipment.lane, &shipment.delivery, now);
        let (to, why, command) = crate::delivery::step(&shipment.delivery, event, &rule)
            .map_err(|illegal| StoreError::Conflict(illegal.to_string().into()))?;
        let from = (shipment.delivery.phase, shipment.delivery.attempt);
        let op = Op::Move {
            ship: shipment.id,
            from,
            to: to.clone(),
            why,
            note: note.into(),
            parcel: None,
        };
        Ok(Movement {
            op,
            from: from.0,
            to,
            why,
            command,
        })
    }
}

/// A step that is not yet durable.
#[derive(Debug)]
struct Movement {
    op: Op,
    from: crate::delivery::Phase,
    to: Delivery,
    why: crate::delivery::Why,
    command: crate::delivery::Command,
}

impl Movement {
    fn tell(&self, cx: &Cx, docs: usize, note: &str) {
        cx.tell(&Progress::Moved {
            docs,
            from: self.from,
            to: self.to.phase,
            why: self.why,
            attempt: self.to.attempt,
            note,
        });
    }
}

#[async_trait]
impl<S, T, K> Runnable for Pipeline<S, T, K>
where
    S: Source,
    T: Transform<In = S::Record>,
    K: Sink,
{
    async fn turn(&self, cx: &Cx, store: &dyn StateStore) -> Result<Turn, StoreError> {
        let gates = Gates::new(self.source_gate.as_ref(), self.sink_gate.as_ref());
        let turn = self.turn_through(cx, store, &gates).await?;
        gates.write(cx, store).await?;
        Ok(turn)
    }
}

impl<S, T, K> Pipeline<S, T, K>
where
    S: Source,
    T: Transform<In = S::Record>,
    K: Sink,
{
    async fn turn_through(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        gates: &Gates<'_>,
    ) -> Result<Turn, StoreError> {
        let now = cx.clock.wall();
        // Twice what can be on the way, so that lanes which are full do not starve the others of this turn.
        let parcels = self.concurrency.saturating_mul(2);
        let mut work = store
            .work(&cx.stream, now, self.documents_for(parcels))
            .await?;
        work.shipments.truncate(parcels);
        if self.resolve(cx, store, &work.shipments, gates).await? && !gates.nothing_passed() {
            return Ok(Turn::Again);
        }
        if self.ship(cx, store, &work, gates).await? && !gates.nothing_passed() {
            return Ok(Turn::Again);
        }
        let mut next = [work.next, gates.opens_at(cx)].into_iter().flatten().min();
        if cx.poll != Poll::No && work.open < self.max_open {
            match self.poll(cx, store, gates).await? {
                poll::Polled::Begun => return Ok(Turn::Began),
                poll::Polled::Page => return Ok(Turn::Again),
                poll::Polled::Failed(error) => return Ok(Turn::Failed(error)),
                poll::Polled::NotBefore(at) => next = next.into_iter().chain([at]).min(),
                poll::Polled::Nothing => {}
            }
        }
        let Some(next) = next else {
            return Ok(Turn::Idle);
        };
        if work.next == Some(next) {
            return Ok(Turn::At(next));
        }
        // Those that wait before one gate do not come back in the same moment.
        Ok(Turn::At(next + self.backoff.wait(1, None, &*cx.clock)))
    }
}
