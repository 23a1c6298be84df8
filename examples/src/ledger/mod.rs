//! The ledger as a configuration says: a file or a database, in the clear or sealed, and how long it remembers.

mod database;
mod keys;
mod retention;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use sync_core::store::{SqliteStore, StateStore, StoreError};
use sync_core::vault::{FileKey, Vault};
use sync_core::{Clock, SystemClock};

pub use keys::{KeyUse, key_uses, new_key};
pub use retention::{Keeper, Kept, Pruning};

use crate::config::{Config, SecretRef};
use crate::integration::OpenError;

/// The ledger's file in the state directory of a configuration.
#[must_use]
pub fn ledger_file(config: &Config) -> PathBuf {
    config.state.directory.join("ledger.db")
}

/// Opens the ledger alone: what `status`, `holds` and `audit` need. `None` where nothing was ever run.
///
/// # Errors
/// [`OpenError::Ledger`], [`OpenError::PayloadKey`]; [`OpenError::Vault`] and [`OpenError::Database`] where the ledger is
/// in a database.
pub async fn look(config: &Config) -> Result<Option<Arc<dyn StateStore>>, OpenError> {
    let clock = Arc::new(SystemClock::new());
    if config.state.postgres.is_some() {
        return database::open(config, clock).await.map(Some);
    }
    let path = ledger_file(config);
    if !path.exists() {
        return Ok(None);
    }
    let store =
        SqliteStore::read_only(&path, clock).map_err(|error| OpenError::Ledger { path, error })?;
    let keys = keys::payload_keys(config)?;
    Ok(Some(match keys {
        Some(keys) => Arc::new(store.sealing(keys)),
        None => Arc::new(store),
    }))
}

/// Opens the ledger alone for a person's decision, made and migrated where it is not there.
///
/// # Errors
/// [`OpenError::Ledger`], where it is a file that a run holds too; [`OpenError::Vault`] and [`OpenError::Database`] where
/// it is in a database; [`OpenError::Sealed`] where payloads need a key that the configuration does not name, since new
/// ones would be written beside them in the clear or under another key; [`OpenError::PayloadKey`], [`OpenError::Io`].
pub async fn take(
    config: &Config,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn StateStore>, OpenError> {
    let store = take_as_it_is(config, clock).await?;
    keys::check(config, &*store).await?;
    Ok(store)
}

/// The same, whatever its payloads are sealed with.
pub(crate) async fn take_as_it_is(
    config: &Config,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn StateStore>, OpenError> {
    if config.state.postgres.is_some() {
        return database::open(config, clock).await;
    }
    let keys = keys::payload_keys(config)?;
    let path = ledger_file(config);
    make_private(&config.state.directory)?;
    let store =
        SqliteStore::open(&path, clock).map_err(|error| OpenError::Ledger { path, error })?;
    Ok(match keys {
        Some(keys) => Arc::new(store.sealing(keys)),
        None => Arc::new(store),
    })
}

/// The SQL that opening the ledger for writing would run to bring its layout up to date; nothing is run. `None` where there
/// is no ledger yet.
///
/// # Errors
/// Those of [`take`]; [`StoreError::Schema`] in [`OpenError::Ledger`] when a newer version wrote it.
pub async fn pending_migrations(config: &Config) -> Result<Option<Vec<&'static str>>, OpenError> {
    if config.state.postgres.is_some() {
        return database::pending(config).await.map(Some);
    }
    let path = ledger_file(config);
    if !path.exists() {
        return Ok(None);
    }
    let pending = SqliteStore::pending_migrations(&path);
    pending
        .map(Some)
        .map_err(|error| OpenError::Ledger { path, error })
}

/// Where the ledger is, in words.
#[must_use]
pub fn place(config: &Config) -> String {
    match &config.state.postgres {
        Some(settings) => format!("schema {} of PostgreSQL", settings.schema),
        None => ledger_file(config).display().to_string(),
    }
}

/// The secrets that a configuration names.
pub(crate) struct Secrets {
    vault: Vault,
    tenant: String,
}

impl Secrets {
    pub(crate) fn open(config: &Config) -> Result<Self, OpenError> {
        let settings = &config.vault;
        let vault = Vault::open(&settings.file, FileKey::open(&settings.key_file)?)?;
        Ok(Self {
            vault,
            tenant: config.tenant.clone(),
        })
    }

    pub(crate) fn get(&self, name: &SecretRef) -> Result<SecretString, OpenError> {
        Ok(self.vault.get(&self.tenant, &name.vault)?)
    }
}

/// Makes a folder that only its owner can read: the ledger holds what orders say.
fn make_private(path: &Path) -> Result<(), OpenError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| OpenError::Io {
        path: path.to_owned(),
        error,
    })
}

/// What a store said, as a refusal to open it.
fn refused(config: &Config, error: StoreError) -> OpenError {
    match &config.state.postgres {
        Some(settings) => OpenError::SharedLedger {
            schema: settings.schema.as_str().into(),
            error,
        },
        None => OpenError::Ledger {
            path: ledger_file(config),
            error,
        },
    }
}
