//! One transaction set in memory.

use std::sync::Arc;

use super::event::Summary;
use super::header::{GroupHeader, InterchangeHeader, SetHeader};
use crate::delimiters::Delimiters;
use crate::finding::Finding;
use crate::segment::{Origin, Segment};

/// A transaction set with its context: the unit in which documents are worked on.
#[derive(Debug, Clone)]
pub struct TransactionSet {
    pub(super) interchange: Option<Arc<InterchangeHeader>>,
    pub(super) group: Option<Arc<GroupHeader>>,
    pub(super) header: SetHeader,
    pub(super) summary: Summary,
    pub(super) findings: Vec<Finding>,
    pub(super) delimiters: Delimiters,
    bytes: Vec<u8>,
    ends: Vec<u32>,
    segments: Vec<Stored>,
}

/// Where a segment is in the buffers, and where it was in the input.
#[derive(Debug, Clone, Copy)]
struct Stored {
    bytes_end: usize,
    ends_end: usize,
    offset: u64,
    line: u64,
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
        }
    }

    /// Empties the buffers and keeps their memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.segments.clear();
        self.findings.clear();
    }

    pub(super) fn push(&mut self, segment: Segment<'_>, line: u64) {
        self.bytes.extend_from_slice(segment.raw);
        self.ends.extend_from_slice(segment.ends);
        self.segments.push(Stored {
            bytes_end: self.bytes.len(),
            ends_end: self.ends.len(),
            offset: segment.offset(),
            line,
        });
    }

    pub(super) fn byte_len(&self) -> usize {
        self.bytes.len()
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
        let (bytes_start, ends_start) =
            match index.checked_sub(1).and_then(|i| self.segments.get(i)) {
                Some(before) => (before.bytes_end, before.ends_end),
                None => (0, 0),
            };
        Some(Segment {
            raw: self
                .bytes
                .get(bytes_start..stored.bytes_end)
                .unwrap_or_default(),
            ends: self
                .ends
                .get(ends_start..stored.ends_end)
                .unwrap_or_default(),
            delimiters: self.delimiters,
            origin: Origin {
                offset: stored.offset,
                number: u32::try_from(index + 1).unwrap_or(u32::MAX),
                lead: &[],
                lead_line: stored.line,
            },
        })
    }

    /// All segments in order, ST and SE included.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        (0..self.segments.len()).filter_map(|index| self.segment(index))
    }
}
