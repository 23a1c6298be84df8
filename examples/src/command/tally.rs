//! What a run did, counted while it runs, and shown on a terminal.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde::Serialize;
use sync_core::delivery::{Phase, Why};
use sync_core::{Observer, Progress, StreamKey};

/// What a run did with one flow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FlowTally {
    /// Records read from PeopleSoft.
    pub read: u64,
    /// Of these: never seen before.
    pub new: u64,
    /// Of these: a new version of a document that was seen before.
    pub changed: u64,
    /// Of these: seen before as they are, so not sent again.
    pub same: u64,
    /// Of these: older than what was seen before.
    pub stale: u64,
    /// Documents delivered.
    pub sent: u64,
    /// Documents whose delivery was in doubt and found at Cleo, so not sent again.
    pub found: u64,
    /// Documents that wait, with a reason.
    pub held: u64,
    /// Documents that can never be sent as they are.
    pub rejected: u64,
    /// Deliveries that were tried again, and answers that were late, lost or refused.
    pub retries: u64,
    /// Documents whose delivery a person must look at.
    pub review: u64,
    /// Calls of the source or of a probe that failed.
    pub failures: u64,
    /// Acknowledgments that partners owe for too long.
    pub overdue: u64,
}

impl FlowTally {
    /// Documents that would have been sent twice by a system that only looks at times and answers.
    #[must_use]
    pub fn duplicates_avoided(&self) -> u64 {
        self.same + self.stale + self.found
    }

    fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.new += other.new;
        self.changed += other.changed;
        self.same += other.same;
        self.stale += other.stale;
        self.sent += other.sent;
        self.found += other.found;
        self.held += other.held;
        self.rejected += other.rejected;
        self.retries += other.retries;
        self.review += other.review;
        self.failures += other.failures;
        self.overdue += other.overdue;
    }
}

/// Counts what happens to each flow, and draws it where standard error is a terminal.
pub struct Tally {
    flows: Mutex<BTreeMap<String, (FlowTally, ProgressBar)>>,
    bars: MultiProgress,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            flows: Mutex::default(),
            bars: MultiProgress::new(),
        }
    }
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tally")
            .field("flows", &self.flows())
            .finish_non_exhaustive()
    }
}

impl Tally {
    /// Counts so far, by flow.
    #[must_use]
    pub fn flows(&self) -> BTreeMap<String, FlowTally> {
        self.guard()
            .iter()
            .map(|(flow, (tally, _))| (flow.clone(), tally.clone()))
            .collect()
    }

    /// Counts so far, over all flows.
    #[must_use]
    pub fn total(&self) -> FlowTally {
        self.flows()
            .values()
            .fold(FlowTally::default(), |mut total, flow| {
                total.add(flow);
                total
            })
    }

    /// Counts so far, over those of these flows.
    #[must_use]
    pub fn total_of(&self, names: &[&str]) -> FlowTally {
        let flows = self.flows().into_iter();
        let own = flows.filter(|(name, _)| names.contains(&name.as_str()));
        own.fold(FlowTally::default(), |mut total, (_, flow)| {
            total.add(&flow);
            total
        })
    }

    /// Ends the drawing.
    pub fn finish(&self) {
        for (_, bar) in self.guard().values() {
            bar.finish_and_clear();
        }
    }

    /// Counts are whole at any moment, whatever a panicking holder did.
    fn guard(&self) -> MutexGuard<'_, BTreeMap<String, (FlowTally, ProgressBar)>> {
        self.flows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bar(&self, flow: &str) -> ProgressBar {
        let style = ProgressStyle::with_template("{spinner} {prefix:16} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = self.bars.add(
            ProgressBar::new_spinner()
                .with_style(style)
                .with_prefix(flow.to_owned()),
        );
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }
}

impl Observer for Tally {
    fn event(&self, stream: &StreamKey, event: &Progress<'_>) {
        let mut flows = self.guard();
        let (tally, bar) = flows
            .entry(stream.pipeline().to_owned())
            .or_insert_with(|| (FlowTally::default(), self.bar(stream.pipeline())));
        count(tally, event);
        bar.set_message(format!(
            "read {}  sent {}  avoided {}  held {}  rejected {}  retries {}",
            tally.read,
            tally.sent,
            tally.duplicates_avoided(),
            tally.held,
            tally.rejected,
            tally.retries
        ));
    }
}

pub(super) fn count(tally: &mut FlowTally, event: &Progress<'_>) {
    let number = |count: usize| count as u64;
    match event {
        Progress::Page {
            records,
            new,
            changed,
            same,
            stale,
            poison,
        } => {
            tally.read += number(*records);
            tally.new += number(*new);
            tally.changed += number(*changed);
            tally.same += number(*same);
            tally.stale += number(*stale);
            tally.rejected += number(*poison);
        }
        Progress::Refused {
            phase: Phase::Held, ..
        } => tally.held += 1,
        Progress::Refused { .. } => tally.rejected += 1,
        Progress::Moved { docs, to, why, .. } => {
            let docs = number(*docs);
            match (to, why) {
                (Phase::Confirmed, Why::Found | Why::Duplicate) => {
                    tally.sent += docs;
                    tally.found += docs;
                }
                (Phase::Confirmed, _) => tally.sent += docs,
                (Phase::Dead, _) => tally.rejected += docs,
                (Phase::Review, _) => tally.review += docs,
                (Phase::Prepared | Phase::InDoubt, Why::NotSent | Why::Unknown) => {
                    tally.retries += 1
                }
                _ => {}
            }
        }
        Progress::Failed(_) => tally.failures += 1,
        Progress::Finding { .. } => tally.overdue += 1,
        _ => {}
    }
}
