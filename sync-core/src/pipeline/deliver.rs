//! Onto the wire: durable first, then the first byte.

use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, select};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::gates::Gates;
use super::prepare::{Diverged, Loaded, load};
use super::resolve::commit;
use super::{Cx, Movement, Pipeline};
use crate::delivery::{Event, Phase};
use crate::sink::{Sink, Verdict};
use crate::source::Source;
use crate::store::{Op, Shipment, StateStore, StoreError};
use crate::transform::Transform;

impl<S, T, K> Pipeline<S, T, K>
where
    S: Source,
    T: Transform<In = S::Record>,
    K: Sink,
{
    /// Sends shipments that have left before: the same bytes, or a person.
    pub(super) async fn send_again(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        shipments: &[&Shipment],
        gates: &Gates<'_>,
    ) -> Result<(), StoreError> {
        let mut loaded = Vec::with_capacity(shipments.len());
        for shipment in shipments {
            match self.render_again(shipment) {
                Ok(parcel) => loaded.push(load((*shipment).clone(), parcel)),
                Err(Diverged) => {
                    let note = "its bytes would differ from those that left first";
                    let step = self.movement(cx, shipment, &Event::Diverged, note)?;
                    commit(cx, store, vec![(shipment, step)], note).await?;
                }
            }
        }
        self.send(cx, store, loaded, gates).await
    }

    /// Marks shipments as sent, durably and together; then lets them go, and writes down each answer as it comes.
    pub(super) async fn send(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        mut loaded: Vec<Loaded>,
        gates: &Gates<'_>,
    ) -> Result<(), StoreError> {
        for load in &loaded {
            let wanted = self.sink.caps(&load.shipment.lane).request_timeout;
            if cx.lease.ttl <= wanted {
                let text = format!(
                    "a lease of {:?} cannot cover a request of {wanted:?}: lengthen the lease or shorten the request time-out",
                    cx.lease.ttl
                );
                return Err(StoreError::Conflict(text.into()));
            }
        }
        // A request may live until its time-out: none is begun that could outlive the lease.
        loaded.retain(|load| {
            self.timeout(cx, &load.shipment).is_some() && gates.deliver(cx, &load.shipment)
        });
        if loaded.is_empty() {
            return Ok(());
        }
        let mut ops = Vec::with_capacity(loaded.len());
        let mut steps = Vec::with_capacity(loaded.len());
        for load in &loaded {
            let event = match load.shipment.delivery.phase {
                Phase::InDoubt => self.second(&load.shipment),
                _ => Event::Send,
            };
            let mut step = self.movement(cx, &load.shipment, &event, "")?;
            if let (Phase::Sent, Op::Move { parcel, .. }) = (step.to.phase, &mut step.op) {
                *parcel = Some((load.parcel.name.clone(), load.sha256));
            }
            ops.push(step.op.clone());
            steps.push(step);
        }
        store.commit(&cx.lease, &ops).await?;
        for (load, step) in loaded.iter_mut().zip(steps) {
            step.tell(cx, load.shipment.docs.len(), "");
            load.shipment.delivery = step.to;
        }
        // Time may have run out for some: only what is durably marked as sent goes onto the wire.
        loaded.retain(|load| {
            let goes = load.shipment.delivery.phase == Phase::Sent;
            if !goes {
                gates.unused(&load.shipment);
            }
            goes
        });
        // Polled together by this task: nothing is spawned, nothing outlives the turn.
        let mut answers: FuturesUnordered<_> = loaded
            .iter()
            .map(|load| self.deliver_one(cx, load, gates))
            .collect();
        let mut done: Vec<_> = answers.next().await.into_iter().collect();
        while !done.is_empty() {
            while let Some(Some(next)) = answers.next().now_or_never() {
                done.push(next);
            }
            done = self.settle_beside(cx, store, done, &mut answers).await?;
            if done.is_empty() {
                done.extend(answers.next().await);
            }
        }
        Ok(())
    }

    /// Writes answers down while the other deliveries go on; what these answer meanwhile shares the next commit.
    async fn settle_beside<'a>(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        done: Vec<(&'a Shipment, Verdict)>,
        others: &mut FuturesUnordered<impl Future<Output = (&'a Shipment, Verdict)>>,
    ) -> Result<Vec<(&'a Shipment, Verdict)>, StoreError> {
        let mut meanwhile = Vec::new();
        let mut settled = pin!(self.settle(cx, store, done));
        while !others.is_empty() {
            match select(settled.as_mut(), others.next()).await {
                Either::Left((written, _)) => return written.map(|()| meanwhile),
                Either::Right((answer, _)) => meanwhile.extend(answer),
            }
        }
        settled.await.map(|()| meanwhile)
    }

    async fn deliver_one<'a>(
        &self,
        cx: &Cx,
        load: &'a Loaded,
        gates: &Gates<'_>,
    ) -> (&'a Shipment, Verdict) {
        let shipment = &load.shipment;
        let Some(timeout) = self.timeout(cx, shipment) else {
            gates.unused(shipment);
            let why = "the lease is about to end".into();
            return (shipment, Verdict::NotSent { after: None, why });
        };
        let stamp = shipment.stamp();
        let verdict = self
            .sink
            .deliver(cx, &shipment.lane, &stamp, &load.parcel, timeout)
            .await;
        gates.delivered(cx, shipment, &verdict);
        (shipment, verdict)
    }

    async fn settle(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        done: Vec<(&Shipment, Verdict)>,
    ) -> Result<(), StoreError> {
        let mut told: Vec<(usize, Movement, String)> = Vec::with_capacity(done.len());
        for (shipment, verdict) in done {
            let note = match &verdict {
                Verdict::Accepted { receipt } | Verdict::Duplicate { receipt } => {
                    String::from_utf8_lossy(receipt).into_owned()
                }
                Verdict::Rejected { why } => why.to_string(),
                Verdict::NotSent { why, .. } | Verdict::Unknown { why } => why.to_string(),
            };
            let step = self.movement(cx, shipment, &Event::Verdict(verdict), &note)?;
            told.push((shipment.docs.len(), step, note));
        }
        let ops: Vec<Op> = told.iter().map(|(_, step, _)| step.op.clone()).collect();
        store.commit(&cx.lease, &ops).await?;
        for (docs, step, note) in &told {
            step.tell(cx, *docs, note);
        }
        Ok(())
    }

    /// How long a request may take that is begun now; `None` where the lease would end first.
    fn timeout(&self, cx: &Cx, shipment: &Shipment) -> Option<Duration> {
        let wanted = self.sink.caps(&shipment.lane).request_timeout;
        (cx.lease.remaining(&*cx.clock) > wanted).then_some(wanted)
    }

    /// What sends a delivery in doubt again: the caller has made sure that it may be.
    fn second(&self, shipment: &Shipment) -> Event {
        match self.sink.caps(&shipment.lane).repeat {
            crate::sink::Repeat::Probe { .. } => Event::Probed(crate::sink::Probe::Absent),
            _ => Event::Due,
        }
    }
}
