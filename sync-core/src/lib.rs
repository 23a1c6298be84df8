#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod audit;
pub mod breaker;
mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod cursor;
pub mod dead_letter;
pub mod delivery;
pub mod engine;
pub mod guide;
mod lease;
pub mod limit;
pub mod pipeline;
mod progress;
mod record;
pub mod replay;
pub mod retention;
mod retry;
pub mod schedule;
mod series;
mod sink;
mod source;
pub mod store;
mod stream;
pub mod telemetry;
#[cfg(feature = "test-util")]
pub mod testing;
mod transform;
pub mod vault;
mod window;

pub use clock::{Clock, SystemClock};
pub use cursor::{Cursor, Fingerprint};
pub use lease::Lease;
pub use pipeline::{Cx, Pipeline, Runnable, Turn};
pub use progress::{Observer, Progress, Silent};
pub use record::{LastVersion, Novelty, RecordId, Version};
pub use retry::Backoff;
pub use series::Series;
pub use sink::{Probe, Repeat, Sink, SinkCaps, Verdict};
pub use source::{Page, Poison, Source, SourceError, SourceErrorKind, Stop};
pub use stream::StreamKey;
pub use transform::{Item, Parcel, Refusal, Stamp, Transform};
pub use window::{PollRule, Sweep, Window};

const _: () = {
    const fn shared<T: Send + Sync + 'static>() {}
    shared::<Lease>();
    shared::<store::MemoryStore>();
    shared::<store::StoreError>();
    #[cfg(feature = "sqlite")]
    shared::<store::SqliteStore>();
};
