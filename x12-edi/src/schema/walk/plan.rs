//! A set flattened for walking: places in the order of the standard, loops as ranges of them.

use std::fmt;
use std::sync::Arc;

use crate::schema::{
    Area, LoopUse, MaxUse, Node, Release, Requirement, SegmentRule, SegmentUse, SetSchema,
};

/// A place of a set: the number of its segment in the order of the standard, from 0, which is ST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId(pub(super) u32);

impl PlaceId {
    /// The number.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// No loop, no place.
pub(super) const NONE: u32 = u32::MAX;

/// A segment id in one word: its bytes and nothing else, so that ids compare at once.
///
/// Ids of more than four bytes give 0, which no place has.
#[inline]
pub(super) fn pack(id: &[u8]) -> u32 {
    // The first byte says how many there are, because it is never 0.
    match *id {
        [0, ..] => 0,
        [a, b] => u32::from_be_bytes([0, 0, a, b]),
        [a, b, c] => u32::from_be_bytes([0, a, b, c]),
        [a] => u32::from_be_bytes([0, 0, 0, a]),
        [a, b, c, d] => u32::from_be_bytes([a, b, c, d]),
        _ => 0,
    }
}

/// What walking needs of a place, small enough for a few to share a cache line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) id: u32,
    /// The next place of the same loop: behind the inner loop, if this one starts it.
    pub(super) next: u32,
    /// The loop that holds it; for the start of a loop, the one around that.
    pub(super) holder: u32,
    /// The loop that it starts.
    pub(super) starts: u32,
    /// How often the segment, or the loop that it starts, may occur.
    pub(super) max: u32,
    pub(super) required: bool,
    pub(super) forbidden: bool,
}

/// No place at all; what an index out of range gives.
const NOWHERE: Place = Place {
    id: 0,
    next: NONE,
    holder: NONE,
    starts: NONE,
    max: 0,
    required: false,
    forbidden: false,
};

/// A loop: a range of places.
#[derive(Debug, Clone)]
pub(super) struct LoopPlan {
    /// Its first place, which for an inner loop is the segment that starts it.
    pub(super) first: u32,
    pub(super) end: u32,
    /// How many loops are around it; 0 is the set itself.
    pub(super) depth: usize,
    pub(super) parent: u32,
    id: Box<str>,
    path: Box<str>,
}

/// A [`SetSchema`] prepared for walking; made once for a schema and shared.
pub struct SetPlan {
    release: Release,
    code: Box<str>,
    functional_id: Box<str>,
    pub(super) places: Vec<Place>,
    pub(super) loops: Vec<LoopPlan>,
    uses: Vec<SegmentUse>,
    pub(super) max_depth: usize,
}

fn times(max: MaxUse) -> u32 {
    match max {
        MaxUse::Times(times) => times,
        MaxUse::Unlimited => u32::MAX,
    }
}

impl SetPlan {
    /// Prepares a schema.
    #[must_use]
    pub fn new(schema: &SetSchema) -> Self {
        let mut plan = Self {
            release: schema.release,
            code: schema.code.clone(),
            functional_id: schema.functional_id.clone(),
            places: Vec::new(),
            loops: vec![LoopPlan {
                first: 0,
                end: 0,
                depth: 0,
                parent: NONE,
                id: Box::default(),
                path: Box::default(),
            }],
            uses: Vec::new(),
            max_depth: 0,
        };
        plan.add_nodes(&schema.nodes, 0);
        let end = plan.len();
        if let Some(root) = plan.loops.first_mut() {
            root.end = end;
        }
        plan
    }

    fn len(&self) -> u32 {
        u32::try_from(self.places.len()).unwrap_or(NONE)
    }

    fn add_nodes(&mut self, nodes: &[Node], holder: u32) {
        for node in nodes {
            match node {
                Node::Segment(segment) => {
                    let next = self.len() + 1;
                    self.add_place(
                        segment,
                        Place {
                            next,
                            holder,
                            max: times(segment.max_use),
                            required: segment.requirement == Requirement::Mandatory,
                            forbidden: segment.requirement == Requirement::Forbidden,
                            ..NOWHERE
                        },
                    );
                }
                Node::Loop(inner) => self.add_loop(inner, holder),
            }
        }
    }

    fn add_place(&mut self, segment: &SegmentUse, place: Place) {
        self.places.push(Place {
            id: pack(segment.rule.id.as_bytes()),
            ..place
        });
        self.uses.push(segment.clone());
    }

    fn add_loop(&mut self, inner: &LoopUse, holder: u32) {
        let Some((Node::Segment(start), rest)) = inner.nodes.split_first() else {
            // Without a segment that starts it nobody could tell the loop: its parts stand alone.
            return self.add_nodes(&inner.nodes, holder);
        };
        let index = u32::try_from(self.loops.len()).unwrap_or(NONE);
        let first = self.len();
        let around = self.loop_at(holder);
        let depth = around.map_or(0, |l| l.depth) + 1;
        let path = match around {
            Some(around) if !around.path.is_empty() => format!("{}/{}", around.path, inner.id),
            _ => inner.id.to_string(),
        };
        self.max_depth = self.max_depth.max(depth);
        self.loops.push(LoopPlan {
            first,
            end: first,
            depth,
            parent: holder,
            id: inner.id.clone(),
            path: path.into(),
        });
        self.add_place(
            start,
            Place {
                holder,
                starts: index,
                max: times(inner.repeat),
                required: inner.requirement == Requirement::Mandatory,
                forbidden: inner.requirement == Requirement::Forbidden
                    || start.requirement == Requirement::Forbidden,
                ..NOWHERE
            },
        );
        self.add_nodes(rest, index);
        let end = self.len();
        if let Some(place) = self.places.get_mut(first as usize) {
            place.next = end;
        }
        if let Some(plan) = self.loops.get_mut(index as usize) {
            plan.end = end;
        }
    }

    #[inline]
    pub(super) fn at(&self, index: u32) -> &Place {
        self.places.get(index as usize).unwrap_or(&NOWHERE)
    }

    #[inline]
    pub(super) fn loop_at(&self, index: u32) -> Option<&LoopPlan> {
        self.loops.get(index as usize)
    }

    /// The place behind `cursor` in a loop that `cursor` may have started.
    #[inline]
    pub(super) fn behind(&self, cursor: u32, loop_index: u32) -> u32 {
        let place = self.at(cursor);
        if place.starts == loop_index {
            cursor + 1
        } else {
            place.next
        }
    }

    /// The release of the schema.
    #[must_use]
    pub fn release(&self) -> Release {
        self.release
    }

    /// ST01 of the schema, for example `850`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// GS01 of the schema, for example `PO`.
    #[must_use]
    pub fn functional_id(&self) -> &str {
        &self.functional_id
    }

    /// All places in the order of the standard.
    pub fn places(&self) -> impl ExactSizeIterator<Item = PlaceId> + use<> {
        (0..self.len()).map(PlaceId)
    }

    /// The segment at a place, with requirement, maximal use and area.
    #[must_use]
    pub fn segment(&self, place: PlaceId) -> Option<&SegmentUse> {
        self.uses.get(place.index())
    }

    /// The rule of the segment at a place.
    #[must_use]
    pub fn rule(&self, place: PlaceId) -> Option<&Arc<SegmentRule>> {
        self.segment(place).map(|segment| &segment.rule)
    }

    /// The segment id at a place; empty for a place of another plan.
    #[must_use]
    pub fn segment_id(&self, place: PlaceId) -> &str {
        self.rule(place).map_or("", |rule| &rule.id)
    }

    /// The third of the set in which a place is.
    #[must_use]
    pub fn area(&self, place: PlaceId) -> Area {
        self.segment(place)
            .map_or(Area::Unknown, |segment| segment.area)
    }

    /// The innermost loop of a place: the one that it starts, or the one that holds it.
    #[inline]
    pub(super) fn loop_of(&self, place: u32) -> u32 {
        let place = self.at(place);
        if place.starts == NONE {
            place.holder
        } else {
            place.starts
        }
    }

    /// How many loops are around a place, the one that it starts included.
    #[must_use]
    pub fn depth(&self, place: PlaceId) -> usize {
        self.loop_at(self.loop_of(place.0)).map_or(0, |l| l.depth)
    }

    /// The loops around a place from the outside, for example `PO1/SLN`; empty outside any loop.
    /// The segment that starts a loop is inside it.
    #[must_use]
    pub fn loop_path(&self, place: PlaceId) -> &str {
        self.loop_at(self.loop_of(place.0)).map_or("", |l| &l.path)
    }

    /// The id of the loop that the segment at this place starts.
    #[must_use]
    pub fn starts_loop(&self, place: PlaceId) -> Option<&str> {
        self.loop_at(self.at(place.0).starts).map(|l| &*l.id)
    }

    /// Whether any place has a segment of this id.
    #[must_use]
    pub fn contains(&self, id: &[u8]) -> bool {
        let id = pack(id);
        id != 0 && self.places.iter().any(|place| place.id == id)
    }

    /// The numbers of the loops around a place from the outside, the one that it starts included.
    pub(crate) fn loops_around(&self, place: PlaceId) -> Vec<usize> {
        let mut around = Vec::new();
        let mut index = self.loop_of(place.0);
        while let Some(inner) = self.loop_at(index).filter(|inner| inner.depth > 0) {
            around.push(index as usize);
            index = inner.parent;
        }
        around.reverse();
        around
    }

    /// The first place of a segment directly in the loop of this path, or of an inner loop that
    /// begins with it; the segment that starts the loop itself is none.
    pub(crate) fn place_in(&self, loop_path: &str, id: &str) -> Option<PlaceId> {
        let holder = self.loops.iter().position(|l| &*l.path == loop_path)?;
        let is_it = |place: &PlaceId| {
            self.at(place.0).holder as usize == holder && self.segment_id(*place) == id
        };
        self.places().find(is_it)
    }

    /// All places beside this one, in order.
    pub(crate) fn members(&self, place: PlaceId) -> Vec<PlaceId> {
        let holder = self.at(place.0).holder;
        let beside = |member: &PlaceId| self.at(member.0).holder == holder;
        self.places().filter(beside).collect()
    }

    /// The number of the loop that a place is in, which is 0 outside any; loops are numbered in
    /// the order of the standard.
    #[must_use]
    pub fn loop_index(&self, place: PlaceId) -> usize {
        self.loop_of(place.0) as usize
    }
}

impl fmt::Debug for SetPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetPlan")
            .field("release", &self.release)
            .field("code", &self.code)
            .field("places", &self.places.len())
            .field("loops", &self.loops.len())
            .finish_non_exhaustive()
    }
}
