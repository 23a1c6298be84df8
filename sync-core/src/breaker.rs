//! Leaving an endpoint alone that does not answer.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerRule {
    /// How many failures one after another open it.
    pub failures: NonZeroU32,
    /// How long it stays open the first time; doubles with each probe that fails.
    pub rest: Duration,
    /// The longest that it stays open before the next probe.
    pub longest: Duration,
}

impl Default for BreakerRule {
    /// Five failures; 30 seconds, doubling to ten minutes.
    fn default() -> Self {
        Self {
            failures: NonZeroU32::MIN.saturating_add(4),
            rest: Duration::from_secs(30),
            longest: Duration::from_secs(600),
        }
    }
}

/// Where a breaker stands.
///
/// Times are those of the monotonic clock that was passed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Requests go.
    Closed {
        /// How many have failed one after another.
        failures: u32,
    },
    /// None goes.
    Open {
        /// When one may, to find out.
        until: Duration,
    },
    /// One has gone to find out; the others wait for its answer.
    HalfOpen,
}

impl BreakerState {
    /// `closed`, `open` or `half-open`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Closed { .. } => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// An ordinary one: the breaker is closed.
    Ordinary,
    /// The only one that goes, to find out whether the endpoint is back.
    Probe,
}

/// A circuit breaker as arithmetic on the time that is passed in.
///
/// ```
/// use std::time::Duration;
/// use sync_core::breaker::{Breaker, BreakerRule, Pass};
///
/// let rule = BreakerRule::default();
/// let mut breaker = Breaker::new(rule);
/// let now = Duration::from_secs(1000);
/// for _ in 0..5 {
///     breaker.failed(Pass::Ordinary, now);
/// }
/// assert_eq!(breaker.admit(now), Err(now + rule.rest));
/// let later = now + rule.rest;
/// assert_eq!(breaker.admit(later), Ok(Pass::Probe));
/// assert!(breaker.admit(later).is_err(), "only one finds out");
/// breaker.answered(Pass::Probe);
/// assert_eq!(breaker.admit(later), Ok(Pass::Ordinary));
/// ```
#[derive(Debug, Clone)]
pub struct Breaker {
    rule: BreakerRule,
    state: BreakerState,
    /// How often it has opened since it was last closed.
    trips: u32,
}

impl Breaker {
    /// A closed one.
    #[must_use]
    pub const fn new(rule: BreakerRule) -> Self {
        Self {
            rule,
            state: BreakerState::Closed { failures: 0 },
            trips: 0,
        }
    }

    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> BreakerState {
        self.state
    }

    /// How many requests have failed one after another, or whether it is open.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.state != BreakerState::Closed { failures: 0 }
    }

    /// When a request may go, if not now.
    #[must_use]
    pub fn ready_at(&self, now: Duration) -> Duration {
        match self.state {
            BreakerState::Closed { .. } => Duration::ZERO,
            BreakerState::Open { until } => until,
            // The answer may come at any time: looked at again soon.
            BreakerState::HalfOpen => now.saturating_add(self.recheck()),
        }
    }

    /// Whether a request may go now.
    ///
    /// # Errors
    /// When to ask again.
    pub fn admit(&mut self, now: Duration) -> Result<Pass, Duration> {
        match self.state {
            BreakerState::Closed { .. } => Ok(Pass::Ordinary),
            BreakerState::Open { until } if until <= now => {
                self.state = BreakerState::HalfOpen;
                Ok(Pass::Probe)
            }
            BreakerState::Open { .. } | BreakerState::HalfOpen => Err(self.ready_at(now)),
        }
    }

    /// The endpoint has answered, whatever it said.
    pub fn answered(&mut self, pass: Pass) {
        match (self.state, pass) {
            // A request that was on its way before says nothing of the present.
            (BreakerState::Open { .. } | BreakerState::HalfOpen, Pass::Ordinary) => {}
            _ => {
                self.state = BreakerState::Closed { failures: 0 };
                self.trips = 0;
            }
        }
    }

    /// The endpoint has not answered, or with a failure of its own.
    pub fn failed(&mut self, pass: Pass, now: Duration) {
        match (self.state, pass) {
            (_, Pass::Probe) => self.open(now),
            (BreakerState::Closed { failures }, Pass::Ordinary) => {
                let failures = failures.saturating_add(1);
                if failures >= self.rule.failures.get() {
                    self.open(now);
                } else {
                    self.state = BreakerState::Closed { failures };
                }
            }
            (BreakerState::Open { .. } | BreakerState::HalfOpen, Pass::Ordinary) => {}
        }
    }

    /// The request was given up without an answer that says anything: another one finds out.
    pub fn abandoned(&mut self, pass: Pass) {
        if pass == Pass::Probe && self.state == BreakerState::HalfOpen {
            self.state = BreakerState::Open {
                until: Duration::ZERO,
            };
        }
    }

    fn open(&mut self, now: Duration) {
        let factor = 1_u32.checked_shl(self.trips).unwrap_or(u32::MAX);
        let rest = self.rule.rest.saturating_mul(factor).min(self.rule.longest);
        self.trips = self.trips.saturating_add(1);
        self.state = BreakerState::Open {
            until: now.saturating_add(rest),
        };
    }

    fn recheck(&self) -> Duration {
        (self.rule.rest / 10).clamp(Duration::from_millis(50), Duration::from_secs(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn breaker() -> Breaker {
        Breaker::new(BreakerRule {
            failures: NonZeroU32::MIN.saturating_add(1),
            rest: 10 * SECOND,
            longest: 35 * SECOND,
        })
    }

    #[test]
    fn an_answer_between_failures_begins_the_count_anew() {
        let mut breaker = breaker();
        for _ in 0..10 {
            breaker.failed(Pass::Ordinary, SECOND);
            breaker.answered(Pass::Ordinary);
        }
        assert_eq!(breaker.admit(SECOND), Ok(Pass::Ordinary));
        assert!(!breaker.has_failed());
    }

    #[test]
    fn the_rest_doubles_with_each_probe_that_fails_up_to_its_longest() {
        let mut breaker = breaker();
        let mut now = 100 * SECOND;
        breaker.failed(Pass::Ordinary, now);
        breaker.failed(Pass::Ordinary, now);
        for rest in [10, 20, 35, 35] {
            assert_eq!(breaker.admit(now), Err(now + rest * SECOND));
            now += rest * SECOND;
            assert_eq!(breaker.admit(now), Ok(Pass::Probe));
            breaker.failed(Pass::Probe, now);
        }
        now += 35 * SECOND;
        assert_eq!(breaker.admit(now), Ok(Pass::Probe));
        breaker.answered(Pass::Probe);
        assert_eq!(breaker.state(), BreakerState::Closed { failures: 0 });
        breaker.failed(Pass::Ordinary, now);
        breaker.failed(Pass::Ordinary, now);
        assert_eq!(
            breaker.admit(now),
            Err(now + 10 * SECOND),
            "it began from the first rest"
        );
    }

    #[test]
    fn only_one_request_finds_out_and_late_answers_of_others_do_not_count() {
        let mut breaker = breaker();
        breaker.failed(Pass::Ordinary, SECOND);
        breaker.failed(Pass::Ordinary, SECOND);
        breaker.answered(Pass::Ordinary);
        breaker.failed(Pass::Ordinary, 5 * SECOND);
        assert_eq!(breaker.admit(2 * SECOND), Err(11 * SECOND));
        assert_eq!(breaker.admit(11 * SECOND), Ok(Pass::Probe));
        assert_eq!(breaker.admit(11 * SECOND), Err(12 * SECOND));
        breaker.answered(Pass::Ordinary);
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        breaker.abandoned(Pass::Ordinary);
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        breaker.abandoned(Pass::Probe);
        assert_eq!(
            breaker.admit(11 * SECOND),
            Ok(Pass::Probe),
            "a probe that was cancelled is made up for at once"
        );
    }
}
