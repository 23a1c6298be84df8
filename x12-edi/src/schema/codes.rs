//! Lists of codes.

use std::fmt;

/// A list of codes, sorted by byte value.
///
/// Codes of up to eight bytes (all of the standard's are) are compared as one number each.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CodeList {
    /// The first eight bytes of each code, most significant first, filled up with zeros.
    keys: Vec<u64>,
    /// All codes, one after another.
    text: Vec<u8>,
    /// Where each code ends in `text`.
    ends: Vec<u32>,
}

impl CodeList {
    /// A list of these codes, in any order; doubles count once.
    #[must_use]
    pub fn new<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        let mut codes: Vec<&str> = codes.into_iter().collect();
        if !codes.is_sorted() {
            codes.sort_unstable();
        }
        codes.dedup();
        let mut list = Self {
            keys: Vec::with_capacity(codes.len()),
            text: Vec::with_capacity(codes.iter().map(|code| code.len()).sum()),
            ends: Vec::with_capacity(codes.len()),
        };
        for code in codes {
            list.text.extend_from_slice(code.as_bytes());
            // A list of 4 GiB is cut off rather than wrong.
            let Ok(end) = u32::try_from(list.text.len()) else {
                break;
            };
            list.ends.push(end);
            list.keys.push(key(code.as_bytes()));
        }
        list
    }

    /// Whether the list has this code.
    #[must_use]
    pub fn contains(&self, code: &[u8]) -> bool {
        let key = key(code);
        let first = self.keys.partition_point(|&known| known < key);
        self.keys
            .iter()
            .enumerate()
            .skip(first)
            .take_while(|&(_, &known)| known == key)
            .any(|(place, _)| self.code(place) == code)
    }

    /// The codes, sorted.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        (0..self.ends.len()).map(|place| self.code(place))
    }

    /// How many codes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn code(&self, place: usize) -> &[u8] {
        let offset = |end: Option<&u32>| end.and_then(|&end| usize::try_from(end).ok());
        let start = place
            .checked_sub(1)
            .and_then(|before| offset(self.ends.get(before)))
            .unwrap_or(0);
        let end = offset(self.ends.get(place)).unwrap_or(start);
        self.text.get(start..end).unwrap_or(&[])
    }
}

impl fmt::Debug for CodeList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(String::from_utf8_lossy))
            .finish()
    }
}

fn key(code: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(code) {
        *to = *from;
    }
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_list_is_a_set(codes in proptest::collection::vec("[A-C\0]{0,3}|[A-B]{7,10}", 0..40),
                           probe in "[A-C\0]{0,3}|[A-B]{7,10}") {
            let list = CodeList::new(codes.iter().map(String::as_str));
            let set: BTreeSet<&[u8]> = codes.iter().map(|code| code.as_bytes()).collect();
            prop_assert_eq!(list.iter().collect::<Vec<_>>(), set.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(list.len(), set.len());
            for code in &codes {
                prop_assert!(list.contains(code.as_bytes()));
            }
            prop_assert_eq!(list.contains(probe.as_bytes()), set.contains(probe.as_bytes()));
        }
    }
}
