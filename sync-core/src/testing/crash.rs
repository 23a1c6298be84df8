//! A process that dies at a chosen point.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use super::lock;

/// On which side of a call something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edge {
    /// Before it has any effect.
    Before,
    /// After its effect, before its answer is seen.
    After,
}

/// A counter of the points where a process may die, and a process that dies at one of them; a clone is the same.
///
/// Give clones to the doubles of one run ([`FaultyStore::crashing`](super::FaultyStore::crashing),
/// [`ScriptedSource::crashing`](super::ScriptedSource::crashing),
/// [`ScriptedSink::crashing`](super::ScriptedSink::crashing)) and drive the run with [`Crash::run`]: once unarmed, to
/// count the points, then once for each point and [`Edge`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use sync_core::testing::{Crash, Edge};
///
/// let crash = Crash::new();
/// let work = async || {
///     crash.point(async {}).await;
///     crash.point(async {}).await;
///     "done"
/// };
/// assert_eq!(crash.run(work()).await, Some("done"));
/// assert_eq!(crash.points(), 2);
/// crash.arm(2, Edge::Before);
/// assert_eq!(crash.run(work()).await, None);
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Crash {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    passed: u64,
    armed: Option<(u64, Edge)>,
    dead: bool,
    waker: Option<Waker>,
}

impl Crash {
    /// Counts points and never dies until it is armed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins to count anew, and dies at the `nth` point (the first is 1).
    pub fn arm(&self, nth: u64, edge: Edge) {
        *lock(&self.state) = State {
            armed: Some((nth, edge)),
            ..State::default()
        };
    }

    /// Begins to count anew, and never dies.
    pub fn disarm(&self) {
        *lock(&self.state) = State::default();
    }

    /// How many points were passed or died at since the last [`Crash::arm`] or [`Crash::disarm`].
    #[must_use]
    pub fn points(&self) -> u64 {
        lock(&self.state).passed
    }

    /// Whether the process has died.
    #[must_use]
    pub fn has_happened(&self) -> bool {
        lock(&self.state).dead
    }

    /// Runs a process to its end, or until it dies: then it is dropped where it stands and `None` is the answer.
    pub async fn run<F: Future>(&self, process: F) -> Option<F::Output> {
        let mut process = pin!(process);
        poll_fn(|cx| {
            lock(&self.state).waker = Some(cx.waker().clone());
            let polled = process.as_mut().poll(cx);
            if self.has_happened() {
                return Poll::Ready(None);
            }
            polled.map(Some)
        })
        .await
    }

    /// A call before and after which the process may die; what is dead never goes on.
    pub async fn point<F: Future>(&self, call: F) -> F::Output {
        let number = {
            let mut state = lock(&self.state);
            state.passed += 1;
            state.passed
        };
        self.edge(number, Edge::Before).await;
        let answer = call.await;
        self.edge(number, Edge::After).await;
        answer
    }

    async fn edge(&self, number: u64, edge: Edge) {
        let waker = {
            let mut state = lock(&self.state);
            if state.armed == Some((number, edge)) {
                state.dead = true;
            }
            if !state.dead {
                return;
            }
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        std::future::pending::<()>().await;
    }
}
