//! A calendar day.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use jiff::fmt::strtime;

use super::{InvalidDate, PsDateTime, text_serde};

/// A calendar day; as text `2026-03-31`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PsDate(pub(super) Date);

text_serde!(PsDate);

impl PsDate {
    /// The day of a year (1 to 9999), month and day of the month.
    ///
    /// # Errors
    ///
    /// [`InvalidDate`] when the calendar has no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, InvalidDate> {
        let refuse = || {
            InvalidDate::new(
                format_args!("{year:04}-{month:02}-{day:02}"),
                "a calendar day",
            )
        };
        let date = match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
            (Ok(year), Ok(month), Ok(day)) if year > 0 => Date::new(year, month, day),
            _ => return Err(refuse()),
        };
        date.map(Self).map_err(|_| refuse())
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        self.0.year().unsigned_abs()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.0.month().unsigned_abs()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.0.day().unsigned_abs()
    }

    /// The first instant of the day.
    #[must_use]
    pub fn at_midnight(self) -> PsDateTime {
        PsDateTime(self.0.to_datetime(Time::midnight()))
    }

    /// The day that lies `days` later (earlier when negative), within years 1 to 9999.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        let span = SignedDuration::from_hours(i64::from(days) * 24);
        Self(
            super::date_time::clamp(self.0.saturating_add(span).to_datetime(Time::midnight()))
                .date(),
        )
    }

    pub(crate) fn parse(text: &str, format: &str) -> Result<Self, InvalidDate> {
        let day = strtime::parse(format, text).and_then(|parsed| parsed.to_date());
        match day {
            Ok(day) if day.year() > 0 => Ok(Self(day)),
            _ => Err(InvalidDate::new(
                text,
                format!("a date in the format `{format}`"),
            )),
        }
    }

    pub(crate) fn format(self, format: &str) -> String {
        strtime::format(format, self.0).unwrap_or_else(|_| self.to_string())
    }
}

impl fmt::Display for PsDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.year(),
            self.month(),
            self.day()
        )
    }
}

impl FromStr for PsDate {
    type Err = InvalidDate;

    /// Reads `2026-03-31` and nothing else.
    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        if text.len() == 10 {
            Self::parse(text, "%Y-%m-%d")
                .map_err(|_| InvalidDate::new(text, "a date such as 2026-03-31"))
        } else {
            Err(InvalidDate::new(text, "a date such as 2026-03-31"))
        }
    }
}
