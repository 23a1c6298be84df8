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

    fn scan(&mut self, level: Level, bytes: &[u8], marks: Marks) {
        self.clear_for(bytes.len());
        if let Some(release) = marks.release {
            return portable::scan_released(self, bytes, marks, release);
        }
        match level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => simd::scan_avx512(self, bytes, marks),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => simd::scan_avx2(self, bytes, marks),
            Level::Portable => portable::scan(self, bytes, marks),
        }
    }
}

/// The places of one stretch of a window, and how far they are used up.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    places: Places,
    marks: Marks,
    /// Where the stretch begins in the window; places count from here.
    base: usize,
    /// Where it ends in the window.
    covered: usize,
    /// The first place of the next segment.
    slot: usize,
    /// The next terminator.
    segment: usize,
    /// Behind the terminator of the segment that was passed last.
    behind: usize,
    level: Level,
}

/// A segment in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Of the terminator, from the base of the stretch.
    pub(crate) end: usize,
    /// First and last place: end of the id, terminator.
    pub(crate) first: usize,
    pub(crate) last: usize,
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
            slot: 0,
            segment: 0,
            behind: usize::MAX,
            level: Level::detect(),
        }
    }

    /// Where the stretch begins in the window.
    #[inline]
    pub(crate) fn base(&self) -> usize {
        self.base
    }

    /// The places of an entry, counted from the base.
    #[inline]
    pub(crate) fn ends(&self, first: usize, last: usize) -> &[u32] {
        self.places.at.get(first..=last).unwrap_or_default()
    }

    /// The next segment, if its terminator is in the stretch.
    #[inline]
    pub(crate) fn peek(&self) -> Option<Entry> {
        if self.segment >= self.places.segments {
            return None;
        }
        let last = *self.places.terminators.get(self.segment)? as usize;
        let end = *self.places.at.get(last)? as usize;
        Some(Entry {
            end,
            first: self.slot,
            last,
        })
    }

    /// The same, if nothing was passed over since the segment before it, which ended at `from`.
    #[inline]
    pub(crate) fn peek_at(&self, from: usize) -> Option<Entry> {
        if from == self.behind {
            self.peek()
        } else {
            None
        }
    }

    /// Where the id of an entry ends in the window.
    #[inline]
    pub(crate) fn id_end(&self, entry: Entry) -> Option<usize> {
        Some(self.base + *self.places.at.get(entry.first)? as usize)
    }

    /// Passes the segment that `peek` gave; gives where the next one is looked for.
    #[inline]
    pub(crate) fn pass(&mut self, entry: Entry) -> usize {
        self.slot = entry.last + 1;
        self.segment += 1;
        self.behind = self.base + entry.end + 1;
        self.behind
    }

    /// The ends in one segment of any length; gives the place of its terminator.
    pub(crate) fn find(&self, bytes: &[u8], ends: &mut Vec<u32>) -> Option<usize> {
        portable::find(bytes, self.marks, ends)
    }

    /// Moves to the segment that begins at `start` in the window; `false` if it is not covered.
    fn seek(&mut self, start: usize) -> bool {
        if start < self.base || start >= self.covered {
            return false;
        }
        let start = start - self.base;
        while self.slot < self.places.count
            && self
                .places
                .at
                .get(self.slot)
                .is_some_and(|&at| (at as usize) < start)
        {
            self.slot += 1;
        }
        while self.segment < self.places.segments
            && self
                .places
                .terminators
                .get(self.segment)
                .is_some_and(|&slot| (slot as usize) < self.slot)
        {
            self.segment += 1;
        }
        true
    }

    /// Makes the segment at `start` the next one. Looks at `longest` bytes at most.
    pub(crate) fn cover(&mut self, window: &[u8], start: usize, longest: usize) -> Option<Entry> {
        if self.seek(start)
            && let Some(entry) = self.peek()
        {
            return Some(entry);
        }
        let rest = window.get(start..).unwrap_or_default();
        let stretch = rest.get(..longest.min(STRETCH)).unwrap_or(rest);
        self.base = start;
        self.covered = start + stretch.len();
        self.slot = 0;
        self.segment = 0;
        self.places.scan(self.level, stretch, self.marks);
        self.peek()
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
        self.covered = self.base;
        self.slot = 0;
        self.segment = 0;
        self.behind = usize::MAX;
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
