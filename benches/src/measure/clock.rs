//! What is counted as time.

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// The clock by which a piece of work is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// Time on the wall: right on a quiet machine, and for work on several threads.
    #[default]
    Wall,
    /// Processor time of the calling thread: right for work on one thread while others are busy.
    Cpu,
}

impl Clock {
    /// A point in time, of which only differences mean anything.
    #[must_use]
    pub fn now(self) -> Duration {
        let Timespec { tv_sec, tv_nsec } = clock_gettime(match self {
            Self::Wall => ClockId::Monotonic,
            Self::Cpu => ClockId::ThreadCPUTime,
        });
        let (seconds, nanoseconds) = (u64::try_from(tv_sec), u32::try_from(tv_nsec));
        Duration::new(seconds.unwrap_or(0), nanoseconds.unwrap_or(0))
    }
}
