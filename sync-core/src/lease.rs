//! The right to write a stream.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::clock::Clock;
use crate::store::Epoch;
use crate::stream::StreamKey;

/// The right to write one stream for a while; every commit carries it, and the store compares its epoch.
///
/// A lease is not released by being dropped: give it back with
/// [`StateStore::release`](crate::store::StateStore::release), or let it run out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What it is for.
    pub stream: StreamKey,
    /// Which holder this is; grows with every grant.
    pub epoch: Epoch,
    /// Who holds it.
    pub owner: Arc<str>,
    /// How long it lasts from a grant or a renewal.
    pub ttl: Duration,
    /// When it ends, for other processes.
    pub until: SystemTime,
    /// When it ends by this process's monotonic clock, taken before the store was asked: never later than `until`.
    pub until_mono: Duration,
}

impl Lease {
    /// How much of it is left by the monotonic clock.
    #[must_use]
    pub fn remaining(&self, clock: &dyn Clock) -> Duration {
        self.until_mono.saturating_sub(clock.mono())
    }
}
