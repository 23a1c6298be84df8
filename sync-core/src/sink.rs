//! Where shipments go.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::pipeline::Cx;
use crate::source::{SourceError, Stop};
use crate::transform::{Parcel, Stamp};

/// A system that takes shipments; how it treats repeats decides what happens to a delivery in doubt.
#[async_trait]
pub trait Sink: fmt::Debug + Send + Sync + 'static {
    /// What the sink promises for this lane.
    fn caps(&self, lane: &str) -> SinkCaps;

    /// Sends a parcel; `timeout` is the longest that any byte of this request may still have an effect.
    ///
    /// Called only after the shipment's phase `Sent` is durable. Answers [`Verdict::NotSent`] only where it is
    /// proven that nothing was acted on.
    async fn deliver(
        &self,
        cx: &Cx,
        lane: &str,
        stamp: &Stamp,
        parcel: &Parcel,
        timeout: Duration,
    ) -> Verdict;

    /// Asks whether a parcel arrived; called only where [`Sink::caps`] says [`Repeat::Probe`].
    ///
    /// # Errors
    /// Whatever keeps the sink from answering; asked again later.
    async fn probe(
        &self,
        cx: &Cx,
        lane: &str,
        stamp: &Stamp,
        parcel: &Parcel,
    ) -> Result<Probe, SourceError> {
        let _ = (cx, lane, stamp, parcel);
        Ok(Probe::Unsupported)
    }
}

/// What a sink promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SinkCaps {
    /// How it treats a second delivery of the same parcel.
    pub repeat: Repeat,
    /// How many parcels may be on the way at once, at least 1; on a crash, all of them are in doubt.
    pub concurrency: usize,
    /// The longest that one request may take.
    pub request_timeout: Duration,
    /// How long a delivery may stay unsettled before a person must look.
    pub budget: Duration,
}

/// How a sink treats a second delivery of the same parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// The second has no effect, within `window` of the first: sent again at once.
    Deduplicated {
        /// How long the sink remembers, less the longest that a request can live (see [`Repeat::Probe`]): what is sent
        /// again at the end of the window must arrive while the first is still known.
        window: Duration,
    },
    /// It has an effect, but the sink can be asked what arrived.
    ///
    /// "Absent" is believed only `settle` after the send: longer than a request can live (request time-out, the
    /// longest pause of a process that is accepted, what the network may still hold).
    Probe {
        /// How long after the send a question must be put for an absence to count; longer than all that by at least
        /// as much as the clocks of two owners may differ.
        settle: Duration,
    },
    /// It has an effect and nobody can tell: what is in doubt waits for a person.
    Blind,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The sink has it.
    Accepted {
        /// What the sink said, kept in the ledger.
        receipt: Bytes,
    },
    /// The sink had it already.
    Duplicate {
        /// What the sink said.
        receipt: Bytes,
    },
    /// The sink will never take it as it is.
    Rejected {
        /// Why.
        why: Stop,
    },
    /// Proven: nothing was acted on.
    NotSent {
        /// How long the sink asked to be left alone.
        after: Option<Duration>,
        /// What happened.
        why: Box<str>,
    },
    /// Nobody knows.
    Unknown {
        /// What happened.
        why: Box<str>,
    },
}

/// What a sink says of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// It arrived.
    Found {
        /// What shows it.
        receipt: Bytes,
    },
    /// It did not arrive: only where the sink would know.
    Absent,
    /// The sink cannot tell.
    Unsupported,
}
