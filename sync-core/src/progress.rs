//! What a run tells while it runs.

use std::fmt;

use crate::delivery::{Phase, Why};
use crate::source::{SourceError, Stop};
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
    /// The source, or the sink when asked, could not answer.
    Failed(&'a SourceError),
}
