//! Text that PostgreSQL can keep, and names of keys that fit an index.

use std::borrow::Cow;

use crate::record::Version;
use crate::stream::StreamKey;

/// Never a character of any text (a Unicode noncharacter), so that it can announce the one that PostgreSQL refuses.
const ESCAPE: char = '\u{FFFE}';

/// The text with what stands for NUL in its place, which PostgreSQL does not keep in a text.
pub(super) fn pack(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let mut packed = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\0' => packed.extend([ESCAPE, '0']),
            ESCAPE => packed.extend([ESCAPE, '1']),
            other => packed.push(other),
        }
    }
    Cow::Owned(packed)
}

/// The inverse of [`pack`].
pub(super) fn unpack(text: &str) -> Box<str> {
    if !text.contains(ESCAPE) {
        return text.into();
    }
    let mut unpacked = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            ESCAPE => unpacked.push(match characters.next() {
                Some('0') => '\0',
                _ => ESCAPE,
            }),
            other => unpacked.push(other),
        }
    }
    unpacked.into()
}

/// What a business key is looked up by: a key may be longer than an entry of an index may be.
pub(super) fn key_id(key: &str) -> [u8; 16] {
    Version::of(key.as_bytes()).0
}

/// What a stream is looked up by.
pub(super) fn stream_id(stream: &StreamKey) -> [u8; 16] {
    id_of(&[stream.tenant(), stream.pipeline(), stream.partition()])
}

/// What a series of a tenant is looked up by.
pub(super) fn series_id(tenant: &str, name: &str) -> [u8; 16] {
    id_of(&[tenant, name])
}

/// The hash of several texts, so that no two lists of texts are joined to the same bytes.
fn id_of(texts: &[&str]) -> [u8; 16] {
    let mut joined = Vec::new();
    for text in texts {
        joined.extend_from_slice(&(text.len() as u64).to_le_bytes());
        joined.extend_from_slice(text.as_bytes());
    }
    Version::of(&joined).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_text_comes_back(text in "[a\0\u{FFFE}01é]{0,12}") {
            let packed = pack(&text).into_owned();
            prop_assert!(!packed.contains('\0'));
            prop_assert_eq!(&*unpack(&packed), text.as_str());
        }
    }
}
