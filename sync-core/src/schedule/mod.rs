#![doc = include_str!("../../docs/when-does-it-run.md")]

mod calendar;
mod cron;
mod missed;
mod timetable;

use std::fmt;
use std::time::Duration;

pub use calendar::{Day, TimeOfDay, Weekday, Zone};
pub use missed::{CatchUp, Missed, MissedPolicy};
pub use timetable::Timetable;

use self::calendar::Calendar;
use self::cron::CronDays;

/// When a stream is polled; see the [module's page](self) for each rule.
///
/// ```
/// use sync_core::schedule::{Schedule, TimeOfDay, Weekday, Zone};
///
/// # fn main() -> Result<(), sync_core::schedule::ScheduleError> {
/// let night = Schedule::weekly(
///     [Weekday::Monday, Weekday::Thursday],
///     ["02:30".parse::<TimeOfDay>()?],
/// )?
/// .zone(Zone::named("America/Chicago")?)
/// .holidays(["2026-12-24".parse()?, "2026-12-25".parse()?])
/// .skip_month_end(2)?;
/// assert_eq!(night.to_string(), "mon, thu at 02:30 America/Chicago");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    rhythm: Rhythm,
    zone: Zone,
    calendar: Calendar,
    spread: Duration,
    missed: Missed,
    text: Box<str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rhythm {
    OnRequest,
    /// Milliseconds.
    Every(i64),
    /// Minutes of the day, ascending, on certain days.
    Civil {
        days: Days,
        minutes: Vec<u16>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Days {
    Every,
    /// Bits 0 (Sunday) to 6.
    Weekdays(u8),
    Cron(CronDays),
}

impl Schedule {
    /// The shortest interval.
    pub const SHORTEST: Duration = Duration::from_secs(1);

    /// The longest interval and the longest spread: 366 days.
    pub const LONGEST: Duration = Duration::from_secs(366 * 86_400);

    /// Never by itself: only when somebody asks for a run.
    #[must_use]
    pub fn on_request() -> Self {
        Self::new(Rhythm::OnRequest, "on request".into())
    }

    /// At a steady rhythm, counted from an offset of the stream's own, so that streams do not run all at once.
    ///
    /// # Errors
    /// Where the interval is not between [`Schedule::SHORTEST`] and [`Schedule::LONGEST`].
    pub fn every(interval: Duration) -> Result<Self, ScheduleError> {
        if !(Self::SHORTEST..=Self::LONGEST).contains(&interval) {
            return Err(ScheduleError::new(format!(
                "an interval of {interval:?}, expected one second to 366 days"
            )));
        }
        let millis = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
        Ok(Self::new(
            Rhythm::Every(millis),
            format!("every {}", span(interval)).into(),
        ))
    }

    /// At these times of each day.
    ///
    /// # Errors
    /// Where no time is given.
    pub fn daily(times: impl IntoIterator<Item = TimeOfDay>) -> Result<Self, ScheduleError> {
        let (minutes, text) = times_of(times)?;
        let days = Days::Every;
        Ok(Self::new(
            Rhythm::Civil { days, minutes },
            format!("daily at {text}").into(),
        ))
    }

    /// At these times on these days of the week.
    ///
    /// # Errors
    /// Where no time or no day is given.
    pub fn weekly(
        days: impl IntoIterator<Item = Weekday>,
        times: impl IntoIterator<Item = TimeOfDay>,
    ) -> Result<Self, ScheduleError> {
        let (minutes, text) = times_of(times)?;
        let bits = days
            .into_iter()
            .fold(0_u8, |bits, day| bits | 1 << (day as u8));
        if bits == 0 {
            return Err(ScheduleError::new(
                "no day of the week, expected at least one".to_owned(),
            ));
        }
        let names: Vec<_> = Weekday::ALL
            .into_iter()
            .filter(|day| bits & (1 << (*day as u8)) != 0)
            .map(Weekday::name)
            .collect();
        let days = Days::Weekdays(bits);
        Ok(Self::new(
            Rhythm::Civil { days, minutes },
            format!("{} at {text}", names.join(", ")).into(),
        ))
    }

    /// By the five fields of a crontab: minute, hour, day of the month, month, day of the week.
    ///
    /// Lists, ranges, steps and English names as everywhere; `L` is the month's last day, `5L` its last Friday, `1#2`
    /// its second Monday. Where both day fields say something, either is enough. `@hourly`, `@daily`, `@weekly`,
    /// `@monthly` and `@yearly` are known.
    ///
    /// ```
    /// use sync_core::schedule::Schedule;
    /// assert!(Schedule::cron("*/15 6-20 * * MON-FRI").is_ok());
    /// let error = Schedule::cron("0 25 * * *").unwrap_err();
    /// assert!(error.to_string().contains("a number from 0 to 23"));
    /// ```
    ///
    /// # Errors
    /// Names the field, what was found and what was expected.
    pub fn cron(expression: &str) -> Result<Self, ScheduleError> {
        let (days, minutes) = cron::parse(expression)?;
        let days = Days::Cron(days);
        Ok(Self::new(
            Rhythm::Civil { days, minutes },
            format!("cron {}", expression.trim()).into(),
        ))
    }

    fn new(rhythm: Rhythm, text: Box<str>) -> Self {
        Self {
            rhythm,
            zone: Zone::utc(),
            calendar: Calendar::default(),
            spread: Duration::ZERO,
            missed: Missed::default(),
            text,
        }
    }

    /// Whose days, times of day and holidays are meant; UTC by default.
    #[must_use]
    pub fn zone(mut self, zone: Zone) -> Self {
        self.zone = zone;
        self
    }

    /// Days on which nothing runs.
    #[must_use]
    pub fn holidays(mut self, days: impl IntoIterator<Item = Day>) -> Self {
        self.calendar.holidays = days.into_iter().collect();
        self.calendar.holidays.sort_unstable();
        self.calendar.holidays.dedup();
        self
    }

    /// Runs nothing on so many days at the end of each month, while the books are closed.
    ///
    /// # Errors
    /// Where it is more than 27: then some month would have no day left.
    pub fn skip_month_end(mut self, days: u8) -> Result<Self, ScheduleError> {
        self.calendar.month_end = i8::try_from(days)
            .ok()
            .filter(|days| *days <= 27)
            .ok_or_else(|| {
                ScheduleError::new(format!(
                    "{days} days at the end of each month, expected 0 to 27"
                ))
            })?;
        Ok(self)
    }

    /// Moves each stream by a part of this that is its own, so that streams of one time of day do not run all at
    /// once; an interval is spread over its whole length in any case.
    ///
    /// # Errors
    /// Where it is more than [`Schedule::LONGEST`].
    pub fn spread(mut self, spread: Duration) -> Result<Self, ScheduleError> {
        if spread > Self::LONGEST {
            return Err(ScheduleError::new(format!(
                "a spread of {spread:?}, expected at most 366 days"
            )));
        }
        self.spread = spread;
        Ok(self)
    }

    /// What becomes of runs that nobody began in time.
    #[must_use]
    pub fn missed(mut self, missed: Missed) -> Self {
        self.missed = missed;
        self
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        let civil = matches!(self.rhythm, Rhythm::Civil { .. }) || !self.calendar.is_empty();
        if civil {
            write!(f, " {}", self.zone.name())?;
        }
        Ok(())
    }
}

/// A schedule that makes no sense: says what was found and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct ScheduleError {
    text: Box<str>,
}

impl ScheduleError {
    fn new(text: String) -> Self {
        Self { text: text.into() }
    }
}

fn times_of(
    times: impl IntoIterator<Item = TimeOfDay>,
) -> Result<(Vec<u16>, String), ScheduleError> {
    let mut times: Vec<_> = times.into_iter().collect();
    times.sort_unstable();
    times.dedup();
    if times.is_empty() {
        return Err(ScheduleError::new(
            "no time of day, expected at least one".to_owned(),
        ));
    }
    let text: Vec<_> = times.iter().map(ToString::to_string).collect();
    Ok((
        times.iter().map(|time| time.minute).collect(),
        text.join(", "),
    ))
}

/// A duration in its largest whole unit.
fn span(duration: Duration) -> String {
    let millis = duration.as_millis();
    for (unit, length) in [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
    ] {
        if millis.is_multiple_of(length) {
            return format!("{}{unit}", millis / length);
        }
    }
    format!("{millis}ms")
}
