//! The error of Integration Broker: a message set, a message number and a text.

use std::fmt;

/// Characters of a text that are kept.
const MAX_TEXT: usize = 500;

/// An error of Integration Broker: message catalog set and number, and the text in the user's language.
///
/// The numbers decide; the text may be translated. Set 158 is Integration Broker's own.
///
/// A SOAP fault is one too: its text is the fault string, its numbers those at the end of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    pub(crate) set: Option<u32>,
    pub(crate) number: Option<u32>,
    pub(crate) status_code: Option<u32>,
    pub(crate) text: String,
    pub(crate) parameters: Vec<String>,
    pub(crate) code: Option<String>,
    pub(crate) details: Vec<String>,
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

    /// What was filled into the text, where the document lists it (`MessageParameters`).
    #[must_use]
    pub fn parameters(&self) -> &[String] {
        &self.parameters
    }

    /// The code of the SOAP fault, such as `SOAP-ENV:Server`, where it came as one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The further texts of a SOAP fault's detail, in their order, at most 500 characters each.
    #[must_use]
    pub fn details(&self) -> &[String] {
        &self.details
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

/// What of a text from outside is kept for people to read: one line of at most 500 characters.
pub(crate) fn shown(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control())
        .take(MAX_TEXT)
        .collect()
}
