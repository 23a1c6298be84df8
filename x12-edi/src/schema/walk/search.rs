//! Looking for the place of a segment, and for its mistake if there is none.

use super::plan::{NONE, PlaceId, SetPlan};
use super::{Hint, Step, Verdict, Walker};

/// An open loop and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    loop_index: u32,
    /// The place that was taken last.
    pub(super) cursor: u32,
    /// How often in a row; 0 before ST.
    pub(super) count: u32,
    /// The furthest place that was taken; further back nothing is missing any more.
    high: u32,
}

impl Frame {
    /// The set itself, before ST.
    pub(super) const ROOT: Self = Self {
        loop_index: 0,
        cursor: 0,
        count: 0,
        high: 0,
    };

    /// A loop behind the segment that starts it.
    #[inline]
    pub(super) fn at_start(loop_index: u32, start: u32) -> Self {
        Self {
            loop_index,
            cursor: start,
            count: 1,
            high: start,
        }
    }

    #[inline]
    pub(super) fn go(&mut self, place: u32, count: u32) {
        self.cursor = place;
        self.count = count;
        self.high = self.high.max(place);
    }
}

/// Where a segment fits.
#[derive(Debug, Default, Clone, Copy)]
struct Found {
    place: Option<u32>,
    /// The nearest place that would have fit if it had not been full.
    full: Option<u32>,
}

fn search(plan: &SetPlan, stack: &[Frame], id: u32) -> Found {
    let mut full = None;
    for frame in stack.iter().rev() {
        let Some(around) = plan.loop_at(frame.loop_index) else {
            break;
        };
        let here = plan.at(frame.cursor);
        // The segment that starts a loop comes again in the loop around only.
        if here.id == id && here.starts != frame.loop_index {
            if frame.count < here.max {
                return Found {
                    place: Some(frame.cursor),
                    full,
                };
            }
            full = full.or(Some(frame.cursor));
        }
        let mut next = plan.behind(frame.cursor, frame.loop_index);
        while next < around.end {
            let place = plan.at(next);
            if place.id == id {
                return Found {
                    place: Some(next),
                    full,
                };
            }
            next = place.next;
        }
    }
    Found { place: None, full }
}

/// Lists what is required between the positions of the frames above `depth`, and of that frame
/// up to `target`.
pub(super) fn collect_missing(
    plan: &SetPlan,
    stack: &[Frame],
    depth: usize,
    target: u32,
    missing: &mut Vec<PlaceId>,
) {
    for (index, frame) in stack.iter().enumerate().skip(depth).rev() {
        let Some(around) = plan.loop_at(frame.loop_index) else {
            continue;
        };
        let end = if index == depth {
            target.min(around.end)
        } else {
            around.end
        };
        let mut next = if frame.count == 0 && frame.high == frame.cursor {
            frame.cursor
        } else {
            plan.behind(frame.high.max(frame.cursor), frame.loop_index)
        };
        while next < end {
            let place = plan.at(next);
            if place.required {
                missing.push(PlaceId(next));
            }
            next = place.next;
        }
    }
}

fn depth_of(plan: &SetPlan, place: u32) -> usize {
    plan.loop_at(plan.at(place).holder).map_or(0, |l| l.depth)
}

/// Moves to a place of an open loop; the number of times in a row.
fn go(plan: &SetPlan, stack: &mut Vec<Frame>, target: u32) -> u32 {
    let place = plan.at(target);
    stack.truncate(depth_of(plan, target) + 1);
    let count = match stack.last_mut() {
        Some(frame) => {
            let count = if frame.cursor == target {
                frame.count.saturating_add(1)
            } else {
                1
            };
            frame.go(target, count);
            count
        }
        None => 0,
    };
    if place.starts != NONE {
        stack.push(Frame::at_start(place.starts, target));
    }
    count
}

/// The last place of the open loops, the innermost first, that is before their positions.
fn search_back(plan: &SetPlan, stack: &[Frame], id: u32) -> Option<u32> {
    stack.iter().rev().find_map(|frame| {
        let around = plan.loop_at(frame.loop_index)?;
        let mut next = if around.depth == 0 {
            around.first
        } else {
            around.first + 1
        };
        let mut last = None;
        while next < frame.cursor {
            let place = plan.at(next);
            if place.id == id {
                last = Some(next);
            }
            next = place.next;
        }
        last
    })
}

/// The nearest place of this id in a loop that is not open: inside the innermost open loop
/// first, and further on before further back.
fn search_closed(plan: &SetPlan, stack: &[Frame], id: u32) -> Option<u32> {
    let inside = |range: std::ops::Range<u32>| {
        let places = plan.places.get(range.start as usize..range.end as usize)?;
        let at = places.iter().position(|place| place.id == id)?;
        u32::try_from(at).ok().map(|at| range.start + at)
    };
    stack.iter().rev().find_map(|frame| {
        let around = plan.loop_at(frame.loop_index)?;
        inside(frame.cursor..around.end).or_else(|| inside(around.first..frame.cursor))
    })
}

/// The stack as if all loops around `target` had been started.
fn open_up_to(plan: &SetPlan, stack: &mut Vec<Frame>, target: u32) {
    let mut chain = Vec::new();
    let mut index = plan.at(target).holder;
    while let Some(closed) = plan.loop_at(index) {
        let open = stack.get(closed.depth);
        if open.is_some_and(|frame| frame.loop_index == index) {
            break;
        }
        chain.push((index, closed.first));
        index = closed.parent;
    }
    for &(_, start) in chain.iter().rev() {
        go(plan, stack, start);
    }
    go(plan, stack, target);
}

impl Walker {
    /// The whole search; the way of the last time was another one.
    #[inline(never)]
    pub(super) fn step_anew(&mut self, id: u32) -> Step {
        self.missing.clear();
        if id == 0 {
            return Step {
                verdict: Verdict::NotInSet,
                place: None,
                occurrence: 0,
            };
        }
        let found = search(&self.plan, &self.stack, id);
        if let Some(place) = found.place {
            let depth = depth_of(&self.plan, place);
            collect_missing(&self.plan, &self.stack, depth, place, &mut self.missing);
            if self.missing.is_empty() {
                if found.full.is_none() {
                    self.remember(place);
                }
                return self.take(place);
            }
        }
        if let Some(step) = self.take_other(id) {
            return step;
        }
        if let Some(place) = found.full {
            self.missing.clear();
            let depth = depth_of(&self.plan, place);
            collect_missing(&self.plan, &self.stack, depth, place, &mut self.missing);
            let step = self.take(place);
            let verdict = if self.plan.at(place).starts == NONE {
                Verdict::TooOften
            } else {
                Verdict::LoopTooOften
            };
            return Step { verdict, ..step };
        }
        if let Some(place) = found.place {
            // Either something is missing, or this segment came too early: the next one tells.
            let before = self.stack.clone();
            let step = self.take(place);
            self.other = before;
            return step;
        }
        self.misplaced(id)
    }

    /// Notes what follows the current place, where that does not depend on counts or on what
    /// was missed.
    fn remember(&mut self, target: u32) {
        let Some(frame) = self.stack.last() else {
            return;
        };
        // A walk that went back knows less to be missing than the hint could say.
        if self.plan.at(target).forbidden
            || frame.count == 0
            || self.stack.iter().any(|frame| frame.high != frame.cursor)
        {
            return;
        }
        if let Some(hint) = self.hints.get_mut(frame.cursor as usize) {
            let Hint([first, _]) = *hint;
            *hint = Hint([target, first]);
        }
    }

    fn take(&mut self, place: u32) -> Step {
        let occurrence = go(&self.plan, &mut self.stack, place);
        self.other.clear();
        let verdict = if self.plan.at(place).forbidden {
            Verdict::Forbidden
        } else {
            Verdict::Expected
        };
        Step {
            verdict,
            place: Some(PlaceId(place)),
            occurrence,
        }
    }

    /// Goes over to the other reading if the segment fits there without anything missing.
    fn take_other(&mut self, id: u32) -> Option<Step> {
        if self.other.is_empty() {
            return None;
        }
        let place = search(&self.plan, &self.other, id).place?;
        let depth = depth_of(&self.plan, place);
        let mut missing = Vec::new();
        collect_missing(&self.plan, &self.other, depth, place, &mut missing);
        if !missing.is_empty() {
            return None;
        }
        self.missing.clear();
        std::mem::swap(&mut self.stack, &mut self.other);
        Some(self.take(place))
    }

    /// A segment that fits nowhere: further back, in a loop that is not open, or not at all.
    fn misplaced(&mut self, id: u32) -> Step {
        self.missing.clear();
        self.other.clear();
        let (verdict, place) = if let Some(place) = search_back(&self.plan, &self.stack, id) {
            self.other.extend_from_slice(&self.stack);
            go(&self.plan, &mut self.other, place);
            (Verdict::OutOfOrder, Some(place))
        } else if let Some(place) = search_closed(&self.plan, &self.stack, id) {
            self.other.extend_from_slice(&self.stack);
            open_up_to(&self.plan, &mut self.other, place);
            (Verdict::Unexpected, Some(place))
        } else {
            (Verdict::NotInSet, None)
        };
        Step {
            verdict,
            place: place.map(PlaceId),
            occurrence: 0,
        }
    }
}
