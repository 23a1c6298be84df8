//! Hashes and their verification.

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::Projection;
use crate::store::{DocumentFilter, StateStore, StoreError, TrailBase};
use crate::stream::StreamKey;

/// One entry of a stream's audit chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, from 1 without gaps.
    pub seq: u64,
    /// SHA-256 over the hash before it and `body`.
    pub hash: [u8; 32],
    /// When it was written.
    pub at: SystemTime,
    /// What kind of event, in kebab case.
    pub kind: Box<str>,
    /// The event as JSON, byte for byte as it was hashed; holds `at` (milliseconds since the epoch) and `kind` too.
    pub body: Bytes,
}

/// The end of a chain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry, 0 for an empty chain.
    pub seq: u64,
    /// Its hash, zeros for an empty chain.
    pub hash: [u8; 32],
}

impl Head {
    /// The head of an empty chain.
    pub const EMPTY: Self = Self {
        seq: 0,
        hash: [0; 32],
    };

    /// The head after one more entry.
    #[must_use]
    pub fn append(&self, body: &[u8]) -> Self {
        let hash = Sha256::new()
            .chain_update(self.hash)
            .chain_update(body)
            .finalize()
            .into();
        Self {
            seq: self.seq + 1,
            hash,
        }
    }
}

/// An entry that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tampered {
    /// The number of the first bad entry.
    pub seq: u64,
    /// What is wrong with it.
    pub what: Box<str>,
}

impl fmt::Display for Tampered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "audit entry {}: {}", self.seq, self.what)
    }
}

impl std::error::Error for Tampered {}

/// Checks entries that follow `head`, and answers with the new head.
///
/// # Errors
/// [`Tampered`] with the number of the first entry that is missing, out of order or changed.
pub fn verify<'a>(
    mut head: Head,
    entries: impl IntoIterator<Item = &'a AuditEntry>,
) -> Result<Head, Tampered> {
    for entry in entries {
        let next = head.append(&entry.body);
        let bad = |what: &str| {
            Err(Tampered {
                seq: next.seq,
                what: what.into(),
            })
        };
        if entry.seq != next.seq {
            return bad(&format!("missing; the next entry has number {}", entry.seq));
        }
        if entry.hash != next.hash {
            return bad("its content or its place is not what was written");
        }
        let told = serde_json::from_slice::<Told>(&entry.body);
        let Ok(told) = told else {
            return bad("its content is no event");
        };
        if *told.kind != *entry.kind || told.at != crate::clock::millis(entry.at) {
            return bad("its time or its kind differs from its content");
        }
        head = next;
    }
    Ok(head)
}

#[derive(serde::Deserialize)]
struct Told {
    at: i64,
    kind: Box<str>,
}

/// Checks a stream's whole chain, and that replaying it gives what the ledger says.
///
/// Where the trail was cut ([`Op::Cut`](crate::store::Op::Cut)), it is checked from there on, and what was kept of the
/// part that is gone must be what an entry of the chain has signed off.
///
/// # Errors
/// The outer error is the store's; the inner one names the first bad entry, or the documents that differ.
pub async fn verify_store(
    store: &dyn StateStore,
    stream: &StreamKey,
) -> Result<Result<Head, Vec<Tampered>>, StoreError> {
    let replayed = match replay(store, stream, u64::MAX).await? {
        Ok(replayed) => replayed,
        Err(tampered) => return Ok(Err(vec![tampered])),
    };
    let (head, projection) = replayed;
    let expected = store
        .streams()
        .await?
        .into_iter()
        .find(|status| status.stream == *stream)
        .map_or(0, |status| status.audited);
    if expected != head.seq {
        let what = format!("missing: the ledger counts {expected} entries");
        return Ok(Err(vec![Tampered {
            seq: head.seq + 1,
            what: what.into(),
        }]));
    }
    let bare = DocumentFilter {
        bare: true,
        ..DocumentFilter::default()
    };
    let documents = store.documents(stream, &bare).await?;
    let differences = projection.compare(&documents);
    if differences.is_empty() {
        return Ok(Ok(head));
    }
    Ok(Err(differences
        .into_iter()
        .map(|difference| Tampered {
            seq: head.seq,
            what: difference.to_string().into(),
        })
        .collect()))
}

/// Verifies a chain up to an entry and replays it: the head there, and where everything stood then.
pub(crate) async fn replay(
    store: &dyn StateStore,
    stream: &StreamKey,
    through: u64,
) -> Result<Result<(Head, Projection), Tampered>, StoreError> {
    let base = store.trail_base(stream).await?;
    let bad = |seq, what: &str| {
        Ok(Err(Tampered {
            seq,
            what: what.into(),
        }))
    };
    let mut projection = match Projection::from_standing(&base.standing) {
        Ok(projection) => projection,
        Err(what) => return bad(base.head.seq, &what),
    };
    let mut head = base.head;
    let mut signed = base.head == Head::EMPTY;
    while head.seq < through {
        let most = usize::try_from(through - head.seq).unwrap_or(usize::MAX);
        let entries = store.audit(stream, head.seq + 1, most.min(1000)).await?;
        match verify(head, &entries) {
            Ok(next) => head = next,
            Err(tampered) => return Ok(Err(tampered)),
        }
        for entry in &entries {
            if let Err(what) = projection.apply(entry) {
                return bad(entry.seq, &what);
            }
            signed = signed || (&*entry.kind == "cut" && signs(&base, entry));
        }
        if entries.is_empty() {
            break;
        }
    }
    if !signed && through == u64::MAX {
        let what = "what is kept of the part that was cut off is not what an entry has signed off";
        return bad(base.head.seq, what);
    }
    Ok(Ok((head, projection)))
}

#[derive(serde::Deserialize)]
struct Cut {
    through: u64,
    root: Box<str>,
    standing: Box<str>,
}

/// Whether an entry says that the trail was cut there, with that left.
fn signs(base: &TrailBase, entry: &AuditEntry) -> bool {
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    serde_json::from_slice::<Cut>(&entry.body).is_ok_and(|cut| {
        cut.through == base.head.seq
            && *cut.root == *hex(&base.head.hash)
            && *cut.standing == *hex(&Sha256::digest(&base.standing))
    })
}
