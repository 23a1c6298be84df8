//! One list of fields for both directions: what is written is what is read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::finding::Finding;
use super::new_row::NewRow;
use super::transaction::Row;
use crate::model::{InvalidId, PsDate};

/// How many digits before and after the point PeopleSoft keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digits {
    before: u32,
    after: u32,
}

impl Digits {
    /// Amounts: DECIMAL(26,3).
    pub(crate) const AMOUNT: Self = Self {
        before: 23,
        after: 3,
    };
    /// Quantities: DECIMAL(15,4).
    pub(crate) const QUANTITY: Self = Self {
        before: 11,
        after: 4,
    };
    /// Prices: DECIMAL(15,5).
    pub(crate) const PRICE: Self = Self {
        before: 10,
        after: 5,
    };

    fn check(self, value: Decimal) -> Result<(), String> {
        let bound = Decimal::from_i128_with_scale(10_i128.pow(self.before), 0);
        if value.abs() < bound && value.normalize().scale() <= self.after {
            return Ok(());
        }
        if self.after == 0 {
            return Err("a whole number from 0".to_owned());
        }
        Err(format!(
            "a number of at most {} digits before and {} after the point",
            self.before, self.after
        ))
    }
}

/// The fields of one row on their way out of a model or into it.
pub(crate) struct Exchange<'a> {
    side: Side<'a>,
    /// Where the row is, for findings.
    place: String,
    date_format: &'a str,
    /// What the site calls some fields.
    names: Option<&'a BTreeMap<String, String>>,
    findings: Vec<Finding>,
}

enum Side<'a> {
    Write(NewRow),
    Read {
        row: Row<'a>,
        seen: BTreeSet<String>,
    },
}

impl<'a> Exchange<'a> {
    /// Writes a row of `record`; `date_format` is one of `strftime`.
    pub(crate) fn write(record: &str, place: impl Into<String>, date_format: &'a str) -> Self {
        Self {
            side: Side::Write(NewRow::new(record)),
            place: place.into(),
            date_format,
            names: None,
            findings: Vec::new(),
        }
    }

    /// Reads a row; dates in ISO order are understood whatever the format.
    pub(crate) fn read(row: Row<'a>, date_format: &'a str) -> Self {
        Self {
            side: Side::Read {
                row,
                seen: BTreeSet::new(),
            },
            place: row.place(),
            date_format,
            names: None,
            findings: Vec::new(),
        }
    }

    /// The same where the site calls some fields otherwise.
    pub(crate) fn renamed(mut self, names: &'a BTreeMap<String, String>) -> Self {
        self.names = Some(names);
        self
    }

    fn name_of<'f>(&self, field: &'f str) -> &'f str
    where
        'a: 'f,
    {
        let theirs = self.names.and_then(|names| names.get(field));
        theirs.map_or(field, String::as_str)
    }

    fn find(&mut self, field: &str, found: &str, expected: impl Into<String>) {
        let place = format!("{}.{field}", self.place);
        self.findings.push(Finding::new(place, found, expected));
    }

    /// The text that a field is read from; nothing when written or blank.
    fn taken(&mut self, field: &str) -> Option<&'a str> {
        let field = self.name_of(field);
        match &mut self.side {
            Side::Read { row, seen } => {
                seen.insert(field.to_owned());
                row.text(field)
            }
            Side::Write(_) => None,
        }
    }

    fn is_write(&self) -> bool {
        matches!(self.side, Side::Write(_))
    }

    fn put(&mut self, change: impl FnOnce(NewRow) -> NewRow) {
        if let Side::Write(row) = &mut self.side {
            *row = change(std::mem::replace(row, NewRow::new("")));
        }
    }

    /// An identifier that must be there.
    pub(crate) fn id<T>(&mut self, field: &str, value: &mut T)
    where
        T: Display + FromStr<Err = InvalidId>,
    {
        if self.is_write() {
            self.put(|row| row.text(field, value.to_string()));
            return;
        }
        let text = self.taken(field).unwrap_or_default();
        match text.parse() {
            Ok(read) => *value = read,
            Err(error) => self.find(field, text, error.expected()),
        }
    }

    /// An identifier that may be blank.
    pub(crate) fn optional_id<T>(&mut self, field: &str, value: &mut Option<T>)
    where
        T: Display + FromStr<Err = InvalidId>,
    {
        if self.is_write() {
            if let Some(value) = value {
                self.put(|row| row.text(field, value.to_string()));
            }
        } else if let Some(text) = self.taken(field) {
            match text.parse() {
                Ok(read) => *value = Some(read),
                Err(error) => self.find(field, text, error.expected()),
            }
        }
    }

    /// A text of at most so many characters.
    pub(crate) fn text(&mut self, field: &str, value: &mut Option<String>, most: usize) {
        if self.is_write() {
            let Some(text) = value else { return };
            if text.chars().count() > most || text.chars().any(char::is_control) {
                let expected =
                    format!("at most {most} characters, none of them a control character");
                self.find(field, text, expected);
            }
            self.put(|row| row.text(field, text.as_str()));
        } else if let Some(text) = self.taken(field) {
            *value = Some(text.to_owned());
        }
    }

    /// A translate value.
    pub(crate) fn code<T>(
        &mut self,
        field: &str,
        value: &mut Option<T>,
        from_text: impl FnOnce(&str) -> T,
        code: impl FnOnce(&T) -> &str,
    ) {
        if self.is_write() {
            if let Some(value) = value {
                self.put(|row| row.text(field, code(value)));
            }
        } else if let Some(text) = self.taken(field) {
            *value = Some(from_text(text));
        }
    }

    /// A day that must be there.
    pub(crate) fn date(&mut self, field: &str, value: &mut PsDate) {
        let mut held = Some(*value);
        self.optional_date(field, &mut held);
        match held {
            Some(day) if self.is_write() || self.has(field) => *value = day,
            _ => self.find(field, "", "a date such as 2026-03-31"),
        }
    }

    /// A day that may be blank.
    pub(crate) fn optional_date(&mut self, field: &str, value: &mut Option<PsDate>) {
        if self.is_write() {
            if let Some(day) = *value {
                let format = self.date_format;
                self.put(|row| row.date_as(field, day, format));
            }
        } else if let Some(text) = self.taken(field)
            && let Side::Read { row, .. } = &self.side
        {
            match row.date(self.name_of(field)).or_else(|finding| {
                PsDate::parse(text, self.date_format)
                    .map(Some)
                    .map_err(|_| finding)
            }) {
                Ok(day) => *value = day,
                Err(finding) => self.findings.push(finding),
            }
        }
    }

    /// Whether a field that is read is not blank.
    fn has(&self, field: &str) -> bool {
        match &self.side {
            Side::Read { row, .. } => row.text(self.name_of(field)).is_some(),
            Side::Write(_) => true,
        }
    }

    /// A number; a blank is 0, as PeopleSoft keeps no absent numbers.
    pub(crate) fn number(&mut self, field: &str, value: &mut Decimal, digits: Digits) {
        let mut held = self.is_write().then_some(*value);
        self.optional_number(field, &mut held, digits);
        *value = held.unwrap_or_default();
    }

    /// A number that may be absent.
    pub(crate) fn optional_number(
        &mut self,
        field: &str,
        value: &mut Option<Decimal>,
        digits: Digits,
    ) {
        if !self.is_write()
            && self.taken(field).is_some()
            && let Side::Read { row, .. } = &self.side
        {
            match row.decimal(self.name_of(field)) {
                Ok(number) => *value = number,
                Err(finding) => self.findings.push(finding),
            }
        }
        if let Some(number) = *value {
            if let Err(expected) = digits.check(number) {
                self.find(field, &number.to_string(), expected);
            }
            self.put(|row| row.number(field, number));
        }
    }

    /// A whole number from 0; a blank is 0.
    pub(crate) fn whole(&mut self, field: &str, value: &mut u32) {
        let mut held = self.is_write().then_some(*value);
        self.optional_whole(field, &mut held);
        *value = held.unwrap_or_default();
    }

    /// A whole number from 0 that may be absent.
    pub(crate) fn optional_whole(&mut self, field: &str, value: &mut Option<u32>) {
        const WHOLE: Digits = Digits {
            before: 10,
            after: 0,
        };
        let mut number = value.map(Decimal::from);
        self.optional_number(field, &mut number, WHOLE);
        match number.map(|number| (number, number.to_u32())) {
            None => *value = None,
            Some((number, whole)) if number.fract().is_zero() => match whole {
                Some(whole) => *value = Some(whole),
                None => self.find(field, &number.to_string(), "a whole number from 0"),
            },
            // Already found.
            Some(_) => {}
        }
    }

    /// A text that is always the same, such as `NEXT`.
    pub(crate) fn fixed(&mut self, field: &str, text: &str) {
        self.taken(field);
        self.put(|row| row.text(field, text));
    }

    fn is_written(&self, field: &str) -> bool {
        match &self.side {
            Side::Write(row) => row.fields().any(|(name, _, _)| name == field),
            Side::Read { .. } => false,
        }
    }

    /// All the fields that nothing else has written or read, as texts.
    pub(crate) fn extra(&mut self, extra: &mut BTreeMap<String, String>) {
        match &mut self.side {
            Side::Write(_) => {
                for (name, text) in extra {
                    if self.is_written(name) {
                        self.find(name, text, "a field that the model has no place for");
                    }
                    self.put(|row| row.text(name.as_str(), text.as_str()));
                }
            }
            Side::Read { row, seen } => {
                for field in row.fields() {
                    if !seen.contains(field.name()) && !field.text().is_empty() {
                        extra.insert(field.name().to_owned(), field.text().to_owned());
                    }
                }
            }
        }
    }

    /// The row that was written, and what is wrong with the values.
    pub(crate) fn written(self) -> (NewRow, Vec<Finding>) {
        match self.side {
            Side::Write(mut row) => {
                if let Some(names) = self.names {
                    row.rename(names);
                }
                (row, self.findings)
            }
            Side::Read { row, .. } => (NewRow::from(row), self.findings),
        }
    }

    /// What could not be read.
    pub(crate) fn findings(self) -> Vec<Finding> {
        self.findings
    }
}
