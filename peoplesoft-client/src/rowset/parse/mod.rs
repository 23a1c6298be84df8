//! From pieces of XML to transactions, whoever brings the bytes.

mod element;
mod field;
mod problem;

use problem::shown;

use super::field_type::FieldTypes;
use super::options::ReadOptions;
use super::scan::{self, Scan, Token};
use super::transaction::Transaction;
use crate::error::Error;

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

    fn end(&mut self) -> Result<Progress, Error> {
        if self.message.is_none() {
            return Err(self.error("nothing", "a rowset message"));
        }
        if !self.open.is_empty() {
            return Err(self.error("the end", "a message that is whole"));
        }
        Ok(Progress::End)
    }
}
