//! Information of ISA that may be a password.

use std::fmt;

use crate::error::{ErrorKind, Problem, Result};

/// A qualifier with information that may be a password: ISA01 and ISA02, or ISA03 and ISA04.
///
/// `Debug` never shows the information.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    pub(super) qualifier: String,
    pub(super) information: String,
}

impl Default for Authorization {
    /// `00`: no information, ten blanks.
    fn default() -> Self {
        Self {
            qualifier: "00".to_owned(),
            information: String::new(),
        }
    }
}

impl Authorization {
    /// A qualifier of two characters and up to ten characters of information.
    ///
    /// # Errors
    /// [`ErrorKind::Length`] for other lengths; the error does not repeat the information.
    pub fn new(qualifier: impl Into<String>, information: impl Into<String>) -> Result<Self> {
        let (qualifier, information) = (qualifier.into(), information.into());
        if qualifier.len() != 2 || information.len() > 10 {
            let expected = "a qualifier of two characters and at most ten of information";
            return Err(Problem::new(ErrorKind::Length, expected, "see ISA01 to ISA04").into());
        }
        Ok(Self {
            qualifier,
            information,
        })
    }

    /// The qualifier; `00` means that there is no information.
    #[must_use]
    pub fn qualifier(&self) -> &str {
        &self.qualifier
    }

    /// The information, which may be a password.
    #[must_use]
    pub fn expose_information(&self) -> &str {
        &self.information
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("qualifier", &self.qualifier)
            .field("information", &"[REDACTED]")
            .finish()
    }
}
