//! The times of one stream.

use std::time::{Duration, SystemTime};

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use sha2::{Digest, Sha256};

use super::{CatchUp, Days, MissedPolicy, Rhythm, Schedule};
use crate::clock::{from_millis, millis};
use crate::stream::StreamKey;

/// The times of one stream: a schedule, moved by an offset that is the stream's own.
///
/// Pure: the same question has the same answer in every process and after every restart. Times are whole
/// milliseconds, as the ledger keeps them.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sync_core::{StreamKey, schedule::Schedule};
///
/// # fn main() -> Result<(), sync_core::schedule::ScheduleError> {
/// let stream = StreamKey::new("acme", "purchase-orders", "us001");
/// let times = Schedule::every(Duration::from_secs(900))?.of(&stream);
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
/// let first = times.next_after(now).unwrap();
/// assert!(first > now && first <= now + Duration::from_secs(900));
/// assert_eq!(times.next_after(first), Some(first + Duration::from_secs(900)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Timetable {
    schedule: Schedule,
    offset: i64,
}

/// How far ahead a day is looked for: a 29th of February around 2100 is eight years away.
const DAYS_AHEAD: usize = 366 * 9;

impl Schedule {
    /// The times of a stream.
    #[must_use]
    pub fn of(&self, stream: &StreamKey) -> Timetable {
        let room = match self.rhythm {
            Rhythm::OnRequest => 0,
            Rhythm::Every(interval) => interval,
            Rhythm::Civil { .. } => i64::try_from(self.spread.as_millis()).unwrap_or(0),
        };
        Timetable {
            schedule: self.clone(),
            offset: offset(stream, room),
        }
    }
}

impl Timetable {
    /// The schedule.
    #[must_use]
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// How much later than its schedule says this stream runs, and for an interval: where it begins to count.
    #[must_use]
    pub fn offset(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.offset).unwrap_or(0))
    }

    /// The first time after `now`; `None` where none comes by itself.
    #[must_use]
    pub fn next_after(&self, now: SystemTime) -> Option<SystemTime> {
        let now = millis(now);
        match &self.schedule.rhythm {
            Rhythm::OnRequest => None,
            Rhythm::Every(interval) => self.next_interval(*interval, now),
            Rhythm::Civil { days, minutes } => {
                let nominal = Timestamp::from_millisecond(now.checked_sub(self.offset)?).ok()?;
                self.next_civil(days, minutes, nominal)
            }
        }
    }

    /// Whether this is one of its times.
    #[must_use]
    pub fn is_time(&self, at: SystemTime) -> bool {
        let before = at.checked_sub(Duration::from_millis(1));
        before.is_some_and(|before| self.next_after(before) == Some(at))
    }

    /// What is to be done at `now` about a run that was due at `due`: on time, late, or missed.
    ///
    /// `due` is a time of this table, or of another one that it has taken the place of.
    #[must_use]
    pub fn catch_up(&self, due: SystemTime, now: SystemTime) -> CatchUp {
        let missed = &self.schedule.missed;
        let next = self.next_after(now);
        if due > now {
            let next = Some(next.map_or(due, |next| next.min(due)));
            return CatchUp { runs: 0, next };
        }
        let late = now.duration_since(due).unwrap_or_default();
        // The earliest run that was due no longer than this ago.
        let within = |reach: Duration| {
            if late <= reach {
                return Some(due);
            }
            let begin = now.checked_sub(reach + Duration::from_millis(1))?;
            self.next_after(begin).filter(|at| *at <= now)
        };
        let first = match (missed.policy, missed.max_lateness) {
            (MissedPolicy::Skip, _) => within(missed.tolerance),
            (_, None) => Some(due),
            (_, Some(most)) => within(most.max(missed.tolerance)),
        };
        let runs = match (first, missed.policy) {
            (None, _) => 0,
            (Some(_), MissedPolicy::Skip | MissedPolicy::Once) => 1,
            (Some(mut at), MissedPolicy::All { most }) => {
                let mut runs = 1;
                while runs < most
                    && let Some(later) = self.next_after(at).filter(|later| *later <= now)
                {
                    at = later;
                    runs += 1;
                }
                runs
            }
        };
        CatchUp { runs, next }
    }

    fn next_interval(&self, interval: i64, now: i64) -> Option<SystemTime> {
        let mut from = now;
        for _ in 0..DAYS_AHEAD {
            let steps = from.checked_sub(self.offset)?.div_euclid(interval) + 1;
            let at = steps.checked_mul(interval)?.checked_add(self.offset)?;
            if self.schedule.calendar.is_empty() {
                return Some(from_millis(at));
            }
            let date = self
                .schedule
                .zone
                .date(Timestamp::from_millisecond(at).ok()?);
            if !self.schedule.calendar.excludes(date) {
                return Some(from_millis(at));
            }
            let tomorrow = date.tomorrow().ok()?;
            let begin = self
                .schedule
                .zone
                .moment(tomorrow.at(0, 0, 0, 0))?
                .as_millisecond();
            from = begin.saturating_sub(1).max(at);
        }
        None
    }

    fn next_civil(&self, days: &Days, minutes: &[u16], now: Timestamp) -> Option<SystemTime> {
        let zone = &self.schedule.zone;
        let first = zone.date(now);
        for date in first.series(Span::new().days(1)).take(DAYS_AHEAD) {
            if !days.on(date) || self.schedule.calendar.excludes(date) {
                continue;
            }
            // The moments of a day are in the order of its minutes, also where an hour is skipped or repeated.
            let passed = minutes.partition_point(|minute| {
                moment(zone, date, *minute).is_none_or(|moment| moment <= now)
            });
            if let Some(at) = minutes
                .get(passed)
                .and_then(|minute| moment(zone, date, *minute))
            {
                let at = at.as_millisecond().checked_add(self.offset)?;
                return Some(from_millis(at));
            }
        }
        None
    }
}

impl Days {
    fn on(&self, date: Date) -> bool {
        match self {
            Self::Every => true,
            Self::Weekdays(bits) => bits & (1 << super::cron::sunday_zero(date.weekday())) != 0,
            Self::Cron(rule) => rule.on(date),
        }
    }
}

fn moment(zone: &super::Zone, date: Date, minute: u16) -> Option<Timestamp> {
    let hour = i8::try_from(minute / 60).ok()?;
    zone.moment(date.at(hour, i8::try_from(minute % 60).ok()?, 0, 0))
}

/// A part of `room` that is the stream's own, the same in every process and version.
fn offset(stream: &StreamKey, room: i64) -> i64 {
    if room <= 0 {
        return 0;
    }
    let mut hash = Sha256::new();
    for part in [stream.tenant(), stream.pipeline(), stream.partition()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let number = digest
        .iter()
        .take(7)
        .fold(0_i64, |number, byte| number << 8 | i64::from(*byte));
    number.rem_euclid(room)
}
