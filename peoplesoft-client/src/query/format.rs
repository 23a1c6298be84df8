//! The two formats of an answer that can be read.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::profile::choices;

choices! {
/// How the Query Access Service is to write an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum QueryFormat {
    /// JSON, which PeopleTools 8.55 and later can write.
    #[default]
    Json,
    /// XML as XML Publisher reads it, which every release can write.
    Xmlp,
}
}

impl QueryFormat {
    /// The word in the address: `JSON` or `XMLP`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Xmlp => "XMLP",
        }
    }

    /// The media type to ask for.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xmlp => "text/xml, application/xml",
        }
    }
}

impl fmt::Display for QueryFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
