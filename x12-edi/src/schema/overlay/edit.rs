//! One change of one segment's inside.

use std::sync::Arc;

use super::change::Edit;
use super::own::{Rules, Wrong, beyond, fits};
use crate::schema::codes::CodeList;
use crate::schema::model::{
    CompositeRule, ElementKind, ElementRule, MaxUse, Requirement, SegmentRule, SyntaxNote,
};
use crate::schema::release::Release;

/// Where inside a segment.
#[derive(Clone, Copy)]
pub(super) struct Inside {
    pub(super) element: Option<usize>,
    pub(super) component: Option<usize>,
}

/// Makes the change; `false` if everything was so before.
pub(super) fn inside(
    rule: &mut SegmentRule,
    at: Inside,
    edit: &Edit,
    rules: &Rules<'_>,
    release: Release,
) -> Result<bool, Wrong> {
    if at.component.is_some() && at.element.is_none() {
        return Err(Wrong::new(
            "an element for the component",
            "name the element too",
        ));
    }
    match (edit, at.element) {
        (Edit::AddElements(text), None) => add_elements(rule, text, rules),
        (Edit::AddElements(_), Some(_)) => Err(Wrong::new(
            "a segment, because elements are added behind its last one",
            "leave the element out",
        )),
        (Edit::AddNote(_) | Edit::RemoveNote(_), None) => {
            let places = rule.elements.len();
            let changed = note(&mut rule.notes, places, edit)?;
            settle(&mut rule.elements, &rule.notes);
            Ok(changed)
        }
        (_, None) => Err(Wrong::new("an element", "name the element, from 1")),
        (Edit::AddNote(_) | Edit::RemoveNote(_), Some(element)) => {
            if at.component.is_some() {
                return Err(Wrong::new(
                    "a note of the whole composite",
                    "leave the component out",
                ));
            }
            let composite = composite_mut(rule, element)?;
            let places = composite.components.len();
            let changed = note(&mut composite.notes, places, edit)?;
            settle(&mut composite.components, &composite.notes);
            Ok(changed)
        }
        (_, Some(element)) => match at.component {
            None => {
                let places = rule.elements.len();
                let Some(found) = nth_mut(&mut rule.elements, element) else {
                    return Err(no_such("elements", places).found(element.to_string()));
                };
                let changed = one(found, edit, release, false)?;
                settle(&mut rule.elements, &rule.notes);
                Ok(changed)
            }
            Some(component) => {
                let composite = composite_mut(rule, element)?;
                let places = composite.components.len();
                let Some(found) = nth_mut(&mut composite.components, component) else {
                    return Err(no_such("components", places).found(component.to_string()));
                };
                let changed = one(found, edit, release, true)?;
                settle(&mut composite.components, &composite.notes);
                Ok(changed)
            }
        },
    }
}

fn no_such(what: &str, places: usize) -> Wrong {
    Wrong::new(
        format!("one of {places} {what}"),
        "mend the number, or add the elements first",
    )
}

fn nth_mut(elements: &mut [ElementRule], place: usize) -> Option<&mut ElementRule> {
    elements.get_mut(place.checked_sub(1)?)
}

fn composite_mut(rule: &mut SegmentRule, element: usize) -> Result<&mut CompositeRule, Wrong> {
    let places = rule.elements.len();
    match nth_mut(&mut rule.elements, element) {
        Some(ElementRule {
            kind: ElementKind::Composite(composite),
            ..
        }) => Ok(Arc::make_mut(composite)),
        Some(simple) => Err(Wrong::new(
            "a composite element",
            "leave the component out, or name a composite",
        )
        .found(&*simple.element)),
        None => Err(no_such("elements", places).found(element.to_string())),
    }
}

fn add_elements(rule: &mut SegmentRule, text: &str, rules: &Rules<'_>) -> Result<bool, Wrong> {
    let (elements, notes) = rules.elements(text)?;
    if let Some(note) = notes.first() {
        return Err(Wrong::new(
            "elements only",
            "give the note a change of its own, `add-note`",
        )
        .found(note.to_string()));
    }
    // Notes name places by two digits.
    if rule.elements.len() + elements.len() > 99 {
        return Err(Wrong::new("at most 99 elements in a segment", "add fewer").found(text));
    }
    rule.elements.extend(elements);
    Ok(true)
}

fn note(notes: &mut Vec<SyntaxNote>, places: usize, edit: &Edit) -> Result<bool, Wrong> {
    match edit {
        Edit::AddNote(note) => {
            if note.places.len() < 2 || !fits(note, places) {
                return Err(beyond(note, places));
            }
            let new = !notes.contains(note);
            if new {
                notes.push(note.clone());
            }
            Ok(new)
        }
        Edit::RemoveNote(note) => {
            let before = notes.len();
            notes.retain(|known| known != note);
            if notes.len() == before {
                let known: Vec<String> = notes.iter().map(ToString::to_string).collect();
                return Err(Wrong::new(
                    format!("one of the notes {}", known.join(" ")),
                    "mend the note, or leave the change out",
                )
                .found(note.to_string()));
            }
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Optional and conditional follow from the notes.
fn settle(elements: &mut [ElementRule], notes: &[SyntaxNote]) {
    for (place, element) in (1_u8..).zip(elements) {
        if matches!(
            element.requirement,
            Requirement::Optional | Requirement::Conditional
        ) {
            element.requirement = if notes.iter().any(|note| note.makes_conditional(place)) {
                Requirement::Conditional
            } else {
                Requirement::Optional
            };
        }
    }
}

fn one(
    rule: &mut ElementRule,
    edit: &Edit,
    release: Release,
    is_component: bool,
) -> Result<bool, Wrong> {
    match edit {
        Edit::Require => Ok(set(&mut rule.requirement, Requirement::Mandatory)),
        Edit::Forbid => Ok(set(&mut rule.requirement, Requirement::Forbidden)),
        Edit::Allow => Ok(match rule.requirement {
            Requirement::Optional | Requirement::Conditional => false,
            Requirement::Mandatory | Requirement::Forbidden => {
                rule.requirement = Requirement::Optional;
                true
            }
        }),
        Edit::Repeat(MaxUse::Times(0)) => Err(Wrong::new(
            "a number from 1 on",
            "forbid the element instead",
        )),
        Edit::Repeat(_) if is_component => Err(Wrong::new(
            "an element, because components do not repeat",
            "leave the component out",
        )),
        Edit::Repeat(times) => {
            if release < Release::V005010 && *times != MaxUse::Times(1) {
                return Err(Wrong::new(
                    format!("an element that may stand once: {release} has no repetition"),
                    "leave the change out",
                )
                .found(times.to_string()));
            }
            Ok(set(&mut rule.repeat, *times))
        }
        _ => simple(rule, edit),
    }
}

fn simple(rule: &mut ElementRule, edit: &Edit) -> Result<bool, Wrong> {
    let ElementKind::Simple {
        ty,
        min,
        max,
        codes,
    } = &mut rule.kind
    else {
        return Err(
            Wrong::new("a simple element", "name a component of the composite")
                .found(&*rule.element),
        );
    };
    match edit {
        Edit::Type(other) => Ok(set(ty, *other)),
        Edit::Length {
            min: least,
            max: greatest,
        } => {
            // Each of the two that is given has to change something.
            let changes = [
                least.map(|least| set(min, least)),
                greatest.map(|greatest| set(max, greatest)),
            ];
            Ok(changes.iter().flatten().all(|changed| *changed)
                && changes.iter().flatten().count() > 0)
        }
        Edit::AddCodes(more) => {
            let Some(list) = codes else {
                return Err(Wrong::new(
                    "an element with a list of codes",
                    "leave the change out: every code is allowed already",
                )
                .found(&*rule.element));
            };
            let known: Vec<&String> = more
                .iter()
                .filter(|code| list.contains(code.as_bytes()))
                .collect();
            if let Some(code) = known.first() {
                return Err(
                    Wrong::new("a code that is not in the list yet", "leave the code out")
                        .found(code.as_str()),
                );
            }
            let all = texts(list);
            let all = all
                .iter()
                .map(|code| &**code)
                .chain(more.iter().map(|code| &**code));
            *codes = Some(Arc::new(CodeList::new(all)));
            Ok(!more.is_empty())
        }
        Edit::OnlyCodes(only) => {
            if only.is_empty() {
                return Err(Wrong::new(
                    "at least one code",
                    "forbid the element instead",
                ));
            }
            if let Some(code) = codes
                .as_ref()
                .and_then(|list| only.iter().find(|code| !list.contains(code.as_bytes())))
            {
                return Err(Wrong::new(
                    "a code of the list",
                    "mend the code, or add it with `add-codes`",
                )
                .found(code));
            }
            let list = CodeList::new(only.iter().map(|code| &**code));
            let changed = codes.as_deref() != Some(&list);
            *codes = Some(Arc::new(list));
            Ok(changed)
        }
        Edit::RemoveCodes(fewer) => {
            let Some(list) = codes else {
                return Err(Wrong::new(
                    "an element with a list of codes",
                    "say with `only-codes` which codes are used",
                )
                .found(&*rule.element));
            };
            if let Some(code) = fewer.iter().find(|code| !list.contains(code.as_bytes())) {
                return Err(
                    Wrong::new("a code of the list", "mend the code, or leave it out").found(code),
                );
            }
            let rest: Vec<String> = texts(list)
                .into_iter()
                .filter(|code| !fewer.contains(code))
                .collect();
            if rest.is_empty() {
                return Err(Wrong::new(
                    "codes that remain",
                    "forbid the element instead",
                ));
            }
            *codes = Some(Arc::new(CodeList::new(rest.iter().map(|code| &**code))));
            Ok(!fewer.is_empty())
        }
        _ => Ok(false),
    }
}

fn texts(list: &CodeList) -> Vec<String> {
    list.iter()
        .map(|code| String::from_utf8_lossy(code).into_owned())
        .collect()
}

/// Whether it was something else.
pub(super) fn set<T: PartialEq>(place: &mut T, value: T) -> bool {
    let changed = *place != value;
    *place = value;
    changed
}
