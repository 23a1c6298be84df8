//! The one loop over all bytes: finds element separators and the segment terminator.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const LOW_SEVEN: u64 = u64::from_ne_bytes([0x7f; 8]);

/// The top bit of each byte of `word` that equals the byte repeated in `pattern`; exact.
#[inline]
fn matches(word: u64, pattern: u64) -> u64 {
    let difference = word ^ pattern;
    !(((difference & LOW_SEVEN) + LOW_SEVEN) | difference | LOW_SEVEN)
}

/// Appends the end of the id and of each element to `ends`; gives the place of the terminator.
///
/// Eight bytes at a time: delimiters come every six bytes or so, which makes searching for the
/// next one slower than testing all.
#[inline]
pub(super) fn segment(
    bytes: &[u8],
    from: usize,
    element: u8,
    terminator: u8,
    ends: &mut Vec<u32>,
) -> Option<usize> {
    let elements = ONES * u64::from(element);
    let terminators = ONES * u64::from(terminator);
    let (words, tail) = bytes.get(from..)?.as_chunks::<8>();
    let mut base = from;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let ended = matches(word, terminators);
        let mut hits = matches(word, elements) | ended;
        while hits != 0 {
            let at = base + (hits.trailing_zeros() >> 3) as usize;
            ends.push(at as u32);
            if ended & hits & hits.wrapping_neg() != 0 {
                return Some(at);
            }
            hits &= hits - 1;
        }
        base += 8;
    }
    for (index, &byte) in tail.iter().enumerate() {
        if byte == element || byte == terminator {
            ends.push((base + index) as u32);
            if byte == terminator {
                return Some(base + index);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// The same byte by byte.
    fn plain(bytes: &[u8], element: u8, terminator: u8) -> (Option<usize>, Vec<u32>) {
        let mut ends = Vec::new();
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == element || byte == terminator {
                ends.push(u32::try_from(at).unwrap());
            }
            if byte == terminator {
                return (Some(at), ends);
            }
        }
        (None, ends)
    }

    proptest! {
        #[test]
        fn words_and_bytes_agree(
            bytes in proptest::collection::vec(prop_oneof![Just(b'*'), Just(b'~'), Just(0xaa), any::<u8>()], 0..80),
        ) {
            let mut ends = Vec::new();
            let found = super::segment(&bytes, 0, b'*', b'~', &mut ends);
            prop_assert_eq!((found, ends), plain(&bytes, b'*', b'~'));
        }
    }
}
