//! The names of records and fields seen so far, each kept once, with what was declared of them.

use std::collections::HashMap;

use super::field_type::FieldType;
use super::scan::{is_name, local};

/// A number that stands for none.
pub(super) const NONE: u32 = u32::MAX;

#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    records: Vec<RecordName>,
    columns: Vec<Column>,
    by_tag: HashMap<Box<str>, u32>,
}

#[derive(Clone, Debug)]
struct RecordName {
    name: Box<str>,
    declared: bool,
    /// The column that began the last row of the record.
    first: u32,
    by_tag: HashMap<Box<str>, u32>,
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    /// As it stands in the message.
    tag: Box<str>,
    /// Without prefix, in upper case if any case is read.
    name: Box<str>,
    pub(super) declared: bool,
    pub(super) kind: Option<FieldType>,
    /// The column that came after this one the last time.
    after: u32,
}

impl Columns {
    /// The number of a record; nothing for a tag that is no name.
    pub(super) fn record(&mut self, tag: &str, any_case: bool) -> Option<u32> {
        if let Some(at) = self.by_tag.get(tag) {
            return Some(*at);
        }
        let name = normal(tag, any_case)?;
        // Two spellings of one name are one record.
        let at = match self.by_tag.get(&name) {
            Some(known) => *known,
            None => {
                let at = u32::try_from(self.records.len()).ok()?;
                self.by_tag.insert(name.clone(), at);
                self.records.push(RecordName {
                    name,
                    declared: false,
                    first: NONE,
                    by_tag: HashMap::new(),
                });
                at
            }
        };
        self.by_tag.insert(tag.into(), at);
        Some(at)
    }

    /// The number of a field of a record; nothing for a tag that is no name.
    pub(super) fn column(&mut self, record: u32, tag: &str, any_case: bool) -> Option<u32> {
        let at = u32::try_from(self.columns.len()).ok()?;
        let record = self.records.get_mut(record as usize)?;
        if let Some(known) = record.by_tag.get(tag) {
            return Some(*known);
        }
        let name = normal(tag, any_case)?;
        let twin = record.by_tag.get(&name);
        let twin = twin.and_then(|twin| self.columns.get(*twin as usize));
        let (declared, kind) = twin.map_or((false, None), |twin| (twin.declared, twin.kind));
        record.by_tag.entry(name.clone()).or_insert(at);
        self.columns.push(Column {
            tag: tag.into(),
            name,
            declared,
            kind,
            after: NONE,
        });
        record.by_tag.insert(tag.into(), at);
        Some(at)
    }

    pub(super) fn declare_record(&mut self, record: u32) {
        if let Some(record) = self.records.get_mut(record as usize) {
            record.declared = true;
        }
    }

    pub(super) fn declare(&mut self, column: u32, kind: Option<FieldType>) {
        if let Some(column) = self.columns.get_mut(column as usize) {
            column.declared = true;
            column.kind = kind;
        }
    }

    pub(super) fn is_declared(&self, record: u32) -> bool {
        self.records
            .get(record as usize)
            .is_some_and(|record| record.declared)
    }

    pub(super) fn record_name(&self, record: u32) -> &str {
        self.records
            .get(record as usize)
            .map_or("", |record| &record.name)
    }

    pub(super) fn column_name(&self, column: u32) -> &str {
        self.columns
            .get(column as usize)
            .map_or("", |column| &column.name)
    }

    pub(super) fn get(&self, column: u32) -> Option<&Column> {
        self.columns.get(column as usize)
    }

    /// The column expected after `column`, or at the beginning of a row of `record`.
    #[inline]
    pub(super) fn expected(&self, record: u32, column: u32) -> Option<(u32, &Column)> {
        let at = match self.columns.get(column as usize) {
            Some(column) => column.after,
            None => self.records.get(record as usize)?.first,
        };
        Some((at, self.columns.get(at as usize)?))
    }

    /// Remembers what came.
    pub(super) fn follow(&mut self, record: u32, column: u32, next: u32) {
        match self.columns.get_mut(column as usize) {
            Some(column) => column.after = next,
            None => {
                if let Some(record) = self.records.get_mut(record as usize) {
                    record.first = next;
                }
            }
        }
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.by_tag.len() + self.columns.len()
    }
}

impl Column {
    pub(super) fn tag(&self) -> &str {
        &self.tag
    }
}

fn normal(tag: &str, any_case: bool) -> Option<Box<str>> {
    if !is_name(tag) {
        return None;
    }
    let name = local(tag);
    Some(if any_case {
        name.to_ascii_uppercase().into()
    } else {
        name.into()
    })
}
