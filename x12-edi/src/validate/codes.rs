//! A list of codes that is asked millions of times.

use crate::schema::CodeList;

/// The codes of one element in a table without chains: nearly always one look tells.
#[derive(Debug, Default)]
pub(super) struct CodeTable {
    /// A power of two, at most half full; 0 is free.
    slots: Vec<u64>,
    shift: u32,
    /// Codes of more than eight bytes, sorted.
    long: Vec<Box<[u8]>>,
}

/// Up to eight bytes in one word. No code begins with a NUL, so that lengths stay apart.
#[inline]
fn pack(code: &[u8]) -> Option<u64> {
    if code.len() > 8 || code.first().is_none_or(|&byte| byte == 0) {
        return None;
    }
    Some(
        code.iter()
            .fold(0, |word, &byte| (word << 8) | u64::from(byte)),
    )
}

impl CodeTable {
    pub(super) fn new(list: &CodeList) -> Self {
        let size = (list.len().max(1) * 2).next_power_of_two();
        let mut table = Self {
            slots: vec![0; size],
            shift: 64 - size.trailing_zeros(),
            long: Vec::new(),
        };
        for code in list.iter() {
            match pack(code) {
                Some(word) => table.insert(word),
                None => table.long.push(code.into()),
            }
        }
        table
    }

    #[inline]
    fn home(&self, word: u64) -> usize {
        // Fibonacci hashing: the high bits of the product are well mixed.
        (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }

    fn insert(&mut self, word: u64) {
        let mask = self.slots.len() - 1;
        let mut at = self.home(word);
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == 0 || *slot == word {
                *slot = word;
                return;
            }
            at = (at + 1) & mask;
        }
    }

    /// Whether the list has this code.
    #[inline]
    pub(super) fn contains(&self, code: &[u8]) -> bool {
        let Some(word) = pack(code) else {
            return self
                .long
                .binary_search_by(|known| (**known).cmp(code))
                .is_ok();
        };
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = self.home(word);
        while let Some(&slot) = self.slots.get(at) {
            if slot == word {
                return true;
            }
            if slot == 0 {
                return false;
            }
            at = (at + 1) & mask;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_as_the_list_does() {
        let codes: Vec<String> = (0..700).map(|n| format!("{:X}", n * 7)).collect();
        let more = ["EA", "ABCDEFGH", "ABCDEFGHI", "004010X222A1"];
        let list = CodeList::new(codes.iter().map(String::as_str).chain(more));
        let table = CodeTable::new(&list);
        for code in list.iter() {
            assert!(table.contains(code));
        }
        for code in ["", "ea", "E", "EAA", "\0EA", "ABCDEFGHJ", "12345678"] {
            assert_eq!(
                table.contains(code.as_bytes()),
                list.contains(code.as_bytes()),
                "{code}"
            );
        }
        assert!(!CodeTable::new(&CodeList::default()).contains(b"EA"));
    }
}
