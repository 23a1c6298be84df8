//! Two sets side by side.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Difference, What};
use crate::schema::codes::CodeList;
use crate::schema::model::{
    ElementKind, ElementRule, Node, Requirement, SegmentRule, SetSchema, SyntaxNote,
};
use crate::schema::path::path_of;

pub(super) fn sets(before: &SetSchema, after: &SetSchema) -> Vec<Difference> {
    let mut found = Vec::new();
    nodes(("", &before.nodes), ("", &after.nodes), &mut found);
    found
}

/// Neighbours with the path around them.
type Siblings<'a> = (&'a str, &'a [Node]);

fn nodes(before: Siblings<'_>, after: Siblings<'_>, found: &mut Vec<Difference>) {
    let (mut left, mut right) = (0, 0);
    for (same_left, same_right) in pairs(before.1, after.1) {
        removed(before, left..same_left, found);
        added(after, right..same_right, found);
        let old = path_of(before.0, before.1, same_left);
        let new = path_of(after.0, after.1, same_right);
        if let (Some(a), Some(b)) = (before.1.get(same_left), after.1.get(same_right)) {
            node((&old, a), (&new, b), found);
        }
        (left, right) = (same_left + 1, same_right + 1);
    }
    removed(before, left..before.1.len(), found);
    added(after, right..after.1.len(), found);
}

fn removed(siblings: Siblings<'_>, range: std::ops::Range<usize>, found: &mut Vec<Difference>) {
    for index in range {
        if let Some(node) = siblings.1.get(index) {
            let places = node.to_string();
            let path = path_of(siblings.0, siblings.1, index);
            found.push(difference(&path, What::Removed { places }));
        }
    }
}

fn added(siblings: Siblings<'_>, range: std::ops::Range<usize>, found: &mut Vec<Difference>) {
    for index in range {
        if let Some(node) = siblings.1.get(index) {
            let places = node.to_string();
            let path = path_of(siblings.0, siblings.1, index);
            found.push(difference(&path, What::Added { places }));
        }
    }
}

/// The indexes of nodes that both have, as many as there can be in the same order.
fn pairs(before: &[Node], after: &[Node]) -> Vec<(usize, usize)> {
    let same =
        |a: &Node, b: &Node| a.id() == b.id() && a.as_loop().is_some() == b.as_loop().is_some();
    // What is the same at the start and at the end needs no search.
    let head = before
        .iter()
        .zip(after)
        .take_while(|(a, b)| same(a, b))
        .count();
    let middle = |nodes: &[Node]| nodes.len() - head;
    let tail = before
        .iter()
        .rev()
        .take(middle(before))
        .zip(after.iter().rev().take(middle(after)))
        .take_while(|(a, b)| same(a, b))
        .count();
    let (rows, columns) = (middle(before) - tail, middle(after) - tail);
    // `length[row][column]`: how many pairs there are from there to the ends.
    let width = columns + 1;
    let mut length = vec![0_usize; (rows + 1) * width];
    let at = |length: &[usize], row: usize, column: usize| {
        length.get(row * width + column).copied().unwrap_or(0)
    };
    let pair = |row: usize, column: usize| match (before.get(head + row), after.get(head + column))
    {
        (Some(a), Some(b)) => same(a, b),
        _ => false,
    };
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            let best = if pair(row, column) {
                at(&length, row + 1, column + 1) + 1
            } else {
                at(&length, row + 1, column).max(at(&length, row, column + 1))
            };
            if let Some(cell) = length.get_mut(row * width + column) {
                *cell = best;
            }
        }
    }
    let mut found: Vec<(usize, usize)> = (0..head).map(|index| (index, index)).collect();
    let (mut row, mut column) = (0, 0);
    while row < rows && column < columns {
        if pair(row, column) {
            found.push((head + row, head + column));
            (row, column) = (row + 1, column + 1);
        } else if at(&length, row + 1, column) >= at(&length, row, column + 1) {
            row += 1;
        } else {
            column += 1;
        }
    }
    found.extend((0..tail).map(|index| (head + rows + index, head + columns + index)));
    found
}

fn node(before: (&str, &Node), after: (&str, &Node), found: &mut Vec<Difference>) {
    let path = after.0;
    match (before.1, after.1) {
        (Node::Segment(a), Node::Segment(b)) => {
            if a.requirement != b.requirement {
                let (from, to) = (a.requirement, b.requirement);
                found.push(difference(path, What::Requirement { from, to }));
            }
            if a.max_use != b.max_use {
                let (from, to) = (a.max_use, b.max_use);
                found.push(difference(path, What::Repeat { from, to }));
            }
            if a.area != b.area {
                let (from, to) = (a.area, b.area);
                found.push(difference(path, What::Area { from, to }));
            }
            if !Arc::ptr_eq(&a.rule, &b.rule) {
                segment(path, &a.rule, &b.rule, found);
            }
        }
        (Node::Loop(a), Node::Loop(b)) => {
            if a.requirement != b.requirement {
                let (from, to) = (a.requirement, b.requirement);
                found.push(difference(path, What::Requirement { from, to }));
            }
            if a.repeat != b.repeat {
                let (from, to) = (a.repeat, b.repeat);
                found.push(difference(path, What::Repeat { from, to }));
            }
            nodes((before.0, &a.nodes), (after.0, &b.nodes), found);
        }
        _ => {}
    }
}

fn segment(path: &str, before: &SegmentRule, after: &SegmentRule, found: &mut Vec<Difference>) {
    let place = |element, what| Difference {
        element: Some(element),
        ..difference(path, what)
    };
    elements(
        &before.elements,
        &after.elements,
        &place,
        found,
        |element, a, b, found| {
            if let (ElementKind::Composite(a), ElementKind::Composite(b)) = (&a.kind, &b.kind)
                && !Arc::ptr_eq(a, b)
            {
                let place = |component, what| Difference {
                    element: Some(element),
                    component: Some(component),
                    ..difference(path, what)
                };
                elements(&a.components, &b.components, &place, found, |_, _, _, _| {});
                notes(&a.notes, &b.notes, |what| {
                    found.push(Difference {
                        element: Some(element),
                        ..difference(path, what)
                    });
                });
            }
        },
    );
    notes(&before.notes, &after.notes, |what| {
        found.push(difference(path, what));
    });
}

fn elements(
    before: &[ElementRule],
    after: &[ElementRule],
    place: &dyn Fn(usize, What) -> Difference,
    found: &mut Vec<Difference>,
    inside: impl Fn(usize, &ElementRule, &ElementRule, &mut Vec<Difference>),
) {
    for (index, (a, b)) in before.iter().zip(after).enumerate() {
        element(a, b, |what| found.push(place(index + 1, what)));
        inside(index + 1, a, b, found);
    }
    for (index, rule) in before.iter().enumerate().skip(after.len()) {
        let number = rule.element.to_string();
        found.push(place(index + 1, What::ElementRemoved { number }));
    }
    for (index, rule) in after.iter().enumerate().skip(before.len()) {
        let number = rule.element.to_string();
        found.push(place(index + 1, What::ElementAdded { number }));
    }
}

fn element(before: &ElementRule, after: &ElementRule, mut found: impl FnMut(What)) {
    if before.element != after.element {
        let (from, to) = (before.element.to_string(), after.element.to_string());
        found(What::Element { from, to });
    }
    if plain(before.requirement) != plain(after.requirement) {
        let (from, to) = (before.requirement, after.requirement);
        found(What::Requirement { from, to });
    }
    if before.repeat != after.repeat {
        let (from, to) = (before.repeat, after.repeat);
        found(What::Repeat { from, to });
    }
    let (
        ElementKind::Simple {
            ty: old_ty,
            min: old_min,
            max: old_max,
            codes: old_codes,
        },
        ElementKind::Simple {
            ty,
            min,
            max,
            codes,
        },
    ) = (&before.kind, &after.kind)
    else {
        return;
    };
    if old_ty != ty {
        let (from, to) = (*old_ty, *ty);
        found(What::Type { from, to });
    }
    if old_min != min {
        let (from, to) = (*old_min, *min);
        found(What::MinLength { from, to });
    }
    if old_max != max {
        let (from, to) = (*old_max, *max);
        found(What::MaxLength { from, to });
    }
    match (old_codes, codes) {
        (None, None) => {}
        (None, Some(codes)) => found(What::CodesListed {
            codes: texts(codes.iter()),
        }),
        (Some(_), None) => found(What::CodesFree),
        (Some(old), Some(new)) if Arc::ptr_eq(old, new) || old == new => {}
        (Some(old), Some(new)) => found(What::Codes {
            added: texts(new.iter().filter(|code| !old.contains(code))),
            removed: texts(without(old, new)),
        }),
    }
}

fn without<'a>(list: &'a CodeList, other: &'a CodeList) -> impl Iterator<Item = &'a [u8]> {
    list.iter().filter(|code| !other.contains(code))
}

fn texts<'a>(codes: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    codes
        .map(|code| String::from_utf8_lossy(code).into_owned())
        .collect()
}

fn notes(before: &[SyntaxNote], after: &[SyntaxNote], mut found: impl FnMut(What)) {
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (
        before.iter().map(ToString::to_string).collect(),
        after.iter().map(ToString::to_string).collect(),
    );
    for note in before
        .iter()
        .filter(|note| !new.contains(&note.to_string()))
    {
        found(What::NoteRemoved { note: note.clone() });
    }
    for note in after.iter().filter(|note| !old.contains(&note.to_string())) {
        found(What::NoteAdded { note: note.clone() });
    }
}

/// Optional and conditional differ by notes only, and those are compared themselves.
const fn plain(requirement: Requirement) -> Requirement {
    match requirement {
        Requirement::Conditional => Requirement::Optional,
        other => other,
    }
}

fn difference(path: &str, what: What) -> Difference {
    Difference {
        path: path.to_owned(),
        element: None,
        component: None,
        what,
    }
}
