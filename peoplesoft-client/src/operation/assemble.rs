//! What a kind of record has to know so that its rows become one value.

use std::collections::BTreeMap;

use super::Record;
use super::reader::{Problem, Reader};
use crate::profile::FieldTable;
use crate::query::columns::alias;

/// Keeps [`Record`] to the types of this crate.
pub trait Sealed {}

/// How rows become one record.
pub(crate) trait FromRows: Record {
    type Field: FieldTable;

    /// One record from its rows, of which there is at least one.
    fn from_rows(key: Self::Key, first: Reader<'_>, rows: &[Reader<'_>]) -> Result<Self, Problem>;
}

/// Makes a record readable: how it is named in profiles, and how rows become it.
///
/// The record has a field `key`, and [`FromRows`].
///
/// `complete` names what reads more of the records of a page than its query gave.
macro_rules! record {
    ($name:ident, $key:ident, $service:ident $(, complete = $complete:path)?) => {
        impl $crate::operation::assemble::Sealed for $name {}

        impl $crate::operation::Record for $name {
            type Key = $key;

            const SERVICE: $crate::Service = $crate::Service::$service;

            fn key(&self) -> &$key {
                &self.key
            }

            fn page_of(
                client: &$crate::Client,
                rows: &$crate::RowSet,
                after: Option<&$key>,
            ) -> $crate::Result<$crate::operation::Page<Self>> {
                let query = client.profile().query_of(Self::SERVICE);
                $crate::operation::grouping::page(rows, query, client.zone(), after)
            }

            $(fn complete(
                client: &$crate::Client,
                page: $crate::operation::Page<Self>,
                window: Option<($crate::model::PsDateTime, $crate::model::PsDateTime)>,
                after: Option<&$key>,
            ) -> impl Future<Output = $crate::Result<$crate::operation::Page<Self>>> + Send {
                $complete(client, page, window, after)
            })?

            fn prompts_of(
                query: &$crate::ChangeQuery,
                lookup: &str,
                values: &[String],
            ) -> Vec<String> {
                $crate::operation::lookup::prompts::<<Self as FromRows>::Field>(
                    query, lookup, values,
                )
            }
        }
    };
}

pub(super) use record;

/// Shares out the columns that nothing reads: those with the alias of a level go to that level, the
/// others to the lowest.
pub(crate) struct Extra<'a> {
    aliases: Vec<Option<&'a str>>,
}

impl<'a> Extra<'a> {
    /// The levels from top to bottom, each by fields whose columns are certainly its own.
    ///
    /// A level whose columns came without any alias has the alias of its default column.
    pub(crate) fn new<F: FieldTable>(reader: &Reader<'a>, levels: &[&[F]]) -> Self {
        let columns = reader.frame.columns;
        let of_level = |fields: &&[F]| {
            let given = fields.iter().find_map(|field| columns.alias_of(*field));
            let default = || fields.first()?.definition();
            given.or_else(|| default().and_then(|field| alias(field.column)))
        };
        Self {
            aliases: levels.iter().map(of_level).collect(),
        }
    }

    /// The columns of `row` that belong to `level`, where `lowest` is the lowest level the row has.
    pub(crate) fn of(
        &self,
        row: &Reader<'_>,
        level: usize,
        lowest: usize,
    ) -> BTreeMap<String, String> {
        let mut extra = BTreeMap::new();
        for (column, name) in row.frame.columns.unmapped() {
            // A site may write its columns in lower case.
            let own = alias(name).and_then(|alias| {
                let mut aliases = self.aliases.iter();
                aliases
                    .position(|known| known.is_some_and(|known| known.eq_ignore_ascii_case(alias)))
            });
            if own.unwrap_or(lowest).min(lowest) != level {
                continue;
            }
            if let Some(text) = row.row.at(column) {
                extra.insert(name.to_owned(), text.to_owned());
            }
        }
        extra
    }
}
