//! A row to be written.

use std::fmt;

use rust_decimal::Decimal;

use super::audit::{AuditAction, PSCAMA};
use super::field_type::FieldType;
use super::transaction::Row;
use crate::model::{PsDate, PsDateTime, Zone};

/// A row to be written, with its fields and the rows below it.
///
/// ```
/// use peoplesoft_client::Decimal;
/// use peoplesoft_client::rowset::{AuditAction, NewRow};
///
/// let row = NewRow::new("VCHR_HDR_STG")
///     .text("INVOICE_ID", "INV-7")
///     .number("GROSS_AMT", Decimal::new(125_050, 2))
///     .date("INVOICE_DT", "2026-03-31".parse()?)
///     .row(NewRow::new("VCHR_LINE_STG").number("VOUCHER_LINE_NUM", 1).action(AuditAction::Add));
/// assert_eq!(row.rows().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct NewRow {
    record: Box<str>,
    pub(super) fields: Vec<NewField>,
    rows: Vec<NewRow>,
    action: Option<AuditAction>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct NewField {
    pub(super) name: Box<str>,
    pub(super) text: Box<str>,
    pub(super) kind: FieldType,
}

impl NewRow {
    /// A row of a record, without fields.
    #[must_use]
    pub fn new(record: impl Into<Box<str>>) -> Self {
        Self {
            record: record.into(),
            fields: Vec::new(),
            rows: Vec::new(),
            action: None,
        }
    }

    fn field(
        mut self,
        name: impl Into<Box<str>>,
        text: impl Into<Box<str>>,
        kind: FieldType,
    ) -> Self {
        let (name, text) = (name.into(), text.into());
        self.fields.push(NewField { name, text, kind });
        self
    }

    /// Adds a field of type `CHAR`; an empty text is a blank.
    #[must_use]
    pub fn text(self, field: impl Into<Box<str>>, text: impl Into<Box<str>>) -> Self {
        self.field(field, text, FieldType::Char)
    }

    /// Adds a field of type `NUMBER`, written with all its decimals.
    #[must_use]
    pub fn number(self, field: impl Into<Box<str>>, value: impl Into<Decimal>) -> Self {
        self.field(field, value.into().to_string(), FieldType::Number)
    }

    /// Adds a field of type `DATE`, written as `2026-03-31`.
    #[must_use]
    pub fn date(self, field: impl Into<Box<str>>, day: PsDate) -> Self {
        self.field(field, day.to_string(), FieldType::Date)
    }

    /// Adds a field of type `DATE`, written in a format of `strftime` such as `%Y/%m/%d`.
    #[must_use]
    pub fn date_as(self, field: impl Into<Box<str>>, day: PsDate, format: &str) -> Self {
        self.field(field, day.format(format), FieldType::Date)
    }

    /// Adds a field of type `DATE` with a time, written with the offset that `zone` has then:
    /// `2026-03-31T14:05:09.000000-0500` (Oracle, PeopleTools: Integration Broker, "PeopleSoft
    /// Timestamp Format").
    #[must_use]
    pub fn date_time(self, field: impl Into<Box<str>>, time: PsDateTime, zone: &Zone) -> Self {
        self.field(field, time.format_with_offset(zone), FieldType::Date)
    }

    /// Adds a row below.
    #[must_use]
    pub fn row(mut self, row: NewRow) -> Self {
        self.rows.push(row);
        self
    }

    /// Adds a row below, to a row that is only lent.
    pub fn push(&mut self, row: NewRow) {
        self.rows.push(row);
    }

    /// Says what happened to the row; rows of level 0 have the action of their transaction instead.
    #[must_use]
    pub fn action(mut self, action: impl Into<Option<AuditAction>>) -> Self {
        self.action = action.into();
        self
    }

    /// The record.
    #[must_use]
    pub fn record(&self) -> &str {
        &self.record
    }

    /// The fields in order, with the text that will be written and their type.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&str, &str, FieldType)> {
        self.fields
            .iter()
            .map(|field| (&*field.name, &*field.text, field.kind))
    }

    /// The rows below.
    #[must_use]
    pub fn rows(&self) -> &[NewRow] {
        &self.rows
    }

    /// Gives fields the names that a map has for them.
    pub(crate) fn rename(&mut self, names: &std::collections::BTreeMap<String, String>) {
        for field in &mut self.fields {
            if let Some(name) = names.get(&*field.name) {
                field.name = name.as_str().into();
            }
        }
    }

    pub(super) fn audit(&self) -> Option<&AuditAction> {
        self.action.as_ref()
    }
}

/// The same row, to be changed or written again; a field of no declared type becomes `CHAR`.
impl From<Row<'_>> for NewRow {
    fn from(row: Row<'_>) -> Self {
        let mut new = Self::new(row.record()).action(row.action());
        for field in row.fields() {
            let kind = field.field_type().unwrap_or(FieldType::Char);
            new = new.field(field.name(), field.text(), kind);
        }
        new.rows = row
            .rows()
            .filter(|row| row.record() != PSCAMA)
            .map(Self::from)
            .collect();
        new
    }
}

/// The record and the names of the fields, without values: they may be sensitive.
impl fmt::Debug for NewRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.fields.iter().map(|field| &*field.name).collect();
        f.debug_struct("NewRow")
            .field("record", &self.record)
            .field("fields", &names)
            .field("rows", &self.rows)
            .field("action", &self.action)
            .finish()
    }
}
