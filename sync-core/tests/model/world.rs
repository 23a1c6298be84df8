//! One shipment and everything around it, and what can come next.

use std::time::{Duration, SystemTime};

use sync_core::delivery::{Command, Delivery, Event, Illegal, Phase, Release, Rule, Why};
use sync_core::{Probe, Repeat, Stop, Verdict};

/// A state machine of deliveries.
pub(crate) type Protocol =
    fn(&Delivery, &Event, &Rule) -> Result<(Delivery, Why, Command), Illegal>;

/// How long after it was sent a request may still take effect, in ticks.
pub(crate) const LIFE: u8 = 1;
/// How long a process may be paused between the durable `Sent` and its first byte.
pub(crate) const PAUSE: u8 = 1;
/// Ages above this are all the same.
pub(crate) const OLD: u8 = 12;
const BACKOFF: u8 = 1;

/// A sink, what it promises, and how it is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) repeat: Repeat,
    /// How long the sink truly remembers what it has; `None` accepts every repeat.
    pub(crate) memory: Option<u8>,
    /// Whether a probe's answer counts for the moment of the question, or for the moment of the answer.
    pub(crate) judged_when_asked: bool,
    /// How long a shipment may stay unsettled.
    pub(crate) budget: u8,
    /// How often a person may say "send it again".
    pub(crate) approvals: u8,
    /// How much can go wrong in a life.
    pub(crate) faults: u8,
    /// The state machine: the real one, or one that is broken on purpose.
    pub(crate) protocol: Protocol,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) row: Row,
    /// How often it took effect, and how long ago it first did.
    pub(crate) effects: u8,
    first_effect: u8,
    process: Process,
    /// How long each request on the wire may still live.
    flying: Vec<u8>,
    /// How long each process that has lost the stream may still sleep before it sends.
    zombies: Vec<u8>,
    faults: u8,
    pub(crate) approvals: u8,
    /// Whether the sink has refused it for good.
    pub(crate) rejected: bool,
}

/// The shipment's row in the ledger, with ages for times.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    pub(crate) phase: Phase,
    pub(crate) attempt: u32,
    probes: u32,
    first_sent: Option<u8>,
    sent: Option<u8>,
    /// How long until it is due.
    wait: u8,
}

/// The process that owns the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Process {
    /// About to look at the ledger.
    Looking,
    /// `Sent` is durable, no byte has left; the longest that it may still be paused.
    Posting(u8),
    /// The call has ended, nothing is written yet.
    Answered(Reply),
    /// About to ask the sink.
    Asking,
    /// The sink has answered, so long after the question was put; nothing is written yet.
    Told { found: bool, age: u8 },
    /// The sink did not answer the question.
    Untold,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reply {
    Accepted,
    Duplicate,
    Rejected,
    NotSent,
    Unknown,
}

fn base() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000)
}

pub(crate) fn ticks(count: u8) -> Duration {
    Duration::from_secs(count.into())
}

impl Row {
    fn delivery(&self) -> Delivery {
        Delivery {
            phase: self.phase,
            attempt: self.attempt,
            probes: self.probes,
            first_sent: self.first_sent.map(|age| base() - ticks(age)),
            sent: self.sent.map(|age| base() - ticks(age)),
            not_before: Some(base() + ticks(self.wait)),
        }
    }

    fn new(delivery: &Delivery) -> Self {
        let age = |at: SystemTime| {
            let age = base()
                .duration_since(at)
                .expect("nothing was sent in the future");
            u8::try_from(age.as_secs()).unwrap_or(OLD).min(OLD)
        };
        let wait = delivery
            .not_before
            .and_then(|at| at.duration_since(base()).ok());
        Self {
            phase: delivery.phase,
            attempt: delivery.attempt,
            // Only counted, never decided by: without a bound there would be no last world.
            probes: delivery.probes.min(2),
            first_sent: delivery.first_sent.map(age),
            sent: delivery.sent.map(age),
            wait: wait.map_or(0, |wait| u8::try_from(wait.as_secs()).unwrap()),
        }
    }
}

impl Setting {
    fn rule(&self, ago: u8) -> Rule {
        Rule {
            repeat: self.repeat,
            budget: ticks(self.budget),
            now: base() - ticks(ago),
            backoff: ticks(BACKOFF),
        }
    }

    fn step(&self, row: &Row, event: &Event, ago: u8) -> (Row, Why, Command) {
        let (next, why, command) = (self.protocol)(&row.delivery(), event, &self.rule(ago))
            .unwrap_or_else(|illegal| panic!("the model asked for what cannot be: {illegal}"));
        (Row::new(&next), why, command)
    }
}

impl World {
    pub(crate) fn start() -> Self {
        Self {
            row: Row::new(&Delivery::prepared()),
            effects: 0,
            first_effect: OLD,
            process: Process::Looking,
            flying: Vec::new(),
            zombies: Vec::new(),
            faults: 0,
            approvals: 0,
            rejected: false,
        }
    }

    /// Nothing will happen any more, save what a person may do.
    pub(crate) fn is_over(&self) -> bool {
        let rests = self.row.phase.is_final() || self.row.phase == Phase::Review;
        rests
            && self.process == Process::Looking
            && self.flying.is_empty()
            && self.zombies.is_empty()
    }

    /// The request arrives; whether the sink had it already.
    fn land(&mut self, setting: &Setting) -> bool {
        let remembered = setting
            .memory
            .is_some_and(|memory| self.first_effect < memory);
        if self.effects > 0 && remembered {
            return true;
        }
        if self.effects == 0 {
            self.first_effect = 0;
        }
        self.effects += 1;
        false
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.clone();
        change(&mut next);
        next.flying.sort_unstable();
        next.zombies.sort_unstable();
        next
    }

    /// Writes a new row; the process goes on as the command says.
    fn written(&self, row: Row, command: Command) -> Self {
        self.with(|next| {
            next.row = row;
            next.process = match command {
                Command::Deliver => Process::Posting(PAUSE),
                Command::Probe => Process::Asking,
                Command::Wait | Command::Rest => Process::Looking,
            };
        })
    }

    /// Every world that can come next, with what happened.
    pub(crate) fn next(&self, setting: &Setting) -> Vec<(&'static str, Self)> {
        let mut all = Vec::new();
        let fault = |change: &dyn Fn(&mut Self)| {
            self.with(|next| {
                next.faults += 1;
                change(next);
            })
        };
        let may_fail = self.faults < setting.faults;
        // The environment.
        for place in 0..self.flying.len() {
            all.push((
                "a request lands",
                self.with(|next| {
                    next.flying.remove(place);
                    next.land(setting);
                }),
            ));
            if may_fail {
                all.push((
                    "a request is lost",
                    fault(&|next| {
                        next.flying.remove(place);
                    }),
                ));
            }
        }
        for place in 0..self.zombies.len() {
            all.push((
                "a paused process wakes and sends",
                self.with(|next| {
                    next.zombies.remove(place);
                    next.flying.push(LIFE);
                }),
            ));
            all.push((
                "a paused process wakes and sees that its lease is over",
                self.with(|next| {
                    next.zombies.remove(place);
                }),
            ));
        }
        if may_fail && self.process != Process::Looking {
            all.push((
                "the process dies",
                fault(&|next| next.process = Process::Looking),
            ));
        }
        all.extend(self.tick().map(|next| ("time passes", next)));
        // The process.
        match self.process {
            Process::Looking => self.look(setting, &mut all),
            Process::Posting(left) => {
                all.push((
                    "it is sent and answered",
                    self.with(|next| {
                        let known = next.land(setting);
                        let reply = if known {
                            Reply::Duplicate
                        } else {
                            Reply::Accepted
                        };
                        next.process = Process::Answered(reply);
                    }),
                ));
                if may_fail && self.effects == 0 {
                    all.push((
                        "the sink refuses it for good",
                        fault(&|next| {
                            next.rejected = true;
                            next.process = Process::Answered(Reply::Rejected);
                        }),
                    ));
                }
                if may_fail {
                    all.push((
                        "the connection is refused",
                        fault(&|next| {
                            next.process = Process::Answered(Reply::NotSent);
                        }),
                    ));
                    all.push((
                        "the request flies on without an answer",
                        fault(&|next| {
                            next.flying.push(LIFE);
                            next.process = Process::Answered(Reply::Unknown);
                        }),
                    ));
                    all.push((
                        "the process dies with its request on the wire",
                        fault(&|next| {
                            next.flying.push(LIFE);
                            next.process = Process::Looking;
                        }),
                    ));
                    all.push((
                        "the process is paused and loses the stream",
                        fault(&|next| {
                            next.zombies.push(left);
                            next.process = Process::Looking;
                        }),
                    ));
                }
            }
            Process::Answered(reply) => {
                let verdict = match reply {
                    Reply::Accepted => Verdict::Accepted {
                        receipt: "ok".into(),
                    },
                    Reply::Duplicate => Verdict::Duplicate {
                        receipt: "known".into(),
                    },
                    Reply::Rejected => Verdict::Rejected {
                        why: Stop::new("refused", "no such partner"),
                    },
                    Reply::NotSent => Verdict::NotSent {
                        after: None,
                        why: "refused".into(),
                    },
                    Reply::Unknown => Verdict::Unknown {
                        why: "time-out".into(),
                    },
                };
                let (row, _, command) = setting.step(&self.row, &Event::Verdict(verdict), 0);
                all.push(("the verdict is written", self.written(row, command)));
            }
            Process::Asking => {
                let found = self.effects > 0;
                all.push((
                    "the sink is asked",
                    self.with(|next| {
                        next.process = Process::Told { found, age: 0 };
                    }),
                ));
                if may_fail {
                    all.push((
                        "the sink does not answer",
                        fault(&|next| {
                            next.process = Process::Untold;
                        }),
                    ));
                }
            }
            Process::Told { found, age } => {
                let probe = if found {
                    Probe::Found {
                        receipt: "listed".into(),
                    }
                } else {
                    Probe::Absent
                };
                let ago = if setting.judged_when_asked { age } else { 0 };
                let event = Event::Probed(probe);
                let (mut row, _, mut command) = setting.step(&self.row, &event, ago);
                if command == Command::Deliver {
                    // What is decided then is marked as sent now.
                    (row, _, command) = setting.step(&self.row, &event, 0);
                }
                all.push(("the probe's answer is written", self.written(row, command)));
            }
            Process::Untold => {
                let (row, _, command) = setting.step(&self.row, &Event::ProbeFailed, 0);
                all.push(("the failed probe is written", self.written(row, command)));
            }
        }
        all
    }

    /// A new owner, or the same one in its next turn, does what the ledger asks for.
    fn look(&self, setting: &Setting, all: &mut Vec<(&'static str, Self)>) {
        let due = self.row.wait == 0;
        let event = match self.row.phase {
            Phase::Prepared if due => Event::Send,
            Phase::Sent => Event::Found,
            Phase::InDoubt if due => Event::Due,
            Phase::Review if self.approvals < setting.approvals => {
                for release in [Release::Resend, Release::Confirm] {
                    let (row, _, command) = setting.step(&self.row, &Event::Released(release), 0);
                    let mut next = self.written(row, command);
                    next.approvals += 1;
                    all.push(("a person decides", next));
                }
                return;
            }
            _ => return,
        };
        let (row, why, command) = setting.step(&self.row, &event, 0);
        let what = match command {
            Command::Deliver if why == Why::First => "it is marked as sent",
            Command::Deliver => "it is marked as sent again",
            Command::Probe => "the sink is to be asked",
            Command::Wait | Command::Rest => "the doubt is written",
        };
        all.push((what, self.written(row, command)));
    }

    /// Time passes, unless something that lives no longer than this has not happened yet.
    fn tick(&self) -> Option<Self> {
        if self.flying.contains(&0) || self.zombies.contains(&0) {
            return None;
        }
        let mut next = self.clone();
        match &mut next.process {
            Process::Posting(0) => return None,
            Process::Posting(left) => *left -= 1,
            Process::Told { age, .. } => *age = (*age + 1).min(OLD),
            _ => {}
        }
        let older = |age: &mut u8| *age = (*age + 1).min(OLD);
        next.row.first_sent.as_mut().map(older);
        next.row.sent.as_mut().map(older);
        older(&mut next.first_effect);
        next.row.wait = next.row.wait.saturating_sub(1);
        next.flying
            .iter_mut()
            .chain(&mut next.zombies)
            .for_each(|left| *left -= 1);
        (next != *self).then_some(next)
    }
}
