//! Time and chance, passed in.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;

/// Where a [`Client`](crate::Client) gets time, waiting and chance from.
///
/// Replace it in tests to wait without waiting: `testing::ManualClock` does so.
#[async_trait]
pub trait Clock: std::fmt::Debug + Send + Sync + 'static {
    /// The time of day.
    fn now(&self) -> SystemTime;

    /// Returns after `duration` has passed.
    async fn sleep(&self, duration: Duration);

    /// A number from 0 (included) to 1 (not included), new at each call: spreads waiting clients.
    fn jitter(&self) -> f64;
}

/// The machine's clock, tokio's timer and a fast random generator.
///
/// Its `sleep` needs a tokio runtime with the time driver switched on.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that waits in real time"
    )]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn jitter(&self) -> f64 {
        fastrand::f64()
    }
}
