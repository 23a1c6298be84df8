//! One hash over the heads of many chains: what is handed to somebody else, so that nobody can rewrite a ledger unseen.
//!
//! The tree is that of RFC 6962 (certificate transparency) with SHA-256. A leaf is
//! `SHA-256(0x00 ‖ lp(tenant) ‖ lp(pipeline) ‖ lp(partition) ‖ seq ‖ hash)`, where `lp(x)` is the length of `x` in eight
//! big-endian bytes followed by `x`, `seq` the number of the chain's last entry in eight big-endian bytes and `hash` its
//! hash; a node is `SHA-256(0x01 ‖ left ‖ right)`. Leaves stand in the order of their streams' names; the left part of
//! a tree has the greatest power of two of leaves that is less than all of them. The root of no leaves is the SHA-256
//! of nothing.
//!
//! ```
//! use sync_core::StreamKey;
//! use sync_core::audit::{Head, HeadOf, MerkleTree};
//!
//! let head = |name: &str| HeadOf { stream: StreamKey::new("acme", name, ""), head: Head::EMPTY.append(b"{}") };
//! let tree = MerkleTree::new(["invoices", "orders", "suppliers"].map(head));
//! let proof = tree.proof(&head("orders").stream).unwrap();
//! assert!(proof.verify(&head("orders"), &tree.root()));
//! assert!(!proof.verify(&head("invoices"), &tree.root()));
//! ```

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Head;
use crate::store::{StateStore, StoreError};
use crate::stream::StreamKey;

/// The end of one stream's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadOf {
    /// Whose chain.
    pub stream: StreamKey,
    /// Its end.
    pub head: Head,
}

impl HeadOf {
    /// The leaf of this head.
    #[must_use]
    pub fn leaf(&self) -> [u8; 32] {
        let mut hash = Sha256::new().chain_update([0]);
        let stream = &self.stream;
        for part in [stream.tenant(), stream.pipeline(), stream.partition()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(self.head.seq.to_be_bytes());
        hash.update(self.head.hash);
        hash.finalize().into()
    }
}

/// A Merkle tree over the heads of chains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerkleTree {
    heads: Vec<HeadOf>,
    leaves: Vec<[u8; 32]>,
}

impl MerkleTree {
    /// A tree over these heads, put into the order of their streams; of two heads of one stream the longer counts.
    #[must_use]
    pub fn new(heads: impl IntoIterator<Item = HeadOf>) -> Self {
        let mut heads: Vec<_> = heads.into_iter().collect();
        let order = |it: &HeadOf| (it.stream.clone(), std::cmp::Reverse(it.head.seq));
        heads.sort_by_key(order);
        heads.dedup_by(|later, first| later.stream == first.stream);
        let leaves = heads.iter().map(HeadOf::leaf).collect();
        Self { heads, leaves }
    }

    /// The heads of every stream of a store as it stands, with nothing verified.
    ///
    /// # Errors
    /// The store's.
    pub async fn of(store: &dyn StateStore) -> Result<Self, StoreError> {
        let mut heads = Vec::new();
        for status in store.streams().await? {
            let last = store.audit(&status.stream, status.audited, 1).await?;
            let base = store.trail_base(&status.stream).await?.head;
            let head = last.first().map_or(base, |entry| Head {
                seq: entry.seq,
                hash: entry.hash,
            });
            heads.push(HeadOf {
                stream: status.stream,
                head,
            });
        }
        Ok(Self::new(heads))
    }

    /// The heads, in the order of the leaves.
    #[must_use]
    pub fn heads(&self) -> &[HeadOf] {
        &self.heads
    }

    /// The hash over all of them.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        root(&self.leaves)
    }

    /// What proves that a stream's head is under the root; `None` for a stream that is not there.
    #[must_use]
    pub fn proof(&self, stream: &StreamKey) -> Option<InclusionProof> {
        let place = self.heads.iter().position(|head| head.stream == *stream)?;
        let mut path = Vec::new();
        walk(&self.leaves, place, &mut path);
        Some(InclusionProof {
            place: place as u64,
            size: self.leaves.len() as u64,
            path,
        })
    }
}

/// The hashes beside the way from a leaf to the root, the lowest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InclusionProof {
    /// The leaf's place, from 0.
    pub place: u64,
    /// How many leaves there are.
    pub size: u64,
    /// The hashes.
    pub path: Vec<[u8; 32]>,
}

impl InclusionProof {
    /// Whether this proves that `head` is under `root` (RFC 9162, section 2.1.3.2).
    #[must_use]
    pub fn verify(&self, head: &HeadOf, root: &[u8; 32]) -> bool {
        if self.place >= self.size {
            return false;
        }
        let (mut place, mut last) = (self.place, self.size - 1);
        let mut hash = head.leaf();
        for beside in &self.path {
            if last == 0 {
                return false;
            }
            if place & 1 == 1 || place == last {
                hash = node(beside, &hash);
                while place & 1 == 0 && place != 0 {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node(&hash, beside);
            }
            place >>= 1;
            last >>= 1;
        }
        last == 0 && hash == *root
    }
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let hash = Sha256::new().chain_update([1]);
    hash.chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The greatest power of two that is less than `leaves`, which are two at least.
fn half(leaves: usize) -> usize {
    leaves.div_ceil(2).next_power_of_two()
}

fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        more => {
            let (left, right) = more.split_at(half(more.len()));
            node(&root(left), &root(right))
        }
    }
}

fn walk(leaves: &[[u8; 32]], place: usize, path: &mut Vec<[u8; 32]>) {
    if leaves.len() < 2 {
        return;
    }
    let (left, right) = leaves.split_at(half(leaves.len()));
    if place < left.len() {
        walk(left, place, path);
        path.push(root(right));
    } else {
        walk(right, place - left.len(), path);
        path.push(root(left));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(count: usize) -> Vec<HeadOf> {
        let head = |n: usize| HeadOf {
            stream: StreamKey::new("acme", "orders", format!("{n:03}")),
            head: Head {
                seq: n as u64,
                hash: [n as u8; 32],
            },
        };
        (0..count).map(head).collect()
    }

    /// Computed beside this crate, with the `hashlib` of Python from the description above.
    #[test]
    fn the_roots_are_those_that_another_program_computes() {
        for (count, expected) in ROOTS {
            let root = MerkleTree::new(heads(count)).root();
            let found: String = root.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, expected, "{count} leaves");
        }
    }

    #[test]
    fn every_leaf_of_every_size_is_proven_and_no_other() {
        for size in 1..20 {
            let heads = heads(size);
            // The order of what is given does not matter.
            let tree = MerkleTree::new(heads.iter().rev().cloned());
            for (place, head) in heads.iter().enumerate() {
                let proof = tree.proof(&head.stream).unwrap();
                assert_eq!(proof.place, place as u64);
                assert!(proof.verify(head, &tree.root()), "{place} of {size}");
                let mut longer = head.clone();
                longer.head.seq += 1;
                assert!(!proof.verify(&longer, &tree.root()), "{place} of {size}");
                for byte in 0..proof.path.len() {
                    let mut wrong = proof.clone();
                    wrong.path[byte][7] ^= 1;
                    assert!(!wrong.verify(head, &tree.root()), "{place} of {size}");
                }
                for other in 0..=size as u64 {
                    let moved = InclusionProof {
                        place: other,
                        ..proof.clone()
                    };
                    let same = other == place as u64;
                    assert_eq!(moved.verify(head, &tree.root()), same, "{place} of {size}");
                }
                let mut short = proof.clone();
                if short.path.pop().is_some() {
                    assert!(!short.verify(head, &tree.root()), "{place} of {size}");
                }
            }
        }
    }

    const ROOTS: [(usize, &str); 7] = [
        (
            0,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            1,
            "6c13b29c61cc5fd899c116bd3cbda24d0b2fc25876c4a3491212c1f6f555dad3",
        ),
        (
            2,
            "ba668f46bcd2300ee5ebb5e899596e346273beab516c0fe05dde591ef314cecf",
        ),
        (
            3,
            "a5594f070f81e13592271f4e3de07854113a1ab9617c4dbcf89fb38f2ca5679c",
        ),
        (
            5,
            "897026a50275347b201cf730813164c817c8ee1d62fabc2052ee5f35872a27d0",
        ),
        (
            8,
            "2b0d91a3c7c9b9de154e79dc8be38cd0c6a88edfe49fba1e39da45fcc1acefae",
        ),
        (
            13,
            "d62206be30738c3c8e58e6f8c01050cdb511c227245b0751ca0b2310e6dc91d6",
        ),
    ];
}
