//! How often something may happen.

use std::num::NonZeroU32;
use std::time::Duration;

/// So many requests in a stretch of time, and so many of them at once.
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
/// use sync_core::limit::Rate;
///
/// let ten = NonZeroU32::new(10).unwrap();
/// let rate = Rate::new(ten, Duration::from_secs(1)).burst(NonZeroU32::MIN);
/// assert_eq!(rate.interval(), Duration::from_millis(100));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    requests: NonZeroU32,
    per: Duration,
    burst: NonZeroU32,
}

impl Rate {
    /// `requests` in each `per`; all of them may come at once.
    #[must_use]
    pub const fn new(requests: NonZeroU32, per: Duration) -> Self {
        Self {
            requests,
            per,
            burst: requests,
        }
    }

    /// How many may come at once after a rest.
    #[must_use]
    pub const fn burst(mut self, requests: NonZeroU32) -> Self {
        self.burst = requests;
        self
    }

    /// The time between two requests of a long queue.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.per / self.requests.get()
    }
}

/// A token bucket as arithmetic on times: it holds one moment, and neither counts tokens nor waits.
///
/// Every time is that of a monotonic clock ([`Clock::mono`](crate::Clock::mono)) and is passed in. Without a rate
/// only [`Bucket::push_back`] closes it.
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
/// use sync_core::limit::{Bucket, Rate};
///
/// let second = Duration::from_secs(1);
/// let mut bucket = Bucket::new(Some(Rate::new(NonZeroU32::MIN, second)));
/// assert_eq!(bucket.take(5 * second), Ok(()));
/// assert_eq!(bucket.take(5 * second), Err(6 * second));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    rate: Option<Rate>,
    /// When the bucket will be full again, had it no upper end: the "theoretical arrival time" of GCRA.
    full_at: Duration,
    /// What the other side asked for.
    closed_until: Duration,
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub const fn new(rate: Option<Rate>) -> Self {
        Self {
            rate,
            full_at: Duration::ZERO,
            closed_until: Duration::ZERO,
        }
    }

    /// Changes the rate; what was taken stays taken.
    pub fn set_rate(&mut self, rate: Option<Rate>) {
        self.rate = rate;
    }

    /// When a request may go; a time that has passed means now.
    #[must_use]
    pub fn ready_at(&self) -> Duration {
        let Some(rate) = &self.rate else {
            return self.closed_until;
        };
        let ahead = rate.interval().saturating_mul(rate.burst.get() - 1);
        self.full_at.saturating_sub(ahead).max(self.closed_until)
    }

    /// Takes a token.
    ///
    /// # Errors
    /// When it may be taken, if not now.
    pub fn take(&mut self, now: Duration) -> Result<(), Duration> {
        let ready = self.ready_at();
        if ready > now {
            return Err(ready);
        }
        self.force(now);
        Ok(())
    }

    /// Takes a token whether there is one or not: those that come later wait the longer.
    pub fn force(&mut self, now: Duration) {
        if let Some(rate) = &self.rate {
            self.full_at = self.full_at.max(now).saturating_add(rate.interval());
        }
    }

    /// Puts back a token that was not used.
    pub fn give_back(&mut self) {
        if let Some(rate) = &self.rate {
            self.full_at = self.full_at.saturating_sub(rate.interval());
        }
    }

    /// Closes it until then (`Retry-After`); afterwards it opens for one request at a time, not for a whole burst.
    pub fn push_back(&mut self, until: Duration) {
        if until <= self.closed_until {
            return;
        }
        self.closed_until = until;
        if let Some(rate) = &self.rate {
            let ahead = rate.interval().saturating_mul(rate.burst.get() - 1);
            self.full_at = self.full_at.max(until.saturating_add(ahead));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(requests: u32, seconds: u64, burst: u32) -> Rate {
        let some = |n| NonZeroU32::new(n).unwrap();
        Rate::new(some(requests), Duration::from_secs(seconds)).burst(some(burst))
    }

    #[test]
    fn a_burst_goes_at_once_and_then_one_each_interval() {
        let mut bucket = Bucket::new(Some(rate(2, 1, 3)));
        let now = Duration::from_secs(100);
        for _ in 0..3 {
            assert_eq!(bucket.take(now), Ok(()));
        }
        let half = Duration::from_millis(500);
        assert_eq!(bucket.take(now), Err(now + half));
        assert_eq!(bucket.take(now + half), Ok(()));
        assert_eq!(bucket.take(now + half), Err(now + 2 * half));
        bucket.give_back();
        assert_eq!(bucket.take(now + half), Ok(()));
    }

    #[test]
    fn after_a_push_back_the_requests_come_one_by_one() {
        let mut bucket = Bucket::new(Some(rate(1, 1, 5)));
        let (now, second) = (Duration::from_secs(10), Duration::from_secs(1));
        bucket.push_back(now + 30 * second);
        bucket.push_back(now);
        assert_eq!(bucket.take(now), Err(now + 30 * second));
        assert_eq!(bucket.take(now + 30 * second), Ok(()));
        assert_eq!(bucket.take(now + 30 * second), Err(now + 31 * second));
    }

    #[test]
    fn without_a_rate_only_a_push_back_closes_it() {
        let mut bucket = Bucket::new(None);
        let now = Duration::from_secs(1);
        for _ in 0..100 {
            assert_eq!(bucket.take(now), Ok(()));
        }
        bucket.push_back(2 * now);
        assert_eq!(bucket.take(now), Err(2 * now));
        assert_eq!(bucket.take(2 * now), Ok(()));
    }

    #[test]
    fn a_debt_is_paid_by_those_who_come_later() {
        let mut bucket = Bucket::new(Some(rate(1, 1, 1)));
        let second = Duration::from_secs(1);
        assert_eq!(bucket.take(second), Ok(()));
        bucket.force(second);
        assert_eq!(bucket.take(2 * second), Err(3 * second));
    }

    proptest! {
        /// In any stretch of time no more go through than the burst and what the rate gives for it.
        #[test]
        fn no_stretch_of_time_has_more_than_burst_and_rate(
            requests in 1..20_u32, burst in 1..20_u32,
            steps in prop::collection::vec(0..400_u64, 1..200),
        ) {
            let rule = rate(requests, 1, burst);
            let mut bucket = Bucket::new(Some(rule));
            let (mut now, mut taken) = (Duration::ZERO, Vec::new());
            for step in steps {
                now += Duration::from_millis(step);
                match bucket.take(now) {
                    Ok(()) => taken.push(now),
                    Err(at) => prop_assert!(at > now && at - now <= rule.interval()),
                }
            }
            for (first, from) in taken.iter().enumerate() {
                for (last, to) in taken.iter().enumerate().skip(first) {
                    let given = (*to - *from).as_nanos() / rule.interval().as_nanos();
                    prop_assert!((last - first + 1) as u128 <= u128::from(burst) + given);
                }
            }
        }
    }
}
