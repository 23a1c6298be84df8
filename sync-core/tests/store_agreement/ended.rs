//! What has ended in a random life: replayed, removed, cut off, and carried over to another store.

use proptest::prelude::*;
use sync_core::audit::{About, AuditFilter, Head, Projection};
use sync_core::delivery::Phase;
use sync_core::store::{DocId, DocumentFilter, MemoryStore, Op, StateStore, transfer};
use sync_core::testing::ManualClock;
use sync_core::{Clock, StreamKey};

use super::{KEYS, Pair};

/// One thing done to what has ended. Numbers are picks.
#[derive(Debug, Clone)]
pub(crate) enum Ended {
    Resend {
        pick: u8,
        wild: bool,
        duplicate: bool,
    },
    Transform {
        pick: u8,
        wild: bool,
        duplicate: bool,
    },
    Prune {
        pick: u8,
        count: u8,
        wild: bool,
    },
    Cut {
        pick: u8,
        wild: bool,
    },
}

pub(crate) fn ended() -> impl Strategy<Value = Ended> {
    let wild = || prop::bool::weighted(0.12);
    let duplicate = || prop::bool::weighted(0.7);
    prop_oneof![
        2 => (any::<u8>(), wild(), duplicate())
            .prop_map(|(pick, wild, duplicate)| Ended::Resend { pick, wild, duplicate }),
        2 => (any::<u8>(), wild(), duplicate())
            .prop_map(|(pick, wild, duplicate)| Ended::Transform { pick, wild, duplicate }),
        2 => (any::<u8>(), 1..9_u8, wild())
            .prop_map(|(pick, count, wild)| Ended::Prune { pick, count, wild }),
        1 => (any::<u8>(), wild()).prop_map(|(pick, wild)| Ended::Cut { pick, wild }),
    ]
}

const OVER: [Phase; 4] = [
    Phase::Confirmed,
    Phase::Acknowledged,
    Phase::Dead,
    Phase::Superseded,
];

impl Pair {
    pub(crate) async fn ended(&self, stream: &StreamKey, what: &Ended) -> Op {
        let (by, why) = ("operator".into(), "test".into());
        match what {
            Ended::Resend {
                pick,
                wild,
                duplicate,
            } => {
                let ship = self.ship(stream, *pick, *wild, &OVER[..3]).await;
                let duplicate = *duplicate;
                Op::Resend {
                    ship,
                    by,
                    why,
                    duplicate,
                }
            }
            Ended::Transform {
                pick,
                wild,
                duplicate,
            } => {
                let mut docs = self.docs(stream, &OVER[..3], *pick, *wild).await;
                docs.truncate(2);
                let duplicate = *duplicate;
                Op::Transform {
                    docs,
                    by,
                    why,
                    duplicate,
                }
            }
            Ended::Prune { pick, count, wild } => {
                let mut docs = if *wild {
                    self.docs(stream, &OVER, *pick, true).await
                } else {
                    self.oldest(stream).await
                };
                docs.truncate(if *wild {
                    usize::from(*count)
                } else {
                    docs.len()
                });
                Op::Prune { docs, by, why }
            }
            Ended::Cut { pick, wild } => {
                let base = self.memory.trail_base(stream).await.unwrap();
                let entries = self.memory.audit(stream, 1, 9999).await.unwrap();
                let count = if entries.is_empty() {
                    0
                } else {
                    usize::from(*pick) % entries.len()
                };
                let mut at = Projection::from_standing(&base.standing).unwrap();
                let mut through = base.head;
                for entry in entries.iter().take(count) {
                    at.apply(entry).unwrap();
                    through = Head {
                        seq: entry.seq,
                        hash: entry.hash,
                    };
                }
                if *wild {
                    through.hash[0] ^= 1;
                }
                let standing = at.standing();
                Op::Cut {
                    through,
                    standing,
                    by,
                    why,
                }
            }
        }
    }

    /// Documents from the first on that have ended and share no shipment with one that has not.
    async fn oldest(&self, stream: &StreamKey) -> Vec<DocId> {
        let all = self
            .memory
            .documents(stream, &DocumentFilter::default())
            .await
            .unwrap();
        let over = all
            .iter()
            .take_while(|doc| OVER.contains(&doc.phase))
            .count();
        let (over, rest) = all.split_at(over);
        let shared = |ship| rest.iter().any(|doc| doc.ship == Some(ship));
        let end = over
            .iter()
            .position(|doc| doc.ship.is_some_and(shared))
            .unwrap_or(over.len());
        over[..end].iter().map(|doc| doc.id).collect()
    }

    /// The other store, carried over into one in memory, holds what the first holds.
    pub(crate) async fn carry_over(&self) -> Result<(), TestCaseError> {
        for stream in &self.streams {
            for store in [&self.memory as &dyn StateStore, &*self.other] {
                if let Some(lease) = store.acquire(stream, "carrier", super::TTL).await.unwrap() {
                    store.release(lease).await.unwrap();
                }
            }
        }
        let free = |store| async move { lines(store).await };
        let (ours, theirs) = (free(&self.memory).await, free(&*self.other).await);
        let (Some(ours), Some(theirs)) = (ours, theirs) else {
            return Ok(()); // Somebody still holds a stream: both refuse, or neither.
        };
        prop_assert_eq!(sorted(&ours), sorted(&theirs));
        let clock = ManualClock::new();
        let copy = MemoryStore::new(std::sync::Arc::new(clock));
        let done = transfer::import(&copy, &mut theirs.as_bytes()).await;
        prop_assert!(done.is_ok(), "{:?}", done);
        let copied = lines(&copy).await.unwrap();
        prop_assert_eq!(sorted(&copied), sorted(&theirs));
        Ok(())
    }
}

async fn lines(store: &dyn StateStore) -> Option<String> {
    let mut file = Vec::new();
    match transfer::export(store, &mut file).await {
        Ok(_) => Some(String::from_utf8(file).unwrap()),
        Err(transfer::TransferError::Held { .. }) => None,
        Err(error) => unreachable!("{error}"),
    }
}

fn sorted(lines: &str) -> Vec<&str> {
    let mut rows: Vec<_> = lines.lines().collect();
    // Its hash is over the order of the rows, which is each store's own.
    rows.pop();
    rows.sort_unstable();
    rows
}

/// What a store says to questions about its trail.
pub(crate) async fn found(
    store: &dyn StateStore,
    stream: &StreamKey,
    clock: &ManualClock,
) -> String {
    let now = clock.wall();
    let mut text = format!("{:?}", store.trail_base(stream).await.unwrap());
    let keys = KEYS.map(|key| About::Key(key.into()));
    let numbers = [0, 1, 2, 7].map(About::Number);
    for about in keys.into_iter().chain(numbers).chain([About::Anything]) {
        for (since, before, after, limit) in [
            (None, None, 0, 0),
            (Some(now), None, 0, 3),
            (None, Some(now), 5, 2),
        ] {
            let filter = AuditFilter {
                about: about.clone(),
                since,
                before,
                after,
                limit,
            };
            let entries = store.audit_find(stream, &filter).await.unwrap();
            let seqs: Vec<_> = entries.iter().map(|entry| entry.seq).collect();
            text += &format!("{filter:?} {seqs:?}\n");
        }
    }
    text
}
