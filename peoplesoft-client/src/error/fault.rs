//! The error of Integration Broker: a message set, a message number and a text.

use std::fmt;

/// An error of Integration Broker: message catalog set and number, and the text in the user's language.
///
/// The numbers decide; the text may be translated. Set 158 is Integration Broker's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub(crate) set: Option<u32>,
    pub(crate) number: Option<u32>,
    pub(crate) status_code: Option<u32>,
    pub(crate) text: String,
}

impl Fault {
    /// The message set, such as 158.
    #[must_use]
    pub fn set(&self) -> Option<u32> {
        self.set
    }

    /// The message number within the set, such as 536.
    #[must_use]
    pub fn number(&self) -> Option<u32> {
        self.number
    }

    /// The `StatusCode` of the document: 0 is success, 20 a refusal.
    #[must_use]
    pub fn status_code(&self) -> Option<u32> {
        self.status_code
    }

    /// The text as received, without the trailing numbers, at most 500 characters.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match (self.set, self.number) {
            (Some(set), Some(number)) => write!(f, " ({set},{number})"),
            (None, Some(number)) => write!(f, " (message {number})"),
            _ => Ok(()),
        }
    }
}
