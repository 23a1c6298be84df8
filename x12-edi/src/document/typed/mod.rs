//! How a segment becomes a struct and back, and how segments become loops and documents.
//!
//! `typed_segment!` (in `macros`), `typed_loop!` (in `loop_macro`) and `typed_document!` (in
//! `document_macro`) are the tables that all documents are declared with; their modules say how.
//! The rules of lengths, requirements and syntax notes come from the tables of the release.

mod document_macro;
mod elements;
mod field;
mod kept;
mod key;
mod loop_macro;
mod loop_method;
mod macros;
mod order;
mod pairs;
mod reading;
mod rule;
mod rules;
mod slot;

pub(crate) use document_macro::typed_document;
pub(crate) use elements::{COMPONENT, ElementList, REPETITION};
pub(crate) use field::{Field, FieldError, Pair, Raw, Reading};
pub(crate) use kept::Kept;
pub(crate) use key::{KnownKeys, key};
pub(crate) use loop_macro::{first_of, spell, typed_loop};
pub(crate) use loop_method::loop_method;
pub(crate) use macros::{bits, element_kind, element_method, typed_segment};
pub(crate) use order::{Orders, is_before};
pub(crate) use pairs::{read_pairs, write_field, write_pairs};
pub(crate) use reading::{ReadContext, is_plain};
pub(crate) use rule::{Kind, Violation};
pub(crate) use rules::{RuleCells, Rules};
pub(crate) use slot::{Loop, LoopRules, Part, Rare, Site, Slot, Stay};

use crate::schema::Release;
use crate::segment::Segment;

/// A segment whose elements are fields.
pub(crate) trait TypedSegment: Default {
    const ID: &'static str;
    /// The bits of the elements that have a field.
    const FIELDS: u64;

    /// The rules of a release; `None` if it does not have the segment.
    fn rules(release: Release) -> Option<&'static Rules>;
    /// Fills the fields from the elements; what cannot be read is left empty.
    fn read_elements(&mut self, segment: Segment<'_>, reading: &mut Reading);
    /// The elements from the fields; what cannot be written is a violation.
    fn to_elements(&self, release: Release, out: &mut ElementList, violations: &mut Vec<Violation>);
    fn kept(&self) -> &Kept;
    fn kept_mut(&mut self) -> &mut Kept;
}
