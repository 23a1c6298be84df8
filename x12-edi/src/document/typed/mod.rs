//! How a segment becomes a struct and back, driven by the element rules of the standard.

mod elements;
mod field;
mod kept;
mod key;
mod loop_macro;
mod macros;
mod pairs;
mod rule;
mod slot;

pub(crate) use elements::ElementList;
pub(crate) use field::{Field, Pair};
pub(crate) use kept::Kept;
pub(crate) use key::{KnownKeys, key};
pub(crate) use loop_macro::{spell, typed_document, typed_loop};
pub(crate) use macros::{element_kind, element_rule, typed_segment};
pub(crate) use pairs::{read_pairs, write_field, write_pairs};
pub(crate) use rule::{Kind, Note, Rule, Violation, check};
pub(crate) use slot::{Loop, LoopRules, Part, Site, Slot};

use crate::finding::Finding;
use crate::segment::Segment;

/// A segment whose elements are fields.
pub(crate) trait TypedSegment: Sized {
    const ID: &'static str;
    /// How many elements the standard gives it.
    const COUNT: Option<usize>;
    const NOTES: &'static [Note];

    fn rule(element: usize) -> Option<Rule>;
    fn kind(element: usize) -> Option<Kind>;
    /// The name of the field that an element fills.
    fn label(element: usize) -> Option<&'static str>;
    /// The fields from the elements; what cannot be read is left empty.
    fn from_elements(segment: Segment<'_>) -> Self;
    /// The elements from the fields; what cannot be written is a violation.
    fn to_elements(&self, out: &mut ElementList, violations: &mut Vec<Violation>);
    fn kept(&self) -> &Kept;
    fn kept_mut(&mut self) -> &mut Kept;
}

/// What reading a document needs at every segment.
#[derive(Debug, Default)]
pub(crate) struct ReadContext {
    findings: Vec<Finding>,
    scratch: ElementList,
    violations: Vec<Violation>,
}

/// The most findings of one document.
const MAX_FINDINGS: usize = 10_000;

impl ReadContext {
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
    pub(crate) fn read<T: TypedSegment>(&mut self, segment: Segment<'_>) -> T {
        let mut typed = T::from_elements(segment);
        self.violations.clear();
        let structured = check::<T>(
            segment.len(),
            |element| segment.element(element),
            &mut self.violations,
        );
        let sound = self.violations.is_empty();
        for violation in self.violations.drain(..) {
            if self.findings.len() < MAX_FINDINGS {
                self.findings.push(violation.into_finding(segment));
            }
        }
        self.scratch.clear();
        typed.to_elements(&mut self.scratch, &mut self.violations);
        self.violations.clear();
        if !sound || structured || !self.scratch.same_as(segment) {
            *typed.kept_mut() = Kept::new(segment);
        }
        typed
    }
}
