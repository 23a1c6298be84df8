//! What a source's row is known by.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Where a record stands in its source: its time there, its business key, and what its content was.
///
/// A record is new when its `version` differs from the *last* version of its key, whatever the times say:
/// A → B → A is three versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordId {
    /// The record's time in the **source's** clock, in microseconds since 1970-01-01T00:00 of that clock.
    pub at: i64,
    /// The business key, `US001/0000000123` for example.
    pub key: Box<str>,
    /// A hash of the canonical content, never of a time stamp.
    pub version: Version,
}

/// The first sixteen bytes of the SHA-256 of a record's canonical content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version(pub [u8; 16]);

impl Version {
    /// Hashes the canonical bytes of a record: whatever does not matter must be left out of them.
    #[must_use]
    pub fn of(canonical: &[u8]) -> Self {
        let digest = Sha256::digest(canonical);
        let mut version = [0; 16];
        version
            .iter_mut()
            .zip(digest)
            .for_each(|(to, from)| *to = from);
        Self(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = u128::from_be_bytes(self.0);
        write!(f, "{number:032x}")
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({self})")
    }
}

/// How a record relates to what the ledger knows of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// The key was never seen.
    New,
    /// The content differs from the last version; this is version `n` (the first is 1).
    Changed {
        /// The number of this version.
        n: u32,
    },
    /// The last version again.
    Same,
    /// The last version again, with a later time: nothing to send, but the time is to be remembered. A state in between
    /// that the source shows after it is older than this, and must not be taken for news.
    Later {
        /// The number of the last version.
        n: u32,
    },
    /// Other content with an older time than the last version: a lagging replica, never sent.
    Stale,
}

impl Novelty {
    /// Judges a record against the last version of its key, if there is one.
    #[must_use]
    pub fn judge(record: &RecordId, last: Option<&LastVersion>) -> Self {
        match last {
            None => Self::New,
            Some(last) if last.version == record.version && record.at > last.at => {
                Self::Later { n: last.n }
            }
            Some(last) if last.version == record.version => Self::Same,
            Some(last) if record.at < last.at => Self::Stale,
            Some(last) => Self::Changed {
                n: last.n.saturating_add(1),
            },
        }
    }
}

/// What is remembered of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastVersion {
    /// Its time in the source's clock.
    pub at: i64,
    /// Its content.
    pub version: Version,
    /// Its number, from 1.
    pub n: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(at: i64, content: &str) -> RecordId {
        RecordId {
            at,
            key: "k".into(),
            version: Version::of(content.as_bytes()),
        }
    }

    fn last(at: i64, content: &str, n: u32) -> LastVersion {
        LastVersion {
            at,
            version: Version::of(content.as_bytes()),
            n,
        }
    }

    #[test]
    fn a_b_a_is_three_versions() {
        assert_eq!(Novelty::judge(&id(1, "a"), None), Novelty::New);
        assert_eq!(
            Novelty::judge(&id(2, "b"), Some(&last(1, "a", 1))),
            Novelty::Changed { n: 2 }
        );
        assert_eq!(
            Novelty::judge(&id(3, "a"), Some(&last(2, "b", 2))),
            Novelty::Changed { n: 3 }
        );
    }

    #[test]
    fn an_equal_time_with_other_content_is_a_change_and_an_older_one_is_stale() {
        assert_eq!(
            Novelty::judge(&id(1, "b"), Some(&last(1, "a", 1))),
            Novelty::Changed { n: 2 }
        );
        assert_eq!(
            Novelty::judge(&id(1, "b"), Some(&last(2, "a", 1))),
            Novelty::Stale
        );
        assert_eq!(
            Novelty::judge(&id(1, "a"), Some(&last(2, "a", 1))),
            Novelty::Same
        );
        assert_eq!(
            Novelty::judge(&id(9, "a"), Some(&last(2, "a", 1))),
            Novelty::Later { n: 1 }
        );
    }
}
