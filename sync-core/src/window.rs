//! Which stretch of the source's time is read next.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cursor::Cursor;

/// A stretch of the source's time, closed at both ends, frozen before its first page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The oldest time that is read; `i64::MIN` stands for the beginning.
    pub lo: i64,
    /// The newest.
    pub hi: i64,
    /// Whether this window reaches further back than usual, for rows that came very late.
    pub sweep: bool,
}

/// How a source's times behave; what is not known at a site is measured by the age of rows when first seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollRule {
    /// The step of the source's time column: a second, or a day for a date.
    pub granularity: Duration,
    /// How much later than its own time a row may become visible.
    pub max_lateness: Duration,
    /// How long rows are left alone before they are read; zero reads to the source's present.
    pub settle: Duration,
    /// How far below the watermark each window begins; `None` takes `granularity + max_lateness`.
    pub lookback: Option<Duration>,
    /// A longer look back every so many polls, which allows a shorter one in between.
    pub sweep: Option<Sweep>,
}

/// A longer look back every so many polls.
///
/// Loses nothing only where `reach` is at least the worst lateness *plus* the time between two sweeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// How far below the watermark it reads.
    pub reach: Duration,
    /// Every how many polls.
    pub every: u64,
}

impl PollRule {
    /// A rule that loses nothing for a source of this step and this worst lateness.
    #[must_use]
    pub fn new(granularity: Duration, max_lateness: Duration) -> Self {
        Self {
            granularity,
            max_lateness,
            settle: Duration::ZERO,
            lookback: None,
            sweep: None,
        }
    }

    /// How far below the watermark an ordinary window begins.
    #[must_use]
    pub fn lookback(&self) -> Duration {
        self.lookback
            .unwrap_or(self.granularity + self.max_lateness)
    }

    /// How far back any window can reach: what is remembered must be remembered for this long.
    #[must_use]
    pub fn reach(&self) -> Duration {
        self.sweep
            .map_or(self.lookback(), |sweep| sweep.reach.max(self.lookback()))
    }

    /// The next window: `now` is the source's clock.
    ///
    /// The upper bound is rounded down to the source's step, so that a second (or a day) is never taken
    /// for complete while it lasts.
    #[must_use]
    pub fn window(&self, cursor: &Cursor, now: i64) -> Window {
        let sweep = self.sweep.is_some_and(|sweep| {
            cursor.polls.is_multiple_of(sweep.every.max(1)) && cursor.polls > 0
        });
        let back = if sweep { self.reach() } else { self.lookback() };
        Window {
            lo: cursor
                .watermark
                .map_or(i64::MIN, |mark| mark.saturating_sub(micros(back))),
            hi: self.floor(now.saturating_sub(micros(self.settle))),
            sweep,
        }
    }

    /// The watermark after a window was read to its end: never lower than before, never above the window.
    #[must_use]
    pub fn watermark(&self, cursor: &Cursor, window: &Window) -> Option<i64> {
        let Some(newest) = cursor.newest else {
            return cursor.watermark;
        };
        let reached = window.hi.min(self.floor(newest));
        Some(cursor.watermark.map_or(reached, |mark| mark.max(reached)))
    }

    fn floor(&self, at: i64) -> i64 {
        let step = micros(self.granularity).max(1);
        at.div_euclid(step).saturating_mul(step)
    }
}

/// Microseconds, capped at what a time can hold.
pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::Fingerprint;

    const SECOND: i64 = 1_000_000;

    fn rule() -> PollRule {
        PollRule::new(Duration::from_secs(1), Duration::from_secs(60))
    }

    fn cursor(watermark: Option<i64>, newest: Option<i64>, polls: u64) -> Cursor {
        Cursor {
            watermark,
            newest,
            polls,
            ..Cursor::start(Fingerprint::of(["x"]))
        }
    }

    #[test]
    fn the_first_window_begins_at_the_beginning_and_ends_at_a_whole_step() {
        let window = rule().window(&cursor(None, None, 0), 5 * SECOND + 999_999);
        assert_eq!(
            window,
            Window {
                lo: i64::MIN,
                hi: 5 * SECOND,
                sweep: false
            }
        );
    }

    #[test]
    fn the_lower_bound_reaches_back_over_the_lateness_and_one_step() {
        let window = rule().window(&cursor(Some(100 * SECOND), None, 1), 200 * SECOND);
        assert_eq!(window.lo, 39 * SECOND);
    }

    #[test]
    fn a_sweep_reaches_further_every_so_many_polls() {
        let rule = PollRule {
            lookback: Some(Duration::from_secs(2)),
            sweep: Some(Sweep {
                reach: Duration::from_secs(50),
                every: 3,
            }),
            ..rule()
        };
        let lo = |polls| {
            rule.window(&cursor(Some(100 * SECOND), None, polls), 200 * SECOND)
                .lo
        };
        assert_eq!(
            [lo(0), lo(1), lo(2), lo(3)].map(|lo| lo / SECOND),
            [98, 98, 98, 50]
        );
    }

    #[test]
    fn the_watermark_is_rounded_down_and_never_steps_back() {
        let window = Window {
            lo: 0,
            hi: 10 * SECOND,
            sweep: false,
        };
        let mark = |watermark, newest| rule().watermark(&cursor(watermark, newest, 0), &window);
        assert_eq!(mark(None, Some(3 * SECOND + 5)), Some(3 * SECOND));
        assert_eq!(mark(Some(7 * SECOND), Some(3 * SECOND)), Some(7 * SECOND));
        assert_eq!(mark(None, Some(30 * SECOND)), Some(10 * SECOND));
        assert_eq!(mark(Some(4), None), Some(4), "an empty window leaves it");
    }
}
