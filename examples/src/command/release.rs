//! `release`: a person decides what becomes of a document that waits.

use std::time::Duration;

use sync_core::delivery::{self, Event, Phase, Rule};
use sync_core::store::{Document, DocumentFilter, Op, Refused, StateStore, StoreError};
use sync_core::{Clock, Repeat, Stop, StreamKey};

use super::Decision;
use crate::hold::HoldCode;

/// Who decides, and why: both are in the audit trail.
#[derive(Debug, Clone, Copy)]
pub(super) struct Author<'a> {
    pub(super) by: &'a str,
    pub(super) why: &'a str,
}

/// Why a decision is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReleaseError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("another process runs this flow: wait for it, or stop it")]
    Held,
    #[error("{key} does not wait in this flow; `peoplesoft-cleo holds` lists what does")]
    NotWaiting { key: Box<str> },
    #[error("{key} is {phase}: {expected}")]
    NotThatWay {
        key: Box<str>,
        phase: Phase,
        expected: &'static str,
    },
    #[error(transparent)]
    Illegal(#[from] delivery::Illegal),
}

/// Carries a decision out; answers what was done.
pub(super) async fn release(
    store: &dyn StateStore,
    clock: &dyn Clock,
    stream: &StreamKey,
    key: &str,
    decision: Decision,
    author: Author<'_>,
) -> Result<String, ReleaseError> {
    let filter = DocumentFilter {
        phases: vec![Phase::Held, Phase::Review, Phase::Dead],
        key: Some(key.into()),
        ..DocumentFilter::default()
    };
    let doc = store.documents(stream, &filter).await?.pop();
    let doc = doc.ok_or_else(|| ReleaseError::NotWaiting { key: key.into() })?;
    let op = match (doc.phase, decision) {
        (Phase::Held, Decision::Accept) => {
            may_accept(&doc)?;
            None
        }
        (Phase::Review, _) => {
            Some(of_shipment(store, clock, stream, &doc, decision, author).await?)
        }
        _ => Some(of_document(&doc, decision, author)?),
    };
    // What was held is named: the acceptance of one disagreement is none of another.
    let code = doc.stop.as_ref().map(|stop| &stop.code);
    let body = serde_json::json!({ "key": key, "as": format!("{decision:?}").to_lowercase(),
        "code": code, "by": author.by, "why": author.why });
    let lease = store
        .acquire(stream, author.by, Duration::from_secs(30))
        .await?
        .ok_or(ReleaseError::Held)?;
    let told = Op::Audit {
        kind: "decision".into(),
        body,
    };
    let ops: Vec<Op> = op.into_iter().chain([told]).collect();
    store.commit(&lease, &ops).await?;
    store.release(lease).await?;
    Ok(match decision {
        Decision::Confirm => format!("{key} counts as delivered"),
        Decision::Resend => {
            format!("{key} is sent again with the next sync, same numbers and same bytes")
        }
        Decision::Abandon => format!("{key} is given up"),
        Decision::Retry => format!("{key} is looked at again with the next sync"),
        Decision::Accept => format!("{key} goes on with the next sync"),
    })
}

/// Whether a person may overrule what holds the document; the next run finds the decision in the trail.
fn may_accept(doc: &Document) -> Result<(), ReleaseError> {
    let code = doc
        .stop
        .as_ref()
        .and_then(|stop| stop.code.parse::<HoldCode>().ok());
    if code.is_some_and(HoldCode::may_be_accepted) {
        return Ok(());
    }
    Err(ReleaseError::NotThatWay {
        key: doc.key.clone(),
        phase: doc.phase,
        expected: "what holds it cannot be overruled: mend it, and the next sync takes it, or `abandon` it",
    })
}

async fn of_shipment(
    store: &dyn StateStore,
    clock: &dyn Clock,
    stream: &StreamKey,
    doc: &Document,
    decision: Decision,
    author: Author<'_>,
) -> Result<Op, ReleaseError> {
    let release = match decision {
        Decision::Confirm => delivery::Release::Confirm,
        Decision::Resend => delivery::Release::Resend,
        Decision::Abandon => delivery::Release::Abandon,
        Decision::Retry | Decision::Accept => {
            let expected = "it may have arrived, so say which: confirm, resend or abandon";
            return Err(ReleaseError::NotThatWay {
                key: doc.key.clone(),
                phase: doc.phase,
                expected,
            });
        }
    };
    let shipment = match doc.ship {
        Some(ship) => store.shipment(stream, ship).await?,
        None => None,
    };
    let shipment = shipment.ok_or_else(|| ReleaseError::NotWaiting {
        key: doc.key.clone(),
    })?;
    let rule = Rule {
        repeat: Repeat::Blind,
        budget: Duration::ZERO,
        now: clock.wall(),
        backoff: Duration::ZERO,
    };
    let (to, why, _) = delivery::step(&shipment.delivery, &Event::Released(release), &rule)?;
    Ok(Op::Move {
        ship: shipment.id,
        from: (shipment.delivery.phase, shipment.delivery.attempt),
        to,
        why,
        note: format!("{}: {}", author.by, author.why).into(),
        parcel: None,
    })
}

fn of_document(doc: &Document, decision: Decision, author: Author<'_>) -> Result<Op, ReleaseError> {
    let not = |expected| ReleaseError::NotThatWay {
        key: doc.key.clone(),
        phase: doc.phase,
        expected,
    };
    match decision {
        Decision::Retry if doc.ship.is_some() => Err(not(
            "Cleo has refused these bytes: change the order in PeopleSoft, its new version is sent",
        )),
        Decision::Retry => Ok(Op::Retry {
            docs: vec![doc.id],
            by: author.by.into(),
        }),
        Decision::Abandon if doc.phase == Phase::Held => {
            let stop = Stop::new("abandoned", format!("{}: {}", author.by, author.why));
            Ok(Op::Refuse(vec![Refused {
                doc: doc.id,
                to: Phase::Dead,
                stop,
            }]))
        }
        Decision::Abandon => Err(not("it is given up already")),
        Decision::Accept => Err(not("it is no longer held: `retry` it first")),
        Decision::Confirm | Decision::Resend => {
            Err(not("nothing of it has left: `retry` or `abandon` it"))
        }
    }
}
