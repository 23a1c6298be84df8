//! What the standard says of the form of one value, and how a broken rule is told.

use crate::error::{ErrorKind, Problem};
use crate::finding::{Finding, FindingCode};
use crate::schema::ElementType;
use crate::segment::{Element, Segment};
use crate::value::{Date, Time};

/// How a field reads an element.
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

/// A rule that an element breaks.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    pub(crate) code: FindingCode,
    pub(super) kind: ErrorKind,
    pub(super) element: usize,
    pub(super) value: Vec<u8>,
    pub(super) expected: String,
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

    pub(crate) fn into_problem(self, id: &str, occurrence: Option<usize>) -> Problem {
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
        problem.occurrence = occurrence;
        problem
    }

    /// A value that cannot be written as an element.
    pub(crate) fn unwritable(element: usize, expected: String) -> Self {
        Self {
            code: FindingCode::ElementNumberInvalid,
            kind: ErrorKind::Value,
            element,
            value: Vec::new(),
            expected,
        }
    }

    /// A segment that the release does not have.
    pub(crate) fn unknown(expected: String) -> Self {
        Self {
            code: FindingCode::SegmentOutOfOrder,
            kind: ErrorKind::Condition,
            element: 0,
            value: Vec::new(),
            expected,
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

pub(super) type Broken = (FindingCode, ErrorKind, String);

/// What is wrong with a value that is not empty.
pub(super) fn broken_by(ty: ElementType, min: u32, max: u32, value: &[u8]) -> Option<Broken> {
    use FindingCode as Code;
    let is_number = matches!(
        ty,
        ElementType::N(_) | ElementType::NUnknown | ElementType::R
    );
    let length = match ty {
        ElementType::Id | ElementType::An => text_length(value),
        ElementType::B => value.len(),
        ElementType::Dt => {
            let sound = (min as usize..=max as usize).contains(&value.len())
                && Date::parse(value).is_some();
            let form = match (min, max) {
                (6, 6) => "YYMMDD",
                (6, _) => "YYMMDD or CCYYMMDD",
                _ => "CCYYMMDD",
            };
            let expected = || format!("a date as {form} was expected");
            return (!sound).then(|| (Code::ElementDateInvalid, ErrorKind::Value, expected()));
        }
        ElementType::Tm => {
            let sound = Time::parse(value).is_some();
            let expected = || "a time as HHMM, HHMMSS or HHMMSSDD was expected".to_owned();
            return (!sound).then(|| (Code::ElementTimeInvalid, ErrorKind::Value, expected()));
        }
        ElementType::N(_) | ElementType::NUnknown | ElementType::R => {
            let point = ty == ElementType::R;
            match digit_count(value, point) {
                Some(digits) => digits,
                None => {
                    let form = if point {
                        "digits, with a `-` before and a point between where needed"
                    } else {
                        "digits without a point, with a `-` before where needed"
                    };
                    let expected = format!("{form}, were expected");
                    return Some((Code::ElementCharacterInvalid, ErrorKind::Value, expected));
                }
            }
        }
    };
    let unit = if is_number { "digits" } else { "characters" };
    if length > max as usize {
        let expected = format!("at most {max} {unit} are allowed, not {length}");
        return Some((Code::ElementTooLong, ErrorKind::Length, expected));
    }
    if length < min as usize {
        let expected = format!("at least {min} {unit} are needed, not {length}");
        return Some((Code::ElementTooShort, ErrorKind::Length, expected));
    }
    None
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_what_the_standard_counts() {
        use ElementType::{An, Dt, N, R, Tm};
        let sound = |ty, min, max, value: &str| broken_by(ty, min, max, value.as_bytes()).is_none();
        assert!(sound(R, 1, 3, "-1.23") && !sound(R, 1, 3, "1.234"));
        assert!(sound(N(2), 1, 3, "-123") && !sound(N(2), 1, 3, "1.2"));
        assert!(sound(An, 1, 4, "café") && !sound(An, 2, 4, "x"));
        assert!(!sound(Dt, 8, 8, "240101") && sound(Dt, 6, 6, "240101"));
        assert!(!sound(Tm, 4, 8, "2460"));
    }
}
