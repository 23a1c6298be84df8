//! Reading the source, page by page.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde_json::json;

use super::at_once::AtOnce;
use super::gates::{Gates, wall_of};
use super::prepare::refusal_of;
use super::{Cx, Pipeline, Poll};
use crate::cursor::Cursor;
use crate::delivery::Phase;
use crate::progress::Progress;
use crate::record::{LastVersion, Novelty, RecordId, Version};
use crate::sink::Sink;
use crate::source::{Page, Poison, Source, SourceError, SourceErrorKind, Stop};
use crate::store::{DocumentFilter, NewDocument, Op, Revision, Seen, StateStore, StoreError};
use crate::transform::Transform;
use crate::window::{Window, micros};

/// In microseconds.
const HOUR: i64 = 3_600_000_000;

/// What a poll did.
#[derive(Debug)]
pub(super) enum Polled {
    /// A window was begun.
    Begun,
    /// A page is durable: there may be more.
    Page,
    /// There is no open window and none was to be begun.
    Nothing,
    /// The source is left alone until then.
    NotBefore(SystemTime),
    /// The source could not be read.
    Failed(SourceError),
}

/// A page, judged against what the ledger knows.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) seen: Vec<Seen>,
    pub(super) documents: Vec<NewDocument>,
    pub(super) newest: Option<i64>,
    /// The oldest time among new versions: how late rows come is measured, not guessed.
    pub(super) oldest_new: Option<i64>,
    /// The times of new versions, where they are known.
    pub(super) times: Vec<i64>,
    pub(super) records: usize,
    pub(super) new: usize,
    pub(super) changed: usize,
    pub(super) same: usize,
    pub(super) stale: usize,
    pub(super) poison: usize,
}

impl<S, T, K> Pipeline<S, T, K>
where
    S: Source,
    T: Transform<In = S::Record>,
    K: Sink,
{
    /// Reads one page, beginning a window where that is asked for.
    pub(super) async fn poll(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        gates: &Gates<'_>,
    ) -> Result<Polled, StoreError> {
        let (revision, cursor) = store.load(&cx.stream).await?;
        let fingerprint = self.source.fingerprint();
        let cursor = cursor.unwrap_or_else(|| Cursor::start(fingerprint));
        if cursor.schema > Cursor::SCHEMA {
            let (found, known) = (u32::from(cursor.schema), u32::from(Cursor::SCHEMA));
            return Err(StoreError::Schema { found, known });
        }
        if cursor.fingerprint != fingerprint {
            return Err(StoreError::Fingerprint);
        }
        match cursor.window {
            Some(window) => self.page(cx, store, gates, revision, cursor, window).await,
            None if cx.poll == Poll::Begin => self.begin(cx, store, gates, cursor).await,
            None => Ok(Polled::Nothing),
        }
    }

    /// Freezes the next window before its first page is read.
    async fn begin(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        gates: &Gates<'_>,
        cursor: Cursor,
    ) -> Result<Polled, StoreError> {
        let permit = match gates.poll(cx) {
            Ok(permit) => permit,
            Err(at) => return Ok(Polled::NotBefore(wall_of(cx, at))),
        };
        self.look_again(cx, store).await?;
        let now = self.source.now(cx).await;
        gates.polled(cx, permit, &now);
        let now = match now {
            Ok(now) => now,
            Err(error) => return failed(cx, store, error).await,
        };
        let window = self.source.rule().window(&cursor, now);
        let to = Cursor {
            window: Some(window),
            page: None,
            newest: None,
            ..cursor
        };
        let (expect, _) = store.load(&cx.stream).await?;
        store
            .commit(&cx.lease, &[Op::Cursor { expect, to }])
            .await?;
        cx.tell(&Progress::Window(&window));
        Ok(Polled::Begun)
    }

    async fn page(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        gates: &Gates<'_>,
        expect: Revision,
        cursor: Cursor,
        window: Window,
    ) -> Result<Polled, StoreError> {
        let permit = match gates.poll(cx) {
            Ok(permit) => permit,
            Err(at) => return Ok(Polled::NotBefore(wall_of(cx, at))),
        };
        let page = self.source.fetch(cx, &window, cursor.page.as_ref()).await;
        gates.polled(cx, permit, &page);
        let page = match page {
            Ok(page) => page,
            Err(error) => return failed(cx, store, error).await,
        };
        if page.next.is_some() && page.next == cursor.page {
            let error = SourceError {
                kind: SourceErrorKind::Invalid,
                operation: "fetch".into(),
                message: "the page after this one is this one again".into(),
                remedy: None,
                after: None,
            };
            return failed(cx, store, error).await;
        }
        let next = page.next.clone();
        let judged = self.classify(cx, store, page).await?;
        let newest = cursor.newest.max(judged.newest);
        let mut ops = Vec::new();
        if !judged.seen.is_empty() {
            ops.push(Op::Seen(judged.seen.clone()));
        }
        if !judged.documents.is_empty() {
            ops.push(Op::Intend(judged.documents.clone()));
        }
        ops.push(Op::Audit {
            kind: "page".into(),
            body: judged.body(&window),
        });
        let rule = self.source.rule();
        let to = if next.is_some() {
            Cursor {
                page: next,
                newest,
                ..cursor
            }
        } else {
            let cursor = Cursor { newest, ..cursor };
            let watermark = rule.watermark(&cursor, &window);
            if let Some(mark) = watermark {
                // Twice the reach: what is forgotten must be beyond every window that is still to come.
                let reach = micros(rule.reach()).saturating_mul(2);
                let before = |mark: i64| mark.saturating_sub(reach);
                // Once in an hour of the source's clock: the ledger looks at all that it remembers.
                let hour = |mark| before(mark).div_euclid(HOUR);
                if cursor.watermark.map(hour) != Some(hour(mark)) {
                    ops.push(Op::Forget {
                        before: before(mark),
                    });
                }
            }
            let polls = cursor.polls + 1;
            Cursor {
                watermark,
                window: None,
                page: None,
                newest: None,
                polls,
                ..cursor
            }
        };
        ops.insert(0, Op::Cursor { expect, to });
        let mut at_once = self.at_once(cx, &judged, gates);
        ops.extend(at_once.prepare());
        let committed = store.commit(&cx.lease, &ops).await?;
        cx.tell(&Progress::Page {
            records: judged.records,
            new: judged.new,
            changed: judged.changed,
            same: judged.same,
            stale: judged.stale,
            poison: judged.poison,
        });
        if !judged.times.is_empty() {
            let ages: Vec<Duration> = judged.times.iter().map(|at| age(*at, window.hi)).collect();
            cx.tell(&Progress::FirstSeen { ages: &ages });
        }
        at_once.name(&committed.documents);
        let AtOnce { docs, parcels } = at_once;
        self.send_prepared(cx, store, &docs, parcels, &committed.shipments, gates)
            .await?;
        Ok(Polled::Page)
    }

    /// Judges every record of a page, each against the version before it even where that is in the same page.
    pub(super) async fn classify(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        page: Page<S::Record>,
    ) -> Result<Judged, StoreError> {
        let mut judged = Judged {
            records: page.records.len(),
            ..Judged::default()
        };
        let mut good = Vec::with_capacity(page.records.len());
        let mut bad = Vec::new();
        for record in page.records {
            match record.and_then(|record| Ok((self.source.identify(&record)?, record))) {
                Ok(pair) => good.push(pair),
                Err(poison) => bad.push(poison),
            }
        }
        // Inside a page the order is that of time, key and content, so that a repeated run does the same.
        good.sort_by(|(a, _), (b, _)| (a.at, &a.key, a.version).cmp(&(b.at, &b.key, b.version)));
        let ids: Vec<_> = good
            .iter()
            .map(|(id, _)| id.clone())
            .chain(bad.iter().map(poison_id))
            .collect();
        let known = store.classify(&cx.stream, &ids).await?;
        let mut in_page: HashMap<Box<str>, LastVersion> = HashMap::new();
        let mut judgements = ids.into_iter().zip(known).map(|(id, known)| {
            let novelty = match in_page.get(&id.key) {
                Some(last) => Novelty::judge(&id, Some(last)),
                None => known,
            };
            let n = match novelty {
                Novelty::New => Some(1),
                Novelty::Changed { n } => Some(n),
                // A time that nobody knows is not later than another.
                Novelty::Later { n } => known_time(id.at).map(|_| n),
                Novelty::Same | Novelty::Stale => None,
            };
            if let Some(n) = n {
                let at = known_time(id.at).unwrap_or(i64::MIN);
                let last = LastVersion {
                    at,
                    version: id.version,
                    n,
                };
                in_page.insert(id.key.clone(), last);
            }
            (id, novelty, n)
        });
        for (_, record) in good {
            let Some((id, novelty, n)) = judgements.next() else {
                break;
            };
            judged.count(novelty, id.at);
            let Some(n) = n else { continue };
            if matches!(novelty, Novelty::Later { .. }) {
                judged.seen.push(Seen { id, n });
                continue;
            }
            let payload = serde_json::to_vec(&record).map_err(|error| {
                StoreError::Corrupt(format!("a record is no JSON: {error}").into())
            })?;
            judged.take(id, n, Bytes::from(payload), None);
        }
        for poison in bad {
            let Some((id, novelty, n)) = judgements.next() else {
                break;
            };
            judged.poison += 1;
            match (novelty, n) {
                (Novelty::New | Novelty::Changed { .. }, Some(n)) => {
                    judged.take(id, n, poison.raw, Some(poison.why));
                }
                (Novelty::Later { .. }, Some(n)) => judged.seen.push(Seen { id, n }),
                _ => {}
            }
        }
        Ok(judged)
    }

    /// Looks at held documents again: what held them may be mended.
    async fn look_again(&self, cx: &Cx, store: &dyn StateStore) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let filter = DocumentFilter {
                phases: vec![Phase::Held],
                after,
                limit: 500,
                ..DocumentFilter::default()
            };
            let held = store.documents(&cx.stream, &filter).await?;
            let Some(last) = held.last() else {
                return Ok(());
            };
            after = Some(last.id);
            let mut ops = Vec::new();
            for doc in &held {
                match self.try_out(doc) {
                    Ok(()) => {
                        let by = "what held it is mended".into();
                        ops.push(Op::Retry {
                            docs: vec![doc.id],
                            by,
                        });
                    }
                    Err(why) => {
                        let refused = refusal_of(doc, &why);
                        if (doc.phase, doc.stop.as_ref()) != (refused.to, Some(&refused.stop)) {
                            ops.push(Op::Refuse(vec![refused]));
                        }
                    }
                }
            }
            if !ops.is_empty() {
                store.commit(&cx.lease, &ops).await?;
            }
        }
    }
}

impl Judged {
    fn count(&mut self, novelty: Novelty, at: i64) {
        self.newest = self.newest.max(Some(at));
        match novelty {
            Novelty::New => self.new += 1,
            Novelty::Changed { .. } => self.changed += 1,
            Novelty::Same | Novelty::Later { .. } => self.same += 1,
            Novelty::Stale => self.stale += 1,
        }
        if matches!(novelty, Novelty::New | Novelty::Changed { .. }) {
            self.oldest_new = Some(self.oldest_new.map_or(at, |old| old.min(at)));
            self.times.push(at);
        }
    }

    fn take(&mut self, mut id: RecordId, n: u32, payload: Bytes, dead: Option<Stop>) {
        let at = known_time(id.at);
        // Remembered as older than anything: whatever mends it is newer.
        id.at = at.unwrap_or(i64::MIN);
        self.documents.push(NewDocument {
            key: id.key.clone(),
            at,
            n,
            version: id.version,
            payload,
            dead,
        });
        // The first version of a key is what its document says; later ones may not be the newest document's.
        if n > 1 {
            self.seen.push(Seen { id, n });
        }
    }

    fn body(&self, window: &Window) -> serde_json::Value {
        json!({
            "records": self.records, "new": self.new, "changed": self.changed, "same": self.same,
            "stale": self.stale, "poison": self.poison, "sweep": window.sweep,
            // How far this page's window reaches, in the source's clock.
            "hi": window.hi,
            // Microseconds between a row's own time and the end of the window that showed it first.
            "oldest_new_age": self.oldest_new.map(|at| window.hi.saturating_sub(at)),
        })
    }
}

/// How old a row was when the window that ends at `hi` showed it first; both are microseconds.
fn age(at: i64, hi: i64) -> Duration {
    Duration::from_micros(u64::try_from(hi.saturating_sub(at)).unwrap_or(0))
}

/// What an unreadable record is known by: its key as far as it could be read, and its bytes.
fn poison_id(poison: &Poison) -> RecordId {
    let at = poison.at.unwrap_or(TIME_UNKNOWN);
    RecordId {
        at,
        key: poison.key.clone(),
        version: Version::of(&poison.raw),
    }
}

/// Judged as newer than anything that is known, so that a record which cannot be read is never taken for stale.
const TIME_UNKNOWN: i64 = i64::MAX;

fn known_time(at: i64) -> Option<i64> {
    (at != TIME_UNKNOWN).then_some(at)
}

async fn failed(cx: &Cx, store: &dyn StateStore, error: SourceError) -> Result<Polled, StoreError> {
    let kind = match error.kind {
        SourceErrorKind::Connectivity => "connectivity",
        _ => "poll-failed",
    };
    let body = json!({
        "operation": error.operation, "message": error.message, "remedy": error.remedy,
    });
    store
        .commit(
            &cx.lease,
            &[Op::Audit {
                kind: kind.into(),
                body,
            }],
        )
        .await?;
    cx.tell(&Progress::Failed(&error));
    Ok(Polled::Failed(error))
}
