//! What a run tells while it runs.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::breaker::BreakerState;
use crate::delivery::{Phase, Why};
use crate::source::{SourceError, Stop};
use crate::store::StoreError;
use crate::stream::StreamKey;
use crate::window::Window;

/// Told of what happens, as it happens; must return at once.
///
/// Everything told is in the ledger already or about to be: an observer is for progress bars, counters and logs.
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// Something happened to a stream.
    fn event(&self, stream: &StreamKey, event: &Progress<'_>);
}

/// An observer that ignores everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: &StreamKey, _: &Progress<'_>) {}
}

/// Something that happened to a stream.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// A window is being read.
    Window(&'a Window),
    /// A page was read and is durable.
    Page {
        /// Records in the page, the bad ones too.
        records: usize,
        /// New keys.
        new: usize,
        /// New versions of known keys.
        changed: usize,
        /// Records that are in the ledger as they are: duplicates avoided.
        same: usize,
        /// Older than what is known.
        stale: usize,
        /// Unreadable, now dead letters.
        poison: usize,
    },
    /// A document was held or given up before it was in a shipment.
    Refused {
        /// The business key.
        key: &'a str,
        /// [`Phase::Held`] or [`Phase::Dead`].
        phase: Phase,
        /// Why.
        stop: &'a Stop,
    },
    /// A shipment moved.
    Moved {
        /// How many documents it carries.
        docs: usize,
        /// From where.
        from: Phase,
        /// To where.
        to: Phase,
        /// Why.
        why: Why,
        /// How often it was sent.
        attempt: u32,
        /// What the other side said.
        note: &'a str,
    },
    /// How old rows were when they were seen first, one for each new version of a page whose time is known: what the
    /// look back of a [`PollRule`](crate::PollRule) is set by.
    FirstSeen {
        /// By the source's clock, from the row's own time to the end of the window that showed it.
        ages: &'a [Duration],
    },
    /// The breaker of an endpoint has opened, closed, or let one request through to find out.
    Breaker {
        /// The endpoint.
        endpoint: &'a str,
        /// Where it stood.
        from: BreakerState,
        /// Where it stands.
        to: BreakerState,
    },
    /// A turn has ended.
    Turn {
        /// How long it took.
        took: Duration,
        /// What is to come, in a word: `again`, `waiting`, `idle`, `failed`.
        then: &'static str,
    },
    /// A run has begun: the source is polled.
    Began {
        /// How long after its time.
        late: Duration,
    },
    /// A run has ended.
    Ended {
        /// When the next begins, where one does by itself.
        next: Option<SystemTime>,
    },
    /// What had ended long enough ago was removed, as a retention policy says; see [`retention`](crate::retention).
    Pruned {
        /// Documents, with their shipments.
        documents: usize,
        /// Entries of the audit trail.
        entries: u64,
    },
    /// Something that a person should look at, found by a [`Runnable`](crate::Runnable) of one's own.
    Finding {
        /// The business key that it is about.
        key: &'a str,
        /// Its code, and what was found.
        stop: &'a Stop,
    },
    /// Another process has the stream; this one stands by.
    Standby,
    /// The store has refused to go on, or could not.
    Stopped(&'a StoreError),
    /// The source, or the sink when asked, could not answer.
    Failed(&'a SourceError),
}
