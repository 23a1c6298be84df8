//! The rules of the standard for one element, and the syntax notes of one segment.

use super::TypedSegment;
use crate::error::{ErrorKind, Problem};
use crate::finding::{Finding, FindingCode};
use crate::segment::{Element, Segment};
use crate::value::{Date, NumberError, Time};

/// The type of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, or a code.
    An,
    /// Implied decimals.
    N(u32),
    R,
    Dt,
    Tm,
    /// A unit of measure that may be a composite: its first component counts.
    Unit,
}

impl Kind {
    /// The bytes of an element that a field of this kind is about.
    pub(crate) fn part_of(self, element: Element<'_>) -> &[u8] {
        match self {
            Self::Unit => element.component(1),
            _ => element.as_bytes(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) kind: Kind,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) required: bool,
}

/// A syntax note: which elements need or exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Note {
    /// All or none.
    P(&'static [usize]),
    /// At least one.
    R(&'static [usize]),
    /// If the first is there, all the others are.
    C(&'static [usize]),
    /// If the first is there, at least one of the others is.
    L(&'static [usize]),
}

/// A rule that an element breaks.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    pub(crate) code: FindingCode,
    kind: ErrorKind,
    element: usize,
    value: Vec<u8>,
    expected: String,
}

impl Violation {
    pub(crate) fn into_finding(self, segment: Segment<'_>) -> Finding {
        let finding = segment
            .finding(self.code, self.expected)
            .at_element(self.element);
        if self.value.is_empty() {
            finding
        } else {
            finding.with_value(&self.value)
        }
    }

    pub(crate) fn into_problem(self, id: &str, occurrence: usize) -> Problem {
        let remedy = match self.kind {
            ErrorKind::Missing => "fill the element",
            ErrorKind::Length => "shorten the value, or send it in another segment",
            ErrorKind::Condition => "fill or empty the elements together",
            _ => "change the value",
        };
        let mut problem = Problem::new(self.kind, self.expected, remedy).at(id, self.element);
        if !self.value.is_empty() {
            problem = problem.with_value(&self.value);
        }
        problem.occurrence = Some(occurrence);
        problem
    }

    pub(crate) fn number(element: usize, error: NumberError) -> Self {
        Self {
            code: FindingCode::ElementNumberTooPrecise,
            kind: ErrorKind::Value,
            element,
            value: Vec::new(),
            expected: error.to_string(),
        }
    }

    pub(crate) fn surplus(element: usize, value: &str, room: usize) -> Self {
        Self {
            code: FindingCode::ElementSurplus,
            kind: ErrorKind::Condition,
            element,
            value: value.as_bytes().to_vec(),
            expected: format!("the segment has room for {room} pairs"),
        }
    }
}

/// Checks all elements of a segment; tells whether one holds components or repetitions.
pub(crate) fn check<'a, T: TypedSegment>(
    count: usize,
    element: impl Fn(usize) -> Element<'a>,
    violations: &mut Vec<Violation>,
) -> bool {
    let mut structured = false;
    for number in 1..=count {
        let value = element(number);
        structured |= value.is_structured();
        let Some(rule) = T::rule(number) else {
            if let Some(most) = T::COUNT
                && number > most
                && !value.is_empty()
            {
                violations.push(Violation {
                    code: FindingCode::ElementSurplus,
                    kind: ErrorKind::Condition,
                    element: number,
                    value: value.as_bytes().to_vec(),
                    expected: format!("{} has {most} elements", T::ID),
                });
            }
            continue;
        };
        if let Some((code, kind, expected)) = rule.broken_by(rule.kind.part_of(value)) {
            let value = value.as_bytes().to_vec();
            violations.push(Violation {
                code,
                kind,
                element: number,
                value,
                expected,
            });
        }
    }
    for number in count + 1..=T::COUNT.unwrap_or(0) {
        let broken = T::rule(number)
            .filter(|rule| rule.required)
            .and_then(|r| r.broken_by(&[]));
        if let Some((code, kind, expected)) = broken {
            violations.push(Violation {
                code,
                kind,
                element: number,
                value: Vec::new(),
                expected,
            });
        }
    }
    let filled = |number: usize| !element(number).is_empty();
    for note in T::NOTES {
        if note.holds_beyond(count) {
            continue;
        }
        if let Some((missing, expected)) = note.broken_by(T::ID, filled) {
            violations.push(Violation {
                code: FindingCode::ElementConditionMissing,
                kind: ErrorKind::Condition,
                element: missing,
                value: Vec::new(),
                expected,
            });
        }
    }
    structured
}

impl Rule {
    /// The rule of the first or second half of a pair.
    pub(crate) fn of_pair(lengths: &[(usize, usize)], half: usize) -> Option<Self> {
        let &(min, max) = lengths.get(half)?;
        Some(Self {
            kind: Kind::An,
            min,
            max,
            required: false,
        })
    }

    fn broken_by(self, value: &[u8]) -> Option<(FindingCode, ErrorKind, String)> {
        use FindingCode as Code;
        if value.is_empty() {
            return self.required.then(|| {
                (
                    Code::ElementMissing,
                    ErrorKind::Missing,
                    "the element is required".to_owned(),
                )
            });
        }
        let length = match self.kind {
            Kind::An | Kind::Unit => text_length(value),
            Kind::Dt => {
                let sound = value.len() == 8 && Date::parse(value).is_some();
                let expected = || "a date as CCYYMMDD was expected".to_owned();
                return (!sound).then(|| (Code::ElementDateInvalid, ErrorKind::Value, expected()));
            }
            Kind::Tm => {
                let sound = Time::parse(value).is_some();
                let expected = || "a time as HHMM, HHMMSS or HHMMSSDD was expected".to_owned();
                return (!sound).then(|| (Code::ElementTimeInvalid, ErrorKind::Value, expected()));
            }
            Kind::N(_) | Kind::R => match digit_count(value, self.kind == Kind::R) {
                Some(digits) => digits,
                None => {
                    let form = if self.kind == Kind::R {
                        "digits, with a `-` before and a point between where needed"
                    } else {
                        "digits without a point, with a `-` before where needed"
                    };
                    let expected = format!("{form}, were expected");
                    return Some((Code::ElementCharacterInvalid, ErrorKind::Value, expected));
                }
            },
        };
        let unit = if matches!(self.kind, Kind::N(_) | Kind::R) {
            "digits"
        } else {
            "characters"
        };
        if length > self.max {
            let expected = format!("at most {} {unit} are allowed, not {length}", self.max);
            return Some((Code::ElementTooLong, ErrorKind::Length, expected));
        }
        if length < self.min {
            let expected = format!("at least {} {unit} are needed, not {length}", self.min);
            return Some((Code::ElementTooShort, ErrorKind::Length, expected));
        }
        None
    }
}

fn text_length(value: &[u8]) -> usize {
    if value.is_ascii() {
        return value.len();
    }
    std::str::from_utf8(value).map_or(value.len(), |text| text.chars().count())
}

/// The number of digits; `None` if it is no number.
fn digit_count(value: &[u8], point: bool) -> Option<usize> {
    let body = value.strip_prefix(b"-").unwrap_or(value);
    let (mut digits, mut points) = (0, 0);
    for &byte in body {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' if point => points += 1,
            _ => return None,
        }
    }
    (digits > 0 && points <= 1).then_some(digits)
}

impl Note {
    /// Whether it holds because the elements that would break it are behind the last one.
    fn holds_beyond(self, count: usize) -> bool {
        match self {
            Self::P(all) => all.iter().all(|&element| element > count),
            Self::C([first, ..]) | Self::L([first, ..]) => *first > count,
            Self::R(_) | Self::C(_) | Self::L(_) => false,
        }
    }

    /// The element that is missing, and what was expected.
    fn broken_by(self, id: &str, filled: impl Fn(usize) -> bool) -> Option<(usize, String)> {
        let list = |elements: &[usize]| {
            let names: Vec<_> = elements.iter().map(|n| format!("{id}{n:02}")).collect();
            names.join(", ")
        };
        let empty = |elements: &[usize]| elements.iter().copied().find(|&n| !filled(n));
        match self {
            Self::P(all) => {
                let missing = empty(all)?;
                all.iter().any(|&n| filled(n)).then(|| {
                    (
                        missing,
                        format!("all or none of {} must be filled", list(all)),
                    )
                })
            }
            Self::R(any) => (!any.iter().any(|&n| filled(n))).then(|| {
                let first = any.first().copied().unwrap_or(0);
                (
                    first,
                    format!("at least one of {} must be filled", list(any)),
                )
            }),
            Self::C([first, rest @ ..]) if filled(*first) => {
                let missing = empty(rest)?;
                Some((missing, format!("{id}{first:02} requires {}", list(rest))))
            }
            Self::L([first, rest @ ..]) if filled(*first) && !rest.iter().any(|&n| filled(n)) => {
                let missing = rest.first().copied().unwrap_or(0);
                Some((
                    missing,
                    format!("{id}{first:02} requires one of {}", list(rest)),
                ))
            }
            Self::C(_) | Self::L(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(kind: Kind, min: usize, max: usize) -> Rule {
        Rule {
            kind,
            min,
            max,
            required: false,
        }
    }

    #[test]
    fn lengths_count_what_the_standard_counts() {
        assert!(rule(Kind::R, 1, 3).broken_by(b"-1.23").is_none());
        assert!(rule(Kind::R, 1, 3).broken_by(b"1.234").is_some());
        assert!(rule(Kind::N(2), 1, 3).broken_by(b"-123").is_none());
        assert!(rule(Kind::N(2), 1, 3).broken_by(b"1.2").is_some());
        assert!(rule(Kind::An, 1, 4).broken_by("café".as_bytes()).is_none());
        assert!(rule(Kind::Dt, 8, 8).broken_by(b"240101").is_some());
        assert!(rule(Kind::Tm, 4, 8).broken_by(b"2460").is_some());
    }

    #[test]
    fn notes_name_the_missing_element() {
        let filled = |n: usize| [2, 5].contains(&n);
        assert_eq!(Note::P(&[2, 3]).broken_by("N1", filled).unwrap().0, 3);
        assert!(Note::P(&[3, 4]).broken_by("N1", filled).is_none());
        assert!(Note::R(&[2, 3]).broken_by("N1", filled).is_none());
        assert_eq!(Note::R(&[3, 4]).broken_by("N1", filled).unwrap().0, 3);
        assert_eq!(Note::C(&[5, 4]).broken_by("N1", filled).unwrap().0, 4);
        assert_eq!(Note::L(&[5, 6, 7]).broken_by("N1", filled).unwrap().0, 6);
        assert!(Note::L(&[6, 7]).broken_by("N1", filled).is_none());
    }
}
