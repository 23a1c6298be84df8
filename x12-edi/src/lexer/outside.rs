//! Before the first interchange, between interchanges and after the last one.

use super::header::{self, Recognised};
use super::{Lexer, Note, NotePlace, Step};
use crate::finding::FindingCode;

/// Bytes outside any interchange, whose end is not known yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Garbage {
    length: u64,
    sample: Vec<u8>,
}

/// How many bytes of garbage a finding shows.
pub(super) const SAMPLE: usize = 80;

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

impl Lexer {
    pub(super) fn outside(&mut self, window: &[u8], from: usize, eof: bool) -> Step {
        let mut at = from;
        loop {
            let rest = window.get(at..).unwrap_or_default();
            let Some(&first) = rest.first() else {
                return match (eof, at > from) {
                    (true, _) => self.end_of_input(),
                    (false, true) => Step::Skip(at),
                    (false, false) => Step::NeedMore,
                };
            };
            if self.garbage.is_none() {
                if first <= b' ' || first == 0x7f {
                    at += 1;
                    continue;
                }
                // A byte order mark, also where files were joined.
                if let Some(known) = BYTE_ORDER_MARK.get(..rest.len().min(3))
                    && rest.starts_with(known)
                {
                    if known.len() == 3 {
                        at += 3;
                        continue;
                    } else if !eof {
                        return if at > from {
                            Step::Skip(at)
                        } else {
                            Step::NeedMore
                        };
                    }
                }
            }
            match header::recognise(rest, eof, &mut self.ends, &mut self.joined) {
                Recognised::Header(header) => {
                    self.end_garbage();
                    return self.begin(at, &header);
                }
                Recognised::NeedMore if at > from => return Step::Skip(at),
                Recognised::NeedMore => return Step::NeedMore,
                Recognised::No => {}
            }
            if self.garbage.is_none() && at > from {
                // So that the reader knows where the garbage begins.
                return Step::Skip(at);
            }
            let next = rest
                .iter()
                .skip(1)
                .position(|&b| b == b'I')
                .map_or(rest.len(), |n| n + 1);
            let garbage = self.garbage.get_or_insert_with(Garbage::default);
            let room = SAMPLE.saturating_sub(garbage.sample.len());
            let piece = rest.get(..next).unwrap_or_default();
            garbage
                .sample
                .extend_from_slice(piece.get(..room).unwrap_or(piece));
            garbage.length += next as u64;
            return Step::Skip(at + next);
        }
    }

    fn end_garbage(&mut self) {
        if let Some(garbage) = self.garbage.take() {
            let when = if self.seen_interchange {
                "after"
            } else {
                "before"
            };
            self.notes.push(Note {
                code: FindingCode::GarbageOutsideInterchange,
                place: NotePlace::Garbage,
                element: None,
                value: Some(garbage.sample),
                text: format!(
                    "{} bytes {when} an interchange belong to none",
                    garbage.length
                ),
            });
        }
    }

    fn end_of_input(&mut self) -> Step {
        self.end_garbage();
        if !self.seen_interchange {
            self.seen_interchange = true;
            self.notes.push(Note {
                code: FindingCode::NoInterchange,
                place: NotePlace::Input,
                element: None,
                value: None,
                text: "there is no interchange in the input".to_owned(),
            });
        }
        Step::End
    }
}
