//! `timeline`: everything that happened to one order, invoice, voucher or control number.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Value, json};
use sync_core::audit::AuditEntry;
use sync_core::store::{StateStore, StoreError};

use super::{DONE, FAILED, Output};

/// An event of a flow.
#[derive(Debug, Clone)]
pub(super) struct Told {
    flow: String,
    entry: AuditEntry,
    body: Value,
}

/// Keys that lead on from one trail to another: a document, its order, its voucher, the interchange that brought it.
const HOPS: usize = 2;

/// Most keys that are followed: a number that many documents share leads nowhere.
const MOST_KEYS: usize = 64;

/// Every event under these keys in every flow, and under the keys that those events name, in the order of time.
pub(super) async fn of(store: &dyn StateStore, asked: &str) -> Result<Vec<Told>, StoreError> {
    let streams = store.streams().await?;
    let mut found: BTreeMap<(i64, String, u64), Told> = BTreeMap::new();
    let mut done = BTreeSet::new();
    let mut next = spellings(asked);
    for hop in 0..=HOPS {
        let mut named = BTreeSet::new();
        for key in next.iter().take(MOST_KEYS) {
            if !done.insert(key.clone()) {
                continue;
            }
            for status in &streams {
                for entry in store.audit_of(&status.stream, key, usize::MAX).await? {
                    let body: Value = serde_json::from_slice(&entry.body).unwrap_or_default();
                    named.extend(leads_to(&body, key, hop == 0));
                    let flow = status.stream.pipeline().to_owned();
                    let at = jiff::Timestamp::try_from(entry.at).unwrap_or_default();
                    let place = (at.as_microsecond(), flow.clone(), entry.seq);
                    found.insert(place, Told { flow, entry, body });
                }
            }
        }
        next = named;
    }
    Ok(found.into_values().collect())
}

/// The ways in which people and partners write a key: an order with its business unit has three.
fn spellings(asked: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([asked.to_owned()]);
    if let Some((unit, id)) = asked.split_once('/')
        && unit.chars().count() <= 5
        && !id.contains('/')
    {
        all.insert(format!("{unit}-{id}"));
    }
    all
}

/// The documents that an event names beside the one it was found under. A control number or an order number may stand
/// in many; only keys of documents lead on, and from an interchange only those whose sets speak of what is asked for.
fn leads_to(body: &Value, found_under: &str, is_asked: bool) -> Vec<String> {
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let list = |value: &Value, name: &str| -> Vec<String> {
        let list = value.get(name).and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let mut keys: Vec<String> = text(body, "key").into_iter().collect();
    match text(body, "kind").as_deref() {
        Some("received") => {
            let sets = body.get("sets").and_then(Value::as_array);
            let sets: Vec<&Value> = sets.into_iter().flatten().collect();
            let speaks = |set: &&Value| {
                list(set, "about").iter().any(|key| key == found_under)
                    || text(set, "document").as_deref() == Some(found_under)
            };
            // Asked for by one of its sets: the others are somebody else's. Asked for as a whole: all of them.
            let some = sets.iter().copied().filter(speaks).collect::<Vec<_>>();
            let chosen = if some.is_empty() && is_asked {
                sets
            } else {
                some
            };
            keys.extend(chosen.iter().filter_map(|set| text(set, "document")));
        }
        Some("voucher" | "prepared" | "moved") => keys.extend(list(body, "keys")),
        _ => {}
    }
    keys
}

/// Shows it.
pub(super) fn show(all: &[Told], asked: &str, json: bool, out: &Output) -> io::Result<u8> {
    if json {
        let events: Vec<_> = all
            .iter()
            .map(|told| {
                json!({
                    "at": moment(&told.entry), "flow": told.flow, "seq": told.entry.seq,
                    "kind": told.entry.kind, "event": told.body,
                })
            })
            .collect();
        out.json(&json!({ "asked": asked, "events": events }))?;
    } else {
        for told in all {
            out.line(format_args!(
                "{}  {:<26} {:<12} {}",
                moment(&told.entry),
                told.flow,
                told.entry.kind,
                words(&told.body)
            ))?;
        }
    }
    if all.is_empty() {
        out.note(format_args!(
            "nothing in this ledger names {asked}; write an order as US001/0000000123, an invoice as PARTNER/NUMBER, \
             a voucher as US001/00000012, or a control number as it stands in the file"
        ));
        return Ok(FAILED);
    }
    Ok(DONE)
}

/// What an event says, without what every line says anyway.
fn words(body: &Value) -> String {
    const LEFT_OUT: [&str; 8] = [
        "at",
        "kind",
        "doc",
        "docs",
        "version",
        "envelope_at",
        "source_at",
        "sha256",
    ];
    let fields = body.as_object().into_iter().flatten();
    let fields = fields.filter(|(name, value)| {
        !LEFT_OUT.contains(&name.as_str()) && !value.is_null() && value.as_str() != Some("")
    });
    let said = fields.map(|(name, value)| match value {
        Value::String(text) => format!("{name}={text}"),
        Value::Object(stop) if name == "stop" => stop
            .get("detail")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        other => format!("{name}={other}"),
    });
    said.collect::<Vec<_>>().join("  ")
}

fn moment(entry: &AuditEntry) -> String {
    jiff::Timestamp::try_from(entry.at)
        .map(|time| format!("{time:.3}"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_looked_for_as_partners_write_it() {
        let all = spellings("US001/0000000015");
        assert!(all.contains("US001-0000000015"), "{all:?}");
        assert_eq!(spellings("bolts/INV-1").len(), 2);
        assert_eq!(spellings("ZZ/BOLTS/000000001").len(), 1);
    }

    #[test]
    fn an_interchange_leads_to_the_set_that_is_asked_for_and_to_no_other() {
        let body = json!({ "kind": "received", "key": "ZZ/A/1", "sets": [
            { "document": "a/INV-1", "about": ["INV-1", "US001/15"] },
            { "document": "a/INV-2", "about": ["INV-2", "US001/16"] },
        ]});
        assert_eq!(leads_to(&body, "US001/15", true), ["ZZ/A/1", "a/INV-1"]);
        assert_eq!(
            leads_to(&body, "000000001", true),
            ["ZZ/A/1", "a/INV-1", "a/INV-2"]
        );
        assert_eq!(leads_to(&body, "ZZ/A/1", false), ["ZZ/A/1"]);
        let body = json!({ "kind": "voucher", "key": "a/1", "keys": ["US001/00000001"] });
        assert_eq!(leads_to(&body, "a/1", false), ["a/1", "US001/00000001"]);
    }
}
