//! Where a set is cut into pieces.

use std::sync::Arc;

use crate::schema::SetSchema;
use crate::schema::walk::{PlaceId, SetPlan, Walker};
use crate::validate::SetContext;

/// Chooses the schema of a set.
type Resolver = Box<dyn FnMut(&SetContext<'_>) -> Option<Arc<SetSchema>> + Send>;

/// Where a segment stands as to the loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    /// It starts a round.
    Round,
    /// It stands in the loop, or its place is not known.
    Here,
    /// It stands outside the loop.
    Outside,
}

/// Follows a set and says where the loop begins and ends.
pub(super) struct Splitter {
    path: Box<str>,
    resolver: Option<Resolver>,
    /// The schema that was used last, with its walker and what it says of each loop.
    known: Option<Known>,
    /// Whether the open set has a schema: that of `known`.
    walking: bool,
}

struct Known {
    schema: Arc<SetSchema>,
    walker: Walker,
    /// The number of the loop and of those inside it.
    inside: Vec<usize>,
    starts: Option<usize>,
}

impl Splitter {
    pub(super) fn new(path: &str) -> Self {
        Self {
            path: path.trim_matches('/').into(),
            resolver: None,
            known: None,
            walking: false,
        }
    }

    pub(super) fn choose_by(&mut self, resolver: Resolver) {
        self.resolver = Some(resolver);
    }

    /// Before ST.
    pub(super) fn start(&mut self, context: &SetContext<'_>) {
        let schema = match &mut self.resolver {
            Some(resolver) => resolver(context),
            None => context.standard(),
        };
        self.walking = schema.is_some();
        let Some(schema) = schema else { return };
        match &mut self.known {
            Some(known) if Arc::ptr_eq(&known.schema, &schema) => known.walker.restart(),
            _ => self.known = Some(Known::new(schema, &self.path)),
        }
    }

    pub(super) fn step(&mut self, id: &[u8]) -> Split {
        let known = self.known.as_mut().filter(|_| self.walking);
        let Some(known) = known else {
            let last = self.path.rsplit('/').next().unwrap_or_default();
            return if id == last.as_bytes() {
                Split::Round
            } else {
                Split::Here
            };
        };
        let step = known.walker.step(id);
        let Some(place) = step.place.filter(|_| step.is_placed()) else {
            return Split::Here;
        };
        known.split(place)
    }
}

impl Known {
    fn new(schema: Arc<SetSchema>, path: &str) -> Self {
        let plan = Arc::new(SetPlan::new(&schema));
        let starts = start_of(&plan, path);
        let mut inside = Vec::new();
        if let Some(start) = starts {
            let path = plan.loop_path(start);
            for place in plan.places() {
                let rest = plan.loop_path(place).strip_prefix(path);
                // A loop of the same path, such as the second N1 of a set, is another one.
                let same = rest == Some("") && plan.loop_index(place) == plan.loop_index(start);
                let inner = rest.is_some_and(|rest| rest.starts_with('/'))
                    && is_inside(&plan, place, start);
                if same || inner {
                    inside.push(plan.loop_index(place));
                }
            }
            inside.sort_unstable();
            inside.dedup();
        }
        Self {
            starts: starts.map(|start| plan.loop_index(start)),
            walker: Walker::new(plan),
            schema,
            inside,
        }
    }

    fn split(&self, place: PlaceId) -> Split {
        let plan = self.walker.plan();
        let index = plan.loop_index(place);
        if plan.starts_loop(place).is_some() && Some(index) == self.starts {
            Split::Round
        } else if self.inside.binary_search(&index).is_ok() {
            Split::Here
        } else {
            Split::Outside
        }
    }
}

/// Whether a place of an inner loop stands in this round of the loop that starts at `start`, and not
/// in another loop of the same path further on.
fn is_inside(plan: &SetPlan, place: PlaceId, start: PlaceId) -> bool {
    let path = plan.loop_path(start);
    let last = plan
        .places()
        .take_while(|&other| other <= place)
        .filter(|&other| plan.starts_loop(other).is_some() && plan.loop_path(other) == path)
        .last();
    last == Some(start)
}

/// The place that starts the loop: by its path, or the outermost one of its id.
fn start_of(plan: &SetPlan, path: &str) -> Option<PlaceId> {
    let starts = || {
        plan.places()
            .filter(|&place| plan.starts_loop(place).is_some())
    };
    if path.contains('/') {
        return starts().find(|&place| plan.loop_path(place) == path);
    }
    starts()
        .filter(|&place| plan.starts_loop(place) == Some(path))
        .min_by_key(|&place| plan.depth(place))
}
