//! Hashes and their verification.

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::projection::{Difference, Projection};
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

/// How often a stream that goes on working is looked at anew before what differed each time counts.
const ROUNDS: usize = 16;

/// Checks a stream's whole chain, and that replaying it gives what the ledger says.
///
/// Where the trail was cut ([`Op::Cut`](crate::store::Op::Cut)), it is checked from there on, and what was kept of the
/// part that is gone must be what an entry of the chain has signed off.
///
/// A run may go on meanwhile: chain and documents are read one after the other, so what differs counts only if nothing
/// was written between, or if it differs again each time.
///
/// # Errors
/// The outer error is the store's; the inner one names the first bad entry, or the documents that differ.
pub async fn verify_store(
    store: &dyn StateStore,
    stream: &StreamKey,
) -> Result<Result<Head, Vec<Tampered>>, StoreError> {
    let mut replayed = match Replayed::begin(store, stream).await? {
        Ok(replayed) => replayed,
        Err(tampered) => return Ok(Err(vec![tampered])),
    };
    let mut always: Option<Vec<Difference>> = None;
    for _ in 0..ROUNDS {
        // Counted first: what is written from here on is read in the next round.
        let counted = counted(store, stream).await?;
        let read = replayed.go_on(store, stream, counted).await?;
        if let Err(tampered) = read.and_then(|()| replayed.ends_at(counted)) {
            if store.trail_base(stream).await? == replayed.base {
                return Ok(Err(vec![tampered]));
            }
            // The trail was cut under our eyes.
            match Replayed::begin(store, stream).await? {
                Ok(anew) => replayed = anew,
                Err(tampered) => return Ok(Err(vec![tampered])),
            }
            continue;
        }
        let bare = DocumentFilter {
            bare: true,
            ..DocumentFilter::default()
        };
        let documents = store.documents(stream, &bare).await?;
        let mut differences = replayed.projection.compare(&documents);
        let surplus = store.audit(stream, counted + 1, 1).await?;
        let still = self::counted(store, stream).await? == counted;
        if still && let Some(entry) = surplus.first() {
            let what = format!("the ledger counts {counted} entries and has one more");
            return Ok(Err(vec![bad(entry.seq, what)]));
        }
        if !still && let Some(always) = &always {
            differences.retain(|difference| always.contains(difference));
        }
        if differences.is_empty() {
            return Ok(Ok(replayed.head));
        }
        always = Some(differences);
        if still {
            break;
        }
    }
    let differences = always.unwrap_or_default().into_iter();
    let seq = replayed.head.seq;
    Ok(Err(differences
        .map(|difference| bad(seq, difference.to_string()))
        .collect()))
}

/// How many entries the ledger counts.
async fn counted(store: &dyn StateStore, stream: &StreamKey) -> Result<u64, StoreError> {
    let streams = store.streams().await?;
    let mut found = streams
        .into_iter()
        .filter(|status| status.stream == *stream);
    Ok(found.next().map_or(0, |status| status.audited))
}

fn bad(seq: u64, what: impl Into<Box<str>>) -> Tampered {
    Tampered {
        seq,
        what: what.into(),
    }
}

/// A chain, verified and replayed as far as it was read.
pub(crate) struct Replayed {
    base: TrailBase,
    /// Where reading has come to.
    pub(crate) head: Head,
    /// Where everything stood there.
    pub(crate) projection: Projection,
    /// Whether an entry has signed off what was kept of the part that is gone.
    signed: bool,
}

impl Replayed {
    async fn begin(
        store: &dyn StateStore,
        stream: &StreamKey,
    ) -> Result<Result<Self, Tampered>, StoreError> {
        let base = store.trail_base(stream).await?;
        let projection = match Projection::from_standing(&base.standing) {
            Ok(projection) => projection,
            Err(what) => return Ok(Err(bad(base.head.seq, what))),
        };
        Ok(Ok(Self {
            head: base.head,
            signed: base.head == Head::EMPTY,
            projection,
            base,
        }))
    }

    /// Reads on through an entry, or to the last one before it.
    async fn go_on(
        &mut self,
        store: &dyn StateStore,
        stream: &StreamKey,
        through: u64,
    ) -> Result<Result<(), Tampered>, StoreError> {
        while self.head.seq < through {
            let most = usize::try_from(through - self.head.seq).unwrap_or(usize::MAX);
            let first = self.head.seq + 1;
            let entries = store.audit(stream, first, most.min(1000)).await?;
            if entries.is_empty() {
                break;
            }
            match verify(self.head, &entries) {
                Ok(next) => self.head = next,
                Err(tampered) => return Ok(Err(tampered)),
            }
            for entry in &entries {
                if let Err(what) = self.projection.apply(entry) {
                    return Ok(Err(bad(entry.seq, what)));
                }
                self.signed = self.signed || (&*entry.kind == "cut" && signs(&self.base, entry));
            }
        }
        Ok(Ok(()))
    }

    /// Whether the whole chain was read.
    fn ends_at(&self, counted: u64) -> Result<(), Tampered> {
        if self.head.seq != counted {
            let what = format!("missing: the ledger counts {counted} entries");
            return Err(bad(self.head.seq + 1, what));
        }
        if !self.signed {
            let what =
                "what is kept of the part that was cut off is not what an entry has signed off";
            return Err(bad(self.base.head.seq, what));
        }
        Ok(())
    }
}

/// Verifies a chain up to an entry and replays it: the head there, and where everything stood then.
pub(crate) async fn replay(
    store: &dyn StateStore,
    stream: &StreamKey,
    through: u64,
) -> Result<Result<Replayed, Tampered>, StoreError> {
    let mut replayed = match Replayed::begin(store, stream).await? {
        Ok(replayed) => replayed,
        Err(tampered) => return Ok(Err(tampered)),
    };
    let read = replayed.go_on(store, stream, through).await?;
    Ok(read.map(|()| replayed))
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
