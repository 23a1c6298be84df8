//! One thing that a partner does differently.

use crate::schema::model::{ElementType, MaxUse, SyntaxNote};

/// A place and what is different there.
///
/// ```
/// use x12_edi::schema::overlay::Change;
/// // N103 of every N1 may be 01 too, and REF03 is never sent.
/// let changes = [
///     Change::add_codes("*/N1", 3, ["01"]),
///     Change::forbid("REF").element(3),
/// ];
/// assert_eq!(changes[0].at, "*/N1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(try_from = "super::file::Line", into = "super::file::Line")
)]
#[non_exhaustive]
pub struct Change {
    /// A segment or a loop, as [`SetSchema::find`](crate::schema::SetSchema::find) takes it. Where an element is
    /// meant, a loop stands for the segment that starts it. `*/N1` is every N1 of the set, where it starts a loop
    /// with the loop.
    pub at: String,
    /// The element, from 1; none for the segment or loop as a whole.
    pub element: Option<usize>,
    /// The component of the element, from 1.
    pub component: Option<usize>,
    /// What is different.
    pub edit: Edit,
}

/// What a [`Change`] does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edit {
    /// The segment, loop, element or component must be there.
    Require,
    /// It may be left out.
    Allow,
    /// It must not be there.
    Forbid,
    /// How often the segment, the loop or the element may stand there.
    Repeat(MaxUse),
    /// Other lengths of an element; what is `None` stays.
    Length {
        /// The least length.
        min: Option<u32>,
        /// The greatest length.
        max: Option<u32>,
    },
    /// Another type of an element.
    Type(ElementType),
    /// More codes in the list of an element.
    AddCodes(Vec<String>),
    /// No codes but these, which must be in the list if there is one.
    OnlyCodes(Vec<String>),
    /// Codes that are not used.
    RemoveCodes(Vec<String>),
    /// One more syntax note of the segment, or of the composite if an element is named.
    AddNote(SyntaxNote),
    /// A syntax note that does not hold.
    RemoveNote(SyntaxNote),
    /// Segments and loops after this one, in the same loop: `REF*12 (N1*200 N2*2 N3*2)`.
    ///
    /// `!` makes mandatory, `*n` allows n times, `*` without limit. Inside parentheses stands a loop; requirement and
    /// number behind its first segment are those of the loop.
    Add(String),
    /// Elements after the last one of the segment: `127! 352*5`; `!` makes mandatory, `*n` lets it repeat.
    AddElements(String),
}

impl Change {
    /// A change of the whole segment or loop.
    #[must_use]
    pub fn new(at: impl Into<String>, edit: Edit) -> Self {
        Self {
            at: at.into(),
            element: None,
            component: None,
            edit,
        }
    }

    /// [`Edit::Require`].
    #[must_use]
    pub fn require(at: impl Into<String>) -> Self {
        Self::new(at, Edit::Require)
    }

    /// [`Edit::Allow`].
    #[must_use]
    pub fn allow(at: impl Into<String>) -> Self {
        Self::new(at, Edit::Allow)
    }

    /// [`Edit::Forbid`].
    #[must_use]
    pub fn forbid(at: impl Into<String>) -> Self {
        Self::new(at, Edit::Forbid)
    }

    /// [`Edit::Repeat`].
    #[must_use]
    pub fn repeat(at: impl Into<String>, times: MaxUse) -> Self {
        Self::new(at, Edit::Repeat(times))
    }

    /// [`Edit::Length`].
    #[must_use]
    pub fn length(
        at: impl Into<String>,
        element: usize,
        min: Option<u32>,
        max: Option<u32>,
    ) -> Self {
        Self::new(at, Edit::Length { min, max }).element(element)
    }

    /// [`Edit::Type`].
    #[must_use]
    pub fn of_type(at: impl Into<String>, element: usize, ty: ElementType) -> Self {
        Self::new(at, Edit::Type(ty)).element(element)
    }

    /// [`Edit::AddCodes`].
    #[must_use]
    pub fn add_codes<C: Into<String>>(
        at: impl Into<String>,
        element: usize,
        codes: impl IntoIterator<Item = C>,
    ) -> Self {
        Self::new(at, Edit::AddCodes(texts(codes))).element(element)
    }

    /// [`Edit::OnlyCodes`].
    #[must_use]
    pub fn only_codes<C: Into<String>>(
        at: impl Into<String>,
        element: usize,
        codes: impl IntoIterator<Item = C>,
    ) -> Self {
        Self::new(at, Edit::OnlyCodes(texts(codes))).element(element)
    }

    /// [`Edit::RemoveCodes`].
    #[must_use]
    pub fn remove_codes<C: Into<String>>(
        at: impl Into<String>,
        element: usize,
        codes: impl IntoIterator<Item = C>,
    ) -> Self {
        Self::new(at, Edit::RemoveCodes(texts(codes))).element(element)
    }

    /// [`Edit::AddNote`].
    #[must_use]
    pub fn add_note(at: impl Into<String>, note: SyntaxNote) -> Self {
        Self::new(at, Edit::AddNote(note))
    }

    /// [`Edit::RemoveNote`].
    #[must_use]
    pub fn remove_note(at: impl Into<String>, note: SyntaxNote) -> Self {
        Self::new(at, Edit::RemoveNote(note))
    }

    /// [`Edit::Add`]: behind `after`, in the same loop.
    #[must_use]
    pub fn add(after: impl Into<String>, places: impl Into<String>) -> Self {
        Self::new(after, Edit::Add(places.into()))
    }

    /// [`Edit::AddElements`].
    #[must_use]
    pub fn add_elements(at: impl Into<String>, places: impl Into<String>) -> Self {
        Self::new(at, Edit::AddElements(places.into()))
    }

    /// The same for an element of the segment, from 1.
    #[must_use]
    pub fn element(mut self, element: usize) -> Self {
        self.element = Some(element);
        self
    }

    /// The same for a component of the element, from 1.
    #[must_use]
    pub fn component(mut self, component: usize) -> Self {
        self.component = Some(component);
        self
    }
}

fn texts<C: Into<String>>(codes: impl IntoIterator<Item = C>) -> Vec<String> {
    codes.into_iter().map(Into::into).collect()
}

impl Edit {
    /// Changes are made in this order, so that it does not matter in which one they are written.
    pub(super) const fn phase(&self) -> u8 {
        match self {
            Self::Add(_) => 0,
            Self::AddElements(_) => 1,
            Self::Type(_) => 2,
            Self::Length { .. } => 3,
            Self::AddCodes(_) => 4,
            Self::OnlyCodes(_) => 5,
            Self::RemoveCodes(_) => 6,
            Self::RemoveNote(_) => 7,
            Self::AddNote(_) => 8,
            Self::Require | Self::Allow | Self::Forbid => 9,
            Self::Repeat(_) => 10,
        }
    }

    /// Whether it says something of a segment's inside.
    pub(super) const fn is_inside(&self) -> bool {
        !matches!(
            self,
            Self::Add(_) | Self::Require | Self::Allow | Self::Forbid | Self::Repeat(_)
        )
    }

    /// What two changes of one place must not both say.
    pub(super) fn aspects(&self) -> Vec<String> {
        let each = |what: &str, codes: &[String]| -> Vec<String> {
            codes.iter().map(|code| format!("{what} {code}")).collect()
        };
        match self {
            Self::Require | Self::Allow | Self::Forbid => vec!["requirement".to_owned()],
            Self::Repeat(_) => vec!["repeat".to_owned()],
            Self::Length { min, max } => [min.map(|_| "min"), max.map(|_| "max")]
                .into_iter()
                .flatten()
                .map(str::to_owned)
                .collect(),
            Self::Type(_) => vec!["type".to_owned()],
            // To add and to use only is no contradiction; to remove contradicts both.
            Self::AddCodes(codes) => [each("code", codes), each("added", codes)].concat(),
            Self::RemoveCodes(codes) => [each("code", codes), each("use of", codes)].concat(),
            Self::OnlyCodes(codes) => {
                let mut aspects = each("use of", codes);
                aspects.push("list of codes".to_owned());
                aspects
            }
            Self::AddNote(note) | Self::RemoveNote(note) => vec![format!("note {note}")],
            Self::Add(_) | Self::AddElements(_) => Vec::new(),
        }
    }
}
