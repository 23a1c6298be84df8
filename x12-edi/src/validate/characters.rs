//! What each byte means in data.

use super::switches::{Characters, Switches};
use crate::delimiters::Delimiters;

/// A byte outside the character set.
pub(super) const FORBIDDEN: u8 = 1;
/// The component separator.
pub(super) const COMPONENT: u8 = 2;
/// The repetition separator.
pub(super) const REPETITION: u8 = 4;
/// A byte of a character that takes several.
pub(super) const WIDE: u8 = 8;

/// The meaning of each byte under the delimiters of an interchange.
#[derive(Clone)]
pub(super) struct Classes {
    table: [u8; 256],
    delimiters: Delimiters,
}

fn is_basic(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || b" !\"&'()*+,-./:;?=".contains(&byte)
}

impl Classes {
    pub(super) fn new(delimiters: Delimiters, switches: &Switches) -> Self {
        let wide = switches.characters == Characters::Utf8;
        let checked = switches.character_set.is_on();
        let table = std::array::from_fn(|index| {
            let byte = u8::try_from(index).unwrap_or(0);
            if byte == delimiters.component {
                return COMPONENT;
            }
            if delimiters.repetition == Some(byte) {
                return REPETITION;
            }
            if byte == delimiters.element {
                return 0;
            }
            let allowed = match switches.characters {
                Characters::Basic => is_basic(byte),
                Characters::Extended => matches!(byte, b' '..=b'~'),
                Characters::Utf8 => matches!(byte, b' '..=b'~' | 0x80..),
                Characters::Unrestricted => true,
            };
            u8::from(checked && !allowed) * FORBIDDEN + u8::from(wide && byte >= 0x80) * WIDE
        });
        Self { table, delimiters }
    }

    pub(super) fn is_for(&self, delimiters: Delimiters) -> bool {
        self.delimiters == delimiters
    }

    #[inline]
    pub(super) fn of(&self, byte: u8) -> u8 {
        self.table.get(usize::from(byte)).copied().unwrap_or(0)
    }

    /// Everything that occurs in these bytes.
    #[inline]
    pub(super) fn all_of(&self, bytes: &[u8]) -> u8 {
        let mut chunks = bytes.chunks_exact(4);
        let mut all = [0_u8; 4];
        for chunk in &mut chunks {
            for (sum, &byte) in all.iter_mut().zip(chunk) {
                *sum |= self.of(byte);
            }
        }
        let rest = chunks
            .remainder()
            .iter()
            .fold(0, |sum, &byte| sum | self.of(byte));
        all.iter().fold(rest, |sum, &part| sum | part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_set_of_characters_has_its_bytes() {
        let of = |characters, byte| {
            let mut switches = Switches::strict();
            switches.characters = characters;
            Classes::new(Delimiters::default(), &switches).of(byte)
        };
        for (byte, expected) in [
            (b'A', [0, 0, 0, 0]),
            (b'a', [FORBIDDEN, 0, 0, 0]),
            (b'\n', [FORBIDDEN, FORBIDDEN, FORBIDDEN, 0]),
            (0xe9, [FORBIDDEN, FORBIDDEN, WIDE, 0]),
            (b'>', [COMPONENT; 4]),
            (b'*', [0; 4]),
            (b'#', [FORBIDDEN, 0, 0, 0]),
        ] {
            let sets = [
                Characters::Basic,
                Characters::Extended,
                Characters::Utf8,
                Characters::Unrestricted,
            ];
            assert_eq!(sets.map(|set| of(set, byte)), expected, "{byte}");
        }
    }

    #[test]
    fn a_character_is_seen_anywhere() {
        let classes = Classes::new(Delimiters::default(), &Switches::strict());
        for length in 0..20 {
            for at in 0..length {
                let mut bytes = vec![b'A'; length];
                assert_eq!(classes.all_of(&bytes), 0);
                bytes[at] = b'>';
                assert_eq!(classes.all_of(&bytes), COMPONENT);
            }
        }
    }
}
