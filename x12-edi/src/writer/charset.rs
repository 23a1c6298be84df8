//! Which byte may stand in data.

use super::buffer::BLOCK;
use super::options::CharacterSet;
use crate::delimiters::Delimiters;

/// What a byte is to the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Data,
    Delimiter,
    Forbidden,
}

/// What a block is compared with, each byte as often as a block is long: loading it is cheaper than
/// to spread it out again and again.
struct Patterns {
    /// One of them again where there is no repetition separator.
    delimiters: [[u8; BLOCK]; 4],
    /// The first byte of the character set, and how many follow.
    lowest: [u8; BLOCK],
    span: [u8; BLOCK],
}

impl Patterns {
    fn new(delimiters: Delimiters, lowest: u8, span: u8) -> Self {
        let delimiters = [
            delimiters.element,
            delimiters.component,
            delimiters.segment,
            delimiters.repetition.unwrap_or(delimiters.element),
        ];
        Self {
            delimiters: delimiters.map(|byte| [byte; BLOCK]),
            lowest: [lowest; BLOCK],
            span: [span; BLOCK],
        }
    }

    #[inline]
    fn count(&self, block: &[u8; BLOCK], counts: &mut [u8; BLOCK], forbidden: &mut [u8; BLOCK]) {
        let [element, component, segment, repetition] = &self.delimiters;
        let delimiters = element
            .iter()
            .zip(component)
            .zip(segment.iter().zip(repetition));
        let ranges = self.lowest.iter().zip(&self.span);
        let sums = counts.iter_mut().zip(forbidden);
        for (((&byte, ((a, b), (c, d))), (lowest, span)), (count, forbidden)) in
            block.iter().zip(delimiters).zip(ranges).zip(sums)
        {
            let is_delimiter = (byte == *a) | (byte == *b) | (byte == *c) | (byte == *d);
            let outside = byte.wrapping_sub(*lowest) > *span;
            *count = count.wrapping_add(u8::from(is_delimiter));
            *forbidden |= u8::from(outside & !is_delimiter);
        }
    }
}

/// The class of each byte under the delimiters and the character set of an interchange.
pub(super) struct Classes {
    table: [Class; 256],
    /// `None` if the character set is no range of bytes.
    blocks: Option<Patterns>,
    /// A byte that is data.
    filler: u8,
}

impl Classes {
    pub(super) fn new(delimiters: Delimiters, characters: CharacterSet) -> Self {
        let table = std::array::from_fn(|index| {
            let byte = u8::try_from(index).unwrap_or(0);
            if delimiters.contains(byte) {
                Class::Delimiter
            } else if allowed(byte, characters) {
                Class::Data
            } else {
                Class::Forbidden
            }
        });
        Self {
            table,
            blocks: match characters {
                CharacterSet::Basic => None,
                CharacterSet::Extended => Some(Patterns::new(delimiters, b' ', b'~' - b' ')),
                CharacterSet::Unrestricted => Some(Patterns::new(delimiters, 0, u8::MAX)),
            },
            filler: (b'0'..=b'9')
                .find(|&byte| !delimiters.contains(byte))
                .unwrap_or(b'0'),
        }
    }

    /// With what blocks are filled up.
    #[inline]
    pub(super) fn filler(&self) -> u8 {
        self.filler
    }

    #[inline]
    pub(super) fn of(&self, byte: u8) -> Class {
        self.table
            .get(usize::from(byte))
            .copied()
            .unwrap_or(Class::Forbidden)
    }

    /// The first byte that is not plain data.
    #[inline]
    pub(super) fn first_bad(&self, bytes: &[u8]) -> Option<u8> {
        bytes
            .iter()
            .copied()
            .find(|&byte| self.of(byte) != Class::Data)
    }

    /// How many delimiters there are; `None` if there is a forbidden byte.
    #[inline]
    pub(super) fn count_delimiters(&self, blocks: &[[u8; BLOCK]]) -> Option<usize> {
        let Some(patterns) = &self.blocks else {
            return self.count_by_table(blocks.as_flattened());
        };
        let mut total = 0;
        let mut forbidden = [0_u8; BLOCK];
        // In chunks of 127 blocks two counters together fit a byte. The compiler makes wide
        // operations of this; to count what is there is cheaper than to look into each element.
        for chunk in blocks.chunks(127) {
            let mut counts = [0_u8; BLOCK];
            for block in chunk {
                patterns.count(block, &mut counts, &mut forbidden);
            }
            total += sum(&counts);
        }
        (forbidden == [0; BLOCK]).then_some(total)
    }

    fn count_by_table(&self, bytes: &[u8]) -> Option<usize> {
        let mut count = 0;
        for &byte in bytes {
            match self.of(byte) {
                Class::Data => {}
                Class::Delimiter => count += 1,
                Class::Forbidden => return None,
            }
        }
        Some(count)
    }
}

/// The sum of bytes of which any two together are less than 256.
#[inline]
fn sum(counts: &[u8; BLOCK]) -> usize {
    let words = counts.as_chunks::<8>().0.iter();
    let folded = words.fold(0_u64, |sum, word| {
        sum.wrapping_add(u64::from_le_bytes(*word))
    });
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    let pairs = (folded & EVEN) + (folded >> 8 & EVEN);
    (pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48) as usize
}

fn allowed(byte: u8, characters: CharacterSet) -> bool {
    let basic =
        byte.is_ascii_uppercase() || byte.is_ascii_digit() || b" !\"&'()*+,-./:;?=".contains(&byte);
    let extended = byte.is_ascii_lowercase() || b"%~@[]_{}\\|<>#$^`".contains(&byte);
    match characters {
        CharacterSet::Basic => basic,
        CharacterSet::Extended => basic || extended,
        CharacterSet::Unrestricted => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn delimiters_come_before_characters() {
        let classes = Classes::new(Delimiters::default(), CharacterSet::Extended);
        assert_eq!(classes.of(b'*'), Class::Delimiter);
        assert_eq!(classes.of(b'a'), Class::Data);
        assert_eq!(classes.of(b'\n'), Class::Forbidden);
        assert_eq!(classes.of(0xc3), Class::Forbidden);
        assert_eq!(classes.first_bad(b"AB>C"), Some(b'>'));
        let basic = Classes::new(Delimiters::default(), CharacterSet::Basic);
        assert_eq!(basic.of(b'a'), Class::Forbidden);
        let any = Classes::new(Delimiters::default(), CharacterSet::Unrestricted);
        assert_eq!(any.of(0xc3), Class::Data);
    }

    #[test]
    fn the_extended_set_is_printable_ascii() {
        for byte in 0..=u8::MAX {
            let printable = (b' '..=b'~').contains(&byte);
            assert_eq!(allowed(byte, CharacterSet::Extended), printable, "{byte}");
        }
    }

    proptest! {
        #[test]
        fn counting_by_blocks_is_counting_by_table(
            bytes in prop::collection::vec(
                prop_oneof![8 => b' '..=b'~', 1 => any::<u8>()], 0..400),
            segment in prop::sample::select(vec![b'~', b'\n', 0x1c, 0xff]),
            repetition in prop::option::of(Just(b'^')),
            characters in prop::sample::select(
                vec![CharacterSet::Extended, CharacterSet::Unrestricted]),
        ) {
            let delimiters = Delimiters { element: b'*', component: b'>', segment, repetition, release: None };
            let classes = Classes::new(delimiters, characters);
            let mut padded = bytes.clone();
            padded.resize(bytes.len().div_ceil(BLOCK) * BLOCK, classes.filler());
            let blocks = padded.as_chunks().0;
            prop_assert_eq!(classes.count_delimiters(blocks), classes.count_by_table(&bytes));
        }
    }
}
