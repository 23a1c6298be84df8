//! Which place of a set a segment has, one segment id after another.

mod plan;
mod search;

pub use plan::{PlaceId, SetPlan};

use std::fmt;
use std::sync::Arc;

use plan::{NONE, pack};
use search::Frame;

/// Whether a segment may stand where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// It may.
    Expected,
    /// More often in a row than its maximal use.
    TooOften,
    /// It starts its loop once more than the loop may be repeated.
    LoopTooOften,
    /// Its place is before the segments that were there already.
    OutOfOrder,
    /// Its place is in a loop that was not started.
    Unexpected,
    /// An overlay forbids it here.
    Forbidden,
    /// The set has no place for it at all.
    NotInSet,
}

/// What a [`Walker`] says of one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Whether it may stand here.
    pub verdict: Verdict,
    /// Its place, or the one that it should have; `None` only for [`Verdict::NotInSet`].
    pub place: Option<PlaceId>,
    /// How often the segment (or the loop that it starts) has been here in a row, from 1; 0 for
    /// a segment that has no right to be here.
    pub occurrence: u32,
}

impl Step {
    /// Whether the segment was taken as the next one of its place: the walk went on to it.
    #[must_use]
    pub const fn is_placed(&self) -> bool {
        matches!(
            self.verdict,
            Verdict::Expected | Verdict::TooOften | Verdict::LoopTooOften | Verdict::Forbidden
        )
    }
}

/// What followed a place the last times: loops are left about as often as they go on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hint([u32; 2]);

/// Follows a transaction set through its schema in constant memory.
///
/// A segment is looked for as the parsers of the standard do: once more at the same place, then
/// further on in the same loop, then as the start of the next round of the loop, then outside.
/// A segment that fits nowhere is reported and leaves the walk where it was. The walk that would
/// follow if the segment had been right is kept beside, and taken when only it can go on, so
/// that one misplaced segment gives one finding.
///
/// Ids are all it looks at. Loops that follow each other and begin with the same segment are told
/// apart by their maximal use and nothing else; of the tables that matters to the sets 218 and 837
/// of 003040 only, where LS01 would tell.
///
/// ```
/// use std::sync::Arc;
/// use x12_edi::schema::walk::{SetPlan, Verdict, Walker};
/// # use x12_edi::schema::SetSchema;
/// # fn example(schema: &SetSchema) {
/// let mut walker = Walker::new(Arc::new(SetPlan::new(schema)));
/// for id in ["ST", "BEG", "PO1", "SE"] {
///     let step = walker.step(id.as_bytes());
///     if step.verdict != Verdict::Expected {
///         println!("{id} in {}: {:?}", walker.loop_path(), step.verdict);
///     }
///     for &place in walker.missing() {
///         println!("{} is missing before {id}", walker.plan().segment_id(place));
///     }
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Walker {
    plan: Arc<SetPlan>,
    /// The open loops from the outside; the first one is the set.
    stack: Vec<Frame>,
    /// Another reading of the last segment that was not expected.
    other: Vec<Frame>,
    hints: Vec<Hint>,
    missing: Vec<PlaceId>,
}

impl Walker {
    /// Before ST.
    #[must_use]
    pub fn new(plan: Arc<SetPlan>) -> Self {
        let depth = plan.max_depth + 1;
        let mut walker = Self {
            stack: Vec::with_capacity(depth),
            other: Vec::with_capacity(depth),
            hints: vec![Hint([NONE; 2]); plan.places.len()],
            missing: Vec::new(),
            plan,
        };
        walker.restart();
        walker
    }

    /// Goes back before ST, for the next set of the same kind.
    pub fn restart(&mut self) {
        self.stack.clear();
        self.other.clear();
        self.missing.clear();
        self.stack.push(Frame::ROOT);
    }

    /// The plan that is followed.
    #[must_use]
    pub fn plan(&self) -> &Arc<SetPlan> {
        &self.plan
    }

    /// Takes the next segment by its id.
    #[inline]
    pub fn step(&mut self, id: &[u8]) -> Step {
        let id = pack(id);
        if let Some(step) = self.step_as_before(id) {
            return step;
        }
        self.step_anew(id)
    }

    /// Follows the path that was taken from here the last time, if the segment is the same.
    #[inline]
    fn step_as_before(&mut self, id: u32) -> Option<Step> {
        let last = self.stack.last()?;
        if last.count == 0 {
            // Before ST nothing has been taken, not even ST.
            return None;
        }
        let &Hint([first, second]) = self.hints.get(last.cursor as usize)?;
        let plan = &*self.plan;
        let (target, place) = match plan.at(first) {
            place if place.id == id => (first, place),
            _ => match plan.at(second) {
                place if place.id == id => (second, place),
                _ => return None,
            },
        };
        let depth = plan.loop_at(place.holder)?.depth;
        let frame = self.stack.get_mut(depth)?;
        let count = if frame.cursor == target {
            frame.count + 1
        } else {
            1
        };
        if count > place.max {
            return None;
        }
        frame.go(target, count);
        let starts = place.starts;
        self.stack.truncate(depth + 1);
        if starts != NONE {
            self.stack.push(Frame::at_start(starts, target));
        }
        self.other.clear();
        self.missing.clear();
        Some(Step {
            verdict: Verdict::Expected,
            place: Some(PlaceId(target)),
            occurrence: count,
        })
    }

    /// Required places that were passed by at the last step, in the order of the standard.
    #[must_use]
    #[inline]
    pub fn missing(&self) -> &[PlaceId] {
        &self.missing
    }

    /// Whether nothing has been taken yet, not even ST.
    #[must_use]
    pub fn is_at_start(&self) -> bool {
        self.stack.len() == 1 && self.stack.first() == Some(&Frame::ROOT)
    }

    /// Ends the set: what is still required is [`missing`](Self::missing) then, SE excepted.
    pub fn finish(&mut self) -> &[PlaceId] {
        self.missing.clear();
        search::collect_missing(&self.plan, &self.stack, 0, NONE, &mut self.missing);
        let plan = &self.plan;
        self.missing.retain(|&place| plan.segment_id(place) != "SE");
        &self.missing
    }

    /// The innermost open loop with those around it, for example `PO1/SLN`; empty outside any.
    #[must_use]
    pub fn loop_path(&self) -> &str {
        self.stack
            .last()
            .filter(|_| self.stack.len() > 1)
            .map_or("", |frame| self.plan.loop_path(PlaceId(frame.cursor)))
    }

    /// The open loops from the outside: the place that starts each, and its round from 1.
    pub fn open_loops(&self) -> impl Iterator<Item = (PlaceId, u32)> {
        // The position of a frame is the start of the loop inside it, counted.
        self.stack
            .iter()
            .take(self.stack.len().saturating_sub(1))
            .map(|frame| (PlaceId(frame.cursor), frame.count))
    }
}

impl fmt::Debug for Walker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walker")
            .field("plan", &self.plan)
            .field("stack", &self.stack)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
