//! Where the fields of a type are found among the columns of an answer.

use std::borrow::Cow;

use serde::Deserialize;

use super::Problem;
use super::row::RowDecoder;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::model::{PsDate, PsDateTime, Zone};
use crate::query::field_map::FieldMap;
use crate::query::row::Row;

/// Where the fields of one type are found, worked out once and used for every row.
#[derive(Debug)]
pub(crate) struct Plan<'m> {
    map: Cow<'m, FieldMap>,
    zone: Zone,
    fields: &'static [&'static str],
    columns: usize,
    pub(super) slots: Vec<Slot>,
}

/// A field that has a column.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) field: &'static str,
    pub(super) column: usize,
    /// Whether the text is not simply what it says.
    pub(super) translated: bool,
}

impl<'m> Plan<'m> {
    pub(crate) fn new(map: impl Into<Cow<'m, FieldMap>>, zone: Option<&Zone>) -> Result<Self> {
        let map: Cow<'m, FieldMap> = map.into();
        let named = map.zone.as_deref().map(Zone::new).transpose();
        let named = named.map_err(|error| {
            Error::new(
                ErrorKind::InvalidRequest,
                format!("the zone of the field map: {error}"),
            )
        })?;
        Ok(Self {
            zone: named.or_else(|| zone.cloned()).unwrap_or_else(Zone::utc),
            map,
            fields: &[],
            columns: 0,
            slots: Vec::new(),
        })
    }

    /// Reads one row.
    pub(crate) fn decode<'a, T: Deserialize<'a>>(&mut self, row: Row<'a>) -> Result<T> {
        let refuse = |what: String| {
            let place = match row.number() {
                Some(number) => format!("row {number}: {what}"),
                None => what,
            };
            Error::new(ErrorKind::Decode, place).with_sent(Sent::Yes)
        };
        if let Some(raw) = row.malformed() {
            let found: String = raw.escape_debug().take(100).collect();
            return Err(refuse(format!("found `{found}` in place of a row")));
        }
        T::deserialize(RowDecoder::new(row, self)).map_err(|problem| refuse(problem.0))
    }

    pub(super) fn fit(
        &mut self,
        fields: &'static [&'static str],
        names: &[Box<str>],
    ) -> Result<(), Problem> {
        if std::ptr::eq(self.fields, fields) && self.columns == names.len() {
            return Ok(());
        }
        self.slots.clear();
        for field in fields {
            match self.map.find(field, names) {
                Ok(Some(column)) => self.slots.push(Slot {
                    field,
                    column,
                    translated: self.map.date_formats.contains_key(*field)
                        || self.map.codes.contains_key(*field),
                }),
                Ok(None) => {}
                Err(rivals) => {
                    return Err(Problem(format!(
                        "the field {field} could be read from {}; map it to one of them, or to \"\"",
                        rivals.join(", ")
                    )));
                }
            }
        }
        self.fields = fields;
        self.columns = names.len();
        Ok(())
    }

    /// The text of a field as its type is to see it.
    pub(super) fn translate<'a>(
        &self,
        field: &str,
        text: &'a str,
    ) -> Result<Cow<'a, str>, Problem> {
        if let Some(format) = self.map.date_formats.get(field) {
            let read = if has_hours(format) {
                PsDateTime::parse(text, format, &self.zone).map(|time| time.to_string())
            } else {
                PsDate::parse(text, format).map(|date| date.to_string())
            };
            return read
                .map(Cow::Owned)
                .map_err(|error| Problem(error.to_string()));
        }
        let code = self.map.codes.get(field).and_then(|codes| codes.get(text));
        Ok(match code {
            Some(code) => Cow::Owned(code.clone()),
            None => Cow::Borrowed(text),
        })
    }
}

/// Whether a format of `strftime` has a letter for hours.
pub(super) fn has_hours(format: &str) -> bool {
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter == '%' {
            let directive =
                letters.find(|c| !matches!(c, '-' | '_' | '0'..='9' | '^' | '#' | '.' | ':'));
            if matches!(
                directive,
                Some('H' | 'I' | 'k' | 'l' | 'T' | 'R' | 's' | 'c' | 'r')
            ) {
                return true;
            }
        }
    }
    false
}

impl<'m> From<&'m FieldMap> for Cow<'m, FieldMap> {
    fn from(map: &'m FieldMap) -> Self {
        Cow::Borrowed(map)
    }
}
