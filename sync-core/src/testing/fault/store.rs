//! A store whose calls go wrong.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::plan::Due;
use super::{Edge, Fault, FaultPlan, Process, Seam};
use crate::audit::{AuditEntry, AuditFilter};
use crate::cursor::Cursor;
use crate::lease::Lease;
use crate::record::{Novelty, RecordId};
use crate::store::{
    Committed, Document, DocumentFilter, Op, PhaseCounts, Revision, Row, ShipId, Shipment,
    StateStore, StoreError, StreamStatus, TrailBase, Work,
};
use crate::stream::StreamKey;

/// A [`StateStore`] as one [`Process`] sees it: each call is a point where it may die.
///
/// A call that is refused answers [`StoreError::Unavailable`]; a write whose request or answer is lost or late answers
/// [`StoreError::Unknown`], unless the store itself has refused it.
///
/// By itself, made with [`FaultyStore::new`], it is a store that fails chosen calls.
#[derive(Debug)]
pub struct FaultyStore {
    inner: Arc<dyn StateStore>,
    process: Process,
}

impl FaultyStore {
    /// Passes every call on until it is told otherwise.
    #[must_use]
    pub fn new(inner: Arc<dyn StateStore>) -> Self {
        Self::of(FaultPlan::new().process(), inner)
    }

    pub(super) fn of(process: Process, inner: Arc<dyn StateStore>) -> Self {
        Self { inner, process }
    }

    /// Fails the `nth` call of this store (the first is 1): refused before its effect, or its answer lost after it.
    pub fn fail(&self, nth: usize, edge: Edge) {
        let fault = match edge {
            Edge::Before => Fault::Refuse,
            Edge::After => Fault::LoseAnswer,
        };
        let nth = u64::try_from(nth).unwrap_or(u64::MAX);
        drop(self.process.plan().clone().at(nth, fault));
    }

    /// The names of all calls so far, in order: `commit`, `work`.
    #[must_use]
    pub fn calls(&self) -> Vec<&'static str> {
        let points = self.process.plan().points();
        points.iter().map(|point| point.call).collect()
    }

    async fn read<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let fault = self.process.point(Seam::Store, name, false).await;
        self.process.plan().land(Seam::Store, None).await;
        let answer = match fault {
            None | Some(Fault::Crash(_) | Fault::Pause) => call.await,
            Some(_) => Err(unavailable(name)),
        };
        self.process.passed(fault).await;
        answer
    }

    /// `late` has the effect of `call` at another time.
    async fn write<T, L>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, StoreError>> + Send,
        late: L,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        L: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let fault = self.process.point(Seam::Store, name, true).await;
        let plan = self.process.plan();
        plan.land(Seam::Store, None).await;
        let answer = match fault {
            None | Some(Fault::Crash(_) | Fault::Pause) => call.await,
            Some(Fault::Refuse) => Err(unavailable(name)),
            Some(Fault::LoseRequest) => Err(unknown(name)),
            // What the store has refused is known: only an answer that was "done" can be lost in a way that matters.
            Some(Fault::LoseAnswer) => call.await.and_then(|_| Err(unknown(name))),
            Some(Fault::Late) => {
                plan.hold(Due::Calls(2), async move { drop(late.await) });
                Err(unknown(name))
            }
        };
        self.process.passed(fault).await;
        answer
    }

    fn granted(&self, lease: &Lease) {
        self.process.plan().granted(lease);
    }
}

fn unavailable(name: &str) -> StoreError {
    StoreError::Unavailable(format!("`{name}` was failed on purpose").into())
}

fn unknown(name: &str) -> StoreError {
    StoreError::Unknown(format!("the answer of `{name}` was lost on purpose").into())
}

#[async_trait]
impl StateStore for FaultyStore {
    async fn acquire(
        &self,
        stream: &StreamKey,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let (inner, key, by) = (
            Arc::clone(&self.inner),
            stream.clone(),
            Box::<str>::from(owner),
        );
        let late = async move { inner.acquire(&key, &by, ttl).await };
        let lease = self
            .write("acquire", self.inner.acquire(stream, owner, ttl), late)
            .await?;
        lease.iter().for_each(|lease| self.granted(lease));
        Ok(lease)
    }

    async fn renew(&self, lease: &Lease) -> Result<Lease, StoreError> {
        let (inner, old) = (Arc::clone(&self.inner), lease.clone());
        let late = async move { inner.renew(&old).await };
        let lease = self.write("renew", self.inner.renew(lease), late).await?;
        self.granted(&lease);
        Ok(lease)
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        let (inner, old) = (Arc::clone(&self.inner), lease.clone());
        let late = async move { inner.release(old).await };
        self.write("release", self.inner.release(lease), late).await
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
        let (inner, by, all) = (Arc::clone(&self.inner), lease.clone(), ops.to_vec());
        let late = async move { inner.commit(&by, &all).await };
        self.write("commit", self.inner.commit(lease, ops), late)
            .await
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

    async fn audit_find(
        &self,
        stream: &StreamKey,
        filter: &AuditFilter,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        self.read("audit_find", self.inner.audit_find(stream, filter))
            .await
    }

    async fn trail_base(&self, stream: &StreamKey) -> Result<TrailBase, StoreError> {
        self.read("trail_base", self.inner.trail_base(stream)).await
    }

    async fn rows(&self, after: Option<&Row>, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.read("rows", self.inner.rows(after, limit)).await
    }

    async fn restore(&self, rows: &[Row]) -> Result<(), StoreError> {
        let (late, kept) = (Arc::clone(&self.inner), rows.to_vec());
        let late = async move { late.restore(&kept).await };
        self.write("restore", self.inner.restore(rows), late).await
    }

    async fn overdue(
        &self,
        now: SystemTime,
        limit: usize,
    ) -> Result<Vec<(StreamKey, SystemTime)>, StoreError> {
        self.read("overdue", self.inner.overdue(now, limit)).await
    }
}
