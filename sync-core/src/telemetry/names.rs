//! The names of all metrics; see the [page above](super) for what each means.

/// Turns.
pub const TURNS: &str = "sync_turns_total";
/// How long a turn took, seconds.
pub const TURN_SECONDS: &str = "sync_turn_seconds";
/// Windows begun.
pub const POLLS: &str = "sync_polls_total";
/// How long after its time a poll began, seconds.
pub const POLL_LATE_SECONDS: &str = "sync_poll_late_seconds";
/// Records read.
pub const RECORDS: &str = "sync_records_total";
/// How old a row was when it was seen first, seconds.
pub const FIRST_SEEN_AGE_SECONDS: &str = "sync_first_seen_age_seconds";
/// Documents that came into a phase.
pub const DOCUMENTS: &str = "sync_documents_total";
/// Calls of a source or a probe that failed.
pub const SOURCE_FAILURES: &str = "sync_source_failures_total";
/// Refusals of the store.
pub const STORE_FAILURES: &str = "sync_store_failures_total";
/// 0 for a closed breaker, 0.5 for a half-open, 1 for an open one.
pub const BREAKER_OPEN: &str = "sync_breaker_open";
/// Times that another process was found to have the stream.
pub const STANDBYS: &str = "sync_standbys_total";
/// Findings of a runnable of one's own.
pub const FINDINGS: &str = "sync_findings_total";
/// Documents that a retention policy has removed.
pub const PRUNED_DOCUMENTS: &str = "sync_pruned_documents_total";
/// Audit entries that a retention policy has removed.
pub const PRUNED_ENTRIES: &str = "sync_pruned_entries_total";
/// Documents that are not settled.
pub const OPEN_DOCUMENTS: &str = "sync_open_documents";
/// Documents that may or may not have arrived.
pub const IN_DOUBT_DOCUMENTS: &str = "sync_in_doubt_documents";
/// Documents about which a person must decide.
pub const REVIEW_DOCUMENTS: &str = "sync_review_documents";
/// Documents that are held back.
pub const HELD_DOCUMENTS: &str = "sync_held_documents";
/// Documents that were given up.
pub const DEAD_DOCUMENTS: &str = "sync_dead_documents";
/// Age of the oldest document that is not settled, seconds.
pub const OLDEST_OPEN_SECONDS: &str = "sync_oldest_open_seconds";
/// How long the stream's turn is overdue, seconds.
pub const OVERDUE_SECONDS: &str = "sync_overdue_seconds";
