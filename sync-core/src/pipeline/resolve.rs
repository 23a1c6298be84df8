//! What is in doubt.

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::gates::Gates;
use super::{Cx, Movement, Pipeline};
use crate::delivery::{Command, Event, Phase};
use crate::progress::Progress;
use crate::sink::{Probe, Sink};
use crate::source::Source;
use crate::store::{Op, Shipment, StateStore, StoreError};
use crate::transform::Transform;

impl<S, T, K> Pipeline<S, T, K>
where
    S: Source,
    T: Transform<In = S::Record>,
    K: Sink,
{
    /// Takes one step with everything that was found as sent or is in doubt and due; whether there was any.
    pub(super) async fn resolve(
        &self,
        cx: &Cx,
        store: &dyn StateStore,
        shipments: &[Shipment],
        gates: &Gates<'_>,
    ) -> Result<bool, StoreError> {
        // A turn ends with nothing on the way, so what is `Sent` at its beginning was sent by a turn that is gone.
        let found: Vec<_> = shipments
            .iter()
            .filter(|s| s.delivery.phase == Phase::Sent)
            .collect();
        if !found.is_empty() {
            let note = "found as sent: whoever sent it is gone";
            let moves = found
                .iter()
                .map(|shipment| Ok((*shipment, self.movement(cx, shipment, &Event::Found, note)?)))
                .collect::<Result<Vec<_>, StoreError>>()?;
            commit(cx, store, moves, note).await?;
            return Ok(true);
        }
        let doubtful: Vec<_> = shipments
            .iter()
            .filter(|s| s.delivery.phase == Phase::InDoubt)
            .collect();
        if doubtful.is_empty() {
            return Ok(false);
        }
        let mut resend = Vec::new();
        let mut ask = Vec::new();
        let mut rest = Vec::new();
        for shipment in doubtful {
            let due = self.movement(cx, shipment, &Event::Due, "")?;
            match due.command {
                Command::Deliver => resend.push(shipment),
                Command::Probe => ask.push(shipment),
                Command::Wait | Command::Rest => rest.push((shipment, due)),
            }
        }
        commit(cx, store, rest, "nobody can tell whether it arrived").await?;
        // Polled together by this task: nothing is spawned.
        let mut answers = FuturesUnordered::new();
        // The rest is still due in the next turn.
        let may_ask = ask.into_iter().take(self.concurrency);
        for shipment in may_ask.filter(|shipment| gates.ask(cx, shipment)) {
            // An absence counts from the question: what lands while the sink answers is not in its answer.
            let asked = cx.clock.wall();
            answers.push(async move { (shipment, asked, self.ask(cx, shipment, gates).await) });
        }
        while let Some((shipment, asked, (event, note))) = answers.next().await {
            let step = self.movement_at(cx, shipment, &event, &note, asked)?;
            if step.command == Command::Deliver {
                resend.push(shipment);
            } else {
                commit(cx, store, vec![(shipment, step)], &note).await?;
            }
        }
        drop(answers);
        self.send_again(cx, store, &resend, gates).await?;
        Ok(true)
    }

    async fn ask(&self, cx: &Cx, shipment: &Shipment, gates: &Gates<'_>) -> (Event, String) {
        let Ok(parcel) = self.render_again(shipment) else {
            gates.unused(shipment);
            return (
                Event::Diverged,
                "it cannot be rendered as it left: a person must look".into(),
            );
        };
        let stamp = shipment.stamp();
        let answer = self.sink.probe(cx, &shipment.lane, &stamp, &parcel).await;
        gates.asked(cx, shipment, &answer);
        match answer {
            Ok(Probe::Found { receipt }) => {
                let note = String::from_utf8_lossy(&receipt).into_owned();
                (Event::Probed(Probe::Found { receipt }), note)
            }
            Ok(Probe::Absent) => (
                Event::Probed(Probe::Absent),
                "the sink does not have it".into(),
            ),
            Ok(Probe::Unsupported) => (
                Event::Probed(Probe::Unsupported),
                "the sink cannot tell".into(),
            ),
            Err(error) => {
                cx.tell(&Progress::Failed(&error));
                (Event::ProbeFailed, error.to_string())
            }
        }
    }
}

/// Makes steps durable, then tells of them.
pub(super) async fn commit(
    cx: &Cx,
    store: &dyn StateStore,
    moves: Vec<(&Shipment, Movement)>,
    note: &str,
) -> Result<(), StoreError> {
    if moves.is_empty() {
        return Ok(());
    }
    let ops: Vec<Op> = moves.iter().map(|(_, step)| step.op.clone()).collect();
    store.commit(&cx.lease, &ops).await?;
    for (shipment, step) in &moves {
        step.tell(cx, shipment.docs.len(), note);
    }
    Ok(())
}
