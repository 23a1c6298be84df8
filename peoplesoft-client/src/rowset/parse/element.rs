//! What an element is by where it stands: a record, a type, a row, a field.

use super::problem::shown;
use super::{Kind, Open, Parser};
use crate::error::Error;
use crate::rowset::columns::NONE;
use crate::rowset::field_type::FieldType;
use crate::rowset::scan::{self, Attributes, is_space};

/// What is said of a tag.
#[derive(Default)]
struct Tag {
    is_record: bool,
    kind: Option<FieldType>,
}

impl Parser {
    pub(super) fn start(&mut self, name: &str, attributes: &str) -> Result<(), Error> {
        if self.open.len() >= self.options.max_depth {
            let most = format!("at most {}", self.options.max_depth);
            return Err(self.error("elements too deep within each other", &most));
        }
        if self.transaction.columns.len() > self.options.max_names {
            return Err(self.too_large("the number of names", self.options.max_names));
        }
        let attributes = self.attributes(attributes)?;
        let parent = self.open.last().map(|open| open.kind);
        let kind = match parent {
            None => self.begin_message(name)?,
            Some(Kind::Message) if self.is(name, "FieldTypes") => {
                self.types.get_or_insert_default();
                Kind::FieldTypes
            }
            Some(Kind::Message) if self.is(name, "MsgData") => {
                self.declared()?;
                Kind::MsgData
            }
            Some(Kind::MsgData) if self.is(name, "Transaction") => {
                self.begin_transaction();
                Kind::Transaction
            }
            Some(Kind::Message | Kind::MsgData) if self.options.parts => {
                self.begin_transaction();
                self.row(name, NONE, true)?
            }
            Some(Kind::FieldTypes) => {
                let any_case = self.options.any_case;
                let record = self.transaction.columns.record(name, any_case);
                let record = record.ok_or_else(|| self.no_name(name))?;
                self.transaction.columns.declare_record(record);
                let name = self.transaction.columns.record_name(record);
                self.types.get_or_insert_default().add_record(name);
                Kind::TypesOf(record)
            }
            Some(Kind::TypesOf(record)) => {
                self.declare(record, name, attributes.kind)?;
                Kind::TypeOf
            }
            Some(Kind::Transaction) => self.row(name, NONE, false)?,
            Some(Kind::Row { row, .. }) if attributes.is_record => self.row(name, row, false)?,
            Some(Kind::Row { .. }) => Kind::Leaf {
                start: self.transaction.text.len(),
            },
            Some(Kind::Leaf { start }) => {
                let row = self.leaf_becomes_row(start)?;
                if attributes.is_record {
                    self.row(name, row, false)?
                } else {
                    Kind::Leaf {
                        start: self.transaction.text.len(),
                    }
                }
            }
            Some(Kind::Message | Kind::MsgData | Kind::TypeOf | Kind::Skipped) => Kind::Skipped,
        };
        if matches!(kind, Kind::Skipped | Kind::Leaf { .. }) && !scan::is_name(name) {
            return Err(self.no_name(name));
        }
        self.open.push(Open {
            kind,
            tag: self.tags.len(),
        });
        self.tags.push_str(name);
        Ok(())
    }

    fn begin_message(&mut self, name: &str) -> Result<Kind, Error> {
        if self.message.is_some() {
            return Err(self.error("a second message", "the end"));
        }
        if !scan::is_name(name) {
            return Err(self.no_name(name));
        }
        let name = scan::local(name);
        self.message = Some(if self.options.any_case {
            name.to_ascii_uppercase().into()
        } else {
            name.into()
        });
        Ok(Kind::Message)
    }

    fn declared(&mut self) -> Result<(), Error> {
        if self.types.is_none() && !self.options.parts {
            return Err(self.error(
                "`MsgData`",
                "`FieldTypes` before it, or reading with the option `parts`",
            ));
        }
        Ok(())
    }

    fn begin_transaction(&mut self) {
        self.transaction.clear();
        self.began = self.offset;
        self.count += 1;
        self.transaction.number = self.count;
    }

    fn row(&mut self, name: &str, parent: u32, alone: bool) -> Result<Kind, Error> {
        let record = self.transaction.columns.record(name, self.options.any_case);
        let record = record.ok_or_else(|| self.no_name(name))?;
        let row = self.transaction.add_row(record, parent);
        if self.types.is_some() && !self.transaction.columns.is_declared(record) {
            let expected = "a record that FieldTypes declares";
            self.transaction.find(row, "", name, expected);
        }
        Ok(Kind::Row {
            row,
            column: NONE,
            alone,
        })
    }

    fn declare(&mut self, record: u32, name: &str, kind: Option<FieldType>) -> Result<(), Error> {
        let columns = &mut self.transaction.columns;
        let Some(column) = columns.column(record, name, self.options.any_case) else {
            return Err(self.no_name(name));
        };
        columns.declare(column, kind);
        // A type that is none of the three is one whose values nobody can check.
        let kind = kind.unwrap_or(FieldType::Char);
        let (record, name) = (columns.record_name(record), columns.column_name(column));
        self.types.get_or_insert_default().add(record, name, kind);
        Ok(())
    }

    /// The element that seemed a field has elements within: it is a row.
    fn leaf_becomes_row(&mut self, start: usize) -> Result<u32, Error> {
        let depth = self.open.len();
        let parent = depth.checked_sub(2).and_then(|at| self.open.get(at));
        let parent = match parent.map(|open| open.kind) {
            Some(Kind::Row { row, .. }) => row,
            _ => NONE,
        };
        let tag = self.open.last().map_or(0, |open| open.tag);
        let name = self.tags.get(tag..).unwrap_or_default().to_owned();
        let before = self.transaction.text.split_off(start);
        let kind = self.row(&name, parent, false)?;
        let row = match kind {
            Kind::Row { row, .. } => row,
            _ => NONE,
        };
        if !before.trim_matches(is_space).is_empty() {
            let expected = "fields and rows, no text between them";
            self.transaction.find(row, "", before.trim(), expected);
        }
        if let Some(open) = self.open.last_mut() {
            open.kind = kind;
        }
        Ok(row)
    }

    /// Ends the innermost element; whether that ended a transaction.
    pub(super) fn close(&mut self) -> Result<bool, Error> {
        let Some(open) = self.open.pop() else {
            return Ok(false);
        };
        let done = match open.kind {
            Kind::Leaf { start } => {
                self.field(open.tag, start)?;
                false
            }
            Kind::Transaction => true,
            Kind::Row { alone, .. } => alone,
            _ => false,
        };
        self.tags.truncate(open.tag);
        Ok(done)
    }

    /// What is said of a tag.
    fn attributes(&mut self, raw: &str) -> Result<Tag, Error> {
        let mut tag = Tag::default();
        if raw.is_empty() {
            return Ok(tag);
        }
        for (count, attribute) in Attributes::new(raw).enumerate() {
            let (name, value) = attribute.map_err(|problem| self.malformed(&problem))?;
            if count >= self.options.max_attributes {
                let most = format!("at most {}", self.options.max_attributes);
                return Err(self.error("a tag with too many attributes", &most));
            }
            if self.is(name, "class") {
                tag.is_record = value == "R" || self.options.any_case && value == "r";
            } else if self.is(name, "type") {
                tag.kind = FieldType::from_text(value);
            }
        }
        Ok(tag)
    }

    /// The declaration at the beginning may say that the text is something that it cannot be.
    pub(super) fn instruction(&self, text: &str) -> Result<(), Error> {
        let Some(declared) = text
            .strip_prefix("xml")
            .filter(|rest| rest.starts_with(is_space))
        else {
            return Ok(());
        };
        for attribute in Attributes::new(declared) {
            let (name, value) = attribute.map_err(|problem| self.malformed(&problem))?;
            let known = ["UTF-8", "US-ASCII", "ASCII"];
            if name == "encoding" && !known.iter().any(|known| value.eq_ignore_ascii_case(known)) {
                let found = format!("the encoding `{}`", shown(value));
                return Err(self.error(&found, "UTF-8"));
            }
        }
        Ok(())
    }

    fn is(&self, name: &str, wanted: &str) -> bool {
        let name = scan::local(name);
        name == wanted || self.options.any_case && name.eq_ignore_ascii_case(wanted)
    }
}
