//! What is wrong with a value of a message, and where.

use std::fmt;

use crate::model::{HIDDEN, is_sensitive};

/// Something in a message that does not fit what it declares or what it is read as.
///
/// It stands beside the data; nothing else is lost for it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// Where it is: records from the top with their numbers from 1, then the field, such as
    /// `VCHR_HDR_STG[1]/VCHR_LINE_STG[2].UNIT_PRICE`.
    pub place: String,
    /// What stands there, cut to 100 characters; hidden where it is a number of a bank or a tax office.
    pub found: String,
    /// What should stand there.
    pub expected: String,
}

impl Finding {
    pub(crate) fn new(place: impl Into<String>, found: &str, expected: impl Into<String>) -> Self {
        let place = place.into();
        // A place ends with the name of its field.
        let secret = !found.is_empty() && is_sensitive(&place);
        let found = if secret { HIDDEN } else { found };
        Self {
            place,
            found: found.chars().take(100).collect(),
            expected: expected.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: found `{}`, expected {}",
            self.place,
            self.found.escape_debug(),
            self.expected
        )
    }
}

impl std::error::Error for Finding {}
