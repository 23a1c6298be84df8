//! What the sources share: times, failures and unreadable rows in the engine's terms.

use std::time::Duration;

use bytes::Bytes;
use peoplesoft_client::model::{PsDate, PsDateTime};
use peoplesoft_client::{BadRecord, Error, ErrorKind, Profile, Service};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sync_core::{Page, Poison, PollRule, SourceError, SourceErrorKind, Stop, Sweep, Window};

use crate::config::Poll;

const MICROS: u64 = 1_000_000;

/// Microseconds since 1970-01-01T00:00 of the database's own clock, whatever its zone.
pub(super) fn to_micros(time: PsDateTime) -> i64 {
    let Some(epoch) = epoch() else {
        return i64::MIN;
    };
    i64::try_from(time.since(epoch).as_micros()).unwrap_or(i64::MAX)
}

/// The inverse of [`to_micros`]; times outside what PeopleSoft holds become its first or last.
pub(super) fn from_micros(micros: i64) -> PsDateTime {
    let (Some(epoch), Ok(micros)) = (epoch(), u64::try_from(micros)) else {
        return PsDateTime::MIN;
    };
    epoch.plus(Duration::new(
        micros / MICROS,
        u32::try_from(micros % MICROS).unwrap_or(0) * 1000,
    ))
}

fn epoch() -> Option<PsDateTime> {
    PsDate::new(1970, 1, 1).ok().map(PsDate::at_midnight)
}

/// How the site's time column behaves.
pub(super) fn rule(poll: &Poll) -> PollRule {
    PollRule {
        settle: poll.settle,
        lookback: poll.lookback,
        sweep: poll.sweep.as_ref().map(|sweep| Sweep {
            reach: sweep.reach,
            every: sweep.every.get().into(),
        }),
        // LAST_DTTM_UPDATE is kept to the second by the queries.
        ..PollRule::new(Duration::from_secs(1), poll.max_lateness)
    }
}

/// The window as PeopleSoft is asked for it: closed below, open above, so that its last second is in it.
pub(super) fn bounds(window: &Window) -> (PsDateTime, PsDateTime) {
    (
        from_micros(window.lo),
        from_micros(window.hi).plus(Duration::from_secs(1)),
    )
}

/// A page in the engine's terms: bad rows are beside the good ones.
pub(super) fn page<T>(
    page: peoplesoft_client::Page<T>,
    is_wanted: impl Fn(&T) -> bool,
) -> Result<Page<T>, SourceError>
where
    T: peoplesoft_client::Record,
    T::Key: Serialize + std::fmt::Display,
{
    let next = page.next.as_ref().map(page_token).transpose()?;
    let records = page
        .items
        .into_iter()
        .filter(|item| item.as_ref().map_or(true, &is_wanted))
        .map(|item| item.map_err(|bad| poison(&bad)))
        .collect();
    Ok(Page { records, next })
}

/// Where a page begins: behind this key.
fn page_token<K: Serialize>(key: &K) -> Result<Bytes, SourceError> {
    serde_json::to_vec(key)
        .map(Bytes::from)
        .map_err(|error| bad_page(&error))
}

/// The inverse of [`page_token`].
pub(super) fn page_key<K: DeserializeOwned>(page: &Bytes) -> Result<K, SourceError> {
    serde_json::from_slice(page).map_err(|error| bad_page(&error))
}

fn bad_page(error: &dyn std::fmt::Display) -> SourceError {
    SourceError {
        kind: SourceErrorKind::Invalid,
        operation: "page".into(),
        message: format!("the page in the ledger cannot be read: {error}").into(),
        remedy: None,
        after: None,
    }
}

/// What gives a service's times and keys their meaning: its query, its map and the zone.
pub(super) fn meaning(profile: &Profile, service: Service) -> String {
    let query = profile.query_of(service);
    let mut parts = vec![
        profile.node.clone(),
        profile.zone.clone(),
        query.owner.as_str().to_owned(),
    ];
    parts.extend([query.query.clone(), query.prompt_time_format.clone()]);
    parts.extend(
        query
            .fixed_prompts
            .iter()
            .map(|prompt| format!("{}={}", prompt.name, prompt.value)),
    );
    parts.extend(
        query
            .columns
            .iter()
            .map(|(column, field)| format!("{column}={field}")),
    );
    parts.join("\n")
}

/// A failed call: what a person must mend is told apart from what mends itself.
pub(crate) fn failure(error: &Error) -> SourceError {
    let kind = match error.kind() {
        _ if error.is_retryable() => SourceErrorKind::Transient,
        ErrorKind::Decode | ErrorKind::TooLarge | ErrorKind::InvalidRequest => {
            SourceErrorKind::Invalid
        }
        // Refused, unknown, inactive, a sign-on page: PeopleSoft's administrator has to act.
        _ => SourceErrorKind::Connectivity,
    };
    let remedy = error.remedy();
    SourceError {
        kind,
        operation: error.operation().unwrap_or("peoplesoft").into(),
        message: error.to_string().into(),
        remedy: (!remedy.is_empty()).then(|| remedy.to_string().into()),
        after: error.retry_after(),
    }
}

/// A row that cannot be read: a dead letter beside its neighbours.
fn poison<K: std::fmt::Display>(bad: &BadRecord<K>) -> Poison {
    let key = bad
        .key
        .as_ref()
        .map_or_else(|| format!("row without a key: {}", bad.raw), K::to_string);
    let code = if bad.found.trim().is_empty() {
        "missing-field"
    } else {
        "invalid-value"
    };
    Poison {
        key: key.into(),
        at: None,
        raw: bad.raw.clone().into(),
        why: Stop::new(code, bad.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_round_trip_to_the_second_and_keep_their_order() {
        for text in [
            "1970-01-01T00:00:00",
            "2026-03-31T23:59:59",
            "2026-11-01T01:30:00",
        ] {
            let time: PsDateTime = text.parse().unwrap();
            assert_eq!(from_micros(to_micros(time)), time);
        }
        assert_eq!(from_micros(i64::MIN), PsDateTime::MIN);
        let day: PsDateTime = "2026-03-31T00:00:00".parse().unwrap();
        assert_eq!(
            to_micros(day.plus(Duration::from_secs(1))) - to_micros(day),
            1_000_000
        );
    }
}
