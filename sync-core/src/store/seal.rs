//! Payloads at rest: sealed, so that who reads the database or its backups reads no orders.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use super::{Document, NewDocument, Op, StoreError};
use crate::stream::StreamKey;
use crate::vault::{KeyProvider, length_prefixed, open_payload, seal_payload};

/// The keys that payloads are sealed with: one for what is written, others for what was written before.
///
/// - XChaCha20-Poly1305 with a random nonce for each payload. The row says which key it needs, so keys rotate one
///   document at a time: new payloads take the new key, old ones are read with the old one until they are pruned.
/// - Tenant, pipeline, partition, business key, number and content hash of the version are authenticated with it: a
///   payload that was moved to another row or another tenant does not open.
/// - Business keys, lanes, control numbers, notes, reasons and the audit trail are not sealed, nor is the content hash.
/// - A payload from before sealing was switched on is read as it is, unless [`PayloadKeys::refusing_plain`] is asked
///   for.
/// - A store that lacks the key answers [`StoreError::Sealed`] with its name.
///
/// ```
/// # use std::sync::Arc;
/// use sync_core::store::{MemoryStore, PayloadKeys};
/// use sync_core::vault::{GivenKey, Key};
/// # use sync_core::SystemClock;
///
/// let key = GivenKey::new(Key::generate()?);
/// let store = MemoryStore::new(Arc::new(SystemClock::new())).sealing(PayloadKeys::new(key));
/// # Ok::<(), sync_core::vault::VaultError>(())
/// ```
#[derive(Debug, Clone)]
pub struct PayloadKeys {
    current: Arc<dyn KeyProvider>,
    older: Vec<Arc<dyn KeyProvider>>,
    plain: bool,
}

impl PayloadKeys {
    /// Seals with this key; its id may have 255 bytes.
    #[must_use]
    pub fn new(key: impl KeyProvider + 'static) -> Self {
        Self {
            current: Arc::new(key),
            older: Vec::new(),
            plain: true,
        }
    }

    /// Opens what an older key has sealed, too.
    #[must_use]
    pub fn and(mut self, older: impl KeyProvider + 'static) -> Self {
        self.older.push(Arc::new(older));
        self
    }

    /// Takes a payload that is not sealed for damage: for a ledger that was sealed from its beginning.
    #[must_use]
    pub fn refusing_plain(mut self) -> Self {
        self.plain = false;
        self
    }

    fn by_id(&self, id: &str) -> Option<&dyn KeyProvider> {
        let all = std::iter::once(&self.current).chain(&self.older);
        all.map(|key| &**key).find(|key| key.id() == id)
    }
}

/// What a payload begins with that is not as it was given: no JSON does.
const MARK: &[u8] = b"\0sync-core payload\0";

/// After the mark: the bytes as they were given, which began with the mark themselves.
const LITERAL: u8 = 0;

/// After the mark: the length of the key's id, the id, the nonce, the ciphertext.
const SEALED: u8 = 1;

/// The id of the key that a payload is sealed with, of a [`Row`](super::Row) as it is kept; `None` where it is not.
///
/// With it one counts what each key still protects before an older one is thrown away.
///
/// ```
/// assert_eq!(sync_core::store::sealed_with(b"{\"number\":1}"), None);
/// ```
#[must_use]
pub fn sealed_with(kept: &[u8]) -> Option<&str> {
    let (kind, rest) = kept.strip_prefix(MARK)?.split_first()?;
    let (length, rest) = rest.split_first().filter(|_| *kind == SEALED)?;
    std::str::from_utf8(rest.get(..usize::from(*length))?).ok()
}

/// How a store keeps payloads.
#[derive(Debug, Clone, Default)]
pub(super) struct Payloads(Option<PayloadKeys>);

impl Payloads {
    pub(super) fn sealing(keys: PayloadKeys) -> Self {
        Self(Some(keys))
    }

    /// Operations as they are to be kept.
    pub(super) fn close<'a>(
        &self,
        stream: &StreamKey,
        ops: &'a [Op],
    ) -> Result<Cow<'a, [Op]>, StoreError> {
        let as_it_is = |op: &Op| match op {
            Op::Intend(docs) => {
                self.0.is_none() && !docs.iter().any(|doc| doc.payload.starts_with(MARK))
            }
            _ => true,
        };
        if ops.iter().all(as_it_is) {
            return Ok(Cow::Borrowed(ops));
        }
        let closed = |op: &Op| match op {
            Op::Intend(docs) => {
                let docs = docs.iter().map(|doc| {
                    let payload = self.closed(stream, doc)?;
                    Ok(NewDocument {
                        payload,
                        ..doc.clone()
                    })
                });
                docs.collect::<Result<_, StoreError>>().map(Op::Intend)
            }
            other => Ok(other.clone()),
        };
        ops.iter()
            .map(closed)
            .collect::<Result<_, _>>()
            .map(Cow::Owned)
    }

    fn closed(&self, stream: &StreamKey, doc: &NewDocument) -> Result<Bytes, StoreError> {
        let Some(keys) = &self.0 else {
            if !doc.payload.starts_with(MARK) {
                return Ok(doc.payload.clone());
            }
            return Ok([MARK, &[LITERAL], &doc.payload].concat().into());
        };
        let id = keys.current.id();
        let length = u8::try_from(id.len()).map_err(|_| {
            StoreError::Unavailable("the id of a key for payloads has more than 255 bytes".into())
        })?;
        let bound = bound(stream, &doc.key, doc.n, &doc.version.0, id);
        let key = keys.current.key().map_err(no_key)?;
        let sealed = seal_payload(&key, &bound, &doc.payload).map_err(no_key)?;
        Ok([MARK, &[SEALED, length], id.as_bytes(), &sealed]
            .concat()
            .into())
    }

    /// Documents as they were given.
    pub(super) fn open<'d>(
        &self,
        stream: &StreamKey,
        docs: impl IntoIterator<Item = &'d mut Document>,
    ) -> Result<(), StoreError> {
        for doc in docs {
            if let Some(opened) = self.opened(stream, doc)? {
                doc.payload = opened;
            }
        }
        Ok(())
    }

    fn opened(&self, stream: &StreamKey, doc: &Document) -> Result<Option<Bytes>, StoreError> {
        let damaged = |what: &str| {
            StoreError::Corrupt(format!("the payload of document {} {what}", doc.id).into())
        };
        let Some(marked) = doc.payload.strip_prefix(MARK) else {
            if self.0.as_ref().is_some_and(|keys| !keys.plain) {
                return Err(damaged("is not sealed, and this store refuses that"));
            }
            return Ok(None);
        };
        match marked.split_first() {
            Some((&LITERAL, given)) => Ok(Some(doc.payload.slice_ref(given))),
            Some((&SEALED, rest)) => {
                let cut = rest
                    .split_first()
                    .and_then(|(length, rest)| rest.split_at_checked((*length).into()));
                let (id, sealed) = cut.ok_or_else(|| damaged("ends in its head"))?;
                let id = std::str::from_utf8(id).map_err(|_| damaged("names no key"))?;
                let key = self.0.as_ref().and_then(|keys| keys.by_id(id));
                let key = key.ok_or_else(|| StoreError::Sealed(id.into()))?;
                let bound = bound(stream, &doc.key, doc.n, &doc.version.0, id);
                let opened = open_payload(&key.key().map_err(no_key)?, &bound, sealed);
                let opened = opened.ok_or_else(|| {
                    damaged("fails its authentication: it was changed, or is that of another row")
                })?;
                Ok(Some(opened.into()))
            }
            _ => Err(damaged("is of a kind that this version does not know")),
        }
    }
}

/// What a payload is bound to.
fn bound(stream: &StreamKey, key: &str, n: u32, version: &[u8], id: &str) -> Vec<u8> {
    length_prefixed(&[
        b"payload",
        stream.tenant().as_bytes(),
        stream.pipeline().as_bytes(),
        stream.partition().as_bytes(),
        key.as_bytes(),
        &n.to_be_bytes(),
        version,
        id.as_bytes(),
    ])
}

fn no_key(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(format!("the key of the payloads: {error}").into())
}
