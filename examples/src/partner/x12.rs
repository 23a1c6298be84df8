//! How X12 documents to a partner look.

use std::fmt;

use serde::Serialize;

/// What an interchange to a partner looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct X12Settings {
    /// ISA07 and ISA08.
    pub receiver: InterchangeId,
    /// GS03, 2 to 15 characters.
    pub group_receiver: String,
    /// GS08, for example `004010`; its release decides ISA12.
    pub version: String,
    /// ISA15.
    pub usage: Usage,
    /// What separates the parts.
    pub delimiters: Delimiters,
    /// What follows each segment terminator.
    pub line_ending: LineEnding,
    /// ISA14: whether an interchange acknowledgement (TA1) is asked for.
    pub ack_requested: bool,
}

impl X12Settings {
    /// GS08 when a profile names none.
    pub const DEFAULT_VERSION: &str = "004010";

    /// The six digits of the release, for example `004010` of `004010VICS`.
    pub fn release(&self) -> &str {
        self.version.get(..6).unwrap_or(&self.version)
    }
}

/// An interchange address: a qualifier (element I05) and an id (elements I06 and I07).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct InterchangeId {
    /// Two characters, for example `01` for a D-U-N-S number or `ZZ` for a mutually agreed id.
    pub qualifier: String,
    /// 1 to 15 characters without the padding; case and leading zeros count.
    pub id: String,
}

impl fmt::Display for InterchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.qualifier, self.id)
    }
}

/// Whether documents count (ISA15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum Usage {
    /// `P`: they count.
    #[serde(rename = "P")]
    Production,
    /// `T`: they do not.
    #[serde(rename = "T")]
    Test,
}

impl Usage {
    /// ISA15.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "P",
            Self::Test => "T",
        }
    }
}

/// The characters that separate the parts of an interchange, all different ASCII characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Delimiters {
    /// Between elements.
    pub element: char,
    /// Between components of a composite element (ISA16).
    pub component: char,
    /// After each segment. May be a line feed.
    pub segment: char,
    /// Between repetitions (ISA11); there is none before release 004020.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repetition: Option<char>,
}

impl Delimiters {
    /// The usual ones for a release: `*`, `>`, `~`, and `^` from 004020 on.
    pub fn usual(release: &str) -> Self {
        Self {
            element: '*',
            component: '>',
            segment: '~',
            repetition: has_repetition(release).then_some('^'),
        }
    }

    /// Whether `c` separates something.
    pub fn contains(&self, c: char) -> bool {
        c == self.element || c == self.component || c == self.segment || Some(c) == self.repetition
    }
}

/// Whether ISA11 of that release is a repetition separator; it was a standards id before 004020.
pub(super) fn has_repetition(release: &str) -> bool {
    release >= "004020"
}

/// What follows each segment terminator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LineEnding {
    /// Nothing.
    None,
    /// A line feed.
    Lf,
    /// A carriage return and a line feed.
    Crlf,
}

impl LineEnding {
    /// The characters themselves.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Lf => "\n",
            Self::Crlf => "\r\n",
        }
    }
}
