//! How often an endpoint is asked, and when it is left alone.
//!
//! A [`Gate`] stands before an endpoint of a tenant. It says "now", or "not before": it never waits, so a stream that
//! has to wait costs nothing. Behind it are a token bucket and a [`breaker`](crate::breaker) for each tenant and
//! endpoint, one token bucket for each host, which all tenants share, and a budget for repeats. All of it is arithmetic
//! on the time that is passed in, and [`Limits`] is shared by its clones.
//!
//! | what | by default |
//! |---|---|
//! | rate of an endpoint, rate of a host | no limit; `Retry-After` is obeyed |
//! | breaker | opens after 5 failures one after another, for 30 s, doubling to 10 min; then one request finds out |
//! | repeats | a fifth of the first attempts, and besides one each second, ten of them at once |
//!
//! A [`Pipeline`](crate::Pipeline) takes a token before each page that it reads, each delivery and each question about
//! a delivery; before a delivery is marked as sent, so that nothing waits in doubt for a token.

mod bucket;
mod budget;
mod gate;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use bucket::{Bucket, Rate};
pub use budget::{RetryBudget, RetryRule};
pub use gate::{Admission, Attempt, Change, Gate, Outcome, Permit};

use crate::breaker::{Breaker, BreakerRule, BreakerState};

/// How an endpoint of a tenant is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EndpointRule {
    /// How often it is asked; `None` for as often as there is need.
    pub rate: Option<Rate>,
    /// When it is left alone.
    pub breaker: BreakerRule,
    /// How many repeats it has to bear.
    pub retries: RetryRule,
}

/// How a host is treated, which several endpoints and tenants may share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HostRule {
    /// How often it is asked by all together; `None` for as often as there is need.
    pub rate: Option<Rate>,
    /// Whether a `Retry-After` that one tenant was told counts for all who ask this host.
    ///
    /// Off by default: a tenant that has used up its own quota must not stop the others.
    pub shares_retry_after: bool,
}

/// The limits of a process; a clone is the same limits.
#[derive(Clone, Default)]
pub struct Limits {
    table: Arc<Mutex<Table>>,
}

type EndpointName = (Arc<str>, Arc<str>);

#[derive(Debug, Default)]
struct Table {
    endpoints: BTreeMap<EndpointName, Endpoint>,
    hosts: BTreeMap<Arc<str>, (HostRule, Bucket)>,
}

#[derive(Debug)]
struct Endpoint {
    bucket: Bucket,
    breaker: Breaker,
    retries: RetryBudget,
}

impl Endpoint {
    fn new(rule: EndpointRule) -> Self {
        Self {
            bucket: Bucket::new(rule.rate),
            breaker: Breaker::new(rule.breaker),
            retries: RetryBudget::new(rule.retries),
        }
    }
}

/// An endpoint at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointView {
    /// The tenant.
    pub tenant: Arc<str>,
    /// The endpoint's name.
    pub endpoint: Arc<str>,
    /// Where its breaker stands.
    pub breaker: BreakerState,
    /// How long it is left alone from now, by its rate, its breaker and what it asked for; zero for not at all.
    pub wait: Duration,
}

impl Limits {
    /// No limits but what endpoints ask for, and the breakers of [`BreakerRule::default`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says how an endpoint of a tenant is treated; what is known of it so far is forgotten.
    pub fn set_endpoint(&self, tenant: &str, endpoint: &str, rule: EndpointRule) {
        let name = (tenant.into(), endpoint.into());
        self.table().endpoints.insert(name, Endpoint::new(rule));
    }

    /// Says how a host is treated.
    pub fn set_host(&self, host: &str, rule: HostRule) {
        let mut table = self.table();
        let (known, bucket) = table
            .hosts
            .entry(host.into())
            .or_insert_with(|| (rule, Bucket::new(rule.rate)));
        *known = rule;
        bucket.set_rate(rule.rate);
    }

    /// The gate before an endpoint of a tenant, and before the host that it is on.
    ///
    /// Names are the caller's: `peoplesoft`, `cleo`. Gates of the same names are the same gate.
    #[must_use]
    pub fn gate(&self, tenant: &str, endpoint: &str, host: Option<&str>) -> Gate {
        let name: EndpointName = (tenant.into(), endpoint.into());
        let host: Option<Arc<str>> = host.map(Into::into);
        let mut table = self.table();
        table
            .endpoints
            .entry(name.clone())
            .or_insert_with(|| Endpoint::new(EndpointRule::default()));
        if let Some(host) = &host {
            table
                .hosts
                .entry(Arc::clone(host))
                .or_insert_with(|| (HostRule::default(), Bucket::new(None)));
        }
        Gate {
            limits: self.clone(),
            name,
            host,
        }
    }

    /// Every endpoint, in the order of tenants and names; `now` is the monotonic clock.
    #[must_use]
    pub fn endpoints(&self, now: Duration) -> Vec<EndpointView> {
        let view = |((tenant, endpoint), entry): (&EndpointName, &Endpoint)| EndpointView {
            tenant: Arc::clone(tenant),
            endpoint: Arc::clone(endpoint),
            breaker: entry.breaker.state(),
            wait: entry
                .bucket
                .ready_at()
                .max(entry.breaker.ready_at(now))
                .saturating_sub(now),
        };
        self.table().endpoints.iter().map(view).collect()
    }

    /// Each call leaves the table whole, so that a poisoned lock is of no interest.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.table();
        f.debug_struct("Limits")
            .field("endpoints", &table.endpoints.len())
            .field("hosts", &table.hosts.len())
            .finish_non_exhaustive()
    }
}
