//! How often the systems are asked, and when they are left alone.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use serde::Serialize;
use sync_core::breaker::BreakerRule;
use sync_core::limit::{EndpointRule, HostRule, Limits, Rate, RetryRule};

use super::field::Field;
use super::table::Table;
use super::write::duration_as_text;

/// The limits of a tenant, `[limits]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LimitSettings {
    /// Requests to PeopleSoft: pages read, by all flows that say nothing else.
    pub peoplesoft: EndpointLimit,
    /// Requests to Cleo: files sent, and questions about them.
    pub cleo: EndpointLimit,
    /// Requests to a host by everybody in this process, by the host's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, HostLimit>,
}

/// The limits of one flow, in place of those of the tenant, `[flows.NAME.limits]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FlowLimits {
    /// Its requests to PeopleSoft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peoplesoft: Option<EndpointLimit>,
    /// Its requests to Cleo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cleo: Option<EndpointLimit>,
}

/// How one system is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EndpointLimit {
    /// How often.
    #[serde(flatten)]
    pub rate: RateSettings,
    /// So many failures one after another, and it is left alone.
    pub failures: NonZeroU32,
    /// For how long the first time; doubles each time that it has not come back.
    #[serde(serialize_with = "duration_as_text")]
    pub rest: Duration,
    /// For how long at most.
    #[serde(serialize_with = "duration_as_text")]
    pub longest_rest: Duration,
    /// Repeats for each hundred first attempts; one each second is allowed besides.
    pub retry_percent: u32,
}

/// How often a system may be asked; without a number of requests, as often as there is need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RateSettings {
    /// So many requests in each `per`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<NonZeroU32>,
    /// The stretch of time that `requests` are for.
    #[serde(serialize_with = "duration_as_text")]
    pub per: Duration,
    /// How many of them may come at once; absent means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<NonZeroU32>,
}

/// How a host is asked by everybody in this process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HostLimit {
    /// How often.
    #[serde(flatten)]
    pub rate: RateSettings,
    /// Whether a `Retry-After` that one was told counts for all.
    pub shares_retry_after: bool,
}

impl Default for RateSettings {
    fn default() -> Self {
        Self {
            requests: None,
            per: Duration::from_secs(1),
            burst: None,
        }
    }
}

impl Default for EndpointLimit {
    fn default() -> Self {
        let (breaker, retries) = (BreakerRule::default(), RetryRule::default());
        Self {
            rate: RateSettings::default(),
            failures: breaker.failures,
            rest: breaker.rest,
            longest_rest: breaker.longest,
            retry_percent: retries.percent,
        }
    }
}

impl RateSettings {
    fn rate(&self) -> Option<Rate> {
        let rate = Rate::new(self.requests?, self.per);
        Some(self.burst.map_or(rate, |burst| rate.burst(burst)))
    }
}

impl EndpointLimit {
    fn rule(&self) -> EndpointRule {
        let (mut breaker, mut retries) = (BreakerRule::default(), RetryRule::default());
        breaker.failures = self.failures;
        breaker.rest = self.rest;
        breaker.longest = self.longest_rest;
        retries.percent = self.retry_percent;
        EndpointRule {
            rate: self.rate.rate(),
            breaker,
            retries,
        }
    }
}

/// Names of the endpoints that all flows share.
pub(crate) const PEOPLESOFT: &str = "peoplesoft";
pub(crate) const CLEO: &str = "cleo";

impl LimitSettings {
    /// Puts the tenant's limits in force.
    pub(crate) fn set(&self, limits: &Limits, tenant: &str) {
        limits.set_endpoint(tenant, PEOPLESOFT, self.peoplesoft.rule());
        limits.set_endpoint(tenant, CLEO, self.cleo.rule());
        for (host, limit) in &self.hosts {
            let rule = HostRule {
                rate: limit.rate.rate(),
                shares_retry_after: limit.shares_retry_after,
            };
            limits.set_host(host, rule);
        }
    }
}

impl FlowLimits {
    /// Puts a flow's own limits in force; answers the names of its endpoints.
    pub(crate) fn set(
        own: Option<&Self>,
        limits: &Limits,
        tenant: &str,
        flow: &str,
    ) -> [String; 2] {
        let endpoint = |name: &str, limit: Option<&EndpointLimit>| match limit {
            None => name.to_owned(),
            Some(limit) => {
                let name = format!("{name} of {flow}");
                limits.set_endpoint(tenant, &name, limit.rule());
                name
            }
        };
        [
            endpoint(PEOPLESOFT, own.and_then(|own| own.peoplesoft.as_ref())),
            endpoint(CLEO, own.and_then(|own| own.cleo.as_ref())),
        ]
    }
}

/// Reads `[limits]`.
pub(super) fn read_limits(table: &Table<'_>) -> LimitSettings {
    let mut hosts = BTreeMap::new();
    let named = table.get("hosts").and_then(|field| field.table());
    for (name, field) in named.iter().flat_map(Table::entries) {
        let Some(own) = field.table() else { continue };
        let rate = read_rate(&own);
        let shares_retry_after = own
            .get("shares_retry_after")
            .and_then(|field| field.boolean())
            .unwrap_or(false);
        own.finish();
        if name.contains(['/', ':', ' ']) {
            field.wrong(
                format!("{name:?}"),
                "the name of a host, without scheme, port or path",
                "write for example `[limits.hosts.\"cleo.example\"]`",
            );
        }
        hosts.insert(
            name,
            HostLimit {
                rate,
                shares_retry_after,
            },
        );
    }
    LimitSettings {
        peoplesoft: endpoint(table, "peoplesoft").unwrap_or_default(),
        cleo: endpoint(table, "cleo").unwrap_or_default(),
        hosts,
    }
}

/// Reads `[flows.NAME.limits]`.
pub(super) fn read_flow_limits(field: &Field<'_>) -> Option<FlowLimits> {
    let table = field.table()?;
    let limits = FlowLimits {
        peoplesoft: endpoint(&table, "peoplesoft"),
        cleo: endpoint(&table, "cleo"),
    };
    table.finish();
    Some(limits)
}

fn endpoint(table: &Table<'_>, key: &'static str) -> Option<EndpointLimit> {
    let field = table.get(key)?;
    let table = field.table()?;
    let default = EndpointLimit::default();
    let rate = read_rate(&table);
    let failures = table
        .get("failures")
        .and_then(|field| NonZeroU32::new(field.integer(1..=10_000)?))
        .unwrap_or(default.failures);
    let rest = above_zero(&table, "rest", default.rest);
    let longest = table.get("longest_rest");
    let longest_rest = above_zero(&table, "longest_rest", default.longest_rest.max(rest));
    if let Some(longest) = longest.filter(|_| longest_rest < rest) {
        longest.wrong(
            format!("{:?}", super::duration::render(longest_rest)),
            format!("at least `rest` ({})", super::duration::render(rest)),
            "raise it, or lower `rest`",
        );
    }
    let retry_percent = table
        .get("retry_percent")
        .and_then(|field| field.integer(0..=1000))
        .unwrap_or(default.retry_percent);
    table.finish();
    Some(EndpointLimit {
        rate,
        failures,
        rest,
        longest_rest,
        retry_percent,
    })
}

fn read_rate(table: &Table<'_>) -> RateSettings {
    let number = |key| {
        let field: Option<Field<'_>> = table.get(key);
        field.and_then(|field| NonZeroU32::new(field.integer(1..=1_000_000)?))
    };
    let rate = RateSettings {
        requests: number("requests"),
        per: above_zero(table, "per", RateSettings::default().per),
        burst: number("burst"),
    };
    if table.get("requests").is_none() {
        for key in ["per", "burst"] {
            if let Some(field) = table.get(key).filter(|_| key == "burst") {
                field.wrong(
                    format!("`{key}` without `requests`"),
                    "a number of `requests` in the same table",
                    "add for example `requests = 10`",
                );
            }
        }
    }
    rate
}

fn above_zero(table: &Table<'_>, key: &'static str, default: Duration) -> Duration {
    let Some(field) = table.get(key) else {
        return default;
    };
    match field.duration() {
        Some(Duration::ZERO) => {
            field.wrong("0", "a duration above zero", "write for example \"30s\"");
            default
        }
        read => read.unwrap_or(default),
    }
}
