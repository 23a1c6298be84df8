//! Progress as metrics.

use std::sync::Arc;

use metrics::{Label, counter, gauge, histogram};

use super::names;
use crate::breaker::BreakerState;
use crate::progress::{Observer, Progress};
use crate::source::SourceErrorKind;
use crate::store::StoreError;
use crate::stream::StreamKey;

/// An observer that counts what it is told through the `metrics` facade, and tells another one.
///
/// ```
/// use std::sync::Arc;
/// use sync_core::{Silent, telemetry::Metered};
///
/// let observer = Arc::new(Metered::new(Arc::new(Silent)));
/// # let _ = observer;
/// ```
#[derive(Debug, Clone)]
pub struct Metered {
    inner: Arc<dyn Observer>,
}

impl Metered {
    /// Counts, and tells `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Observer>) -> Self {
        Self { inner }
    }
}

/// The labels that every metric of a stream has.
pub(super) fn labels(stream: &StreamKey) -> [Label; 2] {
    [
        Label::new("tenant", stream.tenant().to_owned()),
        Label::new("pipeline", stream.pipeline().to_owned()),
    ]
}

impl Observer for Metered {
    fn event(&self, stream: &StreamKey, event: &Progress<'_>) {
        count(stream, event);
        self.inner.event(stream, event);
    }
}

fn count(stream: &StreamKey, event: &Progress<'_>) {
    let own = labels(stream);
    let with = |key: &'static str, value: &str| {
        let mut labels = own.to_vec();
        labels.push(Label::new(key, value.to_owned()));
        labels
    };
    match event {
        Progress::Window(_) => counter!(names::POLLS, own.iter()).increment(1),
        Progress::Page {
            new,
            changed,
            same,
            stale,
            poison,
            ..
        } => {
            let kinds = [
                ("new", new),
                ("changed", changed),
                ("same", same),
                ("stale", stale),
                ("poison", poison),
            ];
            for (novelty, count) in kinds.into_iter().filter(|(_, count)| **count > 0) {
                counter!(names::RECORDS, with("novelty", novelty)).increment(*count as u64);
            }
        }
        Progress::FirstSeen { ages } => {
            let ages_seen = histogram!(names::FIRST_SEEN_AGE_SECONDS, own.iter());
            for age in *ages {
                ages_seen.record(age.as_secs_f64());
            }
        }
        Progress::Refused { phase, .. } => {
            counter!(names::DOCUMENTS, with("phase", phase.name())).increment(1);
        }
        Progress::Moved { docs, to, .. } => {
            counter!(names::DOCUMENTS, with("phase", to.name())).increment(*docs as u64);
        }
        Progress::Breaker { endpoint, to, .. } => {
            let open = match to {
                BreakerState::Closed { .. } => 0.0,
                BreakerState::HalfOpen => 0.5,
                BreakerState::Open { .. } => 1.0,
            };
            gauge!(names::BREAKER_OPEN, with("endpoint", endpoint)).set(open);
        }
        Progress::Turn { took, then } => {
            counter!(names::TURNS, with("then", then)).increment(1);
            histogram!(names::TURN_SECONDS, own.iter()).record(took.as_secs_f64());
        }
        Progress::Began { late } => {
            histogram!(names::POLL_LATE_SECONDS, own.iter()).record(late.as_secs_f64());
        }
        Progress::Ended { .. } => {}
        Progress::Finding { stop, .. } => {
            counter!(names::FINDINGS, with("code", &stop.code)).increment(1);
        }
        Progress::Pruned { documents, entries } => {
            counter!(names::PRUNED_DOCUMENTS, own.iter()).increment(*documents as u64);
            counter!(names::PRUNED_ENTRIES, own.iter()).increment(*entries);
        }
        Progress::Standby => counter!(names::STANDBYS, own.iter()).increment(1),
        Progress::Stopped(error) => {
            counter!(names::STORE_FAILURES, with("kind", kind_of(error))).increment(1);
        }
        Progress::Failed(error) => {
            let kind = match error.kind {
                SourceErrorKind::Transient => "transient",
                SourceErrorKind::Connectivity => "connectivity",
                SourceErrorKind::Invalid => "invalid",
            };
            counter!(names::SOURCE_FAILURES, with("kind", kind)).increment(1);
        }
    }
}

fn kind_of(error: &StoreError) -> &'static str {
    match error {
        StoreError::Fenced(_) => "fenced",
        StoreError::Conflict(_) => "conflict",
        StoreError::Unknown(_) => "unknown",
        StoreError::Unavailable(_) => "unavailable",
        StoreError::Corrupt(_) => "corrupt",
        StoreError::Schema { .. } => "schema",
        StoreError::Fingerprint => "fingerprint",
        StoreError::Exhausted(_) => "exhausted",
        StoreError::Busy(_) => "busy",
        StoreError::Sealed(_) => "sealed",
    }
}
