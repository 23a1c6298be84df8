//! What a service runs, and what one stream of it is about to do.

use std::sync::Arc;
use std::time::SystemTime;

use crate::clock::{from_millis, millis};
use crate::lease::Lease;
use crate::pipeline::{Poll, Runnable};
use crate::schedule::{Schedule, Timetable};
use crate::stream::StreamKey;

/// A stream, what runs its turns, and when.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) stream: StreamKey,
    pub(super) job: Arc<dyn Runnable>,
    pub(super) times: Timetable,
    pub(super) tenant: Arc<str>,
}

impl Plan {
    /// Runs `job` on `stream` when the schedule says.
    #[must_use]
    pub fn new(stream: StreamKey, job: Arc<dyn Runnable>, schedule: &Schedule) -> Self {
        Self {
            times: schedule.of(&stream),
            tenant: stream.tenant().into(),
            stream,
            job,
        }
    }

    /// Its stream.
    #[must_use]
    pub fn stream(&self) -> &StreamKey {
        &self.stream
    }

    /// Its times.
    #[must_use]
    pub fn times(&self) -> &Timetable {
        &self.times
    }
}

/// What a stream is about to do; kept between its turns.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) lease: Option<Lease>,
    pub(super) poll: Poll,
    /// Runs that have not begun yet.
    pub(super) pending: u32,
    /// Somebody wants a run now.
    pub(super) asked: bool,
    /// Calls of the source that failed one after another.
    pub(super) failures: u32,
    /// Answers of the store that were errors, one after another.
    pub(super) troubles: u32,
    pub(super) next_run: Option<SystemTime>,
    /// When it is due by the ledger, as this process has last read or written it.
    pub(super) kept: Option<SystemTime>,
    /// Whether this process had the last run: then it does not wait for another one to begin the next.
    pub(super) mine: bool,
    /// When its run was due that is about to begin.
    pub(super) begins: Option<SystemTime>,
    /// Its lease is being renewed: no turn begins meanwhile.
    pub(super) renewing: bool,
    /// Its turn came while the lease was being renewed.
    pub(super) passed_over: bool,
}

impl Course {
    pub(super) fn new() -> Self {
        Self {
            lease: None,
            poll: Poll::Continue,
            pending: 0,
            asked: false,
            failures: 0,
            troubles: 0,
            next_run: None,
            kept: None,
            mine: false,
            begins: None,
            renewing: false,
            passed_over: false,
        }
    }

    /// Finds out what is to be done, from when the stream is due by the ledger; answers when it is looked at again where
    /// that is nothing now.
    pub(super) fn take_up(
        &mut self,
        times: &Timetable,
        due: Option<SystemTime>,
        now: SystemTime,
    ) -> Option<SystemTime> {
        self.kept = due;
        self.begins = None;
        if std::mem::take(&mut self.asked) {
            self.pending = self.pending.max(1);
        }
        match due {
            // Nobody has written a time yet: what is left in the ledger is looked at, the source is left alone.
            None => self.next_run = times.next_after(now),
            Some(due) if due > now => {
                self.next_run = times.next_after(now);
                if self.pending == 0 {
                    self.poll = Poll::Continue;
                    return [Some(due), self.next_run].into_iter().flatten().min();
                }
            }
            Some(due) => {
                // A moment that is no time of the schedule is that of a delivery, or of an older schedule.
                let run = if times.is_time(due) {
                    Some(due)
                } else {
                    times.next_after(due).filter(|run| *run <= now)
                };
                self.next_run = match run {
                    None => times.next_after(now),
                    Some(run) => {
                        let catch_up = times.catch_up(run, now);
                        self.pending = self.pending.max(catch_up.runs);
                        self.begins = Some(run);
                        catch_up.next
                    }
                };
            }
        }
        self.poll = if self.pending > 0 {
            Poll::Begin
        } else {
            Poll::Continue
        };
        None
    }

    /// When the ledger should say that the stream is due, after a run whose deliveries are due at `wake`.
    pub(super) fn due(&self, wake: Option<SystemTime>) -> Option<SystemTime> {
        let due = [wake, self.next_run].into_iter().flatten().min();
        // As the ledger will give it back.
        due.map(|due| from_millis(millis(due)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn times(minutes: u32) -> Timetable {
        let schedule = Schedule::every(MINUTE * minutes).unwrap();
        schedule.of(&StreamKey::new("t", "p", ""))
    }

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)
    }

    #[test]
    fn a_stream_that_was_never_due_is_looked_at_without_a_poll() {
        let mut course = Course::new();
        assert_eq!(course.take_up(&times(10), None, now()), None);
        assert_eq!((course.poll, course.pending), (Poll::Continue, 0));
        assert_eq!(course.next_run, times(10).next_after(now()));
    }

    #[test]
    fn a_time_of_the_schedule_is_a_run_and_another_moment_is_a_delivery() {
        let times = times(10);
        let run = times.next_after(now()).unwrap();
        let mut course = Course::new();
        assert_eq!(course.take_up(&times, Some(run), now()), Some(run));
        assert_eq!(course.take_up(&times, Some(run), run), None);
        assert_eq!((course.poll, course.pending), (Poll::Begin, 1));
        assert_eq!(course.next_run, Some(run + 10 * MINUTE));
        let mut course = Course::new();
        let delivery = run + MINUTE;
        assert_eq!(course.take_up(&times, Some(delivery), run), Some(delivery));
        assert_eq!(course.take_up(&times, Some(delivery), delivery), None);
        assert_eq!((course.poll, course.pending), (Poll::Continue, 0));
        assert_eq!(course.next_run, Some(run + 10 * MINUTE));
        // Looked at much later, the runs since then were missed.
        assert_eq!(
            course.take_up(&times, Some(delivery), run + 35 * MINUTE),
            None
        );
        assert_eq!((course.poll, course.pending), (Poll::Begin, 1));
        assert_eq!(course.next_run, Some(run + 40 * MINUTE));
    }

    #[test]
    fn a_changed_schedule_takes_over_at_once() {
        let (old, new) = (times(600), times(10));
        assert!(
            new.is_time(old.next_after(now()).unwrap()),
            "also where it is one of both"
        );
        let due = old.next_after(now() + 60 * MINUTE).unwrap();
        let mut course = Course::new();
        let wake = course.take_up(&new, Some(due), now());
        assert_eq!(wake, new.next_after(now()));
    }

    #[test]
    fn who_asks_has_a_run_whatever_the_ledger_says() {
        let times = Schedule::on_request().of(&StreamKey::new("t", "p", ""));
        for due in [None, Some(now() + MINUTE), Some(now() - MINUTE)] {
            let mut course = Course::new();
            course.asked = true;
            assert_eq!(course.take_up(&times, due, now()), None);
            assert_eq!((course.poll, course.pending), (Poll::Begin, 1));
            assert_eq!(course.next_run, None);
        }
    }
}
