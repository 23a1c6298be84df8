//! Records by their key or by other values that name them.

use super::bad_record::BadRecord;
use super::changed::{Record, aimed, unnamed};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::model::{PsDate, PsDateTime, RecordKey};
use crate::profile::{BY_KEY, ChangeQuery, FieldTable, Lookup, Shape, asked_of};
use crate::query::{self, RowSet};
use crate::service::Service;

/// Records that were found, in key order; one that cannot be read does not hide the others.
pub type Found<T> = Vec<std::result::Result<T, BadRecord<<T as Record>::Key>>>;

/// The values of a look-up as its prompts want them: dates in the format of the profile.
pub(super) fn prompts<F: FieldTable>(
    query: &ChangeQuery,
    lookup: &str,
    values: &[String],
) -> Vec<String> {
    let fields = F::lookup(lookup).unwrap_or_default();
    let shape = |at: usize| Some(fields.get(at)?.definition()?.shape);
    let written = |(at, text): (usize, &String)| match (shape(at), text.parse::<PsDate>()) {
        (Some(Shape::Date), Ok(date)) => date.format(&query.prompt_date_format),
        _ => text.clone(),
    };
    values.iter().enumerate().map(written).collect()
}

/// The look-up of a service by its name in the profile.
fn named<'p>(spec: &'p ChangeQuery, service: Service, lookup: &str) -> Result<&'p Lookup> {
    let found = spec.lookups.get(lookup);
    found
        .filter(|found| !found.query.trim().is_empty())
        .ok_or_else(|| unnamed(&format!("{service}.lookups.{lookup}.query")))
}

/// Runs a look-up for the texts of its prompts.
async fn run(
    client: &Client,
    spec: &ChangeQuery,
    lookup: &Lookup,
    texts: Vec<String>,
    max_rows: u32,
) -> Result<RowSet> {
    let mut prompts: Vec<(String, String)> = lookup.prompts.iter().cloned().zip(texts).collect();
    for prompt in &spec.fixed_prompts {
        prompts.push((prompt.name.clone(), prompt.value.clone()));
    }
    query::run(client, spec.owner, &lookup.query, &prompts, max_rows).await
}

/// Runs a look-up for a record that is not there, with a limit of one row.
pub(crate) async fn probe_look_up(client: &Client, service: Service, lookup: &str) -> Result<()> {
    let spec = client.profile().query_of(service);
    let found = named(spec, service, lookup)?;
    let nothing = |shape: &Shape| match shape {
        Shape::Date => PsDateTime::MIN_PROBE
            .date()
            .format(&spec.prompt_date_format),
        Shape::DateTime => PsDateTime::MIN_PROBE.format(&spec.prompt_time_format),
        Shape::Text | Shape::Sensitive | Shape::Code | Shape::Number => "0".to_owned(),
    };
    let shapes = asked_of(service, lookup).unwrap_or_default();
    let texts = shapes.iter().map(nothing).collect();
    run(client, spec, found, texts, 1).await.map(|_| ())
}

/// Runs a look-up of the profile for `values`, and reads what it finds.
pub(super) async fn find<T: Record>(
    client: &Client,
    lookup: &str,
    values: &[String],
) -> Result<Found<T>> {
    let spec = client.profile().query_of(T::SERVICE);
    let found = named(spec, T::SERVICE, lookup)?;
    let texts = T::prompts_of(spec, lookup, values);
    let rows = run(client, spec, found, texts, spec.max_rows).await?;
    let label = spec.label_of(&found.query);
    if rows.truncated() {
        let message = "the answer was cut at its row limit, and a look-up has no next page";
        let error = Error::new(ErrorKind::Truncated, message).with_sent(Sent::Yes);
        return Err(aimed(error, client, &label));
    }
    match T::page_of(client, &rows, None) {
        Ok(page) => Ok(T::complete(client, page, None, None).await?.items),
        Err(error) => Err(aimed(error, client, &label)),
    }
}

/// The record with this key, if there is one.
pub(super) async fn by_key<T: Record>(client: &Client, key: &T::Key) -> Result<Option<T>> {
    let label = || {
        let spec = client.profile().query_of(T::SERVICE);
        let lookup = spec.lookups.get(BY_KEY);
        spec.label_of(lookup.map_or("", |lookup| &lookup.query))
    };
    let refuse = |message: String| {
        let error = Error::new(ErrorKind::Decode, message).with_sent(Sent::Yes);
        Err(aimed(error, client, &label()))
    };
    let mut found = find::<T>(client, BY_KEY, &key.texts()).await?.into_iter();
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(Ok(record)), None) if record.key() == key => Ok(Some(record)),
        (Some(Ok(record)), None) => refuse(format!(
            "asked for {key}, the query answered with {}: it ignores its prompts",
            record.key()
        )),
        (Some(Err(bad)), None) => refuse(format!("{bad}; {}", bad.remedy)),
        (Some(_), Some(_)) => refuse(format!(
            "asked for {key}, the query answered with more than one record: it ignores its prompts"
        )),
    }
}
