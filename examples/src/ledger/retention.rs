//! What has ended long enough ago is removed, while a flow rests, and never what another flow has yet to read.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use serde_json::Value;
use sync_core::audit::AuditFilter;
use sync_core::retention::{Retention, prune};
use sync_core::schedule::{Schedule, Timetable};
use sync_core::store::{DocumentFilter, StateStore, StoreError, StreamStatus};
use sync_core::{Cx, Progress, Runnable, SourceError, SourceErrorKind, StreamKey, Turn};

use crate::config::{Config, RetentionSettings};
use crate::flow::inbound::{self, READERS, RECEIVED, Wants};

/// Who removes it, in the trail.
const BY: &str = "peoplesoft-cleo run";

/// Added to a period that is held back, so that a clock that has moved on meanwhile removes nothing more.
const MARGIN: Duration = Duration::from_secs(86_400);

/// Entries of a trail that are read at a time.
const ENTRIES: usize = 1000;

/// The retention of a configuration, and which flows read the trail of `inbound`.
#[derive(Debug, Clone)]
pub struct Keeper {
    settings: RetentionSettings,
    /// Flows that are switched on.
    reading: Vec<&'static str>,
}

/// What is kept of a stream at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// The periods.
    pub policy: Retention,
    /// Since when there is something that a flow behind `inbound` has not read: nothing younger is removed.
    pub unread: Option<SystemTime>,
}

impl Keeper {
    /// The retention of this configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let inbound = config.flows.inbound.as_ref().filter(|flow| flow.enabled);
        let is_on = |name: &str| {
            inbound.is_some_and(|flow| match name {
                inbound::vouchers::NAME => flow.vouchers,
                inbound::order_acknowledgments::NAME => flow.order_acknowledgments,
                _ => true,
            })
        };
        let names = READERS.iter().map(|(name, _)| *name);
        Self {
            settings: config.retention.clone(),
            reading: names.filter(|name| is_on(name)).collect(),
        }
    }

    /// What is kept of a stream now.
    ///
    /// # Errors
    /// The store's.
    pub async fn kept(
        &self,
        store: &dyn StateStore,
        stream: &StreamKey,
        now: SystemTime,
    ) -> Result<Kept, StoreError> {
        let policy = self.settings.policy();
        let unread = if stream.pipeline() == inbound::NAME && !self.settings.keeps_all() {
            self.unread(store, stream).await?
        } else {
            None
        };
        let Some(at) = unread else {
            return Ok(Kept { policy, unread });
        };
        let since = now.duration_since(at).unwrap_or_default() + MARGIN;
        let keep = |period: Option<Duration>| period.map(|period| period.max(since));
        Ok(Kept {
            policy: Retention {
                documents: keep(policy.documents),
                trail: keep(policy.trail),
            },
            unread,
        })
    }

    /// The age of the oldest thing that is needed to read on: the entry of an interchange, or its document.
    async fn unread(
        &self,
        store: &dyn StateStore,
        inbound: &StreamKey,
    ) -> Result<Option<SystemTime>, StoreError> {
        let streams = store.streams().await?;
        let mut readers = Vec::new();
        for (name, wants) in READERS {
            let stream = StreamKey::new(inbound.tenant(), name, inbound.partition());
            let status = streams.iter().find(|status| status.stream == stream);
            if status.is_none() && !self.reading.contains(&name) {
                continue;
            }
            let mark = match status {
                Some(status) => read_through(store, status).await?,
                None => 0,
            };
            readers.push((wants, mark));
        }
        let Some(lowest) = readers.iter().map(|(_, mark)| *mark).min() else {
            return Ok(None);
        };
        let mut filter = AuditFilter {
            after: lowest,
            limit: ENTRIES,
            ..AuditFilter::default()
        };
        let mut oldest: Option<SystemTime> = None;
        loop {
            let page = store.audit_find(inbound, &filter).await?;
            let Some(last) = page.last() else {
                return Ok(oldest);
            };
            filter.after = last.seq;
            for entry in page.iter().filter(|entry| &*entry.kind == RECEIVED) {
                let body: Value = serde_json::from_slice(&entry.body).unwrap_or_default();
                let codes = body.get("codes").and_then(Value::as_array);
                let codes: Vec<&str> = codes
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                let is_read = |(wants, mark): &(Wants, u64)| {
                    entry.seq <= *mark || !codes.iter().any(|code| wants(code))
                };
                if readers.iter().all(is_read) {
                    continue;
                }
                let taken_in = match body.get("key").and_then(Value::as_str) {
                    Some(key) => created(store, inbound, key).await?,
                    None => None,
                };
                let since = taken_in.map_or(entry.at, |taken_in| taken_in.min(entry.at));
                oldest = Some(oldest.map_or(since, |oldest| oldest.min(since)));
            }
        }
    }
}

/// The last entry of `inbound` that a flow has read: that of the last document it made, or the end of the last window that
/// it has read to the end, whether or not there was anything for it.
async fn read_through(store: &dyn StateStore, status: &StreamStatus) -> Result<u64, StoreError> {
    let Some(cursor) = &status.cursor else {
        return Ok(0);
    };
    let mark = cursor
        .watermark
        .map_or(0, |mark| u64::try_from(mark).unwrap_or(0));
    if cursor.window.is_some() {
        return Ok(mark);
    }
    let (mut end, page) = (status.audited, ENTRIES as u64);
    while end > 0 {
        let from = end.saturating_sub(page) + 1;
        let entries = store.audit(&status.stream, from, ENTRIES).await?;
        let ours = entries.iter().rev().filter(|entry| entry.seq <= end);
        let mut polled = ours.filter(|entry| &*entry.kind == "page");
        if let Some(entry) = polled.next() {
            let body: Value = serde_json::from_slice(&entry.body).unwrap_or_default();
            let hi = body.get("hi").and_then(Value::as_u64).unwrap_or(0);
            return Ok(mark.max(hi));
        }
        end = from - 1;
    }
    Ok(mark)
}

/// When the newest document of a key was taken in.
async fn created(
    store: &dyn StateStore,
    stream: &StreamKey,
    key: &str,
) -> Result<Option<SystemTime>, StoreError> {
    let filter = DocumentFilter {
        key: Some(key.into()),
        bare: true,
        ..DocumentFilter::default()
    };
    let docs = store.documents(stream, &filter).await?;
    Ok(docs.last().map(|doc| doc.created))
}

/// A flow, and the removal of what it need no longer keep: once it has nothing else to do and the time has come.
#[derive(Debug)]
pub struct Pruning {
    flow: Arc<dyn Runnable>,
    keeper: Arc<Keeper>,
    times: Timetable,
    next: Mutex<Option<SystemTime>>,
}

impl Pruning {
    /// Removes by this schedule; the first time is counted from the first turn.
    #[must_use]
    pub fn new(
        flow: Arc<dyn Runnable>,
        stream: &StreamKey,
        keeper: Arc<Keeper>,
        schedule: &Schedule,
    ) -> Self {
        Self {
            flow,
            keeper,
            times: schedule.of(stream),
            next: Mutex::default(),
        }
    }

    /// Whether the time has come; the next one begins to count now.
    fn is_due(&self, now: SystemTime) -> bool {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = next.is_some_and(|next| next <= now);
        if is_due || next.is_none() {
            *next = self.times.next_after(now);
        }
        is_due
    }

    async fn prune(&self, cx: &Cx, store: &dyn StateStore) -> Result<(), StoreError> {
        let kept = self.keeper.kept(store, &cx.stream, cx.clock.wall()).await?;
        let why = self.keeper.settings.told();
        let pruned = prune(store, &cx.lease, &kept.policy, &*cx.clock, BY, &why).await?;
        if pruned.documents > 0 || pruned.entries > 0 {
            let (documents, entries) = (pruned.documents, pruned.entries);
            cx.observer
                .event(&cx.stream, &Progress::Pruned { documents, entries });
        }
        Ok(())
    }
}

#[async_trait]
impl Runnable for Pruning {
    async fn turn(&self, cx: &Cx, store: &dyn StateStore) -> Result<Turn, StoreError> {
        let turn = self.flow.turn(cx, store).await?;
        let rests = matches!(turn, Turn::Idle | Turn::At(_));
        if !rests || !self.is_due(cx.clock.wall()) {
            return Ok(turn);
        }
        match self.prune(cx, store).await {
            Ok(()) => Ok(turn),
            // Somebody else has the stream, or nobody knows what was done: the engine has to find out.
            Err(error @ (StoreError::Fenced(_) | StoreError::Unknown(_))) => Err(error),
            // What cannot be removed keeps no document waiting.
            Err(error) => {
                let failure = SourceError {
                    kind: SourceErrorKind::Invalid,
                    operation: "retention".into(),
                    message: error.to_string().into(),
                    remedy: Some(
                        "peoplesoft-cleo audit verify; peoplesoft-cleo ledger prune --dry-run"
                            .into(),
                    ),
                    after: None,
                };
                cx.observer.event(&cx.stream, &Progress::Failed(&failure));
                Ok(turn)
            }
        }
    }
}
