//! A world with its own time, in which processes come, stand still, wake and die.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use sync_core::delivery::Phase;
use sync_core::engine::Embedded;
use sync_core::limit::Limits;
use sync_core::store::{MemoryStore, StateStore};
use sync_core::testing::{
    Act, Edge, Fault, FaultPlan, ManualClock, Outside, Process, RowsAsText, ScriptedSink,
    invariants,
};
use sync_core::{Clock, Pipeline, Repeat, Runnable, SinkCaps, StreamKey, Version};

use crate::source::Table;

const LEASE: Duration = Duration::from_secs(30);
/// Longer than a lease: whoever sleeps so long wakes as a zombie.
const PAUSE: std::ops::Range<u64> = 31..60;
/// Longer than a request (5 s), what the network holds (20 s), a pause (60 s) and the difference of two clocks (10 s).
const SETTLE: Duration = Duration::from_secs(100);
/// The flows: two streams of one tenant that take their numbers from one series.
const FLOWS: [&str; 2] = ["orders", "invoices"];

/// What is different from a world in which everybody keeps his promises.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lie {
    /// The sink has every repeat twice, whatever it promises.
    pub(crate) forgetful: bool,
    /// An absence is believed so many seconds after the send.
    pub(crate) settle: Option<u64>,
    /// Windows reach back over less than the source's lateness.
    pub(crate) short: bool,
}

/// How a world ended.
#[derive(Debug)]
pub(crate) struct End {
    /// What does not hold.
    pub(crate) bad: Vec<String>,
    /// Everything that happened, as a hash.
    pub(crate) trace: Version,
    pub(crate) faults: BTreeSet<String>,
    /// Writes that came with an old lease, and how often a stream changed hands.
    pub(crate) leases: usize,
    pub(crate) effects: usize,
    pub(crate) review: u64,
}

pub(crate) struct World {
    rng: fastrand::Rng,
    clock: ManualClock,
    ledger: MemoryStore,
    tables: Vec<Table>,
    sink: ScriptedSink,
    repeat: Repeat,
    /// Whether both sides have limits and breakers before them.
    gated: bool,
    plan: FaultPlan,
    running: Vec<Running>,
    /// When processes begin.
    begins: Vec<Duration>,
}

struct Running {
    process: Process,
    /// When it wakes, where it stands still.
    wakes: Option<Duration>,
    future: Pin<Box<dyn Future<Output = ()>>>,
}

impl World {
    pub(crate) fn new(seed: u64, lie: Lie) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let clock = ManualClock::stepped().seeded(rng.u64(..));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let repeat = match seed % 3 {
            0 => Repeat::Deduplicated {
                window: Duration::from_secs(24 * 3600),
            },
            1 => Repeat::Probe {
                settle: lie.settle.map_or(SETTLE, Duration::from_secs),
            },
            _ => Repeat::Blind,
        };
        let nature = if lie.forgetful { Repeat::Blind } else { repeat };
        let sink = ScriptedSink::new(Arc::clone(&shared), nature);
        let caps = sync_core::Sink::caps(&sink, "");
        let sink = sink.promising(SinkCaps { repeat, ..caps });
        sink.decide_by(weather(rng.u64(..)));
        Self {
            ledger: MemoryStore::new(shared),
            tables: FLOWS
                .map(|_| Table::new(&clock, rng.u64(..), lie.short))
                .to_vec(),
            plan: FaultPlan::new().decide_by(faults(rng.u64(..))),
            rng,
            clock,
            sink,
            repeat,
            gated: seed / 3 % 2 == 1,
            running: Vec::new(),
            begins: Vec::new(),
        }
    }

    /// A few minutes of trouble, then peace until nothing is left to do.
    pub(crate) fn live(mut self) -> End {
        for _ in 0..self.rng.u32(4..10) {
            for _ in 0..self.rng.u32(0..5) {
                let table = self.rng.usize(0..FLOWS.len());
                self.tables[table].write();
            }
            self.begin();
            let pass = Duration::from_secs(self.rng.u64(5..90));
            self.pass(Some(pass));
        }
        self.plan.calm();
        self.sink.decide_by(|_| Some(Act::Accept));
        self.tables.iter().for_each(Table::calm);
        let mut bad = Vec::new();
        if !self.pass(None) {
            bad.push("a process never ends".to_owned());
        }
        ready(self.plan.settle());
        for _ in 0..3 {
            // Beyond every lateness and every settle.
            self.clock.advance(Duration::from_secs(300));
            self.begin();
            if !self.pass(None) {
                bad.push("a process never ends".to_owned());
            }
        }
        self.end(bad)
    }

    /// A process begins, with a wall clock of its own.
    fn begin(&mut self) {
        let process = self.plan.process();
        let ahead = self.rng.u64(0..10_000);
        let clock: Arc<dyn Clock> = Arc::new(Ahead {
            inner: self.clock.clone(),
            by: Duration::from_millis(ahead),
        });
        let limits = Limits::new();
        let mut jobs: Vec<(StreamKey, Arc<dyn Runnable>)> = Vec::new();
        for (flow, table) in FLOWS.into_iter().zip(&self.tables) {
            let (source, sink) = (
                process.source(table.clone()),
                process.sink(self.sink.clone()),
            );
            let batch = self.rng.usize(1..4);
            let transform = RowsAsText::new()
                .lane_by(move |_| Ok(flow.into()))
                .batch(batch);
            let mut pipeline = Pipeline::new(source, transform, sink);
            if self.gated {
                let gate = |endpoint: &str| limits.gate("acme", endpoint, None);
                pipeline = pipeline.source_gate(gate(flow)).sink_gate(gate("cleo"));
            }
            jobs.push((stream(flow), Arc::new(pipeline)));
        }
        let store = Arc::new(process.store(Arc::new(self.ledger.clone())));
        let owner = format!("process {}", process.number());
        let engine = Embedded::new(store, clock, owner)
            .lease(LEASE)
            .patience(Duration::from_secs(600));
        let life = process.clone();
        let future = Box::pin(async move {
            life.run(engine.run_once(&jobs)).await;
        });
        self.running.push(Running {
            process,
            wakes: None,
            future,
        });
    }

    /// Lets time pass, so long or until every process has ended; whether that came about.
    fn pass(&mut self, long: Option<Duration>) -> bool {
        let end = long.map(|long| self.clock.mono() + long);
        for _ in 0..20_000 {
            self.poll();
            let now = self.clock.mono();
            let wakes = self.running.iter().filter_map(|running| running.wakes);
            let next = self.clock.next_end().into_iter();
            let next = next.chain(wakes).chain(self.begins.iter().copied());
            let Some(next) = next.chain(end).min() else {
                return true;
            };
            self.clock.advance(next.saturating_sub(now));
            if end.is_some_and(|end| end <= next) {
                return true;
            }
            for running in &mut self.running {
                if running.wakes.is_some_and(|at| at <= next) {
                    running.wakes = None;
                    running.process.wake();
                }
            }
            let due = self.begins.extract_if(.., |at| *at <= next).count();
            (0..due).for_each(|_| self.begin());
        }
        false
    }

    /// Lets every process go as far as it comes without time.
    fn poll(&mut self) {
        let now = self.clock.mono();
        let mut cx = Context::from_waker(Waker::noop());
        let mut at = 0;
        while let Some(running) = self.running.get_mut(at) {
            if running.wakes.is_none() && running.future.as_mut().poll(&mut cx).is_ready() {
                drop(self.running.remove(at));
                continue;
            }
            at += 1;
            if running.process.is_paused() && running.wakes.is_none() {
                let pause = Duration::from_secs(self.rng.u64(PAUSE));
                running.wakes = Some(now + pause);
                // Somebody else takes over meanwhile, or tries to.
                self.begins
                    .push(now + Duration::from_secs(self.rng.u64(20..60)));
            }
        }
    }

    fn end(self, mut bad: Vec<String>) -> End {
        let mut trace = format!("{:?}", self.plan.history());
        let mut review = 0;
        for (flow, table) in FLOWS.into_iter().zip(&self.tables) {
            let stream = stream(flow);
            let mut outside = Outside::delivered(&stream, &self.sink, &self.plan);
            outside.wanted = table.shown();
            outside
                .attempts
                .retain(|parting| parting.name.starts_with(flow));
            outside
                .effects
                .retain(|parting| parting.name.starts_with(flow));
            let violations = ready(invariants(&self.ledger, &outside)).unwrap();
            bad.extend(violations.iter().map(|what| format!("{flow}: {what}")));
            let counts = ready(self.ledger.counts(&stream)).unwrap();
            review += counts.of(Phase::Review);
            for phase in [Phase::Dead, Phase::Held] {
                if counts.of(phase) > 0 {
                    bad.push(format!("{flow}: something is {phase}"));
                }
            }
            let trail = ready(self.ledger.audit(&stream, 1, usize::MAX)).unwrap();
            trace += &format!("{:?}", trail.last());
        }
        if review > 0 && self.repeat != Repeat::Blind {
            bad.push(format!("{review} documents wait for a person for nothing"));
        }
        let effects = self.sink.effects();
        for effect in &effects {
            trace += &format!("{} {:?};", effect.name, effect.at);
        }
        let faults = self.plan.history();
        End {
            bad,
            trace: Version::of(trace.as_bytes()),
            faults: faults
                .iter()
                .filter_map(|(point, fault)| Some(format!("{} {}", (*fault)?, point.call)))
                .collect(),
            leases: self.plan.leases().len(),
            effects: effects.len(),
            review,
        }
    }
}

fn stream(flow: &str) -> StreamKey {
    StreamKey::new("acme", flow, "")
}

/// The answer of what never waits.
fn ready<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    match future.as_mut().poll(&mut cx) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("a ledger in memory does not wait"),
    }
}

/// What the sink does of its own: throttled, logged out, or the network between.
fn weather(seed: u64) -> impl Fn(&sync_core::testing::Call) -> Option<Act> + Send + Sync {
    let rng = Mutex::new(fastrand::Rng::with_seed(seed));
    move |_| {
        let mut rng = rng.lock().unwrap();
        Some(match rng.u32(0..24) {
            0 => Act::NotSent {
                after: Some(Duration::from_secs(rng.u64(1..30))),
            },
            1 => Act::NotSent { after: None },
            2 => Act::LoseRequest,
            3 => Act::LoseAnswer,
            4 => Act::LandAfter(Duration::from_secs(rng.u64(1..20))),
            _ => Act::Accept,
        })
    }
}

/// What goes wrong at the calls of the processes; each stands still once at most.
fn faults(seed: u64) -> impl FnMut(&sync_core::testing::Point) -> Option<Fault> + Send + 'static {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut paused = BTreeSet::new();
    move |point| match rng.u32(0..160) {
        0 => Some(Fault::Crash(Edge::Before)),
        1 => Some(Fault::Crash(Edge::After)),
        2 => Some(Fault::Refuse),
        3 => Some(Fault::LoseRequest),
        4 => Some(Fault::LoseAnswer),
        5 => Some(Fault::Late),
        6..8 => paused.insert(point.process).then_some(Fault::Pause),
        // Where a zombie does the most harm.
        8..24 if point.call == "deliver" => paused.insert(point.process).then_some(Fault::Pause),
        _ => None,
    }
}

/// A process's wall clock, ahead of the true time.
#[derive(Debug)]
struct Ahead {
    inner: ManualClock,
    by: Duration,
}

#[async_trait]
impl Clock for Ahead {
    fn wall(&self) -> SystemTime {
        self.inner.wall() + self.by
    }

    fn mono(&self) -> Duration {
        self.inner.mono()
    }

    fn jitter(&self, upper: Duration) -> Duration {
        self.inner.jitter(upper)
    }

    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration).await;
    }
}
