//! Segments that hold bytes of a declared length: BIN and BDS.

use super::{Lexer, MIN_SEGMENT, Step};
use crate::delimiters::Delimiters;
use crate::finding::FindingCode;

impl Lexer {
    /// `BIN*length*bytes` and `BDS*filter*length*bytes`, where bytes may be anything.
    pub(super) fn binary(&mut self, rest: &[u8], start: usize, eof: bool) -> Option<Step> {
        let Delimiters {
            element,
            segment: terminator,
            ..
        } = self.delimiters;
        if rest.len() < 4 {
            return (!eof).then_some(Step::NeedMore);
        }
        let length_element: usize = match rest {
            [b'B', b'I', b'N', sep, ..] if *sep == element => 1,
            [b'B', b'D', b'S', sep, ..] if *sep == element => 2,
            _ => return None,
        };
        // The elements before the data are short; the limit keeps a damaged one from running on.
        let head = rest.get(..MIN_SEGMENT).unwrap_or(rest);
        self.ends.clear();
        let mut length: Option<u64> = None;
        for (at, &byte) in head.iter().enumerate() {
            if byte == terminator {
                return None;
            }
            if byte == element {
                self.ends.push(u32::try_from(at).unwrap_or(u32::MAX));
                if self.ends.len() == length_element + 1 {
                    let from = self
                        .ends
                        .get(length_element - 1)
                        .map_or(0, |&end| end as usize + 1);
                    length = parse_length(head.get(from..at).unwrap_or_default());
                    break;
                }
            }
        }
        if self.ends.len() <= length_element {
            return (!eof && head.len() < MIN_SEGMENT).then_some(Step::NeedMore);
        }
        let data = self.ends.last().map_or(0, |&end| end as usize + 1);
        let Some(length) = length else {
            self.binary_note(
                start,
                length_element,
                "the length of binary data is not a number",
            );
            return None;
        };
        let end = (data as u64).saturating_add(length);
        if end > self.max_segment as u64 {
            return Some(self.too_long(start, start, end));
        }
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        match rest.get(end) {
            Some(&byte) if byte == terminator => {
                if self.delimiters.release.is_some() {
                    // What the index made of release characters among the bytes is of no use.
                    self.index.forget();
                }
                self.ends.push(u32::try_from(end).unwrap_or(u32::MAX));
                Some(Step::Segment {
                    start,
                    end: start + end,
                    next: start + end + 1,
                })
            }
            None if !eof => Some(Step::NeedMore),
            None if rest.len() == end => {
                self.ends.push(u32::try_from(end).unwrap_or(u32::MAX));
                let text = "the last segment ends with the input, not with a terminator".to_owned();
                self.note(FindingCode::SegmentUnterminated, start, None, text);
                Some(Step::Segment {
                    start,
                    end: start + end,
                    next: start + end,
                })
            }
            _ => {
                self.binary_note(
                    start,
                    length_element,
                    "no terminator follows the declared bytes",
                );
                None
            }
        }
    }

    fn binary_note(&mut self, start: usize, element: usize, text: &str) {
        self.note(FindingCode::BinaryLengthWrong, start, None, text.to_owned());
        if let Some(note) = self.notes.last_mut() {
            note.element = Some(element);
        }
    }
}

fn parse_length(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 15 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |sum, byte| sum * 10 + u64::from(byte - b'0')),
    )
}
