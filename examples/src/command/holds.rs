//! `holds`: what waits, and why.

use std::io;
use std::time::SystemTime;

use serde_json::json;
use sync_core::delivery::Phase;
use sync_core::store::{Document, DocumentFilter, Shipment, StateStore, StoreError};

use super::{DONE, FAILED, Output};
use crate::hold::HoldCode;

pub(super) async fn holds(
    store: Option<&dyn StateStore>,
    json: bool,
    out: &Output,
) -> Result<io::Result<u8>, StoreError> {
    let mut all = Vec::new();
    if let Some(store) = store {
        for status in store.streams().await? {
            let phases = vec![Phase::Held, Phase::Review, Phase::Dead];
            let filter = DocumentFilter {
                phases,
                ..DocumentFilter::default()
            };
            for doc in store.documents(&status.stream, &filter).await? {
                let note = match doc.ship {
                    Some(ship) if doc.stop.is_none() => store
                        .shipment(&status.stream, ship)
                        .await?
                        .map(|ship| ship.note),
                    _ => None,
                };
                all.push((status.stream.pipeline().to_owned(), doc, note));
            }
        }
    }
    Ok(show(&all, json, out))
}

/// All that is known of one document that waits or was given up, its record as it came.
pub(super) async fn one(
    store: Option<&dyn StateStore>,
    key: &str,
    json: bool,
    out: &Output,
) -> Result<io::Result<u8>, StoreError> {
    let mut found = false;
    if let Some(store) = store {
        for status in store.streams().await? {
            let filter = DocumentFilter {
                phases: vec![Phase::Held, Phase::Review, Phase::Dead],
                key: Some(key.into()),
                ..DocumentFilter::default()
            };
            for doc in store.documents(&status.stream, &filter).await? {
                found = true;
                let ship = match doc.ship {
                    Some(ship) => store.shipment(&status.stream, ship).await?,
                    None => None,
                };
                if let Err(error) = detail(status.stream.pipeline(), &doc, ship.as_ref(), json, out)
                {
                    return Ok(Err(error));
                }
            }
        }
    }
    if !found && !json {
        out.note(format_args!(
            "{key} does not wait; `peoplesoft-cleo holds` lists what does"
        ));
    }
    Ok(Ok(if found { DONE } else { FAILED }))
}

fn detail(
    flow: &str,
    doc: &Document,
    ship: Option<&Shipment>,
    json: bool,
    out: &Output,
) -> io::Result<u8> {
    let note = ship.map(|ship| &*ship.note);
    let moment = |time| jiff::Timestamp::try_from(time).map(|time| format!("{time:.3}"));
    let taken_in = moment(doc.created).unwrap_or_default();
    let sent = |time: Option<SystemTime>| time.and_then(|time| moment(time).ok());
    let record = String::from_utf8_lossy(&doc.payload);
    if json {
        out.json(&json!({
            "flow": flow, "document": doc.key, "id": doc.id, "version": doc.n, "phase": doc.phase,
            "code": code(doc), "why": why(doc, note), "to_go_on": to_go_on(flow, doc),
            "taken_in": taken_in, "replays": doc.replays, "ship": doc.ship,
            "attempts": ship.map(|ship| ship.delivery.attempt),
            "first_sent": ship.and_then(|ship| sent(ship.delivery.first_sent)),
            "last_sent": ship.and_then(|ship| sent(ship.delivery.sent)),
            "file": ship.and_then(|ship| ship.parcel.as_ref()).map(|(name, _)| name),
            "record": record,
        }))?;
        return Ok(DONE);
    }
    out.line(format_args!(
        "{flow} {} version {} [{}], document {}",
        doc.key, doc.n, doc.phase, doc.id
    ))?;
    out.line(format_args!("    {}: {}", code(doc), why(doc, note)))?;
    out.line(format_args!("    taken in {taken_in}"))?;
    if let Some(old) = doc.replays {
        out.line(format_args!("    replays document {old}"))?;
    }
    if let Some(ship) = ship {
        let file = ship.parcel.as_ref().map_or("nothing", |(name, _)| name);
        let first = sent(ship.delivery.first_sent).unwrap_or_else(|| "never".into());
        let last = sent(ship.delivery.sent).unwrap_or_else(|| "never".into());
        out.line(format_args!(
            "    shipment {}: {file}, {} attempts, first {first}, last {last}",
            ship.id, ship.delivery.attempt
        ))?;
    }
    out.line(format_args!("    {}", to_go_on(flow, doc)))?;
    out.line(record)?;
    Ok(DONE)
}

fn show(all: &[(String, Document, Option<Box<str>>)], json: bool, out: &Output) -> io::Result<u8> {
    if json {
        let told: Vec<_> = all
            .iter()
            .map(|(flow, doc, note)| {
                json!({
                    "flow": flow, "document": doc.key, "version": doc.n, "phase": doc.phase,
                    "code": code(doc), "why": why(doc, note.as_deref()), "to_go_on": to_go_on(flow, doc),
                })
            })
            .collect();
        out.json(&json!({ "holds": told }))?;
        return Ok(DONE);
    }
    for (flow, doc, note) in all {
        out.line(format_args!(
            "{flow} {} [{}] {}",
            doc.key,
            doc.phase,
            why(doc, note.as_deref())
        ))?;
        out.line(format_args!("    {}", to_go_on(flow, doc)))?;
    }
    let count = |phase: Phase| all.iter().filter(|(_, doc, _)| doc.phase == phase).count();
    out.line(format_args!(
        "{} held, {} in review, {} rejected",
        count(Phase::Held),
        count(Phase::Review),
        count(Phase::Dead)
    ))?;
    Ok(DONE)
}

fn code(doc: &Document) -> &str {
    doc.stop.as_ref().map_or("in-doubt", |stop| &stop.code)
}

fn why(doc: &Document, note: Option<&str>) -> String {
    match (&doc.stop, note) {
        (Some(stop), _) => stop.detail.to_string(),
        (None, Some(note)) => note.to_owned(),
        (None, None) => String::new(),
    }
}

fn may_be_accepted(doc: &Document) -> bool {
    let code = doc
        .stop
        .as_ref()
        .and_then(|stop| stop.code.parse::<HoldCode>().ok());
    code.is_some_and(HoldCode::may_be_accepted)
}

fn to_go_on(flow: &str, doc: &Document) -> String {
    let key = &doc.key;
    match doc.phase {
        Phase::Held if may_be_accepted(doc) => format!(
            "goes on by itself with the next sync, once that is mended, or: \
             peoplesoft-cleo release {flow} {key} --as accept|abandon --by NAME --why TEXT"
        ),
        Phase::Held => "goes on by itself with the next sync, once that is mended".to_owned(),
        Phase::Review => format!(
            "look for it at the partner, then: peoplesoft-cleo release {flow} {key} --as confirm|resend|abandon --by NAME --why TEXT"
        ),
        _ if doc.ship.is_some() => format!(
            "a new version in PeopleSoft is sent again; to make this one anew once what was wrong is mended: \
             peoplesoft-cleo replay {flow} {key} --as transform --by NAME --why TEXT"
        ),
        _ => format!(
            "a new version in PeopleSoft is read again; to look at this one again: \
             peoplesoft-cleo release {flow} {key} --as retry --by NAME --why TEXT"
        ),
    }
}
