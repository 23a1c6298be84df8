//! What an invocation does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use restate_sdk::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::super::plan::{Course, Plan};
use super::super::step::{Then, hand_over, step};
use super::Embedded;
use super::key::ObjectKey;
use crate::stream::StreamKey;

/// The object of all streams.
#[derive(Clone)]
pub(super) struct SyncTurn {
    pub(super) engine: Embedded,
    pub(super) plans: Arc<BTreeMap<StreamKey, Plan>>,
    pub(super) budget: Duration,
    pub(super) work: Arc<Work>,
}

/// Which streams have an invocation at work in this process, and whether they are to come to their end.
///
/// A stream may be asked for twice at a time: by two of its generations, or by a server that has lost the connection of an
/// invocation and tries it again. The ledger would give it to both, because they have one owner, and each would shut
/// the other out.
pub(super) struct Work {
    under_way: watch::Sender<BTreeSet<StreamKey>>,
    stopping: AtomicBool,
}

/// A stream is at work until this is dropped.
struct AtWork<'a> {
    work: &'a Work,
    stream: &'a StreamKey,
}

impl Work {
    pub(super) fn new() -> Self {
        Self {
            under_way: watch::Sender::new(BTreeSet::new()),
            stopping: AtomicBool::new(false),
        }
    }

    /// Lets every invocation hand its stream over once its turn is over, and waits for the last.
    pub(super) async fn end(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        // It cannot fail: this has the sender.
        drop(
            self.under_way
                .subscribe()
                .wait_for(BTreeSet::is_empty)
                .await,
        );
    }

    /// `None` where the stream is at work already.
    fn begin<'a>(&'a self, stream: &'a StreamKey) -> Option<AtWork<'a>> {
        let begun = self
            .under_way
            .send_if_modified(|streams| streams.insert(stream.clone()));
        // Not made and dropped where it has not begun: that would end the work of the other.
        begun.then(|| AtWork { work: self, stream })
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.work.under_way.send_modify(|streams| {
            streams.remove(self.stream);
        });
    }
}

impl fmt::Debug for SyncTurn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncTurn").finish_non_exhaustive()
    }
}

/// What an invocation is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ask {
    /// A run now, whatever the schedule says.
    #[serde(default)]
    pub(super) run_now: bool,
    /// The chain that it belongs to, if another invocation has asked for it. Whoever asks from outside begins a new
    /// chain, and the one before ends: an object never has two of them.
    #[serde(default)]
    pub(super) chain: Option<u64>,
    /// What failed one after another before it, so that waits go on growing.
    #[serde(default)]
    pub(super) trials: Trials,
}

/// How often something failed one after another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trials {
    source: u32,
    store: u32,
}

/// What came of the turns of an invocation.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Next {
    /// How many milliseconds later the next one comes; none by itself.
    wait: Option<u64>,
    /// The run that was asked for is still to begin.
    #[serde(default)]
    run_now: bool,
    trials: Trials,
}

/// The number of the chain that goes on.
const CHAIN: &str = "chain";

/// What is due within so much is waited for; what is due later is another invocation.
const SOON: Duration = Duration::from_secs(1);

/// What reaches a process that stops, or that has the stream at work, comes back after so many milliseconds.
const ELSEWHERE: u64 = 1000;

#[object]
impl SyncTurn {
    /// Turns of a stream, and then the next invocation.
    #[handler]
    async fn turn(&self, context: ObjectContext<'_>, ask: Json<Ask>) -> Result<(), TerminalError> {
        let ask = ask.into_inner();
        let key = context.key().to_owned();
        let plan = ObjectKey::parse(&key).and_then(|key| self.plans.get(&key.stream));
        let Some(plan) = plan else {
            let text = format!("no pipeline of this process is called {key:?}");
            return Err(TerminalError::new_with_code(404, text));
        };
        let last = context.get::<u64>(CHAIN).await?.unwrap_or_default();
        let chain = match ask.chain {
            Some(chain) if chain == last => chain,
            // Another chain has begun since. A run that was asked for and has not begun goes on all the same.
            Some(_) if !ask.run_now => return Ok(()),
            _ => {
                context.set(CHAIN, last + 1);
                last + 1
            }
        };
        let next = context
            .run(|| async { Ok(Json(self.turns(plan, &ask).await)) })
            .name("turns")
            .await?
            .into_inner();
        if let Some(wait) = next.wait {
            let ask = Ask {
                run_now: next.run_now,
                chain: Some(chain),
                trials: next.trials,
            };
            context
                .object_client::<SyncTurnClient>(key)
                .turn(Json(ask))
                .send_after(Duration::from_millis(wait));
        }
        Ok(())
    }

    /// Ends the chain of this object, whose stream has another generation now.
    #[handler]
    async fn retire(&self, context: ObjectContext<'_>) -> Result<(), TerminalError> {
        let last = context.get::<u64>(CHAIN).await?.unwrap_or_default();
        context.set(CHAIN, last + 1);
        Ok(())
    }
}

impl SyncTurn {
    /// Works as long as there is something to do and the budget lasts. The ledger alone says what that is, so another
    /// invocation, or the same one again after a crash, goes on from there.
    async fn turns(&self, plan: &Plan, ask: &Ask) -> Next {
        let at_work = self.work.begin(&plan.stream);
        if at_work.is_none() || self.work.is_stopping() {
            return Next {
                wait: Some(ELSEWHERE),
                run_now: ask.run_now,
                trials: ask.trials,
            };
        }
        let next = self.take_turns(plan, ask).await;
        drop(at_work);
        next
    }

    async fn take_turns(&self, plan: &Plan, ask: &Ask) -> Next {
        let clock = &self.engine.clock;
        let began = clock.mono();
        let mut course = Course::new();
        course.asked = ask.run_now;
        course.failures = ask.trials.source;
        course.troubles = ask.trials.store;
        loop {
            let stepped = step(&self.engine, plan, course).await;
            course = stepped.course;
            let trials = Trials {
                source: course.failures,
                store: course.troubles,
            };
            let over = self.work.is_stopping() || clock.mono().saturating_sub(began) >= self.budget;
            let wait = match stepped.then {
                Then::Again => Duration::ZERO,
                Then::At(Some(at)) => at.duration_since(clock.wall()).unwrap_or_default(),
                Then::At(None) => {
                    return Next {
                        wait: None,
                        run_now: false,
                        trials,
                    };
                }
            };
            let again = matches!(stepped.then, Then::Again);
            if !over && (again || course.lease.is_some() && wait <= SOON) {
                if again {
                    tokio::task::consume_budget().await;
                } else {
                    clock.sleep(wait).await;
                }
                continue;
            }
            let begun = again && course.pending == 0;
            // One that is due stays due in the ledger; one that was asked for stands nowhere else.
            let unbegun = course.asked || ask.run_now && course.pending > 0;
            hand_over(&self.engine, plan, course, begun).await;
            let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            return Next {
                wait: Some(wait),
                run_now: unbegun,
                trials,
            };
        }
    }
}
