//! Changes by path.

use super::build::node;
use super::node::{Item, LoopNode};
use super::path::{Address, ElementPlace, TreePath, holder_mut, item_at, loop_mut};
use super::{SegmentBuf, SetTree};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::schema::walk::PlaceId;
use crate::segment::Boundary;

/// An element: its repetitions, each with its components.
type Parts<'a> = Vec<Vec<&'a [u8]>>;

impl SegmentBuf {
    /// Sets element `number`, from 1, to one value without components or repetitions; elements
    /// before it that are not there become empty ones.
    ///
    /// ```
    /// let mut segment = x12_edi::SegmentBuf::new("REF").element("DP");
    /// segment.set_element(3, "TEXT");
    /// assert_eq!(segment.to_string(), "REF*DP**TEXT");
    /// ```
    pub fn set_element(&mut self, number: usize, value: impl AsRef<[u8]>) {
        self.change(number, None, value.as_ref());
    }

    /// Sets component `component` of element `number`, both from 1, and leaves the others; of a
    /// repeated element, in the first repetition.
    ///
    /// ```
    /// let mut segment = x12_edi::SegmentBuf::new("MEA").element("PD").element("WT");
    /// segment.set_component(4, 2, "0");
    /// assert_eq!(segment.to_string(), "MEA*PD*WT**>0");
    /// ```
    pub fn set_component(&mut self, number: usize, component: usize, value: impl AsRef<[u8]>) {
        if let Some(component) = component.checked_sub(1) {
            self.change(number, Some(component), value.as_ref());
        }
    }

    /// Takes the segment apart, changes one element and puts it together again.
    fn change(&mut self, number: usize, component: Option<usize>, value: &[u8]) {
        let Some(at) = number.checked_sub(1) else {
            return;
        };
        let mut elements: Vec<Parts<'_>> = Vec::new();
        for (boundary, bytes) in self.pieces().skip(1) {
            match (boundary, elements.last_mut()) {
                (Some(Boundary::Repetition), Some(element)) => element.push(vec![bytes]),
                (Some(Boundary::Component), Some(element)) => {
                    if let Some(components) = element.last_mut() {
                        components.push(bytes);
                    }
                }
                _ => elements.push(vec![vec![bytes]]),
            }
        }
        if elements.len() <= at {
            elements.resize_with(at + 1, || vec![vec![&b""[..]]]);
        }
        match (elements.get_mut(at), component) {
            (Some(element), None) => *element = vec![vec![value]],
            (Some(element), Some(component)) => {
                if let Some(components) = element.first_mut() {
                    components.resize(components.len().max(component + 1), b"");
                    if let Some(place) = components.get_mut(component) {
                        *place = value;
                    }
                }
            }
            (None, _) => {}
        }
        let mut new = Self::new(&self.id());
        for element in &elements {
            for (repetition, components) in element.iter().enumerate() {
                for (component, bytes) in components.iter().enumerate() {
                    let boundary = match (repetition, component) {
                        (0, 0) => Boundary::Element,
                        (_, 0) => Boundary::Repetition,
                        _ => Boundary::Component,
                    };
                    new.push(boundary, bytes);
                }
            }
        }
        *self = new;
    }
}

fn refuse(path: &str, expected: &str, remedy: &str) -> Error {
    Problem::new(ErrorKind::Schema, expected, remedy)
        .with_value(path.as_bytes())
        .into()
}

/// The number of the first item that must stand behind an item of `place`.
fn position(tree: &SetTree, holder: &LoopNode, place: PlaceId) -> usize {
    let plan = tree.plan();
    let places = plan.members(place);
    let rank = |item: &Item| {
        let id = item.first_segment()?.id();
        // Of several places with the same segment the last one that is not behind `place`.
        places
            .iter()
            .rev()
            .find(|&&member| member <= place && plan.segment_id(member) == id)
            .or_else(|| places.iter().find(|&&m| plan.segment_id(m) == id))
            .copied()
    };
    holder
        .items()
        .iter()
        .rposition(|item| rank(item).is_some_and(|rank| rank <= place))
        // Nothing stands before the segment that starts a loop.
        .map_or(usize::from(!holder.path().is_empty()), |at| at + 1)
}

impl SetTree {
    /// Sets every element at a path, for example `PO1/PO103`; how many there were.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`] for a path that is none or ends in no element.
    pub fn set_value(&mut self, path: &str, value: &str) -> Result<usize> {
        let parsed: TreePath = path.parse()?;
        let Some(ElementPlace { element, component }) = parsed.element else {
            let expected = "the path leads to no element";
            return Err(refuse(path, expected, "end it with one, such as `N104`"));
        };
        let addresses = parsed.addresses(&self.root);
        let mut changed = 0;
        for address in &addresses {
            let item = address
                .split_last()
                .and_then(|(&last, _)| holder_mut(&mut self.root, address)?.items.get_mut(last));
            let Some(segment) = item.and_then(Item::first_segment_mut) else {
                continue;
            };
            match component {
                None => segment.set_element(element.into(), value),
                Some(component) => {
                    segment.set_component(element.into(), component.into(), value);
                }
            }
            changed += 1;
        }
        Ok(changed)
    }

    /// Takes out every segment and loop at a path, loops with all they hold; how many there were.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`] for a path that is none.
    pub fn remove(&mut self, path: &str) -> Result<usize> {
        let parsed: TreePath = path.parse()?;
        let addresses = parsed.addresses(&self.root);
        // From the end, so that the numbers before stay right.
        for address in addresses.iter().rev() {
            if let Some((&last, _)) = address.split_last()
                && let Some(holder) = holder_mut(&mut self.root, address)
                && last < holder.items.len()
            {
                holder.items.remove(last);
                holder.number_loops();
            }
        }
        Ok(addresses.len())
    }

    /// Puts a segment into the loop at a path (empty for the set itself), at its place in the
    /// order of the standard and behind those of the same kind. A segment that starts an inner
    /// loop starts a new round of it.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`] for a path that does not lead to exactly one loop, and for a segment
    /// that has no place in it.
    pub fn insert(&mut self, path: &str, segment: SegmentBuf) -> Result<()> {
        let address = self.only_loop(path)?;
        let id = segment.id().into_owned();
        let (holder, of) = match item_at(&self.root, &address) {
            Some(Item::Loop(inner)) => (inner, Some(inner.path())),
            _ => (&self.root, None),
        };
        let Some(place) = self.plan.place_in(of.unwrap_or(""), &id) else {
            let expected = format!("{id} has no place in this loop");
            return Err(refuse(path, &expected, "give the loop that it belongs in"));
        };
        let at = position(self, holder, place);
        let item = match self.plan.starts_loop(place) {
            None => Item::Segment(segment),
            Some(id) => {
                let mut inner = node(id, self.plan.loop_path(place));
                inner.items.push(Item::Segment(segment));
                Item::Loop(inner)
            }
        };
        if let Some(holder) = loop_mut(&mut self.root, &address) {
            holder.items.insert(at.min(holder.items.len()), item);
            holder.number_loops();
        }
        Ok(())
    }

    fn only_loop(&self, path: &str) -> Result<Address> {
        if path.is_empty() {
            return Ok(Address::new());
        }
        let parsed: TreePath = path.parse()?;
        let mut found = parsed.addresses(&self.root).into_iter();
        match (found.next(), found.next()) {
            (Some(address), None)
                if item_at(&self.root, &address).is_some_and(|item| item.as_loop().is_some()) =>
            {
                Ok(address)
            }
            (Some(_), None) => Err(refuse(path, "the path leads to no loop", "name a loop")),
            (None, _) => Err(refuse(
                path,
                "there is nothing at this path",
                "check the path",
            )),
            (Some(_), Some(_)) => {
                let expected = "the path leads to more than one place";
                Err(refuse(path, expected, "select one, for example `PO1[1]`"))
            }
        }
    }
}
