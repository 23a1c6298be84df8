//! HL01 and HL02 in bounded memory.

use std::collections::HashSet;

/// So many numbers out of sequence are remembered; beyond, nothing is said any more.
const MOST: usize = 65_536;

/// The levels of one set so far.
#[derive(Debug, Default)]
pub(super) struct Hierarchy {
    /// 1 up to this were there, as nearly all senders number.
    last: u64,
    others: HashSet<Box<[u8]>>,
    overflowed: bool,
}

fn number(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    // `007` is another text than `7`.
    text.parse().ok().filter(|_| !text.starts_with(['0', '+']))
}

impl Hierarchy {
    pub(super) fn clear(&mut self) {
        self.last = 0;
        self.others.clear();
        self.overflowed = false;
    }

    /// Whether a level of this number was there.
    pub(super) fn contains(&self, id: &[u8]) -> bool {
        self.overflowed
            || number(id).is_some_and(|number| (1..=self.last).contains(&number))
            || self.others.contains(id)
    }

    /// Notes a level; `false` if one of this number was there before.
    pub(super) fn insert(&mut self, id: &[u8]) -> bool {
        if number(id) == Some(self.last + 1) && self.others.is_empty() {
            self.last += 1;
            return true;
        }
        if self.contains(id) {
            return self.overflowed;
        }
        if self.others.len() >= MOST {
            self.overflowed = true;
            self.others = HashSet::new();
        } else {
            self.others.insert(id.into());
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_known_in_any_numbering() {
        let mut levels = Hierarchy::default();
        for id in ["1", "2", "3", "A", "9", "4"] {
            assert!(!levels.contains(id.as_bytes()));
            assert!(levels.insert(id.as_bytes()), "{id}");
        }
        for id in ["1", "3", "A", "4"] {
            assert!(!levels.insert(id.as_bytes()), "{id}");
        }
        assert!(!levels.contains(b"10") && !levels.contains(b"01"));
        levels.clear();
        assert!(!levels.contains(b"1"));
    }

    #[test]
    fn memory_is_bounded_and_silence_follows() {
        let mut levels = Hierarchy::default();
        for id in 0..=MOST {
            assert!(levels.insert(format!("X{id}").as_bytes()));
        }
        assert!(levels.others.is_empty());
        assert!(levels.contains(b"never seen") && levels.insert(b"X1"));
    }
}
