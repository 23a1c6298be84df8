//! How long to wait before the next try.

use std::time::Duration;

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
    /// The wait before attempt `attempt + 1`, when `attempt` (from 1) has failed.
    #[must_use]
    pub fn wait(&self, attempt: u32, floor: Option<Duration>, clock: &dyn Clock) -> Duration {
        floor.unwrap_or_default() + clock.jitter(self.upper(attempt))
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

#[cfg(test)]
mod tests {
    use super::*;

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
