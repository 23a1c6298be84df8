//! Writes messages as third parties must: with `FieldTypes`, and `PSCAMA` behind rows.

use std::fmt;
use std::io;

use super::audit::{AUDIT_ACTN, AuditAction, PSCAMA, Pscama};
use super::field_type::{FieldType, FieldTypes};
use super::finding::Finding;
use super::new_row::NewRow;
use super::scan::is_allowed;
use crate::error::{Error, ErrorKind};

/// The longest name written, in characters; those of PeopleTools are shorter.
const MAX_NAME: usize = 60;
/// Rows below each other; a component has four levels.
const MAX_DEPTH: usize = 12;

/// How a message is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteOptions {
    /// Whether tags are in lower case (no by default).
    pub lower_case: bool,
    /// Whether `FieldTypes` and `PSCAMA` are left out, as rowset-based parts have neither (no by
    /// default; PeopleSoft insists on them in a rowset message).
    pub parts: bool,
    /// Namespace of the message, for sites whose services want one (none by default).
    pub namespace: Option<String>,
}

impl WriteOptions {
    /// Writes tags in lower case, as one known feed does.
    #[must_use]
    pub fn lower_case(mut self, lower: bool) -> Self {
        self.lower_case = lower;
        self
    }

    /// Leaves out `FieldTypes` and `PSCAMA`.
    #[must_use]
    pub fn parts(mut self, parts: bool) -> Self {
        self.parts = parts;
        self
    }

    /// Puts the message into a namespace.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<Option<String>>) -> Self {
        self.namespace = namespace.into();
        self
    }
}

/// Writes a message transaction by transaction.
///
/// Texts are written with entities, never as CDATA, because PeopleCode that reads the message as a
/// rowset cannot read CDATA.
///
/// ```
/// use peoplesoft_client::rowset::{FieldType, FieldTypes, NewRow, Pscama, WriteOptions, Writer};
///
/// let types = FieldTypes::new().field("X_REC", "X_ID", FieldType::Char);
/// let mut writer = Writer::new(Vec::new(), "X_SYNC", types, WriteOptions::default())?;
/// writer.transaction(&[NewRow::new("X_REC").text("X_ID", "A & B")], &Pscama::default())?;
/// let message = writer.finish()?;
/// assert!(message.starts_with(b"<?xml version=\"1.0\"?>\n<X_SYNC><FieldTypes><X_REC class=\"R\">"));
/// # Ok::<(), peoplesoft_client::Error>(())
/// ```
pub struct Writer<W> {
    out: W,
    message: String,
    types: FieldTypes,
    options: WriteOptions,
    /// What is not yet given to `out`.
    buffer: String,
}

impl<W: io::Write> Writer<W> {
    /// Begins a message with a name and what its records are made of.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] when a name is none, or when nothing is declared and the message
    /// is not one of parts; [`ErrorKind::Transport`] when `out` fails.
    pub fn new(
        out: W,
        message: &str,
        types: FieldTypes,
        options: WriteOptions,
    ) -> Result<Self, Error> {
        check_name("message", message)?;
        for record in types.records() {
            check_name("record", record)?;
            for (field, _) in types.fields(record) {
                check_name("field", field)?;
            }
        }
        if types.is_empty() {
            return Err(invalid(
                "the message declares no records; PeopleSoft wants FieldTypes",
            ));
        }
        let mut writer = Self {
            out,
            message: message.to_owned(),
            types,
            options,
            buffer: String::new(),
        };
        writer.begin()?;
        Ok(writer)
    }

    fn begin(&mut self) -> Result<(), Error> {
        self.buffer.push_str("<?xml version=\"1.0\"?>\n<");
        let message = self.message.clone();
        self.name(&message);
        if let Some(namespace) = self.options.namespace.clone() {
            self.buffer.push_str(" xmlns=\"");
            escape(&namespace, &mut self.buffer)
                .map_err(|_| invalid("the namespace holds a character that XML does not allow"))?;
            self.buffer.push('"');
        }
        self.buffer.push('>');
        if !self.options.parts {
            self.open("FieldTypes");
            let types = std::mem::take(&mut self.types);
            for record in types.records().filter(|record| *record != PSCAMA) {
                self.declare(record, types.fields(record));
            }
            self.types = types;
            let of_pscama = PSCAMA_FIELDS.into_iter();
            self.declare(PSCAMA, of_pscama);
            self.shut("FieldTypes");
        }
        self.open("MsgData");
        self.flush()
    }

    fn declare<'a>(&mut self, record: &str, fields: impl Iterator<Item = (&'a str, FieldType)>) {
        self.open_record(record);
        for (field, kind) in fields {
            self.buffer.push('<');
            self.name(field);
            self.buffer.push_str(" type=\"");
            self.buffer.push_str(kind.as_str());
            self.buffer.push_str("\"/>");
        }
        self.shut(record);
    }

    /// Writes a transaction: its rows of level 0, normally one, and the `PSCAMA` behind them.
    ///
    /// Nothing of it is written when anything in it is wrong.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] when a record or field is not declared, a text does not fit its
    /// type or holds a character that XML does not allow; [`ErrorKind::Transport`] when the writing
    /// itself fails.
    pub fn transaction(&mut self, rows: &[NewRow], pscama: &Pscama) -> Result<(), Error> {
        let before = self.buffer.len();
        let written = self.write_transaction(rows, pscama);
        if let Err(finding) = written {
            self.buffer.truncate(before);
            return Err(invalid(format!("{}: {finding}", self.message)).with_source(finding));
        }
        self.flush()
    }

    fn write_transaction(&mut self, rows: &[NewRow], pscama: &Pscama) -> Result<(), Finding> {
        self.open("Transaction");
        for row in rows {
            self.row(row, row.record(), 1)?;
        }
        if !self.options.parts {
            let instance = pscama.process_instance.to_string();
            let action = pscama.action.as_ref().map_or("", AuditAction::code);
            let texts = [
                pscama.language.as_str(),
                action,
                &pscama.base_language,
                &pscama.sequence_flag,
                &instance,
            ];
            self.open_record(PSCAMA);
            for ((field, _), text) in PSCAMA_FIELDS.into_iter().zip(texts) {
                self.field(field, text).map_err(|expected| {
                    Finding::new(format!("{PSCAMA}.{field}"), text, expected)
                })?;
            }
            self.shut(PSCAMA);
        }
        self.shut("Transaction");
        Ok(())
    }

    fn row(&mut self, row: &NewRow, place: &str, depth: usize) -> Result<(), Finding> {
        let record = row.record();
        if depth > MAX_DEPTH {
            let expected = format!("rows at most {MAX_DEPTH} deep");
            return Err(Finding::new(place, record, expected));
        }
        if !self.types.has_record(record) {
            let expected = "a record that FieldTypes declares";
            return Err(Finding::new(place, record, expected));
        }
        self.open_record(record);
        for field in &row.fields {
            let at =
                |expected| Finding::new(format!("{place}.{}", field.name), &field.text, expected);
            self.types
                .check(record, &field.name, &field.text)
                .map_err(|finding| at(finding.expected))?;
            self.field(&field.name, &field.text)
                .map_err(|expected| at(expected.to_owned()))?;
        }
        for (at, below) in row.rows().iter().enumerate() {
            let number = row
                .rows()
                .iter()
                .take(at)
                .filter(|r| r.record() == below.record())
                .count()
                + 1;
            let place = format!("{place}/{}[{number}]", below.record());
            self.row(below, &place, depth + 1)?;
            if !self.options.parts {
                self.open_record(PSCAMA);
                let action = below.audit().map_or("", AuditAction::code);
                self.field(AUDIT_ACTN, action)
                    .map_err(|expected| Finding::new(place, action, expected))?;
                self.shut(PSCAMA);
            }
        }
        self.shut(record);
        Ok(())
    }

    fn name(&mut self, name: &str) {
        if self.options.lower_case {
            self.buffer
                .extend(name.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            self.buffer.push_str(name);
        }
    }

    fn open(&mut self, name: &str) {
        self.buffer.push('<');
        self.name(name);
        self.buffer.push('>');
    }

    fn open_record(&mut self, name: &str) {
        self.buffer.push('<');
        self.name(name);
        self.buffer.push_str(if self.options.lower_case {
            " class=\"r\">"
        } else {
            " class=\"R\">"
        });
    }

    fn shut(&mut self, name: &str) {
        self.buffer.push_str("</");
        self.name(name);
        self.buffer.push('>');
    }

    fn field(&mut self, name: &str, text: &str) -> Result<(), &'static str> {
        if text.is_empty() {
            self.buffer.push('<');
            self.name(name);
            self.buffer.push_str("/>");
            return Ok(());
        }
        self.open(name);
        escape(text, &mut self.buffer)?;
        self.shut(name);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        let written = self.out.write_all(self.buffer.as_bytes());
        self.buffer.clear();
        written.map_err(unwritten)
    }

    /// Ends the message and gives back where it was written to.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Transport`] when the writing fails.
    pub fn finish(mut self) -> Result<W, Error> {
        self.shut("MsgData");
        let message = std::mem::take(&mut self.message);
        self.shut(&message);
        self.flush()?;
        self.out.flush().map_err(unwritten)?;
        Ok(self.out)
    }
}

impl<W> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("message", &self.message)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// The fields of a whole `PSCAMA`, in order.
const PSCAMA_FIELDS: [(&str, FieldType); 5] = [
    ("LANGUAGE_CD", FieldType::Char),
    (AUDIT_ACTN, FieldType::Char),
    ("BASE_LANGUAGE_CD", FieldType::Char),
    ("MSG_SEQ_FLG", FieldType::Char),
    ("PROCESS_INSTANCE", FieldType::Number),
];

/// Refuses what is no name of PeopleTools, or none of XML.
fn check_name(what: &str, name: &str) -> Result<(), Error> {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let goes_on = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if begins && goes_on && name.len() <= MAX_NAME {
        return Ok(());
    }
    let shown: String = name
        .chars()
        .take(MAX_NAME)
        .flat_map(char::escape_debug)
        .collect();
    Err(invalid(format!(
        "`{shown}` is no name of a {what}: expected 1 to {MAX_NAME} letters, digits and `_`, no digit first"
    )))
}

/// Appends a text with everything escaped that a reader would take for markup or change.
fn escape(text: &str, out: &mut String) -> Result<(), &'static str> {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            _ if is_allowed(c) => out.push(c),
            _ => return Err("text of characters that XML allows"),
        }
    }
    Ok(())
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidRequest, message)
}

fn unwritten(error: io::Error) -> Error {
    Error::new(ErrorKind::Transport, "the message cannot be written").with_source(error)
}
