//! A date and a time of day without a zone.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime;
use jiff::{SignedDuration, Timestamp};

use super::{InvalidDate, PsDate, Zone, text_serde};

/// A date and a time of day without a zone; as text `2026-03-31T14:05:09`, with up to six more digits.
///
/// PeopleSoft stores no zone: the value means what the clock of the database showed. A [`Zone`] turns
/// it into an instant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PsDateTime(pub(super) DateTime);

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

/// Within years 1 to 9999.
pub(super) fn clamp(value: DateTime) -> DateTime {
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
