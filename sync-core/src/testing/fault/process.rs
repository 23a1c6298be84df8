//! A process that can die and stand still.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use super::{Edge, Fault, FaultPlan, FaultySink, FaultySource, FaultyStore, Point, Seam};
use crate::sink::Sink;
use crate::source::Source;
use crate::store::StateStore;
use crate::testing::lock;

/// One process of a life: the ledger, the source and the sink as it sees them; a clone is the same process.
#[derive(Debug, Clone)]
pub struct Process {
    plan: FaultPlan,
    number: u32,
    life: Arc<Mutex<Life>>,
}

#[derive(Debug, Default)]
struct Life {
    dead: bool,
    paused: bool,
    runner: Option<Waker>,
    waiting: Vec<Waker>,
}

impl Process {
    pub(super) fn new(plan: FaultPlan, number: u32) -> Self {
        Self {
            plan,
            number,
            life: Arc::default(),
        }
    }

    /// The plan that it belongs to.
    #[must_use]
    pub fn plan(&self) -> &FaultPlan {
        &self.plan
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The ledger as this process sees it.
    #[must_use]
    pub fn store(&self, inner: Arc<dyn StateStore>) -> FaultyStore {
        FaultyStore::of(self.clone(), inner)
    }

    /// A source as this process sees it.
    #[must_use]
    pub fn source<S: Source>(&self, inner: S) -> FaultySource<S> {
        FaultySource::new(self.clone(), inner)
    }

    /// A sink as this process sees it.
    #[must_use]
    pub fn sink<K: Sink>(&self, inner: K) -> FaultySink<K> {
        FaultySink::new(self.clone(), inner)
    }

    /// Runs the process to its end, or until it dies: then it is dropped where it stands and `None` is the answer.
    ///
    /// A process that is paused stays pending until [`Process::wake`].
    pub async fn run<F: Future>(&self, process: F) -> Option<F::Output> {
        let mut process = pin!(process);
        poll_fn(|cx| {
            {
                let mut life = lock(&self.life);
                life.runner = Some(cx.waker().clone());
                if life.paused {
                    return Poll::Pending;
                }
            }
            let polled = process.as_mut().poll(cx);
            if self.is_dead() {
                return Poll::Ready(None);
            }
            polled.map(Some)
        })
        .await
    }

    /// Whether it has died.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        lock(&self.life).dead
    }

    /// Whether it stands still.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        lock(&self.life).paused
    }

    /// Lets a process that stands still go on, as if nothing had happened: it does not know how long it stood.
    pub fn wake(&self) {
        let mut life = lock(&self.life);
        life.paused = false;
        let waiting = std::mem::take(&mut life.waiting);
        let runner = life.runner.take();
        drop(life);
        waiting.into_iter().chain(runner).for_each(Waker::wake);
    }

    /// Before a call: what goes wrong with it. What is dead never goes on.
    pub(super) async fn point(
        &self,
        seam: Seam,
        call: &'static str,
        writes: bool,
    ) -> Option<Fault> {
        self.alive().await;
        let (number, process) = (0, self.number);
        let fault = self.plan.pass(Point {
            number,
            process,
            seam,
            call,
            writes,
        });
        match fault {
            Some(Fault::Crash(Edge::Before)) => self.die(),
            Some(Fault::Pause) => lock(&self.life).paused = true,
            _ => {}
        }
        self.alive().await;
        fault
    }

    /// After a call.
    pub(super) async fn passed(&self, fault: Option<Fault>) {
        if fault == Some(Fault::Crash(Edge::After)) {
            self.die();
        }
        self.alive().await;
    }

    fn die(&self) {
        let mut life = lock(&self.life);
        life.dead = true;
        if let Some(runner) = life.runner.take() {
            runner.wake();
        }
    }

    /// Waits while the process stands still, and for ever once it is dead.
    async fn alive(&self) {
        poll_fn(|cx| {
            let mut life = lock(&self.life);
            if life.paused {
                life.waiting.push(cx.waker().clone());
            }
            if life.dead || life.paused {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
    }
}
