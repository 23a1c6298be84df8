//! The levels of HL segments: who is below whom.

use std::borrow::Cow;
use std::collections::HashMap;

use super::node::LoopNode;

/// One HL loop.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Level<'a> {
    /// HL01.
    pub id: Cow<'a, str>,
    /// HL02, empty at the top.
    pub parent_id: Cow<'a, str>,
    /// HL03, for example `S` (shipment), `O` (order), `P` (pack), `I` (item).
    pub code: Cow<'a, str>,
    /// The loop with its segments.
    pub node: &'a LoopNode,
    /// The number of the level above in [`Hierarchy::levels`].
    pub parent: Option<usize>,
    /// The numbers of the levels below, in the order of the document.
    pub children: Vec<usize>,
}

/// The tree that HL01 and HL02 make of the HL loops of a set, as in the ship notice (856).
///
/// ```
/// # use x12_edi::document::tree::SetTree;
/// # fn example(tree: &SetTree) {
/// let hierarchy = tree.hierarchy();
/// for order in hierarchy.levels().iter().filter(|level| level.code == "O") {
///     for &item in &order.children {
///         println!("{} below {}", hierarchy.levels()[item].id, order.id);
///     }
/// }
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Hierarchy<'a> {
    levels: Vec<Level<'a>>,
}

impl<'a> Hierarchy<'a> {
    /// The HL loops directly below a node.
    #[must_use]
    pub fn of(node: &'a LoopNode) -> Self {
        let mut levels: Vec<Level<'a>> = Vec::new();
        let mut by_id: HashMap<Cow<'a, str>, usize> = HashMap::new();
        for inner in node.loops_of("HL") {
            let Some(hl) = inner.start() else { continue };
            let (id, parent_id) = (hl.text(1), hl.text(2));
            // A level comes before those below it; of two with one number the later one counts.
            let parent = by_id
                .get(&parent_id)
                .copied()
                .filter(|_| !parent_id.is_empty());
            let number = levels.len();
            if let Some(parent) = parent.and_then(|parent| levels.get_mut(parent)) {
                parent.children.push(number);
            }
            by_id.insert(id.clone(), number);
            levels.push(Level {
                id,
                parent_id,
                code: hl.text(3),
                node: inner,
                parent,
                children: Vec::new(),
            });
        }
        Self { levels }
    }

    /// All levels in the order of the document.
    #[must_use]
    pub fn levels(&self) -> &[Level<'a>] {
        &self.levels
    }

    /// The levels at the top: those without HL02, and those whose HL02 names no earlier level.
    pub fn roots(&self) -> impl Iterator<Item = &Level<'a>> {
        self.levels.iter().filter(|level| level.parent.is_none())
    }

    /// The levels directly below one.
    pub fn children<'h>(&'h self, level: &'h Level<'a>) -> impl Iterator<Item = &'h Level<'a>> {
        let numbers = level.children.iter();
        numbers.filter_map(|&number| self.levels.get(number))
    }

    /// The level above one.
    #[must_use]
    pub fn parent<'h>(&'h self, level: &Level<'a>) -> Option<&'h Level<'a>> {
        self.levels.get(level.parent?)
    }

    /// The level with this HL01.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Level<'a>> {
        self.levels.iter().find(|level| level.id == id)
    }
}
