//! Why a text is no date.

use std::fmt;

/// Why a text or a set of numbers is no date, date-time or zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDate {
    found: Box<str>,
    expected: Box<str>,
}

impl InvalidDate {
    pub(super) fn new(found: impl fmt::Display, expected: impl Into<Box<str>>) -> Self {
        let found = found.to_string().chars().take(60).collect();
        Self {
            found,
            expected: expected.into(),
        }
    }

    /// What was refused, cut to 60 characters.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What would have been accepted, in words.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl fmt::Display for InvalidDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not {}",
            self.found.escape_debug(),
            self.expected
        )
    }
}

impl std::error::Error for InvalidDate {}
