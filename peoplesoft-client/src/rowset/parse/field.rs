//! The texts of fields: on the usual path in one step, else piece by piece.

use super::{Kind, Open, Parser};
use crate::error::Error;
use crate::rowset::columns::NONE;
use crate::rowset::scan::{is_space, resolve};

impl Parser {
    /// The usual case, a field that follows the one it always follows: `<NAME>text</NAME>`.
    ///
    /// Gives the bytes it took, or 0 when the text is something else.
    #[inline]
    pub(super) fn quick(&mut self, text: &str) -> Result<usize, Error> {
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

    pub(super) fn text(&mut self, raw: &str, references: bool) -> Result<(), Error> {
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

    pub(super) fn field(&mut self, tag: usize, start: usize) -> Result<(), Error> {
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
