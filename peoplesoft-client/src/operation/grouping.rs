//! Rows in key order become records, and an answer that was cut loses only what it cannot hold whole.

use std::collections::BTreeSet;

use super::assemble::FromRows;
use super::bad_record::BadRecord;
use super::changed::Page;
use super::reader::{Frame, Problem, Reader};
use crate::error::{Error, ErrorKind, Sent};
use crate::model::{HIDDEN, RecordKey, Zone};
use crate::profile::{ChangeQuery, FieldTable, Shape};
use crate::query::columns::Columns;
use crate::query::{Row, RowSet};

/// The rows of one record, or of one row without a usable key.
struct Group<'a, K> {
    key: Result<K, Problem>,
    texts: Vec<Option<&'a str>>,
    rows: Vec<Row<'a>>,
}

/// Makes the page of an answer to a question for what lies after `after`.
#[expect(
    clippy::result_large_err,
    reason = "the record in the other arm is larger still"
)]
pub(crate) fn page<T: FromRows>(
    set: &RowSet,
    query: &ChangeQuery,
    zone: &Zone,
    after: Option<&T::Key>,
) -> Result<Page<T>, Error> {
    if set.rows.iter().all(|row| row.malformed.is_some()) {
        return if set.truncated {
            Err(cut(query, "no row of it can be read"))
        } else {
            let items = set
                .rows()
                .map(|row| Err(malformed::<T>(query, row)))
                .collect();
            Ok(Page { items, next: None })
        };
    }
    let columns = Columns::resolve::<T::Field>(query, &set.columns)?;
    let frame = Frame {
        query,
        columns: &columns,
        zone,
    };
    let mut groups = group::<T>(set, frame);
    check_order::<T>(&groups, query, after)?;
    let next = if set.truncated {
        Some(keep_whole::<T>(&mut groups, query)?)
    } else {
        None
    };
    let items = groups
        .into_iter()
        .map(|group| record::<T>(group, frame))
        .collect();
    Ok(Page { items, next })
}

/// The page of an answer to a question from the start.
#[cfg(feature = "test-util")]
pub(crate) fn first_page<T: FromRows>(
    set: &RowSet,
    query: &ChangeQuery,
    zone: &Zone,
) -> Result<Page<T>, Error> {
    page(set, query, zone, None)
}

fn group<'a, T: FromRows>(set: &'a RowSet, frame: Frame<'_>) -> Vec<Group<'a, T::Key>> {
    let parts: Vec<T::Field> = T::Field::key().collect();
    let columns: Vec<Option<usize>> = parts.iter().map(|part| frame.columns.of(*part)).collect();
    let text = |row: Row<'a>, column: &Option<usize>| column.and_then(|column| row.at(column));
    let mut groups: Vec<Group<'a, T::Key>> = Vec::new();
    for row in set.rows() {
        // Rows of one record nearly always show its key in the same letters; where they do not, the
        // typed key is compared below.
        let alike = |texts: &[Option<&'a str>]| {
            let mut both = columns.iter().zip(texts);
            both.all(|(column, known)| text(row, column) == *known)
        };
        if let Some(last) = groups.last_mut()
            && last.key.is_ok()
            && alike(&last.texts)
        {
            last.rows.push(row);
            continue;
        }
        let key = key_of::<T>(&parts, &Reader { frame, row });
        if let Some(last) = groups.last_mut()
            && let (Ok(one), Ok(other)) = (&last.key, &key)
            && one == other
        {
            last.rows.push(row);
            continue;
        }
        groups.push(Group {
            key,
            texts: columns.iter().map(|column| text(row, column)).collect(),
            rows: vec![row],
        });
    }
    groups
}

/// The key that a row shows, or which part of it is wrong.
fn key_of<T: FromRows>(parts: &[T::Field], row: &Reader<'_>) -> Result<T::Key, Problem> {
    let mut texts = Vec::with_capacity(parts.len());
    for part in parts {
        texts.push(row.key_part(*part)?);
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    T::Key::from_texts(&texts).map_err(|wrong| match parts.get(wrong.part()) {
        Some(part) => row.problem(*part, wrong.found(), wrong.expected()),
        None => row.misfit(wrong.found(), wrong.expected()),
    })
}

/// Paging by key loses records if the rows are not in key order or do not begin after the key.
fn check_order<T: FromRows>(
    groups: &[Group<'_, T::Key>],
    query: &ChangeQuery,
    after: Option<&T::Key>,
) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for group in groups {
        let Ok(key) = &group.key else { continue };
        if Some(key) == after {
            return Err(unfit(format!(
                "query {} answered with {key} when asked for what comes after it: it ignores the \
                 prompts {}",
                query.query,
                query.prompts.after.join(" and ")
            )));
        }
        if !seen.insert(key) {
            return Err(unfit(format!(
                "query {} does not order its rows by key: {key} occurs again after another key",
                query.query
            )));
        }
    }
    Ok(())
}

/// Drops the last record of a cut answer, which may lack rows, and names the last whole one.
fn keep_whole<T: FromRows>(
    groups: &mut Vec<Group<'_, T::Key>>,
    query: &ChangeQuery,
) -> Result<T::Key, Error> {
    let last = groups.pop();
    // Rows without a key after the last whole record come again with the next page.
    while groups.last().is_some_and(|group| group.key.is_err()) {
        groups.pop();
    }
    if let Some(Group { key: Ok(key), .. }) = groups.last() {
        return Ok(key.clone());
    }
    Err(match last {
        Some(Group { key: Ok(key), .. }) => cut(query, &format!("{key} alone fills it")),
        _ => cut(query, "no row of it has a usable key"),
    })
}

#[expect(
    clippy::result_large_err,
    reason = "the record in the other arm is larger still"
)]
fn record<T: FromRows>(group: Group<'_, T::Key>, frame: Frame<'_>) -> Result<T, BadRecord<T::Key>> {
    let readers: Vec<Reader<'_>> = group
        .rows
        .iter()
        .map(|row| Reader { frame, row: *row })
        .collect();
    let outcome = match (group.key, readers.first()) {
        (Err(problem), _) => Err((None, problem)),
        (Ok(key), Some(first)) => {
            T::from_rows(key.clone(), *first, &readers).map_err(|problem| (Some(key), problem))
        }
        (Ok(_), None) => return Err(malformed_text(frame.query, "")),
    };
    outcome.map_err(|(key, problem)| {
        if let [row] = group.rows.as_slice()
            && row.cells.malformed.is_some()
        {
            return malformed::<T>(frame.query, *row);
        }
        let hidden = secrets::<T>(frame);
        let raw: Vec<String> = group.rows.iter().map(|row| row.to_json(&hidden)).collect();
        BadRecord {
            key,
            row: problem.row,
            column: problem.column,
            found: problem.found,
            expected: problem.expected,
            remedy: problem.remedy,
            raw: raw.join("\n"),
        }
    })
}

/// The columns that hold what must not be shown, whatever the site named them.
fn secrets<T: FromRows>(frame: Frame<'_>) -> Vec<usize> {
    T::Field::ALL
        .iter()
        .filter(|field| {
            let known = field.definition();
            known.is_some_and(|known| known.shape == Shape::Sensitive)
        })
        .filter_map(|field| frame.columns.of(*field))
        .collect()
}

fn malformed<T: FromRows>(query: &ChangeQuery, row: Row<'_>) -> BadRecord<T::Key> {
    // Which part of it must not be shown cannot be known.
    if T::Field::has_secrets() {
        return malformed_text(query, HIDDEN);
    }
    malformed_text(query, &row.to_json(&[]))
}

fn malformed_text<K>(query: &ChangeQuery, raw: &str) -> BadRecord<K> {
    BadRecord {
        key: None,
        row: None,
        column: "rows".to_owned(),
        found: raw.chars().take(100).collect(),
        expected: "a JSON object for each row".to_owned(),
        remedy: format!(
            "Look at what lies between the gateway and query {}.",
            query.query
        ),
        raw: raw.to_owned(),
    }
}

fn unfit(message: String) -> Error {
    Error::new(ErrorKind::Decode, message).with_sent(Sent::Yes)
}

fn cut(query: &ChangeQuery, why: &str) -> Error {
    let message = format!(
        "the answer of query {} was cut at its row limit and {why}",
        query.query
    );
    Error::new(ErrorKind::Truncated, message).with_sent(Sent::Yes)
}
