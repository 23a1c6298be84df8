//! What the standard says of a transaction set, a loop, a segment, an element.
//!
//! Everything is owned or shared by `Arc`, so that a partner's overlay is an ordinary value.

use std::sync::Arc;

use super::{CodeList, Release};

/// Whether something must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Requirement {
    /// M: always, inside the loop that holds it.
    Mandatory,
    /// O: as the sender likes.
    Optional,
    /// X: a syntax note of the segment says when.
    Conditional,
    /// Never: only overlays say so.
    Forbidden,
}

/// The third of a transaction set in which a segment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Area {
    /// H.
    Heading,
    /// D.
    Detail,
    /// S.
    Summary,
    /// Not worked out for this set.
    Unknown,
}

/// How often something may occur in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MaxUse {
    /// So many times.
    Times(u32),
    /// As often as the sender likes (`>1`).
    Unlimited,
}

impl MaxUse {
    /// Whether `count` occurrences are allowed.
    #[must_use]
    pub const fn allows(self, count: u32) -> bool {
        match self {
            Self::Times(times) => count <= times,
            Self::Unlimited => true,
        }
    }
}

/// The type of a simple element; lengths are counted as the type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ElementType {
    /// Nn: digits with so many implied decimals; a leading `-` does not count.
    N(u8),
    /// N of which no source says how many decimals are implied (003040).
    NUnknown,
    /// R: a decimal; neither sign nor point count.
    R,
    /// ID: a code of the list of the element.
    Id,
    /// AN: text with at least one character that is no blank.
    An,
    /// DT: CCYYMMDD where eight characters are allowed, YYMMDD where six are.
    Dt,
    /// TM: HHMM, HHMMSS, HHMMSSd or HHMMSSdd.
    Tm,
    /// B: bytes.
    B,
}

/// What an element consists of.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ElementKind {
    /// One value.
    Simple {
        /// The type.
        ty: ElementType,
        /// The least length.
        min: u32,
        /// The greatest length.
        max: u32,
        /// The codes of an ID element, where the tables have them.
        codes: Option<Arc<CodeList>>,
    },
    /// Components.
    Composite(Arc<CompositeRule>),
}

/// One element at one place of a segment, or one component at one place of a composite.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ElementRule {
    /// The number of the data element, for example `353`, or of the composite, for example `C040`.
    pub element: Box<str>,
    /// Whether it must be there.
    pub requirement: Requirement,
    /// How often it may be repeated inside the element; 1 before 005010.
    pub repeat: MaxUse,
    /// What it consists of.
    pub kind: ElementKind,
}

/// The components of a composite element.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CompositeRule {
    /// For example `C040`.
    pub id: Box<str>,
    /// Its components in order.
    pub components: Vec<ElementRule>,
    /// Its syntax notes; places count components.
    pub notes: Vec<SyntaxNote>,
}

/// The kind of a syntax note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoteKind {
    /// P: all or none.
    Paired,
    /// R: at least one.
    Required,
    /// E: at most one.
    Exclusion,
    /// C: if the first is there, all the others are.
    Conditional,
    /// L: if the first is there, at least one of the others is.
    ListConditional,
}

/// How the elements of a segment depend on each other, for example `P0304`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SyntaxNote {
    /// The kind.
    pub kind: NoteKind,
    /// The places, from 1.
    pub places: Vec<u8>,
}

/// A segment of a release.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SegmentRule {
    /// The segment id, for example `PO1`.
    pub id: Box<str>,
    /// Its elements in order.
    pub elements: Vec<ElementRule>,
    /// Its syntax notes.
    pub notes: Vec<SyntaxNote>,
}

/// A segment at one place of a set.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SegmentUse {
    /// What the segment looks like here.
    pub rule: Arc<SegmentRule>,
    /// Whether it must be there, inside its loop.
    pub requirement: Requirement,
    /// How often it may stand here in a row.
    pub max_use: MaxUse,
    /// The third of the set.
    pub area: Area,
}

/// A loop at one place of a set. Its first node is a segment: the one that starts it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LoopUse {
    /// The loop, named after its first segment, for example `PO1`.
    pub id: Box<str>,
    /// Whether it must be there.
    pub requirement: Requirement,
    /// How often it may stand here.
    pub repeat: MaxUse,
    /// Segments and inner loops in the order of the standard.
    pub nodes: Vec<Node>,
}

/// A place of a set.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Node {
    /// A segment.
    Segment(SegmentUse),
    /// A loop.
    Loop(LoopUse),
}

/// A transaction set of a release, perhaps changed by a partner's overlay.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SetSchema {
    /// The release.
    pub release: Release,
    /// ST01, for example `850`.
    pub code: Box<str>,
    /// GS01, for example `PO`.
    pub functional_id: Box<str>,
    /// From ST to SE, both included.
    pub nodes: Vec<Node>,
}
