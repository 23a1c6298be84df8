//! The `FieldTypes` section: which records and fields a message has, and of which type they are.

use std::collections::HashMap;
use std::fmt;

use super::finding::Finding;
use crate::model::{PsDate, parse_decimal};

/// The type of a field as `FieldTypes` gives it; there are three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldType {
    /// `CHAR`: text, in the database padded with blanks.
    Char,
    /// `NUMBER`: digits, a point and a sign.
    Number,
    /// `DATE`: a day, or a day with a time.
    Date,
}

impl FieldType {
    /// The word in the `type` attribute: `CHAR`, `NUMBER`, `DATE`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Char => "CHAR",
            Self::Number => "NUMBER",
            Self::Date => "DATE",
        }
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        [Self::Char, Self::Number, Self::Date]
            .into_iter()
            .find(|kind| text.trim().eq_ignore_ascii_case(kind.as_str()))
    }

    /// Whether a text that is not blank can be of this type; otherwise what could.
    pub(super) fn check(self, text: &str) -> Result<(), &'static str> {
        match self {
            Self::Char => Ok(()),
            Self::Number if is_plain_number(text) || parse_decimal(text).is_ok() => Ok(()),
            Self::Number => Err("a number written with digits and at most one decimal point"),
            Self::Date if is_date(text) => Ok(()),
            Self::Date => Err("a date such as 2026-03-31, with or without a time"),
        }
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The usual case of [`parse_decimal`] without its pains.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let mut points = 0;
    let plain = digits.bytes().all(|byte| {
        points += usize::from(byte == b'.');
        byte.is_ascii_digit() || byte == b'.'
    });
    plain && points <= 1 && digits.len() > points && digits.len() <= 20
}

/// A day in ISO order, with `-` or `/` between, and anything that a time could be behind it.
fn is_date(text: &str) -> bool {
    day(text).is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with(['T', ' ', '-']))
}

/// The day at the beginning of a text, and what follows.
pub(super) fn day(text: &str) -> Option<(PsDate, &str)> {
    let &[y1, y2, y3, y4, s1, m1, m2, s2, d1, d2] = text.as_bytes().first_chunk()?;
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    let year = [y1, y2, y3, y4].into_iter().try_fold(0_u16, |year, byte| {
        Some(year * 10 + u16::from(digit(byte)?))
    })?;
    let month = digit(m1)? * 10 + digit(m2)?;
    let day = digit(d1)? * 10 + digit(d2)?;
    (s1 == s2 && (s1 == b'-' || s1 == b'/')).then_some(())?;
    Some((PsDate::new(year, month, day).ok()?, text.get(10..)?))
}

type RecordFields = Vec<(Box<str>, FieldType)>;

/// The records of a message with their fields, in the order in which they are declared.
///
/// ```
/// use peoplesoft_client::rowset::{FieldType, FieldTypes};
///
/// let types = FieldTypes::new()
///     .field("VENDOR", "SETID", FieldType::Char)
///     .field("VENDOR", "VENDOR_ID", FieldType::Char)
///     .field("VENDOR", "LAST_ACTIVITY_DT", FieldType::Date);
/// assert_eq!(types.of("VENDOR", "LAST_ACTIVITY_DT"), Some(FieldType::Date));
/// assert_eq!(types.of("VENDOR", "NAME1"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldTypes {
    records: Vec<(Box<str>, RecordFields)>,
    positions: HashMap<Box<str>, usize>,
}

impl FieldTypes {
    /// No record yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field at the end of its record, and the record at the end if it is new; a field that is
    /// there gets the type.
    #[must_use]
    pub fn field(mut self, record: &str, field: &str, kind: FieldType) -> Self {
        self.add(record, field, kind);
        self
    }

    pub(super) fn add_record(&mut self, record: &str) -> usize {
        if let Some(at) = self.positions.get(record) {
            return *at;
        }
        self.records.push((record.into(), Vec::new()));
        self.positions.insert(record.into(), self.records.len() - 1);
        self.records.len() - 1
    }

    pub(super) fn add(&mut self, record: &str, field: &str, kind: FieldType) {
        let at = self.add_record(record);
        if let Some((_, fields)) = self.records.get_mut(at) {
            match fields.iter_mut().find(|(name, _)| **name == *field) {
                Some((_, known)) => *known = kind,
                None => fields.push((field.into(), kind)),
            }
        }
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Whether a record is declared.
    #[must_use]
    pub fn has_record(&self, record: &str) -> bool {
        self.positions.contains_key(record)
    }

    /// The type of a field; nothing when it, or its record, is not declared.
    #[must_use]
    pub fn of(&self, record: &str, field: &str) -> Option<FieldType> {
        let (_, fields) = self.records.get(*self.positions.get(record)?)?;
        fields
            .iter()
            .find(|(name, _)| **name == *field)
            .map(|(_, kind)| *kind)
    }

    /// The records in order.
    pub fn records(&self) -> impl Iterator<Item = &str> {
        self.records.iter().map(|(name, _)| &**name)
    }

    /// The fields of a record in order; none when it is not declared.
    pub fn fields(&self, record: &str) -> impl Iterator<Item = (&str, FieldType)> {
        let at = self.positions.get(record).copied();
        at.and_then(|at| self.records.get(at))
            .into_iter()
            .flat_map(|(_, fields)| fields.iter().map(|(name, kind)| (&**name, *kind)))
    }

    /// Whether a text may stand in a field; a blank may stand in any that is declared.
    pub(super) fn check(&self, record: &str, field: &str, text: &str) -> Result<(), Finding> {
        let expected = match self.of(record, field) {
            None => "a field that FieldTypes declares",
            Some(_) if text.is_empty() => return Ok(()),
            Some(kind) => match kind.check(text) {
                Ok(()) => return Ok(()),
                Err(expected) => expected,
            },
        };
        Err(Finding::new(format!("{record}.{field}"), text, expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_by_type() {
        for (kind, good, bad) in [
            (FieldType::Char, vec!["x", "1,5"], vec![]),
            (
                FieldType::Number,
                vec!["0", "-1.50", "12345678901234567890.123", "1e3", "5."],
                vec!["1,5", ".", "-", "x", "1.2.3", "--1"],
            ),
            (
                FieldType::Date,
                vec![
                    "2026-03-31",
                    "2026/03/31",
                    "2026-03-31T10:00:00.000000-0500",
                    "2024-02-29",
                ],
                vec![
                    "2026-02-30",
                    "31.03.2026",
                    "2026-03/31",
                    "2026-3-1",
                    "20260331",
                    "2026-03-31x",
                ],
            ),
        ] {
            for text in good {
                assert_eq!(kind.check(text), Ok(()), "{text}");
            }
            for text in bad {
                assert!(kind.check(text).is_err(), "{text}");
            }
        }
    }

    #[test]
    fn fields_stay_in_order() {
        let types = FieldTypes::new()
            .field("B", "X", FieldType::Char)
            .field("A", "Y", FieldType::Date)
            .field("B", "W", FieldType::Number)
            .field("B", "X", FieldType::Number);
        assert_eq!(types.records().collect::<Vec<_>>(), ["B", "A"]);
        let fields: Vec<_> = types.fields("B").collect();
        assert_eq!(fields, [("X", FieldType::Number), ("W", FieldType::Number)]);
        assert_eq!(types.fields("C").count(), 0);
    }
}
