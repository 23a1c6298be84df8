//! How long to wait before the next try.

use std::time::{Duration, SystemTime};

use crate::clock::Clock;

/// Exponential backoff with full jitter: a random time up to `base × 2^(attempt − 1)`, at most `cap`.
///
/// What the other side asked for (`Retry-After`) is a floor, and the jitter comes on top of it, so that many
/// clients that were told the same second do not come back in the same second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The upper end of the first wait.
    pub base: Duration,
    /// The upper end of any wait.
    pub cap: Duration,
}

impl Default for Backoff {
    /// 200 ms doubling to 30 s.
    fn default() -> Self {
        Self {
            base: Duration::from_millis(200),
            cap: Duration::from_secs(30),
        }
    }
}

impl Backoff {
    /// The wait before attempt `attempt + 1`, when `attempt` (from 1) has failed. A floor of more than 30 days counts as
    /// 30 days.
    #[must_use]
    pub fn wait(&self, attempt: u32, floor: Option<Duration>, clock: &dyn Clock) -> Duration {
        bounded(floor.unwrap_or_default()) + clock.jitter(self.upper(attempt))
    }

    /// The longest that [`Backoff::wait`] can be without a floor.
    #[must_use]
    pub fn upper(&self, attempt: u32) -> Duration {
        let factor = 1_u32
            .checked_shl(attempt.saturating_sub(1))
            .unwrap_or(u32::MAX);
        self.base
            .checked_mul(factor)
            .unwrap_or(self.cap)
            .min(self.cap)
    }
}

/// The longest wait that another side may ask for: what is longer is a mistake of its own, and no time of ours.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// A wait that another side has asked for, bounded.
pub(crate) fn bounded(wait: Duration) -> Duration {
    wait.min(LONGEST)
}

/// A time after another one; the end of time is far enough for what lies behind it.
pub(crate) fn later(time: SystemTime, wait: Duration) -> SystemTime {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
    time + wait.min(CENTURY)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "test-util")]
    use crate::testing::ManualClock;

    #[cfg(feature = "test-util")]
    #[test]
    fn no_wait_that_somebody_asks_for_is_beyond_all_bounds() {
        let backoff = Backoff::default();
        let wait = backoff.wait(u32::MAX, Some(Duration::MAX), &ManualClock::new());
        assert!(wait >= LONGEST && wait <= LONGEST + backoff.cap);
        assert!(later(SystemTime::UNIX_EPOCH, Duration::MAX) > SystemTime::UNIX_EPOCH + LONGEST);
    }

    #[test]
    fn the_upper_end_doubles_to_the_cap() {
        let backoff = Backoff {
            base: Duration::from_millis(100),
            cap: Duration::from_secs(1),
        };
        let upper: Vec<_> = (0..7)
            .map(|attempt| backoff.upper(attempt).as_millis())
            .collect();
        assert_eq!(upper, [100, 100, 200, 400, 800, 1000, 1000]);
        assert_eq!(backoff.upper(u32::MAX), Duration::from_secs(1));
    }
}
