//! Lower-case hexadecimal, the text form of bytes in a vault file and of a key.

use zeroize::Zeroizing;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The bytes as lower-case hexadecimal text, two digits a byte.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 0x0f] {
            if let Some(digit) = DIGITS.get(usize::from(nibble)) {
                text.push(char::from(*digit));
            }
        }
    }
    text
}

/// The bytes that `text` spells, or nothing unless it is an even number of lower-case digits.
///
/// Upper case is refused so that one value has one spelling: a changed byte in a vault file is
/// then always noticed. The answer is wiped when dropped, because it may be a key.
pub(super) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    // The whole length is reserved at once: growing would leave unwiped copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 2));
    for pair in digits.chunks_exact(2) {
        let &[high, low] = pair else { return None };
        bytes.push(nibble(high)? << 4 | nibble(low)?);
    }
    Some(bytes)
}

/// [`decode`] for a value of known length.
pub(super) fn decode_array<const N: usize>(text: &str) -> Option<Zeroizing<[u8; N]>> {
    let bytes = decode(text)?;
    let mut array = Zeroizing::new([0; N]);
    if bytes.len() != N {
        return None;
    }
    array.copy_from_slice(&bytes);
    Some(array)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(decode(&encode(&bytes)).unwrap().to_vec(), bytes);
        }
    }

    #[test]
    fn anything_but_pairs_of_lower_case_digits_is_refused() {
        assert_eq!(encode(&[0x00, 0xff, 0x1a]), "00ff1a");
        for text in ["0", "0g", "AB", " 00", "0x00", "é"] {
            assert!(decode(text).is_none(), "{text}");
        }
        assert!(decode_array::<2>("00ff").is_some());
        assert!(decode_array::<3>("00ff").is_none());
    }
}
