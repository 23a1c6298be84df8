//! Time and chance, passed in so that tests need no waiting.

use std::fmt;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;

/// The only source of time, of waiting and of randomness in this crate.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time of day: written to the ledger, compared across processes.
    fn wall(&self) -> SystemTime;

    /// Time since some fixed moment of this process: never steps back, used for time-outs and leases.
    fn mono(&self) -> Duration;

    /// A random duration in `[0, upper)`, zero where `upper` is zero.
    fn jitter(&self, upper: Duration) -> Duration;

    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// The operating system's clock, tokio's timer and a thread-local random generator.
#[derive(Debug, Clone)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl SystemClock {
    /// A clock whose monotonic zero is now.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place where time comes in"
    )]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place where time comes in"
    )]
    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn mono(&self) -> Duration {
        self.start.elapsed()
    }

    fn jitter(&self, upper: Duration) -> Duration {
        upper.mul_f64(fastrand::f64())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place where waiting comes in"
    )]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Milliseconds since the Unix epoch, the ledger's unit; times before it count as zero.
pub(crate) fn millis(time: SystemTime) -> i64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// The inverse of [`millis`].
pub(crate) fn from_millis(millis: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}
