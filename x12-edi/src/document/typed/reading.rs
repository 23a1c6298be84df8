//! Reads typed segments one after another.

use super::{Kept, Reading, TypedSegment, Violation};
use crate::delimiters::Delimiters;
use crate::finding::Finding;
use crate::schema::Release;
use crate::segment::Segment;

/// What reading a document needs at every segment.
#[derive(Debug)]
pub(crate) struct ReadContext {
    release: Release,
    is_plain: bool,
    findings: Vec<Finding>,
}

/// The most findings of one document.
const MAX_FINDINGS: usize = 10_000;

impl ReadContext {
    /// `is_plain` says that the set is ASCII without component or repetition separators.
    pub(crate) fn release(&self) -> Release {
        self.release
    }

    pub(crate) fn new(release: Release, is_plain: bool) -> Self {
        Self {
            release,
            is_plain,
            findings: Vec::new(),
        }
    }

    pub(crate) fn find(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        }
    }

    pub(crate) fn finish(self) -> Vec<Finding> {
        self.findings
    }

    /// Reads a typed segment, reports what breaks its rules, and keeps the source if writing the
    /// fields would give other bytes.
    #[inline]
    pub(crate) fn read<T: TypedSegment>(&mut self, typed: &mut T, segment: Segment<'_>) {
        let is_plain = self.is_plain || looks_plain(segment);
        let mut reading = Reading {
            release: self.release,
            is_plain,
            delimiters: segment.delimiters(),
            exact: true,
            readable: true,
        };
        typed.read_elements(segment, &mut reading);
        let rules = T::rules(self.release);
        let (filled, mut sound) = match rules {
            Some(rules) => rules.quick_look(segment.lengths()),
            None => (u64::MAX, true),
        };
        sound &= reading.readable && is_plain;
        if !sound && let Some(rules) = rules {
            let mut violations = Vec::new();
            rules.check(
                segment.len(),
                |element| segment.element(element),
                &mut violations,
            );
            sound = violations.is_empty();
            self.report(segment, violations);
        }
        // Elements without a field, and separators behind the last element that is filled.
        let last = segment.len();
        let all_named = filled & !T::FIELDS == 0 && last < 64;
        let ends_filled = last == 0 || filled >> last.min(63) & 1 == 1;
        if !(sound && reading.exact && all_named && ends_filled) {
            *typed.kept_mut() = Kept::new(segment);
        }
    }

    #[cold]
    fn report(&mut self, segment: Segment<'_>, violations: Vec<Violation>) {
        for violation in violations {
            self.find(violation.into_finding(segment));
        }
    }
}

/// Whether a segment is ASCII without component or repetition separators.
fn looks_plain(segment: Segment<'_>) -> bool {
    let delimiters = segment.delimiters();
    let bytes = segment.as_bytes();
    is_plain(bytes, delimiters)
}

/// Whether bytes are ASCII without component or repetition separators or release characters.
pub(crate) fn is_plain(bytes: &[u8], delimiters: Delimiters) -> bool {
    let component = delimiters.component;
    let repetition = delimiters.repetition.unwrap_or(component);
    let release = delimiters.release.unwrap_or(component);
    // Without a way out of the loop the compiler takes many bytes at once.
    !bytes.iter().fold(false, |odd, &byte| {
        odd | (byte >= 0x80) | (byte == component) | (byte == repetition) | (byte == release)
    })
}
