//! A transaction as rows and fields, whatever their names.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::audit::{AUDIT_ACTN, AuditAction, PSCAMA, Pscama};
use super::columns::{Columns, NONE};
use super::field_type::{FieldType, day};
use super::finding::Finding;
use crate::model::{InvalidId, PsDate, PsDateTime, Zone, parse_decimal};

/// One transaction of a message: the unit that PeopleSoft applies as a whole.
///
/// Rows and fields are kept by name in the order of the message, also those that nothing declares.
#[derive(Clone, Default)]
pub struct Transaction {
    pub(super) columns: Columns,
    pub(super) rows: Vec<RowData>,
    pub(super) fields: Vec<FieldData>,
    pub(super) text: String,
    pub(super) top: Links,
    pub(super) pscama: u32,
    pub(super) findings: Vec<Finding>,
    pub(super) number: u64,
}

/// The first and the last of a chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Links {
    pub(super) first: u32,
    pub(super) last: u32,
}

impl Default for Links {
    fn default() -> Self {
        Self {
            first: NONE,
            last: NONE,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct RowData {
    pub(super) record: u32,
    pub(super) parent: u32,
    pub(super) fields: Links,
    pub(super) children: Links,
    pub(super) next: u32,
    pub(super) pscama: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct FieldData {
    pub(super) column: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) next: u32,
}

/// Findings beyond so many are counted no more.
const MAX_FINDINGS: usize = 100;

impl Transaction {
    pub(super) fn clear(&mut self) {
        // One large transaction must not hold its memory for ever.
        const KEPT: usize = 1 << 18;
        self.rows.clear();
        self.rows.shrink_to(KEPT / 32);
        self.fields.clear();
        self.fields.shrink_to(KEPT / 16);
        self.text.clear();
        self.text.shrink_to(KEPT);
        self.findings.clear();
        self.top = Links::default();
        self.pscama = NONE;
    }

    pub(super) fn add_row(&mut self, record: u32, parent: u32) -> u32 {
        let at = u32::try_from(self.rows.len()).unwrap_or(NONE);
        self.rows.push(RowData {
            record,
            parent,
            fields: Links::default(),
            children: Links::default(),
            next: NONE,
            pscama: NONE,
        });
        if self.columns.record_name(record) == PSCAMA {
            self.attach_pscama(parent, at);
            return at;
        }
        let siblings = match self.rows.get_mut(parent as usize) {
            Some(parent) => &mut parent.children,
            None => &mut self.top,
        };
        let last = std::mem::replace(&mut siblings.last, at);
        if siblings.first == NONE {
            siblings.first = at;
        }
        if let Some(last) = self.rows.get_mut(last as usize) {
            last.next = at;
        }
        at
    }

    /// A PSCAMA belongs to the row before it; the one behind all rows to the transaction as well.
    fn attach_pscama(&mut self, parent: u32, at: u32) {
        let siblings = match self.rows.get(parent as usize) {
            Some(parent) => parent.children,
            None => {
                self.pscama = at;
                self.top
            }
        };
        // Without a row before it, it speaks of the row that it stands in.
        let owner = if siblings.last == NONE {
            parent
        } else {
            siblings.last
        };
        if let Some(owner) = self.rows.get_mut(owner as usize) {
            owner.pscama = at;
        }
    }

    pub(super) fn add_field(&mut self, row: u32, column: u32, start: usize, end: usize) {
        let at = u32::try_from(self.fields.len()).unwrap_or(NONE);
        let small = |offset: usize| u32::try_from(offset).unwrap_or(NONE);
        self.fields.push(FieldData {
            column,
            start: small(start),
            end: small(end),
            next: NONE,
        });
        let Some(row) = self.rows.get_mut(row as usize) else {
            return;
        };
        let last = std::mem::replace(&mut row.fields.last, at);
        if row.fields.first == NONE {
            row.fields.first = at;
        }
        if let Some(last) = self.fields.get_mut(last as usize) {
            last.next = at;
        }
    }

    pub(super) fn find(&mut self, row: u32, field: &str, found: &str, expected: &str) {
        if self.findings.len() < MAX_FINDINGS {
            let mut place = self.row(row).map_or_else(String::new, |row| row.place());
            if !field.is_empty() {
                place.push('.');
                place.push_str(field);
            }
            self.findings.push(Finding::new(place, found, expected));
        }
    }

    pub(super) fn row(&self, at: u32) -> Option<Row<'_>> {
        let data = self.rows.get(at as usize)?;
        Some(Row {
            transaction: self,
            data,
            at,
        })
    }

    /// The rows of level 0, normally one.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.chain(self.top.first)
    }

    /// The first row of level 0.
    #[must_use]
    pub fn first(&self) -> Option<Row<'_>> {
        self.row(self.top.first)
    }

    fn chain(&self, first: u32) -> impl Iterator<Item = Row<'_>> {
        std::iter::successors(self.row(first), |row| self.row(row.data.next))
    }

    /// The number of the transaction in its message, from 1.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What happened to the transaction, as the `PSCAMA` at its end says.
    #[must_use]
    pub fn action(&self) -> Option<AuditAction> {
        AuditAction::from_text(self.row(self.pscama)?.text(AUDIT_ACTN)?)
    }

    /// The `PSCAMA` at the end; nothing when the transaction has none.
    #[must_use]
    pub fn pscama(&self) -> Option<Pscama> {
        let row = self.row(self.pscama)?;
        let text = |name| row.text(name).unwrap_or_default().to_owned();
        Some(Pscama {
            language: text("LANGUAGE_CD"),
            action: self.action(),
            base_language: text("BASE_LANGUAGE_CD"),
            sequence_flag: text("MSG_SEQ_FLG"),
            process_instance: text("PROCESS_INSTANCE").parse().unwrap_or(0),
        })
    }

    /// What does not fit the `FieldTypes` of the message, at most 100 of it; the values are there all
    /// the same.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// The records and fields, without values: they may be sensitive.
impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("number", &self.number)
            .field("rows", &self.rows.len())
            .field("fields", &self.fields.len())
            .field("findings", &self.findings.len())
            .finish_non_exhaustive()
    }
}

/// One row of a record, with its fields and the rows below it.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    transaction: &'a Transaction,
    data: &'a RowData,
    at: u32,
}

impl<'a> Row<'a> {
    /// The name of the record.
    #[must_use]
    pub fn record(&self) -> &'a str {
        self.transaction.columns.record_name(self.data.record)
    }

    /// The fields in the order of the message.
    #[must_use]
    pub fn fields(&self) -> Fields<'a> {
        Fields {
            transaction: self.transaction,
            next: self.data.fields.first,
        }
    }

    /// The text of a field; nothing when it is blank or absent, which PeopleSoft does not tell apart.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&'a str> {
        self.fields()
            .find(|known| known.name() == field)
            .map(|known| known.text())
            .filter(|text| !text.is_empty())
    }

    /// The rows below, of all records.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        self.transaction.chain(self.data.children.first)
    }

    /// The rows below of one record.
    pub fn children(&self, record: &str) -> impl Iterator<Item = Row<'a>> {
        self.rows().filter(move |row| row.record() == record)
    }

    /// What happened to the row, as the `PSCAMA` behind it says.
    #[must_use]
    pub fn action(&self) -> Option<AuditAction> {
        let pscama = self.transaction.row(self.data.pscama)?;
        AuditAction::from_text(pscama.text(AUDIT_ACTN)?)
    }

    /// The place of the row, such as `VCHR_HDR_STG[1]/VCHR_LINE_STG[2]`.
    #[must_use]
    pub fn place(&self) -> String {
        let parent = self.transaction.row(self.data.parent);
        let siblings = match parent {
            Some(parent) => parent.data.children.first,
            None => self.transaction.top.first,
        };
        let number = self
            .transaction
            .chain(siblings)
            .filter(|row| row.data.record == self.data.record)
            .take_while(|row| row.at != self.at)
            .count()
            + 1;
        let own = format!("{}[{number}]", self.record());
        match parent {
            Some(parent) => format!("{}/{own}", parent.place()),
            None => own,
        }
    }

    /// What to say of a field that cannot be read.
    #[must_use]
    pub fn finding(&self, field: &str, found: &str, expected: impl Into<String>) -> Finding {
        Finding::new(format!("{}.{field}", self.place()), found, expected)
    }

    /// An identifier that must be there.
    ///
    /// # Errors
    ///
    /// A [`Finding`] when the field is blank, absent, or no such identifier.
    pub fn id<T: FromStr<Err = InvalidId>>(&self, field: &str) -> Result<T, Finding> {
        let text = self.text(field).unwrap_or_default();
        text.parse()
            .map_err(|error: InvalidId| self.finding(field, text, error.expected()))
    }

    /// An identifier that may be blank or absent.
    ///
    /// # Errors
    ///
    /// A [`Finding`] when the field holds something that is no such identifier.
    pub fn optional_id<T: FromStr<Err = InvalidId>>(
        &self,
        field: &str,
    ) -> Result<Option<T>, Finding> {
        self.text(field).map(|_| self.id(field)).transpose()
    }

    /// An exact number; nothing when blank or absent.
    ///
    /// # Errors
    ///
    /// A [`Finding`] when the field holds something that is no number of at most 28 digits.
    pub fn decimal(&self, field: &str) -> Result<Option<Decimal>, Finding> {
        self.text(field)
            .map(|text| {
                parse_decimal(text).map_err(|error| self.finding(field, text, error.expected()))
            })
            .transpose()
    }

    /// A day, whether `-` or `/` stands between its parts and with or without a time behind it;
    /// nothing when blank or absent.
    ///
    /// # Errors
    ///
    /// A [`Finding`] when the field holds no such day.
    pub fn date(&self, field: &str) -> Result<Option<PsDate>, Finding> {
        self.text(field)
            .map(|text| {
                let day = day(text)
                    .filter(|(_, rest)| rest.is_empty() || rest.starts_with(['T', ' ', '-']));
                day.map(|(day, _)| day)
                    .ok_or_else(|| self.finding(field, text, "a date such as 2026-03-31"))
            })
            .transpose()
    }

    /// A date and time on the clock of `zone`; nothing when blank or absent.
    ///
    /// # Errors
    ///
    /// A [`Finding`] when the field holds no date and time.
    pub fn date_time(&self, field: &str, zone: &Zone) -> Result<Option<PsDateTime>, Finding> {
        self.text(field)
            .map(|text| {
                PsDateTime::parse_any(text, zone)
                    .map_err(|error| self.finding(field, text, error.expected()))
            })
            .transpose()
    }
}

/// The record and the names of the fields, without values: they may be sensitive.
impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.fields().map(|field| field.name()).collect();
        f.debug_struct("Row")
            .field("record", &self.record())
            .field("fields", &names)
            .finish_non_exhaustive()
    }
}

/// The fields of a row; see [`Row::fields`].
#[derive(Clone)]
pub struct Fields<'a> {
    transaction: &'a Transaction,
    next: u32,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline]
    fn next(&mut self) -> Option<Field<'a>> {
        let data = self.transaction.fields.get(self.next as usize)?;
        self.next = data.next;
        Some(Field {
            transaction: self.transaction,
            data,
        })
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.clone().map(|field| field.name().to_owned()))
            .finish()
    }
}

/// One field of a row.
#[derive(Clone, Copy)]
pub struct Field<'a> {
    transaction: &'a Transaction,
    data: &'a FieldData,
}

impl<'a> Field<'a> {
    /// The name.
    #[must_use]
    #[inline]
    pub fn name(&self) -> &'a str {
        self.transaction.columns.column_name(self.data.column)
    }

    /// The text without the blanks around it, unless they were asked for; empty when blank.
    #[must_use]
    #[inline]
    pub fn text(&self) -> &'a str {
        let range = self.data.start as usize..self.data.end as usize;
        self.transaction.text.get(range).unwrap_or_default()
    }

    /// The type that the message declares; nothing when it declares none.
    #[must_use]
    pub fn field_type(&self) -> Option<FieldType> {
        self.transaction.columns.get(self.data.column)?.kind
    }
}

/// The name, without the value: it may be sensitive.
impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
