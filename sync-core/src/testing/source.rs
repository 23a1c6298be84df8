//! A source whose rows are written by the test.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::lock;
use crate::clock::Clock;
use crate::cursor::Fingerprint;
use crate::pipeline::Cx;
use crate::record::{RecordId, Version};
use crate::source::{Page, Poison, Source, SourceError, SourceErrorKind, Stop};
use crate::window::{PollRule, Window};

/// A row of a [`ScriptedSource`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The business key.
    pub key: String,
    /// Its time in the source's clock, microseconds; no part of its version.
    pub at: i64,
    /// Its content.
    pub body: String,
}

/// A [`Source`] whose table is written by the test; a clone is the same table.
///
/// It shows, for each key, the version that was written last of those that are visible yet. Its clock is the clock it
/// was made with plus [`ScriptedSource::skew`].
#[derive(Debug, Clone)]
pub struct ScriptedSource {
    clock: Arc<dyn Clock>,
    rule: PollRule,
    table: Arc<Mutex<Table>>,
}

#[derive(Debug)]
struct Table {
    rows: BTreeMap<String, Vec<Written>>,
    page_size: usize,
    skew: i64,
    question: String,
    failures: VecDeque<SourceError>,
    fetches: Vec<Window>,
}

#[derive(Debug, Clone)]
struct Written {
    at: i64,
    visible: i64,
    content: Result<String, (Bytes, Stop)>,
}

impl ScriptedSource {
    /// An empty table, read in pages of 100.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, rule: PollRule) -> Self {
        let table = Table {
            rows: BTreeMap::new(),
            page_size: 100,
            skew: 0,
            question: "rows".into(),
            failures: VecDeque::new(),
            fetches: Vec::new(),
        };
        Self {
            clock,
            rule,
            table: Arc::new(Mutex::new(table)),
        }
    }

    /// How many rows a page holds, at least 1.
    pub fn page_size(&self, rows: usize) {
        lock(&self.table).page_size = rows.max(1);
    }

    /// How many microseconds the source's clock is ahead.
    pub fn skew(&self, micros: i64) {
        lock(&self.table).skew = micros;
    }

    /// Changes what the cursor's fingerprint is made of, as a changed filter would.
    pub fn question(&self, text: &str) {
        lock(&self.table).question = text.into();
    }

    /// The source's present, microseconds.
    #[must_use]
    pub fn present(&self) -> i64 {
        let wall = self
            .clock
            .wall()
            .duration_since(std::time::SystemTime::UNIX_EPOCH);
        let wall = wall.map_or(0, |wall| {
            i64::try_from(wall.as_micros()).unwrap_or(i64::MAX)
        });
        wall.saturating_add(lock(&self.table).skew)
    }

    /// Writes a row with the source's present as its time, visible at once.
    pub fn put(&self, key: &str, body: &str) {
        let now = self.present();
        self.put_at(key, now, now, body);
    }

    /// Writes a row with this time that becomes visible only when the source's clock reads `visible`: a transaction
    /// that is committed late.
    pub fn put_at(&self, key: &str, at: i64, visible: i64, body: &str) {
        let written = Written {
            at,
            visible,
            content: Ok(body.into()),
        };
        lock(&self.table)
            .rows
            .entry(key.into())
            .or_default()
            .push(written);
    }

    /// Writes a row that cannot be read, with the source's present as its time.
    pub fn put_poison(&self, key: &str, raw: &[u8], why: Stop) {
        let at = self.present();
        let content = Err((Bytes::copy_from_slice(raw), why));
        let written = Written {
            at,
            visible: at,
            content,
        };
        lock(&self.table)
            .rows
            .entry(key.into())
            .or_default()
            .push(written);
    }

    /// Fails the next call that has no failure before it.
    pub fn fail(&self, error: SourceError) {
        lock(&self.table).failures.push_back(error);
    }

    /// The windows of all pages that were read, one for each page.
    #[must_use]
    pub fn fetches(&self) -> Vec<Window> {
        lock(&self.table).fetches.clone()
    }

    /// The last version of each key that is visible by now, by its content: what must be in the ledger in the end.
    #[must_use]
    pub fn shown(&self) -> Vec<(Box<str>, Version)> {
        let now = self.present();
        let table = lock(&self.table);
        let last = table.rows.iter().filter_map(|(key, versions)| {
            let last = versions.iter().rfind(|written| written.visible <= now)?;
            let version = match &last.content {
                Ok(body) => Version::of(body.as_bytes()),
                Err((raw, _)) => Version::of(raw),
            };
            Some((key.as_str().into(), version))
        });
        last.collect()
    }

    fn failure(&self) -> Result<(), SourceError> {
        let failure = lock(&self.table).failures.pop_front();
        failure.map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Source for ScriptedSource {
    type Record = Row;

    fn rule(&self) -> PollRule {
        self.rule
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of([&*lock(&self.table).question])
    }

    async fn now(&self, _: &Cx) -> Result<i64, SourceError> {
        self.failure()?;
        Ok(self.present())
    }

    async fn fetch(
        &self,
        _: &Cx,
        window: &Window,
        page: Option<&Bytes>,
    ) -> Result<Page<Row>, SourceError> {
        self.failure()?;
        let after: Option<(i64, String)> = match page {
            Some(token) => Some(serde_json::from_slice(token).map_err(|_| not_a_page(token))?),
            None => None,
        };
        let now = self.present();
        let mut table = lock(&self.table);
        table.fetches.push(*window);
        let visible = table.rows.iter().filter_map(|(key, versions)| {
            let last = versions.iter().rfind(|written| written.visible <= now)?;
            (window.lo <= last.at && last.at <= window.hi).then_some((last.at, key, last))
        });
        let mut rows: Vec<_> = visible
            .filter(|(at, key, _)| {
                after
                    .as_ref()
                    .is_none_or(|(last, name)| (last, name) < (at, *key))
            })
            .collect();
        rows.sort_by_key(|(at, key, _)| (*at, *key));
        let more = rows.len() > table.page_size;
        rows.truncate(table.page_size);
        let token = rows
            .last()
            .map(|(at, key, _)| serde_json::json!([at, key]).to_string());
        let records = rows
            .into_iter()
            .map(|(at, key, written)| match &written.content {
                Ok(body) => Ok(Row {
                    key: key.clone(),
                    at,
                    body: body.clone(),
                }),
                Err((raw, why)) => {
                    let (raw, why) = (raw.clone(), why.clone());
                    Err(Poison {
                        key: key.as_str().into(),
                        at: Some(at),
                        raw,
                        why,
                    })
                }
            })
            .collect();
        Ok(Page {
            records,
            next: token.filter(|_| more).map(Bytes::from),
        })
    }

    fn identify(&self, record: &Row) -> Result<RecordId, Poison> {
        let version = Version::of(record.body.as_bytes());
        Ok(RecordId {
            at: record.at,
            key: record.key.as_str().into(),
            version,
        })
    }
}

fn not_a_page(token: &Bytes) -> SourceError {
    SourceError {
        kind: SourceErrorKind::Invalid,
        operation: "fetch".into(),
        message: format!("{token:?} is no page of this source").into(),
        remedy: None,
        after: None,
    }
}
