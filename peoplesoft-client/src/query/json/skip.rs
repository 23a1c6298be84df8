//! A value that says nothing: passed over byte by byte, however large, without being kept.

use super::scan::Cursor;

/// How far into a value that is passed over.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Skip {
    depth: u32,
    within: Within,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Within {
    /// Before the value, or between its parts.
    #[default]
    Gap,
    /// In a number or a word.
    Bare,
    Text,
    /// After a backslash in a text.
    Escape,
}

impl Skip {
    /// Takes bytes to the end of the value, or all there are; whether the value is over.
    pub(super) fn take(&mut self, cursor: &mut Cursor<'_>) -> bool {
        while let Some(byte) = cursor.bytes.get(cursor.at).copied() {
            let ends = match (self.within, byte) {
                (Within::Escape, _) => {
                    self.within = Within::Text;
                    false
                }
                (Within::Text, b'\\') => {
                    self.within = Within::Escape;
                    false
                }
                (Within::Text, b'"') => {
                    self.within = Within::Gap;
                    self.depth == 0
                }
                (Within::Text, _) => false,
                (Within::Bare, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r') => {
                    if self.depth == 0 {
                        return true;
                    }
                    self.within = Within::Gap;
                    continue;
                }
                (_, b'"') => {
                    self.within = Within::Text;
                    false
                }
                (_, b'{' | b'[') => {
                    self.depth = self.depth.saturating_add(1);
                    self.within = Within::Gap;
                    false
                }
                (_, b'}' | b']') => {
                    // A bracket that closes nothing ends the value, and is not part of it.
                    if self.depth == 0 {
                        return true;
                    }
                    self.depth -= 1;
                    self.depth == 0
                }
                (_, b',') if self.depth == 0 => return true,
                (_, b',' | b':' | b' ' | b'\t' | b'\n' | b'\r') => {
                    self.within = Within::Gap;
                    false
                }
                _ => {
                    self.within = Within::Bare;
                    false
                }
            };
            cursor.at += 1;
            if ends {
                return true;
            }
        }
        false
    }

    /// Whether the value is whole if nothing follows: a bare number or word outside of brackets.
    pub(super) fn may_end(&self) -> bool {
        self.depth == 0 && self.within == Within::Bare
    }
}
