//! The standard as data: transaction sets, loops, segments, elements and codes of a release.

mod cells;
mod codes;
mod control;
mod difference;
mod line;
mod model;
mod notation;
pub mod overlay;
mod path;
mod release;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(feature = "serde")]
mod serde_text;
mod standard;
pub mod walk;

pub use codes::CodeList;
pub use control::control_segment;
pub use difference::{Difference, What};
pub use model::{
    Area, CompositeRule, ElementKind, ElementRule, ElementType, LoopUse, MaxUse, Node, NoteKind,
    Requirement, SegmentRule, SegmentUse, SetSchema, SyntaxNote,
};
pub use path::Place;
pub use release::Release;
pub use standard::Standard;
