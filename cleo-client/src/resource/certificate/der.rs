//! The serial number of a certificate in DER form (RFC 5280), and nothing more.

/// The serial number in small hexadecimal digits, an even number of them, as Cleo writes it.
///
/// The error says what was found instead of a certificate.
pub(crate) fn serial_number(der: &[u8]) -> Result<String, String> {
    let (certificate, rest) = element(der, SEQUENCE)?;
    if !rest.is_empty() {
        return Err(format!("found {} bytes behind it", rest.len()));
    }
    let (to_be_signed, _) = element(certificate, SEQUENCE)?;
    // The version is there from version 2 on.
    let after_version = match element(to_be_signed, VERSION) {
        Ok((_, rest)) => rest,
        Err(_) => to_be_signed,
    };
    let (serial, _) = element(after_version, INTEGER)?;
    // A leading zero byte only says that the number is not negative.
    let digits = match serial {
        [0, rest @ ..] if !rest.is_empty() => rest,
        [] => return Err("found an empty serial number".to_owned()),
        other => other,
    };
    Ok(digits.iter().map(|byte| format!("{byte:02x}")).collect())
}

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const INTEGER: u8 = 0x02;

/// Splits off one element with this tag: its content, and what follows.
fn element(bytes: &[u8], tag: u8) -> Result<(&[u8], &[u8]), String> {
    let broken = || "found bytes that break off".to_owned();
    let (&first, rest) = bytes.split_first().ok_or_else(broken)?;
    if first != tag {
        return Err(if bytes.starts_with(b"-----") {
            "found PEM text: decode it first".to_owned()
        } else {
            format!("found byte {first:#04x} in place of {tag:#04x}")
        });
    }
    let (&short, rest) = rest.split_first().ok_or_else(broken)?;
    let (length, rest) = if short < 0x80 {
        (usize::from(short), rest)
    } else {
        let count = usize::from(short & 0x7f);
        let digits = rest.get(..count).filter(|_| (1..=4).contains(&count));
        let digits = digits.ok_or_else(broken)?;
        let length = digits
            .iter()
            .fold(0_usize, |sum, &digit| (sum << 8) | usize::from(digit));
        (length, rest.get(count..).ok_or_else(broken)?)
    };
    rest.split_at_checked(length).ok_or_else(broken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The frame of a certificate, as far as it is read.
    fn frame(version: bool, serial: &[u8]) -> Vec<u8> {
        let mut inner = Vec::new();
        if version {
            inner.extend([VERSION, 3, INTEGER, 1, 2]);
        }
        inner.extend([INTEGER, u8::try_from(serial.len()).unwrap()]);
        inner.extend(serial);
        let mut middle = vec![SEQUENCE, u8::try_from(inner.len()).unwrap()];
        middle.extend(inner);
        let mut outer = vec![SEQUENCE, 0x81, u8::try_from(middle.len()).unwrap()];
        outer.extend(middle);
        outer
    }

    #[test]
    fn serial_numbers_are_written_as_cleo_writes_them() {
        for (serial, text) in [
            (&[0x01][..], "01"),
            (&[0x0a, 0xbc], "0abc"),
            (&[0x00, 0xff, 0x01], "ff01"),
            (&[0x00], "00"),
        ] {
            assert_eq!(serial_number(&frame(true, serial)).unwrap(), text);
            assert_eq!(serial_number(&frame(false, serial)).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_certificate_is_said() {
        for (bytes, words) in [
            (&b""[..], "break off"),
            (b"-----BEGIN CERTIFICATE-----", "PEM"),
            (b"hello", "0x68"),
            (&[0x30, 0x85, 1, 1, 1, 1, 1], "break off"),
        ] {
            let error = serial_number(bytes).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
        let mut long = frame(true, &[1]);
        long.push(0);
        assert_eq!(serial_number(&long).unwrap_err(), "found 1 bytes behind it");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(serial) = serial_number(&bytes) {
                prop_assert!(serial.len().is_multiple_of(2) && !serial.is_empty());
            }
        }

        #[test]
        fn any_serial_number_comes_out(serial in proptest::collection::vec(any::<u8>(), 1..20)) {
            let text = serial_number(&frame(true, &serial)).unwrap();
            let whole: String = serial.iter().map(|byte| format!("{byte:02x}")).collect();
            prop_assert!(whole.ends_with(&text));
        }
    }
}
