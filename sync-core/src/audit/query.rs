//! Which entries of a trail are wanted.

use std::borrow::Cow;
use std::time::SystemTime;

use super::AuditEntry;

/// Which entries of a stream's trail are wanted, page by page.
///
/// The page after one that ended with entry *n* is asked for with `after: n`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// What they are about.
    pub about: About,
    /// Only entries that were written at this time or later.
    pub since: Option<SystemTime>,
    /// Only entries that were written before this time.
    pub before: Option<SystemTime>,
    /// Only entries after this number; 0 begins with the first that is there.
    pub after: u64,
    /// At most so many, capped at [`AuditFilter::MOST`]; 0 takes that, too.
    pub limit: usize,
}

/// What entries are about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum About {
    /// Anything.
    #[default]
    Anything,
    /// This business key.
    Key(Box<str>),
    /// This control number, of whatever series: the entry that gave it (`prepared`). Its body names the shipment, the
    /// documents and their keys.
    Number(u64),
}

impl AuditFilter {
    /// How many entries a page has at most.
    pub const MOST: usize = 10_000;

    /// How many entries this page has at most.
    #[must_use]
    pub fn page(&self) -> usize {
        match self.limit {
            0 => Self::MOST,
            limit => limit.min(Self::MOST),
        }
    }

    /// What the wanted entries are indexed under; `None` for all of them.
    #[must_use]
    pub fn indexed(&self) -> Option<Cow<'_, str>> {
        match &self.about {
            About::Anything => None,
            About::Key(key) => Some(Cow::Borrowed(key)),
            About::Number(number) => Some(Cow::Owned(number_key(*number))),
        }
    }

    /// Whether number and time of an entry are wanted; what it is about is for the index to say.
    #[must_use]
    pub fn takes(&self, entry: &AuditEntry) -> bool {
        entry.seq > self.after
            && self.since.is_none_or(|since| entry.at >= since)
            && self.before.is_none_or(|before| entry.at < before)
    }
}

/// What the entry that gives a number is indexed under, beside its business keys.
///
/// No key that a person can type begins with that character (unit separator).
pub(crate) fn number_key(number: u64) -> String {
    format!("\u{1f}{number}")
}

/// Whether it is such a number.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn is_number_key(key: &str) -> bool {
    key.starts_with('\u{1f}')
}

/// The first whole millisecond that is not before a time: what is written at it or later is after that time.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn until(time: SystemTime) -> i64 {
    let whole = crate::clock::millis(time);
    if crate::clock::from_millis(whole) < time {
        whole.saturating_add(1)
    } else {
        whole
    }
}
