//! From pieces of XML to transactions, whoever brings the bytes.

use super::columns::NONE;
use super::field_type::{FieldType, FieldTypes};
use super::options::ReadOptions;
use super::scan::{self, Attributes, Malformed, Scan, Token, is_space, resolve};
use super::transaction::Transaction;
use crate::error::{Error, ErrorKind, Sent};

/// What is needed to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// More text.
    More,
    /// Nothing: a transaction is whole.
    Transaction,
    /// Nothing: the message is over.
    End,
}

/// What an open element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Message,
    FieldTypes,
    TypesOf(u32),
    TypeOf,
    MsgData,
    Transaction,
    /// A row, and the column that came last in it; `alone` if it is a transaction by itself.
    Row {
        row: u32,
        column: u32,
        alone: bool,
    },
    /// A field, until an element within it makes it a row; where its text begins.
    Leaf {
        start: usize,
    },
    Skipped,
}

#[derive(Debug)]
struct Open {
    kind: Kind,
    /// Where its name begins in `Parser::tags`.
    tag: usize,
}

#[derive(Debug)]
pub(super) struct Parser {
    options: ReadOptions,
    open: Vec<Open>,
    /// The names of the open elements, one after the other.
    tags: String,
    offset: u64,
    /// Where the open transaction began.
    began: u64,
    message: Option<Box<str>>,
    types: Option<FieldTypes>,
    count: u64,
    pub(super) transaction: Transaction,
}

impl Parser {
    pub(super) fn new(mut options: ReadOptions) -> Self {
        // Offsets within a transaction are 32 bits.
        options.max_transaction_bytes = options.max_transaction_bytes.min(1 << 30);
        Self {
            options,
            open: Vec::new(),
            tags: String::new(),
            offset: 0,
            began: 0,
            message: None,
            types: None,
            count: 0,
            transaction: Transaction::default(),
        }
    }

    pub(super) fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    pub(super) fn types(&self) -> Option<&FieldTypes> {
        self.types.as_ref()
    }

    pub(super) fn options(&self) -> &ReadOptions {
        &self.options
    }

    /// Reads on; `last` says that nothing follows `text`. Gives the bytes that were used.
    pub(super) fn advance(&mut self, text: &str, last: bool) -> Result<(usize, Progress), Error> {
        let start = self.offset;
        let used = |this: &Self| usize::try_from(this.offset - start).unwrap_or(usize::MAX);
        loop {
            let rest = text.get(used(self)..).unwrap_or_default();
            let rest = match self.quick(rest)? {
                0 => rest,
                length => {
                    self.take(length)?;
                    continue;
                }
            };
            if rest.is_empty() {
                let progress = if last { self.end()? } else { Progress::More };
                return Ok((used(self), progress));
            }
            match scan::scan(rest, last).map_err(|problem| self.malformed(&problem))? {
                Scan::More if rest.len() > self.options.max_token_bytes => {
                    return Err(self.too_large("a tag or text", self.options.max_token_bytes));
                }
                Scan::More => return Ok((used(self), Progress::More)),
                Scan::Token(token, length) => {
                    if length > self.options.max_token_bytes {
                        return Err(self.too_large("a tag or text", self.options.max_token_bytes));
                    }
                    let done = self.token(token)?;
                    self.take(length)?;
                    if done {
                        return Ok((used(self), Progress::Transaction));
                    }
                }
            }
        }
    }

    fn take(&mut self, length: usize) -> Result<(), Error> {
        self.offset += length as u64;
        let within = self.open.len() > 2
            && self.offset - self.began > self.options.max_transaction_bytes as u64;
        if within {
            return Err(self.too_large("a transaction", self.options.max_transaction_bytes));
        }
        Ok(())
    }

    /// The usual case, a field that follows the one it always follows: `<NAME>text</NAME>`.
    ///
    /// Gives the bytes it took, or 0 when the text is something else.
    #[inline]
    fn quick(&mut self, text: &str) -> Result<usize, Error> {
        let Some(Open {
            kind: Kind::Row { row, column, .. },
            ..
        }) = self.open.last_mut()
        else {
            return Ok(0);
        };
        let Some(record) = self
            .transaction
            .rows
            .get(*row as usize)
            .map(|row| row.record)
        else {
            return Ok(0);
        };
        let Some((next, expected)) = self.transaction.columns.expected(record, *column) else {
            return Ok(0);
        };
        let blanks = text.len() - text.trim_start_matches(is_space).len();
        let Some((raw, length)) =
            whole_field(text.get(blanks..).unwrap_or_default(), expected.tag())
        else {
            return Ok(0);
        };
        if length > self.options.max_token_bytes {
            return Ok(0);
        }
        let text = if self.options.keep_blanks {
            raw
        } else {
            raw.trim_matches(is_space)
        };
        let fits = (expected.declared || self.types.is_none())
            && (text.is_empty() || expected.kind.is_none_or(|kind| kind.check(text).is_ok()));
        if !fits {
            return Ok(0);
        }
        *column = next;
        let row = *row;
        let start = self.transaction.text.len();
        self.transaction.text.push_str(text);
        let end = self.transaction.text.len();
        self.transaction.add_field(row, next, start, end);
        Ok(blanks + length)
    }

    /// Whether the token ended a transaction.
    fn token(&mut self, token: Token<'_>) -> Result<bool, Error> {
        match token {
            Token::Start {
                name,
                attributes,
                empty,
            } => {
                self.start(name, attributes)?;
                if empty { self.close() } else { Ok(false) }
            }
            Token::End { name } => {
                let expected = self.open.last().map(|open| open.tag);
                let expected = expected.map(|tag| self.tags.get(tag..).unwrap_or_default());
                if expected != Some(name) {
                    let found = format!("`</{}>`", shown(name));
                    let expected = match expected {
                        Some(expected) => format!("`</{}>`", shown(expected)),
                        None => "an element that it ends".to_owned(),
                    };
                    return Err(self.error(&found, &expected));
                }
                self.close()
            }
            Token::Text(raw) => self.text(raw, true).map(|()| false),
            Token::Cdata(raw) => self.text(raw, false).map(|()| false),
            Token::Instruction(text) => self.instruction(text).map(|()| false),
            Token::Comment => Ok(false),
        }
    }

    /// The declaration at the beginning may say that the text is something that it cannot be.
    fn instruction(&self, text: &str) -> Result<(), Error> {
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

    fn text(&mut self, raw: &str, references: bool) -> Result<(), Error> {
        let Some(open) = self.open.last() else {
            let outside = raw.trim_start_matches('\u{feff}');
            if outside.trim_matches(is_space).is_empty() {
                return Ok(());
            }
            return Err(self.error("text outside of the message", "a rowset message"));
        };
        match open.kind {
            Kind::Leaf { .. } => {
                let out = &mut self.transaction.text;
                if references {
                    resolve(raw, out).map_err(|problem| self.malformed(&problem))
                } else {
                    out.push_str(raw);
                    Ok(())
                }
            }
            Kind::Row { row, .. } if !raw.trim_matches(is_space).is_empty() => {
                self.transaction
                    .find(row, "", raw.trim(), "fields and rows, no text between them");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn is(&self, name: &str, wanted: &str) -> bool {
        let name = scan::local(name);
        name == wanted || self.options.any_case && name.eq_ignore_ascii_case(wanted)
    }

    fn start(&mut self, name: &str, attributes: &str) -> Result<(), Error> {
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
    fn close(&mut self) -> Result<bool, Error> {
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

    fn field(&mut self, tag: usize, start: usize) -> Result<(), Error> {
        let tag = self.tags.get(tag..).unwrap_or_default();
        let Some(Open {
            kind: Kind::Row { row, column, .. },
            ..
        }) = self.open.last_mut()
        else {
            return Ok(());
        };
        let transaction = &mut self.transaction;
        let record = transaction
            .rows
            .get(*row as usize)
            .map_or(NONE, |row| row.record);
        let next = transaction
            .columns
            .column(record, tag, self.options.any_case);
        let Some(next) = next else {
            let tag = tag.to_owned();
            return Err(self.no_name(&tag));
        };
        transaction.columns.follow(record, *column, next);
        *column = next;
        let row = *row;
        let whole = transaction.text.get(start..).unwrap_or_default();
        let (from, text) = if self.options.keep_blanks {
            (start, whole)
        } else {
            let trimmed = whole.trim_start_matches(is_space);
            let from = transaction.text.len() - trimmed.len();
            (from, trimmed.trim_end_matches(is_space))
        };
        let end = from + text.len();
        let known = transaction.columns.get(next);
        let declared = known.is_some_and(|column| column.declared) || self.types.is_none();
        let expected = if !declared {
            Some("a field that FieldTypes declares")
        } else if text.is_empty() {
            None
        } else {
            known
                .and_then(|column| column.kind)
                .and_then(|kind| kind.check(text).err())
        };
        let finding = expected.map(|expected| {
            let name = transaction.columns.column_name(next).to_owned();
            (name, text.to_owned(), expected)
        });
        transaction.add_field(row, next, from, end);
        if let Some((name, text, expected)) = finding {
            transaction.find(row, &name, &text, expected);
        }
        Ok(())
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

    fn end(&mut self) -> Result<Progress, Error> {
        if self.message.is_none() {
            return Err(self.error("nothing", "a rowset message"));
        }
        if !self.open.is_empty() {
            return Err(self.error("the end", "a message that is whole"));
        }
        Ok(Progress::End)
    }

    fn no_name(&self, name: &str) -> Error {
        let found = format!("the name `{}`", shown(name));
        self.error(&found, "letters, digits, `_`, `-` and points")
    }

    pub(super) fn malformed(&self, problem: &Malformed) -> Error {
        self.error(problem.found, problem.expected)
    }

    /// The place in the message, in words of XML, with the byte from 0.
    pub(super) fn error(&self, found: &str, expected: &str) -> Error {
        Error::new(
            ErrorKind::Decode,
            format!("{}: found {found}, expected {expected}", self.place()),
        )
        .with_sent(Sent::Yes)
    }

    fn too_large(&self, what: &str, most: usize) -> Error {
        Error::new(
            ErrorKind::TooLarge,
            format!("{}: {what} is beyond the limit of {most}", self.place()),
        )
        .with_sent(Sent::Yes)
    }

    fn place(&self) -> String {
        let mut place = format!("the message is not readable at byte {}", self.offset);
        let ends = self.open.iter().skip(1).map(|open| open.tag);
        let ends = ends.chain([self.tags.len()]);
        for (open, end) in self.open.iter().zip(ends) {
            let tag = self.tags.get(open.tag..end).unwrap_or_default();
            place.push_str(if open.tag == 0 { ", in " } else { "/" });
            place.push_str(&shown(tag));
        }
        place
    }
}

#[derive(Default)]
struct Tag {
    is_record: bool,
    kind: Option<FieldType>,
}

/// `<tag>text</tag>` at the beginning of a text, where the text needs no work: what is within, and
/// how long it is in all.
#[inline]
fn whole_field<'a>(text: &'a str, tag: &str) -> Option<(&'a str, usize)> {
    let inside = text
        .strip_prefix('<')?
        .strip_prefix(tag)?
        .strip_prefix('>')?;
    let end = inside
        .bytes()
        .position(|byte| matches!(byte, b'<' | b'&' | b'\r'))?;
    let rest = inside.get(end..)?.strip_prefix("</")?.strip_prefix(tag)?;
    rest.starts_with('>').then(|| {
        (
            inside.get(..end).unwrap_or_default(),
            text.len() - rest.len() + 1,
        )
    })
}

fn shown(text: &str) -> String {
    text.chars().take(60).flat_map(char::escape_debug).collect()
}
