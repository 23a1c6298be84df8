//! What becomes of runs that nobody began in time.

use std::time::{Duration, SystemTime};

/// What becomes of runs that were due while no process was there, or while the run before lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissedPolicy {
    /// They are left out: the next run is the next one of the schedule.
    Skip,
    /// One run makes up for all of them: enough wherever a run reads what has changed since the last.
    Once,
    /// Each is made up for, one after another, the earliest of them up to this many.
    All {
        /// The most that are made up for.
        most: u32,
    },
}

/// When a run counts as missed, and what then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed {
    /// What becomes of them.
    pub policy: MissedPolicy,
    /// A run that begins this much after its time is not missed, only late.
    pub tolerance: Duration,
    /// A run that was missed longer ago than this is not made up for; `None` for no such end.
    pub max_lateness: Option<Duration>,
}

impl Default for Missed {
    /// One run makes up for all, however late; a minute is not yet missed.
    fn default() -> Self {
        Self {
            policy: MissedPolicy::Once,
            tolerance: Duration::from_secs(60),
            max_lateness: None,
        }
    }
}

/// What is to be done about a run that was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatchUp {
    /// How many runs begin now, one after another.
    pub runs: u32,
    /// When the next begins by itself.
    pub next: Option<SystemTime>,
}
