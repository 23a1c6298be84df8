//! What can be seen from outside: spans, metrics, and how a stream stands.
//!
//! # Spans
//!
//! The crate speaks through [`tracing`] and sets up nothing itself.
//!
//! | span | level | fields |
//! |---|---|---|
//! | `sync.turn` | info | `tenant`, `pipeline`, `partition`, `poll` (`begin`, `continue`, `no`) |
//!
//! Sources and sinks are called inside of it, so that the spans of an HTTP client stand below the stream's.
//!
//! # Metrics
//!
//! `Metered` (feature `metrics`) is an [`Observer`](crate::Observer) that counts what it is told through the facade
//! of the crate `metrics`; which exporter stands behind it is the program's choice. Names are constants of [`names`]. Every
//! metric has the labels `tenant` and `pipeline`; those below come on top.
//!
//! | metric | kind | labels | what |
//! |---|---|---|---|
//! | `sync_turns_total` | counter | `then` | turns, by what came after: `again`, `waiting`, `idle`, `failed` |
//! | `sync_turn_seconds` | histogram | | how long a turn took |
//! | `sync_polls_total` | counter | | windows begun |
//! | `sync_poll_late_seconds` | histogram | | how long after its time a poll began |
//! | `sync_records_total` | counter | `novelty` | records read: `new`, `changed`, `same`, `stale`, `poison` |
//! | `sync_first_seen_age_seconds` | histogram | | how old a row was when it was seen first, by the source's clock |
//! | `sync_documents_total` | counter | `phase` | documents that came into a phase |
//! | `sync_source_failures_total` | counter | `kind` | calls of a source, or of a probe, that failed: `transient`, `connectivity`, `invalid` |
//! | `sync_store_failures_total` | counter | `kind` | refusals of the store: `fenced`, `conflict`, `unknown`, `unavailable`, `corrupt`, `schema`, `fingerprint`, `exhausted`, `busy`, `sealed` |
//! | `sync_breaker_open` | gauge | `endpoint` | 0 closed, 0.5 half-open, 1 open |
//! | `sync_findings_total` | counter | `code` | things that a person should look at, found by a runnable of one's own |
//! | `sync_pruned_documents_total`, `sync_pruned_entries_total` | counter | | documents and audit entries that a retention policy has removed |
//! | `sync_standbys_total` | counter | | times that another process was found to have the stream |
//! | `sync_open_documents` | gauge | | not yet settled, by `Health::record` |
//! | `sync_in_doubt_documents` | gauge | | of these: may or may not have arrived |
//! | `sync_review_documents` | gauge | | of these: a person must decide |
//! | `sync_held_documents` | gauge | | held back with a reason |
//! | `sync_dead_documents` | gauge | | given up |
//! | `sync_oldest_open_seconds` | gauge | | age of the oldest that is not settled |
//! | `sync_overdue_seconds` | gauge | | how long the stream's turn is overdue, 0 for not at all |
//!
//! A look back that is too short shows in `sync_first_seen_age_seconds`: what comes later than
//! [`PollRule::max_lateness`](crate::PollRule) would have been lost without a sweep.
//!
//! # How a stream stands
//!
//! [`health`] reads it from the ledger, in any process; [`Control::streams`](crate::engine::Control::streams) tells what the
//! service of this process is doing.

mod health;
#[cfg(feature = "metrics")]
mod metered;
pub mod names;

use tracing::Span;

pub use health::{Health, health};
#[cfg(feature = "metrics")]
pub use metered::Metered;

use crate::pipeline::Poll;
use crate::stream::StreamKey;

/// The span of a turn.
pub(crate) fn turn_span(stream: &StreamKey, poll: Poll) -> Span {
    let poll = match poll {
        Poll::Begin => "begin",
        Poll::Continue => "continue",
        Poll::No => "no",
    };
    tracing::info_span!(
        "sync.turn",
        tenant = stream.tenant(),
        pipeline = stream.pipeline(),
        partition = stream.partition(),
        poll,
    )
}
