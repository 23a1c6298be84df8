//! Days, times of day and zones, in words of our own.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};

use super::ScheduleError;

/// A time zone of the tz database: `America/Chicago`.
///
/// Its rules come from the operating system, or where that has none from the copy that is compiled in on platforms
/// without one.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Finds a zone by its name.
    ///
    /// # Errors
    /// Where there is no zone of that name.
    pub fn named(name: &str) -> Result<Self, ScheduleError> {
        TimeZone::get(name).map(Self).map_err(|_| {
            ScheduleError::new(format!(
                "{name:?} is no time zone, expected a name such as \"America/Chicago\" or \"UTC\""
            ))
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The local date of a moment.
    pub(super) fn date(&self, at: Timestamp) -> Date {
        self.0.to_datetime(at).date()
    }

    /// The moment of a local time: in a repeated hour the first of the two, in a skipped hour the first moment
    /// after it.
    pub(super) fn moment(&self, local: DateTime) -> Option<Timestamp> {
        match self.0.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
            AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok(),
            AmbiguousOffset::Gap { before, .. } => {
                let shifted = before.to_timestamp(local).ok()?;
                let just_after = shifted.checked_add(Span::new().nanoseconds(1)).ok()?;
                let change = self.0.preceding(just_after).next();
                Some(change.map_or(shifted, |change| change.timestamp()))
            }
        }
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name()).finish()
    }
}

/// A day of the calendar, `2026-12-25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub(super) Date);

impl FromStr for Day {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let date = (text.len() == 10).then(|| text.parse().ok()).flatten();
        date.map(Self).ok_or_else(|| {
            ScheduleError::new(format!(
                "{text:?} is no day, expected year, month and day as in 2026-12-25"
            ))
        })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A time of day, `02:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay {
    /// Minutes since midnight.
    pub(super) minute: u16,
}

impl FromStr for TimeOfDay {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (hour, minute) = text.split_once(':')?;
            let number = |text: &str, below: u16| {
                let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
                digits
                    .then(|| text.parse::<u16>().ok())
                    .flatten()
                    .filter(|n| *n < below)
            };
            Some(number(hour, 24)? * 60 + number(minute, 60)?)
        };
        let minute = read().ok_or_else(|| {
            ScheduleError::new(format!(
                "{text:?} is no time of day, expected hours and minutes as in 02:30, from 00:00 to 23:59"
            ))
        })?;
        Ok(Self { minute })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minute / 60, self.minute % 60)
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is what it is called")]
pub enum Weekday {
    Sunday,
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
}

impl Weekday {
    /// Every day, Sunday first.
    pub const ALL: [Self; 7] = [
        Self::Sunday,
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
    ];

    /// Three letters: `mon`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sunday => "sun",
            Self::Monday => "mon",
            Self::Tuesday => "tue",
            Self::Wednesday => "wed",
            Self::Thursday => "thu",
            Self::Friday => "fri",
            Self::Saturday => "sat",
        }
    }
}

/// Days on which nothing runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Calendar {
    /// In ascending order.
    pub(super) holidays: Vec<Day>,
    /// So many days at the end of each month.
    pub(super) month_end: i8,
}

impl Calendar {
    pub(super) fn is_empty(&self) -> bool {
        self.holidays.is_empty() && self.month_end == 0
    }

    pub(super) fn excludes(&self, date: Date) -> bool {
        date.day() > date.days_in_month() - self.month_end
            || self.holidays.binary_search(&Day(date)).is_ok()
    }
}
