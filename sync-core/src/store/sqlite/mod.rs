//! A ledger in one SQLite file.

mod commit;
mod load;
mod read;
mod row;
mod schema;
mod whole;
mod worker;
mod write;

#[cfg(test)]
mod full_disk;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use self::worker::Worker;
use super::seal::{PayloadKeys, Payloads};
use super::transfer::FOR_EVER;
use super::{
    Committed, Document, DocumentFilter, Op, PhaseCounts, Revision, Row, ShipId, Shipment,
    ShipmentFilter, StateStore, StoreError, StreamStatus, TrailBase, Work,
};
use crate::audit::{AuditEntry, AuditFilter};
use crate::clock::Clock;
use crate::cursor::Cursor;
use crate::lease::Lease;
use crate::record::{Novelty, RecordId};
use crate::stream::StreamKey;

/// A durable ledger in one SQLite file, for one process at a time.
///
/// - Write-ahead log with `synchronous=FULL`: what was acknowledged survives a crash and a power cut, as far as the
///   disk keeps its word. Never put the file on a network file system.
/// - A build of the bundled SQLite calls `fsync` for each commit. With `LIBSQLITE3_FLAGS=-DHAVE_FDATASYNC=1` in the
///   environment of the build it calls `fdatasync`, which on Linux does not flush the time of the file, too: about a tenth
///   more commits a second, with the same promise. This workspace is built so.
/// - A full disk answers [`StoreError::Unavailable`] and leaves whole commits; a COMMIT that failed in any other way
///   than for space or a lock answers [`StoreError::Unknown`], since its frames may be in the log.
/// - One writer thread owns the writing connection and puts the commits that wait into one transaction (group
///   commit); one reader thread owns another connection. Both end when the last clone is dropped.
/// - The file beside it, `<name>.lock`, is locked while the store is open for writing. Whoever gets that lock knows
///   that every earlier owner is gone, so leases left by a crashed process are free at once.
/// - [`SqliteStore::read_only`] looks at a ledger that another process writes.
///
/// ```
/// # use std::sync::Arc;
/// # use sync_core::{SystemClock, store::{SqliteStore, StateStore}};
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("ledger.db");
/// let store = SqliteStore::open(&path, Arc::new(SystemClock::new()))?;
/// assert!(SqliteStore::open(&path, Arc::new(SystemClock::new())).is_err(), "one writer at a time");
/// let onlooker = SqliteStore::read_only(&path, Arc::new(SystemClock::new()))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
    payloads: Payloads,
}

#[derive(Debug)]
struct Inner {
    clock: Arc<dyn Clock>,
    reader: Worker,
    writer: Option<Worker>,
    // Held for as long as the store lives; declared last, so that it is freed after the threads have ended.
    _lock: Option<File>,
}

impl SqliteStore {
    /// Opens a ledger for writing, making the file and bringing its layout up to date where needed.
    ///
    /// Blocks for as long as a migration takes; call it before the work begins.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another process writes it, [`StoreError::Schema`] when a newer version wrote it,
    /// [`StoreError::Unavailable`] when the file cannot be opened.
    pub fn open(path: impl AsRef<Path>, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Self::open_as(path.as_ref(), clock, |_| Ok(()))
    }

    /// Opens a ledger whose writing connection is looked at before it begins to work.
    fn open_as(
        path: &Path,
        clock: Arc<dyn Clock>,
        look: impl FnOnce(&Connection) -> Result<(), rusqlite::Error>,
    ) -> Result<Self, StoreError> {
        let lock = lock(path)?;
        let mut connection = connect(path, OpenFlags::default())?;
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(unavailable)?;
        connection
            .pragma_update(None, "synchronous", "FULL")
            .map_err(unavailable)?;
        connection
            .pragma_update(None, "wal_autocheckpoint", CHECKPOINT)
            .map_err(unavailable)?;
        schema::migrate(&mut connection)?;
        // Whoever held a lease of this file is gone, or the lock would not be ours.
        connection
            .execute(
                "UPDATE stream SET lease_until = 0 WHERE lease_until < ?",
                [FOR_EVER],
            )
            .map_err(unavailable)?;
        look(&connection).map_err(unavailable)?;
        let writer = Worker::start("ledger-writer", connection, true)?;
        let reader = Worker::start("ledger-reader", onlooker(path)?, false)?;
        let inner = Inner {
            clock,
            reader,
            writer: Some(writer),
            _lock: Some(lock),
        };
        Ok(Self {
            inner: Arc::new(inner),
            payloads: Payloads::default(),
        })
    }

    /// Opens a ledger to look at it while another process may write it; every writing verb is refused.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no such ledger, [`StoreError::Schema`] when its layout is not the
    /// one of this version.
    pub fn read_only(path: impl AsRef<Path>, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let connection = onlooker(path.as_ref())?;
        schema::check(&connection)?;
        let reader = Worker::start("ledger-reader", connection, false)?;
        Ok(Self {
            inner: Arc::new(Inner {
                clock,
                reader,
                writer: None,
                _lock: None,
            }),
            payloads: Payloads::default(),
        })
    }

    /// Seals the payloads of documents from now on, and opens those that are sealed.
    #[must_use]
    pub fn sealing(mut self, keys: PayloadKeys) -> Self {
        self.payloads = Payloads::sealing(keys);
        self
    }

    /// The SQL that opening the ledger for writing would run to bring its layout up to date; nothing is run.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no such file, [`StoreError::Schema`] when a newer version wrote it.
    pub fn pending_migrations(path: impl AsRef<Path>) -> Result<Vec<&'static str>, StoreError> {
        schema::pending(&onlooker(path.as_ref())?)
    }

    fn writer(&self) -> Result<&Worker, StoreError> {
        let refused =
            || StoreError::Unavailable("this ledger was opened to be looked at only".into());
        self.inner.writer.as_ref().ok_or_else(refused)
    }

    async fn read<X: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<X, StoreError> + Send + 'static,
    ) -> Result<X, StoreError> {
        self.inner
            .reader
            .run(move |connection| job(connection))
            .await
    }
}

/// After how many pages of 4 KiB the write-ahead log is written back into the file: a page that many commits have
/// touched meanwhile goes there once.
const CHECKPOINT: u32 = 8_000;

fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    let lock: PathBuf = path.with_file_name(name);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock)
        .map_err(|error| StoreError::Unavailable(format!("{}: {error}", lock.display()).into()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let text = format!(
                "{} is locked; wait for the other run, or stop it",
                lock.display()
            );
            Err(StoreError::Busy(text.into()))
        }
        Err(TryLockError::Error(error)) => Err(StoreError::Unavailable(
            format!("{}: {error}", lock.display()).into(),
        )),
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| StoreError::Unavailable(format!("{}: {error}", path.display()).into()))?;
    connection
        .busy_timeout(Duration::from_secs(10))
        .map_err(unavailable)?;
    connection.set_prepared_statement_cache_capacity(64);
    // Otherwise statements are compiled anew whenever a value that the planner has looked at is another one.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(unavailable)?;
    Ok(connection)
}

fn onlooker(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    // Not opened read-only: a reader of a write-ahead log must be able to make its shared memory.
    connection
        .pragma_update(None, "query_only", true)
        .map_err(unavailable)?;
    Ok(connection)
}

fn unavailable(error: rusqlite::Error) -> StoreError {
    StoreError::Unavailable(error.to_string().into())
}

#[async_trait]
impl StateStore for SqliteStore {
    async fn acquire(
        &self,
        stream: &StreamKey,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let (stream, owner) = (stream.clone(), Arc::<str>::from(owner));
        let (mono, wall) = (self.inner.clock.mono(), self.inner.clock.wall());
        self.writer()?
            .run(move |connection| {
                let epoch = commit::acquire(connection, &stream, &owner, wall, wall + ttl)?;
                Ok(epoch.map(|epoch| Lease {
                    stream,
                    epoch,
                    owner,
                    ttl,
                    until: wall + ttl,
                    until_mono: mono + ttl,
                }))
            })
            .await
    }

    async fn renew(&self, lease: &Lease) -> Result<Lease, StoreError> {
        let (mono, wall) = (self.inner.clock.mono(), self.inner.clock.wall());
        let renewed = Lease {
            until: wall + lease.ttl,
            until_mono: mono + lease.ttl,
            ..lease.clone()
        };
        self.writer()?
            .run(move |connection| {
                commit::set_lease(connection, &renewed, Some(renewed.until))?;
                Ok(renewed)
            })
            .await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.writer()?
            .run(move |connection| commit::set_lease(connection, &lease, None))
            .await
    }

    async fn load(&self, stream: &StreamKey) -> Result<(Revision, Option<Cursor>), StoreError> {
        let stream = stream.clone();
        self.read(move |connection| read::load(connection, &stream))
            .await
    }

    async fn classify(
        &self,
        stream: &StreamKey,
        ids: &[RecordId],
    ) -> Result<Vec<Novelty>, StoreError> {
        let (stream, ids) = (stream.clone(), ids.to_vec());
        self.read(move |connection| read::classify(connection, &stream, &ids))
            .await
    }

    async fn commit(&self, lease: &Lease, ops: &[Op]) -> Result<Committed, StoreError> {
        let ops = self.payloads.close(&lease.stream, ops)?.into_owned();
        let lease = lease.clone();
        let now = self.inner.clock.wall();
        self.writer()?
            .run(move |connection| commit::commit(connection, &lease, &ops, now))
            .await
    }

    async fn work(
        &self,
        stream: &StreamKey,
        now: SystemTime,
        limit: usize,
    ) -> Result<Work, StoreError> {
        let of = stream.clone();
        let read = self.read(move |connection| read::work(connection, &of, now, limit));
        let mut work = read.await?;
        self.payloads.open(stream, work.documents_mut())?;
        Ok(work)
    }

    async fn documents(
        &self,
        stream: &StreamKey,
        filter: &DocumentFilter,
    ) -> Result<Vec<Document>, StoreError> {
        let (of, wanted) = (stream.clone(), filter.clone());
        let read = self.read(move |connection| read::documents(connection, &of, &wanted));
        let mut docs = read.await?;
        if !filter.bare {
            self.payloads.open(stream, &mut docs)?;
        }
        Ok(docs)
    }

    async fn shipment(
        &self,
        stream: &StreamKey,
        id: ShipId,
    ) -> Result<Option<Shipment>, StoreError> {
        let of = stream.clone();
        let read = self.read(move |connection| read::shipment(connection, &of, id));
        let mut ship = read.await?;
        let docs = ship.iter_mut().flat_map(|ship| &mut ship.docs);
        self.payloads.open(stream, docs)?;
        Ok(ship)
    }

    async fn shipments(
        &self,
        stream: &StreamKey,
        filter: &ShipmentFilter,
    ) -> Result<Vec<Shipment>, StoreError> {
        let (of, wanted) = (stream.clone(), filter.clone());
        self.read(move |connection| read::shipments(connection, &of, &wanted))
            .await
    }

    async fn counts(&self, stream: &StreamKey) -> Result<PhaseCounts, StoreError> {
        let stream = stream.clone();
        self.read(move |connection| read::counts(connection, &stream))
            .await
    }

    async fn streams(&self) -> Result<Vec<StreamStatus>, StoreError> {
        let now = self.inner.clock.wall();
        self.read(move |connection| read::streams(connection, now))
            .await
    }

    async fn given(&self, tenant: &str, series: &[&str]) -> Result<Vec<Option<u64>>, StoreError> {
        let tenant = tenant.to_owned();
        let series: Vec<String> = series.iter().map(|&name| name.to_owned()).collect();
        self.read(move |connection| {
            series
                .iter()
                .map(|name| row::given(connection, &tenant, name))
                .collect()
        })
        .await
    }

    async fn audit(
        &self,
        stream: &StreamKey,
        from: u64,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let stream = stream.clone();
        self.read(move |connection| read::audit(connection, &stream, from, limit))
            .await
    }

    async fn audit_of(
        &self,
        stream: &StreamKey,
        key: &str,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let (stream, key) = (stream.clone(), key.to_owned());
        self.read(move |connection| read::audit_of(connection, &stream, &key, limit))
            .await
    }

    async fn due(&self, stream: &StreamKey) -> Result<Option<SystemTime>, StoreError> {
        let stream = stream.clone();
        self.read(move |connection| read::due(connection, &stream))
            .await
    }

    async fn audit_find(
        &self,
        stream: &StreamKey,
        filter: &AuditFilter,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let (stream, filter) = (stream.clone(), filter.clone());
        self.read(move |connection| read::audit_find(connection, &stream, &filter))
            .await
    }

    async fn trail_base(&self, stream: &StreamKey) -> Result<TrailBase, StoreError> {
        let stream = stream.clone();
        self.read(move |connection| read::trail_base(connection, &stream))
            .await
    }

    async fn rows(&self, after: Option<&Row>, limit: usize) -> Result<Vec<Row>, StoreError> {
        let after = after.cloned();
        self.read(move |connection| whole::rows(connection, after.as_ref(), limit))
            .await
    }

    async fn restore(&self, rows: &[Row]) -> Result<(), StoreError> {
        let rows = rows.to_vec();
        self.writer()?
            .run(move |connection| whole::restore(connection, &rows))
            .await
    }

    async fn overdue(
        &self,
        now: SystemTime,
        limit: usize,
    ) -> Result<Vec<(StreamKey, SystemTime)>, StoreError> {
        self.read(move |connection| read::overdue(connection, now, limit))
            .await
    }
}
