//! A clock that stands still until it is told otherwise.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;

use crate::clock::Clock;

/// A [`Clock`] for tests: waiting takes no time and moves the clock, and is written down.
///
/// Starts at the beginning of 2026; its jitter is 0 unless set.
#[derive(Debug)]
pub struct ManualClock(Mutex<State>);

#[derive(Debug)]
struct State {
    now: SystemTime,
    sleeps: Vec<Duration>,
    jitter: f64,
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl ManualClock {
    /// A clock at 2026-01-01 00:00:00 UTC.
    #[must_use]
    pub fn new() -> Self {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        Self(Mutex::new(State {
            now,
            sleeps: Vec::new(),
            jitter: 0.0,
        }))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.state().now += by;
    }

    /// Moves the clock back, as an administrator might.
    pub fn set_back(&self, by: Duration) {
        self.state().now -= by;
    }

    /// What [`Clock::jitter`] answers from now on: 0 to 1.
    pub fn set_jitter(&self, jitter: f64) {
        self.state().jitter = jitter;
    }

    /// Every wait so far, in order.
    #[must_use]
    pub fn sleeps(&self) -> Vec<Duration> {
        self.state().sleeps.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        self.state().now
    }

    async fn sleep(&self, duration: Duration) {
        {
            let mut state = self.state();
            state.now += duration;
            state.sleeps.push(duration);
        }
        tokio::task::yield_now().await;
    }

    fn jitter(&self) -> f64 {
        self.state().jitter
    }
}
