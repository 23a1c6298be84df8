//! Who belongs to whom in a shipment.

use std::collections::HashMap;
use std::fmt;

use super::Level;
use crate::document::segments::{LevelKind, OrderReference};
use crate::finding::FindingCode;

/// The levels of a shipment as a forest.
///
/// A level whose parent is not there, and one level of a ring of parents, stand at the top beside
/// those without a parent; so every level is below exactly one top. Where an id is there twice, a
/// child belongs to the level of that id that stands last before it.
#[derive(Debug, Clone)]
pub struct Hierarchy<'a> {
    levels: &'a [Level],
    parents: Vec<Option<usize>>,
    children: Vec<Vec<usize>>,
    faults: Vec<Fault>,
}

/// What is wrong with a level.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) code: FindingCode,
    /// Index of the level.
    pub(crate) level: usize,
    /// Element of HL.
    pub(crate) element: usize,
    pub(crate) value: String,
    pub(crate) text: String,
}

impl Fault {
    fn parent(code: FindingCode, level: usize, id: &str, text: &str) -> Self {
        Self {
            code,
            level,
            element: 2,
            value: id.to_owned(),
            text: text.to_owned(),
        }
    }
}

impl<'a> Hierarchy<'a> {
    pub(crate) fn new(levels: &'a [Level]) -> Self {
        let mut hierarchy = Self {
            levels,
            parents: vec![None; levels.len()],
            children: vec![Vec::new(); levels.len()],
            faults: Vec::new(),
        };
        let later = hierarchy.link_backward();
        hierarchy.link_forward(&later);
        if !later.is_empty() {
            hierarchy.cut_rings();
        }
        for (index, parent) in hierarchy.parents.iter().enumerate() {
            let children = parent.and_then(|parent| hierarchy.children.get_mut(parent));
            if let Some(children) = children {
                children.push(index);
            }
        }
        hierarchy.check_child_codes();
        hierarchy.faults.sort_by_key(|fault| fault.level);
        hierarchy
    }

    /// Links each level to one before it; gives those for which there is none.
    fn link_backward(&mut self) -> Vec<usize> {
        let mut known: HashMap<&str, usize> = HashMap::with_capacity(self.levels.len());
        let mut later = Vec::new();
        for (index, (level, parent)) in self.levels.iter().zip(&mut self.parents).enumerate() {
            if let Some(id) = level.parent_id() {
                match known.get(id) {
                    Some(&at) => *parent = Some(at),
                    None => later.push(index),
                }
            }
            if known.insert(level.id(), index).is_some() && !level.id().is_empty() {
                self.faults.push(Fault {
                    code: FindingCode::HierarchyNumberRepeated,
                    level: index,
                    element: 1,
                    value: level.id().to_owned(),
                    text: "another level before it has the same HL01".to_owned(),
                });
            }
        }
        later
    }

    /// Links levels whose parent stands behind them.
    fn link_forward(&mut self, later: &[usize]) {
        let mut known: HashMap<&str, usize> = HashMap::new();
        if !later.is_empty() {
            for (index, level) in self.levels.iter().enumerate() {
                known.entry(level.id()).or_insert(index);
            }
        }
        for &index in later {
            let Some(id) = self.levels.get(index).and_then(Level::parent_id) else {
                continue;
            };
            let parent = known.get(id).copied();
            if let Some(slot) = self.parents.get_mut(index) {
                *slot = parent;
            }
            self.faults.push(match parent {
                Some(_) => Fault::parent(
                    FindingCode::HierarchyOutOfOrder,
                    index,
                    id,
                    "the level to which it belongs stands behind it",
                ),
                None => Fault::parent(
                    FindingCode::HierarchyParentUnknown,
                    index,
                    id,
                    "no level has this HL01; it is kept at the top",
                ),
            });
        }
    }

    /// Puts the first level of each ring of parents at the top.
    fn cut_rings(&mut self) {
        // Which walk came by a level; 0 is none.
        let mut walks = vec![0_usize; self.levels.len()];
        let mut cut = vec![false; self.levels.len()];
        for start in 0..self.levels.len() {
            let walk = start + 1;
            let mut at = Some(start);
            while let Some(index) = at {
                match walks.get_mut(index) {
                    Some(seen) if *seen == 0 => *seen = walk,
                    Some(seen) if *seen == walk => {
                        let first = self.cut_ring(index);
                        if let Some(cut) = cut.get_mut(first) {
                            *cut = true;
                        }
                        break;
                    }
                    _ => break,
                }
                at = self.parents.get(index).copied().flatten();
            }
        }
        // They have been reported as out of order already; a ring says it better.
        for fault in &mut self.faults {
            let is_cut = cut.get(fault.level).copied().unwrap_or(false);
            if is_cut && fault.code == FindingCode::HierarchyOutOfOrder {
                fault.code = FindingCode::HierarchyRing;
                fault.text =
                    "the level belongs to itself by way of HL02; it is kept at the top".to_owned();
            }
        }
    }

    /// Cuts the ring of which `start` is a part; gives the first level of it, which is at the top
    /// from now on. Its parent stands behind it, or is itself.
    fn cut_ring(&mut self, start: usize) -> usize {
        let (mut first, mut at) = (start, start);
        while let Some(parent) = self.parents.get(at).copied().flatten() {
            at = parent;
            first = first.min(at);
            if at == start {
                break;
            }
        }
        if let Some(slot) = self.parents.get_mut(first) {
            *slot = None;
        }
        first
    }

    /// HL04 is optional; where it is there it must be right.
    fn check_child_codes(&mut self) {
        for (index, (level, children)) in self.levels.iter().zip(&self.children).enumerate() {
            let Some(code) = &level.hierarchy.child else {
                continue;
            };
            let expected = if children.is_empty() { "0" } else { "1" };
            if (code == "0" || code == "1") && code != expected {
                self.faults.push(Fault {
                    code: FindingCode::HierarchyChildCodeWrong,
                    level: index,
                    element: 4,
                    value: code.as_str().to_owned(),
                    text: format!("{} levels are below it", children.len()),
                });
            }
        }
    }

    /// What is wrong with the levels, in the order of the set.
    pub(crate) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// All levels in the order of the set.
    pub fn nodes<'h>(&'h self) -> impl Iterator<Item = Node<'h>> {
        (0..self.levels.len()).filter_map(|index| self.node(index))
    }

    /// The levels at the top, most often one: the shipment.
    pub fn tops<'h>(&'h self) -> impl Iterator<Item = Node<'h>> {
        self.nodes().filter(|node| node.parent().is_none())
    }

    /// The levels that name a parent and could not be put below it.
    pub fn orphans<'h>(&'h self) -> impl Iterator<Item = Node<'h>> {
        self.tops().filter(|node| node.level.parent_id().is_some())
    }

    /// The level at this index of [`ShipNotice::levels`](super::ShipNotice::levels).
    #[must_use]
    pub fn node(&self, index: usize) -> Option<Node<'_>> {
        let level = self.levels.get(index)?;
        Some(Node {
            hierarchy: self,
            index,
            level,
        })
    }

    /// The first level of this HL01.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Node<'_>> {
        self.nodes().find(|node| node.level.id() == id)
    }
}

/// A level and its place in the shipment.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    hierarchy: &'a Hierarchy<'a>,
    index: usize,
    level: &'a Level,
}

impl fmt::Debug for Node<'_> {
    /// The level alone, not the whole shipment.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node")
            .field("index", &self.index)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

impl<'a> Node<'a> {
    /// The level.
    #[must_use]
    pub fn level(&self) -> &'a Level {
        self.level
    }

    /// Its index in [`ShipNotice::levels`](super::ShipNotice::levels).
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// What HL03 says.
    #[must_use]
    pub fn kind(&self) -> LevelKind {
        self.level.kind()
    }

    /// The level to which it belongs.
    #[must_use]
    pub fn parent(&self) -> Option<Node<'a>> {
        let parent = self.hierarchy.parents.get(self.index).copied().flatten()?;
        self.hierarchy.node(parent)
    }

    /// The levels that belong to it, in the order of the set.
    pub fn children(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        let hierarchy = self.hierarchy;
        let children = hierarchy.children.get(self.index);
        let indices = children.map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|&index| hierarchy.node(index))
    }

    /// Its parent, the parent of that, and so on to the top.
    pub fn ancestors(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        std::iter::successors(self.parent(), Node::parent)
    }

    /// All levels below it, each before those below itself.
    pub fn descendants(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        let hierarchy = self.hierarchy;
        let mut open: Vec<usize> = Vec::new();
        let reversed = |index: usize| {
            let children = hierarchy.children.get(index).map_or(&[][..], Vec::as_slice);
            children.iter().rev().copied()
        };
        open.extend(reversed(self.index));
        std::iter::from_fn(move || {
            let index = open.pop()?;
            open.extend(reversed(index));
            hierarchy.node(index)
        })
    }

    /// How many levels are above it.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.ancestors().count()
    }

    /// The order to which it belongs: its own PRF or that of the next level above that has one.
    #[must_use]
    pub fn order(&self) -> Option<&'a OrderReference> {
        self.upward(|level| level.order.as_ref())
    }

    /// The serial shipping container code of the package that it is, or in which it lies.
    #[must_use]
    pub fn sscc(&self) -> Option<&'a str> {
        self.upward(Level::sscc)
    }

    fn upward<T>(&self, get: impl Fn(&'a Level) -> Option<T>) -> Option<T> {
        let own = get(self.level);
        own.or_else(|| self.ancestors().find_map(|node| get(node.level)))
    }
}
