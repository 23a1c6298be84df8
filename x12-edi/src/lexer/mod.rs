//! Bytes to spans: where interchanges begin, where segments and elements end.
//!
//! One state machine serves slices and streams. It decides only on bytes that cannot change any
//! more, so that a stream gives the same answers however it is cut into chunks.

mod binary;
mod header;
mod id;
mod index;
mod outside;
mod wrap;

pub(crate) use id::{Kind, kind_of};
pub(crate) use index::{Entry, Index, count_lines};

use header::Header;
use header::{Recognised, Wrapped};
use index::Marks;
use outside::{Garbage, SAMPLE};

use crate::delimiters::{Delimiters, release_of};
use crate::finding::FindingCode;

/// What the bytes at the current place are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// More bytes are needed to tell.
    NeedMore,
    /// The bytes up to here are no segment.
    Skip(usize),
    /// A segment whose element ends are in the index; the next one is looked for behind its
    /// terminator.
    Indexed(Entry),
    /// A segment `start..end` whose element ends stand apart; the next one is looked for at `next`.
    Segment {
        start: usize,
        end: usize,
        next: usize,
    },
    /// A segment from `start` on that was cut into lines: its bytes are in [`Lexer::joined`] and
    /// its element ends apart; the next one is looked for at `next`.
    Joined { start: usize, next: usize },
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

#[derive(Debug, Clone)]
pub(crate) struct Lexer {
    state: State,
    pub(crate) delimiters: Delimiters,
    max_segment: usize,
    garbage: Option<Garbage>,
    seen_interchange: bool,
    pub(crate) index: Index,
    /// Ends of the id and of each element, from the first byte of the segment, of one that is not
    /// served from the index.
    pub(crate) ends: Vec<u32>,
    /// The bytes of a segment without the line ends that cut it, without its terminator.
    pub(crate) joined: Vec<u8>,
    /// Whether lines are cut at a fixed width.
    wrapped: bool,
    /// ISA12, while an ISX may follow.
    version: Option<[u8; 5]>,
    /// Delimiters from the next segment on.
    next_delimiters: Option<Delimiters>,
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
            index: Index::new(),
            ends: Vec::new(),
            joined: Vec::new(),
            wrapped: false,
            version: None,
            next_delimiters: None,
            notes: Vec::new(),
        }
    }

    /// In the middle of an interchange.
    pub(crate) fn start_inside(&mut self, delimiters: Delimiters) {
        self.use_delimiters(delimiters);
        self.state = State::Inside;
        self.seen_interchange = true;
    }

    /// Whether an interchange has begun and not ended, whose lines are not cut.
    pub(crate) fn is_inside(&self) -> bool {
        self.state == State::Inside && !self.wrapped
    }

    pub(crate) fn set_max_segment(&mut self, bytes: usize) {
        self.max_segment = bytes.clamp(MIN_SEGMENT, u32::MAX as usize - 1);
    }

    /// Whether garbage has begun, whose place the reader must remember.
    pub(crate) fn in_garbage(&self) -> bool {
        self.garbage.is_some()
    }

    /// Looks at `window` from `from` on.
    ///
    /// [`Index::quick`] comes first: it gives the segments about which there is nothing to say.
    /// `open` is the number of the segment before in its set, 0 where none is open.
    pub(crate) fn step(&mut self, window: &[u8], from: usize, eof: bool, open: u32) -> Step {
        self.index.park();
        if let Some(delimiters) = self.next_delimiters.take() {
            self.use_delimiters(delimiters);
        }
        match self.state {
            State::Inside => self.inside(window, from, eof, open),
            State::Outside => self.outside(window, from, eof),
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

    fn inside(&mut self, window: &[u8], from: usize, eof: bool, open: u32) -> Step {
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
        let step = self.segment_at(window, start, eof, open);
        if step == Step::NeedMore {
            // What was noted will be noted again with more bytes in sight.
            self.notes.clear();
        }
        step
    }

    fn segment_at(&mut self, window: &[u8], start: usize, eof: bool, open: u32) -> Step {
        let rest = window.get(start..).unwrap_or_default();
        let id = rest.get(..3).unwrap_or(rest);
        match rest.first() {
            // Where a letter of the id is a delimiter, the id ends at it, as the index sees it.
            _ if self.cuts(id) => {}
            Some(b'I') => {
                if let Some(step) = self.header_inside(rest, start, eof) {
                    return step;
                }
            }
            Some(b'B') => {
                if let Some(step) = self.binary(rest, start, eof) {
                    return step;
                }
            }
            _ => {}
        }
        let longest = self.max_segment + 1;
        if let Some(entry) = self.index.cover(window, start, longest, open) {
            let ends = self.index.ends(entry.first, entry.last);
            let length = |end: Option<&u32>| end.map_or(0, |&end| (end - entry.start) as usize);
            let (id_end, second) = (length(ends.first()), length(ends.get(1)));
            let end = start + length(ends.last());
            if self.wrapped {
                self.index.halt();
                if let Some(step) = self.join(window, start, end, end + 1) {
                    self.index.park();
                    return step;
                }
            }
            self.check_id(rest.get(..id_end).unwrap_or_default(), start);
            self.look_for_release(rest.get(..second).unwrap_or_default());
            return Step::Indexed(entry);
        }
        // Longer than a stretch of the index, or the last one.
        let limited = rest.get(..=self.max_segment).unwrap_or(rest);
        self.ends.clear();
        match self.index.find(limited, &mut self.ends) {
            Some(length) => self.segment(window, start, start + length, start + length + 1),
            None if limited.len() > self.max_segment => self.too_long(start, window.len(), 0),
            None if eof => self.unterminated(window, start),
            None => Step::NeedMore,
        }
    }

    /// Takes out the line ends that cut a segment, if there are any.
    fn join(&mut self, window: &[u8], start: usize, end: usize, next: usize) -> Option<Step> {
        let raw = window.get(start..end).unwrap_or_default();
        let is_line_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        if !raw.iter().any(|byte| is_line_end(&byte)) {
            return None;
        }
        let mut joined = std::mem::take(&mut self.joined);
        joined.clear();
        joined.extend(raw.iter().filter(|byte| !is_line_end(byte)));
        joined.push(self.delimiters.segment);
        self.ends.clear();
        self.index.find(&joined, &mut self.ends);
        joined.pop();
        let end_of = |index: usize| self.ends.get(index).map_or(0, |&end| end as usize);
        let (id_end, second) = (end_of(0), end_of(1));
        self.check_id(joined.get(..id_end).unwrap_or_default(), start);
        self.look_for_release(joined.get(..second).unwrap_or_default());
        self.joined = joined;
        Some(Step::Joined { start, next })
    }

    /// Takes the release character from an ISX; `head` is a segment up to its first element.
    fn look_for_release(&mut self, head: &[u8]) {
        let Some(version) = self.version.take() else {
            return;
        };
        if let Some(isx01) = head.strip_prefix(b"ISX").and_then(|rest| rest.get(1..)) {
            let release = release_of(isx01, &version, self.delimiters);
            if release.is_some() {
                self.next_delimiters = Some(Delimiters {
                    release,
                    ..self.delimiters
                });
                self.index.halt();
            }
        }
    }

    fn use_delimiters(&mut self, delimiters: Delimiters) {
        self.delimiters = delimiters;
        self.index.set_marks(Marks {
            element: delimiters.element,
            terminator: delimiters.segment,
            release: delimiters.release,
        });
    }

    /// Complains about a bad id; an IEA ends the interchange.
    fn check_id(&mut self, id: &[u8], start: usize) {
        if !id::is_valid(id) {
            let text = "a segment id is two or three upper-case letters and digits".to_owned();
            self.note(FindingCode::SegmentIdInvalid, start, Some(id), text);
        } else if id == b"IEA" {
            self.state = State::Outside;
            self.index.halt();
        }
    }

    fn segment(&mut self, window: &[u8], start: usize, end: usize, next: usize) -> Step {
        if self.wrapped
            && let Some(step) = self.join(window, start, end, next)
        {
            return step;
        }
        let end_of = |index: usize| self.ends.get(index).map_or(0, |&end| end as usize);
        let (id_end, second) = (end_of(0), end_of(1));
        let rest = window.get(start..end).unwrap_or_default();
        self.check_id(rest.get(..id_end).unwrap_or_default(), start);
        self.look_for_release(rest.get(..second).unwrap_or_default());
        Step::Segment { start, end, next }
    }

    fn unterminated(&mut self, window: &[u8], start: usize) -> Step {
        let element = self.delimiters.element;
        let rest = window.get(start..).unwrap_or_default();
        let trailing = rest
            .iter()
            .rev()
            .take_while(|&&b| b <= b' ' && b != element)
            .count();
        let length = rest.len() - trailing;
        self.ends.push(u32::try_from(length).unwrap_or(u32::MAX));
        let text = "the last segment ends with the input, not with a terminator".to_owned();
        self.note(FindingCode::SegmentUnterminated, start, None, text);
        self.segment(window, start, start + length, window.len())
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

    /// Whether a damaged interchange made one of these bytes end segments or elements.
    fn cuts(&self, id: &[u8]) -> bool {
        let Delimiters {
            element, segment, ..
        } = self.delimiters;
        id.iter().any(|&byte| byte == element || byte == segment)
    }

    /// An ISA at the place of a segment id begins a new interchange.
    fn header_inside(&mut self, rest: &[u8], start: usize, eof: bool) -> Option<Step> {
        match header::recognise(rest, eof, &mut self.ends, &mut self.joined) {
            Recognised::Header(header) => Some(self.begin(start, &header)),
            Recognised::NeedMore => Some(Step::NeedMore),
            Recognised::No => None,
        }
    }

    fn begin(&mut self, start: usize, header: &Header) -> Step {
        self.use_delimiters(header.delimiters);
        self.wrapped = header.wrapped.is_some();
        self.version = Some(header.version);
        self.state = State::Inside;
        self.seen_interchange = true;
        let notes = &mut self.notes;
        header.notes(&self.ends, |code, element, value, text| {
            notes.push(Note {
                code,
                place: NotePlace::Window(start),
                element,
                value: value.map(<[u8]>::to_vec),
                text,
            });
        });
        let end = start + header.length;
        if header.wrapped == Some(Wrapped::Header) {
            self.joined.pop();
            return Step::Joined {
                start,
                next: end + 1,
            };
        }
        Step::Segment {
            start,
            end,
            next: end + 1,
        }
    }
}

/// The smallest limit of a segment; an ISA and the head of a binary segment always fit.
const MIN_SEGMENT: usize = 4096;
