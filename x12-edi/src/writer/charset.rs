//! Which byte may stand in data.

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
pub(super) struct Classes([Class; 256]);

impl Classes {
    pub(super) fn new(delimiters: Delimiters, characters: CharacterSet) -> Self {
        Self(std::array::from_fn(|index| {
            let byte = u8::try_from(index).unwrap_or(0);
            if delimiters.contains(byte) {
                Class::Delimiter
            } else if allowed(byte, characters) {
                Class::Data
            } else {
                Class::Forbidden
            }
        }))
    }

    #[inline]
    pub(super) fn of(&self, byte: u8) -> Class {
        self.0
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
}
