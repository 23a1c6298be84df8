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

/// The class of each byte under the delimiters and the character set of an interchange.
pub(super) struct Classes {
    table: [Class; 256],
    /// Bytes from `lowest` on, so many, are in the character set; `None` if it is no range.
    range: Option<(u8, u8)>,
    /// The delimiters, one of them again where there is no repetition separator.
    delimiters: [u8; 4],
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
            range: match characters {
                CharacterSet::Basic => None,
                CharacterSet::Extended => Some((b' ', b'~' - b' ')),
                CharacterSet::Unrestricted => Some((0, u8::MAX)),
            },
            delimiters: [
                delimiters.element,
                delimiters.component,
                delimiters.segment,
                delimiters.repetition.unwrap_or(delimiters.element),
            ],
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
        let Some((lowest, span)) = self.range else {
            return self.count_by_table(blocks.as_flattened());
        };
        let [element, component, segment, repetition] = self.delimiters;
        let mut total = 0;
        let mut forbidden = [0_u8; BLOCK];
        // In chunks of 255 blocks the counters fit a byte. The compiler makes wide operations of
        // this; to count what is there is cheaper than to look into each element before.
        for chunk in blocks.chunks(255) {
            let mut counts = [0_u8; BLOCK];
            for block in chunk {
                for ((count, forbidden), &byte) in counts.iter_mut().zip(&mut forbidden).zip(block)
                {
                    let is_delimiter = (byte == element)
                        | (byte == component)
                        | (byte == segment)
                        | (byte == repetition);
                    let outside = byte.wrapping_sub(lowest) > span;
                    *count = count.wrapping_add(u8::from(is_delimiter));
                    *forbidden |= u8::from(outside & !is_delimiter);
                }
            }
            total += counts
                .iter()
                .map(|&count| usize::from(count))
                .sum::<usize>();
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
            let delimiters = Delimiters { element: b'*', component: b'>', segment, repetition };
            let classes = Classes::new(delimiters, characters);
            let mut padded = bytes.clone();
            padded.resize(bytes.len().div_ceil(BLOCK) * BLOCK, classes.filler());
            let blocks = padded.as_chunks().0;
            prop_assert_eq!(classes.count_delimiters(blocks), classes.count_by_table(&bytes));
        }
    }
}
