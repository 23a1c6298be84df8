//! Control numbers: given once, never again.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A counter of one tenant that gives each number once: taken inside the commit that needs it, durable before
/// a byte leaves.
///
/// Numbers that are taken and not used are recorded as burnt; there is no way to give one back. X12 asks for
/// uniqueness of ISA13 for a pair of interchange ids and of GS06 for GS01 to GS03, not for numbers without gaps.
///
/// ```
/// let isa13 = sync_core::Series::new("ISA13/ZZ:ACME/01:123456789").range(1, 999_999_999);
/// assert_eq!(isa13.first(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Series {
    name: Box<str>,
    first: u64,
    last: u64,
}

impl Series {
    /// A series that counts from 1 to 999,999,999, the nine digits of ISA13 and GS06.
    #[must_use]
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Self {
            name: name.into(),
            first: 1,
            last: 999_999_999,
        }
    }

    /// Counts from `first` to `last`, both included; no series goes beyond 2⁶³ − 1, the greatest integer of a database.
    #[must_use]
    pub fn range(mut self, first: u64, last: u64) -> Self {
        self.first = first;
        self.last = last.min(i64::MAX.unsigned_abs());
        self
    }

    /// What tells it from the tenant's other series.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first number that a fresh series gives.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The last number there is; after it, a commit that needs one is refused.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The number after `given`, the last one given so far; `None` when there is no more.
    #[must_use]
    pub fn next(&self, given: Option<u64>) -> Option<u64> {
        let next = given
            .map_or(Some(self.first), |given| given.checked_add(1))?
            .max(self.first);
        (next <= self.last).then_some(next)
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_ends_and_does_not_wrap() {
        let series = Series::new("s").range(5, 6);
        assert_eq!(series.next(None), Some(5));
        assert_eq!(series.next(Some(5)), Some(6));
        assert_eq!(series.next(Some(6)), None);
        assert_eq!(series.next(Some(u64::MAX)), None);
        assert_eq!(series.next(Some(1)), Some(5), "a raised start is honoured");
    }
}
