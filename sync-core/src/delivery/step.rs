//! The transitions.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::{Delivery, Phase};
use crate::retry::{bounded, later};
use crate::sink::{Probe, Repeat, Verdict};

/// What happened to a shipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It is about to be sent.
    Send,
    /// The sink answered, or the call failed.
    Verdict(Verdict),
    /// It was found as `Sent` by a new owner: whoever sent it is gone, and nobody knows how far it came.
    Found,
    /// It is in doubt and its time has come.
    Due,
    /// The sink was asked.
    Probed(Probe),
    /// The sink was asked and did not answer.
    ProbeFailed,
    /// Rendered again, its bytes differ from those that left first (or it cannot be rendered any more).
    Diverged,
    /// A person decided.
    Released(Release),
    /// The other side said what became of it.
    Acknowledged,
}

/// What a person decides of a shipment in review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Release {
    /// It arrived.
    Confirm,
    /// It did not arrive: send it again, same numbers and same bytes.
    Resend,
    /// Give it up.
    Abandon,
}

/// What to do once the new state is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Send the bytes.
    Deliver,
    /// Ask the sink.
    Probe,
    /// Nothing before `Delivery::not_before`.
    Wait,
    /// Nothing: it is final, or a person must act.
    Rest,
}

/// Why a shipment moved, as the audit trail names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Sent for the first time.
    First,
    /// Sent again after it was proven that nothing was acted on.
    NotSent,
    /// Sent again to a sink that ignores repeats.
    Deduplicated,
    /// Sent again after the sink did not know it and no request can be alive any more.
    Absent,
    /// The sink took it.
    Accepted,
    /// The sink had it already.
    Duplicate,
    /// The sink was asked and has it.
    Found,
    /// The sink refused it for good.
    Rejected,
    /// The call ended without an answer.
    Unknown,
    /// Found as sent after a crash or by a new owner.
    Recovered,
    /// The sink was asked and may still receive it, or did not answer.
    NotYet,
    /// Nobody can tell whether it arrived.
    Untold,
    /// It stayed unsettled for longer than its budget.
    BudgetSpent,
    /// It cannot be sent again as it was: its bytes would differ.
    Diverged,
    /// A person said so.
    Released,
    /// The other side said so.
    Acknowledged,
}

/// What the transitions depend on beside the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// How the sink treats repeats.
    pub repeat: Repeat,
    /// How long it may stay unsettled before a person must look, counted from the first send; `Duration::MAX` for ever.
    pub budget: Duration,
    /// The present.
    pub now: SystemTime,
    /// How long to wait before a retry, jitter included.
    pub backoff: Duration,
}

/// An event that cannot happen in that phase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a shipment that is {phase} cannot be moved by {event}")]
pub struct Illegal {
    /// Where it stands.
    pub phase: Phase,
    /// What was said to have happened.
    pub event: Box<str>,
}

/// The next state, why, and what to do once it is durable.
///
/// # Errors
/// [`Illegal`] where the event cannot happen in that phase: a bug, or a writer that read an older state.
pub fn step(
    state: &Delivery,
    event: &Event,
    rule: &Rule,
) -> Result<(Delivery, Why, Command), Illegal> {
    let now = rule.now;
    let mut next = state.clone();
    let mut go = |phase, not_before, why, command| {
        next.phase = phase;
        next.not_before = not_before;
        Ok((next.clone(), why, command))
    };
    let spent = state
        .first_sent
        .is_some_and(|first| now >= later(first, rule.budget));
    match (state.phase, event) {
        // A first attempt may have arrived unseen even where a later one was proven not to have left: past the sink's
        // memory, one more would be a second.
        (Phase::Prepared, Event::Send) if state.attempt > 0 && forgotten(state, rule) => {
            go(Phase::Review, None, Why::BudgetSpent, Command::Rest)
        }
        (Phase::Prepared, Event::Send) => {
            let why = if state.attempt == 0 {
                Why::First
            } else {
                Why::NotSent
            };
            Ok(send(state, now, why))
        }
        (Phase::Sent, Event::Verdict(verdict)) => match verdict {
            Verdict::Accepted { .. } => go(Phase::Confirmed, None, Why::Accepted, Command::Rest),
            Verdict::Duplicate { .. } => go(Phase::Confirmed, None, Why::Duplicate, Command::Rest),
            Verdict::Rejected { .. } => go(Phase::Dead, None, Why::Rejected, Command::Rest),
            Verdict::NotSent { .. } if spent => {
                go(Phase::Review, None, Why::BudgetSpent, Command::Rest)
            }
            Verdict::NotSent { after, .. } => {
                let wait = bounded(after.unwrap_or_default());
                let until = later(now, wait.saturating_add(rule.backoff));
                go(Phase::Prepared, Some(until), Why::NotSent, Command::Wait)
            }
            Verdict::Unknown { .. } => go(Phase::InDoubt, doubt(rule), Why::Unknown, Command::Wait),
        },
        (Phase::Sent, Event::Found) => go(Phase::InDoubt, None, Why::Recovered, Command::Wait),
        (Phase::InDoubt, Event::Due) => match rule.repeat {
            Repeat::Blind => go(Phase::Review, None, Why::Untold, Command::Rest),
            Repeat::Deduplicated { .. } => {
                if spent || forgotten(state, rule) {
                    go(Phase::Review, None, Why::BudgetSpent, Command::Rest)
                } else {
                    Ok(send(state, now, Why::Deduplicated))
                }
            }
            Repeat::Probe { .. } => go(
                Phase::InDoubt,
                state.not_before,
                Why::NotYet,
                Command::Probe,
            ),
        },
        (Phase::InDoubt, Event::Probed(Probe::Found { .. })) => {
            go(Phase::Confirmed, None, Why::Found, Command::Rest)
        }
        (Phase::InDoubt, Event::Probed(Probe::Unsupported)) => {
            go(Phase::Review, None, Why::Untold, Command::Rest)
        }
        (Phase::InDoubt, Event::Probed(Probe::Absent)) => {
            let Repeat::Probe { settle } = rule.repeat else {
                return go(Phase::Review, None, Why::Untold, Command::Rest);
            };
            match state.sent.map(|sent| later(sent, settle)) {
                Some(settled) if now < settled => {
                    next.probes = next.probes.saturating_add(1);
                    next.not_before = Some(settled);
                    Ok((next, Why::NotYet, Command::Wait))
                }
                _ if spent => go(Phase::Review, None, Why::BudgetSpent, Command::Rest),
                _ => Ok(send(state, now, Why::Absent)),
            }
        }
        (Phase::InDoubt, Event::ProbeFailed) => {
            if spent {
                return go(Phase::Review, None, Why::BudgetSpent, Command::Rest);
            }
            next.probes = next.probes.saturating_add(1);
            next.not_before = Some(now + rule.backoff);
            Ok((next, Why::NotYet, Command::Wait))
        }
        (Phase::Prepared | Phase::InDoubt, Event::Diverged) => {
            go(Phase::Review, None, Why::Diverged, Command::Rest)
        }
        (Phase::Review, Event::Released(release)) => match release {
            Release::Confirm => go(Phase::Confirmed, None, Why::Released, Command::Rest),
            Release::Resend => {
                // The budget begins anew: a person has just looked.
                next.first_sent = None;
                next.phase = Phase::Prepared;
                next.not_before = None;
                Ok((next, Why::Released, Command::Wait))
            }
            Release::Abandon => go(Phase::Dead, None, Why::Released, Command::Rest),
        },
        (Phase::Confirmed, Event::Acknowledged) => {
            go(Phase::Acknowledged, None, Why::Acknowledged, Command::Rest)
        }
        (phase, event) => Err(Illegal {
            phase,
            event: event_name(event).into(),
        }),
    }
}

fn send(state: &Delivery, now: SystemTime, why: Why) -> (Delivery, Why, Command) {
    let next = Delivery {
        phase: Phase::Sent,
        attempt: state.attempt.saturating_add(1),
        probes: state.probes,
        first_sent: state.first_sent.or(Some(now)),
        sent: Some(now),
        not_before: None,
    };
    (next, why, Command::Deliver)
}

/// Whether a sink that ignores repeats may no longer know the first.
fn forgotten(state: &Delivery, rule: &Rule) -> bool {
    let Repeat::Deduplicated { window } = rule.repeat else {
        return false;
    };
    state
        .first_sent
        .is_some_and(|first| rule.now >= later(first, window))
}

/// When a delivery that ended without an answer is looked at first: a sink that can be asked may know at once.
fn doubt(rule: &Rule) -> Option<SystemTime> {
    match rule.repeat {
        Repeat::Blind => None,
        Repeat::Probe { .. } | Repeat::Deduplicated { .. } => Some(rule.now + rule.backoff),
    }
}

fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Send => "a send",
        Event::Verdict(_) => "a verdict",
        Event::Found => "a recovery",
        Event::Due => "its due time",
        Event::Probed(_) | Event::ProbeFailed => "a probe",
        Event::Diverged => "a divergence",
        Event::Released(_) => "a release",
        Event::Acknowledged => "an acknowledgement",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(repeat: Repeat, budget: Duration) -> Rule {
        Rule {
            repeat,
            budget,
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600),
            backoff: Duration::ZERO,
        }
    }

    #[test]
    fn a_budget_and_a_memory_without_end_are_never_spent() {
        let window = Duration::MAX;
        let state = Delivery {
            phase: Phase::InDoubt,
            attempt: 1,
            first_sent: Some(SystemTime::UNIX_EPOCH),
            ..Delivery::prepared()
        };
        for (budget, expected) in [
            (Duration::MAX, Command::Deliver),
            (Duration::ZERO, Command::Rest),
        ] {
            let rule = rule(Repeat::Deduplicated { window }, budget);
            let (_, _, command) = step(&state, &Event::Due, &rule).unwrap();
            assert_eq!(command, expected);
        }
    }

    #[test]
    fn a_wait_that_is_asked_for_without_end_is_bounded() {
        let state = Delivery {
            phase: Phase::Sent,
            attempt: 1,
            ..Delivery::prepared()
        };
        let rule = rule(Repeat::Blind, Duration::MAX);
        let verdict = Verdict::NotSent {
            after: Some(Duration::MAX),
            why: "busy".into(),
        };
        let (next, _, command) = step(&state, &Event::Verdict(verdict), &rule).unwrap();
        assert_eq!(command, Command::Wait);
        assert!(next.not_before.unwrap() < rule.now + Duration::from_secs(31 * 24 * 3600));
    }
}
