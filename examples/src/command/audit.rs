//! `audit`: the trail, and whether it is whole.

use std::collections::BTreeMap;
use std::io;
use std::time::SystemTime;

use serde_json::{Value, json};
use sync_core::StreamKey;
use sync_core::audit::{About, AuditEntry, AuditFilter, verify_store};
use sync_core::store::{StateStore, StoreError};

use super::{DONE, FAILED, Output};

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub(super) document: Option<String>,
    pub(super) number: Option<u64>,
    pub(super) since: Option<SystemTime>,
    pub(super) before: Option<SystemTime>,
    /// Where nothing else says which: so many of the newest.
    pub(super) last: u64,
}

/// The trail of one document or number or time, or the newest entries of each flow.
pub(super) async fn show(
    store: Option<&dyn StateStore>,
    wanted: &Wanted,
    json: bool,
    out: &Output,
) -> Result<io::Result<u8>, StoreError> {
    let mut found = 0;
    if let Some(store) = store {
        for status in store.streams().await? {
            let filter = AuditFilter {
                about: match (&wanted.document, wanted.number) {
                    (Some(key), _) => About::Key(key.as_str().into()),
                    (None, Some(number)) => About::Number(number),
                    (None, None) => About::Anything,
                },
                since: wanted.since,
                before: wanted.before,
                after: match wanted {
                    Wanted {
                        document: None,
                        number: None,
                        since: None,
                        before: None,
                        last,
                    } => status.audited.saturating_sub(*last),
                    _ => 0,
                },
                limit: PAGE,
            };
            let printed = match wanted.number {
                Some(_) => of_number(store, &status.stream, filter, json, out).await?,
                None => pages(store, &status.stream, filter, json, out).await?,
            };
            match printed {
                Ok(count) => found += count,
                Err(error) => return Ok(Err(error)),
            }
        }
    }
    if found == 0 && !json {
        if let Some(key) = &wanted.document {
            out.note(format_args!(
                "no document {key} in this ledger; keys look like US001/0000000123"
            ));
            return Ok(Ok(FAILED));
        }
        if let Some(number) = wanted.number {
            out.note(format_args!("this ledger has never given number {number}"));
            return Ok(Ok(FAILED));
        }
    }
    Ok(Ok(DONE))
}

/// How many entries are in memory at a time.
const PAGE: usize = 1000;

async fn pages(
    store: &dyn StateStore,
    stream: &StreamKey,
    mut filter: AuditFilter,
    json: bool,
    out: &Output,
) -> Result<io::Result<usize>, StoreError> {
    let mut found = 0;
    loop {
        let page = store.audit_find(stream, &filter).await?;
        let Some(last) = page.last() else {
            return Ok(Ok(found));
        };
        filter.after = last.seq;
        found += page.len();
        for entry in &page {
            if let Err(error) = print(stream, entry, json, out) {
                return Ok(Err(error));
            }
        }
    }
}

/// The entry that gave a number, and everything else about its shipment.
async fn of_number(
    store: &dyn StateStore,
    stream: &StreamKey,
    filter: AuditFilter,
    json: bool,
    out: &Output,
) -> Result<io::Result<usize>, StoreError> {
    let mut entries: BTreeMap<u64, AuditEntry> = BTreeMap::new();
    for gave in store.audit_find(stream, &filter).await? {
        let body: Value = serde_json::from_slice(&gave.body).unwrap_or_default();
        let keys = body
            .get("keys")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        for key in keys {
            let mut of_key = AuditFilter {
                about: About::Key(key.into()),
                after: 0,
                ..filter.clone()
            };
            loop {
                let page = store.audit_find(stream, &of_key).await?;
                let Some(last) = page.last() else { break };
                of_key.after = last.seq;
                let same = |entry: &AuditEntry| {
                    let other: Value = serde_json::from_slice(&entry.body).unwrap_or_default();
                    other.get("ship") == body.get("ship")
                };
                let about = page.into_iter().filter(same);
                entries.extend(about.map(|entry| (entry.seq, entry)));
            }
        }
    }
    for entry in entries.values() {
        if let Err(error) = print(stream, entry, json, out) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(entries.len()))
}

fn print(stream: &StreamKey, entry: &AuditEntry, json: bool, out: &Output) -> io::Result<()> {
    let body: Value = serde_json::from_slice(&entry.body).unwrap_or_default();
    if json {
        return out.json(&json!({
            "stream": stream.to_string(), "seq": entry.seq, "hash": hex(&entry.hash), "event": body,
        }));
    }
    out.line(format_args!(
        "{}  {}  {:<10} {}",
        moment(entry),
        stream.pipeline(),
        entry.kind,
        words(&body)
    ))
}

/// An event without its time and kind, `name=value` each.
fn words(body: &Value) -> String {
    let fields = body.as_object().into_iter().flatten();
    let fields =
        fields.filter(|(name, value)| !matches!(name.as_str(), "at" | "kind") && !value.is_null());
    let said = fields.map(|(name, value)| match value {
        Value::String(text) => format!("{name}={text}"),
        other => format!("{name}={other}"),
    });
    said.collect::<Vec<_>>().join("  ")
}

/// Recomputes every chain and compares it with the ledger.
pub(super) async fn verify(
    store: Option<&dyn StateStore>,
    json: bool,
    out: &Output,
) -> Result<io::Result<u8>, StoreError> {
    let mut told = Vec::new();
    let mut whole = true;
    if let Some(store) = store {
        for status in store.streams().await? {
            let (entries, head, faults) = match verify_store(store, &status.stream).await? {
                Ok(head) => (head.seq, Some(hex(&head.hash)), Vec::new()),
                Err(faults) => {
                    whole = false;
                    (
                        status.audited,
                        None,
                        faults.iter().map(ToString::to_string).collect(),
                    )
                }
            };
            told.push((status.stream.to_string(), entries, head, faults));
        }
    }
    Ok(print_verified(&told, whole, json, out))
}

fn print_verified(
    told: &[(String, u64, Option<String>, Vec<String>)],
    whole: bool,
    json: bool,
    out: &Output,
) -> io::Result<u8> {
    if json {
        let streams: Vec<_> = told
            .iter()
            .map(|(stream, entries, head, faults)| {
                json!({ "stream": stream, "entries": entries, "head": head, "faults": faults })
            })
            .collect();
        out.json(&json!({ "whole": whole, "streams": streams }))?;
    } else {
        for (stream, entries, head, faults) in told {
            match head {
                Some(head) => out.line(format_args!(
                    "{stream}: {entries} entries are whole, head {head}"
                ))?,
                None => out.line(format_args!("{stream}: NOT whole"))?,
            }
            for fault in faults {
                out.line(format_args!("  {fault}"))?;
            }
        }
    }
    Ok(if whole { DONE } else { FAILED })
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn moment(entry: &AuditEntry) -> String {
    jiff::Timestamp::try_from(entry.at)
        .map(|time| format!("{time:.3}"))
        .unwrap_or_default()
}
