//! How far a stream has read.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::window::Window;

/// How far a stream has read its source; it only moves forward, save by a named reset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The layout of this value, [`Cursor::SCHEMA`].
    pub schema: u16,
    /// What gives the numbers below their meaning.
    pub fingerprint: Fingerprint,
    /// Everything up to here has been seen, save what comes late; the source's clock, microseconds.
    pub watermark: Option<i64>,
    /// The window being read, frozen before its first page.
    pub window: Option<Window>,
    /// The next page of that window, `None` for the first.
    pub page: Option<Bytes>,
    /// The greatest time met in the window so far.
    pub newest: Option<i64>,
    /// How many windows were read to their end; decides which is a sweep.
    pub polls: u64,
}

impl Cursor {
    /// The layout that this version of the crate writes.
    pub const SCHEMA: u16 = 1;

    /// A cursor that has read nothing.
    #[must_use]
    pub fn start(fingerprint: Fingerprint) -> Self {
        Self {
            schema: Self::SCHEMA,
            fingerprint,
            watermark: None,
            window: None,
            page: None,
            newest: None,
            polls: 0,
        }
    }
}

/// A hash of what a cursor's times mean: the query, its filter, its time column, its zone.
///
/// A cursor is refused where the fingerprint differs, instead of being applied to another question.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Hashes the parts that give a cursor its meaning; each part counts with its length.
    #[must_use]
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Self(hash.finalize().into())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "Fingerprint({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}
