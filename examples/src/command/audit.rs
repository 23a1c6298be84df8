//! `audit`: the trail, and whether it is whole.

use std::io;

use serde_json::{Value, json};
use sync_core::StreamKey;
use sync_core::audit::{AuditEntry, verify_store};
use sync_core::store::{StateStore, StoreError};

use super::{DONE, FAILED, Output};

/// The trail of one document, or the newest entries of each flow.
pub(super) async fn show(
    store: Option<&dyn StateStore>,
    document: Option<&str>,
    last: u64,
    json: bool,
    out: &Output,
) -> Result<io::Result<u8>, StoreError> {
    let mut all: Vec<(StreamKey, AuditEntry)> = Vec::new();
    if let Some(store) = store {
        for status in store.streams().await? {
            let entries = match document {
                Some(key) => store.audit_of(&status.stream, key, usize::MAX).await?,
                None => {
                    let from = status.audited.saturating_sub(last) + 1;
                    store.audit(&status.stream, from, usize::MAX).await?
                }
            };
            all.extend(
                entries
                    .into_iter()
                    .map(|entry| (status.stream.clone(), entry)),
            );
        }
    }
    Ok(print(&all, document, json, out))
}

fn print(
    all: &[(StreamKey, AuditEntry)],
    document: Option<&str>,
    json: bool,
    out: &Output,
) -> io::Result<u8> {
    for (stream, entry) in all {
        let body: Value = serde_json::from_slice(&entry.body).unwrap_or_default();
        if json {
            out.json(&json!({
                "stream": stream.to_string(), "seq": entry.seq, "hash": hex(&entry.hash), "event": body,
            }))?;
        } else {
            out.line(format_args!(
                "{}  {}  {:<10} {}",
                moment(entry),
                stream.pipeline(),
                entry.kind,
                words(&body)
            ))?;
        }
    }
    if let (true, Some(key), false) = (all.is_empty(), document, json) {
        out.note(format_args!(
            "no document {key} in this ledger; keys look like US001/0000000123"
        ));
        return Ok(FAILED);
    }
    Ok(DONE)
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn moment(entry: &AuditEntry) -> String {
    jiff::Timestamp::try_from(entry.at)
        .map(|time| format!("{time:.3}"))
        .unwrap_or_default()
}
