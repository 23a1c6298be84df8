//! Other letters and digits of the same shape, always the same ones for the same value and seed.

use crate::delimiters::Delimiters;

#[derive(Clone, Copy)]
pub(super) struct Shape {
    seed: u64,
}

impl Shape {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Letters become letters, digits digits; the rest stays.
    pub(super) fn text(self, bytes: &[u8], delimiters: Delimiters, out: &mut Vec<u8>) {
        let from = out.len();
        let mut stream = self.stream(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                for character in text.chars() {
                    replace(character, &mut stream, out);
                }
            }
            Err(_) => {
                for &byte in bytes {
                    if byte.is_ascii() {
                        replace(char::from(byte), &mut stream, out);
                    } else {
                        out.push(0xe9);
                    }
                }
            }
        }
        keep_separators(bytes, delimiters, out, from);
    }

    /// A number with as many digits, whose first digit stays zero or becomes another one.
    pub(super) fn number(self, bytes: &[u8], delimiters: Delimiters, out: &mut Vec<u8>) {
        let from = out.len();
        let mut stream = self.stream(bytes);
        let mut leading = true;
        for &byte in bytes {
            let is_zero = byte == b'0';
            out.push(match byte {
                b'0'..=b'9' if leading && is_zero => byte,
                b'0'..=b'9' => digit(&mut stream, leading),
                b'A'..=b'Z' => letter(&mut stream, b'A'),
                b'a'..=b'z' => letter(&mut stream, b'a'),
                other => other,
            });
            leading &= !byte.is_ascii_digit() || is_zero;
        }
        keep_separators(bytes, delimiters, out, from);
    }

    /// Bytes between segments: line ends and terminators, now and then what should not be there.
    pub(super) fn gap(self, bytes: &[u8], out: &mut Vec<u8>) {
        const MARK: &[u8] = &[0xef, 0xbb, 0xbf];
        let mut rest = bytes;
        if let Some(behind) = rest.strip_prefix(MARK) {
            out.extend_from_slice(MARK);
            rest = behind;
        }
        let mut stream = self.stream(rest);
        for &byte in rest {
            if byte.is_ascii() {
                replace(char::from(byte), &mut stream, out);
            } else {
                out.push(0xe9);
            }
        }
    }

    /// FNV-1a over seed and value: stable across machines and releases.
    fn stream(self, bytes: &[u8]) -> u64 {
        let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = self
            .seed
            .to_le_bytes()
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, mix);
        bytes.iter().fold(hash, mix)
    }
}

/// SplitMix64.
fn next(stream: &mut u64) -> u64 {
    *stream = stream.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *stream;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A number below `limit`, which is small.
fn below(stream: &mut u64, limit: u8) -> u8 {
    u8::try_from(next(stream) % u64::from(limit)).unwrap_or(0)
}

fn letter(stream: &mut u64, first: u8) -> u8 {
    first + below(stream, 26)
}

fn digit(stream: &mut u64, not_zero: bool) -> u8 {
    if not_zero {
        b'1' + below(stream, 9)
    } else {
        b'0' + below(stream, 10)
    }
}

fn replace(character: char, stream: &mut u64, out: &mut Vec<u8>) {
    let mut buffer = [0; 4];
    let same_length: &[u8] = match character {
        'A'..='Z' => return out.push(letter(stream, b'A')),
        'a'..='z' => return out.push(letter(stream, b'a')),
        '0'..='9' => return out.push(digit(stream, false)),
        other if other.is_alphanumeric() => match other.len_utf8() {
            2 => "é".as_bytes(),
            3 => "ア".as_bytes(),
            _ => "𝐀".as_bytes(),
        },
        other => other.encode_utf8(&mut buffer).as_bytes(),
    };
    out.extend_from_slice(same_length);
}

/// Where delimiters are letters or digits, none may come into the data.
fn keep_separators(bytes: &[u8], delimiters: Delimiters, out: &mut [u8], from: usize) {
    if delimiters.unusual().is_none() {
        return;
    }
    let written = out.get_mut(from..).unwrap_or_default();
    for (byte, &original) in written.iter_mut().zip(bytes) {
        if delimiters.contains(*byte) {
            *byte = original;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(seed: u64, value: &str) -> String {
        let mut out = Vec::new();
        Shape::new(seed).text(value.as_bytes(), Delimiters::default(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn replacements_never_change_from_release_to_release() {
        assert_eq!(text(42, "US001-4711"), text(42, "US001-4711"));
        assert_ne!(text(42, "US001-4711"), text(43, "US001-4711"));
    }

    #[test]
    fn numbers_keep_their_size() {
        for (number, pattern) in [
            ("0.50", "0.dd"),
            ("-12.5", "-nd.d"),
            ("1000", "nddd"),
            ("0", "0"),
        ] {
            let mut out = Vec::new();
            Shape::new(7).number(number.as_bytes(), Delimiters::default(), &mut out);
            assert_eq!(out.len(), number.len());
            for (byte, shape) in out.iter().zip(pattern.bytes()) {
                match shape {
                    b'n' => assert!((b'1'..=b'9').contains(byte)),
                    b'd' => assert!(byte.is_ascii_digit()),
                    other => assert_eq!(*byte, other),
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_shape_stays(value in any::<String>(), seed in any::<u64>()) {
            let masked = text(seed, &value);
            prop_assert_eq!(masked.len(), value.len());
            for (a, b) in masked.chars().zip(value.chars()) {
                prop_assert_eq!(a.is_ascii_digit(), b.is_ascii_digit());
                prop_assert_eq!(a.is_ascii_uppercase(), b.is_ascii_uppercase());
                prop_assert!(b.is_alphanumeric() || a == b);
            }
        }
    }
}
