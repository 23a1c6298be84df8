//! Time and chance as the client sees them: passed in, so that tests neither wait nor guess.

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

/// What time it is, how to wait, and how much of a delay to take.
///
/// [`SystemClock`] is the default. A test gives its own clock, whose `sleep` returns at once.
/// The timeout of an attempt is the HTTP client's business and runs in real time.
#[async_trait]
pub trait Clock: Debug + Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> SystemTime;

    /// Returns when `duration` has passed.
    async fn sleep(&self, duration: Duration);

    /// A random duration between zero and `upper`: the part of a back-off delay to wait.
    fn jitter(&self, upper: Duration) -> Duration;
}

/// The clock of the machine, with random jitter.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine for the time"
    )]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that waits")]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn jitter(&self, upper: Duration) -> Duration {
        upper.mul_f64(fastrand::f64())
    }
}
