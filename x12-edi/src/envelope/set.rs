//! One transaction set in memory.

use std::sync::Arc;

use super::event::Summary;
use super::header::{GroupHeader, InterchangeHeader, SetHeader};
use crate::delimiters::Delimiters;
use crate::finding::Finding;
use crate::lexer::{Entry, count_lines};
use crate::reader::Stretch;
use crate::segment::Segment;

/// A transaction set with its context: the unit in which documents are worked on.
#[derive(Debug, Clone)]
pub struct TransactionSet {
    pub(super) interchange: Option<Arc<InterchangeHeader>>,
    pub(super) group: Option<Arc<GroupHeader>>,
    pub(super) header: SetHeader,
    pub(super) summary: Summary,
    pub(super) findings: Vec<Finding>,
    pub(super) delimiters: Delimiters,
    /// What was in the input from the first segment of each piece to the end of its last one.
    bytes: Vec<u8>,
    /// Element ends, each from the first byte of its piece.
    ends: Vec<u32>,
    segments: Vec<Stored>,
    pieces: Vec<Piece>,
    run: Option<Run>,
    gap: Gap,
    /// An offset of the input and its line, from which the next lines are counted: a stretch of
    /// the index has many sets. It stays when the set is emptied.
    counted: (u64, u64),
}

/// Segments of the set that are not held: `count` of them, before the one with this index.
#[derive(Debug, Clone, Copy, Default)]
struct Gap {
    index: usize,
    count: usize,
}

/// How much of a set is held at some moment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    bytes: usize,
    ends: usize,
    segments: usize,
    pieces: usize,
}

/// Where a segment is in its piece.
#[derive(Debug, Clone, Copy)]
struct Stored {
    start: u32,
    /// Of its ends.
    first: u32,
    last: u32,
}

/// Segments that stood in the input with nothing left out between them. Most sets are one piece.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// The number of segments before it.
    segments: usize,
    /// Where its bytes begin.
    bytes: usize,
    /// Offset and line of its first byte in the input.
    offset: u64,
    line: u64,
}

/// Segments of the reader's index that are not copied yet; they will be one piece.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// The number of segments before it.
    segments: usize,
    /// The number of ends before it, less the place in the index where it begins.
    shift: u32,
    start: u32,
    first: u32,
    last: u32,
}

impl Mark {
    pub(super) fn segments(self) -> usize {
        self.segments
    }
}

impl TransactionSet {
    pub(super) fn empty() -> Self {
        Self {
            interchange: None,
            group: None,
            header: SetHeader {
                code: String::new(),
                control_number: String::new(),
                implementation: None,
            },
            summary: Summary {
                count: 0,
                declared: None,
                has_trailer: false,
                span: 0..0,
            },
            findings: Vec::new(),
            delimiters: Delimiters::default(),
            bytes: Vec::new(),
            ends: Vec::new(),
            segments: Vec::new(),
            pieces: Vec::new(),
            run: None,
            gap: Gap::default(),
            counted: (0, 1),
        }
    }

    /// Empties the buffers and keeps their memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.segments.clear();
        self.pieces.clear();
        self.run = None;
        self.gap = Gap::default();
        self.findings.clear();
    }

    /// What is held now; to be called when no run is open.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            bytes: self.bytes.len(),
            ends: self.ends.len(),
            segments: self.segments.len(),
            pieces: self.pieces.len(),
        }
    }

    /// Drops what was added since a mark. The next segment has this number in the set.
    pub(super) fn cut_back(&mut self, mark: Mark, number: u32) {
        self.bytes.truncate(mark.bytes);
        self.ends.truncate(mark.ends);
        self.segments.truncate(mark.segments);
        self.pieces.truncate(mark.pieces);
        self.run = None;
        self.findings.clear();
        self.gap = Gap {
            index: mark.segments,
            count: (number as usize).saturating_sub(mark.segments + 1),
        };
    }

    /// Adds segments of the reader's index, whose bytes are copied with those around them.
    pub(super) fn push_indexed(&mut self, entries: &[Entry]) {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return;
        };
        let run = self.run.get_or_insert(Run {
            segments: self.segments.len(),
            // The ends of a set stay below 4 G by its limit.
            shift: (self.ends.len() as u32).wrapping_sub(first.first),
            start: first.start,
            first: first.first,
            last: last.last,
        });
        run.last = last.last;
        let run = *run;
        self.segments.extend(entries.iter().map(|entry| Stored {
            start: entry.start - run.start,
            first: entry.first.wrapping_add(run.shift),
            last: entry.last.wrapping_add(run.shift),
        }));
    }

    /// Copies what was pushed from the index; to be called before the index changes.
    pub(super) fn close_run(&mut self, stretch: &Stretch<'_>) {
        let Some(run) = self.run.take() else { return };
        let start = run.start as usize;
        let offset = stretch.offset + start as u64;
        let (from, line) = match self.counted {
            (from, line) if (stretch.offset..=offset).contains(&from) => (from, line),
            _ => (stretch.offset, stretch.line),
        };
        let passed = usize::try_from(from - stretch.offset).unwrap_or(start);
        let before = stretch.bytes.get(passed..start).unwrap_or_default();
        let line = line + count_lines(before);
        self.counted = (offset, line);
        self.pieces.push(Piece {
            segments: run.segments,
            bytes: self.bytes.len(),
            offset,
            line,
        });
        let ends = stretch.index.ends(run.first, run.last);
        let end = ends.last().map_or(0, |&end| end as usize);
        let bytes = stretch.bytes.get(start..end).unwrap_or_default();
        self.bytes.extend_from_slice(bytes);
        self.ends.extend(ends.iter().map(|&end| end - run.start));
    }

    /// Adds a segment that is a piece of its own.
    pub(super) fn push_apart(&mut self, segment: Segment<'_>) {
        let ends = self.ends.len() as u32;
        self.pieces.push(Piece {
            segments: self.segments.len(),
            bytes: self.bytes.len(),
            offset: segment.offset(),
            line: segment.line(),
        });
        self.bytes.extend_from_slice(segment.as_bytes());
        self.ends
            .extend(segment.ends.iter().map(|&end| end - segment.start));
        self.segments.push(Stored {
            start: 0,
            first: ends,
            last: (self.ends.len() as u32).saturating_sub(1),
        });
    }

    /// The header of its interchange; `None` if the set stands outside one.
    #[must_use]
    pub fn interchange(&self) -> Option<&InterchangeHeader> {
        self.interchange.as_deref()
    }

    /// The header of its group; `None` if the set stands outside one.
    #[must_use]
    pub fn group(&self) -> Option<&GroupHeader> {
        self.group.as_deref()
    }

    /// ST.
    #[must_use]
    pub fn header(&self) -> &SetHeader {
        &self.header
    }

    /// ST01, for example `850`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.header.code
    }

    /// ST02 as it stands.
    #[must_use]
    pub fn control_number(&self) -> &str {
        &self.header.control_number
    }

    /// Counts and the byte span in the input, by which the set can be cut out of it.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// What was found about the set while it was read: counts, control numbers, bad segment ids.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The delimiters of its interchange.
    #[must_use]
    pub fn delimiters(&self) -> Delimiters {
        self.delimiters
    }

    /// The bytes of the set, with whatever stands between its segments.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.bytes
    }

    /// How many segments there are, ST and SE included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.segments.len()
    }

    /// Whether there is no segment; never true for a set that was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Segment `index`, from 0, which is ST.
    #[must_use]
    #[inline]
    pub fn segment(&self, index: usize) -> Option<Segment<'_>> {
        let stored = self.segments.get(index)?;
        let piece = self.piece_of(index)?;
        Some(Segment {
            window: self.bytes.get(piece.bytes..).unwrap_or_default(),
            ends: self
                .ends
                .get(stored.first as usize..=stored.last as usize)
                .unwrap_or_default(),
            start: stored.start,
            number: u32::try_from(self.number_of(index)).unwrap_or(u32::MAX),
            origin: piece.offset,
            origin_line: piece.line,
            delimiters: self.delimiters,
        })
    }

    /// The number in the set of a segment that is held.
    #[inline]
    fn number_of(&self, index: usize) -> usize {
        if index < self.gap.index {
            index + 1
        } else {
            index + 1 + self.gap.count
        }
    }

    #[inline]
    fn piece_of(&self, index: usize) -> Option<&Piece> {
        match self.pieces.as_slice() {
            [only] => Some(only),
            pieces => {
                let behind = pieces.partition_point(|piece| piece.segments <= index);
                pieces.get(behind.checked_sub(1)?)
            }
        }
    }

    /// The id of segment `index` as it stands in the input.
    #[inline]
    pub(crate) fn id(&self, index: usize) -> Option<&[u8]> {
        let stored = self.segments.get(index)?;
        let piece = self.piece_of(index)?;
        let end = self.ends.get(stored.first as usize)?;
        let start = piece.bytes + stored.start as usize;
        self.bytes.get(start..piece.bytes + *end as usize)
    }

    /// All segments in order, ST and SE included.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        (0..self.segments.len()).filter_map(|index| self.segment(index))
    }
}
