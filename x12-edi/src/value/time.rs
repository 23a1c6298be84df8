//! Times of day: HHMM, HHMMSS and HHMMSS with one or two decimals.

use std::fmt;
use std::str::FromStr;

use super::date::push_two;
use super::refuse;
use crate::error::{Error, Result};

/// A time of day with the precision that was given; it knows no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    hour: u8,
    minute: u8,
    second: Option<u8>,
    /// Decimals of the second: how many (1 or 2) and their value.
    fraction: Option<(u8, u8)>,
}

impl Time {
    /// A time to the minute.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) if hour is above 23 or minute above 59.
    pub fn new(hour: u8, minute: u8) -> Result<Self> {
        if hour > 23 || minute > 59 {
            let shown = format!("{hour:02}{minute:02}");
            return Err(refuse(
                "a time of day was expected",
                shown.as_bytes(),
                "HHMM up to 2359",
            ));
        }
        Ok(Self {
            hour,
            minute,
            second: None,
            fraction: None,
        })
    }

    /// The same to the second.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) if second is above 59.
    pub fn with_second(self, second: u8) -> Result<Self> {
        if second > 59 {
            let shown = second.to_string();
            return Err(refuse(
                "a second was expected",
                shown.as_bytes(),
                "seconds go up to 59",
            ));
        }
        Ok(Self {
            second: Some(second),
            fraction: None,
            ..self
        })
    }

    /// Reads HHMM, HHMMSS, HHMMSSD or HHMMSSDD; `None` for anything else.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        if !text.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let pair = |at: usize| match text.get(at..at + 2) {
            Some([tens, ones]) => Some((tens - b'0') * 10 + (ones - b'0')),
            _ => None,
        };
        let time = Self::new(pair(0)?, pair(2)?).ok()?;
        match text.len() {
            4 => Some(time),
            6 => time.with_second(pair(4)?).ok(),
            7 => {
                let tenth = text.last()? - b'0';
                let time = time.with_second(pair(4)?).ok()?;
                Some(Self {
                    fraction: Some((1, tenth)),
                    ..time
                })
            }
            8 => {
                let time = time.with_second(pair(4)?).ok()?;
                Some(Self {
                    fraction: Some((2, pair(6)?)),
                    ..time
                })
            }
            _ => None,
        }
    }

    /// The hour, 0–23.
    #[must_use]
    pub fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0–59.
    #[must_use]
    pub fn minute(self) -> u8 {
        self.minute
    }

    /// The second, where it was given.
    #[must_use]
    pub fn second(self) -> Option<u8> {
        self.second
    }

    pub(crate) fn write(self, out: &mut Vec<u8>) {
        push_two(u16::from(self.hour), out);
        push_two(u16::from(self.minute), out);
        if let Some(second) = self.second {
            push_two(u16::from(second), out);
        }
        match self.fraction {
            Some((1, tenth)) => out.push(b'0' + tenth),
            Some((_, hundredths)) => push_two(u16::from(hundredths), out),
            None => {}
        }
    }
}

impl fmt::Display for Time {
    /// As it stands in X12, for example `1430`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::with_capacity(8);
        self.write(&mut out);
        f.write_str(&crate::segment::decode(&out))
    }
}

impl FromStr for Time {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text.as_bytes())
            .ok_or_else(|| refuse("a time was expected", text.as_bytes(), "write it as HHMM"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_precision_is_kept() {
        for text in ["0000", "2359", "235959", "1200005", "12000050"] {
            assert_eq!(Time::parse(text.as_bytes()).unwrap().to_string(), text);
        }
        for bad in [
            "",
            "2400",
            "1260",
            "120060",
            "12",
            "12345",
            "12:30",
            "120000500",
        ] {
            assert_eq!(Time::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
