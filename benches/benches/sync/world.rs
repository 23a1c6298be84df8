//! Sources and sinks that cost nothing, and an observer that tells when all is done.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use sync_core::{
    Cx, Fingerprint, Item, Observer, Page, Parcel, Poison, PollRule, Progress, RecordId, Refusal,
    Repeat, Series, Sink, SinkCaps, Source, SourceError, Stamp, StreamKey, Transform, Verdict,
    Version, Window,
};
use tokio::sync::Notify;

pub(crate) type Answer<T> = Result<T, Box<dyn Error>>;

/// A record of two lines.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) number: u64,
    pub(crate) at: i64,
    pub(crate) lines: [String; 2],
}

impl Record {
    pub(crate) fn new(number: u64) -> Self {
        let line = |n| format!("line {n}: 12 pieces of article {number:08} at 3.50 USD each");
        Self {
            number,
            at: 1_000_000 + i64::try_from(number).unwrap_or(0),
            lines: [line(1), line(2)],
        }
    }
}

/// So many records, in pages of 1,000; they stand in memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows(pub(crate) u64);

pub(crate) const PAGE: u64 = 1_000;

#[async_trait]
impl Source for Rows {
    type Record = Record;

    fn rule(&self) -> PollRule {
        PollRule::new(Duration::from_secs(1), Duration::from_secs(300))
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(["rows"])
    }

    async fn now(&self, _: &Cx) -> Result<i64, SourceError> {
        Ok(10_000_000_000)
    }

    async fn fetch(
        &self,
        _: &Cx,
        _: &Window,
        page: Option<&Bytes>,
    ) -> Result<Page<Record>, SourceError> {
        let first = page.map_or(0, number);
        let last = (first + PAGE).min(self.0);
        Ok(Page {
            records: (first..last)
                .map(|number| Ok(Record::new(number)))
                .collect(),
            next: (last < self.0).then(|| Bytes::from(last.to_string())),
        })
    }

    fn identify(&self, record: &Record) -> Result<RecordId, Poison> {
        Ok(identity(record))
    }
}

pub(crate) fn number(token: &Bytes) -> u64 {
    std::str::from_utf8(token)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

pub(crate) fn identity(record: &Record) -> RecordId {
    let [first, second] = &record.lines;
    RecordId {
        at: record.at,
        key: format!("{:010}", record.number).into(),
        version: Version::of(format!("{first}\n{second}").as_bytes()),
    }
}

/// Lines of text for some partners, so many records in a parcel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines {
    pub(crate) batch: usize,
    pub(crate) partners: u64,
}

impl Lines {
    /// For one partner.
    pub(crate) fn of(batch: usize) -> Self {
        Self { batch, partners: 1 }
    }
}

impl Transform for Lines {
    type In = Record;

    fn lane(&self, item: &Item<Record>) -> Result<Box<str>, Refusal> {
        Ok(format!("partner-{:02}", item.record.number % self.partners).into())
    }

    fn series(&self, lane: &str) -> Vec<Series> {
        vec![Series::new(lane)]
    }

    fn batch(&self, _: &str) -> usize {
        self.batch
    }

    fn ship(
        &self,
        lane: &str,
        items: &[Item<Record>],
        stamp: &Stamp,
    ) -> Result<Parcel, Vec<(usize, Refusal)>> {
        let mut text = String::new();
        for item in items {
            for line in &item.record.lines {
                text.push_str(line);
                text.push('\n');
            }
        }
        let number = stamp.numbers.first().copied().unwrap_or(0);
        Ok(Parcel {
            name: format!("{lane}-{number:09}.txt").into(),
            bytes: text.into(),
        })
    }
}

/// A sink that takes everything at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken;

pub(crate) fn caps() -> SinkCaps {
    SinkCaps {
        repeat: Repeat::Deduplicated {
            window: Duration::from_secs(86_400),
        },
        concurrency: 16,
        request_timeout: Duration::from_secs(5),
        budget: Duration::from_secs(86_400),
    }
}

#[async_trait]
impl Sink for Taken {
    fn caps(&self, _: &str) -> SinkCaps {
        caps()
    }

    async fn deliver(&self, _: &Cx, _: &str, _: &Stamp, _: &Parcel, _: Duration) -> Verdict {
        Verdict::Accepted {
            receipt: Bytes::from_static(b"taken"),
        }
    }
}

/// Counts runs that have ended.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    count: AtomicUsize,
    more: Notify,
}

impl Observer for Ended {
    fn event(&self, _: &StreamKey, event: &Progress<'_>) {
        if let Progress::Ended { .. } = event {
            self.one();
        }
    }
}

impl Ended {
    /// One more has ended.
    pub(crate) fn one(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.more.notify_one();
    }

    /// Waits until so many have ended in all.
    pub(crate) async fn reach(self: &Arc<Self>, count: usize) {
        while self.count.load(Ordering::Relaxed) < count {
            self.more.notified().await;
        }
    }
}

/// Processor time of this process, all threads together.
pub(crate) fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let (seconds, nanoseconds) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or(0), nanoseconds.unwrap_or(0))
}

/// The most memory that this process has had resident, in MiB; Linux only.
pub(crate) fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}
