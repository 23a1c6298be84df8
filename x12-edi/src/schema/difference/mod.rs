//! What one schema differs in from another.

mod compare;

use std::fmt;

use super::model::{Area, ElementType, MaxUse, Requirement, SetSchema, SyntaxNote};

/// One thing in which a schema differs from another, with its place.
///
/// As text: `PO1/PO1 element 6: mandatory, was conditional`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Difference {
    /// The segment or loop, as [`SetSchema::find`] takes it; that of the first schema where something was removed.
    pub path: String,
    /// The element, from 1.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub element: Option<usize>,
    /// The component, from 1.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub component: Option<usize>,
    /// What differs.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub what: What,
}

/// What differs at a place; `from` is the first schema, `to` the second one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "what", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum What {
    /// A segment or loop that only the second one has.
    Added {
        /// It with all that it holds, in the notation of [`Node`](super::Node).
        places: String,
    },
    /// A segment or loop that only the first one has.
    Removed {
        /// It with all that it holds, in the notation of [`Node`](super::Node).
        places: String,
    },
    /// Whether it must be there. Optional and conditional count as the same: notes tell them apart.
    Requirement {
        /// Before.
        from: Requirement,
        /// After.
        to: Requirement,
    },
    /// How often it may stand there.
    Repeat {
        /// Before.
        from: MaxUse,
        /// After.
        to: MaxUse,
    },
    /// The third of the set.
    Area {
        /// Before.
        from: Area,
        /// After.
        to: Area,
    },
    /// An element or component that only the second one has.
    ElementAdded {
        /// Its number, for example `127`.
        number: String,
    },
    /// An element or component that only the first one has.
    ElementRemoved {
        /// Its number, for example `127`.
        number: String,
    },
    /// Another element at the same place.
    Element {
        /// The number before.
        from: String,
        /// The number after.
        to: String,
    },
    /// The type of a simple element.
    Type {
        /// Before.
        from: ElementType,
        /// After.
        to: ElementType,
    },
    /// The least length.
    MinLength {
        /// Before.
        from: u32,
        /// After.
        to: u32,
    },
    /// The greatest length; the largest `u32` where none is known.
    MaxLength {
        /// Before.
        from: u32,
        /// After.
        to: u32,
    },
    /// Other codes in a list that both have.
    Codes {
        /// What only the second one has, sorted.
        added: Vec<String>,
        /// What only the first one has, sorted.
        removed: Vec<String>,
    },
    /// Only the second one has a list of codes.
    CodesListed {
        /// The list, sorted.
        codes: Vec<String>,
    },
    /// Only the first one has a list of codes.
    CodesFree,
    /// A syntax note that only the second one has.
    NoteAdded {
        /// The note.
        note: SyntaxNote,
    },
    /// A syntax note that only the first one has.
    NoteRemoved {
        /// The note.
        note: SyntaxNote,
    },
}

impl SetSchema {
    /// Everything in which `other` differs from this one, in the order of the sets: structure, elements, lengths,
    /// codes, notes. Release, set and functional id are not compared, so that a set can be held against the same set
    /// of another release.
    ///
    /// ```
    /// use x12_edi::schema::{Release, Standard};
    /// let old = Standard::of(Release::V003040).set("997").expect("a default set");
    /// let new = Standard::of(Release::V004010).set("997").expect("a default set");
    /// assert_eq!(old.diff(old), []);
    /// let texts: Vec<String> = old.diff(new).iter().map(ToString::to_string).collect();
    /// assert!(texts.contains(&"AK2/AK3/AK4 element 1: element C030, was 722".to_owned()));
    /// ```
    #[must_use]
    pub fn diff(&self, other: &Self) -> Vec<Difference> {
        compare::sets(self, other)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(element) = self.element {
            write!(f, " element {element}")?;
        }
        if let Some(component) = self.component {
            write!(f, " component {component}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { places } => write!(f, "added {places}"),
            Self::Removed { places } => write!(f, "removed {places}"),
            Self::Requirement { from, to } => write!(f, "{to}, was {from}"),
            Self::Repeat { from, to } => write!(f, "{}, was {}", Times(*to), Times(*from)),
            Self::Area { from, to } => write!(f, "in the {to}, was in the {from}"),
            Self::ElementAdded { number } => write!(f, "added element {number}"),
            Self::ElementRemoved { number } => write!(f, "removed element {number}"),
            Self::Element { from, to } => write!(f, "element {to}, was {from}"),
            Self::Type { from, to } => write!(f, "type {to}, was {from}"),
            Self::MinLength { from, to } => write!(f, "at least {to} long, was {from}"),
            Self::MaxLength { from, to } => {
                write!(f, "at most {} long, was {}", Limit(*to), Limit(*from))
            }
            Self::Codes { added, removed } => {
                f.write_str("codes")?;
                added.iter().try_for_each(|code| write!(f, " +{code}"))?;
                removed.iter().try_for_each(|code| write!(f, " -{code}"))
            }
            Self::CodesListed { codes } => {
                f.write_str("only the codes")?;
                codes.iter().try_for_each(|code| write!(f, " {code}"))
            }
            Self::CodesFree => f.write_str("any code"),
            Self::NoteAdded { note } => write!(f, "added note {note}"),
            Self::NoteRemoved { note } => write!(f, "removed note {note}"),
        }
    }
}

struct Times(MaxUse);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            MaxUse::Times(1) => f.write_str("once"),
            MaxUse::Times(times) => write!(f, "{times} times"),
            MaxUse::Unlimited => f.write_str("unlimited"),
        }
    }
}

struct Limit(u32);

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            u32::MAX => f.write_str("any number"),
            length => write!(f, "{length}"),
        }
    }
}
