//! What the readers of both formats have in common: they take bytes as they come, a row at a time.

use std::borrow::Cow;
use std::collections::HashMap;

use super::row::{Cells, Span};
use crate::error::{Error, ErrorKind, Sent};

/// What of a found text is shown.
const SHOWN: usize = 100;
/// A query has fewer columns than this; more of them mean that the answer is something else.
const MAX_COLUMNS: usize = 4_096;

/// How far a reader came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The bytes at hand hold no further row.
    More,
    /// A row has been read.
    Row,
    /// The answer is over.
    End,
}

/// What is wrong with an answer, and where in the bytes at hand.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) kind: ErrorKind,
    pub(super) at: Option<usize>,
    pub(super) what: Cow<'static, str>,
}

impl Wrong {
    pub(super) fn at(at: usize, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: ErrorKind::Decode,
            at: Some(at),
            what: what.into(),
        }
    }

    pub(super) fn whole(kind: ErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            at: None,
            what: what.into(),
        }
    }

    /// The error, where `before` bytes of the answer came before `bytes`.
    pub(super) fn into_error(self, bytes: &[u8], before: u64) -> Error {
        let message = match self.at {
            Some(at) => {
                let place = before + at as u64 + 1;
                let found = bytes.get(at..).unwrap_or_default();
                if found.is_empty() {
                    format!("{} at byte {place}, where it ends", self.what)
                } else {
                    format!("{} at byte {place}: found `{}`", self.what, excerpt(found))
                }
            }
            None => self.what.into_owned(),
        };
        Error::new(self.kind, message).with_sent(Sent::Yes)
    }
}

/// The start of a text, for people.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    let shown = String::from_utf8_lossy(bytes.get(..4 * SHOWN).unwrap_or(bytes)).into_owned();
    shown.escape_debug().take(SHOWN).collect()
}

/// What an answer says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// The number of rows that it claims to hold.
    pub(crate) count: Option<u64>,
    /// The name of the query.
    pub(crate) name: Option<String>,
}

/// The names of the columns in the order in which they first came.
#[derive(Debug, Default)]
pub(super) struct Names {
    list: Vec<Box<str>>,
    by_name: HashMap<Box<str>, u32>,
}

impl Names {
    pub(super) fn list(&self) -> &[Box<str>] {
        &self.list
    }

    pub(super) fn into_list(self) -> Vec<Box<str>> {
        self.list
    }

    /// The position of a column, which is new if need be; nothing when there are too many.
    pub(super) fn position(&mut self, name: &str) -> Option<u32> {
        if let Some(known) = self.by_name.get(name) {
            return Some(*known);
        }
        if self.list.len() >= MAX_COLUMNS {
            return None;
        }
        let position = u32::try_from(self.list.len()).ok()?;
        self.list.push(name.into());
        self.by_name.insert(name.into(), position);
        Some(position)
    }
}

/// A row being read: the bytes of its cells one after the other, and where each begins and ends.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) number: Option<u64>,
    pub(super) bytes: Vec<u8>,
    spans: Vec<Span>,
}

impl Draft {
    pub(super) fn clear(&mut self) {
        self.number = None;
        self.bytes.clear();
        self.spans.clear();
    }

    /// Adds a cell whose text is what was appended to the bytes from `start` on, blanks around it
    /// left out.
    pub(super) fn cell(&mut self, column: u32, start: usize) -> Option<()> {
        let text = self.bytes.get(start..).unwrap_or_default();
        let left = text.len() - text.trim_ascii_start().len();
        let kept = text.trim_ascii().len();
        let start = u32::try_from(start + left).ok()?;
        let end = u32::try_from(kept).ok()?.checked_add(start)?;
        self.spans.push(Span { column, start, end });
        Some(())
    }

    /// Puts what was read into `row`, and takes its room for the next one.
    pub(super) fn finish(&mut self, row: &mut Cells) -> Option<()> {
        let text = String::from_utf8(std::mem::take(&mut self.bytes)).ok()?;
        let whole = |span: &Span| {
            text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize)
        };
        if !text.is_ascii() && !self.spans.iter().all(whole) {
            return None;
        }
        row.number = self.number;
        row.malformed = None;
        self.bytes = std::mem::replace(&mut row.text, text).into_bytes();
        std::mem::swap(&mut self.spans, &mut row.spans);
        Some(())
    }
}
