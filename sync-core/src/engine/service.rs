//! Turns for as long as somebody wants them.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll as Ready;
use std::time::{Duration, SystemTime};

use futures_util::stream::{FuturesUnordered, Stream as _};

use super::Embedded;
use super::control::{Control, StreamState, StreamView};
use super::fair::FairQueue;
use super::plan::{Course, Plan};
use super::step::{Stepped, Then, step};
use crate::breaker::BreakerState;
use crate::lease::Lease;
use crate::store::StoreError;

/// Runs streams by their schedules until it is told to stop: one future, which spawns nothing.
///
/// A stream is leased for the length of its run and given back when there is nothing to do, so that a person's decision or
/// another process finds it free. When it is due next stands in the ledger; that makes a second service on the same
/// ledger a warm standby ([`Embedded::standby`]).
///
/// Dropping the future is like a crash: the ledger is whole, and the next service goes on from it.
///
/// ```
/// # use std::{sync::Arc, time::Duration};
/// # use sync_core::{Pipeline, Sink, Source, StreamKey, SystemClock, Transform, store::MemoryStore};
/// use sync_core::engine::{Embedded, Plan};
/// use sync_core::schedule::Schedule;
///
/// # async fn f<S, T, K>(pipeline: Pipeline<S, T, K>, stopped: impl Future<Output = ()> + Send) -> Result<(), Box<dyn std::error::Error>>
/// # where S: Source, T: Transform<In = S::Record>, K: Sink {
/// # let clock = Arc::new(SystemClock::new());
/// # let store = Arc::new(MemoryStore::new(clock.clone()));
/// let stream = StreamKey::new("acme", "orders", "us001");
/// let every = Schedule::every(Duration::from_secs(900))?;
/// let plan = Plan::new(stream.clone(), Arc::new(pipeline), &every);
/// let service = Embedded::new(store, clock, "this-process").service(vec![plan]);
/// let control = service.control();
/// control.run_now(&stream);
/// let streams = service.run(stopped).await?; // a signal, for example
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Service {
    engine: Embedded,
    plans: Vec<Plan>,
    control: Control,
}

/// The time of day is looked at so often in any case: it may be set.
const LONGEST_NAP: Duration = Duration::from_secs(60);

impl Embedded {
    /// A service that runs these streams by their schedules.
    #[must_use]
    pub fn service(&self, plans: Vec<Plan>) -> Service {
        let control = Control::new(plans.iter().map(|plan| plan.stream.clone()));
        Service {
            engine: self.clone(),
            plans,
            control,
        }
    }
}

impl Service {
    /// Asks it for runs, stops it, and sees what it does.
    #[must_use]
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Runs until `stop` is ready or [`Control::stop`] is called; then lets the turns that have begun come to their end,
    /// gives every stream back, and answers how they stand.
    ///
    /// A turn lasts as long as its longest request: who cannot wait for that drops the future.
    ///
    /// # Errors
    /// Where the ledger cannot be read at the start. Later on, a stream that fails is tried again, and never keeps the
    /// others from going on.
    pub async fn run(
        self,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<Vec<StreamView>, StoreError> {
        let mut running = Running::new(&self);
        running.begin().await?;
        let mut stop = pin!(stop);
        let mut stopping = false;
        loop {
            let (wanted, stop_asked) = self.control.shared.wanted();
            stopping |= stop_asked;
            for place in wanted {
                running.ask(place);
            }
            if stopping && running.turns.is_empty() {
                break;
            }
            if !stopping {
                running.wake_due();
                running.dispatch();
            }
            let asked = self.control.shared.asked.notified();
            let nap = self.engine.clock.sleep(running.nap());
            let (mut asked, mut nap) = (pin!(asked), pin!(nap));
            let turns = &mut running.turns;
            let renewals = &mut running.renewals;
            let event = poll_fn(|cx| {
                if !stopping && stop.as_mut().poll(cx).is_ready() {
                    return Ready::Ready(Event::Stop);
                }
                if let Ready::Ready(Some(ended)) = Pin::new(&mut *turns).poll_next(cx) {
                    return Ready::Ready(Event::Ended(Box::new(ended)));
                }
                if let Ready::Ready(Some(renewed)) = Pin::new(&mut *renewals).poll_next(cx) {
                    return Ready::Ready(Event::Renewed(renewed));
                }
                if asked.as_mut().poll(cx).is_ready() || nap.as_mut().poll(cx).is_ready() {
                    return Ready::Ready(Event::Look);
                }
                Ready::Pending
            })
            .await;
            match event {
                Event::Stop => stopping = true,
                Event::Ended(ended) => {
                    let (place, stepped) = *ended;
                    running.ended(place, stepped);
                }
                Event::Renewed((place, renewed)) => running.renewed(place, renewed),
                Event::Look => {}
            }
        }
        running.give_all_back().await;
        Ok(self.control.streams())
    }
}

enum Event {
    Stop,
    Ended(Box<(usize, Stepped)>),
    Renewed((usize, Result<Lease, StoreError>)),
    Look,
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What is under way.
struct Running<'a> {
    service: &'a Service,
    /// What each stream is about to do; nothing while it has a turn.
    courses: Vec<Option<Course>>,
    queue: FairQueue<usize>,
    queued: Vec<bool>,
    timers: BinaryHeap<Reverse<(SystemTime, usize, u64)>>,
    /// Which timer of a stream counts: the others were overtaken.
    armed: Vec<u64>,
    /// Streams that were asked for while they had a turn.
    asked: BTreeSet<usize>,
    turns: FuturesUnordered<Boxed<'a, (usize, Stepped)>>,
    renewals: FuturesUnordered<Boxed<'a, (usize, Result<Lease, StoreError>)>>,
    /// How many streams hold a lease while they wait.
    leases: usize,
    /// When the leases of waiting streams are looked at next, by the monotonic clock.
    keep_at: Duration,
    at_once_per_tenant: usize,
}

impl<'a> Running<'a> {
    fn new(service: &'a Service) -> Self {
        let count = service.plans.len();
        let engine = &service.engine;
        let tenants: BTreeSet<_> = service.plans.iter().map(|plan| &plan.tenant).collect();
        let at_once = engine.streams_at_once;
        // With several tenants, none may take every place with requests that take long.
        let share = if tenants.len() > 1 {
            at_once.div_ceil(2)
        } else {
            at_once
        };
        Self {
            service,
            courses: (0..count).map(|_| Some(Course::new())).collect(),
            queue: FairQueue::new(),
            queued: vec![false; count],
            timers: BinaryHeap::new(),
            armed: vec![0; count],
            asked: BTreeSet::new(),
            turns: FuturesUnordered::new(),
            renewals: FuturesUnordered::new(),
            leases: 0,
            keep_at: engine.clock.mono() + engine.lease / 4,
            at_once_per_tenant: engine.tenant_streams_at_once.unwrap_or(share),
        }
    }

    /// Finds out from the ledger when each stream is due.
    async fn begin(&mut self) -> Result<(), StoreError> {
        let known = self.service.engine.store.streams().await?;
        let due: std::collections::HashMap<_, _> = known
            .into_iter()
            .map(|status| (status.stream, status.due))
            .collect();
        let now = self.service.engine.clock.wall();
        for (place, plan) in self.service.plans.iter().enumerate() {
            let kept = due.get(&plan.stream).copied().flatten();
            let Some(Some(course)) = self.courses.get_mut(place) else {
                continue;
            };
            course.kept = kept;
            course.next_run = plan.times.next_after(now);
            let next_run = course.next_run;
            self.service.control.shared.set(place, |view| {
                view.next_run = next_run;
                view.due = kept;
            });
            match kept {
                None => self.enqueue(place),
                Some(kept) => {
                    let soonest = next_run.map_or(kept, |next| next.min(kept));
                    self.arm(place, soonest + self.service.engine.standby);
                }
            }
        }
        Ok(())
    }

    fn ask(&mut self, place: usize) {
        match self.courses.get_mut(place) {
            Some(Some(course)) => {
                course.asked = true;
                self.enqueue(place);
            }
            Some(None) => {
                self.asked.insert(place);
            }
            None => {}
        }
    }

    fn enqueue(&mut self, place: usize) {
        let (Some(plan), Some(queued), Some(armed)) = (
            self.service.plans.get(place),
            self.queued.get_mut(place),
            self.armed.get_mut(place),
        ) else {
            return;
        };
        *armed += 1;
        if !std::mem::replace(queued, true) {
            self.queue.push(&plan.tenant, place);
        }
    }

    fn arm(&mut self, place: usize, at: SystemTime) {
        if let Some(armed) = self.armed.get_mut(place) {
            *armed += 1;
            self.timers.push(Reverse((at, place, *armed)));
        }
    }

    /// Queues what is due, and has a look at the leases of those that wait.
    fn wake_due(&mut self) {
        let now = self.service.engine.clock.wall();
        while let Some(Reverse((at, place, number))) = self.timers.peek().copied()
            && at <= now
        {
            self.timers.pop();
            if self.armed.get(place) == Some(&number) {
                self.enqueue(place);
            }
        }
        let mono = self.service.engine.clock.mono();
        if mono >= self.keep_at {
            self.keep_at = mono + self.service.engine.lease / 4;
            self.keep_leases();
        }
    }

    /// Renews the leases of streams that wait for their turn or for a moment that is near.
    fn keep_leases(&mut self) {
        let engine = &self.service.engine;
        let half = engine.lease / 2;
        for (place, course) in self.courses.iter_mut().enumerate() {
            let Some(course) = course else { continue };
            let Some(lease) = course
                .lease
                .take_if(|lease| lease.remaining(&*engine.clock) < half)
            else {
                continue;
            };
            course.renewing = true;
            self.leases -= 1;
            self.renewals.push(Box::pin(async move {
                let renewed = engine.store.renew(&lease).await;
                (place, renewed)
            }));
        }
    }

    fn renewed(&mut self, place: usize, renewed: Result<Lease, StoreError>) {
        let Some(Some(course)) = self.courses.get_mut(place) else {
            return;
        };
        course.renewing = false;
        // Where it is lost, or nobody knows, the stream's next step takes it anew.
        course.lease = renewed.ok();
        self.leases += usize::from(course.lease.is_some());
        if std::mem::take(&mut course.passed_over) {
            self.enqueue(place);
        }
    }

    fn dispatch(&mut self) {
        let engine = &self.service.engine;
        while self.turns.len() < engine.streams_at_once {
            let Some((tenant, place)) = self.queue.pop(self.at_once_per_tenant) else {
                break;
            };
            if let Some(queued) = self.queued.get_mut(place) {
                *queued = false;
            }
            let plan = self.service.plans.get(place);
            let slot = self.courses.get_mut(place);
            let course = slot.and_then(|slot| {
                if let Some(course) = slot.as_mut().filter(|course| course.renewing) {
                    course.passed_over = true;
                    return None;
                }
                slot.take()
            });
            let (Some(plan), Some(course)) = (plan, course) else {
                self.queue.done(&tenant, 0);
                continue;
            };
            self.leases -= usize::from(course.lease.is_some());
            self.service
                .control
                .shared
                .set(place, |view| view.state = StreamState::Running);
            self.turns.push(Box::pin(async move {
                let stepped = step(engine, plan, course).await;
                (place, stepped)
            }));
        }
    }

    fn ended(&mut self, place: usize, stepped: Stepped) {
        let Stepped {
            mut course,
            then,
            state,
            cost,
            polled,
            error,
            breakers,
        } = stepped;
        let Some(plan) = self.service.plans.get(place) else {
            return;
        };
        self.queue.done(&plan.tenant, cost);
        let asked = self.asked.remove(&place);
        course.asked |= asked;
        let wake = match then {
            Then::Again => None,
            // Another process may be about to begin this run: it is given the time for that.
            Then::At(at) if !course.mine && state == StreamState::Idle => {
                at.map(|at| at + self.service.engine.standby)
            }
            Then::At(at) => at,
        };
        let (failures, next_run) = (course.failures, course.next_run);
        self.service.control.shared.set(place, |view| {
            view.state = state;
            view.turns += 1;
            view.failures = failures;
            view.next_run = next_run;
            view.due = wake;
            if let Some(at) = polled {
                view.last_poll = Some(at);
                view.runs += 1;
            }
            if error.is_some() || failures == 0 {
                view.error = error;
            }
            for (endpoint, breaker) in breakers {
                match breaker {
                    BreakerState::Closed { .. } => view.breakers.remove(&endpoint),
                    other => view.breakers.insert(endpoint, other),
                };
            }
        });
        self.leases += usize::from(course.lease.is_some());
        if let Some(slot) = self.courses.get_mut(place) {
            *slot = Some(course);
        }
        match (then, wake) {
            (Then::Again, _) => self.enqueue(place),
            _ if asked => self.enqueue(place),
            (Then::At(_), Some(at)) => self.arm(place, at),
            (Then::At(_), None) => {}
        }
    }

    /// How long there is nothing to do.
    fn nap(&self) -> Duration {
        let clock = &self.service.engine.clock;
        let until_keep = match self.leases {
            0 => LONGEST_NAP,
            _ => self.keep_at.saturating_sub(clock.mono()),
        };
        let now = clock.wall();
        let until_timer = self
            .timers
            .peek()
            .map(|Reverse((at, ..))| at.duration_since(now).unwrap_or_default());
        // A timer that has passed waits for a place: it is looked at when a turn ends.
        let until_timer = until_timer.filter(|wait| !wait.is_zero());
        until_timer
            .unwrap_or(LONGEST_NAP)
            .min(LONGEST_NAP)
            .min(until_keep.max(Duration::from_millis(1)))
    }

    /// Gives every stream back, so that another process need not wait for leases to end.
    async fn give_all_back(&mut self) {
        let engine = &self.service.engine;
        let mut leases: Vec<Lease> = self
            .courses
            .iter_mut()
            .flatten()
            .filter_map(|course| course.lease.take())
            .collect();
        // Those that are being renewed come back first.
        while let Some((_, renewed)) =
            poll_fn(|cx| Pin::new(&mut self.renewals).poll_next(cx)).await
        {
            leases.extend(renewed);
        }
        let mut releases: FuturesUnordered<_> = leases
            .into_iter()
            .map(|lease| engine.store.release(lease))
            .collect();
        while let Some(released) = poll_fn(|cx| Pin::new(&mut releases).poll_next(cx)).await {
            // What cannot be given back runs out by itself.
            drop(released);
        }
        for place in 0..self.courses.len() {
            self.service.control.shared.set(place, |view| {
                if matches!(view.state, StreamState::Queued | StreamState::Running) {
                    view.state = StreamState::Waiting;
                }
            });
        }
    }
}
