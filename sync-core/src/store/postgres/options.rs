//! How a ledger uses its database.

use std::time::Duration;

use tokio_postgres::Config;

use crate::store::StoreError;

/// The schema, the number of connections, and how long anything may take.
///
/// By default: schema `sync_core`, 8 connections, 10 s to get one, 30 s for a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresOptions {
    pub(super) schema: Box<str>,
    pub(super) connections: usize,
    pub(super) wait: Duration,
    statement: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            schema: "sync_core".into(),
            connections: 8,
            wait: Duration::from_secs(10),
            statement: Duration::from_secs(30),
        }
    }
}

/// Every question has its index. A plan is kept, and one that was made while a table was small would otherwise go on
/// reading all of it once it has grown.
const INDEXED: &str =
    "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

impl PostgresOptions {
    /// Keeps the ledger in this schema; two ledgers of one database have two.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] unless it is one to 63 lower-case letters, digits and underscores that do not begin
    /// with a digit or `pg_`.
    pub fn schema(mut self, name: &str) -> Result<Self, StoreError> {
        let good = (1..=63).contains(&name.len())
            && name
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && !name.starts_with("pg_");
        if !good {
            let text = format!(
                "`{name}` is no name for a schema: take lower-case letters, digits and underscores, at most 63"
            );
            return Err(StoreError::Unavailable(text.into()));
        }
        self.schema = name.into();
        Ok(self)
    }

    /// At most so many connections, at least 1.
    #[must_use]
    pub fn connections(mut self, most: usize) -> Self {
        self.connections = most.max(1);
        self
    }

    /// How long a call waits for a connection.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// How long one statement may take before the server ends it.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement = timeout;
        self
    }

    /// Adds what every connection must set to what the caller has set.
    pub(super) fn apply(&self, mut config: Config) -> Config {
        let before = config.get_options().unwrap_or_default();
        let statement = self.statement.as_millis();
        // A durable answer is the whole point, whatever the server's default is. A writer that hangs in the middle of a
        // transaction must not keep its stream locked for ever.
        let options = format!(
            "{before} -c search_path={} -c synchronous_commit=on -c statement_timeout={statement} \
             -c idle_in_transaction_session_timeout=60000 {INDEXED}",
            self.schema
        );
        config.options(options.trim_start());
        if config.get_application_name().is_none() {
            config.application_name("sync-core");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(self.wait);
        }
        config
    }
}
