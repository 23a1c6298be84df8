//! Text that needs no allocation as long as it is short, as the texts of X12 nearly always are.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// The most bytes that need no allocation.
const INLINE: usize = 30;

/// The text of an element: UTF-8, without an allocation up to 30 bytes.
///
/// It is made from `&str` or `String`, read with [`as_str`](Self::as_str), and compares with
/// `&str`.
///
/// ```
/// use x12_edi::value::Text;
/// let unit: Text = "EA".into();
/// assert_eq!(unit, "EA");
/// assert_eq!(unit.as_str().to_lowercase(), "ea");
/// ```
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    /// The first `len` bytes are UTF-8.
    Inline {
        len: u8,
        bytes: [u8; INLINE],
    },
    Heap(Box<str>),
}

impl Text {
    /// No characters.
    pub const EMPTY: Self = Self(Repr::Inline {
        len: 0,
        bytes: [0; INLINE],
    });

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // What was copied in is UTF-8, so that the default is never taken.
            Repr::Inline { .. } => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Repr::Heap(text) => text,
        }
    }

    /// Its bytes in UTF-8.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or(bytes),
            Repr::Heap(text) => text.as_bytes(),
        }
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether there is no character.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// Empties it.
    pub fn clear(&mut self) {
        *self = Self::EMPTY;
    }

    /// The first `len` bytes of `tail`, which are ASCII.
    #[inline]
    pub(crate) fn from_ascii(tail: &[u8], len: usize) -> Self {
        if let (0..=INLINE, Some(&bytes)) = (len, tail.first_chunk::<INLINE>()) {
            let len = len as u8;
            let bytes = only(bytes, len);
            return Self(Repr::Inline { len, bytes });
        }
        let ascii = tail.get(..len).unwrap_or_default();
        match Self::inline(ascii) {
            Some(text) => text,
            None => Self::long(ascii),
        }
    }

    #[inline(never)]
    fn long(ascii: &[u8]) -> Self {
        match String::from_utf8(ascii.to_vec()) {
            Ok(text) => Self(Repr::Heap(text.into_boxed_str())),
            Err(_) => Self::decoded(ascii),
        }
    }

    /// UTF-8, or Latin-1 where it is not that.
    pub(crate) fn decoded(bytes: &[u8]) -> Self {
        crate::segment::decode(bytes).into()
    }

    /// `bytes` must be UTF-8.
    #[inline]
    fn inline(utf8: &[u8]) -> Option<Self> {
        let mut bytes = [0; INLINE];
        let len = u8::try_from(utf8.len()).ok()?;
        bytes.get_mut(..utf8.len())?.copy_from_slice(utf8);
        Some(Self(Repr::Inline { len, bytes }))
    }
}

/// The first `len` bytes; the rest is zero. It may be an account number, which must not stay in
/// memory behind a text that has nothing to do with it. Without a branch, so that it costs a few
/// vector instructions.
#[inline]
fn only(mut bytes: [u8; INLINE], len: u8) -> [u8; INLINE] {
    for (place, byte) in (0..INLINE as u8).zip(&mut bytes) {
        *byte = if place < len { *byte } else { 0 };
    }
    bytes
}

impl Default for Text {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::inline(text.as_bytes()).unwrap_or_else(|| Self(Repr::Heap(text.into())))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::inline(text.as_bytes()).unwrap_or_else(|| Self(Repr::Heap(text.into_boxed_str())))
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<&Self> for Text {
    fn from(text: &Self) -> Self {
        text.clone()
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        match text.0 {
            Repr::Inline { .. } => text.as_str().to_owned(),
            Repr::Heap(text) => text.into(),
        }
    }
}

impl FromStr for Text {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Text {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // As `str` hashes, because a map of texts is asked with a `str`.
        self.as_str().hash(state);
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<String> for Text {
    fn eq(&self, other: &String) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<Text> for str {
    fn eq(&self, other: &Text) -> bool {
        other == self
    }
}

impl PartialEq<Text> for &str {
    fn eq(&self, other: &Text) -> bool {
        other == self
    }
}

impl PartialEq<Text> for String {
    fn eq(&self, other: &Text) -> bool {
        other == self
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <Cow<'de, str>>::deserialize(deserializer).map(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_optional_text_is_no_larger_than_a_text() {
        assert_eq!(size_of::<Text>(), 32);
        assert_eq!(size_of::<Option<Text>>(), 32);
    }

    proptest! {
        #[test]
        fn nothing_that_stood_behind_a_short_text_stays(
            tail in prop::collection::vec(b'0'..=b'z', 0..64), length in 0_usize..64,
        ) {
            let length = length.min(tail.len());
            let text = Text::from_ascii(&tail, length);
            prop_assert_eq!(text.as_bytes(), &tail[..length]);
            if let Repr::Inline { bytes, .. } = &text.0 {
                prop_assert!(bytes[length..].iter().all(|&byte| byte == 0), "{:?}", bytes);
            }
        }

        #[test]
        fn it_is_the_text_that_went_in(text in "\\PC{0,40}", other in "\\PC{0,40}") {
            let made: Text = text.as_str().into();
            prop_assert_eq!(made.as_str(), text.as_str());
            prop_assert_eq!(&made, &Text::from(text.clone()));
            prop_assert_eq!(String::from(made.clone()), text.clone());
            prop_assert_eq!(made.to_string(), text.clone());
            prop_assert_eq!(made.len(), text.len());
            prop_assert_eq!(Text::from(other.as_str()).cmp(&made), other.cmp(&text));
            prop_assert_eq!(Text::decoded(text.as_bytes()), made.clone());
            let set: HashSet<Text> = [made].into();
            prop_assert!(set.contains(text.as_str()));
        }
    }
}
