//! What there is to say of each element: its label, its value, and the value in readable form.

use std::borrow::Cow;

use crate::label::{self, ElementWords, SegmentWords};
use crate::schema::{ElementKind, ElementRule, ElementType};
use crate::segment::{Element, MASK, Segment, decode, is_sensitive};
use crate::value::{Date, Time, implied};

/// An element, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// For example `PO107`, or `REF04-1` for a component.
    pub(crate) place: String,
    pub(crate) label: Option<&'static str>,
    /// As it stands, control characters visible, passwords and account numbers masked.
    pub(crate) value: String,
    /// A date, an amount or a code in readable form.
    pub(crate) meaning: Option<String>,
    /// Components and repetitions, where there are any.
    pub(crate) parts: Vec<Cell>,
}

/// The elements of a segment that are not empty.
pub(crate) fn cells(words: &mut SegmentWords, segment: Segment<'_>) -> Vec<Cell> {
    let id = segment.id_text();
    let shown_id = visible(&id);
    segment
        .elements()
        .enumerate()
        .filter(|(_, element)| !element.is_empty())
        .map(|(index, element)| {
            let number = index + 1;
            let words = words.element(number);
            let is_control = segment.id() == b"ISA";
            let hidden = is_sensitive(segment.id(), number) && !element.is_blank();
            let place = format!("{shown_id}{number:02}");
            let parts = if hidden || is_control || !element.is_structured() {
                Vec::new()
            } else {
                parts(&place, words.rule, element)
            };
            let value = if hidden {
                MASK.to_owned()
            } else {
                value(segment, element)
            };
            let meaning = if !hidden && parts.is_empty() {
                meaning(&words, segment, number)
            } else {
                None
            };
            Cell {
                place,
                label: words.label,
                value,
                meaning,
                parts,
            }
        })
        .collect()
}

fn parts(place: &str, rule: Option<&ElementRule>, element: Element<'_>) -> Vec<Cell> {
    let mut out = Vec::new();
    let repeated = element.repetitions().nth(1).is_some();
    for (round, repetition) in element.repetitions().enumerate() {
        let round = if repeated {
            format!("[{}]", round + 1)
        } else {
            String::new()
        };
        if !repetition.is_structured() {
            out.push(part(format!("{place}{round}"), rule, repetition.as_bytes()));
            continue;
        }
        for (index, component) in repetition.components().enumerate() {
            let rule = match rule.map(|rule| &rule.kind) {
                Some(ElementKind::Composite(composite)) => composite.components.get(index),
                _ => None,
            };
            if !component.is_empty() {
                out.push(part(
                    format!("{place}{round}-{}", index + 1),
                    rule,
                    component,
                ));
            }
        }
    }
    out
}

fn part(place: String, rule: Option<&ElementRule>, bytes: &[u8]) -> Cell {
    Cell {
        place,
        label: rule.and_then(|rule| label::data_element(&rule.element)),
        value: visible(&decode(bytes)).into_owned(),
        meaning: rule.and_then(|rule| of_type(rule, bytes)),
        parts: Vec::new(),
    }
}

/// The value as it stands; the padding of ISA says nothing.
fn value(segment: Segment<'_>, element: Element<'_>) -> String {
    let text = if segment.id() == b"ISA" {
        element.trimmed()
    } else {
        element.text()
    };
    visible(&text).into_owned()
}

fn meaning(words: &ElementWords, segment: Segment<'_>, number: usize) -> Option<String> {
    let bytes = segment.element(number).as_bytes();
    let code = std::str::from_utf8(bytes.trim_ascii()).ok()?;
    if let Some(words) = words.code(code) {
        return Some(words.to_owned());
    }
    let rule = words.rule?;
    // A period is a date where the element before it says so.
    if &*rule.element == "1251" && segment.element(number - 1).as_bytes() == b"D8" {
        return day(bytes);
    }
    of_type(rule, bytes)
}

fn of_type(rule: &ElementRule, bytes: &[u8]) -> Option<String> {
    let ElementKind::Simple { ty, .. } = &rule.kind else {
        return None;
    };
    match *ty {
        ElementType::N(decimals) if decimals > 0 => {
            let amount = implied(bytes, u32::from(decimals)).ok()?;
            Some(grouped(&amount.to_string()))
        }
        ElementType::N(_) | ElementType::R => {
            let text = std::str::from_utf8(bytes).ok()?;
            let is_number = text
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'));
            let shown = grouped(text);
            // A number that means something by its digits, such as a control number, is none.
            (is_number && shown != text && !text.starts_with('0')).then_some(shown)
        }
        ElementType::Dt => day(bytes),
        ElementType::Tm => {
            let time = Time::parse(bytes)?;
            let (hour, minute) = (time.hour(), time.minute());
            Some(match time.second() {
                Some(second) => format!("{hour:02}:{minute:02}:{second:02}"),
                None => format!("{hour:02}:{minute:02}"),
            })
        }
        _ => None,
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A date as nobody mistakes it: `Wed 31 Jan 2024`.
fn day(bytes: &[u8]) -> Option<String> {
    const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let date = Date::parse(bytes)?;
    let (year, month, day) = (date.year(), date.month(), date.day());
    let civil = jiff::civil::Date::new(year, month, day).ok()?;
    let index = |number: i8| usize::try_from(number - 1).ok();
    let weekday = WEEKDAYS.get(index(civil.weekday().to_monday_one_offset())?)?;
    let month = MONTHS.get(index(month)?)?;
    Some(format!("{weekday} {day} {month} {year}"))
}

/// With a comma before each three digits of the whole part, where that has five or more.
fn grouped(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut out = String::with_capacity(number.len() + 4);
    out.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && whole.len() >= 5 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Short words for a loop by the segment that opens it: for HL the level, for N1 the role.
pub(crate) fn loop_words(words: &mut SegmentWords, segment: Segment<'_>) -> Option<&'static str> {
    let number = match segment.id() {
        b"HL" => 3,
        b"N1" | b"NM1" => 1,
        _ => return words.label(),
    };
    let code = segment.element(number);
    words.element(number).code(&code.text()).or(words.label())
}

/// What an eye would miss or a terminal would obey: control characters, and marks that hide or
/// turn text.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
    };
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_hidden(character) {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Glossary;
    use crate::reader::Reader;
    use crate::schema::Release;

    const ISA: &str = "ISA*00*          *01*hunter2   *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*^*00501*000000001*0*T*>~";

    fn of(segment: &str) -> Vec<String> {
        let file = format!("{ISA}{segment}~");
        let mut reader = Reader::from_slice(file.as_bytes());
        if !segment.is_empty() {
            reader.next_segment().unwrap();
        }
        let segment = reader.next_segment().unwrap().unwrap();
        let show = |cell: &Cell| {
            format!(
                "{}|{}|{}|{}",
                cell.place,
                cell.label.unwrap_or_default(),
                cell.value,
                cell.meaning.as_deref().unwrap_or_default()
            )
        };
        let mut glossary = Glossary::default();
        cells(glossary.of(Release::V005010, segment.id()), segment)
            .iter()
            .flat_map(|cell| std::iter::once(show(cell)).chain(cell.parts.iter().map(show)))
            .collect()
    }

    #[test]
    fn values_are_told_in_readable_form() {
        assert_eq!(of("TDS*1234550"), ["TDS01|total|1234550|12,345.50"]);
        assert_eq!(
            of("BEG*00*SA*4711**20240131"),
            [
                "BEG01|purpose|00|original",
                "BEG02|order type|SA|stand-alone order",
                "BEG03|order number|4711|",
                "BEG05|order date|20240131|Wed 31 Jan 2024"
            ]
        );
        assert_eq!(
            of("ST*850*0001").first().unwrap(),
            "ST01|set|850|purchase order"
        );
        assert_eq!(
            of("AMT*1*1234567.5").last().unwrap(),
            "AMT02|amount|1234567.5|1,234,567.5"
        );
        assert_eq!(
            of("DTM*011*20240230*1259").get(1).unwrap(),
            "DTM02|date|20240230|"
        );
        assert_eq!(
            of("DTM*011*20240229*125959").get(2).unwrap(),
            "DTM03|time|125959|12:59:59"
        );
        assert_eq!(
            of("DTP*011*D8*20240229").get(2).unwrap(),
            "DTP03|date or period|20240229|Thu 29 Feb 2024"
        );
    }

    #[test]
    fn parts_have_their_own_places() {
        let cells = of("REF*DP*1**IV>7>PO>8^ZZ>9");
        assert_eq!(cells.get(3).unwrap(), "REF04[1]-1|reference kind|IV|");
        assert_eq!(cells.last().unwrap(), "REF04[2]-2|reference|9|");
    }

    #[test]
    fn nothing_hidden_is_shown_and_nothing_shown_is_hidden() {
        let isa = of("");
        assert!(
            isa.contains(&"ISA04|security data|***|".to_owned()),
            "{isa:?}"
        );
        assert!(isa.contains(&"ISA15|usage|T|test".to_owned()), "{isa:?}");
        assert_eq!(
            of("MSG*a\u{1b}[31mb\u{202e}"),
            ["MSG01|message|a\\u{1b}[31mb\\u{202e}|"]
        );
    }
}
