//! Time that moves when it is told to.

use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::sync::Notify;

use super::lock;
use crate::clock::Clock;

/// A [`Clock`] that a test moves; a clone is the same clock.
///
/// [`ManualClock::new`] never makes anybody wait: a sleep moves the clock to its own end and returns. With
/// [`ManualClock::stepped`] a sleep lasts until the test has moved the clock that far, which is what a test needs in
/// which one task waits on purpose while another works.
///
/// The time of day begins at 2026-01-01T00:00:00Z, the monotonic time at zero. [`Clock::jitter`] answers half of the
/// upper end, or with [`ManualClock::seeded`] the same sequence of random durations for the same seed.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::time::Duration;
/// use sync_core::{Clock, testing::ManualClock};
///
/// let clock = ManualClock::new();
/// let start = clock.wall();
/// clock.sleep(Duration::from_secs(3600)).await; // returns at once
/// assert_eq!(clock.wall(), start + Duration::from_secs(3600));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock {
    time: Arc<Mutex<Time>>,
    moved: Arc<Notify>,
    stepped: bool,
}

#[derive(Debug)]
struct Time {
    wall: SystemTime,
    mono: Duration,
    random: Option<fastrand::Rng>,
    /// When each sleep that lasts will end, by the monotonic clock.
    sleepers: Vec<Duration>,
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl ManualClock {
    /// A clock on which every sleep ends at once and takes its time along.
    #[must_use]
    pub fn new() -> Self {
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        let time = Time {
            wall,
            mono: Duration::ZERO,
            random: None,
            sleepers: Vec::new(),
        };
        Self {
            time: Arc::new(Mutex::new(time)),
            moved: Arc::default(),
            stepped: false,
        }
    }

    /// A clock on which a sleep lasts until [`ManualClock::advance`] or [`ManualClock::advance_to_next`] ends it.
    #[must_use]
    pub fn stepped() -> Self {
        Self {
            stepped: true,
            ..Self::new()
        }
    }

    /// Draws jitter from this seed.
    #[must_use]
    pub fn seeded(self, seed: u64) -> Self {
        lock(&self.time).random = Some(fastrand::Rng::with_seed(seed));
        self
    }

    /// Moves the time of day and the monotonic time on together.
    pub fn advance(&self, by: Duration) {
        lock(&self.time).advance(by);
        self.moved.notify_waiters();
    }

    /// Moves to the end of the sleep that ends first; whether anybody sleeps.
    pub fn advance_to_next(&self) -> bool {
        let mut time = lock(&self.time);
        let Some(first) = time.sleepers.iter().min().copied() else {
            return false;
        };
        let by = first.saturating_sub(time.mono);
        time.advance(by);
        drop(time);
        self.moved.notify_waiters();
        true
    }

    /// When, by the monotonic clock, the next sleep ends; what has ended and was not looked at since does not count.
    #[must_use]
    pub fn next_end(&self) -> Option<Duration> {
        let time = lock(&self.time);
        let to_come = time.sleepers.iter().filter(|end| **end > time.mono);
        to_come.min().copied()
    }

    /// How many sleeps last; always 0 on a clock that is not [`ManualClock::stepped`].
    #[must_use]
    pub fn sleepers(&self) -> usize {
        lock(&self.time).sleepers.len()
    }

    /// Sets the time of day alone, forwards or back, as an operator or NTP does.
    pub fn set_wall(&self, to: SystemTime) {
        lock(&self.time).wall = to;
    }
}

impl Time {
    fn advance(&mut self, by: Duration) {
        self.wall += by;
        self.mono += by;
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn wall(&self) -> SystemTime {
        lock(&self.time).wall
    }

    fn mono(&self) -> Duration {
        lock(&self.time).mono
    }

    fn jitter(&self, upper: Duration) -> Duration {
        match &mut lock(&self.time).random {
            Some(random) => upper.mul_f64(random.f64()),
            None => upper / 2,
        }
    }

    async fn sleep(&self, duration: Duration) {
        let end = self.mono() + duration;
        if self.stepped {
            let sleeper = Sleeper::new(self, end);
            loop {
                let moved = self.moved.notified();
                if self.mono() >= end {
                    drop(sleeper);
                    return;
                }
                moved.await;
            }
        }
        // Others get a turn first, so that sleeps that begin together overlap instead of adding up.
        give_way().await;
        let mut time = lock(&self.time);
        let by = end.saturating_sub(time.mono);
        time.advance(by);
    }
}

/// A sleep that lasts; dropped with its future, also when that is cancelled.
struct Sleeper<'a> {
    clock: &'a ManualClock,
    end: Duration,
}

impl<'a> Sleeper<'a> {
    fn new(clock: &'a ManualClock, end: Duration) -> Self {
        lock(&clock.time).sleepers.push(end);
        Self { clock, end }
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut time = lock(&self.clock.time);
        if let Some(place) = time.sleepers.iter().position(|end| *end == self.end) {
            time.sleepers.swap_remove(place);
        }
    }
}

/// Lets the other tasks run once.
async fn give_way() {
    let mut given = false;
    std::future::poll_fn(|cx| {
        if given {
            return Poll::Ready(());
        }
        given = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleeps_that_begin_together_overlap() {
        let clock = ManualClock::new();
        let second = Duration::from_secs(1);
        futures_util::future::join(clock.sleep(second), clock.sleep(3 * second)).await;
        assert_eq!(clock.mono(), 3 * second);
    }

    #[tokio::test]
    async fn a_stepped_clock_holds_sleepers_until_it_is_moved() {
        let clock = ManualClock::stepped();
        let other = clock.clone();
        let sleeper = tokio::spawn(async move { other.sleep(Duration::from_secs(5)).await });
        while clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(4));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        assert!(clock.advance_to_next());
        sleeper.await.unwrap();
        assert_eq!(
            (clock.mono(), clock.sleepers()),
            (Duration::from_secs(5), 0)
        );
        assert!(!clock.advance_to_next());
    }

    #[test]
    fn the_same_seed_gives_the_same_jitter_and_the_wall_can_step_back() {
        let draw = |clock: ManualClock| [(); 4].map(|()| clock.jitter(Duration::from_secs(9)));
        assert_eq!(
            draw(ManualClock::new().seeded(7)),
            draw(ManualClock::new().seeded(7))
        );
        assert_ne!(
            draw(ManualClock::new().seeded(7)),
            draw(ManualClock::new().seeded(8))
        );
        let clock = ManualClock::new();
        clock.advance(Duration::from_secs(2));
        clock.set_wall(SystemTime::UNIX_EPOCH);
        assert_eq!(clock.mono(), Duration::from_secs(2));
        assert_eq!(clock.wall(), SystemTime::UNIX_EPOCH);
    }
}
