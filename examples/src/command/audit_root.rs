//! `audit export` and `audit verify --root`: what the chains ended with, kept where nobody can rewrite it.

use std::io;

use serde::{Deserialize, Serialize};
use sync_core::StreamKey;
use sync_core::audit::{Head, HeadOf, InclusionProof, MerkleTree};
use sync_core::store::{StateStore, StoreError};

use super::audit::hex;
use super::{DONE, FAILED, Output};

/// What `audit export` writes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    format: String,
    root: String,
    heads: Vec<KeptHead>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptHead {
    stream: StreamKey,
    entries: u64,
    hash: String,
    /// The hashes beside the way to the root, the lowest first.
    proof: Vec<String>,
}

const FORMAT: &str = "peoplesoft-cleo audit root 1";

/// Writes the head of every chain and the root over them as one JSON object.
pub(super) async fn export(
    store: Option<&dyn StateStore>,
    out: &Output,
) -> Result<io::Result<u8>, StoreError> {
    let kept = keep(store).await?;
    Ok(out.json(&kept).map(|()| DONE))
}

async fn keep(store: Option<&dyn StateStore>) -> Result<Kept, StoreError> {
    let tree = match store {
        Some(store) => MerkleTree::of(store).await?,
        None => MerkleTree::new([]),
    };
    let heads = tree.heads().iter().map(|it| KeptHead {
        stream: it.stream.clone(),
        entries: it.head.seq,
        hash: hex(&it.head.hash),
        proof: tree
            .proof(&it.stream)
            .map(|proof| proof.path.iter().map(|hash| hex(hash)).collect())
            .unwrap_or_default(),
    });
    Ok(Kept {
        format: FORMAT.into(),
        root: hex(&tree.root()),
        heads: heads.collect(),
    })
}

impl Kept {
    /// Reads a file of `audit export`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let kept: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if kept.format != FORMAT {
            return Err(format!(
                "found format `{}`, expected `{FORMAT}`",
                kept.format
            ));
        }
        Ok(kept)
    }
}

/// Checks that every head of the file is under its root, and that the trail still has it.
pub(super) async fn verify(
    store: Option<&dyn StateStore>,
    kept: &Kept,
    json: bool,
    out: &Output,
) -> Result<io::Result<u8>, StoreError> {
    let mut faults = Vec::new();
    let size = kept.heads.len() as u64;
    let root = unhex(&kept.root);
    for (place, head) in (0..).zip(&kept.heads) {
        let stream = &head.stream;
        let path: Option<Vec<_>> = head.proof.iter().map(|hash| unhex(hash)).collect();
        let (Some(hash), Some(path), Some(root)) = (unhex(&head.hash), path, root) else {
            faults.push(format!("{stream}: the file has something else than hashes"));
            continue;
        };
        let of = HeadOf {
            stream: stream.clone(),
            head: Head {
                seq: head.entries,
                hash,
            },
        };
        if !(InclusionProof { place, size, path }).verify(&of, &root) {
            faults.push(format!(
                "{stream}: its head in the file is not under the root of the file"
            ));
            continue;
        }
        faults.extend(differs(store, &of).await?);
    }
    Ok(tell(kept, &faults, json, out))
}

/// What the trail has in the place of a head that it once had.
async fn differs(
    store: Option<&dyn StateStore>,
    of: &HeadOf,
) -> Result<Option<String>, StoreError> {
    let HeadOf { stream, head } = of;
    let Some(store) = store else {
        return Ok(Some(format!("{stream}: the ledger is gone")));
    };
    if *head == Head::EMPTY {
        return Ok(None);
    }
    let base = store.trail_base(stream).await?.head;
    if base == *head {
        return Ok(None);
    }
    if base.seq >= head.seq {
        let cut = base.seq;
        return Ok(Some(format!(
            "{stream}: the trail was cut through entry {cut}, so entry {} cannot be compared",
            head.seq
        )));
    }
    let found = store.audit(stream, head.seq, 1).await?;
    Ok(match found.first() {
        Some(entry) if (entry.seq, entry.hash) == (head.seq, head.hash) => None,
        Some(entry) if entry.seq == head.seq => Some(format!(
            "{stream}: entry {} has another hash than it had: the trail was rewritten",
            head.seq
        )),
        _ => Some(format!(
            "{stream}: entry {} is gone: the trail was shortened",
            head.seq
        )),
    })
}

fn tell(kept: &Kept, faults: &[String], json: bool, out: &Output) -> io::Result<u8> {
    if json {
        out.json(
            &serde_json::json!({ "root": kept.root, "heads": kept.heads.len(), "faults": faults }),
        )?;
        return Ok(if faults.is_empty() { DONE } else { FAILED });
    }
    for fault in faults {
        out.line(format_args!("NOT as it was: {fault}"))?;
    }
    if faults.is_empty() {
        let count = kept.heads.len();
        out.line(format_args!(
            "the trail still has all {count} heads under root {}",
            kept.root
        ))?;
        return Ok(DONE);
    }
    Ok(FAILED)
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use sync_core::SystemClock;
    use sync_core::store::{MemoryStore, Op};

    use super::*;

    async fn ledger(said: &[&str]) -> MemoryStore {
        let store = MemoryStore::new(Arc::new(SystemClock::new()));
        for flow in ["invoices", "purchase-orders"] {
            let stream = StreamKey::new("acme", flow, "all");
            let lease = store
                .acquire(&stream, "test", Duration::from_secs(60))
                .await;
            let lease = lease.unwrap().unwrap();
            for body in said {
                let (kind, body) = ("said".into(), (*body).into());
                store
                    .commit(&lease, &[Op::Audit { kind, body }])
                    .await
                    .unwrap();
            }
        }
        store
    }

    async fn code(store: &MemoryStore, kept: &Kept) -> u8 {
        verify(Some(store), kept, true, &Output)
            .await
            .unwrap()
            .unwrap()
    }

    #[tokio::test]
    async fn a_kept_root_finds_a_ledger_that_was_rewritten_or_shortened() {
        let store = ledger(&["one", "two"]).await;
        let kept = keep(Some(&store)).await.unwrap();
        let kept = Kept::parse(&serde_json::to_string(&kept).unwrap()).unwrap();
        assert_eq!(code(&store, &kept).await, DONE);
        // It goes on, and still has the heads that it had.
        let stream = StreamKey::new("acme", "invoices", "all");
        let lease = store
            .acquire(&stream, "test", Duration::from_secs(60))
            .await;
        let (kind, body) = ("said".into(), "three".into());
        store
            .commit(&lease.unwrap().unwrap(), &[Op::Audit { kind, body }])
            .await
            .unwrap();
        assert_eq!(code(&store, &kept).await, DONE);
        assert_eq!(code(&ledger(&["one", "other"]).await, &kept).await, FAILED);
        assert_eq!(code(&ledger(&["one"]).await, &kept).await, FAILED);
        assert_eq!(
            verify(None, &kept, false, &Output).await.unwrap().unwrap(),
            FAILED
        );
        let mut forged = keep(Some(&ledger(&["one", "other"]).await)).await.unwrap();
        forged.root = kept.root;
        assert_eq!(code(&store, &forged).await, FAILED);
        assert!(Kept::parse("{}").is_err());
    }
}
