//! The keys of sealed payloads: where they come from, which of them a ledger needs.

use std::collections::BTreeMap;

use secrecy::SecretString;
use sync_core::store::{
    DocId, DocumentFilter, PayloadKeys, Row, StateStore, StoreError, sealed_with,
};
use sync_core::vault::{FileKey, GivenKey, Key, KeyProvider, Vault, VaultError, VaultErrorKind};

use super::refused;
use crate::config::{Config, KeySource};
use crate::integration::OpenError;

/// The keys of a configuration, for a store; `None` where payloads are kept as they are.
pub(super) fn payload_keys(config: &Config) -> Result<Option<PayloadKeys>, OpenError> {
    let Some(settings) = &config.state.encryption else {
        return Ok(None);
    };
    let mut keys = PayloadKeys::new(open(config, &settings.key)?);
    for older in &settings.older_keys {
        keys = keys.and(open(config, older)?);
    }
    if settings.refuse_plain {
        keys = keys.refusing_plain();
    }
    Ok(Some(keys))
}

fn open(config: &Config, source: &KeySource) -> Result<Box<dyn KeyProvider>, OpenError> {
    let read = || -> Result<Box<dyn KeyProvider>, VaultError> {
        Ok(match source {
            KeySource::File { file } => Box::new(FileKey::open(file)?),
            KeySource::Vault(secret) => {
                let text: SecretString = vault(config)?.get(&config.tenant, &secret.vault)?;
                Box::new(GivenKey::from_hex(&text)?)
            }
        })
    };
    read().map_err(|why| OpenError::PayloadKey {
        key: source.to_string().into(),
        why,
    })
}

fn vault(config: &Config) -> Result<Vault, VaultError> {
    let settings = &config.vault;
    Vault::open(&settings.file, FileKey::open(&settings.key_file)?)
}

/// Makes the key that `[state.encryption]` names, where it is not there yet; its fingerprint.
///
/// # Errors
/// [`OpenError::PayloadKey`], where there is one already, too: what is sealed with it could never be read again.
pub fn new_key(config: &Config, source: &KeySource) -> Result<String, OpenError> {
    let make = || -> Result<String, VaultError> {
        match source {
            KeySource::File { file } => Ok(FileKey::create(file)?.id().to_owned()),
            KeySource::Vault(secret) => {
                let vault = vault(config)?;
                match vault.get(&config.tenant, &secret.vault) {
                    Err(error) if error.kind() == VaultErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                    Ok(_) => {
                        return Err(VaultError::key_unavailable(
                            "it is there already and is not overwritten, because it may be the only key of sealed \
                             payloads; to rotate, name a new one as `key` and this one in `older_keys`",
                            None,
                        ));
                    }
                }
                let key = Key::generate()?;
                vault.put(&config.tenant, &secret.vault, &key.to_hex())?;
                Ok(key.fingerprint())
            }
        }
    };
    make().map_err(|why| OpenError::PayloadKey {
        key: source.to_string().into(),
        why,
    })
}

/// How many of the newest documents of a store are looked through for each stream's newest.
const NEWEST: u64 = 1000;

/// Refuses a ledger whose oldest or newest documents need a key that it was not given.
pub(super) async fn check(config: &Config, store: &dyn StateStore) -> Result<(), OpenError> {
    let said = |error| match error {
        StoreError::Sealed(id) => OpenError::Sealed { id },
        other => refused(config, other),
    };
    let last = match store.rows(None, 1).await.map_err(said)?.first() {
        Some(Row::Names { last_doc, .. }) => *last_doc,
        _ => 0,
    };
    let newest = DocId(last.saturating_sub(NEWEST));
    for status in store.streams().await.map_err(said)? {
        for after in [None, Some(newest)] {
            let filter = DocumentFilter {
                after,
                limit: 1,
                ..DocumentFilter::default()
            };
            store
                .documents(&status.stream, &filter)
                .await
                .map_err(said)?;
        }
    }
    Ok(())
}

/// How many documents a key still protects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyUse {
    /// The key's fingerprint; `None` for payloads that are not sealed.
    pub key: Option<String>,
    /// Where the configuration says that it is, where it names it.
    pub source: Option<KeySource>,
    /// Whether new payloads are sealed with it.
    pub is_current: bool,
    /// How many documents need it.
    pub documents: u64,
}

/// Rows that are read at a time.
const PAGE: usize = 1000;

/// Every key that the configuration names or the ledger needs, the current one first; reads the whole ledger.
///
/// # Errors
/// The store's, and [`OpenError::PayloadKey`] where a key of the configuration is not there.
pub async fn key_uses(config: &Config, store: &dyn StateStore) -> Result<Vec<KeyUse>, OpenError> {
    let mut counts: BTreeMap<Option<String>, u64> = BTreeMap::new();
    let mut last: Option<Row> = None;
    loop {
        let page = store.rows(last.as_ref(), PAGE).await;
        let page = page.map_err(|error| refused(config, error))?;
        for row in &page {
            if let Row::Document(doc) = row {
                let key = sealed_with(&doc.payload).map(str::to_owned);
                *counts.entry(key).or_default() += 1;
            }
        }
        match page.into_iter().next_back() {
            Some(row) => last = Some(row),
            None => break,
        }
    }
    let mut uses = Vec::new();
    if let Some(settings) = &config.state.encryption {
        for (place, source) in std::iter::once(&settings.key)
            .chain(&settings.older_keys)
            .enumerate()
        {
            let key = Some(open(config, source)?.id().to_owned());
            uses.push(KeyUse {
                documents: counts.remove(&key).unwrap_or(0),
                key,
                source: Some(source.clone()),
                is_current: place == 0,
            });
        }
    }
    uses.extend(counts.into_iter().map(|(key, documents)| KeyUse {
        key,
        documents,
        ..KeyUse::default()
    }));
    Ok(uses)
}
