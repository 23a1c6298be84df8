//! The thorough look at a segment: every problem of its elements, in words.

use std::borrow::Cow;

use super::characters::{COMPONENT, Classes, FORBIDDEN, REPETITION};
use super::report::{At, Report};
use super::rules::{ElementPlan, GroupPlan, Kind, NotePlan, SetRules, bit};
use super::switches::{Characters, Check, TrailingSeparators};
use super::value::{
    has_leading_zeroes, has_trailing_zeroes, implied_digits, is_date, is_time, real_digits,
};
use crate::finding::FindingCode;
use crate::schema::NoteKind;
use crate::segment::{Split, released};

/// Looks at one segment.
pub(super) struct Thorough<'a> {
    pub(super) rules: &'a SetRules,
    pub(super) classes: &'a Classes,
    pub(super) report: Report<'a>,
}

impl Thorough<'_> {
    pub(super) fn look(&mut self, group: &GroupPlan) {
        let segment = self.report.segment;
        let mut present = 0;
        for (place, element) in (1..).zip(segment.elements()) {
            let bytes = element.as_bytes();
            if bytes.is_empty() {
                continue;
            }
            present |= bit(place);
            let at = At {
                element: place,
                ..At::default()
            };
            match group.elements.get(place - 1) {
                Some(plan) => self.element(bytes, plan, at),
                None => {
                    let most = group.elements.len();
                    self.report.element(
                        self.rules.switches.surplus_elements,
                        FindingCode::ElementSurplus,
                        at,
                        bytes,
                        || format!("the segment has at most {most} elements"),
                    );
                }
            }
        }
        self.completeness(group, present, At::default());
        self.separators(segment.len(), present, group.elements.len());
    }

    /// What is missing or forbidden, and the syntax notes, of a segment or a composite.
    fn completeness(&mut self, group: &GroupPlan, present: u64, at: At) {
        let within = |place: usize| {
            if at.element == 0 {
                At {
                    element: place,
                    ..at
                }
            } else {
                At {
                    component: place,
                    ..at
                }
            }
        };
        let what = if at.element == 0 {
            "element"
        } else {
            "component"
        };
        let check = self.rules.switches.required_elements;
        for place in 1..=group.elements.len().min(64) {
            if group.required & !present & bit(place) != 0 {
                let code = FindingCode::ElementMissing;
                self.report.element(check, code, within(place), b"", || {
                    format!("a required {what} is empty")
                });
            }
            if group.forbidden & present & bit(place) != 0 {
                let code = FindingCode::ElementForbidden;
                self.report.element(check, code, within(place), b"", || {
                    format!("the {what} must stay empty by agreement")
                });
            }
        }
        for note in group.notes.iter().filter(|note| !note.holds(present)) {
            self.note(note, present, what, within);
        }
    }

    fn note(&mut self, note: &NotePlan, present: u64, what: &str, within: impl Fn(usize) -> At) {
        let is_there = |place: &&u8| present & bit(usize::from(**place)) != 0;
        let places = &note.note.places;
        // The place that would have to be filled, or for an exclusion emptied.
        let place = match note.kind {
            NoteKind::Exclusion => places.iter().filter(is_there).nth(1),
            _ => places.iter().find(|place| !is_there(place)),
        };
        let code = match note.kind {
            NoteKind::Exclusion => FindingCode::ElementExclusion,
            _ => FindingCode::ElementConditionMissing,
        };
        let list = |places: &[u8]| {
            let places: Vec<_> = places.iter().map(|place| format!("{place:02}")).collect();
            places.join(", ")
        };
        let at = within(place.map_or(0, |&place| usize::from(place)));
        let check = self.rules.switches.syntax_notes;
        self.report.element(check, code, at, b"", || {
            let (first, rest) = match places.split_first() {
                Some((first, rest)) => (*first, rest),
                None => (0, &places[..]),
            };
            match note.kind {
                NoteKind::Paired => {
                    format!(
                        "either all or none of the {what}s {} are there",
                        list(places)
                    )
                }
                NoteKind::Required => {
                    format!("at least one of the {what}s {} is there", list(places))
                }
                NoteKind::Exclusion => {
                    format!("at most one of the {what}s {} is there", list(places))
                }
                NoteKind::Conditional => {
                    format!("with {what} {first:02} there must be {}", list(rest))
                }
                NoteKind::ListConditional => format!(
                    "with {what} {first:02} there must be at least one of {}",
                    list(rest)
                ),
            }
        });
    }

    fn separators(&mut self, count: usize, present: u64, most: usize) {
        let check = self.rules.switches.separators;
        let last = usize::try_from(64 - present.leading_zeros()).unwrap_or(0);
        match self.rules.separators() {
            TrailingSeparators::Forbidden if count > last && count <= 64 => {
                let code = FindingCode::TrailingSeparators;
                self.report.segment(check, code, || {
                    format!("{} empty elements stand at the end", count - last)
                });
            }
            TrailingSeparators::Mandatory if count < most => {
                let code = FindingCode::TrailingSeparatorsMissing;
                self.report.segment(check, code, || {
                    format!("there are {count} separators, agreed are all {most}")
                });
            }
            _ => {}
        }
    }

    fn element(&mut self, bytes: &[u8], plan: &ElementPlan, at: At) {
        let separator = self.report.segment.delimiters.repetition;
        let Some(separator) = separator.filter(|_| plan.kind != Kind::Binary) else {
            return self.repetition(bytes, plan, at);
        };
        let mut count = 0_usize;
        let values = self.split(bytes, separator);
        let is_repeated = values.clone().nth(1).is_some();
        for value in values {
            count += 1;
            if !value.is_empty() {
                let repetition = if is_repeated { count } else { 0 };
                self.repetition(value, plan, At { repetition, ..at });
            }
        }
        let most = plan.repeat as usize;
        if count > most {
            let code = FindingCode::ElementRepeated;
            let check = self.rules.switches.repetitions;
            self.report.element(check, code, at, bytes, || {
                format!("there are {count} repetitions, allowed is {most}")
            });
        }
    }

    fn repetition(&mut self, bytes: &[u8], plan: &ElementPlan, at: At) {
        let Some(group) = self.rules.composite(plan) else {
            return self.value(bytes, plan, at);
        };
        let separator = self.report.segment.delimiters.component;
        let mut present = 0;
        for (place, value) in (1..).zip(self.split(bytes, separator)) {
            if value.is_empty() {
                continue;
            }
            present |= bit(place);
            let at = At {
                component: place,
                ..at
            };
            match group.elements.get(place - 1) {
                Some(plan) => self.value(value, plan, at),
                None => self.surplus_component(value, group.elements.len(), at),
            }
        }
        self.completeness(group, present, at);
    }

    /// The pieces between separators that are no data behind a release character.
    fn split<'v>(&self, bytes: &'v [u8], separator: u8) -> Split<'v> {
        Split::new(
            bytes,
            Some(separator),
            self.report.segment.delimiters.release,
        )
    }

    fn surplus_component(&mut self, value: &[u8], most: usize, at: At) {
        let code = FindingCode::ComponentSurplus;
        let check = self.rules.switches.surplus_components;
        self.report.element(check, code, at, value, || match most {
            1 => "the element has no components".to_owned(),
            _ => format!("the element has at most {most} components"),
        });
    }

    /// One value of a simple element or a component.
    fn value(&mut self, bytes: &[u8], plan: &ElementPlan, at: At) {
        if plan.kind == Kind::Binary {
            self.length(bytes, bytes.len(), plan, at);
            return;
        }
        if bytes.iter().all(|&byte| byte == b' ') {
            let code = FindingCode::ElementBlank;
            let check = self.rules.switches.blank_elements;
            return self.report.element(check, code, at, bytes, || {
                "there is nothing but blanks".to_owned()
            });
        }
        let delimiters = self.report.segment.delimiters;
        let data = released(bytes, delimiters.release);
        let mut seen = self.classes.all_of(&data);
        if matches!(data, Cow::Owned(_)) {
            // What separates without a release character before it is still there.
            seen &= !(COMPONENT | REPETITION);
            if self.split(bytes, delimiters.component).nth(1).is_some() {
                seen |= COMPONENT;
            }
        }
        // A repetition stands inside a component: they were taken apart before the components.
        if seen & (COMPONENT | REPETITION) != 0 {
            return self.surplus_component(bytes, 1, at);
        }
        let bytes = &*data;
        self.characters(bytes, seen, at);
        let (bytes, filled_up) = self.padding(bytes, plan, at);
        match plan.kind {
            Kind::Number => self.number(bytes, implied_digits(bytes), plan, at),
            Kind::Real => self.number(bytes, real_digits(bytes), plan, at),
            Kind::Date => self.date_or_time(bytes, is_date(bytes), plan, at),
            Kind::Time => self.date_or_time(bytes, is_time(bytes), plan, at),
            _ => self.text(bytes, filled_up, plan, at),
        }
    }

    fn characters(&mut self, bytes: &[u8], seen: u8, at: At) {
        let check = self.rules.switches.character_set;
        let utf8 = self.rules.switches.characters == Characters::Utf8;
        if seen & FORBIDDEN != 0 {
            let bad = bytes
                .iter()
                .copied()
                .find(|&byte| self.classes.of(byte) & FORBIDDEN != 0)
                .unwrap_or(0);
            let code = FindingCode::ElementCharacterInvalid;
            self.report.element(check, code, at, bytes, || {
                format!("byte {bad:02X} (hexadecimal) is outside the character set")
            });
        } else if utf8 && std::str::from_utf8(bytes).is_err() {
            let code = FindingCode::ElementCharacterInvalid;
            self.report.element(check, code, at, bytes, || {
                "the text is not well-formed UTF-8".to_owned()
            });
        }
    }

    /// Reports blanks around a value, and takes them off where they are no part of it; also
    /// whether they fill a code up to its least length.
    fn padding<'b>(&mut self, bytes: &'b [u8], plan: &ElementPlan, at: At) -> (&'b [u8], bool) {
        let min = plan.min as usize;
        if plan.kind == Kind::Text {
            if bytes.last() == Some(&b' ') && bytes.len() > min {
                let code = FindingCode::ElementTrailingBlanks;
                let check = self.rules.switches.trailing_blanks;
                self.report.element(check, code, at, bytes, || {
                    "blanks stand at the end that the least length does not need".to_owned()
                });
            }
            return (bytes, false);
        }
        let trimmed = bytes.trim_ascii();
        let padded = trimmed.len() < bytes.len();
        let filled_up =
            padded && plan.kind == Kind::Code && bytes.len() == min && bytes.first() != Some(&b' ');
        if padded && !filled_up {
            let code = FindingCode::ElementPadded;
            let check = self.rules.switches.padding;
            self.report.element(check, code, at, bytes, || {
                "blanks stand around the value".to_owned()
            });
        }
        (trimmed, filled_up)
    }

    fn number(&mut self, bytes: &[u8], digits: Option<usize>, plan: &ElementPlan, at: At) {
        let Some(digits) = digits else {
            let code = FindingCode::ElementNumberInvalid;
            let check = self.rules.switches.numbers;
            let point = plan.kind == Kind::Real;
            return self.report.element(check, code, at, bytes, || {
                if point {
                    "digits with at most one point were expected".to_owned()
                } else {
                    "digits without a point were expected".to_owned()
                }
            });
        };
        self.length(bytes, digits, plan, at);
        let min = plan.min as usize;
        if has_leading_zeroes(bytes, digits, min) {
            let code = FindingCode::ElementLeadingZeroes;
            let check = self.rules.switches.leading_zeroes;
            self.report.element(check, code, at, bytes, || {
                "zeroes stand in front that the least length does not need".to_owned()
            });
        }
        if plan.kind == Kind::Real && has_trailing_zeroes(bytes, digits, min) {
            let code = FindingCode::ElementTrailingZeroes;
            let check = self.rules.switches.trailing_zeroes;
            self.report.element(check, code, at, bytes, || {
                "the point or the zeroes at the end are not needed".to_owned()
            });
        }
    }

    fn date_or_time(&mut self, bytes: &[u8], is_right: bool, plan: &ElementPlan, at: At) {
        let digits = bytes.iter().all(u8::is_ascii_digit);
        let fits = (plan.min as usize..=plan.max as usize).contains(&bytes.len());
        if digits && !fits {
            self.length(bytes, bytes.len(), plan, at);
            return;
        }
        if is_right && fits {
            return;
        }
        let (code, check) = if plan.kind == Kind::Date {
            (FindingCode::ElementDateInvalid, self.rules.switches.dates)
        } else {
            (FindingCode::ElementTimeInvalid, self.rules.switches.times)
        };
        let short = plan.max <= 6;
        self.report.element(check, code, at, bytes, || {
            match (code, short) {
                (FindingCode::ElementTimeInvalid, _) => "a time of the day was expected",
                (_, true) => "a day of the calendar as YYMMDD was expected",
                (_, false) => "a day of the calendar as CCYYMMDD was expected",
            }
            .to_owned()
        });
    }

    fn text(&mut self, bytes: &[u8], filled_up: bool, plan: &ElementPlan, at: At) {
        let utf8 = self.rules.switches.characters == Characters::Utf8;
        let length = match std::str::from_utf8(bytes) {
            Ok(text) if utf8 => text.chars().count(),
            _ => bytes.len(),
        };
        if !filled_up && !self.length(bytes, length, plan, at) {
            return;
        }
        if !self.rules.has_code(plan, bytes) {
            let code = FindingCode::ElementCodeInvalid;
            let check = self.rules.switches.codes;
            self.report.element(check, code, at, bytes, || {
                "the code is not in the list of the element".to_owned()
            });
        }
    }

    /// Whether the length is right.
    fn length(&mut self, bytes: &[u8], length: usize, plan: &ElementPlan, at: At) -> bool {
        let (min, max) = (plan.min as usize, plan.max as usize);
        let (code, check): (_, Check) = if length < min {
            (FindingCode::ElementTooShort, self.rules.switches.min_length)
        } else if length > max {
            (FindingCode::ElementTooLong, self.rules.switches.max_length)
        } else {
            return true;
        };
        let unit = match plan.kind {
            Kind::Number | Kind::Real => "digits",
            Kind::Binary => "bytes",
            _ => "characters",
        };
        self.report.element(check, code, at, bytes, || {
            if length < min {
                format!("{length} {unit}, but at least {min} are required")
            } else {
                format!("{length} {unit}, but at most {max} are allowed")
            }
        });
        false
    }
}
