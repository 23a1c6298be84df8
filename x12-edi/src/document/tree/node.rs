//! The nodes of a tree.

use super::SegmentBuf;

/// One part of a loop, in the order of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A segment; also one that the set has no place for.
    Segment(SegmentBuf),
    /// One round of an inner loop.
    Loop(LoopNode),
}

impl Item {
    /// The segment, if it is one.
    #[must_use]
    pub fn as_segment(&self) -> Option<&SegmentBuf> {
        match self {
            Self::Segment(segment) => Some(segment),
            Self::Loop(_) => None,
        }
    }

    /// The loop, if it is one.
    #[must_use]
    pub fn as_loop(&self) -> Option<&LoopNode> {
        match self {
            Self::Segment(_) => None,
            Self::Loop(inner) => Some(inner),
        }
    }

    /// The segment itself, or the one that starts the loop.
    #[must_use]
    pub fn first_segment(&self) -> Option<&SegmentBuf> {
        match self {
            Self::Segment(segment) => Some(segment),
            Self::Loop(inner) => inner.start(),
        }
    }

    pub(super) fn first_segment_mut(&mut self) -> Option<&mut SegmentBuf> {
        match self {
            Self::Segment(segment) => Some(segment),
            Self::Loop(inner) => inner.items.first_mut().and_then(Self::first_segment_mut),
        }
    }
}

/// One round of a loop, or the whole set: its segments and inner loops in the order of the
/// document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoopNode {
    pub(super) id: Box<str>,
    pub(super) path: Box<str>,
    pub(super) iteration: u32,
    pub(super) items: Vec<Item>,
}

impl LoopNode {
    /// The loop, named after the segment that starts it, for example `N1`; empty for the set.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The loop with those around it, for example `PO1/SCH`; empty for the set.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Which round of the loop this is among those beside it, from 1.
    #[must_use]
    pub fn iteration(&self) -> u32 {
        self.iteration
    }

    /// Segments and loops in the order of the document.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The segment that starts the loop; for the set it is ST.
    #[must_use]
    pub fn start(&self) -> Option<&SegmentBuf> {
        self.items.first().and_then(Item::first_segment)
    }

    /// The segments of this loop, without those of inner ones.
    pub fn segments(&self) -> impl Iterator<Item = &SegmentBuf> {
        self.items.iter().filter_map(Item::as_segment)
    }

    /// The inner loops.
    pub fn loops(&self) -> impl Iterator<Item = &LoopNode> {
        self.items.iter().filter_map(Item::as_loop)
    }

    /// The inner loops of this id.
    pub fn loops_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a LoopNode> {
        self.loops().filter(move |inner| &*inner.id == id)
    }

    /// Every segment with the loop that holds it, inner loops included, in the order of the
    /// document.
    #[must_use]
    pub fn all_segments(&self) -> AllSegments<'_> {
        AllSegments {
            open: vec![(self, self.items.iter())],
        }
    }

    pub(super) fn number_loops(&mut self) {
        let mut seen: Vec<(Box<str>, u32)> = Vec::new();
        for item in &mut self.items {
            let Item::Loop(inner) = item else { continue };
            inner.iteration = match seen.iter_mut().find(|(id, _)| *id == inner.id) {
                Some((_, count)) => {
                    *count += 1;
                    *count
                }
                None => {
                    seen.push((inner.id.clone(), 1));
                    1
                }
            };
        }
    }
}

/// Every segment below a loop: what [`LoopNode::all_segments`] gives.
#[derive(Debug, Clone)]
pub struct AllSegments<'a> {
    open: Vec<(&'a LoopNode, std::slice::Iter<'a, Item>)>,
}

impl<'a> Iterator for AllSegments<'a> {
    type Item = (&'a LoopNode, &'a SegmentBuf);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((node, items)) = self.open.last_mut() {
            match items.next() {
                None => {
                    self.open.pop();
                }
                Some(Item::Segment(segment)) => return Some((node, segment)),
                Some(Item::Loop(inner)) => self.open.push((inner, inner.items.iter())),
            }
        }
        None
    }
}
