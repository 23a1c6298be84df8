//! In which order a release has the parts of a loop, where that is not the order of the table.

use std::sync::OnceLock;

use crate::schema::{Node, Release, Standard};

/// The ranks of a loop in the order of each release; worked out when it is first asked for.
#[derive(Debug)]
pub(crate) struct Orders([OnceLock<Option<Box<[u8]>>>; 3]);

impl Orders {
    pub(crate) const fn new() -> Self {
        Self([OnceLock::new(), OnceLock::new(), OnceLock::new()])
    }

    /// `None` where it is the order of the ranks. `ids` has the id of each rank.
    pub(crate) fn of(
        &self,
        release: Release,
        set: &str,
        path: &[&str],
        ids: &[&str],
    ) -> Option<&[u8]> {
        let [old, usual, new] = &self.0;
        let cell = match release {
            Release::V003040 => old,
            Release::V004010 => usual,
            Release::V005010 => new,
        };
        cell.get_or_init(|| order(release, set, path, ids))
            .as_deref()
    }
}

/// Whether `rank` stands before `other`, given such an order.
pub(crate) fn is_before(order: &[u8], rank: u8, other: u8) -> bool {
    let place = |rank: u8| order.iter().position(|&r| r == rank);
    place(rank) < place(other)
}

fn order(release: Release, set: &str, path: &[&str], ids: &[&str]) -> Option<Box<[u8]>> {
    let mut nodes = Standard::of(release).set(set)?.nodes.as_slice();
    for step in path {
        nodes = nodes.iter().find_map(|node| match node {
            Node::Loop(inner) if &*inner.id == *step => Some(inner.nodes.as_slice()),
            _ => None,
        })?;
    }
    // The fields of one id take their places one after another; what the release does not have
    // stays behind the field before it.
    let mut behind = 0;
    let places = ids.iter().enumerate().map(|(rank, id)| {
        let nth = ids.iter().take(rank).filter(|other| *other == id).count();
        let mut found = nodes.iter().enumerate().filter(|(_, node)| match node {
            Node::Segment(segment) => *segment.rule.id == **id,
            Node::Loop(inner) => *inner.id == **id,
        });
        behind = found.nth(nth).map_or(behind, |(place, _)| place);
        behind
    });
    let mut ranked: Vec<_> = (0_u8..)
        .zip(places)
        .map(|(rank, place)| (place, rank))
        .collect();
    ranked.sort_unstable();
    let order: Box<[u8]> = ranked.into_iter().map(|(_, rank)| rank).collect();
    (!order.is_sorted()).then_some(order)
}
