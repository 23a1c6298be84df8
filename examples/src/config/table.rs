//! A table that complains about missing and about unknown keys.

use std::borrow::Cow;
use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::field::Field;
use super::source::Source;
use super::spelling::distance;

/// A table and the keys that were asked for.
#[derive(Debug)]
pub(crate) struct Table<'s> {
    source: &'s Source<'s>,
    path: String,
    table: &'s DeTable<'s>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'s> Table<'s> {
    pub(super) fn new(source: &'s Source<'s>, path: String, table: &'s DeTable<'s>) -> Self {
        Self {
            source,
            path,
            table,
            asked: RefCell::default(),
        }
    }

    /// The table of a whole file.
    pub(crate) fn root(source: &'s Source<'s>, table: &'s Spanned<DeTable<'s>>) -> Self {
        Self::new(source, String::new(), table.get_ref())
    }

    pub(crate) fn source(&self) -> &'s Source<'s> {
        self.source
    }

    /// The entries as they were parsed.
    pub(super) fn raw(&self) -> &'s DeTable<'s> {
        self.table
    }

    /// The key with the tables around it.
    pub(crate) fn path_of(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// The value of a key that may be absent.
    pub(crate) fn get(&self, key: &'static str) -> Option<Field<'s>> {
        self.asked.borrow_mut().push(key);
        let (spelled, value) = self.table.get_key_value(key)?;
        Some(self.field(spelled, value))
    }

    /// The value of a key that must be there. `example` shows what to write.
    pub(crate) fn need(&self, key: &'static str, example: &str) -> Option<Field<'s>> {
        let field = self.get(key);
        if field.is_none() {
            self.source.mistake(
                &self.path_of(key),
                "nothing".to_owned(),
                format!("the key `{key}`"),
                format!("add for example `{key} = {example}`"),
            );
        }
        field
    }

    /// Every key with its value, for tables whose keys are data.
    pub(crate) fn entries(&self) -> Vec<(String, Field<'s>)> {
        self.table
            .iter()
            .map(|(key, value)| (key.get_ref().clone().into_owned(), self.field(key, value)))
            .collect()
    }

    /// Records a mistake for every key that was never asked for.
    pub(crate) fn finish(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if asked.contains(&name) {
                continue;
            }
            let near = asked
                .iter()
                .map(|known| (distance(name, known), *known))
                .filter(|(steps, known)| *steps <= 1 + known.len() / 4)
                .min();
            let remedy = match near {
                Some((_, known)) => format!("did you mean `{known}`?"),
                None => "delete it, or move it to the table that it belongs to".to_owned(),
            };
            let mut keys = asked.clone();
            keys.sort_unstable();
            self.source.record(
                key.span().start,
                &self.path_of(name),
                "an unknown key".to_owned(),
                format!("one of {}", keys.join(", ")),
                remedy,
            );
        }
    }

    fn field(&self, key: &'s Spanned<Cow<'s, str>>, value: &'s Spanned<DeValue<'s>>) -> Field<'s> {
        let path = self.path_of(key.get_ref());
        // Complaints about a table point at its key or header, those about a value at the value.
        let span = if value.get_ref().is_table() {
            key.span()
        } else {
            value.span()
        };
        Field::new(self.source, path, span, value.get_ref())
    }
}

/// `path.key`; with an empty key what keys of that table begin with.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
