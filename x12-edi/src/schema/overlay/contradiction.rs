//! What cannot be fulfilled by any data once all changes are made.

use std::collections::BTreeSet;

use super::own::Wrong;
use crate::schema::model::{
    ElementKind, ElementRule, Node, NoteKind, Requirement, SegmentRule, SetSchema, SyntaxNote,
};

type Contradiction = (String, Option<usize>, Wrong);

/// Of the segments at these paths.
pub(super) fn all(set: &SetSchema, paths: &BTreeSet<String>) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for path in paths {
        if let Some(Node::Segment(segment)) = set.find(path) {
            segment_rule(path, &segment.rule, &mut found);
        }
    }
    found
}

fn segment_rule(path: &str, rule: &SegmentRule, found: &mut Vec<Contradiction>) {
    elements(path, None, &rule.elements, &rule.notes, found);
    for (index, element) in rule.elements.iter().enumerate() {
        if let ElementKind::Composite(composite) = &element.kind {
            let place = Some(index + 1);
            elements(path, place, &composite.components, &composite.notes, found);
        }
    }
}

fn elements(
    path: &str,
    inside: Option<usize>,
    rules: &[ElementRule],
    notes: &[SyntaxNote],
    found: &mut Vec<Contradiction>,
) {
    for (index, rule) in rules.iter().enumerate() {
        let ElementKind::Simple {
            min, max, codes, ..
        } = &rule.kind
        else {
            continue;
        };
        let mut wrong = Vec::new();
        if *min == 0 || min > max {
            wrong.push(
                Wrong::new(
                    "a least length from 1 up to the greatest length",
                    "change `min` or `max`",
                )
                .found(format!("{min} to {max}")),
            );
        }
        let fits =
            |code: &&[u8]| u32::try_from(code.len()).is_ok_and(|len| (*min..=*max).contains(&len));
        if let Some(code) = codes
            .iter()
            .flat_map(|list| list.iter())
            .find(|code| !fits(code))
        {
            wrong.push(
                Wrong::new(
                    format!("codes of {min} to {max} characters"),
                    "change the length too, or take the codes that do not fit out of the list",
                )
                .found(String::from_utf8_lossy(code)),
            );
        }
        let place = inside.or(Some(index + 1));
        found.extend(
            wrong
                .into_iter()
                .map(|wrong| (path.to_owned(), place, wrong)),
        );
    }
    for note in notes.iter().filter(|note| !can_hold(note, rules)) {
        let wrong = Wrong::new(
            "elements that can be sent together as the note wants it",
            "remove the note, or change what is required and forbidden",
        );
        found.push((path.to_owned(), inside, wrong.found(note.to_string())));
    }
}

/// Whether some data fulfils the note, the requirements being what they are.
fn can_hold(note: &SyntaxNote, rules: &[ElementRule]) -> bool {
    let requirement = |&place: &u8| {
        usize::from(place)
            .checked_sub(1)
            .and_then(|index| rules.get(index))
            .map_or(Requirement::Optional, |rule| rule.requirement)
    };
    let must = |place: &u8| requirement(place) == Requirement::Mandatory;
    let cannot = |place: &u8| requirement(place) == Requirement::Forbidden;
    let (first, others) = match note.places.split_first() {
        Some((first, others)) => (must(first), others),
        None => return true,
    };
    match note.kind {
        NoteKind::Paired => !(note.places.iter().any(must) && note.places.iter().any(cannot)),
        NoteKind::Required => !note.places.iter().all(cannot),
        NoteKind::Exclusion => note.places.iter().filter(|place| must(place)).count() < 2,
        NoteKind::Conditional => !(first && others.iter().any(cannot)),
        NoteKind::ListConditional => !(first && others.iter().all(cannot)),
    }
}
