//! What is wrong, and where in the message.

use super::Parser;
use crate::error::{Error, ErrorKind, Sent};
use crate::rowset::scan::Malformed;

impl Parser {
    pub(super) fn no_name(&self, name: &str) -> Error {
        let found = format!("the name `{}`", shown(name));
        self.error(&found, "letters, digits, `_`, `-` and points")
    }

    pub(in crate::rowset) fn malformed(&self, problem: &Malformed) -> Error {
        self.error(problem.found, problem.expected)
    }

    /// The place in the message, in words of XML, with the byte from 0.
    pub(in crate::rowset) fn error(&self, found: &str, expected: &str) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!("{}: found {found}, expected {expected}", self.place()),
        )
        .with_sent(Sent::Yes)
    }

    pub(super) fn too_large(&self, what: &str, most: usize) -> Error {
        Error::new(
            ErrorKind::TooLarge,
            format!("{}: {what} is beyond the limit of {most}", self.place()),
        )
        .with_sent(Sent::Yes)
    }

    fn place(&self) -> String {
        let mut place = format!("the message is not readable at byte {}", self.offset);
        let ends = self.open.iter().skip(1).map(|open| open.tag);
        let ends = ends.chain([self.tags.len()]);
        for (open, end) in self.open.iter().zip(ends) {
            let tag = self.tags.get(open.tag..end).unwrap_or_default();
            place.push_str(if open.tag == 0 { ", in " } else { "/" });
            place.push_str(&shown(tag));
        }
        place
    }
}

pub(super) fn shown(text: &str) -> String {
    text.chars().take(60).flat_map(char::escape_debug).collect()
}
