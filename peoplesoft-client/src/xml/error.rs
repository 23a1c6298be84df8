//! What is wrong with a document, and where.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// A document that is not read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct XmlError {
    at: Option<u64>,
    message: String,
}

impl XmlError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            at: None,
            message: message.into(),
        }
    }

    /// Names the byte at which reading stopped, unless one is named already.
    pub(crate) fn at(mut self, byte: u64) -> Self {
        self.at.get_or_insert(byte);
        self
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.at {
            Some(byte) => write!(f, " (at byte {byte})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for XmlError {}

impl From<XmlError> for Error {
    /// An answer that cannot be read.
    fn from(error: XmlError) -> Self {
        Error::new(
            ErrorKind::Decode,
            format!("the XML cannot be read: {error}"),
        )
    }
}
