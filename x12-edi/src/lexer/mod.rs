//! Bytes to spans: where interchanges begin, where segments and elements end.
//!
//! One state machine serves slices and streams. It decides only on bytes that cannot change any
//! more, so that a stream gives the same answers however it is cut into chunks.

mod header;
mod scan;

use header::Header;
use header::Recognised;

use crate::delimiters::Delimiters;
use crate::finding::FindingCode;

/// What the bytes at the current place are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// More bytes are needed to tell.
    NeedMore,
    /// The bytes up to here are no segment.
    Skip(usize),
    /// A segment `start..end`; the next one is looked for at `next`.
    Segment {
        start: usize,
        end: usize,
        next: usize,
    },
    /// The input is at its end.
    End,
}

/// Something to report; places are indexes of the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) code: FindingCode,
    pub(crate) place: NotePlace,
    pub(crate) element: Option<usize>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) text: String,
}

/// Where a note belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotePlace {
    Window(usize),
    Garbage,
    /// The first byte of the input.
    Input,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first interchange or after an IEA.
    Outside,
    Inside,
    /// In a segment that is too long; so many bytes of it hold no terminator.
    Skipping(u64),
}

/// Bytes outside any interchange, whose end is not known yet.
#[derive(Debug, Clone, Default)]
struct Garbage {
    length: u64,
    sample: Vec<u8>,
}

/// How many bytes of garbage a finding shows.
const SAMPLE: usize = 80;

#[derive(Debug, Clone)]
pub(crate) struct Lexer {
    state: State,
    pub(crate) delimiters: Delimiters,
    max_segment: usize,
    garbage: Option<Garbage>,
    seen_interchange: bool,
    pub(crate) notes: Vec<Note>,
}

impl Lexer {
    pub(crate) fn new(max_segment: usize) -> Self {
        Self {
            state: State::Outside,
            delimiters: Delimiters::default(),
            max_segment,
            garbage: None,
            seen_interchange: false,
            notes: Vec::new(),
        }
    }

    pub(crate) fn set_max_segment(&mut self, bytes: usize) {
        self.max_segment = bytes.clamp(MIN_SEGMENT, u32::MAX as usize - 1);
    }

    /// Whether garbage has begun, whose place the reader must remember.
    pub(crate) fn in_garbage(&self) -> bool {
        self.garbage.is_some()
    }

    /// Looks at `window` from `from` on. Element ends go to `ends`, relative to the segment.
    #[inline]
    pub(crate) fn step(
        &mut self,
        window: &[u8],
        from: usize,
        eof: bool,
        ends: &mut Vec<u32>,
    ) -> Step {
        match self.state {
            State::Inside => self.inside(window, from, eof, ends),
            State::Outside => self.outside(window, from, eof, ends),
            State::Skipping(bytes) => self.skip_long(window, from, eof, bytes),
        }
    }

    fn note(&mut self, code: FindingCode, at: usize, value: Option<&[u8]>, text: String) {
        self.notes.push(Note {
            code,
            place: NotePlace::Window(at),
            element: None,
            value: value.map(|bytes| bytes.get(..SAMPLE * 2).unwrap_or(bytes).to_vec()),
            text,
        });
    }

    #[inline]
    fn inside(&mut self, window: &[u8], from: usize, eof: bool, ends: &mut Vec<u32>) -> Step {
        let Delimiters {
            element,
            segment: terminator,
            ..
        } = self.delimiters;
        let mut start = from;
        // Line ends and blanks before a segment id, and empty segments.
        loop {
            match window.get(start) {
                None if eof => return Step::End,
                None if start > from => return Step::Skip(start),
                None => return Step::NeedMore,
                Some(&byte) if byte == terminator => {
                    if !matches!(byte, b'\n' | b'\r') {
                        let text = "nothing stands between two segment terminators".to_owned();
                        self.note(FindingCode::SegmentEmpty, start, None, text);
                    }
                    start += 1;
                }
                Some(&byte) if byte <= b' ' && byte != element => start += 1,
                Some(_) => break,
            }
        }
        if !self.notes.is_empty() {
            return Step::Skip(start);
        }
        let step = self.segment_at(window, start, eof, ends);
        if step == Step::NeedMore {
            // What was noted will be noted again with more bytes in sight.
            self.notes.clear();
        }
        step
    }

    #[inline]
    fn segment_at(&mut self, window: &[u8], start: usize, eof: bool, ends: &mut Vec<u32>) -> Step {
        let Delimiters {
            element,
            segment: terminator,
            ..
        } = self.delimiters;
        let rest = window.get(start..).unwrap_or_default();
        match rest.first() {
            Some(b'I') => {
                if let Some(step) = self.header_inside(rest, start, eof, ends) {
                    return step;
                }
            }
            Some(b'B') => {
                if let Some(step) = self.binary(rest, start, eof, ends) {
                    return step;
                }
            }
            _ => {}
        }
        let limited = rest.get(..=self.max_segment).unwrap_or(rest);
        ends.clear();
        match scan::segment(limited, 0, element, terminator, ends) {
            Some(length) => self.segment(window, start, start + length, ends),
            None if limited.len() > self.max_segment => self.too_long(start, window.len(), 0),
            None if eof => self.unterminated(window, start, ends),
            None => Step::NeedMore,
        }
    }

    #[inline]
    fn segment(&mut self, window: &[u8], start: usize, end: usize, ends: &[u32]) -> Step {
        let id_length = ends.first().map_or(0, |&end| end as usize);
        let id = window.get(start..start + id_length).unwrap_or_default();
        let valid = match id {
            [a, b] => a.is_ascii_uppercase() && is_id_byte(*b),
            [a, b, c] => a.is_ascii_uppercase() && is_id_byte(*b) && is_id_byte(*c),
            _ => false,
        };
        if !valid {
            let text = "a segment id is two or three upper-case letters and digits".to_owned();
            self.note(FindingCode::SegmentIdInvalid, start, Some(id), text);
        } else if id == b"IEA" {
            self.state = State::Outside;
        }
        Step::Segment {
            start,
            end,
            next: end + 1,
        }
    }

    fn unterminated(&mut self, window: &[u8], start: usize, ends: &mut Vec<u32>) -> Step {
        let element = self.delimiters.element;
        let rest = window.get(start..).unwrap_or_default();
        let trailing = rest
            .iter()
            .rev()
            .take_while(|&&b| b <= b' ' && b != element)
            .count();
        let length = rest.len() - trailing;
        ends.push(u32::try_from(length).unwrap_or(u32::MAX));
        let text = "the last segment ends with the input, not with a terminator".to_owned();
        self.note(FindingCode::SegmentUnterminated, start, None, text);
        match self.segment(window, start, start + length, ends) {
            Step::Segment { start, end, .. } => Step::Segment {
                start,
                end,
                next: window.len(),
            },
            other => other,
        }
    }

    fn too_long(&mut self, start: usize, window_end: usize, binary: u64) -> Step {
        let text = format!(
            "a segment is longer than {} bytes and was left out",
            self.max_segment
        );
        self.note(FindingCode::SegmentTooLong, start, None, text);
        self.state = State::Skipping(binary);
        // Nothing before the limit is a terminator; binary bytes are passed by their number.
        if binary > 0 {
            Step::Skip(start)
        } else {
            Step::Skip((start + self.max_segment).min(window_end))
        }
    }

    fn skip_long(&mut self, window: &[u8], from: usize, eof: bool, bytes: u64) -> Step {
        let rest = window.get(from..).unwrap_or_default();
        let passed = usize::try_from(bytes).map_or(rest.len(), |bytes| bytes.min(rest.len()));
        let left = bytes - passed as u64;
        if left > 0 {
            self.state = State::Skipping(left);
        } else if let Some(at) = rest
            .iter()
            .skip(passed)
            .position(|&b| b == self.delimiters.segment)
        {
            self.state = State::Inside;
            return Step::Skip(from + passed + at + 1);
        } else {
            self.state = State::Skipping(0);
        }
        match (rest.is_empty(), eof) {
            (true, true) => Step::End,
            (true, false) => Step::NeedMore,
            _ => Step::Skip(window.len()),
        }
    }

    /// `BIN*length*bytes` and `BDS*filter*length*bytes`, where bytes may be anything.
    fn binary(
        &mut self,
        rest: &[u8],
        start: usize,
        eof: bool,
        ends: &mut Vec<u32>,
    ) -> Option<Step> {
        let Delimiters {
            element,
            segment: terminator,
            ..
        } = self.delimiters;
        if rest.len() < 4 {
            return (!eof).then_some(Step::NeedMore);
        }
        let length_element = match rest {
            [b'B', b'I', b'N', sep, ..] if *sep == element => 1,
            [b'B', b'D', b'S', sep, ..] if *sep == element => 2,
            _ => return None,
        };
        // The elements before the data are short; the limit keeps a damaged one from running on.
        let head = rest.get(..MIN_SEGMENT).unwrap_or(rest);
        ends.clear();
        let mut length: Option<u64> = None;
        for (at, &byte) in head.iter().enumerate() {
            if byte == terminator {
                return None;
            }
            if byte == element {
                ends.push(u32::try_from(at).unwrap_or(u32::MAX));
                if ends.len() == length_element + 1 {
                    let from = ends
                        .get(length_element - 1)
                        .map_or(0, |&end| end as usize + 1);
                    length = parse_length(head.get(from..at).unwrap_or_default());
                    break;
                }
            }
        }
        if ends.len() <= length_element {
            return (!eof && head.len() < MIN_SEGMENT).then_some(Step::NeedMore);
        }
        let data = ends.last().map_or(0, |&end| end as usize + 1);
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
                ends.push(u32::try_from(end).unwrap_or(u32::MAX));
                Some(Step::Segment {
                    start,
                    end: start + end,
                    next: start + end + 1,
                })
            }
            None if !eof => Some(Step::NeedMore),
            None if rest.len() == end => {
                ends.push(u32::try_from(end).unwrap_or(u32::MAX));
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

    /// An ISA at the place of a segment id begins a new interchange.
    fn header_inside(
        &mut self,
        rest: &[u8],
        start: usize,
        eof: bool,
        ends: &mut Vec<u32>,
    ) -> Option<Step> {
        match header::recognise(rest, eof, ends) {
            Recognised::Header(header) => Some(self.begin(start, &header, ends)),
            Recognised::NeedMore => Some(Step::NeedMore),
            Recognised::No => None,
        }
    }

    fn begin(&mut self, start: usize, header: &Header, ends: &[u32]) -> Step {
        self.delimiters = header.delimiters;
        self.state = State::Inside;
        self.seen_interchange = true;
        header.notes(ends, |code, element, value, text| {
            self.note(code, start, value, text);
            if let Some(note) = self.notes.last_mut() {
                note.element = element;
            }
        });
        let end = start + header.length;
        Step::Segment {
            start,
            end,
            next: end + 1,
        }
    }

    fn outside(&mut self, window: &[u8], from: usize, eof: bool, ends: &mut Vec<u32>) -> Step {
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
            match header::recognise(rest, eof, ends) {
                Recognised::Header(header) => {
                    self.end_garbage();
                    return self.begin(at, &header, ends);
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

/// The smallest limit of a segment; an ISA and the head of a binary segment always fit.
const MIN_SEGMENT: usize = 4096;

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

#[inline]
fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
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
