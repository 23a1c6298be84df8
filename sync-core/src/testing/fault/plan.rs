//! Which faults happen in a life, and what has happened so far.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Fault, Point, Process, Seam};
use crate::lease::Lease;
use crate::testing::lock;

type Decide = dyn FnMut(&Point) -> Option<Fault> + Send;
type Effect = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The faults of one life, over all the processes in it; a clone is the same plan.
///
/// A life is a ledger, a source and a sink that outlive the processes which work on them. Each [`Process`] puts
/// decorators around them, and each call through a decorator is a [`Point`], numbered over the whole life: run a life
/// once without faults to see its points, then once for each point and each of its [`Point::faults`], then with pairs.
/// A second fault with a higher number strikes in the same process, or during the recovery in the next.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::sync::Arc;
/// use std::time::Duration;
/// use sync_core::engine::Embedded;
/// use sync_core::store::MemoryStore;
/// use sync_core::testing::{FaultPlan, ManualClock, Outside, RowsAsText, ScriptedSink, ScriptedSource, invariants};
/// use sync_core::{Pipeline, PollRule, Repeat, StreamKey};
///
/// /// Two processes, the second one after whatever befell the first; then everything must hold.
/// async fn life(plan: &FaultPlan) {
///     let clock = Arc::new(ManualClock::new());
///     let ledger = Arc::new(MemoryStore::new(clock.clone()));
///     let source = ScriptedSource::new(clock.clone(), PollRule::new(Duration::from_secs(1), Duration::from_secs(60)));
///     let sink = ScriptedSink::new(clock.clone(), Repeat::Deduplicated { window: Duration::from_secs(3600) });
///     let stream = StreamKey::new("acme", "orders", "");
///     source.put("US001/0000000123", "10 pieces");
///     for _ in 0..2 {
///         clock.advance(Duration::from_secs(120));
///         let process = plan.process();
///         let (from, to) = (process.source(source.clone()), process.sink(sink.clone()));
///         let pipeline = Arc::new(Pipeline::new(from, RowsAsText::new(), to));
///         let engine = Embedded::new(Arc::new(process.store(ledger.clone())), clock.clone(), "test");
///         process.run(engine.run_once(&[(stream.clone(), pipeline)])).await;
///     }
///     plan.settle().await;
///     let outside = Outside::scripted(&stream, &source, &sink, plan);
///     let violations = invariants(&*ledger, &outside).await.unwrap();
///     assert!(violations.is_empty(), "{plan:?}: {violations:?}");
/// }
///
/// let plan = FaultPlan::new();
/// life(&plan).await;
/// for point in plan.points().into_iter().filter(|point| point.process == 1) {
///     for fault in point.faults() {
///         life(&FaultPlan::new().at(point.number, *fault)).await;
///     }
/// }
/// # }
/// ```
#[derive(Clone, Default)]
pub struct FaultPlan {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    at: BTreeMap<u64, Fault>,
    decide: Option<Box<Decide>>,
    history: Vec<(Point, Option<Fault>)>,
    processes: u32,
    leases: Vec<Lease>,
    held: Vec<(Due, Effect)>,
}

/// When an effect that is held back lands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Before so many more calls of a store.
    Calls(u32),
    /// At this monotonic time.
    At(Duration),
}

impl FaultPlan {
    /// Nothing goes wrong.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets this go wrong at the point of this number, the first is 1.
    #[must_use]
    pub fn at(self, number: u64, fault: Fault) -> Self {
        lock(&self.state).at.insert(number, fault);
        self
    }

    /// Asks this at every point that [`FaultPlan::at`] says nothing of: a seeded generator, for example. It must
    /// not ask the plan back.
    #[must_use]
    pub fn decide_by(self, decide: impl FnMut(&Point) -> Option<Fault> + Send + 'static) -> Self {
        lock(&self.state).decide = Some(Box::new(decide));
        self
    }

    /// From here on nothing goes wrong; what is late stays late.
    pub fn calm(&self) {
        let mut state = lock(&self.state);
        state.at.clear();
        state.decide = None;
    }

    /// A process that begins now.
    #[must_use]
    pub fn process(&self) -> Process {
        let mut state = lock(&self.state);
        state.processes += 1;
        Process::new(self.clone(), state.processes)
    }

    /// Every point that was passed or died at, in order.
    #[must_use]
    pub fn points(&self) -> Vec<Point> {
        let state = lock(&self.state);
        state.history.iter().map(|(point, _)| *point).collect()
    }

    /// The same, each with what went wrong there.
    #[must_use]
    pub fn history(&self) -> Vec<(Point, Option<Fault>)> {
        lock(&self.state).history.clone()
    }

    /// Every lease that was granted or renewed, in order; only the last of a stream may still be good.
    #[must_use]
    pub fn leases(&self) -> Vec<Lease> {
        lock(&self.state).leases.clone()
    }

    /// Lets everything that is late have its effect now.
    pub async fn settle(&self) {
        let held = std::mem::take(&mut lock(&self.state).held);
        for (_, effect) in held {
            effect.await;
        }
    }

    pub(super) fn pass(&self, point: Point) -> Option<Fault> {
        let mut state = lock(&self.state);
        let state = &mut *state;
        let number = u64::try_from(state.history.len()).unwrap_or(u64::MAX);
        let point = Point {
            number: number.saturating_add(1),
            ..point
        };
        let planned = state.at.remove(&point.number);
        let fault = planned.or_else(|| state.decide.as_mut().and_then(|decide| decide(&point)));
        state.history.push((point, fault));
        fault
    }

    pub(super) fn granted(&self, lease: &Lease) {
        lock(&self.state).leases.push(lease.clone());
    }

    pub(super) fn hold(&self, due: Due, effect: impl Future<Output = ()> + Send + 'static) {
        lock(&self.state).held.push((due, Box::pin(effect)));
    }

    /// Lets what is due at this call have its effect.
    pub(super) async fn land(&self, seam: Seam, now: Option<Duration>) {
        let mut landing = Vec::new();
        {
            let mut state = lock(&self.state);
            for (mut due, effect) in std::mem::take(&mut state.held) {
                if let (Due::Calls(left), Seam::Store) = (&mut due, seam) {
                    *left = left.saturating_sub(1);
                }
                let lands = match due {
                    Due::Calls(left) => left == 0,
                    Due::At(end) => now.is_some_and(|now| end <= now),
                };
                if lands {
                    landing.push(effect);
                } else {
                    state.held.push((due, effect));
                }
            }
        }
        for effect in landing {
            effect.await;
        }
    }
}

impl fmt::Debug for FaultPlan {
    /// The faults that struck, and those that are still to come.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.state);
        let mut list = f.debug_list();
        for (point, fault) in &state.history {
            if let Some(fault) = fault {
                list.entry(&format_args!("{fault} {point}"));
            }
        }
        for (number, fault) in &state.at {
            list.entry(&format_args!("{fault} point {number}, not reached"));
        }
        list.finish()
    }
}
