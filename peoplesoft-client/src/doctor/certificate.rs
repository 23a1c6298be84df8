//! The last instant of a certificate, read from its bytes.

use std::time::{Duration, SystemTime};

use jiff::civil;
use jiff::tz::TimeZone;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The end of validity of an X.509 certificate in DER (RFC 5280, 4.1.2.5), or nothing for other bytes.
pub(super) fn not_after(der: &[u8]) -> Option<SystemTime> {
    let (certificate, _) = tagged(der, SEQUENCE)?;
    let (body, _) = tagged(certificate, SEQUENCE)?;
    // Version (optional), serial number, signature, issuer: then validity.
    let rest = match element(body)? {
        (VERSION, _, rest) => rest,
        _ => body,
    };
    let (_, _, rest) = element(rest)?;
    let (_, rest) = tagged(rest, SEQUENCE)?;
    let (_, rest) = tagged(rest, SEQUENCE)?;
    let (validity, _) = tagged(rest, SEQUENCE)?;
    let (_, _, rest) = element(validity)?;
    let (tag, text, _) = element(rest)?;
    instant(tag, std::str::from_utf8(text).ok()?)
}

/// Content of the element at the start if it has this tag, and what follows it.
fn tagged(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(bytes)?;
    (tag == wanted).then_some((content, rest))
}

/// Tag and content of the element at the start, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if length.is_empty() || length.len() > 4 {
            return None;
        }
        let length = length.iter().try_fold(0_usize, |sum, byte| {
            sum.checked_mul(256)?.checked_add(usize::from(*byte))
        })?;
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`, the only forms that certificates may use.
fn instant(tag: u8, text: &str) -> Option<SystemTime> {
    let digits = text.strip_suffix('Z')?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = digits.split_at_checked(2)?;
            let year: i16 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = digits.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    if rest.len() != 10 {
        return None;
    }
    let two = |at: usize| rest.get(at..at + 2)?.parse::<i8>().ok();
    let time = civil::DateTime::new(year, two(0)?, two(2)?, two(4)?, two(6)?, two(8)?, 0).ok()?;
    let seconds = time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    let since = Duration::from_secs(u64::try_from(seconds).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    /// A self-signed certificate of nobody, good until 2126-10-30T09:34:15Z.
    const LONG: &str = "MIIBfzCCASWgAwIBAgIUGVq1P2LLZBzD3tVm4CIqC9MhEzkwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJVGVzdCBSb290MCAXDTI2MTEyMzA5MzQxNVoYDzIxMjYxMDMwMDkzNDE1WjAUMRIwEAYDVQQDDAlUZXN0IFJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR6KaFWv4PcZSGHgN051KlP+6+6YidvVO2axUgdm+DC4FCWErlynt1f7Yw/rDu/vnLu8hRqehLsz8u1QuZPKLbzo1MwUTAdBgNVHQ4EFgQUyguGIw4/jcLd7eEQ6NIFDuW10tkwHwYDVR0jBBgwFoAUyguGIw4/jcLd7eEQ6NIFDuW10tkwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBQ1ej/mmyLDJ/kX4Q1Fs93tXe1KMqjXP2KBRnQH8rRFQIhAOirEaPYS/KfyWIhvstm9eCDiLqWV/vGGOEagcKtJqgt";

    fn long() -> Vec<u8> {
        STANDARD.decode(LONG).unwrap()
    }

    #[test]
    fn the_last_day_is_read() {
        let end = httpdate::fmt_http_date(not_after(&long()).unwrap());
        assert_eq!(end, "Wed, 30 Oct 2126 09:34:15 GMT");
    }

    #[test]
    fn both_forms_of_time() {
        let seconds = |tag, text| {
            let time = instant(tag, text)?;
            Some(
                time.duration_since(SystemTime::UNIX_EPOCH)
                    .unwrap()
                    .as_secs(),
            )
        };
        assert_eq!(seconds(UTC_TIME, "700101000001Z"), Some(1));
        assert_eq!(seconds(UTC_TIME, "491231235959Z"), Some(2_524_607_999));
        assert_eq!(
            seconds(GENERALIZED_TIME, "20500101000000Z"),
            Some(2_524_608_000)
        );
        for wrong in [
            "",
            "Z",
            "20500101000000",
            "20501301000000Z",
            "2050010100000Z",
            "é0500101000000Z",
        ] {
            assert_eq!(seconds(GENERALIZED_TIME, wrong), None, "{wrong}");
        }
        assert_eq!(seconds(SEQUENCE, "20500101000000Z"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = not_after(&bytes);
        }

        #[test]
        fn a_damaged_certificate_does_not_make_it_panic(at in 0_usize..300, byte: u8, cut in 0_usize..300) {
            let mut bytes = long();
            bytes[at] = byte;
            let _ = not_after(&bytes);
            let _ = not_after(&bytes[..cut]);
        }
    }
}
