//! The source of a segment whose fields alone would not give the same bytes again.

use std::fmt;

use crate::delimiters::Delimiters;
use crate::segment::{Boundary, Segment, SegmentBuf};

/// A source segment, or nothing where the fields say it all.
#[derive(Clone, Default)]
pub(crate) struct Kept(Option<Box<(SegmentBuf, Delimiters)>>);

impl Kept {
    pub(crate) fn new(segment: Segment<'_>) -> Self {
        Self(Some(Box::new((
            SegmentBuf::from(segment),
            segment.delimiters(),
        ))))
    }

    pub(crate) fn segment(&self) -> Option<&SegmentBuf> {
        self.0.as_ref().map(|kept| &kept.0)
    }

    /// Shows the source to `read` as it stood in the input.
    pub(crate) fn with_view<T>(&self, read: impl FnOnce(Segment<'_>) -> T) -> Option<T> {
        let (segment, delimiters) = &**self.0.as_ref()?;
        let mut raw = Vec::with_capacity(segment.bytes.len() + segment.boundaries.len());
        let mut ends = Vec::new();
        for (boundary, bytes) in segment.pieces() {
            match boundary {
                None => {}
                Some(Boundary::Element) => {
                    ends.push(u32::try_from(raw.len()).unwrap_or(u32::MAX));
                    raw.push(delimiters.element);
                }
                Some(Boundary::Component) => raw.push(delimiters.component),
                Some(Boundary::Repetition) => raw.extend(delimiters.repetition),
            }
            match delimiters.release {
                None => raw.extend_from_slice(bytes),
                Some(release) => {
                    for &byte in bytes {
                        if delimiters.contains(byte) {
                            raw.push(release);
                        }
                        raw.push(byte);
                    }
                }
            }
        }
        ends.push(u32::try_from(raw.len()).unwrap_or(u32::MAX));
        Some(read(Segment::alone(&raw, &ends, *delimiters)))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.segment() == other.segment()
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.segment() {
            Some(segment) => segment.fmt(f),
            None => f.write_str("-"),
        }
    }
}
