//! Paths such as `PO1[2]/N1[ST]/N104`.

use std::fmt;
use std::str::FromStr;

use super::SegmentBuf;
use super::node::{Item, LoopNode};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::segment::Boundary;

/// Which of several.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Select {
    All,
    /// From 1.
    Nth(usize),
    /// Those whose element has this value.
    Having(u16, Box<str>),
}

/// A segment or a loop.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PathStep {
    id: Box<str>,
    select: Select,
}

/// An element, perhaps one component of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ElementPlace {
    pub(super) element: u16,
    pub(super) component: Option<u16>,
}

/// A way through a [`SetTree`](super::SetTree): to loops, segments or elements.
///
/// Steps are parted by `/`; each names a loop or a segment and may select among several:
///
/// | step | means |
/// |---|---|
/// | `PO1` | every loop (or segment) PO1 |
/// | `PO1[2]` | the second one beside each other |
/// | `N1[ST]` | those whose first element is `ST` |
/// | `N1[=92]` | the same for values that look like numbers |
/// | `N1[3=92]` | those whose third element is `92` |
/// | `N104` | at the end: the fourth element of segment N1, of the loop N1 or beside it |
/// | `REF04-2` | at the end: the second component of the fourth element |
///
/// ```
/// use x12_edi::document::tree::TreePath;
/// let path: TreePath = "PO1[2]/N1[ST]/N104".parse()?;
/// assert_eq!(path.to_string(), "PO1[2]/N1[ST]/N104");
/// assert!("PO1[".parse::<TreePath>().is_err());
/// # Ok::<(), x12_edi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreePath {
    steps: Vec<PathStep>,
    pub(super) element: Option<ElementPlace>,
    text: Box<str>,
}

/// The numbers of the items on the way down.
pub(super) type Address = Vec<usize>;

fn refuse(text: &str, expected: &str) -> Error {
    let remedy = "for example `PO1[2]/N1[ST]/N104`";
    Problem::new(ErrorKind::Schema, expected, remedy)
        .with_value(text.as_bytes())
        .into()
}

fn is_id(id: &str) -> bool {
    matches!(id.len(), 2 | 3)
        && id
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// `N104` or `REF04-2`.
fn element_place(step: &str) -> Option<(&str, ElementPlace)> {
    let (head, component) = match step.split_once('-') {
        Some((head, component)) => (head, Some(component.parse().ok().filter(|&n| n > 0)?)),
        None => (step, None),
    };
    let (id, element) = head.split_at_checked(head.len().checked_sub(2)?)?;
    let element = element.parse().ok().filter(|&number| number > 0)?;
    is_id(id).then_some((id, ElementPlace { element, component }))
}

fn selection(text: &str) -> Option<Select> {
    if text.is_empty() {
        return None;
    }
    if let Ok(nth) = text.parse() {
        return (nth > 0).then_some(Select::Nth(nth));
    }
    Some(match text.split_once('=') {
        None => Select::Having(1, text.into()),
        Some(("", value)) => Select::Having(1, value.into()),
        Some((element, value)) => {
            Select::Having(element.parse().ok().filter(|&n| n > 0)?, value.into())
        }
    })
}

impl FromStr for TreePath {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut path = Self {
            steps: Vec::new(),
            element: None,
            text: text.into(),
        };
        let mut rest = text.split('/').peekable();
        while let Some(step) = rest.next() {
            let (id, select) = match step.split_once('[') {
                None => (step, Select::All),
                Some((id, selector)) => {
                    let selector = selector
                        .strip_suffix(']')
                        .and_then(selection)
                        .ok_or_else(|| refuse(text, "a selection in brackets is not readable"))?;
                    (id, selector)
                }
            };
            if is_id(id) {
                path.steps.push(PathStep {
                    id: id.into(),
                    select,
                });
                continue;
            }
            match element_place(id) {
                Some((id, place)) if rest.peek().is_none() && select == Select::All => {
                    path.steps.push(PathStep {
                        id: id.into(),
                        select,
                    });
                    path.element = Some(place);
                }
                _ => return Err(refuse(text, "a step of the path is not readable")),
            }
        }
        Ok(path)
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The bytes at a place; `None` where the segment ends before.
pub(super) fn value_at(segment: &SegmentBuf, place: ElementPlace) -> Option<&[u8]> {
    let (mut element, mut component) = (0, 0);
    let wanted = place.component.unwrap_or(1);
    for (boundary, bytes) in segment.pieces() {
        match boundary {
            None => {}
            Some(Boundary::Element) => (element, component) = (element + 1, 1),
            Some(Boundary::Component) => component += 1,
            // Paths look at the first repetition.
            Some(Boundary::Repetition) => component = 0x8000,
        }
        if (element, component) == (place.element, wanted) {
            return Some(bytes);
        }
    }
    None
}

impl PathStep {
    fn selects(&self, item: &Item, nth: usize) -> bool {
        match &self.select {
            Select::All => true,
            Select::Nth(wanted) => *wanted == nth,
            Select::Having(element, value) => {
                let place = ElementPlace {
                    element: *element,
                    component: None,
                };
                item.first_segment()
                    .and_then(|segment| value_at(segment, place))
                    .is_some_and(|found| found == value.as_bytes())
            }
        }
    }
}

fn id_of(item: &Item) -> &[u8] {
    match item {
        Item::Loop(inner) => inner.id.as_bytes(),
        Item::Segment(segment) => segment.pieces().next().map_or(&[][..], |(_, id)| id),
    }
}

/// The items of a node that a step names.
fn children<'a>(node: &'a LoopNode, step: &'a PathStep) -> impl Iterator<Item = usize> + 'a {
    node.items
        .iter()
        .enumerate()
        .filter(|(_, item)| id_of(item) == step.id.as_bytes())
        .enumerate()
        .filter(|(nth, (_, item))| step.selects(item, nth + 1))
        .map(|(_, (at, _))| at)
}

impl TreePath {
    /// Where everything is that the path leads to. With an element at the end these are segments
    /// or loops that begin with one.
    pub(super) fn addresses(&self, root: &LoopNode) -> Vec<Address> {
        let mut found: Vec<Address> = vec![Vec::new()];
        for (number, step) in self.steps.iter().enumerate() {
            let is_last = number + 1 == self.steps.len();
            let mut next = Vec::new();
            for address in found {
                match item_at(root, &address) {
                    // An element of the segment that the step before has named.
                    Some(item) if is_last && self.element.is_some() && names(item, step) => {
                        next.push(address);
                    }
                    Some(Item::Segment(_)) => {}
                    Some(Item::Loop(node)) => below(node, step, &address, &mut next),
                    None => below(root, step, &address, &mut next),
                }
            }
            found = next;
        }
        found
    }
}

fn names(item: &Item, step: &PathStep) -> bool {
    let segment = item.first_segment();
    segment.is_some_and(|segment| segment.id().as_bytes() == step.id.as_bytes())
}

fn below(node: &LoopNode, step: &PathStep, address: &[usize], next: &mut Vec<Address>) {
    next.extend(children(node, step).map(|at| {
        let mut deeper = address.to_vec();
        deeper.push(at);
        deeper
    }));
}

/// The item at an address; `None` for the root.
pub(super) fn item_at<'a>(root: &'a LoopNode, address: &[usize]) -> Option<&'a Item> {
    let (&first, rest) = address.split_first()?;
    let item = root.items.get(first)?;
    match item {
        Item::Loop(inner) if !rest.is_empty() => item_at(inner, rest),
        _ => Some(item),
    }
}

/// The loop that holds the item at an address.
pub(super) fn holder_mut<'a>(
    root: &'a mut LoopNode,
    address: &[usize],
) -> Option<&'a mut LoopNode> {
    match address {
        [] => None,
        [_] => Some(root),
        [first, rest @ ..] => match root.items.get_mut(*first)? {
            Item::Loop(inner) => holder_mut(inner, rest),
            Item::Segment(_) => None,
        },
    }
}

/// The loop at an address, which for an empty one is the root.
pub(super) fn loop_mut<'a>(root: &'a mut LoopNode, address: &[usize]) -> Option<&'a mut LoopNode> {
    let Some((&last, _)) = address.split_last() else {
        return Some(root);
    };
    match holder_mut(root, address)?.items.get_mut(last)? {
        Item::Loop(inner) => Some(inner),
        Item::Segment(_) => None,
    }
}
