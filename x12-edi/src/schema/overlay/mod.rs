//! What one partner does differently from the standard, as data.
//!
//! An [`Overlay`] names a set of a release and lists [`Change`]s; [`Overlay::apply`] makes a new
//! [`SetSchema`] of it, or an error with every mistake of the overlay at once. The new schema is a
//! value like that of the standard: it can be validated against, walked, rendered, and held against the standard with
//! [`SetSchema::diff`].
//!
//! With feature `serde` an overlay is a file, in TOML for example:
//!
//! ```
//! # #[cfg(feature = "serde")] {
//! let text = r#"
//! name = "ACME"
//! release = "004010"
//! set = "850"
//!
//! [[changes]]                # every order line names the vendor's part
//! at = "PO1/PO1"
//! element = 6
//! change = "require"
//!
//! [[changes]]                # and the number of the line has at most six digits
//! at = "PO1/PO1"
//! element = 1
//! change = "length"
//! max = 6
//!
//! [[changes]]                # D-U-N-S numbers with the qualifier of ISA05, in every N1
//! at = "*/N1"
//! element = 3
//! change = "add-codes"
//! codes = ["01"]
//!
//! [[changes]]
//! at = "PO1/SLN"
//! change = "forbid"
//!
//! [[changes]]                # a segment of the partner's own, at the end of the heading
//! at = "N1"
//! change = "add"
//! places = "ZA1*10"
//!
//! [segments]
//! ZA1 = "128! 9001 352 | R0203"
//!
//! [elements]
//! 9001 = "ID 2 2 AA BB"
//! "#;
//! use x12_edi::schema::{Standard, overlay::Overlay};
//! let overlay: Overlay = toml::from_str(text).expect("well-formed");
//! let standard = Standard::of(overlay.release).set(&overlay.set).expect("a default set");
//! let schema = overlay.apply(standard)?;
//! let differences: Vec<String> = standard.diff(&schema).iter().map(ToString::to_string).collect();
//! assert_eq!(differences[..2], ["N1/N1 element 3: codes +01", "ZA1: added ZA1*10"]);
//! assert!(differences.contains(&"PO1/PO1 element 1: at most 6 long, was 20".to_owned()));
//! # }
//! # Ok::<(), x12_edi::Error>(())
//! ```
//!
//! | `change` | needs | at | what it does |
//! | --- | --- | --- | --- |
//! | `require`, `allow`, `forbid` | | segment, loop, element, component | it must, may, must not be there |
//! | `repeat` | `times`: a number or `"unlimited"` | segment, loop, element | how often it may stand there in a row |
//! | `length` | `min`, `max` or both | element, component | other lengths |
//! | `type` | `type` | element, component | another type |
//! | `add-codes`, `remove-codes`, `only-codes` | `codes` | element, component | more codes, fewer codes, no codes but these |
//! | `add-note`, `remove-note` | `note`, such as `"P0304"` | segment, composite element | syntax notes |
//! | `add` | `places`, such as `"REF*12 (N1*200 N2*2)"` | segment, loop | more segments and loops behind it, in the same loop |
//! | `add-elements` | `places`, such as `"127! 352"` | segment | more elements behind its last one |
//!
//! Additions are made first and requirements last, whatever the order in the file; no two changes may say
//! something of the same thing.

mod apply;
mod change;
mod contradiction;
mod edit;
#[cfg(feature = "serde")]
mod file;
mod own;

use std::collections::BTreeMap;

use super::difference::Difference;
use super::model::SetSchema;
use super::release::Release;
use crate::error::Result;

pub use change::{Change, Edit};

/// The differences of one partner in one set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Overlay {
    /// Whose it is; for people only.
    #[cfg_attr(feature = "serde", serde(default))]
    pub name: String,
    /// The release that it changes.
    pub release: Release,
    /// ST01 of the set that it changes.
    pub set: String,
    /// The changes.
    #[cfg_attr(feature = "serde", serde(default))]
    pub changes: Vec<Change>,
    /// Segments that the standard does not have: the id, and elements and notes as in `128! 127 352*5 | R0203`.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "BTreeMap::is_empty")
    )]
    pub segments: BTreeMap<String, String>,
    /// Elements that the standard does not have, for those segments and for
    /// [`Edit::AddElements`]: the number, and type, least and greatest length and codes as in `ID 2 3 AA BBB`.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "BTreeMap::is_empty")
    )]
    pub elements: BTreeMap<String, String>,
}

impl Overlay {
    /// An overlay that changes nothing yet.
    ///
    /// ```
    /// use x12_edi::schema::{MaxUse, Release, Standard, overlay::{Change, Overlay}};
    ///
    /// let overlay = Overlay::new(Release::V004010, "850")
    ///     .with(Change::repeat("REF", MaxUse::Times(3)))
    ///     .with(Change::require("REFF"))
    ///     .with(Change::forbid("BEG"));
    /// let standard = Standard::of(Release::V004010).set("850").expect("a default set");
    /// let error = overlay.apply(standard).expect_err("there is no segment REFF");
    /// assert_eq!(error.problems().len(), 1);
    /// assert_eq!(error.segment(), Some("REFF"));
    /// ```
    #[must_use]
    pub fn new(release: Release, set: impl Into<String>) -> Self {
        Self {
            release,
            set: set.into(),
            ..Self::default()
        }
    }

    /// With one more change.
    #[must_use]
    pub fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// With a segment of the partner's own, see [`Overlay::segments`].
    #[must_use]
    pub fn with_segment(mut self, id: impl Into<String>, elements: impl Into<String>) -> Self {
        self.segments.insert(id.into(), elements.into());
        self
    }

    /// With an element of the partner's own, see [`Overlay::elements`].
    #[must_use]
    pub fn with_element(mut self, number: impl Into<String>, rule: impl Into<String>) -> Self {
        self.elements.insert(number.into(), rule.into());
        self
    }

    /// The set with all changes made.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) with one problem for each mistake: another release or set, an
    /// unknown path, a change that changes nothing, changes that contradict each other or the rest of the set, notes
    /// and codes that fit nowhere, text that is not in the notation. Each names the path (as its segment), the
    /// element, the number of the change from 1, and how to mend it.
    pub fn apply(&self, schema: &SetSchema) -> Result<SetSchema> {
        apply::apply(self, schema)
    }

    /// What the set of the overlay differs in from `schema`; see [`SetSchema::diff`].
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn diff(&self, schema: &SetSchema) -> Result<Vec<Difference>> {
        Ok(schema.diff(&self.apply(schema)?))
    }
}
