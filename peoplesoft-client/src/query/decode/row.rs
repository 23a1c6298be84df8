//! A row as a struct or a map, column by column.

use std::borrow::Cow;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::Problem;
use super::plan::Plan;
use crate::model::is_sensitive;
use crate::query::row::Row;
use crate::text_decoder::{Text, TextDecoder, as_a_row};

/// A row, to be read as whatever its type is.
pub(super) struct RowDecoder<'a, 'p, 'm> {
    row: Row<'a>,
    plan: &'p mut Plan<'m>,
}

impl<'a, 'p, 'm> RowDecoder<'a, 'p, 'm> {
    pub(super) fn new(row: Row<'a>, plan: &'p mut Plan<'m>) -> Self {
        Self { row, plan }
    }
}

impl<'a> Deserializer<'a> for RowDecoder<'a, '_, '_> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_map(AllColumns {
            row: self.row,
            at: 0,
        })
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.plan.fit(fields, self.row.columns)?;
        visitor.visit_map(Fields {
            row: self.row,
            plan: self.plan,
            at: 0,
        })
    }

    as_a_row!('a);
}

/// The fields of a type that have a column.
struct Fields<'a, 'p, 'm> {
    row: Row<'a>,
    plan: &'p Plan<'m>,
    at: usize,
}

impl<'a> MapAccess<'a> for Fields<'a, '_, '_> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Problem> {
        match self.plan.slots.get(self.at) {
            Some(slot) => seed
                .deserialize(BorrowedStrDeserializer::new(slot.field))
                .map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Problem> {
        let Some(slot) = self.plan.slots.get(self.at) else {
            return Err(Problem("a value without its field".to_owned()));
        };
        self.at += 1;
        let text = self.row.at(slot.column);
        let read = match text {
            Some(text) if slot.translated => {
                self.plan
                    .translate(slot.field, text)
                    .and_then(|text| match text {
                        Cow::Borrowed(text) => seed.deserialize(TextDecoder::new(Text::Kept(text))),
                        Cow::Owned(text) => {
                            seed.deserialize(TextDecoder::new(Text::Passing(&text)))
                        }
                    })
            }
            text => seed.deserialize(TextDecoder::of(text)),
        };
        read.map_err(|problem| {
            let name = self.row.columns.get(slot.column).map_or("", |name| name);
            locate(problem, name, text)
        })
    }
}

/// All columns of a row, by their names.
struct AllColumns<'a> {
    row: Row<'a>,
    at: usize,
}

impl<'a> AllColumns<'a> {
    fn cell(&self) -> Option<(&'a str, Option<&'a str>)> {
        let span = self.row.cells.spans.get(self.at)?;
        let name = self.row.columns.get(span.column as usize)?;
        Some((name, self.row.cells.text_of(*span)))
    }
}

impl<'a> MapAccess<'a> for AllColumns<'a> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Problem> {
        match self.cell() {
            Some((name, _)) => seed
                .deserialize(BorrowedStrDeserializer::new(name))
                .map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Problem> {
        let Some((name, text)) = self.cell() else {
            return Err(Problem("a value without its column".to_owned()));
        };
        self.at += 1;
        seed.deserialize(TextDecoder::of(text))
            .map_err(|problem| locate(problem, name, text))
    }
}

fn locate(problem: Problem, column: &str, text: Option<&str>) -> Problem {
    let found = match text {
        // What is wrong with a number of a bank or tax office is said without the number.
        Some(_) if is_sensitive(column) => {
            return Problem(format!("column {column} cannot be read"));
        }
        Some(text) => {
            let text: String = text.escape_debug().take(100).collect();
            format!("`{text}`")
        }
        None => "a blank".to_owned(),
    };
    Problem(format!("column {column} holds {found}: {problem}"))
}
