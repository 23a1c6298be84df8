//! Where the delimiters are: one pass over a stretch of bytes, before any segment is looked at.
//!
//! Sixty-four bytes at a time become two bit masks, element separators and terminators; the masks
//! become places. Segments are then served from the places, at no cost per byte. The buffers are
//! used again for every stretch, so their size is that of one stretch, whatever the input.

mod portable;
#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector loads and stores, and calls of functions that need a processor feature"
)]
mod simd;

use super::id::{Kind, kind, kind_of};

/// The bytes that are looked at in one pass. The places of a usual stretch fit the first-level
/// cache together with the bytes themselves.
const STRETCH: usize = 16 * 1024;

/// Places are written sixty-four at a time, the unused ones of a block too.
const SLACK: usize = 64;

/// The bytes that end elements and segments, and the one that makes them data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) element: u8,
    pub(crate) terminator: u8,
    pub(crate) release: Option<u8>,
}

/// Which code finds the delimiters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Level {
    /// The best that the processor has. The answer is kept by the standard library.
    #[inline]
    fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if simd::has_avx512() {
                return Self::Avx512;
            }
            if simd::has_avx2() {
                return Self::Avx2;
            }
        }
        Self::Portable
    }
}

/// What one pass found: all places in order, and which of them are terminators.
#[derive(Debug, Clone, Default)]
struct Places {
    /// Offsets of element separators and terminators; the vector is longer than what was found.
    at: Vec<u32>,
    count: usize,
    /// Indexes into `at` of the terminators; longer than what was found, too.
    terminators: Vec<u32>,
    segments: usize,
}

impl Places {
    fn clear_for(&mut self, bytes: usize) {
        self.count = 0;
        self.segments = 0;
        let size = bytes + SLACK;
        if self.at.len() < size {
            self.at.resize(size, 0);
            self.terminators.resize(size, 0);
        }
    }

    /// Adds one place, as the slower ways do.
    fn push(&mut self, at: usize, is_terminator: bool) {
        if let Some(slot) = self.at.get_mut(self.count) {
            *slot = at as u32;
        }
        if is_terminator {
            if let Some(slot) = self.terminators.get_mut(self.segments) {
                *slot = self.count as u32;
            }
            self.segments += 1;
        }
        self.count += 1;
    }

    /// Finds all places in `bytes`; `ahead` is what will be looked at next.
    fn scan(&mut self, level: Level, bytes: &[u8], ahead: &[u8], marks: Marks) {
        self.clear_for(bytes.len());
        if let Some(release) = marks.release {
            return portable::scan_released(self, bytes, marks, release);
        }
        match level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => simd::scan_avx512(self, bytes, ahead, marks),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => simd::scan_avx2(self, bytes, ahead, marks),
            Level::Portable => portable::scan(self, bytes, marks),
        }
    }
}

/// The places of one stretch of a window, the segments that they make, and how far those are used
/// up.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    places: Places,
    marks: Marks,
    /// Where the stretch begins in the window; places count from here.
    base: usize,
    /// Where it ends in the window.
    covered: usize,
    /// Every segment that ends in the stretch.
    segments: Vec<Entry>,
    /// The next segment; [`PARKED`] while the reader is elsewhere.
    cursor: usize,
    /// Where the search goes on after that.
    resume: usize,
    level: Level,
}

/// Behind every segment that there can be.
const PARKED: usize = usize::MAX;

/// A segment in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its first byte, from the base of the stretch.
    pub(crate) start: u32,
    /// First and last place: end of the id, terminator.
    pub(crate) first: u32,
    pub(crate) last: u32,
    /// Number in its set, 0 outside.
    pub(crate) number: u32,
    pub(crate) kind: Kind,
}

impl Index {
    pub(crate) fn new() -> Self {
        Self {
            places: Places::default(),
            marks: Marks {
                element: b'*',
                terminator: b'~',
                release: None,
            },
            base: 0,
            covered: 0,
            segments: Vec::new(),
            cursor: PARKED,
            resume: 0,
            level: Level::detect(),
        }
    }

    /// Where the stretch begins in the window.
    #[inline]
    pub(crate) fn base(&self) -> usize {
        self.base
    }

    /// The places of entries, counted from the base.
    #[inline]
    pub(crate) fn ends(&self, first: u32, last: u32) -> &[u32] {
        self.places
            .at
            .get(first as usize..last as usize + 1)
            .unwrap_or_default()
    }

    /// Where the terminator of an entry is in the window.
    pub(crate) fn end(&self, entry: Entry) -> usize {
        let end = self.places.at.get(entry.last as usize);
        self.base + end.map_or(0, |&end| end as usize)
    }

    /// Whether [`Index::quick`] would give something.
    pub(crate) fn is_ready(&self) -> bool {
        self.segments
            .get(self.cursor)
            .is_some_and(|entry| entry.kind != Kind::Unsure)
    }

    /// Moves to the next segment, if there is nothing to say about it.
    #[inline(always)]
    pub(crate) fn quick(&mut self) -> Option<Entry> {
        let entry = *self.segments.get(self.cursor)?;
        if entry.kind == Kind::Unsure {
            return None;
        }
        self.cursor += 1;
        Some(entry)
    }

    /// Moves to the next segment, if it is of this kind.
    #[inline(always)]
    pub(crate) fn quick_one(&mut self, kind: Kind) -> Option<Entry> {
        let entry = *self.segments.get(self.cursor)?;
        if entry.kind != kind {
            return None;
        }
        self.cursor += 1;
        Some(entry)
    }

    /// Moves behind the content that comes next and ends within `room` bytes of the window.
    pub(crate) fn quick_content(&mut self, room: usize) -> &[Entry] {
        let from = self.cursor;
        while let Some(&entry) = self.segments.get(self.cursor)
            && entry.kind == Kind::Content
            && self.end(entry) <= room
        {
            self.cursor += 1;
        }
        self.segments.get(from..self.cursor).unwrap_or_default()
    }

    /// The segment that was moved to last.
    #[inline(always)]
    pub(crate) fn current(&self) -> Option<Entry> {
        self.segments.get(self.cursor.wrapping_sub(1)).copied()
    }

    /// The reader goes elsewhere: nothing is served until the next [`Index::cover`].
    pub(super) fn park(&mut self) {
        if self.cursor != PARKED {
            self.resume = self.cursor;
            self.cursor = PARKED;
        }
    }

    /// Nothing is served behind the current segment until the next [`Index::cover`].
    pub(super) fn halt(&mut self) {
        if let Some(next) = self.segments.get_mut(self.cursor) {
            next.kind = Kind::Unsure;
        }
    }

    /// The ends in one segment of any length; gives the place of its terminator.
    pub(super) fn find(&self, bytes: &[u8], ends: &mut Vec<u32>) -> Option<usize> {
        portable::find(bytes, self.marks, ends)
    }

    /// Moves to the segment that begins at `start` in the window and gives it, if its terminator
    /// is among the `longest` bytes from there, or in the usual stretch if that is shorter.
    ///
    /// `open` is the number of the segment before it in its set, 0 outside one.
    pub(super) fn cover(
        &mut self,
        window: &[u8],
        start: usize,
        longest: usize,
        open: u32,
    ) -> Option<Entry> {
        if !self.seek(window, start, open) {
            let rest = window.get(start..).unwrap_or_default();
            let stretch = rest.get(..longest.min(STRETCH)).unwrap_or(rest);
            self.base = start;
            self.covered = start + stretch.len();
            self.cursor = 0;
            let ahead = rest.get(stretch.len()..).unwrap_or_default();
            self.places.scan(self.level, stretch, ahead, self.marks);
            self.prepare(stretch, open);
        }
        let entry = self.segments.get_mut(self.cursor)?;
        self.cursor += 1;
        if entry.kind == Kind::Unsure {
            let from = self.base + entry.start as usize;
            let to = self.places.at.get(entry.first as usize);
            let to = self.base + to.map_or(0, |&end| end as usize);
            entry.kind = kind_of(window.get(from..to).unwrap_or_default());
        }
        let entry = *entry;
        if entry.kind == Kind::Interchange {
            // Also an ISA that is no header ends a set: the numbers behind it are made again.
            self.halt();
        }
        Some(entry)
    }

    /// Makes segments of the places. A function of its own, so that the loop has all registers.
    #[inline(never)]
    fn prepare(&mut self, stretch: &[u8], open: u32) {
        let places = self.places.at.get(..self.places.count).unwrap_or_default();
        let terminators = &self.places.terminators;
        let terminators = terminators.get(..self.places.segments).unwrap_or_default();
        let mut next = Next {
            start: 0,
            first: 0,
            open,
        };
        self.segments.clear();
        self.segments.extend(
            terminators
                .iter()
                .map(|&last| next.entry(stretch, places, last)),
        );
    }

    /// Moves to the segment that begins at `start` in the window; `false` if it is not covered.
    fn seek(&mut self, window: &[u8], start: usize, open: u32) -> bool {
        self.park();
        if start < self.base || start >= self.covered {
            return false;
        }
        let stretch = window.get(self.base..self.covered).unwrap_or_default();
        let places = self.places.at.get(..self.places.count).unwrap_or_default();
        let start = (start - self.base) as u32;
        let mut at = self.resume;
        let is_before = |slot: u32| places.get(slot as usize).is_some_and(|&at| at < start);
        while self.segments.get(at).is_some_and(|e| is_before(e.last)) {
            at += 1;
        }
        self.resume = at;
        let Some(entry) = self.segments.get(at) else {
            return false;
        };
        let mut first = entry.first;
        while is_before(first) {
            first += 1;
        }
        // What was made of the places is right again from where nothing changes.
        let mut next = Next { start, first, open };
        for entry in self.segments.iter_mut().skip(at) {
            let right = next.entry(stretch, places, entry.last);
            if *entry == right {
                break;
            }
            *entry = right;
        }
        self.cursor = at;
        true
    }

    /// Other delimiters, or the same: then what was found stays good.
    pub(crate) fn set_marks(&mut self, marks: Marks) {
        if marks != self.marks {
            self.marks = marks;
            self.forget();
        }
    }

    /// Forgets what was found, since the window moves.
    pub(crate) fn forget(&mut self) {
        self.places.count = 0;
        self.places.segments = 0;
        self.segments.clear();
        self.covered = self.base;
        self.cursor = PARKED;
        self.resume = 0;
    }
}

/// What is known about the next segment when the one before it has been looked at.
struct Next {
    start: u32,
    first: u32,
    open: u32,
}

impl Next {
    /// The segment that ends at place `last`, on the guess that it begins here.
    #[inline(always)]
    fn entry(&mut self, stretch: &[u8], places: &[u32], last: u32) -> Entry {
        let (mut start, first) = (self.start, self.first);
        let at = |slot: u32| places.get(slot as usize).copied().unwrap_or_default();
        let id_at = |start: u32| {
            let rest = stretch.get(start as usize..).unwrap_or_default();
            rest.first_chunk::<3>().copied().unwrap_or_default()
        };
        let mut id = id_at(start);
        // Line ends; the next place tells if one of them is a delimiter.
        while matches!(id, [b'\r' | b'\n', ..]) {
            start += 1;
            id = id_at(start);
        }
        let length = at(first).wrapping_sub(start);
        let kind = kind(&id, length);
        let number;
        (number, self.open) = match kind {
            // An empty segment has no number; one without an id has.
            Kind::Unsure if first == last && length.cast_signed() <= 0 => (0, self.open),
            _ => kind.number(self.open),
        };
        self.start = at(last) + 1;
        self.first = last + 1;
        Entry {
            start,
            first,
            last,
            number,
            kind,
        }
    }
}

/// The number of LF in `bytes`.
pub(crate) fn count_lines(bytes: &[u8]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if bytes.len() >= 256 && simd::has_avx2() {
        return simd::count_lines_avx2(bytes);
    }
    portable::count_lines(bytes)
}

#[cfg(test)]
mod tests;
