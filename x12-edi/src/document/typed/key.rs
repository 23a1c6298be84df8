//! Segment ids as numbers, which compare at once.

/// The id as a number: `PO1` is `0x50_4f_31`. An id that has neither two nor three bytes is
/// [`ODD`], which no segment of the standard has.
#[inline]
pub(crate) const fn key(id: &[u8]) -> u32 {
    match *id {
        // A zero would pass for an id that is one byte shorter, or for none.
        [0, ..] | [_, _, 0] => ODD,
        [a, b, c] => (a as u32) << 16 | (b as u32) << 8 | c as u32,
        [a, b] => (a as u32) << 16 | (b as u32) << 8,
        _ => ODD,
    }
}

/// The key of an id that is none.
pub(crate) const ODD: u32 = u32::MAX;

/// The keys that a set has somewhere, for quick answers.
#[derive(Debug)]
pub(crate) struct KnownKeys {
    /// Open addressing; 0 is free.
    slots: Box<[u32]>,
}

impl KnownKeys {
    pub(crate) fn new(keys: &[u32]) -> Self {
        let size = (2 * keys.len()).next_power_of_two().max(4);
        let mut known = Self {
            slots: vec![0; size].into(),
        };
        for &key in keys {
            let mut at = known.start(key);
            while let Some(slot) = known.slots.get_mut(at) {
                if *slot == 0 || *slot == key {
                    *slot = key;
                    break;
                }
                at = (at + 1) & (size - 1);
            }
        }
        known
    }

    #[inline]
    fn start(&self, key: u32) -> usize {
        let mixed = key.wrapping_mul(0x9e37_79b1) >> 16;
        usize::try_from(mixed).unwrap_or(0) & (self.slots.len() - 1)
    }

    #[inline]
    pub(crate) fn has(&self, key: u32) -> bool {
        let mut at = self.start(key);
        loop {
            match self.slots.get(at) {
                Some(&slot) if slot == key => return true,
                Some(&slot) if slot != 0 => at = (at + 1) & (self.slots.len() - 1),
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_apart() {
        assert_eq!(key(b"PO1"), 0x50_4f_31);
        assert_ne!(key(b"N1"), key(b"N10"));
        assert_eq!(key(b""), ODD);
        assert_eq!(key(b"N1\0"), ODD);
        assert_eq!(key(b"\0\0"), ODD);
        assert_eq!(key(b"LONG"), ODD);
        let known = KnownKeys::new(&[key(b"PO1"), key(b"N1"), key(b"REF"), key(b"REF")]);
        assert!(known.has(key(b"PO1")) && known.has(key(b"N1")) && known.has(key(b"REF")));
        assert!(!known.has(key(b"N2")) && !known.has(ODD));
        assert!(!KnownKeys::new(&[]).has(key(b"N2")));
    }
}
