//! Rows that take effect on a day, gathered under what they belong to.

use std::collections::BTreeMap;

use super::reader::{Problem, Reader};
use crate::model::{EffStatus, EffectiveDated, EffectiveRow, PsDate, PsDateTime, is_sensitive};
use crate::profile::FieldTable;
use crate::query::columns::alias;

/// Adds a row. The same row again does no harm; another one for its day and sequence is a problem,
/// because which of the two holds cannot be known.
pub(super) fn add<T: EffectiveRow + PartialEq, F: FieldTable>(
    rows: &mut EffectiveDated<T>,
    new: T,
    reader: &Reader<'_>,
    field: F,
) -> Result<(), Problem> {
    let (date, sequence) = (new.effective_date(), new.effective_sequence());
    match rows.at(date, sequence) {
        None => {
            rows.insert(new);
            Ok(())
        }
        Some(known) if *known == new => Ok(()),
        Some(_) => {
            let found = format!("{date} sequence {sequence} in two different rows");
            Err(multiplied(reader, field, &found))
        }
    }
}

/// What there is one of came in two different shapes.
pub(super) fn multiplied<F: FieldTable>(reader: &Reader<'_>, field: F, found: &str) -> Problem {
    let mut problem = reader.problem(field, found, "one row for each");
    problem.found = found.to_owned();
    problem.remedy = format!(
        "Take out of query {} the record that multiplies its rows.",
        reader.frame.query.query
    );
    problem
}

/// The last change of all rows.
pub(super) fn last_updated<F: FieldTable>(
    first: &Reader<'_>,
    rows: &[Reader<'_>],
    field: F,
) -> Result<PsDateTime, Problem> {
    let mut last = first.date_time(field)?;
    for row in rows {
        last = last.max(row.date_time(field)?);
    }
    Ok(last)
}

/// The status of a row; a query without a column for it selects the active rows alone.
pub(super) fn status<F: FieldTable>(row: &Reader<'_>, field: F) -> EffStatus {
    row.code(field)
        .map_or(EffStatus::Active, EffStatus::from_text)
}

/// The day of a row; a query without a column for it selects the row of today alone, which then counts
/// from the day that PeopleSoft itself takes for "always".
pub(super) fn date<F: FieldTable>(row: &Reader<'_>, field: F) -> Result<PsDate, Problem> {
    match row.frame.columns.of(field) {
        Some(_) => row.date(field),
        None => PsDate::new(1900, 1, 1)
            .map_err(|error| row.problem(field, error.found(), error.expected())),
    }
}

/// The columns that nothing reads, and that may be shown.
pub(super) fn unmapped(row: &Reader<'_>) -> BTreeMap<String, String> {
    unmapped_of(row, |_| true)
}

/// The same, of the columns whose alias is wanted.
pub(super) fn unmapped_of(
    row: &Reader<'_>,
    wanted: impl Fn(Option<&str>) -> bool,
) -> BTreeMap<String, String> {
    row.frame
        .columns
        .unmapped()
        .filter(|(_, name)| wanted(alias(name)) && !is_sensitive(name))
        .filter_map(|(column, name)| Some((name.to_owned(), row.row.at(column)?.to_owned())))
        .collect()
}
