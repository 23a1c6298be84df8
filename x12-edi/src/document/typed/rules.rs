//! The rules of one segment in one release, made for quick answers and slow explanations.

use std::sync::{Arc, OnceLock};

use super::rule::{Broken, Violation, broken_by};
use crate::error::ErrorKind;
use crate::finding::FindingCode;
use crate::schema::{
    CompositeRule, ElementKind, ElementRule, ElementType, NoteKind, Release, Requirement,
    SegmentRule, Standard, SyntaxNote,
};
use crate::segment::{Element, released};

/// Elements have the numbers 1 to 63, as the bits of a word.
const MOST_ELEMENTS: usize = 63;

/// The bit of an element.
const fn bit(number: usize) -> u64 {
    if number <= MOST_ELEMENTS {
        1 << number
    } else {
        0
    }
}

/// What the tables of a release say of a segment.
#[derive(Debug)]
pub(crate) struct Rules {
    id: Box<str>,
    elements: Vec<ElementCheck>,
    notes: Vec<NoteCheck>,
    required: u64,
}

#[derive(Debug)]
struct ElementCheck {
    /// Values of these lengths in bytes are sound for sure, if they are ASCII and well formed.
    sure: (u32, u32),
    required: bool,
    kind: CheckKind,
}

#[derive(Debug)]
enum CheckKind {
    Simple(ElementType, u32, u32),
    Composite(Arc<CompositeRule>),
}

#[derive(Debug)]
struct NoteCheck {
    first: u64,
    /// All elements but the first.
    rest: u64,
    note: SyntaxNote,
}

/// The rules of one segment in each release, looked up once.
#[derive(Debug)]
pub(crate) struct RuleCells([OnceLock<Option<Rules>>; 3]);

impl RuleCells {
    pub(crate) const fn new() -> Self {
        Self([const { OnceLock::new() }; 3])
    }

    /// `None` if the release does not have the segment.
    #[inline]
    pub(crate) fn of(&'static self, id: &str, release: Release) -> Option<&'static Rules> {
        let [old, usual, new] = &self.0;
        let cell = match release {
            Release::V003040 => old,
            Release::V004010 => usual,
            Release::V005010 => new,
        };
        cell.get_or_init(|| {
            Standard::of(release)
                .segment(id)
                .map(|rule| Rules::new(rule))
        })
        .as_ref()
    }
}

impl Rules {
    fn new(rule: &SegmentRule) -> Self {
        let elements: Vec<_> = rule.elements.iter().map(ElementCheck::new).collect();
        let required = (1..)
            .zip(&elements)
            .filter(|(_, check)| check.required)
            .fold(0, |bits, (number, _)| bits | bit(number));
        let notes = rule.notes.iter().filter_map(NoteCheck::new).collect();
        Self {
            id: rule.id.clone(),
            elements,
            notes,
            required,
        }
    }

    /// The bits of the elements that are filled, if no rule is broken for sure.
    ///
    /// The values of these lengths must be ASCII, and those of numbers, dates and times well formed.
    #[inline]
    pub(crate) fn quick_look(&self, lengths: impl Iterator<Item = usize>) -> (u64, bool) {
        let mut filled = 0;
        let mut sound = true;
        let mut checks = self.elements.iter();
        let mut mark = 1_u64;
        for length in lengths {
            mark <<= 1;
            let check = checks.next();
            if length == 0 {
                continue;
            }
            filled |= mark;
            sound &= match check {
                Some(check) => length >= check.sure.0 as usize && length <= check.sure.1 as usize,
                None => false,
            };
        }
        sound &= filled & self.required == self.required;
        for note in &self.notes {
            sound &= note.holds(filled);
        }
        (filled, sound)
    }

    /// Checks all elements and says what is wrong.
    #[cold]
    pub(crate) fn check<'a>(
        &self,
        count: usize,
        element: impl Fn(usize) -> Element<'a>,
        violations: &mut Vec<Violation>,
    ) {
        for number in 1..=count.max(self.elements.len()) {
            let value = element(number);
            let Some(check) = self.elements.get(number - 1) else {
                if !value.is_empty() {
                    violations.push(Violation {
                        code: FindingCode::ElementSurplus,
                        kind: ErrorKind::Condition,
                        element: number,
                        value: value.as_bytes().to_vec(),
                        expected: format!("{} has {} elements", self.id, self.elements.len()),
                    });
                }
                continue;
            };
            if let Some((code, kind, expected)) = check.broken_by(value) {
                violations.push(Violation {
                    code,
                    kind,
                    element: number,
                    value: value.as_bytes().to_vec(),
                    expected,
                });
            }
        }
        let filled = (1..=count.min(MOST_ELEMENTS))
            .filter(|&number| !element(number).is_empty())
            .fold(0, |bits, number| bits | bit(number));
        for note in &self.notes {
            if !note.holds(filled) {
                let (missing, expected) = note.explain(&self.id, filled);
                violations.push(Violation {
                    code: FindingCode::ElementConditionMissing,
                    kind: ErrorKind::Condition,
                    element: missing,
                    value: Vec::new(),
                    expected,
                });
            }
        }
    }
}

impl ElementCheck {
    fn new(rule: &ElementRule) -> Self {
        let (kind, sure) = match &rule.kind {
            ElementKind::Composite(composite) => {
                (CheckKind::Composite(Arc::clone(composite)), (1, 0))
            }
            &ElementKind::Simple { ty, min, max, .. } => {
                let sure_min = match ty {
                    // A sign and a point do not count.
                    ElementType::N(_) | ElementType::NUnknown | ElementType::R if min > 1 => {
                        min + 2
                    }
                    _ => min,
                };
                (CheckKind::Simple(ty, min, max), (sure_min, max))
            }
        };
        Self {
            sure,
            required: rule.requirement == Requirement::Mandatory,
            kind,
        }
    }

    fn broken_by(&self, value: Element<'_>) -> Option<Broken> {
        if value.is_empty() {
            return self.required.then(|| {
                (
                    FindingCode::ElementMissing,
                    ErrorKind::Missing,
                    "the element is required".to_owned(),
                )
            });
        }
        match &self.kind {
            CheckKind::Simple(ty, min, max) => broken_by(*ty, *min, *max, &value.data()),
            CheckKind::Composite(composite) => {
                let release = value.delimiters.release;
                let pairs = composite.components.iter().zip(value.components());
                pairs
                    .filter(|(_, component)| !component.is_empty())
                    .find_map(|(rule, component)| match rule.kind {
                        ElementKind::Simple { ty, min, max, .. } => {
                            broken_by(ty, min, max, &released(component, release))
                        }
                        ElementKind::Composite(_) => None,
                    })
            }
        }
    }
}

impl NoteCheck {
    /// `None` for a note about elements that no segment has.
    fn new(note: &SyntaxNote) -> Option<Self> {
        let mut bits = note.places.iter().map(|&place| bit(usize::from(place)));
        Some(Self {
            first: bits.next()?,
            rest: bits.fold(0, |all, bit| all | bit),
            note: note.clone(),
        })
    }

    #[inline]
    fn holds(&self, filled: u64) -> bool {
        let all = self.first | self.rest;
        match self.note.kind {
            NoteKind::Paired => filled & all == 0 || filled & all == all,
            NoteKind::Required => filled & all != 0,
            NoteKind::Exclusion => (filled & all).count_ones() <= 1,
            NoteKind::Conditional => filled & self.first == 0 || filled & self.rest == self.rest,
            NoteKind::ListConditional => filled & self.first == 0 || filled & self.rest != 0,
        }
    }

    /// The element to look at, and what was expected.
    fn explain(&self, id: &str, filled: u64) -> (usize, String) {
        let places = || self.note.places.iter().map(|&place| usize::from(place));
        let list = |skip: usize| {
            let names: Vec<_> = places().skip(skip).map(|n| format!("{id}{n:02}")).collect();
            names.join(", ")
        };
        let is_filled = |n: &usize| filled & bit(*n) != 0;
        let first = places().next().unwrap_or(0);
        let empty = |skip: usize| places().skip(skip).find(|n| !is_filled(n));
        match self.note.kind {
            NoteKind::Paired => (
                empty(0).unwrap_or(first),
                format!("all or none of {} must be filled", list(0)),
            ),
            NoteKind::Required => (first, format!("at least one of {} must be filled", list(0))),
            NoteKind::Exclusion => (
                places().filter(is_filled).nth(1).unwrap_or(first),
                format!("at most one of {} may be filled", list(0)),
            ),
            NoteKind::Conditional => (
                empty(1).unwrap_or(first),
                format!("{id}{first:02} requires {}", list(1)),
            ),
            NoteKind::ListConditional => (
                empty(1).unwrap_or(first),
                format!("{id}{first:02} requires one of {}", list(1)),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimiters::Delimiters;

    fn check(release: Release, id: &str, values: &[&str]) -> Vec<(usize, ErrorKind)> {
        let rules = Rules::new(Standard::of(release).segment(id).unwrap());
        let element = |number: usize| Element {
            bytes: values.get(number - 1).map_or(&[], |v| v.as_bytes()),
            delimiters: Delimiters::default(),
        };
        let mut violations = Vec::new();
        rules.check(values.len(), element, &mut violations);
        let (_, sound) = rules.quick_look(values.iter().map(|v| v.len()));
        if sound && values.iter().all(|v| v.is_ascii()) {
            // The quick look trusts numbers and dates to be well formed, but nothing else.
            assert!(violations.iter().all(|v| v.kind == ErrorKind::Value));
        }
        violations.iter().map(|v| (v.element, v.kind)).collect()
    }

    #[test]
    fn the_rules_are_those_of_the_release() {
        use Release::{V003040, V004010, V005010};
        let reference = ["IA", "1234567890123456789012345678901"];
        assert_eq!(check(V004010, "REF", &reference), [(2, ErrorKind::Length)]);
        assert_eq!(check(V005010, "REF", &reference), []);
        let order = ["00", "SA", "4711", "", "240131"];
        assert_eq!(check(V003040, "BEG", &order), []);
        assert_eq!(check(V004010, "BEG", &order), [(5, ErrorKind::Value)]);
        assert_eq!(
            check(V004010, "BEG", &["00", "SA", "1"]),
            [(5, ErrorKind::Missing)]
        );
        assert_eq!(
            check(V004010, "N1", &["ST", "", "92"]),
            [(4, ErrorKind::Condition)]
        );
        assert_eq!(check(V004010, "N1", &["ST"]), [(2, ErrorKind::Condition)]);
        assert_eq!(
            check(V004010, "CTT", &["1", "", "", "", "", "", "", "x"]),
            [(8, ErrorKind::Condition)]
        );
    }

    #[test]
    fn notes_name_the_element_that_is_missing() {
        let note = |kind, places: &[u8]| {
            NoteCheck::new(&SyntaxNote {
                kind,
                places: places.to_vec(),
            })
            .unwrap()
        };
        let filled = bit(2) | bit(5);
        for (kind, places, missing) in [
            (NoteKind::Paired, &[2, 3][..], Some(3)),
            (NoteKind::Paired, &[3, 4], None),
            (NoteKind::Required, &[2, 3], None),
            (NoteKind::Required, &[3, 4], Some(3)),
            (NoteKind::Exclusion, &[2, 5], Some(5)),
            (NoteKind::Exclusion, &[2, 4], None),
            (NoteKind::Conditional, &[5, 4], Some(4)),
            (NoteKind::Conditional, &[4, 1], None),
            (NoteKind::ListConditional, &[5, 6, 7], Some(6)),
            (NoteKind::ListConditional, &[6, 7], None),
        ] {
            let note = note(kind, places);
            let broken = (!note.holds(filled)).then(|| note.explain("N1", filled).0);
            assert_eq!(broken, missing, "{kind:?} {places:?}");
        }
    }
}
