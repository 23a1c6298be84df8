//! The delivery protocol, explored to its last state over the real state machine.
//!
//! A world is one shipment, the sink, the process that owns the stream, requests that are still on the wire, and
//! processes that were paused before they sent and have lost the stream since. From every world every next step is
//! taken: a commit, an answer, a lost answer, a crash at any point, a pause, a landing, a tick of time. Up to three
//! faults can happen in a life. A world is judged by what the sink has received and by what the ledger says at the end.
//!
//! Times are kept as ages, so that the worlds are finite although time is not bounded.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime};

use sync_core::delivery::{Command, Delivery, Event, Phase, Release, Rule, Why, step};
use sync_core::{Probe, Repeat, Verdict};

/// How long after it was sent a request may still take effect, in ticks.
const LIFE: u8 = 1;
/// How long a process may be paused between the durable `Sent` and its first byte.
const PAUSE: u8 = 1;
/// Ages above this are all the same.
const OLD: u8 = 12;
const BACKOFF: u8 = 1;
const FAULTS: u8 = 3;

/// A sink, what it promises, and how it is asked.
#[derive(Debug, Clone, Copy)]
struct Setting {
    repeat: Repeat,
    /// How long the sink truly remembers what it has; `None` accepts every repeat.
    memory: Option<u8>,
    /// Whether a probe's answer counts for the moment of the question, or for the moment of the answer.
    judged_when_asked: bool,
    /// How long a shipment may stay unsettled.
    budget: u8,
    /// How often a person may say "send it again".
    approvals: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct World {
    row: Row,
    /// How often it took effect, and how long ago it first did.
    effects: u8,
    first_effect: u8,
    process: Process,
    /// How long each request on the wire may still live.
    flying: Vec<u8>,
    /// How long each process that has lost the stream may still sleep before it sends.
    zombies: Vec<u8>,
    faults: u8,
    approvals: u8,
}

/// The shipment's row in the ledger, with ages for times.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Row {
    phase: Phase,
    attempt: u32,
    probes: u32,
    first_sent: Option<u8>,
    sent: Option<u8>,
    /// How long until it is due.
    wait: u8,
}

/// The process that owns the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Process {
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
enum Reply {
    Accepted,
    Duplicate,
    NotSent,
    Unknown,
}

fn base() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000)
}

fn ticks(count: u8) -> Duration {
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
        let (next, why, command) = step(&row.delivery(), event, &self.rule(ago))
            .unwrap_or_else(|illegal| panic!("the model asked for what cannot be: {illegal}"));
        (Row::new(&next), why, command)
    }
}

impl World {
    fn start() -> Self {
        Self {
            row: Row::new(&Delivery::prepared()),
            effects: 0,
            first_effect: OLD,
            process: Process::Looking,
            flying: Vec::new(),
            zombies: Vec::new(),
            faults: 0,
            approvals: 0,
        }
    }

    /// Nothing will happen any more, save what a person may do.
    fn is_over(&self) -> bool {
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
    fn next(&self, setting: &Setting) -> Vec<(&'static str, Self)> {
        let mut all = Vec::new();
        let fault = |change: &dyn Fn(&mut Self)| {
            self.with(|next| {
                next.faults += 1;
                change(next);
            })
        };
        let may_fail = self.faults < FAULTS;
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

/// What an exploration found.
#[derive(Debug, Default)]
struct Found {
    worlds: usize,
    ends: usize,
    /// Ends that say it arrived although it did not.
    lost: usize,
    /// Worlds in which it took effect more often than it may.
    duplicated: usize,
    /// Ends in which a person must look.
    review: usize,
    /// Worlds from which no end can be reached.
    limbo: usize,
    /// How the first bad world came about.
    story: Vec<&'static str>,
}

fn explore(setting: Setting) -> Found {
    let mut seen: HashMap<World, usize> = HashMap::new();
    let mut came: Vec<(Option<usize>, &'static str)> = Vec::new();
    let mut back: Vec<Vec<usize>> = Vec::new();
    let mut queue = VecDeque::new();
    let mut found = Found::default();
    let mut ends = Vec::new();
    let mut bad = None;
    seen.insert(World::start(), 0);
    came.push((None, "start"));
    back.push(Vec::new());
    queue.push_back((0, World::start()));
    while let Some((id, world)) = queue.pop_front() {
        if world.effects > 1 + world.approvals {
            found.duplicated += 1;
            bad = bad.or(Some(id));
            // Nothing better can come of it.
            ends.push(id);
            continue;
        }
        if world.is_over() {
            found.ends += 1;
            ends.push(id);
            let said = matches!(world.row.phase, Phase::Confirmed | Phase::Acknowledged);
            // A person who confirms has looked: that is the person's word, not the protocol's.
            if said && world.effects == 0 && world.approvals == 0 {
                found.lost += 1;
                bad = bad.or(Some(id));
            }
            if world.row.phase == Phase::Review {
                found.review += 1;
            }
        }
        for (what, next) in world.next(&setting) {
            let number = seen.len();
            let next_id = *seen.entry(next.clone()).or_insert(number);
            if next_id == number {
                came.push((Some(id), what));
                back.push(Vec::new());
                queue.push_back((next_id, next));
            }
            back[next_id].push(id);
        }
    }
    found.worlds = seen.len();
    // Backwards from the ends: whatever is not met can never end.
    let mut met = vec![false; seen.len()];
    while let Some(id) = ends.pop() {
        if !std::mem::replace(&mut met[id], true) {
            ends.extend(&back[id]);
        }
    }
    found.limbo = met.iter().filter(|met| !**met).count();
    let mut at = bad;
    while let Some(id) = at {
        found.story.push(came[id].1);
        at = came[id].0;
    }
    found.story.reverse();
    found
}

/// A settle that outlasts every request: one that was paused before it left, too.
const SETTLE: u8 = LIFE + PAUSE + 1;

fn probe(settle: u8) -> Setting {
    Setting {
        repeat: Repeat::Probe {
            settle: ticks(settle),
        },
        ..blind()
    }
}

fn blind() -> Setting {
    Setting {
        repeat: Repeat::Blind,
        memory: None,
        judged_when_asked: true,
        budget: OLD + 1,
        approvals: 0,
    }
}

fn deduplicating() -> Setting {
    let repeat = Repeat::Deduplicated {
        window: ticks(OLD + 1),
    };
    Setting {
        repeat,
        memory: Some(OLD + 1),
        ..blind()
    }
}

/// Nothing lost, nothing twice, nothing that can never end.
fn assert_safe(found: &Found) {
    assert!(found.worlds > 300, "the model has shrunk: {found:#?}");
    assert_eq!(
        (found.lost, found.duplicated, found.limbo),
        (0, 0, 0),
        "{found:#?}"
    );
}

#[test]
fn a_deduplicating_sink_gets_everything_once_and_nobody_must_look() {
    let found = explore(deduplicating());
    assert_safe(&found);
    assert_eq!(found.review, 0, "{found:#?}");
}

#[test]
fn a_sink_that_can_be_asked_gets_everything_once_where_settle_outlasts_every_request() {
    let found = explore(probe(SETTLE));
    assert_safe(&found);
    assert_eq!(found.review, 0, "{found:#?}");
}

#[test]
fn a_blind_sink_gets_nothing_twice_and_doubt_ends_with_a_person() {
    let found = explore(blind());
    assert_safe(&found);
    assert!(found.review > 0, "{found:#?}");
}

#[test]
fn a_person_s_word_allows_one_more_and_no_more() {
    for approvals in [1, 2] {
        assert_safe(&explore(Setting {
            approvals,
            ..blind()
        }));
    }
}

#[test]
fn a_budget_ends_every_doubt_with_a_person_and_never_with_a_second_effect() {
    for budget in 1..6 {
        for setting in [probe(SETTLE), deduplicating()] {
            let found = explore(Setting { budget, ..setting });
            assert_safe(&found);
            assert!(found.review > 0, "budget {budget}: {found:#?}");
        }
    }
}

#[test]
fn an_absence_that_is_believed_too_early_is_found() {
    // At once; before a request ends; before one that was paused ends; in the very tick in which it ends.
    for settle in [0, LIFE, LIFE + PAUSE - 1, LIFE + PAUSE] {
        let found = explore(probe(settle));
        assert!(found.duplicated > 0, "settle {settle}: {found:#?}");
        assert_eq!(found.lost, 0, "settle {settle}");
        assert!(found.story.contains(&"the sink is asked"), "{found:#?}");
    }
}

#[test]
fn an_absence_counts_from_the_question_not_from_the_answer() {
    let found = explore(Setting {
        judged_when_asked: false,
        ..probe(SETTLE)
    });
    assert!(found.duplicated > 0, "{found:#?}");
}

#[test]
fn a_sink_that_forgets_before_the_last_request_has_landed_is_found() {
    let window = 4;
    let setting = |memory| Setting {
        repeat: Repeat::Deduplicated {
            window: ticks(window),
        },
        memory: Some(memory),
        ..deduplicating()
    };
    let found = explore(setting(window));
    assert!(found.duplicated > 0, "{found:#?}");
    // The window that is promised ends a request's life before the sink forgets.
    assert_safe(&explore(setting(window + LIFE + PAUSE)));
}

#[test]
fn a_sink_that_promises_too_much_is_found() {
    let found = explore(Setting {
        memory: None,
        ..deduplicating()
    });
    assert!(found.duplicated > 0, "{found:#?}");
}
