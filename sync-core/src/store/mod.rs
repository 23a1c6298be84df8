//! The ledger: where correctness lives.
//!
//! A store has one writing verb, [`StateStore::commit`]: all of its operations or none, durable before it answers,
//! refused when the lease's epoch is not the current one. Engines may come and go, run a step twice or die in the
//! middle: what a stream has done is what its store says.

mod advance;
mod error;
mod ids;
mod ledger;
mod memory;
mod op;
mod permitted;
#[cfg(feature = "postgres")]
mod postgres;
pub mod row;
mod rows;
mod seal;
#[cfg(feature = "sqlite")]
mod sqlite;
pub mod transfer;

use std::collections::BTreeSet;
use std::fmt;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

pub use error::StoreError;
pub use ids::{DocId, Epoch, Revision, ShipId};
pub use memory::MemoryStore;
pub use op::{Committed, NewDocument, NewShipment, Op, PreparedShipment, Refused, Seen};
#[cfg(feature = "postgres-tls")]
pub use postgres::PostgresTls;
#[cfg(feature = "postgres")]
pub use postgres::{PostgresOptions, PostgresStore};
pub use row::Row;
pub use rows::{
    Document, DocumentFilter, PhaseCounts, Shipment, ShipmentFilter, StreamStatus, TakenNumber,
    TrailBase, Work,
};
pub use seal::{PayloadKeys, sealed_with};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

use crate::audit::{AuditEntry, AuditFilter};
use crate::cursor::Cursor;
use crate::lease::Lease;
use crate::record::{Novelty, RecordId};
use crate::stream::StreamKey;

/// A durable ledger of streams.
///
/// # Contract
/// - A commit is atomic and durable, and changes nothing when it answers an error other than
///   [`StoreError::Unknown`].
/// - The epoch of a stream grows with every [`StateStore::acquire`] that succeeds; a commit, a renewal or a release
///   with an older epoch answers [`StoreError::Fenced`] and changes nothing.
/// - A number of a series is given once in the life of the store, whatever happens to the commit's shipment later.
/// - Every operation leaves its event in the stream's audit chain inside the same commit.
/// - Readers see whole commits.
#[async_trait]
pub trait StateStore: fmt::Debug + Send + Sync + 'static {
    /// Takes the stream for `ttl`; `None` while another owner's lease lives.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn acquire(
        &self,
        stream: &StreamKey,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError>;

    /// Extends a lease by its own time to live, counted from now.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody else has taken the stream since.
    async fn renew(&self, lease: &Lease) -> Result<Lease, StoreError>;

    /// Gives the stream back, so that the next owner need not wait for the lease to end.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody else has taken the stream since.
    async fn release(&self, lease: Lease) -> Result<(), StoreError>;

    /// The stream's revision, which grows with each commit, and how far it has read.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`], [`StoreError::Schema`].
    async fn load(&self, stream: &StreamKey) -> Result<(Revision, Option<Cursor>), StoreError>;

    /// Judges each record against the **last** version of its key: what is remembered ([`Op::Seen`]), else the newest
    /// document, else what was kept of removed ones. So the first version of a key needs its document alone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn classify(
        &self,
        stream: &StreamKey,
        ids: &[RecordId],
    ) -> Result<Vec<Novelty>, StoreError>;

    /// The only writing verb: all of `ops` in their order, or none.
    ///
    /// # Errors
    /// [`StoreError::Fenced`], [`StoreError::Conflict`] when a row is not as the writer read it,
    /// [`StoreError::Exhausted`] when a series has no more numbers, [`StoreError::Fingerprint`] when a cursor of
    /// another question is written, [`StoreError::Schema`] when one of a newer layout is,
    /// [`StoreError::Unavailable`] when the store cannot do it (a full disk), [`StoreError::Unknown`] when nobody can
    /// say whether it was done.
    async fn commit(&self, lease: &Lease, ops: &[Op]) -> Result<Committed, StoreError>;

    /// What can be done now: documents that may be shipped (at most one for each key, oldest first), shipments that
    /// are due, and when the next one is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn work(
        &self,
        stream: &StreamKey,
        now: SystemTime,
        limit: usize,
    ) -> Result<Work, StoreError>;

    /// Documents by phase and key, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn documents(
        &self,
        stream: &StreamKey,
        filter: &DocumentFilter,
    ) -> Result<Vec<Document>, StoreError>;

    /// One shipment with its documents.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn shipment(
        &self,
        stream: &StreamKey,
        id: ShipId,
    ) -> Result<Option<Shipment>, StoreError>;

    /// Shipments by phase, oldest first, without members and numbers: `docs` and `numbers` of each are empty, so that no
    /// key is needed where payloads are sealed.
    ///
    /// By default they are found by the documents that they carry, one at a time; the stores here read them at once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn shipments(
        &self,
        stream: &StreamKey,
        filter: &ShipmentFilter,
    ) -> Result<Vec<Shipment>, StoreError> {
        let wanted = filter.wanted();
        let mut which = DocumentFilter {
            limit: 1000,
            bare: true,
            ..DocumentFilter::default()
        };
        let mut ids = BTreeSet::new();
        loop {
            let page = self.documents(stream, &which).await?;
            let Some(last) = page.last() else { break };
            which.after = Some(last.id);
            let carried = page.iter().filter_map(|doc| doc.ship);
            ids.extend(carried.filter(|id| Some(*id) > filter.after));
        }
        let mut found = Vec::new();
        for id in ids {
            if found.len() >= filter.most() {
                break;
            }
            let ship = self.shipment(stream, id).await?;
            found.extend(ship.filter(|ship| wanted.contains(&ship.delivery.phase)));
        }
        for ship in &mut found {
            (ship.docs, ship.numbers) = (Vec::new(), Vec::new());
        }
        Ok(found)
    }

    /// How many documents stand where.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn counts(&self, stream: &StreamKey) -> Result<PhaseCounts, StoreError>;

    /// Every stream of the store, in the order of their keys.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn streams(&self) -> Result<Vec<StreamStatus>, StoreError>;

    /// The last number that each of these series of a tenant has given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn given(&self, tenant: &str, series: &[&str]) -> Result<Vec<Option<u64>>, StoreError>;

    /// Entries of the stream's audit chain from number `from` (the first is 1).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn audit(
        &self,
        stream: &StreamKey,
        from: u64,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError>;

    /// Entries that name a business key, oldest first; those of [`Op::Audit`] by the keys in their body.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn audit_of(
        &self,
        stream: &StreamKey,
        key: &str,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError>;

    /// When the stream's next turn should begin, as [`Op::Schedule`] has said last; `None` for never by itself.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn due(&self, stream: &StreamKey) -> Result<Option<SystemTime>, StoreError> {
        let streams = self.streams().await?;
        let status = streams.into_iter().find(|status| status.stream == *stream);
        Ok(status.and_then(|status| status.due))
    }

    /// Entries about a key, a control number or a time, oldest first, page by page.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn audit_find(
        &self,
        stream: &StreamKey,
        filter: &AuditFilter,
    ) -> Result<Vec<AuditEntry>, StoreError>;

    /// Where what is left of the stream's audit chain begins.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn trail_base(&self, stream: &StreamKey) -> Result<TrailBase, StoreError>;

    /// Rows of the whole store as they are kept, in an order of the store's own: those after `after`.
    ///
    /// Payloads that are sealed stay so. Made for [`transfer::export`], which checks what it reads.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn rows(&self, after: Option<&Row>, limit: usize) -> Result<Vec<Row>, StoreError>;

    /// Writes rows of another store, all of them or none; the first goes into an empty store, and until
    /// [`Row::End`] is written nobody may take a stream. Made for [`transfer::import`], which checks what was written.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the store is not empty or holds that row already.
    async fn restore(&self, rows: &[Row]) -> Result<(), StoreError>;

    /// Streams whose next turn should have begun before `now`, the longest overdue first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn overdue(
        &self,
        now: SystemTime,
        limit: usize,
    ) -> Result<Vec<(StreamKey, SystemTime)>, StoreError>;
}
