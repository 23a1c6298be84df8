//! Dates and date-times without a zone, and the zone of a database.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Why a text or a set of numbers is no date, date-time or zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDate {
    found: Box<str>,
    expected: Box<str>,
}

impl InvalidDate {
    fn new(found: impl fmt::Display, expected: impl Into<Box<str>>) -> Self {
        let found = found.to_string().chars().take(60).collect();
        Self {
            found,
            expected: expected.into(),
        }
    }

    /// What was refused, cut to 60 characters.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What would have been accepted, in words.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl fmt::Display for InvalidDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not {}",
            self.found.escape_debug(),
            self.expected
        )
    }
}

impl std::error::Error for InvalidDate {}

macro_rules! text_serde {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

/// A calendar day; as text `2026-03-31`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PsDate(Date);

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
        Self(clamp(self.0.saturating_add(span).to_datetime(Time::midnight())).date())
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

/// A date and a time of day without a zone; as text `2026-03-31T14:05:09`, with up to six more digits.
///
/// PeopleSoft stores no zone: the value means what the clock of the database showed. A [`Zone`] turns
/// it into an instant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PsDateTime(DateTime);

text_serde!(PsDateTime);

impl PsDateTime {
    /// The earliest value, at the start of year 1.
    pub const MIN: Self = Self(DateTime::constant(1, 1, 1, 0, 0, 0, 0));
    /// The latest value, at the last microsecond of year 9999.
    pub const MAX: Self = Self(DateTime::constant(9999, 12, 31, 23, 59, 59, 999_999_000));

    /// A time at which nothing changed, within the range of every database.
    pub(crate) const MIN_PROBE: Self = Self(DateTime::constant(1900, 1, 1, 0, 0, 0, 0));

    /// A day with an hour (0 to 23), minute and second.
    ///
    /// # Errors
    ///
    /// [`InvalidDate`] when the clock has no such time.
    pub fn new(date: PsDate, hour: u8, minute: u8, second: u8) -> Result<Self, InvalidDate> {
        let refuse = || {
            InvalidDate::new(
                format_args!("{hour:02}:{minute:02}:{second:02}"),
                "a time of day",
            )
        };
        let time = match (
            i8::try_from(hour),
            i8::try_from(minute),
            i8::try_from(second),
        ) {
            (Ok(hour), Ok(minute), Ok(second)) => Time::new(hour, minute, second, 0),
            _ => return Err(refuse()),
        };
        time.map(|time| Self(date.0.to_datetime(time)))
            .map_err(|_| refuse())
    }

    /// The day.
    #[must_use]
    pub fn date(self) -> PsDate {
        PsDate(self.0.date())
    }

    /// The hour, 0 to 23.
    #[must_use]
    pub fn hour(self) -> u8 {
        self.0.hour().unsigned_abs()
    }

    /// The minute, 0 to 59.
    #[must_use]
    pub fn minute(self) -> u8 {
        self.0.minute().unsigned_abs()
    }

    /// The second, 0 to 59.
    #[must_use]
    pub fn second(self) -> u8 {
        self.0.second().unsigned_abs()
    }

    /// The microsecond within the second.
    #[must_use]
    pub fn microsecond(self) -> u32 {
        self.0.subsec_nanosecond().unsigned_abs() / 1_000
    }

    /// This time `by` later on the same wall clock, at most [`MAX`](Self::MAX).
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        match SignedDuration::try_from(by) {
            Ok(by) => Self(clamp(self.0.saturating_add(by))),
            Err(_) => Self::MAX,
        }
    }

    /// This time `by` earlier on the same wall clock, at least [`MIN`](Self::MIN).
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        match SignedDuration::try_from(by) {
            Ok(by) => Self(clamp(self.0.saturating_sub(by))),
            Err(_) => Self::MIN,
        }
    }

    /// How much later this is than `earlier` on the same wall clock; zero if it is not later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::try_from(self.0.duration_since(earlier.0)).unwrap_or(Duration::ZERO)
    }

    /// The same time without the part of a second.
    #[must_use]
    pub fn floor_to_second(self) -> Self {
        self.minus(Duration::from_nanos(u64::from(
            self.0.subsec_nanosecond().unsigned_abs(),
        )))
    }

    /// What the wall clock of `zone` shows at `instant`, to the microsecond.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use peoplesoft_client::model::{PsDateTime, Zone};
    ///
    /// let instant = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400);
    /// let shown = PsDateTime::from_instant(instant, &Zone::utc());
    /// assert_eq!(shown.to_string(), "1970-01-02T00:00:00");
    /// assert_eq!(shown.to_instant(&Zone::utc()), instant);
    /// ```
    #[must_use]
    pub fn from_instant(instant: SystemTime, zone: &Zone) -> Self {
        match Timestamp::try_from(instant) {
            Ok(instant) => Self(clamp(zone.0.to_datetime(instant))),
            Err(_) if instant < SystemTime::UNIX_EPOCH => Self::MIN,
            Err(_) => Self::MAX,
        }
    }

    /// The instant at which the wall clock of `zone` shows this time.
    ///
    /// Where the clock is put forward and skips the time, or is put back and shows it twice, the
    /// reading is the one of RFC 5545: the later instant of a gap, the first of a repeat.
    #[must_use]
    pub fn to_instant(self, zone: &Zone) -> SystemTime {
        match zone.0.to_ambiguous_timestamp(self.0).compatible() {
            Ok(instant) => instant.into(),
            Err(_) => SystemTime::UNIX_EPOCH,
        }
    }

    pub(crate) fn parse(text: &str, format: &str, zone: &Zone) -> Result<Self, InvalidDate> {
        let refuse = || InvalidDate::new(text, format!("a date and time in the format `{format}`"));
        let parsed = strtime::parse(format, text).map_err(|_| refuse())?;
        let value = if parsed.offset().is_some() {
            parsed
                .to_timestamp()
                .map(|instant| zone.0.to_datetime(instant))
        } else {
            parsed.to_datetime().or_else(|_| {
                parsed
                    .to_date()
                    .map(|date| date.to_datetime(Time::midnight()))
            })
        };
        match value {
            Ok(value) if value.year() > 0 => Ok(Self(value)),
            _ => Err(refuse()),
        }
    }

    /// Reads the everyday spellings: ISO 8601 with `T` or a blank, with or without seconds, with or
    /// without an offset, and the `2026-03-31-14.05.09.000000` of PeopleTools.
    pub(crate) fn parse_any(text: &str, zone: &Zone) -> Result<Self, InvalidDate> {
        const FORMATS: [&str; 9] = [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%Y-%m-%dT%H:%M:%S%.f%:z",
            "%Y-%m-%dT%H:%M:%S%.f%z",
            "%Y-%m-%dT%H:%M:%S%.fZ",
            "%Y-%m-%d-%H.%M.%S%.f",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
            "%Y-%m-%d",
        ];
        for format in FORMATS {
            if let Ok(value) = Self::parse(text, format, zone) {
                // A literal Z is an offset of zero that the format itself cannot carry.
                return Ok(if format.ends_with('Z') {
                    Self::from_instant(value.to_instant(&Zone::utc()), zone)
                } else {
                    value
                });
            }
        }
        Err(InvalidDate::new(
            text,
            "a date and time such as 2026-03-31T14:05:09",
        ))
    }

    pub(crate) fn format(self, format: &str) -> String {
        strtime::format(format, self.0).unwrap_or_else(|_| self.to_string())
    }

    /// `2026-03-31T14:05:09.000000-0500`: the time with the offset that `zone` has then.
    pub(crate) fn format_with_offset(self, zone: &Zone) -> String {
        let shown = zone
            .0
            .to_ambiguous_zoned(self.0)
            .compatible()
            .and_then(|zoned| strtime::format("%Y-%m-%dT%H:%M:%S.%6f%z", &zoned));
        shown.unwrap_or_else(|_| self.to_string())
    }
}

fn clamp(value: DateTime) -> DateTime {
    value.clamp(PsDateTime::MIN.0, PsDateTime::MAX.0)
}

impl fmt::Display for PsDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.hour(), self.minute(), self.second());
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}", self.date())?;
        match self.microsecond() {
            0 => Ok(()),
            micros => {
                let digits = format!("{micros:06}");
                write!(f, ".{}", digits.trim_end_matches('0'))
            }
        }
    }
}

impl FromStr for PsDateTime {
    type Err = InvalidDate;

    /// Reads `2026-03-31T14:05:09`, with a blank for the `T` and with a part of a second as well.
    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let utc = Zone::utc();
        Self::parse(text, "%Y-%m-%dT%H:%M:%S%.f", &utc)
            .or_else(|_| Self::parse(text, "%Y-%m-%d %H:%M:%S%.f", &utc))
            .map_err(|_| InvalidDate::new(text, "a date and time such as 2026-03-31T14:05:09"))
    }
}

/// The time zone of a database, which the date-times of PeopleSoft do not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// A zone by its IANA name (`America/Chicago`) or its POSIX rule (`CST6CDT,M3.2.0,M11.1.0`).
    ///
    /// Names are looked up in the system's time zone database; a POSIX rule needs none.
    ///
    /// # Errors
    ///
    /// [`InvalidDate`] when the text is neither, or the system has no time zone database.
    pub fn new(name: &str) -> Result<Self, InvalidDate> {
        if name.eq_ignore_ascii_case("UTC") {
            return Ok(Self::utc());
        }
        TimeZone::get(name)
            .or_else(|_| TimeZone::posix(name))
            .map(Self)
            .map_err(|_| {
                InvalidDate::new(
                    name,
                    "a time zone such as `America/Chicago` (IANA, if this system has a time zone \
                 database) or `CST6CDT,M3.2.0,M11.1.0` (POSIX)",
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in [
            "2024-02-30",
            "0000-00-00",
            "",
            "2024-2-3",
            "20240203",
            "2024-02-03 ",
        ] {
            assert!(text.parse::<PsDate>().is_err(), "{text:?}");
        }
        assert!(PsDate::new(2024, 2, 29).is_ok());
        assert!(PsDate::new(0, 1, 1).is_err());
    }

    #[test]
    fn everyday_spellings_mean_the_same_time() {
        let chicago = Zone::new("CST6CDT,M3.2.0,M11.1.0").unwrap();
        for text in [
            "2026-07-01T09:30:00",
            "2026-07-01 09:30:00",
            "2026-07-01T09:30:00.000000",
            "2026-07-01-09.30.00.000000",
            "2026-07-01T09:30",
            "2026-07-01T09:30:00.000000-0500",
            "2026-07-01T09:30:00-05:00",
            "2026-07-01T14:30:00Z",
        ] {
            let read = PsDateTime::parse_any(text, &chicago).unwrap();
            assert_eq!(read.to_string(), "2026-07-01T09:30:00", "{text}");
        }
    }

    #[test]
    fn a_repeated_hour_reads_as_its_first_pass() {
        let chicago = Zone::new("CST6CDT,M3.2.0,M11.1.0").unwrap();
        let repeated: PsDateTime = "2026-11-01T01:30:00".parse().unwrap();
        let shown = PsDateTime::from_instant(repeated.to_instant(&chicago), &Zone::utc());
        assert_eq!(shown.to_string(), "2026-11-01T06:30:00");
    }

    #[test]
    fn arithmetic_stays_in_range() {
        assert_eq!(PsDateTime::MAX.plus(Duration::MAX), PsDateTime::MAX);
        assert_eq!(
            PsDateTime::MIN.minus(Duration::from_secs(1)),
            PsDateTime::MIN
        );
        assert_eq!(PsDateTime::MIN.since(PsDateTime::MAX), Duration::ZERO);
        let day: PsDate = "2026-02-28".parse().unwrap();
        assert_eq!(day.plus_days(1).to_string(), "2026-03-01");
    }

    #[test]
    fn a_zone_that_is_none_is_named() {
        assert!(
            Zone::new("Moon/Tycho")
                .unwrap_err()
                .to_string()
                .contains("Moon/Tycho")
        );
    }

    proptest! {
        #[test]
        fn text_survives(seconds in -60_000_000_000i64..=250_000_000_000, micros in 0u64..1_000_000) {
            let value = PsDateTime(
                DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
                    .saturating_add(SignedDuration::from_secs(seconds)),
            )
            .plus(Duration::from_micros(micros));
            prop_assert_eq!(value.to_string().parse::<PsDateTime>().unwrap(), value);
            prop_assert_eq!(value.date().to_string().parse::<PsDate>().unwrap(), value.date());
        }

        #[test]
        fn any_text_is_answered(text in ".{0,40}") {
            let _ = text.parse::<PsDate>();
            let _ = PsDateTime::parse_any(&text, &Zone::utc());
        }
    }
}
