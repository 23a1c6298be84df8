//! Control numbers of interchanges, groups and transaction sets.

use std::fmt;
use std::str::FromStr;

use super::refuse;
use crate::error::{Error, Result};

/// The control number of an interchange (ISA13) or a group (GS06): 1 to 999 999 999.
///
/// ISA13 is written with nine digits, GS06 without leading zeroes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ControlNumber(u32);

impl ControlNumber {
    /// The largest one; what follows it is 1 again.
    pub const MAX: Self = Self(999_999_999);

    /// Checks the range.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for 0 and for more than nine digits.
    ///
    /// ```
    /// use x12_edi::value::ControlNumber;
    /// assert_eq!(ControlNumber::new(42)?.to_padded(), "000000042");
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    pub fn new(number: u32) -> Result<Self> {
        if (1..=Self::MAX.0).contains(&number) {
            return Ok(Self(number));
        }
        let shown = number.to_string();
        Err(refuse(
            "a control number from 1 to 999999999 was expected",
            shown.as_bytes(),
            "start again at 1 after 999999999",
        ))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The one after it; 1 after 999 999 999.
    #[must_use]
    pub const fn next(self) -> Self {
        if self.0 == Self::MAX.0 {
            Self(1)
        } else {
            Self(self.0 + 1)
        }
    }

    /// With nine digits, the form of ISA13.
    #[must_use]
    pub fn to_padded(self) -> String {
        format!("{:09}", self.0)
    }

    /// Reads one to nine digits; `None` for anything else, and for 0.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.is_empty() || text.len() > 9 || !text.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number = text
            .iter()
            .fold(0_u32, |sum, byte| sum * 10 + u32::from(byte - b'0'));
        Self::new(number).ok()
    }
}

impl fmt::Display for ControlNumber {
    /// Without leading zeroes, the form of GS06.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ControlNumber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text.as_bytes()).ok_or_else(|| {
            refuse(
                "one to nine digits were expected",
                text.as_bytes(),
                "1 to 999999999",
            )
        })
    }
}

impl TryFrom<u32> for ControlNumber {
    type Error = Error;

    fn try_from(number: u32) -> Result<Self> {
        Self::new(number)
    }
}

/// The control number of a transaction set (ST02, SE02): four to nine letters or digits.
///
/// It is text: `0001` and `1` are different, and leading zeroes are kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetControlNumber(Box<str>);

impl SetControlNumber {
    /// A number, padded to the four digits that ST02 needs at least.
    #[must_use]
    pub fn from_number(number: ControlNumber) -> Self {
        Self(format!("{:04}", number.get()).into())
    }

    /// The text as it stands in ST02.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<ControlNumber> for SetControlNumber {
    fn from(number: ControlNumber) -> Self {
        Self::from_number(number)
    }
}

impl FromStr for SetControlNumber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if (4..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(Self(text.into()));
        }
        Err(refuse(
            "four to nine letters or digits were expected",
            text.as_bytes(),
            "pad it with zeroes at the left",
        ))
    }
}

impl TryFrom<&str> for SetControlNumber {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        text.parse()
    }
}

impl fmt::Display for SetControlNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_and_the_sequence_goes_round() {
        assert!(ControlNumber::new(0).is_err() && ControlNumber::new(1_000_000_000).is_err());
        assert_eq!(ControlNumber::MAX.next().get(), 1);
        assert_eq!(ControlNumber::parse(b"000000286").unwrap().get(), 286);
        assert_eq!(ControlNumber::parse(b"0000000286"), None);
        assert_eq!(ControlNumber::parse(b"000000000"), None);
        assert_eq!(ControlNumber::parse(b"12 "), None);
        assert_eq!(
            SetControlNumber::from(ControlNumber::new(7).unwrap()).as_str(),
            "0007"
        );
        assert_eq!("0001".parse::<SetControlNumber>().unwrap().as_str(), "0001");
        assert!("001".parse::<SetControlNumber>().is_err());
        assert!("00 1".parse::<SetControlNumber>().is_err());
    }
}
