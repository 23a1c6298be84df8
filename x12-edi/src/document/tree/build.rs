//! From segments to loops.

use std::sync::Arc;

use super::node::{Item, LoopNode};
use crate::envelope::TransactionSet;
use crate::schema::walk::{PlaceId, SetPlan, Walker};

/// An open loop and its number in the plan.
struct Open {
    node: LoopNode,
    index: usize,
}

struct Builder {
    /// From the outside; the first one is the set.
    open: Vec<Open>,
}

impl Builder {
    /// Closes loops until only so many are open.
    fn close(&mut self, keep: usize) {
        while self.open.len() > keep.max(1) {
            if let Some(mut closed) = self.open.pop() {
                closed.node.number_loops();
                if let Some(outer) = self.open.last_mut() {
                    outer.node.items.push(Item::Loop(closed.node));
                }
            }
        }
    }

    /// How many of the open loops hold a place: all around it that are open.
    fn holders(&self, walker: &Walker, place: PlaceId) -> usize {
        let plan = walker.plan();
        let around = plan.loops_around(place);
        1 + self
            .open
            .iter()
            .skip(1)
            .zip(around)
            .take_while(|(open, index)| open.index == *index)
            .count()
    }
}

pub(super) fn node(id: &str, path: &str) -> LoopNode {
    LoopNode {
        id: id.into(),
        path: path.into(),
        iteration: 1,
        items: Vec::new(),
    }
}

pub(super) fn build(set: &TransactionSet, plan: &Arc<SetPlan>) -> LoopNode {
    let mut walker = Walker::new(Arc::clone(plan));
    let mut builder = Builder {
        open: vec![Open {
            node: node("", ""),
            index: 0,
        }],
    };
    for segment in set.segments() {
        let step = walker.step(segment.id());
        if let Some(place) = step.place.filter(|_| step.is_placed()) {
            let starts = plan.starts_loop(place);
            // The loop that a segment starts is a new one.
            let holders = builder.holders(&walker, place);
            let most = plan.depth(place) + usize::from(starts.is_none());
            builder.close(holders.min(most));
            if let Some(id) = starts {
                builder.open.push(Open {
                    node: node(id, plan.loop_path(place)),
                    index: plan.loop_index(place),
                });
            }
        }
        if let Some(open) = builder.open.last_mut() {
            open.node.items.push(Item::Segment(segment.to_owned()));
        }
    }
    builder.close(1);
    let mut root = match builder.open.pop() {
        Some(open) => open.node,
        None => node("", ""),
    };
    root.number_loops();
    root
}
