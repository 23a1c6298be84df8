//! `holds`: what waits, and why.

use std::io;

use serde_json::json;
use sync_core::delivery::Phase;
use sync_core::store::{Document, DocumentFilter, StateStore, StoreError};

use super::{DONE, Output};
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
        _ if doc.ship.is_some() => "a new version in PeopleSoft is sent again".to_owned(),
        _ => format!(
            "a new version in PeopleSoft is read again; to look at this one again: \
             peoplesoft-cleo release {flow} {key} --as retry --by NAME --why TEXT"
        ),
    }
}
