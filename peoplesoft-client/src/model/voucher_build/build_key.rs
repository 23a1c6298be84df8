//! The key under which a voucher waits in staging.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// The four build keys of a voucher in staging: `VCHR_BLD_KEY_C1`, `_C2`, `_N1`, `_N2`.
///
/// They name a voucher before it has a number. [`BuildKey::of`] makes them from a text of the caller's
/// own, always the same for the same text, so that a voucher posted twice is the same voucher in
/// staging, and one whose answer was lost can be looked for.
///
/// ```
/// use peoplesoft_client::model::BuildKey;
///
/// let key = BuildKey::of("edi/810/ACME/INV-4711");
/// assert_eq!(key, BuildKey::of("edi/810/ACME/INV-4711"));
/// assert_eq!(key.c1(), "EDI_810_ACME_INV_4711");
/// assert_ne!(key.c2(), BuildKey::of("edi/810/ACME/INV-4712").c2());
/// assert_eq!(key.to_string().parse(), Ok(key));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BuildKey {
    c1: Box<str>,
    c2: Box<str>,
    n1: u32,
    n2: u32,
}

/// Characters of the two texts.
const LENGTH: usize = 25;
/// Ten digits hold any number below this, and so do signed 32 bits.
const NUMBERS: u32 = 1_000_000_000;

impl BuildKey {
    /// The keys that stand for a natural key of the caller's, such as business unit, supplier, invoice
    /// and date, or the control numbers of an EDI document.
    ///
    /// `C1` is the beginning of the text, for people: letters in upper case, digits, `_` for the rest.
    /// `C2` (125 bits), `N1` and `N2` are made of its SHA-256, so two texts never share a key in practice.
    #[must_use]
    pub fn of(natural: &str) -> Self {
        let readable = natural.chars().take(LENGTH).map(|c| match c {
            c if c.is_ascii_alphanumeric() => c.to_ascii_uppercase(),
            _ => '_',
        });
        let digest: [u8; 32] = Sha256::digest(natural.as_bytes()).into();
        // Letters and digits that are not taken for one another, five bits each.
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let (mut bits, mut held) = (0_u32, 0_u32);
        let mut c2 = String::with_capacity(LENGTH);
        for byte in digest.iter().take(16) {
            bits = bits << 8 | u32::from(*byte);
            held += 8;
            while held >= 5 && c2.len() < LENGTH {
                held -= 5;
                let letter = LETTERS.get((bits >> held & 31) as usize);
                c2.push(char::from(letter.copied().unwrap_or(b'0')));
            }
        }
        let number = |at: usize| {
            let bytes = digest.get(at..at + 4).and_then(|four| four.try_into().ok());
            // PeopleSoft does not tell 0 from absent.
            u32::from_be_bytes(bytes.unwrap_or_default()) % (NUMBERS - 1) + 1
        };
        let c1: String = readable.collect();
        Self {
            c1: if c1.is_empty() { "_".into() } else { c1.into() },
            c2: c2.into(),
            n1: number(16),
            n2: number(20),
        }
    }

    /// Keys that the caller makes: texts of at most 25 characters without slash, blank only if there is
    /// none, and numbers below 1,000,000,000.
    ///
    /// # Errors
    ///
    /// [`InvalidBuildKey`] when a part is too long or too large, or all are blank.
    pub fn new(c1: &str, c2: &str, n1: u32, n2: u32) -> Result<Self, InvalidBuildKey> {
        let (c1, c2) = (c1.trim(), c2.trim());
        for text in [c1, c2] {
            let fits = text.chars().count() <= LENGTH
                && !text.contains('/')
                && !text.chars().any(char::is_control);
            if !fits {
                return Err(InvalidBuildKey::new(text));
            }
        }
        if n1 >= NUMBERS || n2 >= NUMBERS || (c1.is_empty() && c2.is_empty() && n1 == 0 && n2 == 0)
        {
            return Err(InvalidBuildKey::new(&format!("{c1}/{c2}/{n1}/{n2}")));
        }
        Ok(Self {
            c1: c1.into(),
            c2: c2.into(),
            n1,
            n2,
        })
    }

    /// `VCHR_BLD_KEY_C1`.
    #[must_use]
    pub fn c1(&self) -> &str {
        &self.c1
    }

    /// `VCHR_BLD_KEY_C2`.
    #[must_use]
    pub fn c2(&self) -> &str {
        &self.c2
    }

    /// `VCHR_BLD_KEY_N1`.
    #[must_use]
    pub fn n1(&self) -> u32 {
        self.n1
    }

    /// `VCHR_BLD_KEY_N2`.
    #[must_use]
    pub fn n2(&self) -> u32 {
        self.n2
    }
}

impl fmt::Display for BuildKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.c1, self.c2, self.n1, self.n2)
    }
}

impl fmt::Debug for BuildKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BuildKey({self})")
    }
}

impl FromStr for BuildKey {
    type Err = InvalidBuildKey;

    /// Reads what `Display` writes: `C1/C2/N1/N2`.
    fn from_str(text: &str) -> Result<Self, InvalidBuildKey> {
        let refuse = || InvalidBuildKey::new(text);
        let mut parts = text.split('/');
        let mut next = || parts.next().ok_or_else(refuse);
        let (c1, c2, n1, n2) = (next()?, next()?, next()?, next()?);
        let number = |text: &str| text.parse().map_err(|_| refuse());
        let key = Self::new(c1, c2, number(n1)?, number(n2)?)?;
        if parts.next().is_some() {
            return Err(refuse());
        }
        Ok(key)
    }
}

impl Serialize for BuildKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BuildKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Why a text or its parts are no build keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidBuildKey {
    found: Box<str>,
}

impl InvalidBuildKey {
    fn new(found: &str) -> Self {
        Self {
            found: found.chars().take(60).collect(),
        }
    }
}

impl fmt::Display for InvalidBuildKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no build key: expected two texts of at most {LENGTH} characters without `/` and two \
             numbers below {NUMBERS}, not all of them blank",
            self.found.escape_debug()
        )
    }
}

impl std::error::Error for InvalidBuildKey {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_the_same_for_ever() {
        // Vouchers that wait in staging were posted under these.
        insta::assert_snapshot!(
            BuildKey::of("US001/SHARE/0000000042/INV-7/2026-03-31"),
            @"US001_SHARE_0000000042_IN/PQT8SQF43ZPAGWPDTT8ZNBJ4P/480169075/236658573"
        );
        insta::assert_snapshot!(BuildKey::of(""), @"_/WERC8GMRZGE196QVYK49JVXS4/665731557/687917390");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(BuildKey::new("A", "", 0, 0).is_ok());
        assert!(BuildKey::new("", "", 1, 0).is_ok());
        for (c1, c2, n1) in [
            ("", "", 0),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "", 0),
            ("A/B", "", 0),
            ("A\n", "B\u{1}", 0),
            ("A", "", 1_000_000_000),
        ] {
            assert!(BuildKey::new(c1, c2, n1, 0).is_err(), "{c1:?} {c2:?} {n1}");
        }
        for text in ["", "A", "A/B/1", "A/B/1/2/3", "A/B/x/1", "A/B/-1/1"] {
            assert!(text.parse::<BuildKey>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_makes_keys_that_fit(one in ".{0,60}", two in ".{0,60}") {
            let key = BuildKey::of(&one);
            prop_assert_eq!(BuildKey::new(key.c1(), key.c2(), key.n1(), key.n2()), Ok(key.clone()));
            prop_assert_eq!(key.to_string().parse(), Ok(key.clone()));
            prop_assert_eq!(key.c2().len(), 25);
            prop_assert_eq!(key == BuildKey::of(&two), one == two);
        }
    }
}
