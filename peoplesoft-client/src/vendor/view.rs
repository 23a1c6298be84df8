//! A row of a record, wherever it came from, read as the values it stands for.

use std::collections::BTreeMap;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::names::{KEY, Names};
use crate::model::{
    EffStatus, HIDDEN, InvalidId, PsDate, PsDateTime, Sensitive, Zone, is_sensitive, parse_decimal,
};
use crate::rowset::Finding;

/// What a message and a component interface have in common: fields by name, rows below by record.
pub(crate) trait Row: Sized + Clone {
    /// The text of a field; nothing when blank or absent.
    fn text(&self, field: &str) -> Option<String>;

    /// All fields with a text.
    fn fields(&self) -> Vec<(String, String)>;

    /// The rows below of one record.
    fn children(&self, record: &str) -> Vec<Self>;

    /// Whether the row tells what is no longer there: deleted, or the old values of a change.
    fn is_gone(&self) -> bool;

    /// Where it is.
    fn place(&self) -> String;
}

/// A row of a record whose delivered name is known.
pub(super) struct View<'a, R> {
    pub(super) row: R,
    pub(super) record: &'static str,
    pub(super) names: &'a Names,
    pub(super) zone: &'a Zone,
}

impl<'a, R: Row> View<'a, R> {
    /// The rows below of a record.
    pub(super) fn below(&self, record: &'static str) -> Vec<View<'a, R>> {
        let rows = self.row.children(self.names.record(record));
        rows.into_iter()
            .map(|row| View {
                row,
                record,
                names: self.names,
                zone: self.zone,
            })
            .collect()
    }

    pub(super) fn text(&self, field: &str) -> Option<String> {
        self.row.text(self.names.field(self.record, field))
    }

    pub(super) fn finding(&self, field: &str, found: &str, expected: impl Into<String>) -> Finding {
        let name = self.names.field(self.record, field);
        let found = if is_sensitive(field) { HIDDEN } else { found };
        Finding::new(format!("{}.{name}", self.row.place()), found, expected)
    }

    fn read<T>(
        &self,
        field: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Finding> {
        let Some(text) = self.text(field) else {
            return Ok(None);
        };
        read(&text)
            .map(Some)
            .map_err(|expected| self.finding(field, &text, expected))
    }

    pub(super) fn id<T: FromStr<Err = InvalidId>>(
        &self,
        field: &str,
    ) -> Result<Option<T>, Finding> {
        self.read(field, |text| {
            text.parse().map_err(|error: InvalidId| error.expected())
        })
    }

    /// A translate value.
    pub(super) fn code<T>(&self, field: &str, read: impl FnOnce(&str) -> T) -> Option<T> {
        self.text(field).map(|text| read(&text))
    }

    /// A whole number from 0; nothing when blank or absent.
    pub(super) fn whole(&self, field: &str) -> Result<Option<u32>, Finding> {
        self.read(field, |text| {
            parse_decimal(text)
                .ok()
                .filter(|value| value.fract().is_zero() && !value.is_sign_negative())
                .and_then(|value| value.to_u32())
                .ok_or_else(|| "a whole number from 0".to_owned())
        })
    }

    /// A number from 1 in a list; nothing when it is 0, blank or absent.
    pub(super) fn number(&self, field: &str) -> Result<Option<u32>, Finding> {
        Ok(self.whole(field)?.filter(|number| *number > 0))
    }

    /// The number that names a row in its list.
    pub(super) fn numbered(&self, field: &str) -> Result<u32, Finding> {
        self.number(field)?
            .ok_or_else(|| self.finding(field, "", "a whole number from 1"))
    }

    pub(super) fn decimal(&self, field: &str) -> Result<Option<Decimal>, Finding> {
        self.read(field, |text| {
            parse_decimal(text).map_err(|error| error.expected().to_owned())
        })
    }

    pub(super) fn date_time(&self, field: &str) -> Result<Option<PsDateTime>, Finding> {
        self.read(field, |text| {
            PsDateTime::parse_any(text, self.zone).map_err(|error| error.expected().to_owned())
        })
    }

    pub(super) fn date(&self, field: &str) -> Result<Option<PsDate>, Finding> {
        self.read(field, |text| {
            let time = text.parse::<PsDate>();
            time.or_else(|_| PsDateTime::parse_any(text, self.zone).map(PsDateTime::date))
                .map_err(|_| "a date such as 2026-03-31".to_owned())
        })
    }

    /// The day from which a row holds, and whether it is in use then.
    pub(super) fn effective(&self) -> Result<(PsDate, EffStatus), Finding> {
        let date = self
            .date("EFFDT")?
            .ok_or_else(|| self.finding("EFFDT", "", "a date such as 2026-03-31"))?;
        let status = self.code("EFF_STATUS", EffStatus::from_text);
        Ok((date, status.unwrap_or(EffStatus::Active)))
    }

    pub(super) fn sensitive(&self, field: &str) -> Option<Sensitive> {
        self.text(field).and_then(Sensitive::new)
    }

    /// The fields that are not among `known`, and that may be shown.
    pub(super) fn extra(&self, known: &[&str]) -> BTreeMap<String, String> {
        let is_known = |name: &str| {
            let mut all = known.iter().chain(&KEY);
            all.any(|field| self.names.field(self.record, field) == name)
        };
        self.row
            .fields()
            .into_iter()
            .filter(|(name, text)| !text.is_empty() && !is_known(name) && !is_sensitive(name))
            .collect()
    }
}
