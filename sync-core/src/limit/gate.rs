//! The gate before an endpoint.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{EndpointName, Limits};
use crate::breaker::{BreakerState, Pass};
use crate::retry::bounded;

/// Stands before an endpoint of a tenant; a clone is the same gate.
///
/// ```
/// use std::time::Duration;
/// use sync_core::limit::{Admission, Attempt, Limits, Outcome};
///
/// let gate = Limits::new().gate("acme", "cleo", Some("cleo.example"));
/// let now = Duration::from_secs(60);
/// let Admission::Now(permit) = gate.admit(Attempt::First, now) else { panic!("it is open") };
/// // The request was refused with `Retry-After: 30`.
/// permit.finish(Outcome::Failed { after: Some(Duration::from_secs(30)) }, now);
/// assert!(matches!(gate.admit(Attempt::Repeat, now), Admission::NotBefore(at) if at == now + Duration::from_secs(30)));
/// ```
#[derive(Clone)]
pub struct Gate {
    pub(super) limits: Limits,
    pub(super) name: EndpointName,
    pub(super) host: Option<Arc<str>>,
}

/// Whether a request is the first of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Nothing of it was tried before.
    First,
    /// It was tried before: paid for out of the endpoint's budget for repeats.
    Repeat,
}

/// What a gate says.
#[derive(Debug)]
#[must_use]
pub enum Admission {
    /// Go.
    Now(Permit),
    /// Ask again at this time of the monotonic clock, not earlier.
    NotBefore(Duration),
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint has answered and is well, whatever it thinks of the request.
    Answered,
    /// It has not answered, or only that it cannot.
    Failed {
        /// How long it asked to be left alone.
        after: Option<Duration>,
    },
}

/// A breaker that has opened, closed, or let one request through to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The endpoint.
    pub endpoint: Arc<str>,
    /// Where its breaker stood.
    pub from: BreakerState,
    /// Where it stands.
    pub to: BreakerState,
}

impl Gate {
    /// The endpoint's name.
    #[must_use]
    pub fn endpoint(&self) -> &Arc<str> {
        &self.name.1
    }

    /// Where the endpoint's breaker stands.
    #[must_use]
    pub fn breaker(&self) -> BreakerState {
        let table = self.limits.table();
        let entry = table.endpoints.get(&self.name);
        entry.map_or(BreakerState::Closed { failures: 0 }, |entry| {
            entry.breaker.state()
        })
    }

    /// When a first attempt may go, by the monotonic clock; a time that has passed means now. Takes nothing.
    #[must_use]
    pub fn ready_at(&self, now: Duration) -> Duration {
        let table = self.limits.table();
        let entry = table.endpoints.get(&self.name);
        let own = entry.map_or(Duration::ZERO, |entry| {
            entry.bucket.ready_at().max(entry.breaker.ready_at(now))
        });
        own.max(self.host_ready_at(&table))
    }

    /// Asks to go now: every bucket, the breaker and the budget must allow it, else nothing is taken from any.
    pub fn admit(&self, attempt: Attempt, now: Duration) -> Admission {
        let mut table = self.limits.table();
        let host = self.host_ready_at(&table);
        let Some(entry) = table.endpoints.get_mut(&self.name) else {
            return Admission::Now(Permit::new(self, Pass::Ordinary));
        };
        let mut ready = entry.bucket.ready_at().max(host);
        // A request that finds out is let through by the breaker's own count.
        if attempt == Attempt::Repeat && !matches!(entry.breaker.state(), BreakerState::Open { .. })
        {
            ready = ready.max(entry.retries.ready_at());
        }
        if ready > now {
            return Admission::NotBefore(ready.max(entry.breaker.ready_at(now)));
        }
        let pass = match entry.breaker.admit(now) {
            Ok(pass) => pass,
            Err(at) => return Admission::NotBefore(at),
        };
        entry.bucket.force(now);
        match attempt {
            Attempt::First => entry.retries.first(),
            Attempt::Repeat => entry.retries.spend(now),
        }
        self.force_host(&mut table, now);
        Admission::Now(Permit::new(self, pass))
    }

    /// Goes in any case, for a request that follows at once from one that was let through; later ones wait for it.
    pub fn insist(&self, now: Duration) -> Permit {
        let mut table = self.limits.table();
        if let Some(entry) = table.endpoints.get_mut(&self.name) {
            entry.bucket.force(now);
        }
        self.force_host(&mut table, now);
        Permit::new(self, Pass::Ordinary)
    }

    /// Whether the last request to the endpoint has failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        let table = self.limits.table();
        table
            .endpoints
            .get(&self.name)
            .is_some_and(|entry| entry.breaker.has_failed())
    }

    fn host_ready_at(&self, table: &super::Table) -> Duration {
        let host = self.host.as_ref().and_then(|host| table.hosts.get(host));
        host.map_or(Duration::ZERO, |(_, bucket)| bucket.ready_at())
    }

    fn force_host(&self, table: &mut super::Table, now: Duration) {
        if let Some((_, bucket)) = self
            .host
            .as_ref()
            .and_then(|host| table.hosts.get_mut(host))
        {
            bucket.force(now);
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("tenant", &self.name.0)
            .field("endpoint", &self.name.1)
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// The right to make one request; dropped without [`Permit::finish`] it counts as never used.
#[derive(Debug)]
#[must_use]
pub struct Permit {
    gate: Gate,
    pass: Pass,
    used: bool,
}

impl Permit {
    fn new(gate: &Gate, pass: Pass) -> Self {
        Self {
            gate: gate.clone(),
            pass,
            used: false,
        }
    }

    /// Whether this is the one request that finds out whether the endpoint is back.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        self.pass == Pass::Probe
    }

    /// Tells what became of the request; answers what it has changed about the breaker.
    pub fn finish(mut self, outcome: Outcome, now: Duration) -> Option<Change> {
        self.used = true;
        let mut table = self.gate.limits.table();
        let (change, after) = {
            let entry = table.endpoints.get_mut(&self.gate.name)?;
            let from = entry.breaker.state();
            let after = match outcome {
                Outcome::Answered => {
                    entry.breaker.answered(self.pass);
                    None
                }
                Outcome::Failed { after } => {
                    entry.breaker.failed(self.pass, now);
                    after
                }
            };
            let to = entry.breaker.state();
            if let Some(after) = after {
                entry.bucket.push_back(now.saturating_add(bounded(after)));
            }
            let change = (from.name() != to.name()).then(|| Change {
                endpoint: Arc::clone(&self.gate.name.1),
                from,
                to,
            });
            (change, after)
        };
        if let (Some(after), Some(host)) = (after, &self.gate.host)
            && let Some((rule, bucket)) = table.hosts.get_mut(host)
            && rule.shares_retry_after
        {
            bucket.push_back(now.saturating_add(bounded(after)));
        }
        change
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.used {
            return;
        }
        let mut table = self.gate.limits.table();
        if let Some(entry) = table.endpoints.get_mut(&self.gate.name) {
            entry.bucket.give_back();
            entry.breaker.abandoned(self.pass);
        }
        if let Some((_, bucket)) = self
            .gate
            .host
            .as_ref()
            .and_then(|host| table.hosts.get_mut(host))
        {
            bucket.give_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::limit::{EndpointRule, HostRule, Rate};

    const SECOND: Duration = Duration::from_secs(1);
    const FAILED: Outcome = Outcome::Failed { after: None };

    fn one_a_second() -> Option<Rate> {
        Some(Rate::new(NonZeroU32::MIN, SECOND))
    }

    fn go(gate: &Gate, attempt: Attempt, now: Duration) -> Permit {
        match gate.admit(attempt, now) {
            Admission::Now(permit) => permit,
            Admission::NotBefore(at) => panic!("not before {at:?}"),
        }
    }

    fn wait(gate: &Gate, attempt: Attempt, now: Duration) -> Duration {
        match gate.admit(attempt, now) {
            Admission::Now(permit) => panic!("{permit:?}"),
            Admission::NotBefore(at) => at - now,
        }
    }

    #[test]
    fn tenants_share_a_host_and_nothing_else() {
        let limits = Limits::new();
        limits.set_host(
            "h",
            HostRule {
                rate: Some(Rate::new(NonZeroU32::MIN.saturating_add(1), SECOND)),
                ..HostRule::default()
            },
        );
        for tenant in ["a", "b"] {
            let rate = one_a_second();
            let rule = EndpointRule {
                rate,
                ..EndpointRule::default()
            };
            limits.set_endpoint(tenant, "cleo", rule);
        }
        let [a, b, c] = ["a", "b", "c"].map(|tenant| limits.gate(tenant, "cleo", Some("h")));
        let _ = go(&a, Attempt::First, SECOND).finish(Outcome::Answered, SECOND);
        assert_eq!(wait(&a, Attempt::First, SECOND), SECOND, "its own rate");
        let permit = go(&b, Attempt::First, SECOND);
        assert_eq!(wait(&c, Attempt::First, SECOND), SECOND / 2, "the host's");
        drop(permit);
        let _ = go(&c, Attempt::First, SECOND).finish(Outcome::Answered, SECOND);
    }

    #[test]
    fn what_is_refused_takes_nothing_from_any_bucket() {
        let limits = Limits::new();
        limits.set_host(
            "h",
            HostRule {
                rate: one_a_second(),
                ..HostRule::default()
            },
        );
        let gate = limits.gate("a", "cleo", Some("h"));
        let other = limits.gate("a", "other", Some("h"));
        let now = 10 * SECOND;
        let _ = go(&gate, Attempt::First, now).finish(FAILED, now);
        for _ in 0..50 {
            assert_eq!(wait(&gate, Attempt::First, now), SECOND);
        }
        let _ = go(&other, Attempt::First, now + SECOND).finish(FAILED, now);
    }

    #[test]
    fn retry_after_closes_the_endpoint_and_the_host_only_where_it_is_said() {
        for shares_retry_after in [false, true] {
            let limits = Limits::new();
            let rule = HostRule {
                rate: None,
                shares_retry_after,
            };
            limits.set_host("h", rule);
            let [a, b] = ["a", "b"].map(|tenant| limits.gate(tenant, "cleo", Some("h")));
            let after = Some(30 * SECOND);
            let _ = go(&a, Attempt::First, SECOND).finish(Outcome::Failed { after }, SECOND);
            assert_eq!(wait(&a, Attempt::First, SECOND), 30 * SECOND);
            let expected = if shares_retry_after {
                30 * SECOND
            } else {
                Duration::ZERO
            };
            assert_eq!(b.ready_at(SECOND).saturating_sub(SECOND), expected);
        }
    }

    #[test]
    fn a_breaker_tells_its_changes_once_and_lets_one_request_find_out() {
        let limits = Limits::new();
        let gate = limits.gate("a", "cleo", None);
        let mut told = Vec::new();
        for _ in 0..5 {
            told.push(go(&gate, Attempt::First, SECOND).finish(FAILED, SECOND));
        }
        let changes: Vec<_> = told.into_iter().flatten().collect();
        assert_eq!(changes.len(), 1);
        assert_eq!(
            (changes[0].from.name(), changes[0].to.name()),
            ("closed", "open")
        );
        assert_eq!(wait(&gate, Attempt::First, SECOND), 30 * SECOND);
        let later = 31 * SECOND;
        let probe = go(&gate, Attempt::First, later);
        assert!(probe.is_probe());
        assert_eq!(gate.breaker(), BreakerState::HalfOpen);
        assert_eq!(wait(&gate, Attempt::First, later), SECOND);
        drop(probe);
        let change = go(&gate, Attempt::First, later).finish(Outcome::Answered, later);
        assert_eq!(change.unwrap().to, BreakerState::Closed { failures: 0 });
        assert_eq!(limits.endpoints(later)[0].wait, Duration::ZERO);
    }

    #[test]
    fn repeats_have_a_budget_and_first_attempts_do_not_need_it() {
        let gate = Limits::new().gate("a", "cleo", None);
        for _ in 0..10 {
            let _ = go(&gate, Attempt::Repeat, SECOND).finish(Outcome::Answered, SECOND);
        }
        assert_eq!(wait(&gate, Attempt::Repeat, SECOND), SECOND);
        for _ in 0..5 {
            let _ = go(&gate, Attempt::First, SECOND).finish(Outcome::Answered, SECOND);
        }
        let _ = go(&gate, Attempt::Repeat, SECOND).finish(Outcome::Answered, SECOND);
        assert_eq!(wait(&gate, Attempt::Repeat, SECOND), SECOND);
    }
}
