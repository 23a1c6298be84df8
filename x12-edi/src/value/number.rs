//! `N0`–`N9` (implied decimals) and `R` (explicit point), without a float anywhere.

use std::fmt;

use rust_decimal::Decimal;

/// Why a text is not a number that can be kept exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NumberError {
    /// There is no digit.
    Empty,
    /// There is a byte that does not belong into a number of this type.
    Character(u8),
    /// More digits than fit: 28 significant ones are always exact.
    TooManyDigits,
    /// More decimals than the type implies, for example three in an `N2`.
    TooManyDecimals {
        /// The decimals that the type implies.
        allowed: u32,
        /// The decimals of the value, trailing zeroes left out.
        found: u32,
    },
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no digit"),
            Self::Character(byte) => {
                write!(
                    f,
                    "`{}` does not belong into this number",
                    byte.escape_ascii()
                )
            }
            Self::TooManyDigits => f.write_str("more than 28 digits cannot be kept exactly"),
            Self::TooManyDecimals { allowed, found } => {
                write!(f, "{found} decimals, but the type has room for {allowed}")
            }
        }
    }
}

impl std::error::Error for NumberError {}

/// The most significant digits that a [`Decimal`] always holds exactly.
const MAX_DIGITS: u32 = 28;

/// How many digits the low part of a number holds: two of them hold 28.
const LOW_DIGITS: u32 = 18;

/// Reads `-` and digits; a point where `point` allows it.
fn parse(text: &[u8], point: bool) -> Result<Decimal, NumberError> {
    let (negative, body) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    // Eighteen digits fit 64 bits, which is much faster and nearly always enough.
    let (mut high, mut low, mut low_digits): (i128, u64, u32) = (0, 0, 0);
    let (mut significant, mut scale, mut digits) = (0_u32, 0_u32, 0_u32);
    let mut seen_point = false;
    for &byte in body {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                if significant > 0 || byte != b'0' {
                    significant += 1;
                }
                if seen_point {
                    scale += 1;
                }
                if significant > MAX_DIGITS || scale > MAX_DIGITS {
                    return Err(NumberError::TooManyDigits);
                }
                if low_digits == LOW_DIGITS {
                    (high, low, low_digits) = (i128::from(low), 0, 0);
                }
                low = low * 10 + u64::from(byte - b'0');
                low_digits += u32::from(low > 0 || high > 0);
            }
            b'.' if point && !seen_point => seen_point = true,
            other => return Err(NumberError::Character(other)),
        }
    }
    if digits == 0 {
        return Err(NumberError::Empty);
    }
    let mantissa = high * 10_i128.pow(low_digits) + i128::from(low);
    let signed = if negative { -mantissa } else { mantissa };
    Decimal::try_from_i128_with_scale(signed, scale).map_err(|_| NumberError::TooManyDigits)
}

/// Reads an `R`: digits with an optional leading `-` and an optional point; the scale is kept.
///
/// # Errors
/// Any [`NumberError`] but [`NumberError::TooManyDecimals`]. Nothing is ever rounded.
///
/// ```
/// use x12_edi::value::real;
/// assert_eq!(real(b"-12.50")?.to_string(), "-12.50");
/// assert_eq!(real(b".5")?.to_string(), "0.5");
/// assert!(real(b"1,5").is_err());
/// # Ok::<(), x12_edi::value::NumberError>(())
/// ```
pub fn real(text: &[u8]) -> Result<Decimal, NumberError> {
    parse(text, true)
}

/// Reads an `N0`…`N9`: digits without a point, of which the last `decimals` are decimals.
///
/// # Errors
/// Any [`NumberError`] but [`NumberError::TooManyDecimals`].
///
/// ```
/// use x12_edi::value::implied;
/// assert_eq!(implied(b"1250", 2)?.to_string(), "12.50");
/// assert_eq!(implied(b"7", 2)?.to_string(), "0.07");
/// # Ok::<(), x12_edi::value::NumberError>(())
/// ```
pub fn implied(text: &[u8], decimals: u32) -> Result<Decimal, NumberError> {
    let mut number = parse(text, false)?;
    number
        .set_scale(decimals)
        .map_err(|_| NumberError::TooManyDigits)?;
    Ok(number)
}

/// A value with whether writing it gives the same bytes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exact<T> {
    pub(crate) value: T,
    pub(crate) exact: bool,
}

/// Digits that fit 64 bits, as nearly all numbers do.
struct Short {
    mantissa: u64,
    negative: bool,
    scale: u32,
    exact: bool,
}

/// `None` for what is longer, or no number.
#[inline]
fn short(text: &[u8], point: bool) -> Option<Short> {
    let (negative, body) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    if body.is_empty() || body.len() > LOW_DIGITS as usize {
        return None;
    }
    let mut mantissa = 0_u64;
    let mut point_at = None;
    for (at, &byte) in body.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = mantissa * 10 + u64::from(digit);
        } else if byte == b'.' && point && point_at.is_none() {
            point_at = Some(at);
        } else {
            return None;
        }
    }
    let (whole, decimals) = match point_at {
        Some(at) => (at, body.len() - at - 1),
        None => (body.len(), 0),
    };
    // Written, a number has no leading zero, but a zero has one digit before the point.
    let exact = match (mantissa, point_at) {
        _ if whole + decimals == 0 => return None,
        (_, Some(_)) if decimals == 0 => false,
        (0, _) => whole == 1 && !negative,
        _ => body.first() != Some(&b'0'),
    };
    Some(Short {
        mantissa,
        negative: negative && mantissa > 0,
        scale: u32::try_from(decimals).ok()?,
        exact,
    })
}

impl Short {
    fn decimal(&self, scale: u32) -> Decimal {
        let low = u32::try_from(self.mantissa & 0xffff_ffff).unwrap_or(0);
        let middle = u32::try_from(self.mantissa >> 32).unwrap_or(0);
        Decimal::from_parts(low, middle, 0, self.negative, scale)
    }
}

/// [`real`], with whether [`write_real`] gives the same bytes again.
#[inline]
pub(crate) fn exact_real(text: &[u8]) -> Result<Exact<Decimal>, NumberError> {
    if let Some(short) = short(text, true) {
        let value = short.decimal(short.scale);
        let exact = short.exact;
        return Ok(Exact { value, exact });
    }
    let value = parse(text, true)?;
    let mut written = Vec::with_capacity(text.len());
    write_real(value, &mut written);
    let exact = written == text;
    Ok(Exact { value, exact })
}

/// [`implied`], with whether [`write_implied`] gives the same bytes again.
#[inline]
pub(crate) fn exact_implied(text: &[u8], decimals: u32) -> Result<Exact<Decimal>, NumberError> {
    if decimals <= LOW_DIGITS
        && let Some(short) = short(text, false)
    {
        let value = short.decimal(decimals);
        let exact = short.exact;
        return Ok(Exact { value, exact });
    }
    let value = implied(text, decimals)?;
    let mut written = Vec::with_capacity(text.len());
    let exact = write_implied(value, decimals, &mut written).is_ok() && written == text;
    Ok(Exact { value, exact })
}

/// Appends an `R`: no exponent, no leading zero before the point, the scale as it is.
///
/// The standard suppresses leading zeroes, so one half is `.5`.
pub fn write_real(number: Decimal, out: &mut Vec<u8>) {
    let mantissa = number.mantissa();
    if mantissa < 0 {
        out.push(b'-');
    }
    let scale = number.scale() as usize;
    let mut buffer = [0_u8; 40];
    let digits = digits_of(mantissa.unsigned_abs(), &mut buffer);
    if scale == 0 {
        out.extend_from_slice(digits);
    } else if mantissa == 0 {
        out.push(b'0');
        out.push(b'.');
        out.extend(std::iter::repeat_n(b'0', scale));
    } else {
        let whole = digits.len().saturating_sub(scale);
        let (before, after) = digits.split_at(whole);
        out.extend_from_slice(before);
        out.push(b'.');
        out.extend(std::iter::repeat_n(b'0', scale - after.len()));
        out.extend_from_slice(after);
    }
}

/// Appends an `N0`…`N9`: the digits with `decimals` of them implied.
///
/// # Errors
/// [`NumberError::TooManyDecimals`] if digits would be lost, [`NumberError::TooManyDigits`] if
/// the scaled value does not fit.
pub fn write_implied(number: Decimal, decimals: u32, out: &mut Vec<u8>) -> Result<(), NumberError> {
    let plain = number.normalize();
    if plain.scale() > decimals {
        return Err(NumberError::TooManyDecimals {
            allowed: decimals,
            found: plain.scale(),
        });
    }
    let factor = 10_i128.pow(decimals - plain.scale());
    let scaled = plain
        .mantissa()
        .checked_mul(factor)
        .ok_or(NumberError::TooManyDigits)?;
    if scaled < 0 {
        out.push(b'-');
    }
    let mut buffer = [0_u8; 40];
    out.extend_from_slice(digits_of(scaled.unsigned_abs(), &mut buffer));
    Ok(())
}

/// The decimal digits of `value`, at least one.
fn digits_of(mut value: u128, buffer: &mut [u8; 40]) -> &[u8] {
    let mut start = buffer.len();
    for (index, slot) in buffer.iter_mut().enumerate().rev() {
        // A u128 has at most 39 digits, so the loop ends before the buffer does. Dividing 64 bits
        // is much faster than 128, and nearly always enough.
        let digit = match u64::try_from(value) {
            Ok(small) => {
                value = u128::from(small / 10);
                small % 10
            }
            Err(_) => {
                let digit = value % 10;
                value /= 10;
                u64::try_from(digit).unwrap_or(0)
            }
        };
        *slot = b'0' + u8::try_from(digit).unwrap_or(0);
        start = index;
        if value == 0 {
            break;
        }
    }
    buffer.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn real_text(number: Decimal) -> String {
        let mut out = Vec::new();
        write_real(number, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn reals_are_exact_and_refused_when_they_cannot_be() {
        for text in [
            "0",
            "1",
            "-1",
            "10.00",
            ".5",
            "-.05",
            "0.00",
            "1234567890123456789012345678",
        ] {
            assert_eq!(real_text(real(text.as_bytes()).unwrap()), text);
        }
        assert_eq!(real(b""), Err(NumberError::Empty));
        assert_eq!(real(b"-"), Err(NumberError::Empty));
        assert_eq!(real(b"."), Err(NumberError::Empty));
        assert_eq!(real(b"1.2.3"), Err(NumberError::Character(b'.')));
        assert_eq!(real(b"+1"), Err(NumberError::Character(b'+')));
        assert_eq!(real(b"1E5"), Err(NumberError::Character(b'E')));
        assert_eq!(
            real(b"12345678901234567890123456789"),
            Err(NumberError::TooManyDigits)
        );
        assert_eq!(
            real(b"0.12345678901234567890123456789012"),
            Err(NumberError::TooManyDigits)
        );
        assert_eq!(
            real(b"00000000000000000000000000000000000001.5")
                .unwrap()
                .to_string(),
            "1.5"
        );
    }

    #[test]
    fn implied_decimals_never_round() {
        let mut out = Vec::new();
        write_implied(Decimal::new(12345, 2), 2, &mut out).unwrap();
        assert_eq!(out, b"12345");
        out.clear();
        write_implied(Decimal::new(-5, 1), 2, &mut out).unwrap();
        assert_eq!(out, b"-50");
        let refused = write_implied(Decimal::new(12345, 3), 2, &mut out);
        assert_eq!(
            refused,
            Err(NumberError::TooManyDecimals {
                allowed: 2,
                found: 3
            })
        );
        assert_eq!(implied(b"1.5", 2), Err(NumberError::Character(b'.')));
        assert_eq!(implied(b"-150", 2).unwrap(), Decimal::new(-150, 2));
    }

    proptest! {
        #[test]
        fn exact_means_that_the_same_bytes_come_back(text in "-?[0-9]{0,12}(\\.[0-9]{0,12})?", decimals in 0_u32..5) {
            match exact_real(text.as_bytes()) {
                Ok(read) => {
                    prop_assert_eq!(real(text.as_bytes()).unwrap(), read.value);
                    prop_assert_eq!(real(text.as_bytes()).unwrap().scale(), read.value.scale());
                    prop_assert_eq!(real_text(read.value) == text, read.exact);
                }
                Err(error) => prop_assert_eq!(real(text.as_bytes()), Err(error)),
            }
            match exact_implied(text.as_bytes(), decimals) {
                Ok(read) => {
                    prop_assert_eq!(implied(text.as_bytes(), decimals).unwrap(), read.value);
                    let mut out = Vec::new();
                    write_implied(read.value, decimals, &mut out).unwrap();
                    prop_assert_eq!(out == text.as_bytes(), read.exact);
                }
                Err(error) => prop_assert_eq!(implied(text.as_bytes(), decimals), Err(error)),
            }
        }

        #[test]
        fn any_real_comes_back(mantissa in -(10_i128.pow(28) - 1)..10_i128.pow(28), scale in 0_u32..=28) {
            let number = Decimal::try_from_i128_with_scale(mantissa, scale).unwrap();
            let text = real_text(number);
            let back = real(text.as_bytes()).unwrap();
            prop_assert_eq!(back, number);
            prop_assert_eq!(back.scale(), number.scale());
        }

        #[test]
        fn any_implied_comes_back(mantissa in -(10_i128.pow(15))..10_i128.pow(15), decimals in 0_u32..=9) {
            let number = Decimal::try_from_i128_with_scale(mantissa, decimals).unwrap();
            let mut out = Vec::new();
            write_implied(number, decimals, &mut out).unwrap();
            prop_assert_eq!(implied(&out, decimals).unwrap(), number);
        }
    }
}
