//! Dates: CCYYMMDD, and YYMMDD in ISA09 and before release 004010.

use std::fmt;
use std::str::FromStr;

use super::refuse;
use crate::error::{Error, Result};

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

/// YYMMDD years below this are 20YY, the others 19YY.
const CENTURY_PIVOT: i16 = 70;

#[inline]
fn two(tens: u8, ones: u8) -> Option<i16> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i16::from(tens) * 10 + i16::from(ones))
}

impl Date {
    /// A date of year (1–9999), month (1–12) and day.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) if there is no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self> {
        if (1..=9999).contains(&year)
            && let Ok(date) = jiff::civil::Date::new(year, month, day)
        {
            return Ok(Self(date));
        }
        let shown = format!("{year}-{month}-{day}");
        Err(refuse(
            "a day of the calendar was expected",
            shown.as_bytes(),
            "check month and day",
        ))
    }

    /// Reads CCYYMMDD or YYMMDD (00–69 are 2000–2069, 70–99 are 1970–1999); `None` for
    /// anything else.
    #[must_use]
    #[inline]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (year, [m1, m2, d1, d2]) = match *text {
            [c1, c2, y1, y2, m1, m2, d1, d2] => {
                (two(c1, c2)? * 100 + two(y1, y2)?, [m1, m2, d1, d2])
            }
            [y1, y2, m1, m2, d1, d2] => {
                let short = two(y1, y2)?;
                let century = if short < CENTURY_PIVOT { 2000 } else { 1900 };
                (century + short, [m1, m2, d1, d2])
            }
            _ => return None,
        };
        let month = i8::try_from(two(m1, m2)?).ok()?;
        let day = i8::try_from(two(d1, d2)?).ok()?;
        if year == 0 {
            return None;
        }
        jiff::civil::Date::new(year, month, day).ok().map(Self)
    }

    /// The year with its century.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1–12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, 1–31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }

    /// As CCYYMMDD.
    #[must_use]
    pub fn to_ccyymmdd(self) -> String {
        let mut out = Vec::with_capacity(8);
        self.write_long(&mut out);
        crate::segment::decode(&out).into_owned()
    }

    /// As YYMMDD, the form of ISA09.
    #[must_use]
    pub fn to_yymmdd(self) -> String {
        self.to_ccyymmdd().split_off(2)
    }

    /// Whether YYMMDD tells this day.
    pub(crate) fn has_short_form(self) -> bool {
        let pivot = CENTURY_PIVOT;
        (1900 + pivot..2000 + pivot).contains(&self.0.year())
    }

    /// As YYMMDD.
    pub(crate) fn write_short(self, out: &mut Vec<u8>) {
        push_two(self.0.year().unsigned_abs() % 100, out);
        push_two(u16::from(self.0.month().unsigned_abs()), out);
        push_two(u16::from(self.0.day().unsigned_abs()), out);
    }

    pub(crate) fn write_long(self, out: &mut Vec<u8>) {
        let year = self.0.year().unsigned_abs();
        for part in [year / 100, year % 100] {
            push_two(part, out);
        }
        push_two(u16::from(self.0.month().unsigned_abs()), out);
        push_two(u16::from(self.0.day().unsigned_abs()), out);
    }
}

/// Two digits of a number below 100.
pub(crate) fn push_two(number: u16, out: &mut Vec<u8>) {
    let digit = |n: u16| b'0' + u8::try_from(n % 10).unwrap_or(0);
    out.push(digit(number / 10));
    out.push(digit(number));
}

impl fmt::Display for Date {
    /// As CCYY-MM-DD.
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

impl FromStr for Date {
    type Err = Error;

    /// Reads CCYY-MM-DD, CCYYMMDD or YYMMDD.
    fn from_str(text: &str) -> Result<Self> {
        let compact = match text.as_bytes() {
            [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
                vec![*y1, *y2, *y3, *y4, *m1, *m2, *d1, *d2]
            }
            other => other.to_vec(),
        };
        Self::parse(&compact).ok_or_else(|| {
            refuse(
                "a date was expected",
                text.as_bytes(),
                "write it as CCYYMMDD",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_and_nonsense_is_not() {
        let date = Date::new(2024, 2, 29).unwrap();
        assert_eq!(Date::parse(b"20240229"), Some(date));
        assert_eq!(Date::parse(b"240229"), Some(date));
        assert_eq!(Date::parse(b"990101").unwrap().year(), 1999);
        assert_eq!(Date::parse(b"690101").unwrap().year(), 2069);
        for bad in [
            "20230229",
            "20241301",
            "2024",
            "",
            "2024022X",
            "00000101",
            "202402299",
        ] {
            assert_eq!(Date::parse(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(date.to_ccyymmdd(), "20240229");
        assert_eq!(date.to_yymmdd(), "240229");
        assert_eq!("2024-02-29".parse::<Date>().unwrap(), date);
        assert_eq!(date.to_string(), "2024-02-29");
    }
}
