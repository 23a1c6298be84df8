//! Whether the release has room for one more segment or loop.

use crate::document::typed::Part;
use crate::error::{ErrorKind, Problem, Result};
use crate::schema::{MaxUse, Node, Release, Standard};

/// Checks that `count` parts can become one more in the loop at `path` of a set.
pub(super) fn check<P: Part>(
    release: Release,
    set: &str,
    path: &[&str],
    count: usize,
    single: bool,
) -> Result<()> {
    let most = if single {
        is_known(release, set, P::ID).then_some(MaxUse::Times(1))
    } else {
        most(release, set, path, P::ID)
    };
    let place = path.last().copied().unwrap_or(set);
    let (expected, remedy) = match most {
        Some(most) if most.allows(u32::try_from(count + 1).unwrap_or(u32::MAX)) => return Ok(()),
        Some(MaxUse::Times(times)) => (
            format!("at most {times} may stand in {place}"),
            "leave this one out, or put it into another document",
        ),
        _ => (
            format!("release {release} has no {} in {place}", P::ID),
            "choose another segment or another release",
        ),
    };
    let mut problem = Problem::new(ErrorKind::Condition, expected, remedy).at(P::ID, 0);
    problem.occurrence = Some(count + 1);
    Err(problem.into())
}

/// How often the release allows it; `None` if it does not.
fn most(release: Release, set: &str, path: &[&str], id: &str) -> Option<MaxUse> {
    let mut nodes = &Standard::of(release).set(set)?.nodes;
    for step in path {
        let inner = nodes.iter().find_map(|node| match node {
            Node::Loop(inner) if &*inner.id == *step => Some(&inner.nodes),
            _ => None,
        });
        nodes = inner?;
    }
    nodes.iter().find_map(|node| match node {
        Node::Segment(segment) if &*segment.rule.id == id => Some(segment.max_use),
        Node::Loop(inner) if &*inner.id == id => Some(inner.repeat),
        _ => None,
    })
}

/// Whether the set has the segment somewhere; what stands once may stand in a loop of its own.
fn is_known(release: Release, set: &str, id: &str) -> bool {
    let schema = Standard::of(release).set(set);
    schema.is_some_and(|set| set.segments().any(|place| &*place.segment.rule.id == id))
}
