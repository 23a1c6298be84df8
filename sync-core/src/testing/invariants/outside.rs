//! What the world outside of the ledger knows.

use std::time::SystemTime;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::lease::Lease;
use crate::record::Version;
use crate::sink::{Sink, SinkCaps};
use crate::store::Epoch;
use crate::stream::StreamKey;
use crate::testing::{FaultPlan, ScriptedSink, ScriptedSource};

/// A parcel that left, or that took effect, as the sink saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parting {
    /// The parcel's name.
    pub name: Box<str>,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// The shipment's numbers.
    pub numbers: Vec<u64>,
}

impl Parting {
    /// What a sink was handed.
    #[must_use]
    pub fn new(name: &str, bytes: &Bytes, numbers: &[u64]) -> Self {
        Self {
            name: name.into(),
            sha256: Sha256::digest(bytes).into(),
            numbers: numbers.to_vec(),
        }
    }
}

/// What the world outside of the ledger knows of a stream, to hold the ledger against.
///
/// Everything is a list that a double keeps; what is left empty is not checked, save `attempts` and `effects`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Outside {
    /// The stream.
    pub stream: StreamKey,
    /// What the sink promises.
    pub caps: SinkCaps,
    /// The present.
    pub now: SystemTime,
    /// Whether everything that can be done was done: no request is on its way, the last window is read to its end.
    pub at_rest: bool,
    /// For each key its last version among those that the source has shown for longer than its windows reach.
    pub wanted: Vec<(Box<str>, Version)>,
    /// Every delivery that was begun at the sink, in order.
    pub attempts: Vec<Parting>,
    /// Every delivery that took effect, in order.
    pub effects: Vec<Parting>,
    /// Leases that are over: somebody else has had the stream since. Each is tried.
    pub stale: Vec<Lease>,
    /// How many documents may be open, where there is a bound.
    pub open: Option<u64>,
}

impl Outside {
    /// Nothing was wanted, nothing has left, everything is at rest.
    #[must_use]
    pub fn new(stream: &StreamKey, caps: SinkCaps, now: SystemTime) -> Self {
        Self {
            stream: stream.clone(),
            caps,
            now,
            at_rest: true,
            wanted: Vec::new(),
            attempts: Vec::new(),
            effects: Vec::new(),
            stale: Vec::new(),
            open: None,
        }
    }

    /// What the doubles know at the end of a life.
    #[must_use]
    pub fn scripted(
        stream: &StreamKey,
        source: &ScriptedSource,
        sink: &ScriptedSink,
        plan: &FaultPlan,
    ) -> Self {
        Self {
            wanted: source.shown(),
            ..Self::delivered(stream, sink, plan)
        }
    }

    /// The same without a source.
    #[must_use]
    pub fn delivered(stream: &StreamKey, sink: &ScriptedSink, plan: &FaultPlan) -> Self {
        let effects = sink.effects();
        let calls = sink.calls();
        let leases = plan.leases();
        let of_stream = leases.into_iter().filter(|lease| lease.stream == *stream);
        let mut stale: Vec<_> = of_stream.collect();
        let last = stale.iter().map(|lease| lease.epoch).max();
        stale.retain(|lease| Some(lease.epoch) < last);
        stale.dedup_by_key(|lease| -> Epoch { lease.epoch });
        Self {
            attempts: calls
                .iter()
                .map(|call| Parting::new(&call.name, &call.bytes, &call.numbers))
                .collect(),
            effects: effects
                .iter()
                .map(|effect| Parting::new(&effect.name, &effect.bytes, &effect.numbers))
                .collect(),
            stale,
            ..Self::new(stream, sink.caps(""), sink.now())
        }
    }
}
