//! How a stream stands by its ledger.

use std::time::{Duration, SystemTime};

use crate::delivery::Phase;
use crate::store::{DocumentFilter, PhaseCounts, StateStore, StoreError};
use crate::stream::StreamKey;

/// How a stream stands by its ledger, whoever runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Which.
    pub stream: StreamKey,
    /// How many documents stand where.
    pub counts: PhaseCounts,
    /// When the oldest of those was taken in that are on their way or wait for a person to decide; held ones are not
    /// among them.
    pub oldest: Option<SystemTime>,
    /// When its next turn should begin.
    pub due: Option<SystemTime>,
}

const OPEN: [Phase; 5] = [
    Phase::Intent,
    Phase::Prepared,
    Phase::Sent,
    Phase::InDoubt,
    Phase::Review,
];

/// Reads how a stream stands.
///
/// Counts every document of the stream: for people and for a scrape each minute, not for each turn.
///
/// # Errors
/// The store's.
pub async fn health(store: &dyn StateStore, stream: &StreamKey) -> Result<Health, StoreError> {
    let counts = store.counts(stream).await?;
    let mut oldest = None;
    for phase in OPEN.into_iter().filter(|phase| counts.of(*phase) > 0) {
        let filter = DocumentFilter {
            phases: vec![phase],
            limit: 1,
            ..DocumentFilter::default()
        };
        let first = store.documents(stream, &filter).await?;
        let created = first.first().map(|doc| doc.created);
        oldest = [oldest, created].into_iter().flatten().min();
    }
    Ok(Health {
        stream: stream.clone(),
        counts,
        oldest,
        due: store.due(stream).await?,
    })
}

impl Health {
    /// Documents that are on their way or wait for a person to decide; held ones are not among them.
    #[must_use]
    pub fn open(&self) -> u64 {
        OPEN.iter().map(|phase| self.counts.of(*phase)).sum()
    }

    /// Documents that may or may not have arrived.
    #[must_use]
    pub fn in_doubt(&self) -> u64 {
        self.counts.of(Phase::InDoubt)
    }

    /// Documents about which a person must decide.
    #[must_use]
    pub fn review(&self) -> u64 {
        self.counts.of(Phase::Review)
    }

    /// Documents that are held back with a reason.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.counts.of(Phase::Held)
    }

    /// Documents that were given up.
    #[must_use]
    pub fn dead(&self) -> u64 {
        self.counts.of(Phase::Dead)
    }

    /// How long its turn is overdue; `None` for not at all.
    #[must_use]
    pub fn overdue(&self, now: SystemTime) -> Option<Duration> {
        now.duration_since(self.due?)
            .ok()
            .filter(|late| !late.is_zero())
    }

    /// Sets the gauges of this stream, see the [page above](super).
    #[cfg(feature = "metrics")]
    #[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge of documents need not be exact above 2^53"
    )]
    pub fn record(&self, now: SystemTime) {
        use super::names;
        let labels = super::metered::labels(&self.stream);
        let set = |name: &'static str, value: f64| {
            metrics::gauge!(name, labels.iter()).set(value);
        };
        set(names::OPEN_DOCUMENTS, self.open() as f64);
        set(names::IN_DOUBT_DOCUMENTS, self.in_doubt() as f64);
        set(names::REVIEW_DOCUMENTS, self.review() as f64);
        set(names::HELD_DOCUMENTS, self.held() as f64);
        set(names::DEAD_DOCUMENTS, self.dead() as f64);
        let age = self
            .oldest
            .map(|oldest| now.duration_since(oldest).unwrap_or_default());
        set(
            names::OLDEST_OPEN_SECONDS,
            age.unwrap_or_default().as_secs_f64(),
        );
        let overdue = self.overdue(now).unwrap_or_default();
        set(names::OVERDUE_SECONDS, overdue.as_secs_f64());
    }
}
