//! Who sends and who receives interchanges.

use std::fmt;

use crate::error::{ErrorKind, Problem, Result};

/// The identity of a sender or receiver of interchanges: ISA05 and ISA06, or ISA07 and ISA08.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InterchangeId {
    pub(super) qualifier: String,
    pub(super) id: String,
}

impl InterchangeId {
    /// A qualifier of two characters (`ZZ`, `01`, `14` …) and an id of one to fifteen.
    ///
    /// # Errors
    /// [`ErrorKind::Length`] for other lengths.
    pub fn new(qualifier: impl Into<String>, id: impl Into<String>) -> Result<Self> {
        let (qualifier, id) = (qualifier.into(), id.into());
        if qualifier.len() != 2 {
            let expected = "the qualifier of an interchange id has two characters";
            return Err(
                Problem::new(ErrorKind::Length, expected, "for example `ZZ` or `01`")
                    .at("ISA", 5)
                    .with_value(qualifier.as_bytes())
                    .into(),
            );
        }
        if !(1..=15).contains(&id.len()) {
            let expected = "an interchange id has one to fifteen characters";
            return Err(
                Problem::new(ErrorKind::Length, expected, "agree on a shorter id")
                    .at("ISA", 6)
                    .with_value(id.as_bytes())
                    .into(),
            );
        }
        Ok(Self { qualifier, id })
    }

    /// The qualifier, for example `ZZ` (mutually defined) or `01` (D-U-N-S).
    #[must_use]
    pub fn qualifier(&self) -> &str {
        &self.qualifier
    }

    /// The id without its padding.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for InterchangeId {
    /// As `qualifier/id`, for example `ZZ/ACME`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.qualifier, self.id)
    }
}
