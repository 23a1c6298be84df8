//! A sink that does as it is told and remembers everything.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;

use super::lock;
use crate::clock::Clock;
use crate::pipeline::Cx;
use crate::sink::{Probe, Repeat, Sink, SinkCaps, Verdict};
use crate::source::{SourceError, Stop};
use crate::transform::{Parcel, Stamp};

/// What a [`ScriptedSink`] does with one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Takes it, and says so.
    Accept,
    /// Refuses it for good.
    Reject(Stop),
    /// Proves that nothing was acted on.
    NotSent {
        /// How long it asks to be left alone.
        after: Option<Duration>,
    },
    /// The request never arrives, and the caller does not know.
    LoseRequest,
    /// The request takes effect, and the caller does not know.
    LoseAnswer,
    /// The caller does not know, and the request takes effect only so much later by the clock.
    LandAfter(Duration),
    /// The caller does not know, and the request takes effect when [`ScriptedSink::land`] is called, if ever.
    KeepFlying,
}

/// A delivery that was attempted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The lane.
    pub lane: Box<str>,
    /// The parcel's name.
    pub name: Box<str>,
    /// Its bytes.
    pub bytes: Bytes,
    /// The shipment's numbers.
    pub numbers: Vec<u64>,
    /// How often the parcel of this name was attempted, this time included.
    pub attempt: u32,
}

/// A delivery that took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The parcel's name.
    pub name: Box<str>,
    /// Its bytes.
    pub bytes: Bytes,
    /// The shipment's numbers.
    pub numbers: Vec<u64>,
    /// When it took effect.
    pub at: SystemTime,
}

type Decide = dyn Fn(&Call) -> Option<Act> + Send + Sync;

/// A [`Sink`] that does as it is told and counts effects; a clone is the same sink.
///
/// A delivery does what [`ScriptedSink::decide_by`] says, else the next of [`ScriptedSink::then`], else
/// [`Act::Accept`]. With [`Repeat::Deduplicated`] a parcel whose name it knows has no second effect within the window;
/// with the others each delivery that arrives counts. A probe answers from what has arrived by now.
#[derive(Clone)]
pub struct ScriptedSink {
    clock: Arc<dyn Clock>,
    caps: SinkCaps,
    /// What it truly does with repeats.
    nature: Repeat,
    inbox: Arc<Mutex<Inbox>>,
}

#[derive(Default)]
struct Inbox {
    script: VecDeque<Act>,
    decide: Option<Arc<Decide>>,
    calls: Vec<Call>,
    effects: Vec<Effect>,
    flying: Vec<(Option<SystemTime>, Effect)>,
    probes: u64,
    probe_failures: VecDeque<SourceError>,
    first_bytes: BTreeMap<Box<str>, Bytes>,
    altered: BTreeSet<Box<str>>,
}

impl ScriptedSink {
    /// A sink that accepts everything: eight parcels at once, 5 s a request, a budget of a day.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, repeat: Repeat) -> Self {
        let caps = SinkCaps {
            repeat,
            concurrency: 8,
            request_timeout: Duration::from_secs(5),
            budget: Duration::from_secs(24 * 3600),
        };
        Self {
            clock,
            caps,
            nature: repeat,
            inbox: Arc::default(),
        }
    }

    /// Promises this, whatever it does: how it treats repeats stays what [`ScriptedSink::new`] was told.
    #[must_use]
    pub fn promising(mut self, caps: SinkCaps) -> Self {
        self.caps = caps;
        self
    }

    /// Says what the next delivery that has no act before it does.
    pub fn then(&self, act: Act) {
        lock(&self.inbox).script.push_back(act);
    }

    /// Asks this first; `None` leaves the delivery to the script.
    pub fn decide_by(&self, decide: impl Fn(&Call) -> Option<Act> + Send + Sync + 'static) {
        lock(&self.inbox).decide = Some(Arc::new(decide));
    }

    /// Fails the next probe that has no failure before it.
    pub fn fail_probe(&self, error: SourceError) {
        lock(&self.inbox).probe_failures.push_back(error);
    }

    /// Lets every request of [`Act::KeepFlying`] take effect now; how many there were.
    pub fn land(&self) -> usize {
        let now = self.clock.wall();
        let mut inbox = lock(&self.inbox);
        let (landing, flying) = std::mem::take(&mut inbox.flying)
            .into_iter()
            .partition(|(at, _)| at.is_none());
        inbox.flying = flying;
        let landing: Vec<(_, Effect)> = landing;
        let count = landing.len();
        for (_, effect) in landing {
            self.take(&mut inbox, Effect { at: now, ..effect });
        }
        count
    }

    /// Every delivery that was attempted, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.inbox).calls.clone()
    }

    /// Every effect so far, in order.
    #[must_use]
    pub fn effects(&self) -> Vec<Effect> {
        let mut inbox = lock(&self.inbox);
        self.arrive(&mut inbox);
        inbox.effects.clone()
    }

    /// How often a parcel of this name took effect.
    #[must_use]
    pub fn effects_of(&self, name: &str) -> usize {
        self.effects()
            .iter()
            .filter(|effect| *effect.name == *name)
            .count()
    }

    /// How often it was asked for a parcel.
    #[must_use]
    pub fn probes(&self) -> u64 {
        lock(&self.inbox).probes
    }

    /// Parcels that came again under the same name with other bytes: must stay empty.
    #[must_use]
    pub fn altered(&self) -> Vec<Box<str>> {
        lock(&self.inbox).altered.iter().cloned().collect()
    }

    /// The present, by the sink's clock.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.clock.wall()
    }

    /// Lets everything take effect whose time has come.
    fn arrive(&self, inbox: &mut Inbox) {
        let now = self.clock.wall();
        let (landing, flying): (Vec<_>, Vec<_>) = std::mem::take(&mut inbox.flying)
            .into_iter()
            .partition(|(at, _)| at.is_some_and(|at| at <= now));
        inbox.flying = flying;
        for (_, effect) in landing {
            self.take(inbox, effect);
        }
    }

    /// One request arrives; whether it is a repeat without an effect.
    fn take(&self, inbox: &mut Inbox, effect: Effect) -> bool {
        if let Repeat::Deduplicated { window } = self.nature {
            let repeated = inbox
                .effects
                .iter()
                .any(|first| first.name == effect.name && effect.at < first.at + window);
            if repeated {
                return true;
            }
        }
        inbox.effects.push(effect);
        false
    }

    fn act(&self, lane: &str, stamp: &Stamp, parcel: &Parcel) -> Verdict {
        let now = self.clock.wall();
        let mut inbox = lock(&self.inbox);
        self.arrive(&mut inbox);
        let inbox = &mut *inbox;
        let first = inbox
            .first_bytes
            .entry(parcel.name.clone())
            .or_insert(parcel.bytes.clone());
        if *first != parcel.bytes {
            inbox.altered.insert(parcel.name.clone());
        }
        let before = inbox
            .calls
            .iter()
            .filter(|call| call.name == parcel.name)
            .count();
        let call = Call {
            lane: lane.into(),
            name: parcel.name.clone(),
            bytes: parcel.bytes.clone(),
            numbers: stamp.numbers.clone(),
            attempt: u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1),
        };
        let decided = inbox.decide.clone().and_then(|decide| decide(&call));
        let act = decided
            .or_else(|| inbox.script.pop_front())
            .unwrap_or(Act::Accept);
        inbox.calls.push(call);
        let effect = Effect {
            name: parcel.name.clone(),
            bytes: parcel.bytes.clone(),
            numbers: stamp.numbers.clone(),
            at: now,
        };
        let receipt = Bytes::from(format!("received {}", parcel.name));
        match act {
            Act::Accept if self.take(inbox, effect.clone()) => Verdict::Duplicate { receipt },
            Act::Accept => Verdict::Accepted { receipt },
            Act::Reject(why) => Verdict::Rejected { why },
            Act::NotSent { after } => Verdict::NotSent {
                after,
                why: "connection refused".into(),
            },
            Act::LoseRequest => Verdict::Unknown {
                why: "connection reset".into(),
            },
            Act::LoseAnswer => {
                self.take(inbox, effect);
                Verdict::Unknown {
                    why: "no answer in time".into(),
                }
            }
            Act::LandAfter(wait) => {
                let at = now + wait;
                inbox.flying.push((Some(at), Effect { at, ..effect }));
                Verdict::Unknown {
                    why: "no answer in time".into(),
                }
            }
            Act::KeepFlying => {
                inbox.flying.push((None, effect));
                Verdict::Unknown {
                    why: "no answer in time".into(),
                }
            }
        }
    }

    fn answer(&self, parcel: &Parcel) -> Result<Probe, SourceError> {
        let mut inbox = lock(&self.inbox);
        inbox.probes += 1;
        if let Some(error) = inbox.probe_failures.pop_front() {
            return Err(error);
        }
        self.arrive(&mut inbox);
        let found = inbox
            .effects
            .iter()
            .any(|effect| effect.name == parcel.name);
        Ok(match self.nature {
            Repeat::Blind => Probe::Unsupported,
            _ if found => Probe::Found {
                receipt: Bytes::from(format!("received {}", parcel.name)),
            },
            _ => Probe::Absent,
        })
    }
}

impl fmt::Debug for ScriptedSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inbox = lock(&self.inbox);
        f.debug_struct("ScriptedSink")
            .field("caps", &self.caps)
            .field("calls", &inbox.calls.len())
            .field("effects", &inbox.effects.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Sink for ScriptedSink {
    fn caps(&self, _: &str) -> SinkCaps {
        self.caps
    }

    async fn deliver(
        &self,
        _: &Cx,
        lane: &str,
        stamp: &Stamp,
        parcel: &Parcel,
        _: Duration,
    ) -> Verdict {
        self.act(lane, stamp, parcel)
    }

    async fn probe(
        &self,
        _: &Cx,
        _: &str,
        _: &Stamp,
        parcel: &Parcel,
    ) -> Result<Probe, SourceError> {
        self.answer(parcel)
    }
}
