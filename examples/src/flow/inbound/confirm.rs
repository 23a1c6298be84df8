//! What became of vouchers that PeopleSoft has accepted: asked for until it says.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use peoplesoft_client::{BuildState, Client};
use serde_json::json;
use sync_core::delivery::{self, Event, Phase, Rule};
use sync_core::store::{Document, DocumentFilter, NewDocument, Op, Seen, StateStore, StoreError};
use sync_core::{Clock, Cx, Progress, Repeat, Runnable, Turn};

use super::dossier::{Dossier, newest};
use super::vouchers::{VoucherFacts, reference_of, told};

/// A pipeline of vouchers, and the asking for what became of them once it has nothing else to do.
#[derive(Debug)]
pub struct Confirming<P> {
    pipeline: P,
    client: Client,
    every: Duration,
    asked: Mutex<Option<Duration>>,
}

/// Documents that are asked for at a time.
const AT_ONCE: usize = 100;

impl<P: Send + Sync> Confirming<P> {
    /// Asks through this client, at most once in `every`.
    #[must_use]
    pub fn new(pipeline: P, client: Client, every: Duration) -> Self {
        Self {
            pipeline,
            client,
            every,
            asked: Mutex::new(None),
        }
    }

    /// The pipeline.
    pub fn pipeline(&self) -> &P {
        &self.pipeline
    }

    /// Whether it is time to ask; the next time begins to count now.
    fn is_due(&self, clock: &dyn Clock) -> bool {
        let now = clock.mono();
        let mut asked = self.asked.lock().unwrap_or_else(|held| held.into_inner());
        let due = asked.is_none_or(|last| now.saturating_sub(last) >= self.every);
        if due {
            *asked = Some(now);
        }
        due
    }

    /// Asks for every voucher that was accepted and not yet built; whether anything has moved.
    async fn confirm(&self, cx: &Cx, store: &dyn StateStore) -> Result<bool, StoreError> {
        let mut after = None;
        let mut moved = false;
        loop {
            let filter = DocumentFilter {
                phases: vec![Phase::Confirmed],
                after,
                limit: AT_ONCE,
                ..DocumentFilter::default()
            };
            let docs = store.documents(&cx.stream, &filter).await?;
            let Some(last) = docs.last() else {
                return Ok(moved);
            };
            after = Some(last.id);
            for doc in &docs {
                moved |= self.one(cx, store, doc).await?;
            }
        }
    }

    async fn one(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        doc: &Document,
    ) -> Result<bool, StoreError> {
        let Ok(known) = serde_json::from_slice::<Dossier<VoucherFacts>>(&doc.payload) else {
            return Ok(false);
        };
        if known.facts.answer.is_some() {
            // An answer that was taken note of is all there is to say of it.
            settle(cx, store, doc, "taken note of", &[]).await?;
            return Ok(false);
        }
        let Some(reference) = reference_of(&known) else {
            return Ok(false);
        };
        let state = match self.client.voucher_builds().confirm(&reference).await {
            Ok(state) => state,
            Err(error) => {
                let error = crate::flow::peoplesoft::failure(&error);
                cx.observer.event(&cx.stream, &Progress::Failed(&error));
                return Ok(false);
            }
        };
        match &state {
            BuildState::Built { voucher, .. } => {
                let orders = known.facts.orders.iter().flat_map(|fact| &fact.found);
                let orders = orders.map(|order| order.key.to_string());
                let keys: Vec<String> =
                    std::iter::once(voucher.to_string()).chain(orders).collect();
                tell(store, cx, &known, &state).await?;
                settle(cx, store, doc, &told(&state), &keys).await?;
                Ok(true)
            }
            BuildState::Recycled { .. } | BuildState::PreEditError { .. } => {
                tell(store, cx, &known, &state).await
            }
            _ => Ok(false),
        }
    }
}

/// Acknowledges the shipment of a document, with what was said of it.
async fn settle(
    cx: &Cx,
    store: &dyn StateStore,
    doc: &Document,
    note: &str,
    keys: &[String],
) -> Result<(), StoreError> {
    let Some(ship) = doc.ship else { return Ok(()) };
    let Some(shipment) = store.shipment(&cx.stream, ship).await? else {
        return Ok(());
    };
    let rule = Rule {
        repeat: Repeat::Blind,
        budget: Duration::ZERO,
        now: cx.clock.wall(),
        backoff: Duration::ZERO,
    };
    let step = delivery::step(&shipment.delivery, &Event::Acknowledged, &rule);
    let (to, why, _) = step.map_err(|illegal| StoreError::Conflict(illegal.to_string().into()))?;
    let mut ops = vec![Op::Move {
        ship,
        from: (shipment.delivery.phase, shipment.delivery.attempt),
        to: to.clone(),
        why,
        note: note.into(),
        parcel: None,
    }];
    if !keys.is_empty() {
        ops.push(Op::Audit {
            kind: "voucher".into(),
            body: json!({ "key": doc.key, "keys": keys, "state": note }),
        });
    }
    store.commit(&cx.lease, &ops).await?;
    cx.observer.event(
        &cx.stream,
        &Progress::Moved {
            docs: shipment.docs.len(),
            from: shipment.delivery.phase,
            to: to.phase,
            why,
            attempt: to.attempt,
            note,
        },
    );
    Ok(())
}

/// Takes a document in about what PeopleSoft says, where it says something new: one that people see as long as it is
/// trouble, and that goes by itself once the trouble is over. Whether one was taken in.
async fn tell(
    store: &dyn StateStore,
    cx: &Cx,
    known: &Dossier<VoucherFacts>,
    state: &BuildState,
) -> Result<bool, StoreError> {
    let key = format!("{}:voucher", known.key);
    let before = newest(store, &cx.stream, &key).await?;
    let said = before.as_ref().and_then(|doc| {
        let before: Dossier<VoucherFacts> = serde_json::from_slice(&doc.payload).ok()?;
        before.facts.answer
    });
    // A voucher that was built at once is told by its shipment alone.
    if said.as_ref() == Some(state) || (said.is_none() && matches!(state, BuildState::Built { .. }))
    {
        return Ok(false);
    }
    let mut answer = known.clone();
    answer.key = key;
    answer.facts.answer = Some(state.clone());
    let id = answer.id();
    let n = before.map_or(1, |doc| doc.n + 1);
    let document = NewDocument {
        key: id.key.clone(),
        at: Some(id.at),
        n,
        version: id.version,
        // A model of ours always becomes JSON.
        payload: serde_json::to_vec(&answer).unwrap_or_default().into(),
        dead: None,
    };
    let vouchers = match state {
        BuildState::Recycled { vouchers } => vouchers.iter().map(ToString::to_string).collect(),
        BuildState::Built { voucher, .. } => vec![voucher.to_string()],
        _ => Vec::new(),
    };
    let orders = known.facts.orders.iter().flat_map(|fact| &fact.found);
    let orders = orders.map(|order| order.key.to_string());
    // Who asks for the invoice, the voucher or the order is led to this document.
    let keys: Vec<String> = std::iter::once(answer.key)
        .chain(vouchers)
        .chain(orders)
        .collect();
    let ops = [
        Op::Seen(vec![Seen { id, n }]),
        Op::Intend(vec![document]),
        Op::Audit {
            kind: "voucher".into(),
            body: json!({ "key": known.key, "keys": keys, "state": told(state) }),
        },
    ];
    store.commit(&cx.lease, &ops).await?;
    Ok(true)
}

#[async_trait]
impl<P: Runnable> Runnable for Confirming<P> {
    async fn turn(&self, cx: &Cx, store: &dyn StateStore) -> Result<Turn, StoreError> {
        let turn = self.pipeline.turn(cx, store).await?;
        let rests = matches!(turn, Turn::Idle | Turn::At(_));
        if rests && self.is_due(&*cx.clock) && self.confirm(cx, store).await? {
            return Ok(Turn::Again);
        }
        Ok(turn)
    }
}
