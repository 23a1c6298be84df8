//! Where records come from.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cursor::Fingerprint;
use crate::pipeline::Cx;
use crate::record::RecordId;
use crate::window::{PollRule, Window};

/// A system that is polled for records, window by window and page by page.
#[async_trait]
pub trait Source: fmt::Debug + Send + Sync + 'static {
    /// What one record is; it is kept in the ledger as JSON and read back for every (re)send.
    type Record: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// How the source's times behave.
    fn rule(&self) -> PollRule;

    /// A hash of what gives the cursor its meaning: query, filter, time column, zone.
    fn fingerprint(&self) -> Fingerprint;

    /// The present in the source's clock, microseconds; never this machine's clock.
    ///
    /// # Errors
    /// Whatever keeps the source from answering.
    async fn now(&self, cx: &Cx) -> Result<i64, SourceError>;

    /// Reads one page of a frozen window; `page` is `None` for the first.
    ///
    /// # Errors
    /// Whatever keeps the page from being read as a whole; one bad record is a [`Poison`] beside the good ones.
    async fn fetch(
        &self,
        cx: &Cx,
        window: &Window,
        page: Option<&Bytes>,
    ) -> Result<Page<Self::Record>, SourceError>;

    /// What the record is known by.
    ///
    /// # Errors
    /// A [`Poison`] where the record has no usable key or time.
    fn identify(&self, record: &Self::Record) -> Result<RecordId, Poison>;
}

/// Some records of a window.
#[derive(Debug)]
pub struct Page<R> {
    /// The records; a bad one never fails its page.
    pub records: Vec<Result<R, Poison>>,
    /// Where the next page begins, `None` after the last; valid inside this window only.
    pub next: Option<Bytes>,
}

/// A record that cannot be read, kept as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poison {
    /// Its business key, as far as it could be read; equal keys replace one another.
    pub key: Box<str>,
    /// Its time in the source's clock, as far as it could be read.
    pub at: Option<i64>,
    /// The record as it came.
    pub raw: Bytes,
    /// What is wrong with it, for people.
    pub why: Stop,
}

/// Why a document does not go on: a code for programs and a text for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Stop {
    /// Stable, in kebab case: `no-route`, `unknown-unit`.
    pub code: Box<str>,
    /// The field, what was found, what was expected and how to mend it.
    pub detail: Box<str>,
}

impl Stop {
    /// Names a reason.
    #[must_use]
    pub fn new(code: impl Into<Box<str>>, detail: impl Into<Box<str>>) -> Self {
        Self {
            code: code.into(),
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

/// What kept a source or a probe from answering.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct SourceError {
    /// Whether the same call may succeed later without anyone's help.
    pub kind: SourceErrorKind,
    /// What was called, a service operation for example.
    pub operation: Box<str>,
    /// What happened, without secrets.
    pub message: Box<str>,
    /// What a person must do, where known.
    pub remedy: Option<Box<str>>,
    /// How long the source asked to be left alone.
    pub after: Option<Duration>,
}

/// How a failed call is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceErrorKind {
    /// The same call may succeed later: the turn is tried again after a pause.
    Transient,
    /// A person must act first (log-in refused, operation inactive): recorded as `connectivity`, the stream rests.
    Connectivity,
    /// The answer makes no sense: recorded, the stream rests.
    Invalid,
}
