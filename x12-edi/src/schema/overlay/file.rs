//! How a [`Change`] is written in TOML and JSON: one flat table with a verb.

use serde::{Deserialize, Serialize};

use super::change::{Change, Edit};
use crate::schema::model::{ElementType, MaxUse, SyntaxNote};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Verb {
    Require,
    Allow,
    Forbid,
    Repeat,
    Length,
    Type,
    AddCodes,
    OnlyCodes,
    RemoveCodes,
    AddNote,
    RemoveNote,
    Add,
    AddElements,
}

impl Verb {
    const fn name(self) -> &'static str {
        match self {
            Self::Require => "require",
            Self::Allow => "allow",
            Self::Forbid => "forbid",
            Self::Repeat => "repeat",
            Self::Length => "length",
            Self::Type => "type",
            Self::AddCodes => "add-codes",
            Self::OnlyCodes => "only-codes",
            Self::RemoveCodes => "remove-codes",
            Self::AddNote => "add-note",
            Self::RemoveNote => "remove-note",
            Self::Add => "add",
            Self::AddElements => "add-elements",
        }
    }
}

/// A change as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    element: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    component: Option<usize>,
    change: Verb,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<MaxUse>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<u32>,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    ty: Option<ElementType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    codes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<SyntaxNote>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    places: Option<String>,
}

impl Line {
    fn new(change: Change, verb: Verb) -> Self {
        Self {
            at: change.at,
            element: change.element,
            component: change.component,
            change: verb,
            times: None,
            min: None,
            max: None,
            ty: None,
            codes: None,
            note: None,
            places: None,
        }
    }

    /// The fields that are given besides the place and the verb.
    fn given(&self) -> impl Iterator<Item = &'static str> {
        [
            self.times.is_some().then_some("times"),
            self.min.is_some().then_some("min"),
            self.max.is_some().then_some("max"),
            self.ty.is_some().then_some("type"),
            self.codes.is_some().then_some("codes"),
            self.note.is_some().then_some("note"),
            self.places.is_some().then_some("places"),
        ]
        .into_iter()
        .flatten()
    }
}

impl TryFrom<Line> for Change {
    type Error = String;

    fn try_from(line: Line) -> Result<Self, String> {
        let verb = line.change;
        let wanted: &[&str] = match verb {
            Verb::Require | Verb::Allow | Verb::Forbid => &[],
            Verb::Repeat => &["times"],
            Verb::Length => &["min", "max"],
            Verb::Type => &["type"],
            Verb::AddCodes | Verb::OnlyCodes | Verb::RemoveCodes => &["codes"],
            Verb::AddNote | Verb::RemoveNote => &["note"],
            Verb::Add | Verb::AddElements => &["places"],
        };
        let place = format!("change `{}` at `{}`", verb.name(), line.at);
        if let Some(extra) = line.given().find(|given| !wanted.contains(given)) {
            return Err(format!("{place} does not take `{extra}`"));
        }
        let missing = || {
            let fields = wanted.join("` or `");
            format!("{place} needs `{fields}`")
        };
        let edit = match verb {
            Verb::Require => Edit::Require,
            Verb::Allow => Edit::Allow,
            Verb::Forbid => Edit::Forbid,
            Verb::Repeat => Edit::Repeat(line.times.ok_or_else(missing)?),
            Verb::Length if line.min.is_none() && line.max.is_none() => return Err(missing()),
            Verb::Length => Edit::Length {
                min: line.min,
                max: line.max,
            },
            Verb::Type => Edit::Type(line.ty.ok_or_else(missing)?),
            Verb::AddCodes => Edit::AddCodes(line.codes.ok_or_else(missing)?),
            Verb::OnlyCodes => Edit::OnlyCodes(line.codes.ok_or_else(missing)?),
            Verb::RemoveCodes => Edit::RemoveCodes(line.codes.ok_or_else(missing)?),
            Verb::AddNote => Edit::AddNote(line.note.ok_or_else(missing)?),
            Verb::RemoveNote => Edit::RemoveNote(line.note.ok_or_else(missing)?),
            Verb::Add => Edit::Add(line.places.ok_or_else(missing)?),
            Verb::AddElements => Edit::AddElements(line.places.ok_or_else(missing)?),
        };
        Ok(Self {
            at: line.at,
            element: line.element,
            component: line.component,
            edit,
        })
    }
}

impl From<Change> for Line {
    fn from(mut change: Change) -> Self {
        let edit = std::mem::replace(&mut change.edit, Edit::Allow);
        let line = |verb| Self::new(change, verb);
        match edit {
            Edit::Require => line(Verb::Require),
            Edit::Allow => line(Verb::Allow),
            Edit::Forbid => line(Verb::Forbid),
            Edit::Repeat(times) => Self {
                times: Some(times),
                ..line(Verb::Repeat)
            },
            Edit::Length { min, max } => Self {
                min,
                max,
                ..line(Verb::Length)
            },
            Edit::Type(ty) => Self {
                ty: Some(ty),
                ..line(Verb::Type)
            },
            Edit::AddCodes(codes) => Self {
                codes: Some(codes),
                ..line(Verb::AddCodes)
            },
            Edit::OnlyCodes(codes) => Self {
                codes: Some(codes),
                ..line(Verb::OnlyCodes)
            },
            Edit::RemoveCodes(codes) => Self {
                codes: Some(codes),
                ..line(Verb::RemoveCodes)
            },
            Edit::AddNote(note) => Self {
                note: Some(note),
                ..line(Verb::AddNote)
            },
            Edit::RemoveNote(note) => Self {
                note: Some(note),
                ..line(Verb::RemoveNote)
            },
            Edit::Add(places) => Self {
                places: Some(places),
                ..line(Verb::Add)
            },
            Edit::AddElements(places) => Self {
                places: Some(places),
                ..line(Verb::AddElements)
            },
        }
    }
}
