//! Records by their key or by other values that name them.

use super::bad_record::BadRecord;
use super::changed::{Record, aimed, unnamed};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result, Sent};
use crate::model::{PsDate, RecordKey};
use crate::profile::{BY_KEY, ChangeQuery, FieldTable, Shape};
use crate::query;

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

/// Runs a look-up of the profile for `values`, and reads what it finds.
pub(super) async fn find<T: Record>(
    client: &Client,
    lookup: &str,
    values: &[String],
) -> Result<Found<T>> {
    let spec = client.profile().query_of(T::SERVICE);
    let place = || format!("{}.lookups.{lookup}.query", T::SERVICE);
    let Some(found) = spec
        .lookups
        .get(lookup)
        .filter(|found| !found.query.trim().is_empty())
    else {
        return Err(unnamed(&place()));
    };
    let texts = T::prompts_of(spec, lookup, values);
    let mut prompts: Vec<(String, String)> = found.prompts.iter().cloned().zip(texts).collect();
    for prompt in &spec.fixed_prompts {
        prompts.push((prompt.name.clone(), prompt.value.clone()));
    }
    let rows = query::run(client, spec.owner, &found.query, &prompts, spec.max_rows).await?;
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
