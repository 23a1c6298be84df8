//! Segments one after another, from a slice or from any [`std::io::Read`] in bounded memory.

#[cfg(feature = "tokio")]
mod feed;
mod source;

#[cfg(feature = "tokio")]
pub(crate) use feed::FeedSource;
pub use source::{SliceSource, Source, StreamSource};

use std::fmt;
use std::io;

use crate::delimiters::Delimiters;
use crate::error::{Error, Result};
use crate::finding::{Finding, Location};
use crate::lexer::{Entry, Index, Kind, Lexer, NotePlace, Step, count_lines, kind_of};
use crate::segment::Segment;

/// The longest segment that a reader accepts unless told otherwise: 1 MiB.
///
/// It bounds the memory of a stream whose terminator is damaged. Real segments have less than
/// 3 000 bytes, except those with binary data.
pub const DEFAULT_MAX_SEGMENT_BYTES: usize = 1024 * 1024;

/// The most findings that wait to be taken; the later ones are counted only.
const MAX_WAITING_FINDINGS: usize = 10_000;

/// Reads segments, with the delimiters of the interchange that they are in.
///
/// It knows no envelope beyond where an interchange begins and ends; see
/// [`EnvelopeReader`](crate::envelope::EnvelopeReader) for the layer above. It accepts a byte
/// order mark, blanks and line ends between segments, an ISA of the wrong length, several
/// interchanges with their own delimiters, bytes between them, an unterminated last segment and
/// binary data of declared length (BIN, BDS), lines cut at a fixed width, and a release character
/// (ISX). What is odd waits in [`take_findings`](Self::take_findings).
///
/// ```
/// let file = std::io::Cursor::new(b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~\nIEA*0*000000001~\n");
/// let mut reader = x12_edi::Reader::new(file);
/// let mut ids = Vec::new();
/// while let Some(segment) = reader.next_segment()? {
///     ids.push(segment.id_text().into_owned());
/// }
/// assert_eq!(ids, ["ISA", "IEA"]);
/// # Ok::<(), x12_edi::Error>(())
/// ```
pub struct Reader<S> {
    source: S,
    lexer: Lexer,
    /// Index in the window where the next segment is looked for.
    position: usize,
    /// Absolute offset of the first byte of the window.
    base: u64,
    /// Index in the window whose line is known.
    mark: usize,
    mark_line: u64,
    /// Line of the first byte that the index of the lexer covers, and where that was.
    index_line: (usize, u64),
    /// Absolute offset and line where garbage began.
    garbage: (u64, u64),
    findings: Vec<Finding>,
    dropped: u64,
    current: Current,
    /// Number of the current segment in its set, where the index does not say it.
    number: u32,
    /// Number of the segment before the current one in its set, 0 where none is open.
    open: u32,
}

/// Where the current segment is.
#[derive(Debug, Clone, Copy)]
enum Current {
    /// None yet, or none any more.
    Nowhere,
    /// In the index of the lexer, the one that it moved to last.
    Indexed,
    /// Its ends stand apart: from and to an index in the window, and the line.
    Apart(usize, usize, u64),
    /// Put together from several lines: from an index in the window, and the line.
    Joined(usize, u64),
}

/// What the index of the lexer covers.
pub(crate) struct Stretch<'a> {
    /// From its first byte on.
    pub(crate) bytes: &'a [u8],
    pub(crate) index: &'a Index,
    /// Offset and line of its first byte.
    pub(crate) offset: u64,
    pub(crate) line: u64,
}

impl<'a> Reader<SliceSource<'a>> {
    /// A reader over bytes in memory. It never fails: every call gives `Ok`.
    #[must_use]
    pub fn from_slice(bytes: &'a [u8]) -> Self {
        Self::with_source(SliceSource::new(bytes))
    }

    /// In the middle of bytes, outside any interchange. Its lines count from there.
    pub(crate) fn from_outside(bytes: &'a [u8], start: usize) -> Self {
        let mut reader = Self::from_slice(bytes);
        reader.position = start;
        reader.mark = start;
        reader
    }

    /// In the middle of bytes, where a segment of an interchange with these delimiters begins.
    /// Its lines count from there.
    pub(crate) fn from_middle(bytes: &'a [u8], start: usize, delimiters: Delimiters) -> Self {
        let mut reader = Self::from_slice(bytes);
        reader.position = start;
        reader.mark = start;
        reader.lexer.start_inside(delimiters);
        reader
    }
}

impl<R: io::Read> Reader<StreamSource<R>> {
    /// A reader over a stream; pass `&mut reader` to keep it. It buffers by itself.
    pub fn new(stream: R) -> Self {
        Self::with_source(StreamSource::new(stream))
    }
}

impl<S: Source> Reader<S> {
    pub(crate) fn with_source(source: S) -> Self {
        Self {
            source,
            lexer: Lexer::new(DEFAULT_MAX_SEGMENT_BYTES),
            position: 0,
            base: 0,
            mark: 0,
            mark_line: 1,
            index_line: (usize::MAX, 1),
            garbage: (0, 1),
            findings: Vec::new(),
            dropped: 0,
            current: Current::Nowhere,
            number: 0,
            open: 0,
        }
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn source_mut(&mut self) -> &mut S {
        &mut self.source
    }

    /// The same with another limit for one segment, at least 4 096 bytes.
    ///
    /// A longer segment is left out with a finding; reading goes on after its terminator.
    #[must_use]
    pub fn with_max_segment_bytes(mut self, bytes: usize) -> Self {
        self.lexer.set_max_segment(bytes);
        self
    }

    /// The next segment, or `None` at the end. It is valid until the next call.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the stream fails. Problems in the data are
    /// findings.
    #[inline(always)]
    pub fn next_segment(&mut self) -> Result<Option<Segment<'_>>> {
        // Only the slow way is a call.
        match self.lexer.index.quick() {
            Some(entry) => Ok(Some(self.indexed(entry))),
            None => self.next_slowly(),
        }
    }

    #[inline(never)]
    fn next_slowly(&mut self) -> Result<Option<Segment<'_>>> {
        let kind = self.advance_slowly()?;
        Ok(kind.map(|_| self.current()))
    }

    /// Moves to the next segment and gives its kind; `None` at the end.
    #[inline(always)]
    pub(crate) fn advance(&mut self) -> Result<Option<Kind>> {
        match self.lexer.index.quick() {
            Some(entry) => Ok(Some(entry.kind)),
            None => self.advance_slowly(),
        }
    }

    #[inline(never)]
    fn advance_slowly(&mut self) -> Result<Option<Kind>> {
        self.leave_index();
        loop {
            let before = self.lexer.in_garbage();
            let window = self.source.window();
            let step = self
                .lexer
                .step(window, self.position, self.source.at_end(), self.open);
            match step {
                Step::Indexed(entry) => {
                    let base = self.lexer.index.base();
                    if self.index_line.0 != base {
                        self.move_mark(base);
                        self.index_line = (base, self.line_at(base));
                    }
                    self.current = Current::Indexed;
                    return Ok(Some(self.arrive(entry.kind)));
                }
                Step::Segment { start, end, next } => {
                    self.move_mark(start);
                    self.position = next;
                    self.current = Current::Apart(start, end, self.mark_line);
                    let kind = kind_of(self.current().id());
                    return Ok(Some(self.arrive(kind)));
                }
                Step::Joined { start, next } => {
                    self.move_mark(start);
                    self.position = next;
                    self.current = Current::Joined(start, self.mark_line);
                    let kind = kind_of(self.current().id());
                    return Ok(Some(self.arrive(kind)));
                }
                Step::Skip(to) => {
                    if !before && self.lexer.in_garbage() {
                        self.move_mark(self.position);
                        self.garbage = (self.base + self.position as u64, self.mark_line);
                    }
                    self.position = to;
                    if !self.lexer.notes.is_empty() {
                        self.report(false);
                    }
                }
                Step::NeedMore => self.fill()?,
                Step::End => {
                    self.position = self.source.window().len();
                    self.move_mark(self.position);
                    self.current = Current::Nowhere;
                    self.open = 0;
                    self.number = 0;
                    if !self.lexer.notes.is_empty() {
                        self.report(false);
                    }
                    return Ok(None);
                }
            }
        }
    }

    /// Notes down what the index says of the segment that it moved to last.
    fn leave_index(&mut self) {
        if let (Current::Indexed, Some(entry)) = (self.current, self.lexer.index.current()) {
            self.position = self.lexer.index.end(entry) + 1;
            self.open = match entry.kind {
                Kind::Content | Kind::SetStart => entry.number,
                _ => 0,
            };
            self.current = Current::Nowhere;
        }
    }

    /// What there is to do about the current segment where it was not found the quick way.
    fn arrive(&mut self, kind: Kind) -> Kind {
        (self.number, self.open) = kind.number(self.open);
        if !self.lexer.notes.is_empty() {
            self.report(true);
        }
        kind
    }

    fn fill(&mut self) -> Result<()> {
        self.move_mark(self.position);
        self.lexer.index.forget();
        self.index_line.0 = usize::MAX;
        let discarded = self.source.fill(self.position).map_err(Error::io)?;
        self.position -= discarded;
        self.mark -= discarded;
        self.base += discarded as u64;
        self.current = Current::Nowhere;
        Ok(())
    }

    /// Counts the lines up to `to`.
    fn move_mark(&mut self, to: usize) {
        let passed = self.source.window().get(self.mark..to).unwrap_or_default();
        self.mark_line += count_lines(passed);
        self.mark = self.mark.max(to);
    }

    /// The line of a byte of the window, on either side of the mark: a stretch of the index begins
    /// before a segment that was joined from several lines, and the mark may stand at the end.
    fn line_at(&self, at: usize) -> u64 {
        let window = self.source.window();
        if let Some(ahead) = window.get(self.mark..at) {
            return self.mark_line + count_lines(ahead);
        }
        let behind = window.get(at..self.mark).unwrap_or_default();
        self.mark_line.saturating_sub(count_lines(behind))
    }

    /// The segment that the last call of `advance` found.
    #[inline(always)]
    pub(crate) fn current(&self) -> Segment<'_> {
        let window = self.source.window();
        let ends = &*self.lexer.ends;
        let (from, bytes, ends, line) = match (self.current, self.lexer.index.current()) {
            (Current::Indexed, Some(entry)) => return self.indexed(entry),
            (Current::Apart(start, end, line), _) => (start, window.get(start..end), ends, line),
            (Current::Joined(start, line), _) => (start, Some(&*self.lexer.joined), ends, line),
            _ => (self.position, None, &[][..], self.mark_line),
        };
        Segment {
            window: bytes.unwrap_or_default(),
            ends,
            start: 0,
            number: self.number,
            origin: self.base + from as u64,
            origin_line: line,
            delimiters: self.lexer.delimiters,
        }
    }

    #[inline(always)]
    pub(crate) fn indexed(&self, entry: Entry) -> Segment<'_> {
        let window = self.source.window();
        let base = self.lexer.index.base();
        Segment {
            window: window.get(base..).unwrap_or_default(),
            ends: self.lexer.index.ends(entry.first, entry.last),
            start: entry.start,
            number: entry.number,
            origin: self.base + base as u64,
            origin_line: self.index_line.1,
            delimiters: self.lexer.delimiters,
        }
    }

    /// Moves to the next segment if it is content, is in the index, and there is nothing to say
    /// about it.
    #[inline(always)]
    pub(crate) fn advance_in_content(&mut self) -> Option<Entry> {
        self.lexer.index.quick_one(Kind::Content)
    }

    /// Where the current segment is in the index, if it is there.
    pub(crate) fn current_entry(&self) -> Option<Entry> {
        match self.current {
            Current::Indexed => self.lexer.index.current(),
            _ => None,
        }
    }

    /// Moves behind the content that comes next, as far as it is in the index, there is nothing
    /// to say about it, and it ends before the offset `limit`.
    #[inline]
    pub(crate) fn take_content(&mut self, limit: u64) -> &[Entry] {
        let room = limit.saturating_sub(self.base);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        self.lexer.index.quick_content(room)
    }

    /// Whether the next segment is in the index, so that the index stays when moving to it.
    pub(crate) fn index_will_stay(&self) -> bool {
        self.lexer.index.is_ready()
    }

    /// What the index covers.
    pub(crate) fn stretch(&self) -> Stretch<'_> {
        let base = self.lexer.index.base();
        Stretch {
            bytes: self.source.window().get(base..).unwrap_or_default(),
            index: &self.lexer.index,
            offset: self.base + base as u64,
            line: self.index_line.1,
        }
    }

    /// Whether the reader is inside an interchange that is not cut into lines.
    pub(crate) fn is_inside(&self) -> bool {
        self.lexer.is_inside()
    }

    /// How many lines were passed, once the end has been reached.
    pub(crate) fn lines_passed(&self) -> u64 {
        self.mark_line - 1
    }

    /// Offset of the byte after the last segment and its terminator.
    #[must_use]
    pub fn offset(&self) -> u64 {
        let position = match (self.current, self.lexer.index.current()) {
            (Current::Indexed, Some(entry)) => self.lexer.index.end(entry) + 1,
            _ => self.position,
        };
        self.base + position as u64
    }

    /// The delimiters of the current interchange; the defaults before the first one.
    #[must_use]
    pub fn delimiters(&self) -> Delimiters {
        self.lexer.delimiters
    }

    /// Makes findings of the notes; `of_segment` where they came with the current segment.
    fn report(&mut self, of_segment: bool) {
        for note in std::mem::take(&mut self.lexer.notes) {
            if self.findings.len() >= MAX_WAITING_FINDINGS {
                self.dropped += 1;
                continue;
            }
            let (offset, line) = match note.place {
                NotePlace::Garbage => self.garbage,
                NotePlace::Input => (0, 1),
                NotePlace::Window(at) => (self.base + at as u64, self.line_at(at)),
            };
            let is_current = of_segment && matches!(note.place, NotePlace::Window(_));
            let segment_id = if is_current {
                self.current().id_text().into_owned()
            } else {
                String::new()
            };
            let mut finding = Finding::new(
                note.code,
                Location {
                    offset,
                    line,
                    segment: if is_current {
                        self.current().number()
                    } else {
                        None
                    },
                    segment_id,
                    ..Location::default()
                },
                note.text,
            );
            if let Some(element) = note.element {
                finding = finding.at_element(element);
            }
            if let Some(value) = note.value {
                finding = finding.with_value(&value);
            }
            self.findings.push(finding);
        }
    }

    /// Takes out what was found about the bytes so far: delimiters, ids, terminators, garbage.
    ///
    /// Up to 10 000 findings wait; take them now and then in a long stream.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.findings)
    }

    pub(crate) fn has_findings(&self) -> bool {
        !self.findings.is_empty()
    }

    /// How many findings were left out because nobody took the earlier ones.
    #[must_use]
    pub fn dropped_findings(&self) -> u64 {
        self.dropped
    }
}

impl<S> fmt::Debug for Reader<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("offset", &(self.base + self.position as u64))
            .field("delimiters", &self.lexer.delimiters)
            .field("findings", &self.findings.len())
            .finish_non_exhaustive()
    }
}
