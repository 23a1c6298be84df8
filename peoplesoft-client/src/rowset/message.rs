//! A whole message in memory, whose `FieldTypes` follow from its rows.

use super::audit::{AuditAction, Pscama};
use super::field_type::FieldTypes;
use super::new_row::NewRow;
use super::writer::{WriteOptions, Writer};
use crate::error::Error;

/// A message to be written or posted.
///
/// Its `FieldTypes` are those that it is given, and for the rest those of its rows: every record and
/// field in the order of its first appearance.
///
/// ```
/// use peoplesoft_client::rowset::{Message, NewRow, WriteOptions};
///
/// let row = NewRow::new("X_REC").text("X_ID", "7").number("X_QTY", 3);
/// let xml = Message::new("X_SYNC").row(row).to_xml(&WriteOptions::default())?;
/// assert!(xml.contains("<X_QTY type=\"NUMBER\"/>"));
/// # Ok::<(), peoplesoft_client::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    name: String,
    types: FieldTypes,
    transactions: Vec<(Vec<NewRow>, Pscama)>,
}

impl Message {
    /// A message without transactions.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            types: FieldTypes::new(),
            transactions: Vec::new(),
        }
    }

    /// Declares records and fields, whether rows have them or not.
    #[must_use]
    pub fn types(mut self, types: FieldTypes) -> Self {
        self.types = types;
        self
    }

    /// Adds a row as a transaction of its own, to be added in PeopleSoft.
    #[must_use]
    pub fn row(self, row: NewRow) -> Self {
        self.transaction(vec![row], Pscama::default())
    }

    /// Adds a row as a transaction of its own, with what is to happen to it.
    #[must_use]
    pub fn apply(self, row: NewRow, action: AuditAction) -> Self {
        let pscama = Pscama {
            action: Some(action),
            ..Pscama::default()
        };
        self.transaction(vec![row], pscama)
    }

    /// Adds a transaction of any rows of level 0.
    #[must_use]
    pub fn transaction(mut self, rows: Vec<NewRow>, pscama: Pscama) -> Self {
        self.transactions.push((rows, pscama));
        self
    }

    /// The same message under another name.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self.clone()
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The transactions, each with its rows of level 0 and its `PSCAMA`.
    pub fn transactions(&self) -> impl ExactSizeIterator<Item = (&[NewRow], &Pscama)> {
        self.transactions
            .iter()
            .map(|(rows, pscama)| (rows.as_slice(), pscama))
    }

    /// Writes the message.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind) as [`Writer::new`] and
    /// [`Writer::transaction`].
    pub fn to_xml(&self, options: &WriteOptions) -> Result<String, Error> {
        let mut types = self.types.clone();
        for (rows, _) in &self.transactions {
            rows.iter().for_each(|row| declare(row, &mut types));
        }
        let mut writer = Writer::new(Vec::new(), &self.name, types, options.clone())?;
        for (rows, pscama) in &self.transactions {
            writer.transaction(rows, pscama)?;
        }
        // The writer writes nothing but text.
        Ok(String::from_utf8(writer.finish()?).unwrap_or_default())
    }
}

fn declare(row: &NewRow, types: &mut FieldTypes) {
    types.add_record(row.record());
    for (field, _, kind) in row.fields() {
        if types.of(row.record(), field).is_none() {
            types.add(row.record(), field, kind);
        }
    }
    row.rows().iter().for_each(|row| declare(row, types));
}
