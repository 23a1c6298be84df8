//! What a ledger no longer keeps, and what it keeps of it.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::commit::Tx;
use super::stream::Past;
use crate::audit::{Event, Head};
use crate::delivery::Phase;
use crate::store::permitted::conflict;
use crate::store::{DocId, ShipId, StoreError, TrailBase};

impl<D, S> Tx<'_, D, S>
where
    D: Iterator<Item = DocId>,
    S: Iterator<Item = ShipId>,
{
    pub(super) fn prune(&mut self, docs: &[DocId], by: &str, why: &str) -> Result<(), StoreError> {
        let mut ships = BTreeSet::new();
        let mut keys: Vec<Box<str>> = Vec::with_capacity(docs.len());
        for id in docs {
            let doc = self.doc(*id)?;
            if !doc.phase.is_final() {
                let phase = doc.phase;
                return conflict(format!("document {id} is {phase}: it has not ended"));
            }
            if let Some(older) = self.row.older(doc) {
                return conflict(format!(
                    "document {older} is older than document {id} of the same key: it goes first"
                ));
            }
            ships.extend(doc.ship);
            let delivered = matches!(doc.phase, Phase::Confirmed | Phase::Acknowledged);
            let past = self.row.past(&doc.key).copied();
            let past = Past {
                last: self.row.newest_of(doc),
                delivered: past.map_or(0, |past| past.delivered) + u32::from(delivered),
            };
            let key = doc.key.clone();
            self.set_past(&key, past);
            self.remove_doc(*id);
            keys.push(key);
        }
        let ships: Vec<ShipId> = ships.into_iter().collect();
        for id in &ships {
            let left = self
                .ship(*id)?
                .docs
                .iter()
                .find(|doc| self.row.doc(**doc).is_some());
            if let Some(left) = left.copied() {
                return conflict(format!(
                    "document {left} is in shipment {id}, too: they go together"
                ));
            }
            self.remove_ship(*id);
        }
        keys.sort_unstable();
        keys.dedup();
        let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
        let event = Event::Pruned {
            docs: &runs(docs),
            documents: docs.len(),
            ships: &ships,
            keys: &keys,
            by,
            why,
        };
        self.log(&event, &keys);
        Ok(())
    }

    pub(super) fn cut(
        &mut self,
        through: Head,
        standing: &bytes::Bytes,
        by: &str,
        why: &str,
    ) -> Result<(), StoreError> {
        let seq = through.seq;
        if seq <= self.row.base.head.seq {
            return conflict(format!("the trail is already cut through entry {seq}"));
        }
        if self.row.hash_of(seq) != Some(through.hash) {
            return conflict(format!("the trail has no entry {seq} with that hash"));
        }
        let event = Event::Cut {
            through: seq,
            root: hex(&through.hash),
            standing: hex(&Sha256::digest(standing)),
            by,
            why,
        };
        self.log(&event, &[]);
        self.set_base(TrailBase {
            head: through,
            standing: standing.clone(),
        });
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Neighbours put together: first and last of each run of numbers.
fn runs(docs: &[DocId]) -> Vec<(DocId, DocId)> {
    let mut sorted = docs.to_vec();
    sorted.sort_unstable();
    let mut runs: Vec<(DocId, DocId)> = Vec::new();
    for id in sorted {
        match runs.last_mut() {
            Some((_, last)) if last.0 + 1 == id.0 => *last = id,
            _ => runs.push((id, id)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_run() {
        let docs = [5, 1, 2, 3, 9].map(DocId);
        let expected = [(1, 3), (5, 5), (9, 9)].map(|(a, b)| (DocId(a), DocId(b)));
        assert_eq!(runs(&docs), expected);
        assert_eq!(runs(&[]), []);
    }
}
