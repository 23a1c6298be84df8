//! A table that is written while it is read, behind a service with a bad day.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use sync_core::testing::{ManualClock, Row};
use sync_core::{
    Clock, Cx, Fingerprint, Page, Poison, PollRule, RecordId, Source, SourceError, SourceErrorKind,
    Version, Window,
};

const SECOND: i64 = 1_000_000;
/// How much later than its time a row is committed at most, in seconds.
const LATE: i64 = 90;
/// How far the replica that answers is behind at most, in seconds.
const LAG: i64 = 20;

/// The table and its service; a clone is the same.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    clock: ManualClock,
    /// How far the source's clock is ahead, in seconds.
    skew: i64,
    rule: PollRule,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    rng: fastrand::Rng,
    rows: BTreeMap<String, Vec<Written>>,
    /// What a window showed when its first page was asked for; a later page is of the same answer.
    answers: Vec<Vec<Row>>,
    /// How many calls the token is still good for.
    token: u32,
    calm: bool,
}

#[derive(Debug, Clone)]
struct Written {
    at: i64,
    visible: i64,
    body: String,
}

impl Table {
    pub(crate) fn new(clock: &ManualClock, seed: u64, short: bool) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let skew = rng.i64(-7200..7200);
        let state = State {
            rng,
            rows: BTreeMap::new(),
            answers: Vec::new(),
            token: 20,
            calm: false,
        };
        let late = u64::try_from(if short { LAG } else { LATE + LAG }).unwrap();
        Self {
            clock: clock.clone(),
            skew,
            rule: PollRule::new(Duration::from_secs(1), Duration::from_secs(late)),
            state: Arc::new(Mutex::new(state)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn present(&self) -> i64 {
        let wall = self.clock.wall().duration_since(SystemTime::UNIX_EPOCH);
        i64::try_from(wall.unwrap().as_micros()).unwrap() + self.skew * SECOND
    }

    /// Writes a row or changes one; one in five is committed late.
    pub(crate) fn write(&self) {
        let now = self.present();
        let state = &mut *self.state();
        let key = format!("k{}", state.rng.u32(0..12));
        let late = match state.rng.u32(0..5) {
            0 => state.rng.i64(0..LATE * SECOND),
            _ => 0,
        };
        let versions = state.rows.entry(key).or_default();
        // A row is locked until its transaction ends: its times and its commits are in one order.
        let last = versions.last();
        let at = last.map_or(now, |last| now.max(last.visible + SECOND)) / SECOND * SECOND;
        let body = format!("{}", state.rng.u32(0..3));
        versions.push(Written {
            at,
            visible: at + late,
            body,
        });
    }

    /// From here on it answers, at once and in full.
    pub(crate) fn calm(&self) {
        self.state().calm = true;
    }

    /// The last version of each key that is visible by now.
    pub(crate) fn shown(&self) -> Vec<(Box<str>, Version)> {
        let now = self.present();
        let state = self.state();
        let last = state.rows.iter().filter_map(|(key, versions)| {
            let last = versions.iter().rfind(|written| written.visible <= now)?;
            Some((key.as_str().into(), Version::of(last.body.as_bytes())))
        });
        last.collect()
    }

    /// Throttled, logged out, or out of order: the service has a bad day.
    fn weather(&self) -> Result<(), SourceError> {
        let state = &mut *self.state();
        if state.calm {
            return Ok(());
        }
        if state.token == 0 {
            // Somebody renews it in the end.
            if state.rng.u32(0..3) == 0 {
                state.token = state.rng.u32(10..40);
            }
            return Err(error(
                SourceErrorKind::Connectivity,
                "the token is over",
                None,
            ));
        }
        state.token -= 1;
        match state.rng.u32(0..24) {
            0 => {
                let after = Duration::from_secs(state.rng.u64(1..20));
                Err(error(SourceErrorKind::Transient, "429", Some(after)))
            }
            1 => Err(error(SourceErrorKind::Transient, "502", None)),
            2 => Err(error(SourceErrorKind::Invalid, "an HTML page", None)),
            _ => Ok(()),
        }
    }

    /// What a window shows: as an old replica sees it, some rows twice, some in an earlier version too, in no order.
    fn answer(&self, window: &Window) -> usize {
        let now = self.present();
        let state = &mut *self.state();
        let lag = if state.calm {
            0
        } else {
            state.rng.i64(0..LAG * SECOND)
        };
        let mut answer = Vec::new();
        for (key, versions) in &state.rows {
            let visible = versions
                .iter()
                .filter(|written| written.visible <= now - lag);
            let inside = |written: &&Written| window.lo <= written.at && written.at <= window.hi;
            let mut visible = visible.rev();
            let last = visible.next().filter(inside);
            let earlier = visible.next().filter(inside);
            let row = |written: &Written| Row {
                key: key.clone(),
                at: written.at,
                body: written.body.clone(),
            };
            answer.extend(last.map(row));
            if !state.calm && state.rng.u32(0..6) == 0 {
                answer.extend(last.map(row));
                answer.extend(earlier.map(row));
            }
        }
        state.rng.shuffle(&mut answer);
        state.answers.push(answer);
        state.answers.len() - 1
    }
}

fn error(kind: SourceErrorKind, what: &str, after: Option<Duration>) -> SourceError {
    SourceError {
        kind,
        operation: "rows".into(),
        message: what.into(),
        remedy: None,
        after,
    }
}

#[async_trait]
impl Source for Table {
    type Record = Row;

    fn rule(&self) -> PollRule {
        self.rule
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(["rows"])
    }

    async fn now(&self, _: &Cx) -> Result<i64, SourceError> {
        self.weather()?;
        Ok(self.present())
    }

    async fn fetch(
        &self,
        _: &Cx,
        window: &Window,
        page: Option<&Bytes>,
    ) -> Result<Page<Row>, SourceError> {
        self.weather()?;
        let (answer, from): (usize, usize) = match page {
            Some(token) => serde_json::from_slice(token).unwrap(),
            None => (self.answer(window), 0),
        };
        let state = &mut *self.state();
        let size = state.rng.usize(1..5);
        let all = &state.answers[answer];
        let to = all.len().min(from + size);
        let records = all[from..to].iter().cloned().map(Ok).collect();
        let next = (to < all.len()).then(|| format!("[{answer},{to}]").into());
        Ok(Page { records, next })
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
