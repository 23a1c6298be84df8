//! What a commit speaks of: the rows that a store on a disk must load before it is judged.

use std::collections::BTreeSet;

use crate::store::{DocId, Op, ShipId};

/// What the operations of a commit name.
#[derive(Default)]
pub(in crate::store) struct Named {
    pub(in crate::store) docs: BTreeSet<DocId>,
    pub(in crate::store) ships: BTreeSet<ShipId>,
    /// Shipments of which only their members are needed, not what else there is of the members' keys.
    pub(in crate::store) moved: BTreeSet<ShipId>,
    pub(in crate::store) keys: BTreeSet<Box<str>>,
    pub(in crate::store) series: BTreeSet<Box<str>>,
    /// Documents whose payload is needed, too.
    pub(in crate::store) payloads: BTreeSet<DocId>,
    /// Documents whose shipment is needed, too.
    pub(in crate::store) pruned: BTreeSet<DocId>,
    /// The entry of the trail whose hash is needed.
    pub(in crate::store) entry: Option<u64>,
    /// How many documents and shipments the operations make at most.
    pub(in crate::store) new_docs: usize,
    pub(in crate::store) new_ships: usize,
}

impl Named {
    pub(in crate::store) fn by(ops: &[Op]) -> Self {
        let mut named = Self::default();
        for op in ops {
            match op {
                Op::Intend(docs) => {
                    named.new_docs += docs.len();
                    named.keys.extend(docs.iter().map(|doc| doc.key.clone()));
                }
                Op::Refuse(refused) => named.docs.extend(refused.iter().map(|r| r.doc)),
                Op::Retry { docs, .. } => named.docs.extend(docs),
                Op::Prepare(shipments) => {
                    named.new_ships += shipments.len();
                    for shipment in shipments {
                        named.docs.extend(&shipment.docs);
                        let series = shipment.series.iter().map(|series| series.name().into());
                        named.series.extend(series);
                    }
                }
                Op::Dissolve { ship, refused } => {
                    named.ships.insert(*ship);
                    named.docs.extend(refused.iter().map(|r| r.doc));
                }
                Op::Resend { ship, .. } => {
                    named.ships.insert(*ship);
                }
                Op::Move { ship, .. } => {
                    named.moved.insert(*ship);
                }
                Op::Transform { docs, .. } => {
                    named.new_docs += docs.len();
                    named.docs.extend(docs);
                    named.payloads.extend(docs);
                }
                Op::Prune { docs, .. } => {
                    named.docs.extend(docs);
                    named.pruned.extend(docs);
                }
                Op::Cut { through, .. } => named.entry = Some(through.seq),
                Op::Cursor { .. }
                | Op::Reset { .. }
                | Op::Seen(_)
                | Op::Forget { .. }
                | Op::Audit { .. }
                | Op::Schedule { .. } => {}
            }
        }
        named.moved = &named.moved - &named.ships;
        named
    }

    /// Whether no row but the stream's own is needed.
    pub(in crate::store) fn nothing(&self) -> bool {
        self.docs.is_empty()
            && self.ships.is_empty()
            && self.moved.is_empty()
            && self.keys.is_empty()
    }
}
