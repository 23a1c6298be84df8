//! Segments and elements that only the partner has, and the notation in which places are added.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::Overlay;
use crate::schema::codes::CodeList;
use crate::schema::line::{self, Word};
use crate::schema::model::{Area, ElementKind, ElementRule, Node, SegmentRule, SyntaxNote};
use crate::schema::standard::Standard;

/// How deep loops may stand in each other; the standard's deepest are at 8.
pub(super) const MAX_DEPTH: usize = 16;

/// Rules by id, the partner's own ones among them.
pub(super) struct Rules<'a> {
    overlay: &'a Overlay,
    standard: &'static Standard,
    used: RefCell<BTreeSet<&'a str>>,
}

/// What is wrong with a text: what was expected, what was found, what to do.
pub(super) struct Wrong {
    pub(super) expected: String,
    pub(super) value: Option<String>,
    pub(super) remedy: String,
}

impl Wrong {
    pub(super) fn new(expected: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            value: None,
            remedy: remedy.into(),
        }
    }

    pub(super) fn found(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

impl<'a> Rules<'a> {
    pub(super) fn new(overlay: &'a Overlay) -> Self {
        Self {
            overlay,
            standard: Standard::of(overlay.release),
            used: RefCell::default(),
        }
    }

    /// Every mistake of the definitions themselves, with the id that it is about.
    pub(super) fn mistakes(&self) -> Vec<(&'a str, Wrong)> {
        let mut found = Vec::new();
        for (number, text) in &self.overlay.elements {
            let plain = number.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if number.is_empty() || !plain {
                found.push((
                    &**number,
                    Wrong::new(
                        "an own element has letters and digits as its number",
                        "rename it",
                    ),
                ));
            } else if self.standard.element(number).is_some() {
                found.push((
                    &**number,
                    Wrong::new(
                        format!("element {number} is one of the standard"),
                        "take a free number, or change the element where it stands",
                    ),
                ));
            } else if own_element(text).is_none() {
                let wrong = Wrong::new(
                    "an own element is a type, a least and a greatest length, and codes that fit them",
                    "write it as in `AN 1 30` or `ID 2 3 AA BBB`",
                );
                found.push((&**number, wrong.found(text)));
            }
        }
        for (id, text) in &self.overlay.segments {
            let plain = id
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            let letter = id
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_uppercase());
            if !(2..=3).contains(&id.len()) || !plain || !letter {
                found.push((
                    &**id,
                    Wrong::new(
                        "an own segment has two or three capitals or digits as its id",
                        "rename it",
                    ),
                ));
            } else if self.standard.segment(id).is_some() {
                found.push((
                    &**id,
                    Wrong::new(
                        format!("segment {id} is one of the standard"),
                        "take a free id, or change the segment where it stands",
                    ),
                ));
            } else if let Err(wrong) = self.own_segment(id, text) {
                found.push((&**id, wrong));
            }
        }
        found
    }

    /// Own segments that no change adds. To be asked at the end.
    pub(super) fn unused(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let used = self.used.borrow().clone();
        let ids = self.overlay.segments.keys();
        ids.map(|id| &**id).filter(move |id| !used.contains(id))
    }

    fn element(&self, number: &str) -> Option<ElementKind> {
        let own = self.overlay.elements.get(number);
        own.map_or_else(|| self.standard.element(number), |text| own_element(text))
    }

    fn segment(&self, id: &str) -> Option<Arc<SegmentRule>> {
        match self.overlay.segments.get_key_value(id) {
            Some((id, text)) => {
                self.used.borrow_mut().insert(id);
                self.own_segment(id, text).ok().map(Arc::new)
            }
            None => self.standard.segment(id).cloned(),
        }
    }

    fn own_segment(&self, id: &str, text: &str) -> Result<SegmentRule, Wrong> {
        let (elements, notes) = self.elements(text)?;
        if let Some(note) = notes.iter().find(|note| !fits(note, elements.len())) {
            return Err(beyond(note, elements.len()));
        }
        Ok(SegmentRule {
            id: id.into(),
            elements,
            notes,
        })
    }

    /// `127! 352*5 | P0102`.
    pub(super) fn elements(
        &self,
        text: &str,
    ) -> Result<(Vec<ElementRule>, Vec<SyntaxNote>), Wrong> {
        let words = text
            .split('|')
            .next()
            .unwrap_or("")
            .split_ascii_whitespace();
        let unknown =
            |word: &&str| Word::new(word).is_some_and(|word| self.element(word.id).is_none());
        if let Some(word) = words.clone().find(unknown) {
            return Err(Wrong::new(
                "an element of the release, or one that the overlay defines",
                "mend the number, or define it under `elements`",
            )
            .found(word));
        }
        match line::elements(text, |number| self.element(number)) {
            Some((elements, notes)) if !elements.is_empty() => Ok((elements, notes)),
            _ => Err(Wrong::new(
                "element numbers, each with `!` for mandatory and `*n` for n repetitions, then notes after `|`",
                "write it as in `128! 127 352*5 | R0203`",
            )
            .found(text)),
        }
    }

    /// `REF*12 (N1*200 N2*2)` at a depth.
    pub(super) fn places(&self, text: &str, depth: usize, area: Area) -> Result<Vec<Node>, Wrong> {
        let mut deepest = depth;
        let mut open = depth;
        for byte in text.bytes() {
            match byte {
                b'(' => open += 1,
                b')' => open = open.saturating_sub(1),
                _ => {}
            }
            deepest = deepest.max(open);
        }
        if deepest > MAX_DEPTH {
            return Err(Wrong::new(
                format!("loops inside each other, at most {MAX_DEPTH} deep"),
                "put them beside each other",
            )
            .found(deepest.to_string()));
        }
        let ids = text.split([' ', '\t', '\n', '\r', '(', ')']);
        let words = ids.filter(|word| !word.is_empty() && !word.ends_with(':'));
        for word in words {
            let Some(word) = Word::new(word) else {
                continue;
            };
            if matches!(word.id, "ST" | "SE" | "ISA" | "IEA" | "GS" | "GE" | "TA1") {
                return Err(Wrong::new(
                    "a segment that may stand inside a set",
                    "leave the segments of the envelope out",
                )
                .found(word.id));
            }
            if self.segment(word.id).is_none() {
                return Err(Wrong::new(
                    "a segment of the release, or one that the overlay defines",
                    "mend the id, or define it under `segments`",
                )
                .found(word.id));
            }
        }
        let words = text.split_ascii_whitespace();
        match line::places(words, area, |id| self.segment(id)) {
            Some(nodes) if !nodes.is_empty() => Ok(nodes),
            _ => Err(Wrong::new(
                "segments and loops, each with `!` for mandatory, `*n` for n times, `*` for no limit",
                "write it as in `REF*12 (N1!*200 N2*2 N3*2)`",
            )
            .found(text)),
        }
    }
}

/// `ID 2 3 AA BBB`.
fn own_element(text: &str) -> Option<ElementKind> {
    let mut words = text.split_ascii_whitespace();
    let head: Vec<&str> = words.by_ref().take(3).collect();
    let (ty, min, max) = line::element(&head.join(" "))?;
    let codes: Vec<&str> = words.collect();
    let fit = |code: &&str| u32::try_from(code.len()).is_ok_and(|len| (min..=max).contains(&len));
    (0 < min && min <= max && codes.iter().all(fit)).then(|| ElementKind::Simple {
        ty,
        min,
        max,
        codes: (!codes.is_empty()).then(|| Arc::new(CodeList::new(codes))),
    })
}

pub(super) fn fits(note: &SyntaxNote, places: usize) -> bool {
    note.places
        .iter()
        .all(|&place| (1..=places).contains(&usize::from(place)))
}

pub(super) fn beyond(note: &SyntaxNote, places: usize) -> Wrong {
    Wrong::new(
        format!("a note that names places from 01 to {places:02}"),
        "mend the places, or add the elements first",
    )
    .found(note.to_string())
}
