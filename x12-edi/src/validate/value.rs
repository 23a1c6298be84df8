//! Whether bytes are a value of a type: numbers, dates, times.

/// Digits of an Nn: `-` in front does not count.
#[inline]
pub(super) fn implied_digits(bytes: &[u8]) -> Option<usize> {
    let digits = match bytes {
        [b'-', rest @ ..] => rest,
        _ => bytes,
    };
    (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit)).then_some(digits.len())
}

/// Digits of an R: neither `-` in front nor the point counts.
#[inline]
pub(super) fn real_digits(bytes: &[u8]) -> Option<usize> {
    let body = match bytes {
        [b'-', rest @ ..] => rest,
        _ => bytes,
    };
    let mut points = 0;
    for &byte in body {
        if !byte.is_ascii_digit() {
            if byte != b'.' {
                return None;
            }
            points += 1;
        }
    }
    let digits = body.len() - points.min(body.len());
    (points <= 1 && digits > 0).then_some(digits)
}

/// Whether there are zeroes in front that the least length does not need.
pub(super) fn has_leading_zeroes(bytes: &[u8], digits: usize, min: usize) -> bool {
    let body = bytes.strip_prefix(b"-").unwrap_or(bytes);
    digits > min
        && match body {
            // One half is `.5`.
            [b'0', b'.', ..] => true,
            [b'0', next, ..] => next.is_ascii_digit(),
            _ => false,
        }
}

/// Whether there are zeroes, or nothing, behind the point.
pub(super) fn has_trailing_zeroes(bytes: &[u8], digits: usize, min: usize) -> bool {
    let Some(point) = bytes.iter().position(|&byte| byte == b'.') else {
        return false;
    };
    bytes.len() == point + 1 || (digits > min && bytes.last() == Some(&b'0'))
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| tens * 10 + ones)
}

#[inline]
fn days(month: u8, leap: bool) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

/// Whether this is a day of the calendar, as CCYYMMDD or YYMMDD.
#[inline]
pub(super) fn is_date(bytes: &[u8]) -> bool {
    let (century, [y1, y2, m1, m2, d1, d2]) = match *bytes {
        [c1, c2, y1, y2, m1, m2, d1, d2] => (two(c1, c2), [y1, y2, m1, m2, d1, d2]),
        // 1900 is no leap year, but neither is any 00 before 2000 meant nowadays.
        [y1, y2, m1, m2, d1, d2] => (Some(20), [y1, y2, m1, m2, d1, d2]),
        _ => return false,
    };
    let (Some(century), Some(year), Some(month), Some(day)) =
        (century, two(y1, y2), two(m1, m2), two(d1, d2))
    else {
        return false;
    };
    if century == 0 && year == 0 {
        return false;
    }
    let leap = if year == 0 {
        century.is_multiple_of(4)
    } else {
        year.is_multiple_of(4)
    };
    day >= 1 && day <= days(month, leap)
}

/// Whether this is a time of the day: HHMM, HHMMSS, HHMMSSD or HHMMSSDD.
#[inline]
pub(super) fn is_time(bytes: &[u8]) -> bool {
    let (hhmm, rest) = match bytes {
        [h1, h2, m1, m2, rest @ ..] => ((two(*h1, *h2), two(*m1, *m2)), rest),
        _ => return false,
    };
    let minutes = matches!(hhmm, (Some(hour), Some(minute)) if hour < 24 && minute < 60);
    let seconds = match *rest {
        [] => true,
        [s1, s2] => two(s1, s2).is_some_and(|s| s < 60),
        [s1, s2, d] => two(s1, s2).is_some_and(|s| s < 60) && d.is_ascii_digit(),
        [s1, s2, d1, d2] => two(s1, s2).is_some_and(|s| s < 60) && two(d1, d2).is_some(),
        _ => false,
    };
    minutes && seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Date, Time};

    #[test]
    fn numbers_count_their_digits_only() {
        assert_eq!(implied_digits(b"-0123"), Some(4));
        assert_eq!(real_digits(b"-12.50"), Some(4));
        assert_eq!(real_digits(b".5"), Some(1));
        assert_eq!(real_digits(b"5."), Some(1));
        for bad in ["", "-", "+1", "1 ", "1-", "1,5", "--1", "1E5"] {
            assert_eq!(implied_digits(bad.as_bytes()), None, "{bad}");
            assert_eq!(real_digits(bad.as_bytes()), None, "{bad}");
        }
        for bad in [".", "-.", "1..5", "1.2.3"] {
            assert_eq!(real_digits(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(implied_digits(b"1.5"), None);
    }

    #[test]
    fn zeroes_count_where_nothing_needs_them() {
        for (text, min, leading, trailing) in [
            ("007", 1, true, false),
            ("007", 3, false, false),
            ("0", 1, false, false),
            ("0.5", 1, true, false),
            (".5", 1, false, false),
            ("1.50", 1, false, true),
            ("1.", 1, false, true),
            ("100", 1, false, false),
            ("-01", 1, true, false),
            ("1.50", 3, false, false),
        ] {
            let digits = real_digits(text.as_bytes()).unwrap();
            assert_eq!(
                has_leading_zeroes(text.as_bytes(), digits, min),
                leading,
                "{text}"
            );
            assert_eq!(
                has_trailing_zeroes(text.as_bytes(), digits, min),
                trailing,
                "{text}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn dates_and_times_are_those_of_the_value_types(text in "[0-9]{3,9}|[0-2][0-9]{3}[01][0-9][0-3][0-9]|[0-9A ]{4,8}") {
            let bytes = text.as_bytes();
            proptest::prop_assert_eq!(is_date(bytes), Date::parse(bytes).is_some(), "{}", text);
            proptest::prop_assert_eq!(is_time(bytes), Time::parse(bytes).is_some(), "{}", text);
        }
    }
}
