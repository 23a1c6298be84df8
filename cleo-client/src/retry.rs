//! When a request goes out again, and after how long.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// How often and how patiently a request is repeated.
///
/// The waits grow by two from `base` up to `cap`, each multiplied by chance (full jitter); a `Retry-After`
/// of the server is a floor, with the jittered wait on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetrySettings {
    /// How often a request is sent at most, the first time included. Default 4; 1 means never again.
    pub attempts: u32,
    /// Longest wait after the first failure. Default 200 ms.
    pub base: Duration,
    /// Longest wait ever, `Retry-After` aside. Default 20 s.
    pub cap: Duration,
    /// How many retries all clones of a client together have in hand: each takes one, five successful calls give one
    /// back. When none is left, the first failure counts: a server that is down is not asked four times by everybody.
    /// Default 100; `None` for no limit.
    pub budget: Option<u32>,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            attempts: 4,
            base: Duration::from_millis(200),
            cap: Duration::from_secs(20),
            budget: Some(100),
        }
    }
}

impl RetrySettings {
    /// One attempt only.
    #[must_use]
    pub fn none() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }

    /// Sets how often a request is sent at most; 0 counts as 1.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the longest wait after the first failure.
    #[must_use]
    pub fn with_base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// Sets the longest wait ever.
    #[must_use]
    pub fn with_cap(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// Sets how many retries all clones of a client have in hand; `None` for no limit.
    #[must_use]
    pub fn with_budget(mut self, retries: Option<u32>) -> Self {
        self.budget = retries;
        self
    }

    pub(crate) fn backoff(&self) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_min_delay(self.base)
            .with_max_delay(self.cap.max(self.base))
            .with_factor(2.0)
            .without_max_times()
            .build()
    }
}

/// The retries that all clones of a client have in hand.
#[derive(Debug)]
pub(crate) struct Budget {
    /// In fifths of a retry; `None` for no limit.
    most: Option<u64>,
    left: AtomicU64,
}

impl Budget {
    /// Successes that give one retry back.
    const SUCCESSES: u64 = 5;

    pub(crate) fn new(retries: Option<u32>) -> Self {
        let most = retries.map(|retries| u64::from(retries) * Self::SUCCESSES);
        Self {
            most,
            left: AtomicU64::new(most.unwrap_or_default()),
        }
    }

    /// Takes a retry; `false` if none is left.
    pub(crate) fn take(&self) -> bool {
        let less = |left: u64| left.checked_sub(Self::SUCCESSES);
        self.most.is_none()
            || self
                .left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
                .is_ok()
    }

    /// Takes note of a call that succeeded.
    pub(crate) fn succeeded(&self) {
        let Some(most) = self.most else {
            return;
        };
        let more = |left: u64| (left < most).then_some(left + 1);
        // Nothing to do if it is full.
        let _ = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

/// Whether a request may go out again after it might have been acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Sending it twice does what sending it once does: GET, whole-object PUT, DELETE.
    Safe,
    /// Repeat it only when it is proven that nothing was acted on.
    OnlyIfUnsent,
}

/// The wait before the next attempt: chance times the backoff, on top of what the server asked for.
pub(crate) fn delay(backoff: Duration, jitter: f64, retry_after: Option<Duration>) -> Duration {
    let jittered = backoff.mul_f64(jitter.clamp(0.0, 1.0));
    retry_after.unwrap_or_default().saturating_add(jittered)
}

/// Reads `Retry-After`, which is a number of seconds or an HTTP date; nonsense counts as absent.
pub(crate) fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    // A date in the past means "now".
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn retry_after_in_both_forms() {
        let now = at(1_700_000_000);
        assert_eq!(parse_retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(parse_retry_after(" 0 ", now), Some(Duration::ZERO));
        let date = httpdate::fmt_http_date(at(1_700_000_030));
        assert_eq!(parse_retry_after(&date, now), Some(Duration::from_secs(30)));
        let past = httpdate::fmt_http_date(at(1_600_000_000));
        assert_eq!(parse_retry_after(&past, now), Some(Duration::ZERO));
        for nonsense in ["-3", "soon", "", "1.5"] {
            assert_eq!(parse_retry_after(nonsense, now), None, "{nonsense}");
        }
    }

    #[test]
    fn a_budget_is_used_up_and_earned_back() {
        let budget = Budget::new(Some(2));
        assert!(budget.take() && budget.take() && !budget.take());
        for _ in 0..4 {
            budget.succeeded();
        }
        assert!(!budget.take());
        budget.succeeded();
        assert!(budget.take() && !budget.take());
        for _ in 0..100 {
            budget.succeeded();
        }
        assert!(budget.take() && budget.take() && !budget.take());
        let endless = Budget::new(None);
        assert!((0..1000).all(|_| endless.take()));
    }

    #[test]
    fn waits_double_up_to_the_cap() {
        let settings = RetrySettings::default().with_cap(Duration::from_millis(700));
        let waits: Vec<_> = settings.backoff().take(4).map(|d| d.as_millis()).collect();
        assert_eq!(waits, [200, 400, 700, 700]);
    }

    #[test]
    fn retry_after_is_a_floor_with_jitter_on_top() {
        let second = Duration::from_secs(1);
        assert_eq!(delay(second, 0.5, None), Duration::from_millis(500));
        assert_eq!(
            delay(second, 0.5, Some(second * 7)),
            Duration::from_millis(7500)
        );
        assert_eq!(delay(second, 0.0, Some(second * 7)), second * 7);
        assert_eq!(delay(second, 1.0, Some(Duration::MAX)), Duration::MAX);
    }
}
