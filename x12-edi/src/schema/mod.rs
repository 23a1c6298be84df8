//! The standard as data: transaction sets, loops, segments, elements and codes of a release.
//!
//! - [`Standard::of`] has the tables of a release; [`Standard::set`] gives a [`SetSchema`], the structure of one
//!   transaction set down to the codes of its elements.
//! - [`SetSchema::segments`] lists its places, [`SetSchema::find`] takes a path such as `PO1/SLN/N1`,
//!   [`SetSchema::diff`] holds it against another one.
//! - [`overlay`] makes a partner's own schema of it, from data.
//! - [`walk`] finds the place of each segment of a set that is read.
//!
//! ```
//! use x12_edi::schema::{ElementKind, Release, Standard};
//!
//! let order = Standard::of(Release::V004010).set("850").expect("a default set");
//! let line = order.find("PO1").and_then(|node| node.as_loop()).expect("PO1 is a loop");
//! println!("an order has {} to {} lines", line.requirement, line.repeat);
//! let rule = line.nodes[0].first_segment().map(|first| &first.rule).expect("PO1 starts it");
//! for (place, element) in (1..).zip(&rule.elements) {
//!     if let ElementKind::Simple { ty, min, max, .. } = &element.kind {
//!         println!("PO1{place:02} is {}: {ty}, {min} to {max}", element.requirement);
//!     }
//! }
//! ```
//!
//! # What there is
//!
//! | | 003040 | 004010 | 005010 |
//! | --- | --- | --- | --- |
//! | sets by default: 810 820 824 850 855 856 860 861 865 997, in 005010 also 999 | 10 | 10 | 11 |
//! | sets with feature `all-sets` | 187 | 293 | 318 |
//! | segments | 753 | 970 | 1004 |
//! | simple elements | 1206 | 1319 | 1350 |
//! | composites | 4 | 23 | 32 |
//! | elements with a list of codes | 136 | 172 | 181 |
//! | codes | 12 004 | 20 933 | 24 281 |
//!
//! Names, purposes and meanings of the standard are not here; they belong to ASC X12. Lists of codes that others keep
//! (countries, carriers) have no codes, and neither have elements that only sets beyond the procurement ones use.
//!
//! # How sure it is
//!
//! The tables are facts gathered from public descriptions and compared with each other; `data/README.md` of this crate
//! names them and says how each part is known. In short:
//!
//! - Structure, elements and lengths of 004010 are the same in two or three independent sources; where they were not,
//!   what most of them say was taken. LDT in the loop LS of 850 and 860 is the one such place in a procurement set.
//! - Structure of 003040 and 005010 rests on two sources.
//! - Syntax notes of 003040 and 005010 are in large part those of 004010, taken over where the elements they name did
//!   not change. They may be too strict or too lax for an odd segment: remove or add the note in an
//!   [overlay], or switch notes off.
//! - Lists of codes are as complete as the sources. Partners use other codes too (`01` in N103 for a D-U-N-S number,
//!   where the list has `1`): take an unknown code as a warning, or add it in an overlay.
//! - Some lengths of rare ID elements are unknown; their greatest length is [`u32::MAX`].
//!
//! Position numbers of the standard are not here: nothing in data depends on them.
//!
//! # What it costs
//!
//! About 390 KB of text in the binary, 560 KB with `all-sets`. The first use of a release sorts its entries (about 0.2
//! ms); a set is parsed when it is first asked for (about 0.04 ms for the 997, 0.6 ms for the 850 with its codes), once
//! a process.

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
