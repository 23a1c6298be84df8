//! The one error of this crate.

use std::fmt;
use std::io;

/// What went wrong, in the classes by which a caller decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The reader or writer underneath failed; [`std::error::Error::source`] has the cause.
    Io,
    /// A delimiter is not usable: it clashes with another, or is a letter, a digit or a blank.
    Delimiters,
    /// Data holds a delimiter, and the writer was told to refuse that.
    DelimiterInData,
    /// Data holds a character outside the allowed character set.
    Character,
    /// A value cannot be an identifier, number, date or time.
    Value,
    /// A required element or segment is not filled.
    Missing,
    /// A value is shorter or longer than the standard allows.
    Length,
    /// Elements that need or exclude each other do not fit together.
    Condition,
    /// The calls came in an order that makes no interchange, for example a set outside a group.
    State,
    /// JSON that is not the form which this crate writes (feature `serde`).
    Json,
    /// An overlay, a path or a rule of a schema is not usable.
    Schema,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Io => "input or output failed",
            Self::Delimiters => "unusable delimiters",
            Self::DelimiterInData => "delimiter in data",
            Self::Character => "character not allowed",
            Self::Value => "unusable value",
            Self::Missing => "missing data",
            Self::Length => "wrong length",
            Self::Condition => "elements do not fit together",
            Self::State => "call out of order",
            Self::Json => "unusable JSON",
            Self::Schema => "unusable schema",
        })
    }
}

/// One thing that keeps a document, a segment or a value from being written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Its class.
    pub kind: ErrorKind,
    /// Segment id, for example `PO1`; empty when no segment is concerned.
    pub segment: String,
    /// Which occurrence of the segment in the document, from 1.
    pub occurrence: Option<usize>,
    /// Element, from 1.
    pub element: Option<usize>,
    /// The value that was given.
    pub value: Option<String>,
    /// What is wrong and what was expected.
    pub expected: String,
    /// How to mend it.
    pub remedy: String,
}

impl Problem {
    pub(crate) fn new(kind: ErrorKind, expected: impl Into<String>, remedy: &str) -> Self {
        Self {
            kind,
            segment: String::new(),
            occurrence: None,
            element: None,
            value: None,
            expected: expected.into(),
            remedy: remedy.to_owned(),
        }
    }

    pub(crate) fn at(mut self, segment: &str, element: usize) -> Self {
        segment.clone_into(&mut self.segment);
        self.element = (element > 0).then_some(element);
        self.without_secret()
    }

    /// The numbers of bank accounts go into no message.
    fn without_secret(mut self) -> Self {
        let element = self.element.unwrap_or(0);
        if crate::segment::is_sensitive(self.segment.as_bytes(), element) {
            self.value = None;
        }
        self
    }

    pub(crate) fn with_value(mut self, value: &[u8]) -> Self {
        self.value = Some(crate::segment::decode(value).into_owned());
        self.without_secret()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.segment.is_empty() {
            f.write_str(&self.segment)?;
            if let Some(element) = self.element {
                write!(f, "{element:02}")?;
            }
            if let Some(occurrence) = self.occurrence {
                write!(f, " (occurrence {occurrence})")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.expected)?;
        if let Some(value) = &self.value {
            write!(f, ", found `{}`", value.escape_debug())?;
        }
        if !self.remedy.is_empty() {
            write!(f, "; {}", self.remedy)?;
        }
        Ok(())
    }
}

/// Why something could not be read from its source, or could not be written.
///
/// Problems in data that was *read* are not errors but [`Finding`](crate::finding::Finding)s.
pub struct Error(Box<Inner>);

struct Inner {
    problems: Vec<Problem>,
    source: Option<io::Error>,
}

/// The result of this crate's fallible functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn io(source: io::Error) -> Self {
        let problem = Problem::new(ErrorKind::Io, ErrorKind::Io.to_string(), "");
        Self(Box::new(Inner {
            problems: vec![problem],
            source: Some(source),
        }))
    }

    /// `problems` must not be empty; an empty list is reported as a state error.
    pub(crate) fn from_problems(mut problems: Vec<Problem>) -> Self {
        if problems.is_empty() {
            problems.push(Problem::new(ErrorKind::State, "no problem was given", ""));
        }
        Self(Box::new(Inner {
            problems,
            source: None,
        }))
    }

    pub(crate) fn state(expected: &str, remedy: &str) -> Self {
        Problem::new(ErrorKind::State, expected, remedy).into()
    }

    /// The class of the first problem.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0
            .problems
            .first()
            .map_or(ErrorKind::State, |problem| problem.kind)
    }

    /// Every problem that was found; a document is checked to its end before it is refused.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// Id of the segment that the first problem concerns.
    #[must_use]
    pub fn segment(&self) -> Option<&str> {
        self.0
            .problems
            .first()
            .map(|p| p.segment.as_str())
            .filter(|id| !id.is_empty())
    }

    /// Element, from 1, that the first problem concerns.
    #[must_use]
    pub fn element(&self) -> Option<usize> {
        self.0.problems.first().and_then(|problem| problem.element)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::from_problems(vec![problem])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.problems.iter().enumerate() {
            if index > 0 {
                f.write_str(" | ")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("problems", &self.0.problems)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}
