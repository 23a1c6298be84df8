//! The same answers on any processor.

use super::{Marks, Places};

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const LOW_SEVEN: u64 = u64::from_ne_bytes([0x7f; 8]);
/// Gathers the lowest bits of eight bytes in the highest byte of the product.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// One bit for each byte of `word` that equals the byte repeated in `pattern`; exact.
#[inline]
fn matches(word: u64, pattern: u64) -> u64 {
    let difference = word ^ pattern;
    let top = !(((difference & LOW_SEVEN) + LOW_SEVEN) | difference | LOW_SEVEN);
    (top >> 7).wrapping_mul(GATHER) >> 56
}

/// Fills `places` with what is in `bytes`.
pub(super) fn scan(places: &mut Places, bytes: &[u8], marks: Marks) {
    let elements = ONES * u64::from(marks.element);
    let terminators = ONES * u64::from(marks.terminator);
    let (words, tail) = bytes.as_chunks::<8>();
    let mut base = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let ended = matches(word, terminators);
        let mut hits = matches(word, elements) | ended;
        while hits != 0 {
            let bit = hits & hits.wrapping_neg();
            places.push(base + hits.trailing_zeros() as usize, ended & bit != 0);
            hits ^= bit;
        }
        base += 8;
    }
    for (at, &byte) in tail.iter().enumerate() {
        if byte == marks.element || byte == marks.terminator {
            places.push(base + at, byte == marks.terminator);
        }
    }
}

/// The same where a release character makes the byte after it data.
pub(super) fn scan_released(places: &mut Places, bytes: &[u8], marks: Marks, release: u8) {
    let mut released = false;
    for (at, &byte) in bytes.iter().enumerate() {
        if released {
            released = false;
        } else if byte == release {
            released = true;
        } else if byte == marks.element || byte == marks.terminator {
            places.push(at, byte == marks.terminator);
        }
    }
}

/// Appends the end of the id and of each element to `ends`; gives the place of the terminator.
pub(super) fn find(bytes: &[u8], marks: Marks, ends: &mut Vec<u32>) -> Option<usize> {
    let mut released = false;
    for (at, &byte) in bytes.iter().enumerate() {
        if released {
            released = false;
        } else if Some(byte) == marks.release {
            released = true;
        } else if byte == marks.element || byte == marks.terminator {
            ends.push(at as u32);
            if byte == marks.terminator {
                return Some(at);
            }
        }
    }
    None
}

/// The number of LF.
pub(super) fn count_lines(bytes: &[u8]) -> u64 {
    // In chunks of 255 the counters fit a byte, which lets the compiler use wide registers.
    bytes
        .chunks(255)
        .map(|chunk| {
            let lines = chunk
                .iter()
                .fold(0_u8, |sum, &b| sum + u8::from(b == b'\n'));
            u64::from(lines)
        })
        .sum()
}
