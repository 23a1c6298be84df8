//! A ledger in a PostgreSQL database.

mod commit;
mod failure;
mod load;
mod options;
mod read;
mod row;
mod schema;
mod text;
#[cfg(feature = "postgres-tls")]
mod tls;
mod whole;
mod write;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::tls::{MakeTlsConnect, NoTls, TlsConnect};
use tokio_postgres::{Config, Socket};

use self::failure::no_connection;
pub use self::options::PostgresOptions;
#[cfg(feature = "postgres-tls")]
pub use self::tls::PostgresTls;
use super::seal::{PayloadKeys, Payloads};
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

/// A durable ledger in one schema of a PostgreSQL database, for several processes at a time.
///
/// - A commit is one transaction that first locks the stream's row and compares the lease's epoch; what was acknowledged
///   survives a crash of the server, since every connection sets `synchronous_commit` to `on`.
/// - Commits of different streams run side by side; two that take numbers of one series wait for each other.
/// - A COMMIT that ended without an answer is [`StoreError::Unknown`]; whatever failed before it is
///   [`StoreError::Unavailable`] and was rolled back.
/// - Leases are compared by the clock of the process that asks. Two processes on one database (a warm standby) must agree
///   on the time within a fraction of a lease; a clock that is off delays a take-over or causes an early one, and the
///   epoch keeps the ledger right in both cases.
/// - Numbers of documents and shipments have gaps where commits of several streams overlap; the numbers of a series
///   have none.
/// - A lost connection is replaced at the next call. Each connection is driven by a task of the current runtime that
///   ends with the store.
/// - Text is kept as it is, NUL characters too, which are written in an escaped form.
///
/// PostgreSQL 12 or later. The user must be able to create the schema, or tables in it, when it is opened for the first
/// time and after an update of this crate; afterwards reading and writing rows is enough.
///
/// ```no_run
/// # use std::sync::Arc;
/// # use sync_core::{SystemClock, store::{PostgresOptions, PostgresStore, StateStore}};
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let config = "host=/run/postgresql user=connector dbname=connector".parse()?;
/// let options = PostgresOptions::default().schema("ledger")?;
/// let store = PostgresStore::connect(config, options, Arc::new(SystemClock::new())).await?;
/// println!("{} streams", store.streams().await?.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PostgresStore {
    pool: Pool,
    clock: Arc<dyn Clock>,
    schema: Box<str>,
    payloads: Payloads,
}

impl PostgresStore {
    /// Opens a ledger over connections without TLS: a socket of this machine, or a network that is trusted.
    ///
    /// Makes the schema and brings its layout up to date where needed.
    ///
    /// # Errors
    /// [`StoreError::Schema`] when a newer version wrote it, [`StoreError::Unavailable`] when it cannot be reached.
    pub async fn connect(
        config: Config,
        options: PostgresOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        Self::connect_with(config, NoTls, options, clock).await
    }

    /// Opens a ledger over connections that are encrypted, and no others.
    ///
    /// # Errors
    /// Those of [`connect`](Self::connect); a server without TLS, or with a certificate that is not trusted, is
    /// [`StoreError::Unavailable`].
    #[cfg(feature = "postgres-tls")]
    pub async fn connect_tls(
        mut config: Config,
        tls: PostgresTls,
        options: PostgresOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        // Whatever the configuration says: a server that does not speak TLS must not get the password.
        config.ssl_mode(tokio_postgres::config::SslMode::Require);
        Self::connect_with(config, tls, options, clock).await
    }

    /// Opens a ledger over connections that `tls` makes, such as those of `tokio-postgres-rustls`.
    ///
    /// # Errors
    /// Those of [`connect`](Self::connect).
    pub async fn connect_with<T>(
        config: Config,
        tls: T,
        options: PostgresOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError>
    where
        T: MakeTlsConnect<Socket> + Clone + Sync + Send + 'static,
        T::Stream: Sync + Send,
        T::TlsConnect: Sync + Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let store = Self::lazily(config, tls, options, clock)?;
        let mut client = store.client().await?;
        schema::migrate(&mut client, &store.schema).await?;
        drop(client);
        Ok(store)
    }

    /// Seals the payloads of documents from now on, and opens those that are sealed.
    #[must_use]
    pub fn sealing(mut self, keys: PayloadKeys) -> Self {
        self.payloads = Payloads::sealing(keys);
        self
    }

    /// The SQL that opening the ledger would run to bring its layout up to date; nothing is run.
    ///
    /// # Errors
    /// Those of [`connect`](Self::connect).
    pub async fn pending_migrations(
        config: Config,
        options: PostgresOptions,
    ) -> Result<Vec<&'static str>, StoreError> {
        let clock = Arc::new(crate::clock::SystemClock::new());
        let store = Self::lazily(config, NoTls, options, clock)?;
        schema::pending(&store.client().await?).await
    }

    /// The same over connections that are encrypted, and no others.
    ///
    /// # Errors
    /// Those of [`connect_tls`](Self::connect_tls).
    #[cfg(feature = "postgres-tls")]
    pub async fn pending_migrations_tls(
        mut config: Config,
        tls: PostgresTls,
        options: PostgresOptions,
    ) -> Result<Vec<&'static str>, StoreError> {
        config.ssl_mode(tokio_postgres::config::SslMode::Require);
        let clock = Arc::new(crate::clock::SystemClock::new());
        let store = Self::lazily(config, tls, options, clock)?;
        schema::pending(&store.client().await?).await
    }

    fn lazily<T>(
        config: Config,
        tls: T,
        options: PostgresOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError>
    where
        T: MakeTlsConnect<Socket> + Clone + Sync + Send + 'static,
        T::Stream: Sync + Send,
        T::TlsConnect: Sync + Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let (schema, connections, wait) =
            (options.schema.clone(), options.connections, options.wait);
        let manager = Manager::from_config(
            options.apply(config),
            tls,
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let pool = Pool::builder(manager)
            .max_size(connections)
            .wait_timeout(Some(wait))
            .create_timeout(Some(wait))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Unavailable(error.to_string().into()))?;
        Ok(Self {
            pool,
            clock,
            schema,
            payloads: Payloads::default(),
        })
    }

    async fn client(&self) -> Result<Client, StoreError> {
        self.pool.get().await.map_err(no_connection)
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("schema", &self.schema)
            .field("connections", &self.pool.status().size)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl StateStore for PostgresStore {
    async fn acquire(
        &self,
        stream: &StreamKey,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError> {
        let (mono, wall) = (self.clock.mono(), self.clock.wall());
        let until = super::ledger::whole(wall + ttl);
        let client = self.client().await?;
        let epoch = commit::acquire(&client, stream, owner, wall, until).await?;
        Ok(epoch.map(|epoch| Lease {
            stream: stream.clone(),
            epoch,
            owner: owner.into(),
            ttl,
            until,
            until_mono: mono + ttl,
        }))
    }

    async fn renew(&self, lease: &Lease) -> Result<Lease, StoreError> {
        let (mono, wall) = (self.clock.mono(), self.clock.wall());
        let renewed = Lease {
            until: super::ledger::whole(wall + lease.ttl),
            until_mono: mono + lease.ttl,
            ..lease.clone()
        };
        let client = self.client().await?;
        commit::set_lease(&client, &renewed, Some(renewed.until)).await?;
        Ok(renewed)
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        commit::set_lease(&self.client().await?, &lease, None).await
    }

    async fn load(&self, stream: &StreamKey) -> Result<(Revision, Option<Cursor>), StoreError> {
        read::load(&self.client().await?, stream).await
    }

    async fn classify(
        &self,
        stream: &StreamKey,
        ids: &[RecordId],
    ) -> Result<Vec<Novelty>, StoreError> {
        read::classify(&self.client().await?, stream, ids).await
    }

    async fn commit(&self, lease: &Lease, ops: &[Op]) -> Result<Committed, StoreError> {
        let now = self.clock.wall();
        let ops = self.payloads.close(&lease.stream, ops)?;
        commit::commit(&mut self.client().await?, lease, &ops, now).await
    }

    async fn work(
        &self,
        stream: &StreamKey,
        now: SystemTime,
        limit: usize,
    ) -> Result<Work, StoreError> {
        let mut work = read::work(&mut self.client().await?, stream, now, limit).await?;
        self.payloads.open(stream, work.documents_mut())?;
        Ok(work)
    }

    async fn documents(
        &self,
        stream: &StreamKey,
        filter: &DocumentFilter,
    ) -> Result<Vec<Document>, StoreError> {
        let mut docs = read::documents(&self.client().await?, stream, filter).await?;
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
        let mut ship = read::shipment(&mut self.client().await?, stream, id).await?;
        let docs = ship.iter_mut().flat_map(|ship| &mut ship.docs);
        self.payloads.open(stream, docs)?;
        Ok(ship)
    }

    async fn shipments(
        &self,
        stream: &StreamKey,
        filter: &ShipmentFilter,
    ) -> Result<Vec<Shipment>, StoreError> {
        read::shipments(&self.client().await?, stream, filter).await
    }

    async fn counts(&self, stream: &StreamKey) -> Result<PhaseCounts, StoreError> {
        read::counts(&self.client().await?, stream).await
    }

    async fn streams(&self) -> Result<Vec<StreamStatus>, StoreError> {
        let now = self.clock.wall();
        read::streams(&self.client().await?, now).await
    }

    async fn given(&self, tenant: &str, series: &[&str]) -> Result<Vec<Option<u64>>, StoreError> {
        read::given(&self.client().await?, tenant, series).await
    }

    async fn audit(
        &self,
        stream: &StreamKey,
        from: u64,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        read::audit(&self.client().await?, stream, from, limit).await
    }

    async fn audit_of(
        &self,
        stream: &StreamKey,
        key: &str,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        read::audit_of(&self.client().await?, stream, key, limit).await
    }

    async fn due(&self, stream: &StreamKey) -> Result<Option<SystemTime>, StoreError> {
        read::due(&self.client().await?, stream).await
    }

    async fn audit_find(
        &self,
        stream: &StreamKey,
        filter: &AuditFilter,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        read::audit_find(&self.client().await?, stream, filter).await
    }

    async fn trail_base(&self, stream: &StreamKey) -> Result<TrailBase, StoreError> {
        read::trail_base(&self.client().await?, stream).await
    }

    async fn rows(&self, after: Option<&Row>, limit: usize) -> Result<Vec<Row>, StoreError> {
        whole::rows(&self.client().await?, after, limit).await
    }

    async fn restore(&self, rows: &[Row]) -> Result<(), StoreError> {
        whole::restore(&mut self.client().await?, rows).await
    }

    async fn overdue(
        &self,
        now: SystemTime,
        limit: usize,
    ) -> Result<Vec<(StreamKey, SystemTime)>, StoreError> {
        read::overdue(&self.client().await?, now, limit).await
    }
}
