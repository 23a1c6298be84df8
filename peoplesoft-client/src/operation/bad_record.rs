//! A record that could not be read, set aside so that the others can be used.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A record that PeopleSoft sent but that cannot be read, with the place and the remedy.
///
/// It never fails its page: the good records beside it are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BadRecord<K> {
    /// The key of the record, if that much could be read.
    pub key: Option<K>,
    /// The number of the row in the answer, from 1.
    pub row: Option<u64>,
    /// The column at fault, as the answer names it.
    pub column: String,
    /// What stands there, cut to 100 characters; hidden where it is a number of a bank or a tax office.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// What has to be done.
    pub remedy: String,
    /// All rows of the record, each a JSON object of texts on a line of its own.
    pub raw: String,
}

impl<K: fmt::Display> fmt::Display for BadRecord<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "record {key}")?,
            None => f.write_str("record without a key")?,
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        write!(
            f,
            ", column {}: found `{}`, expected {}",
            self.column,
            self.found.escape_debug(),
            self.expected
        )
    }
}

impl<K: fmt::Debug + fmt::Display> std::error::Error for BadRecord<K> {}
