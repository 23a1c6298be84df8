//! What is wrong with a configuration, and where.

use std::fmt;
use std::path::PathBuf;

/// One mistake in a configuration file.
///
/// Values that were found are shown unless a secret could be among them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mistake {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The key, with the tables that it is in: `peoplesoft.auth.password`. Empty for the whole file.
    pub key: String,
    /// What is there.
    pub found: String,
    /// What would have been right.
    pub expected: String,
    /// How to mend it.
    pub remedy: String,
}

/// `file:line:column: key: found ..., expected ...; remedy`.
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            key,
            found,
            expected,
            remedy,
        } = self;
        write!(f, "{}:{line}:{column}: ", file.display())?;
        if !key.is_empty() {
            write!(f, "{key}: ")?;
        }
        write!(f, "found {found}, expected {expected}; {remedy}")
    }
}

/// Every mistake in a configuration, in order of files and lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors {
    mistakes: Vec<Mistake>,
}

impl ConfigErrors {
    /// The mistakes as errors, or nothing when there are none.
    pub(super) fn of(mut mistakes: Vec<Mistake>) -> Option<Self> {
        mistakes.sort_by(|a, b| {
            (&a.file, a.line, a.column, &a.key).cmp(&(&b.file, b.line, b.column, &b.key))
        });
        mistakes.dedup();
        (!mistakes.is_empty()).then_some(Self { mistakes })
    }

    /// `value` when there is no mistake and it could be read.
    pub(crate) fn or<T>(mistakes: Vec<Mistake>, value: Option<T>) -> Result<T, Self> {
        match (Self::of(mistakes), value) {
            (None, Some(value)) => Ok(value),
            (Some(errors), _) => Err(errors),
            // Reading gives nothing only after it has recorded why.
            (None, None) => Err(Self {
                mistakes: Vec::new(),
            }),
        }
    }

    /// The mistakes; there is at least one.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

/// A first line with their number, then each on a line of its own.
impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mistakes.len() {
            1 => f.write_str("the configuration has one mistake:")?,
            count => write!(f, "the configuration has {count} mistakes:")?,
        }
        self.mistakes
            .iter()
            .try_for_each(|mistake| write!(f, "\n  {mistake}"))
    }
}

impl std::error::Error for ConfigErrors {}
