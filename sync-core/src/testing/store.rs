//! A store that fails on demand.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::{Crash, Edge, lock};
use crate::audit::AuditEntry;
use crate::cursor::Cursor;
use crate::lease::Lease;
use crate::record::{Novelty, RecordId};
use crate::store::{
    Committed, Document, DocumentFilter, Op, PhaseCounts, Revision, ShipId, Shipment, StateStore,
    StoreError, StreamStatus, Work,
};
use crate::stream::StreamKey;

/// A [`StateStore`] before another one that fails chosen calls, or dies at them.
///
/// A call that fails [`Edge::Before`] its effect answers [`StoreError::Unavailable`]; one that fails [`Edge::After`]
/// has had its effect and answers [`StoreError::Unknown`] where it writes. A call that reads has no effect and answers
/// [`StoreError::Unavailable`] in both cases.
#[derive(Debug)]
pub struct FaultyStore {
    inner: Arc<dyn StateStore>,
    plan: Mutex<Plan>,
    crash: Option<Crash>,
}

#[derive(Debug, Default)]
struct Plan {
    faults: BTreeMap<usize, Edge>,
    calls: Vec<&'static str>,
}

impl FaultyStore {
    /// Passes every call on until it is told otherwise.
    #[must_use]
    pub fn new(inner: Arc<dyn StateStore>) -> Self {
        Self {
            inner,
            plan: Mutex::default(),
            crash: None,
        }
    }

    /// Makes every call a point where the process may die.
    #[must_use]
    pub fn crashing(mut self, crash: Crash) -> Self {
        self.crash = Some(crash);
        self
    }

    /// Fails the `nth` call of this store (the first is 1), whatever it is.
    pub fn fail(&self, nth: usize, edge: Edge) {
        lock(&self.plan).faults.insert(nth, edge);
    }

    /// The names of all calls so far, in order: `commit`, `work`.
    #[must_use]
    pub fn calls(&self) -> Vec<&'static str> {
        lock(&self.plan).calls.clone()
    }

    async fn read<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        match self.through(name, call).await {
            (Some(_), _) => Err(unavailable(name)),
            (None, answer) => answer.unwrap_or_else(|| Err(unavailable(name))),
        }
    }

    async fn write<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        match self.through(name, call).await {
            // What the store has refused is known: only an answer that was "done" can be lost in a way that matters.
            (Some(Edge::After), Some(Ok(_))) => Err(StoreError::Unknown(
                format!("the answer of `{name}` was lost on purpose").into(),
            )),
            (_, answer) => answer.unwrap_or_else(|| Err(unavailable(name))),
        }
    }

    async fn through<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> (Option<Edge>, Option<Result<T, StoreError>>) {
        let fault = {
            let mut plan = lock(&self.plan);
            plan.calls.push(name);
            let nth = plan.calls.len();
            plan.faults.remove(&nth)
        };
        if fault == Some(Edge::Before) {
            return (fault, None);
        }
        let answer = match &self.crash {
            Some(crash) => crash.point(call).await,
            None => call.await,
        };
        (fault, Some(answer))
    }
}

fn unavailable(name: &str) -> StoreError {
    StoreError::Unavailable(format!("`{name}` was failed on purpose").into())
}

#[async_trait]
impl StateStore for FaultyStore {
    async fn acquire(
        &self,
        stream: &StreamKey,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        self.write("acquire", self.inner.acquire(stream, owner, ttl))
            .await
    }

    async fn renew(&self, lease: &Lease) -> Result<Lease, StoreError> {
        self.write("renew", self.inner.renew(lease)).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.write("release", self.inner.release(lease)).await
    }

    async fn load(&self, stream: &StreamKey) -> Result<(Revision, Option<Cursor>), StoreError> {
        self.read("load", self.inner.load(stream)).await
    }

    async fn classify(
        &self,
        stream: &StreamKey,
        ids: &[RecordId],
    ) -> Result<Vec<Novelty>, StoreError> {
        self.read("classify", self.inner.classify(stream, ids))
            .await
    }

    async fn commit(&self, lease: &Lease, ops: &[Op]) -> Result<Committed, StoreError> {
        self.write("commit", self.inner.commit(lease, ops)).await
    }

    async fn work(
        &self,
        stream: &StreamKey,
        now: SystemTime,
        limit: usize,
    ) -> Result<Work, StoreError> {
        self.read("work", self.inner.work(stream, now, limit)).await
    }

    async fn documents(
        &self,
        stream: &StreamKey,
        filter: &DocumentFilter,
    ) -> Result<Vec<Document>, StoreError> {
        self.read("documents", self.inner.documents(stream, filter))
            .await
    }

    async fn shipment(
        &self,
        stream: &StreamKey,
        id: ShipId,
    ) -> Result<Option<Shipment>, StoreError> {
        self.read("shipment", self.inner.shipment(stream, id)).await
    }

    async fn counts(&self, stream: &StreamKey) -> Result<PhaseCounts, StoreError> {
        self.read("counts", self.inner.counts(stream)).await
    }

    async fn streams(&self) -> Result<Vec<StreamStatus>, StoreError> {
        self.read("streams", self.inner.streams()).await
    }

    async fn given(&self, tenant: &str, series: &[&str]) -> Result<Vec<Option<u64>>, StoreError> {
        self.read("given", self.inner.given(tenant, series)).await
    }

    async fn audit(
        &self,
        stream: &StreamKey,
        from: u64,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        self.read("audit", self.inner.audit(stream, from, limit))
            .await
    }

    async fn audit_of(
        &self,
        stream: &StreamKey,
        key: &str,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        self.read("audit_of", self.inner.audit_of(stream, key, limit))
            .await
    }

    async fn overdue(
        &self,
        now: SystemTime,
        limit: usize,
    ) -> Result<Vec<(StreamKey, SystemTime)>, StoreError> {
        self.read("overdue", self.inner.overdue(now, limit)).await
    }
}
