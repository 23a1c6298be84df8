//! The standard as data: transaction sets, loops, segments, elements and codes of a release.

mod model;
mod release;
#[cfg(test)]
pub(crate) mod sample;
pub mod walk;

pub use model::{
    Area, CodeList, CompositeRule, ElementKind, ElementRule, ElementType, LoopUse, MaxUse, Node,
    NoteKind, Requirement, SegmentRule, SegmentUse, SetSchema, SyntaxNote,
};
pub use release::Release;
