//! Places of a set by name.

use super::model::{
    CompositeRule, ElementKind, ElementRule, LoopUse, Node, Requirement, SegmentRule, SegmentUse,
    SetSchema,
};

impl Node {
    /// The segment id, or the name of the loop.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Segment(segment) => &segment.rule.id,
            Self::Loop(inner) => &inner.id,
        }
    }

    /// Whether it must be there.
    #[must_use]
    pub const fn requirement(&self) -> Requirement {
        match self {
            Self::Segment(segment) => segment.requirement,
            Self::Loop(inner) => inner.requirement,
        }
    }

    /// The segment itself, or the one that starts the loop.
    #[must_use]
    pub fn first_segment(&self) -> Option<&SegmentUse> {
        match self {
            Self::Segment(segment) => Some(segment),
            Self::Loop(inner) => inner.nodes.first().and_then(Self::first_segment),
        }
    }

    /// The loop, if it is one.
    #[must_use]
    pub const fn as_loop(&self) -> Option<&LoopUse> {
        match self {
            Self::Loop(inner) => Some(inner),
            Self::Segment(_) => None,
        }
    }

    /// The segment, if it is one.
    #[must_use]
    pub const fn as_segment(&self) -> Option<&SegmentUse> {
        match self {
            Self::Segment(segment) => Some(segment),
            Self::Loop(_) => None,
        }
    }
}

impl SegmentRule {
    /// The element at a place, counted from 1 as in `PO101`.
    #[must_use]
    pub fn element(&self, place: usize) -> Option<&ElementRule> {
        self.elements.get(place.checked_sub(1)?)
    }
}

impl ElementRule {
    /// The components, if it is a composite.
    #[must_use]
    pub const fn composite(&self) -> Option<&std::sync::Arc<CompositeRule>> {
        match &self.kind {
            ElementKind::Composite(composite) => Some(composite),
            ElementKind::Simple { .. } => None,
        }
    }
}

impl CompositeRule {
    /// The component at a place, counted from 1.
    #[must_use]
    pub fn component(&self, place: usize) -> Option<&ElementRule> {
        self.components.get(place.checked_sub(1)?)
    }
}

/// A segment of a set with the loops around it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Place<'a> {
    /// The segment.
    pub segment: &'a SegmentUse,
    /// The loops around it, outermost first.
    pub loops: Vec<&'a LoopUse>,
    /// Its path, for example `PO1/SLN/N1/N3`; [`SetSchema::find`] takes it back.
    pub path: String,
    /// Whether it starts the innermost loop.
    pub starts_loop: bool,
}

impl Place<'_> {
    /// How many loops are around it.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.loops.len()
    }

    /// The names of the loops around it, as in `Location::loop_path`; empty outside any.
    #[must_use]
    pub fn loop_path(&self) -> String {
        let names: Vec<&str> = self.loops.iter().map(|inner| &*inner.id).collect();
        names.join("/")
    }
}

impl SetSchema {
    /// Every segment of the set from ST to SE, in the order of the standard.
    ///
    /// ```
    /// use x12_edi::schema::{Release, Standard};
    /// let order = Standard::of(Release::V004010).set("850").expect("a default set");
    /// let taxes = order.segments().filter(|place| &*place.segment.rule.id == "TAX");
    /// let paths: Vec<String> = taxes.map(|place| place.path).collect();
    /// assert_eq!(paths, ["TAX", "PO1/TAX", "PO1/SLN/TAX"]);
    /// ```
    pub fn segments(&self) -> impl Iterator<Item = Place<'_>> {
        let mut stack = vec![(self.nodes.iter().enumerate(), &*self.nodes, String::new())];
        let mut loops: Vec<&LoopUse> = Vec::new();
        std::iter::from_fn(move || {
            loop {
                let (nodes, siblings, around) = stack.last_mut()?;
                let Some((index, node)) = nodes.next() else {
                    stack.pop();
                    loops.pop();
                    continue;
                };
                let path = path_of(around, siblings, index);
                match node {
                    Node::Loop(inner) => {
                        loops.push(inner);
                        stack.push((inner.nodes.iter().enumerate(), &inner.nodes, path));
                    }
                    Node::Segment(segment) => {
                        return Some(Place {
                            segment,
                            starts_loop: index == 0 && !loops.is_empty(),
                            loops: loops.clone(),
                            path,
                        });
                    }
                }
            }
        })
    }

    /// The segment or loop at a path.
    ///
    /// `PO1/SLN/N1` is the loop N1 inside the loop SLN inside the loop PO1, and `PO1/SLN/N1/N1` the segment that starts
    /// it. Where two neighbours have one name, `REF[2]` is the second of them.
    ///
    /// ```
    /// use x12_edi::schema::{Node, Release, Standard};
    /// let order = Standard::of(Release::V004010).set("850").expect("a default set");
    /// assert!(matches!(order.find("PO1/SLN/N1"), Some(Node::Loop(_))));
    /// assert!(matches!(order.find("PO1/SLN/N1/N3"), Some(Node::Segment(_))));
    /// assert!(order.find("PO1/BEG").is_none());
    /// ```
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Node> {
        node_at(&self.nodes, &resolve(&self.nodes, path)?)
    }
}

/// The path of one of some neighbours, inside `around`.
pub(super) fn path_of(around: &str, siblings: &[Node], index: usize) -> String {
    let id = siblings.get(index).map_or("", Node::id);
    let before = siblings.iter().take(index);
    let nth = before.filter(|node| node.id() == id).count() + 1;
    let slash = if around.is_empty() { "" } else { "/" };
    if nth == 1 {
        format!("{around}{slash}{id}")
    } else {
        format!("{around}{slash}{id}[{nth}]")
    }
}

/// The index at each level.
pub(super) fn resolve(nodes: &[Node], path: &str) -> Option<Vec<usize>> {
    let mut siblings = Some(nodes);
    let mut indexes = Vec::new();
    for step in path.split('/') {
        let (id, nth) = match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
            Some((id, nth)) => (id, nth.parse::<usize>().ok()?.checked_sub(1)?),
            None => (step, 0),
        };
        let mut same = siblings?
            .iter()
            .enumerate()
            .filter(|(_, node)| node.id() == id);
        let (index, node) = same.nth(nth)?;
        indexes.push(index);
        siblings = node.as_loop().map(|inner| &*inner.nodes);
    }
    Some(indexes)
}

/// The node at an index for each level.
pub(super) fn node_at<'a>(nodes: &'a [Node], indexes: &[usize]) -> Option<&'a Node> {
    let (&last, around) = indexes.split_last()?;
    let mut siblings = nodes;
    for &index in around {
        siblings = &siblings.get(index)?.as_loop()?.nodes;
    }
    siblings.get(last)
}

/// The neighbours of the node at an index for each level, itself included, to be changed.
pub(super) fn siblings_mut<'a>(
    nodes: &'a mut Vec<Node>,
    indexes: &[usize],
) -> Option<&'a mut Vec<Node>> {
    let (_, around) = indexes.split_last()?;
    let mut siblings = nodes;
    for &index in around {
        match siblings.get_mut(index)? {
            Node::Loop(inner) => siblings = &mut inner.nodes,
            Node::Segment(_) => return None,
        }
    }
    Some(siblings)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::schema::{Area, Release, Standard, line};

    #[test]
    fn every_path_of_every_set_leads_back() {
        for &release in Release::ALL {
            let standard = Standard::of(release);
            for (code, _) in standard.sets() {
                let set = standard.set(code).unwrap();
                let mut seen = HashSet::new();
                for place in set.segments() {
                    let Some(Node::Segment(found)) = set.find(&place.path) else {
                        panic!("{release} {code}: {}", place.path);
                    };
                    assert!(std::ptr::eq(found, place.segment));
                    assert_eq!(place.depth(), place.path.matches('/').count());
                    if place.starts_loop {
                        assert_eq!(place.loops.last().unwrap().id, found.rule.id);
                    }
                    assert!(seen.insert(place.path));
                }
                assert_eq!(set.segments().next().unwrap().path, "ST");
                assert_eq!(set.segments().last().unwrap().path, "SE");
            }
        }
    }

    #[test]
    fn neighbours_of_one_name_are_counted() {
        let rule = |id: &str| Standard::of(Release::V004010).segment(id).cloned();
        let words = "ST! C8 (C8* N1) (N1 N2) N1 SE!".split(' ');
        let mut set = (**Standard::of(Release::V004010).set("997").unwrap()).clone();
        set.nodes = line::places(words, Area::Unknown, rule).unwrap();
        let paths: Vec<String> = set.segments().map(|place| place.path).collect();
        assert_eq!(
            paths,
            [
                "ST", "C8", "C8[2]/C8", "C8[2]/N1", "N1/N1", "N1/N2", "N1[2]", "SE"
            ]
        );
        assert!(matches!(set.find("C8"), Some(Node::Segment(_))));
        assert!(matches!(set.find("C8[2]"), Some(Node::Loop(_))));
        for path in [
            "", "/", "ST/", "ST/ST", "ST[0]", "ST[2]", "ST[x]", "[1]", "N1//N1",
        ] {
            assert!(set.find(path).is_none(), "{path}");
        }
        assert!(set.find("ST[1]").is_some());
    }
}
