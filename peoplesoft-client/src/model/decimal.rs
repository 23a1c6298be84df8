//! Exact decimals from text, and their text form in JSON.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

/// Why a text is not an exact decimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDecimal {
    found: Box<str>,
    expected: &'static str,
}

impl InvalidDecimal {
    /// The text that was refused, cut to 60 characters.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What would have been accepted, in words.
    #[must_use]
    pub fn expected(&self) -> &'static str {
        self.expected
    }
}

impl fmt::Display for InvalidDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not {}",
            self.found.escape_debug(),
            self.expected
        )
    }
}

impl std::error::Error for InvalidDecimal {}

/// Reads a number exactly: digits, a point, a sign, and the exponent that JSON allows.
///
/// Nothing is rounded, and no binary floating point is involved. Thousands separators and decimal
/// commas are refused, because which of them a `,` means cannot be known.
///
/// # Errors
///
/// [`InvalidDecimal`] when the text is no number, or needs more than 28 digits.
///
/// ```
/// use peoplesoft_client::model::parse_decimal;
///
/// assert_eq!(parse_decimal("1234567890.12345")?.to_string(), "1234567890.12345");
/// assert_eq!(parse_decimal("1.5e2")?.to_string(), "150");
/// assert!(parse_decimal("1,234").is_err());
/// # Ok::<(), peoplesoft_client::model::InvalidDecimal>(())
/// ```
pub fn parse_decimal(text: &str) -> Result<Decimal, InvalidDecimal> {
    let text = text.trim();
    let refuse = |expected| InvalidDecimal {
        found: text.chars().take(60).collect(),
        expected,
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            i32::from_str(exponent).map_err(|_| refuse(NUMBER))?,
        ),
        None => (text, 0),
    };
    let digits = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let shaped = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().any(|b| b.is_ascii_digit());
    if !shaped {
        return Err(refuse(NUMBER));
    }
    let value = Decimal::from_str_exact(mantissa).map_err(|_| {
        if digits.matches('.').count() > 1 {
            refuse(NUMBER)
        } else {
            refuse(DIGITS)
        }
    })?;
    shift(value, exponent).ok_or_else(|| refuse(DIGITS))
}

const NUMBER: &str = "a number written with digits and at most one decimal point";
const DIGITS: &str = "a number of at most 28 digits";

/// `value × 10^exponent`, or nothing when that cannot be held exactly.
fn shift(value: Decimal, exponent: i32) -> Option<Decimal> {
    if exponent == 0 || value.is_zero() {
        return Some(value);
    }
    let value = value.normalize();
    let scale = i32::try_from(value.scale()).ok()?.checked_sub(exponent)?;
    if scale >= 0 {
        Decimal::try_from_i128_with_scale(value.mantissa(), u32::try_from(scale).ok()?).ok()
    } else {
        let factor = 10_i128.checked_pow(scale.unsigned_abs())?;
        Decimal::try_from_i128_with_scale(value.mantissa().checked_mul(factor)?, 0).ok()
    }
}

/// A decimal as text in serialised form; whole numbers are read too, floating point is not.
///
/// For fields of one's own: `#[serde(with = "peoplesoft_client::model::serde_decimal")]`.
pub mod serde_decimal {
    use std::fmt;

    use rust_decimal::Decimal;
    use serde::{Deserializer, Serializer, de};

    /// Writes the digits as text.
    pub fn serialize<S: Serializer>(value: &Decimal, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(value)
    }

    /// Reads text, or a whole number.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Decimal, D::Error> {
        d.deserialize_any(Text)
    }

    struct Text;

    impl de::Visitor<'_> for Text {
        type Value = Decimal;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a decimal as text, such as \"12.50\"")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
            super::parse_decimal(text).map_err(E::custom)
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<Decimal, E> {
            Ok(Decimal::from(value))
        }

        fn visit_i64<E: de::Error>(self, value: i64) -> Result<Decimal, E> {
            Ok(Decimal::from(value))
        }
    }
}

/// The same for a decimal that may be absent, on a field that is also `#[serde(default)]`.
pub mod serde_decimal_option {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    struct Wrapped(#[serde(with = "super::serde_decimal")] Decimal);

    /// Writes the digits as text, or nothing.
    pub fn serialize<S: Serializer>(value: &Option<Decimal>, s: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => s.collect_str(value),
            None => s.serialize_none(),
        }
    }

    /// Reads text, a whole number, or nothing.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Decimal>, D::Error> {
        Ok(Option::<Wrapped>::deserialize(d)?.map(|wrapped| wrapped.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", " ", "-", ".", "1.2.3", "1,5", "0x10", "NaN", "1e", "1e5x", "--1", "1_0",
        ] {
            assert!(parse_decimal(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn too_many_digits_are_refused_rather_than_rounded() {
        assert!(parse_decimal("0.12345678901234567890123456789012").is_err());
        assert!(parse_decimal("1e40").is_err());
        assert!(parse_decimal("1e-40").is_err());
        assert!(parse_decimal("1e-2147483648").is_err());
        insta::assert_snapshot!(
            parse_decimal("99999999999999999999999999999999").unwrap_err(),
            @"`99999999999999999999999999999999` is not a number of at most 28 digits"
        );
    }

    proptest! {
        #[test]
        fn text_survives_exactly(mantissa in -999_999_999_999_999_999i64..=999_999_999_999_999_999, scale in 0u32..=9) {
            let value = Decimal::new(mantissa, scale);
            let read = parse_decimal(&value.to_string()).unwrap();
            prop_assert_eq!(read, value);
            prop_assert_eq!(read.scale(), value.scale());
        }

        #[test]
        fn an_exponent_is_only_a_shift(mantissa in -999_999i64..=999_999, exponent in -12i32..=12) {
            let read = parse_decimal(&format!("{mantissa}e{exponent}")).unwrap();
            let factor = Decimal::from(10_i64.pow(exponent.unsigned_abs()));
            let expected = if exponent < 0 {
                Decimal::from(mantissa) / factor
            } else {
                Decimal::from(mantissa) * factor
            };
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = parse_decimal(&text);
        }
    }
}
