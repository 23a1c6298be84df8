//! The gates of a turn: what may go now, and what has to wait.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::Cx;
use crate::breaker::BreakerState;
use crate::limit::{Admission, Attempt, Change, Gate, Outcome, Permit};
use crate::progress::Progress;
use crate::sink::Verdict;
use crate::source::{SourceError, SourceErrorKind};
use crate::store::{Op, ShipId, Shipment, StateStore, StoreError};

/// What a turn knows of its gates; deliveries that are on the way together share it.
#[derive(Debug)]
pub(super) struct Gates<'a> {
    source: Option<&'a Gate>,
    sink: Option<&'a Gate>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    permits: BTreeMap<ShipId, Permit>,
    /// Deliveries that follow at once from a question that was let through.
    insisting: BTreeSet<ShipId>,
    /// Whether any delivery or question was let through.
    passed: bool,
    /// When the sink's gate may open, where it has held something back.
    shut_until: Option<Duration>,
    changes: Vec<Change>,
}

impl<'a> Gates<'a> {
    pub(super) fn new(source: Option<&'a Gate>, sink: Option<&'a Gate>) -> Self {
        Self {
            source,
            sink,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the source may be asked now; nothing where it has no gate.
    pub(super) fn poll(&self, cx: &Cx) -> Result<Option<Permit>, Duration> {
        let Some(gate) = self.source else {
            return Ok(None);
        };
        let attempt = if gate.has_failed() {
            Attempt::Repeat
        } else {
            Attempt::First
        };
        match gate.admit(attempt, cx.clock.mono()) {
            Admission::Now(permit) => {
                self.found_out(cx, gate, &permit);
                Ok(Some(permit))
            }
            Admission::NotBefore(at) => Err(at),
        }
    }

    /// What became of a request to the source.
    pub(super) fn polled<T>(
        &self,
        cx: &Cx,
        permit: Option<Permit>,
        answer: &Result<T, SourceError>,
    ) {
        self.finish(cx, permit, outcome_of(answer));
    }

    /// Whether a delivery may begin now; asked before it is marked as sent.
    pub(super) fn deliver(&self, cx: &Cx, shipment: &Shipment) -> bool {
        let Some(gate) = self.sink else { return true };
        let now = cx.clock.mono();
        let mut state = self.state();
        if state.insisting.contains(&shipment.id) {
            state.permits.insert(shipment.id, gate.insist(now));
            return true;
        }
        let attempt = if shipment.delivery.attempt > 0 {
            Attempt::Repeat
        } else {
            Attempt::First
        };
        match gate.admit(attempt, now) {
            Admission::Now(permit) => {
                drop(state);
                self.found_out(cx, gate, &permit);
                let mut state = self.state();
                state.permits.insert(shipment.id, permit);
                state.passed = true;
                true
            }
            Admission::NotBefore(at) => {
                state.hold(at);
                false
            }
        }
    }

    /// Whether a question about a delivery may be put now.
    pub(super) fn ask(&self, cx: &Cx, shipment: &Shipment) -> bool {
        let may = self.deliver(cx, shipment);
        if may && self.sink.is_some() {
            self.state().insisting.insert(shipment.id);
        }
        may
    }

    /// What a question was answered.
    pub(super) fn asked<T>(&self, cx: &Cx, shipment: &Shipment, answer: &Result<T, SourceError>) {
        let permit = self.state().permits.remove(&shipment.id);
        self.finish(cx, permit, outcome_of(answer));
    }

    /// What became of a delivery.
    pub(super) fn delivered(&self, cx: &Cx, shipment: &Shipment, verdict: &Verdict) {
        let outcome = match verdict {
            Verdict::Accepted { .. } | Verdict::Duplicate { .. } | Verdict::Rejected { .. } => {
                Outcome::Answered
            }
            Verdict::NotSent { after, .. } => Outcome::Failed { after: *after },
            Verdict::Unknown { .. } => Outcome::Failed { after: None },
        };
        let permit = self.state().permits.remove(&shipment.id);
        self.finish(cx, permit, outcome);
    }

    /// A delivery that was let through and does not begin after all.
    pub(super) fn unused(&self, shipment: &Shipment) {
        drop(self.state().permits.remove(&shipment.id));
    }

    /// Whether nothing may be delivered now: then nothing is prepared either, which would only take numbers.
    pub(super) fn is_sink_shut(&self, cx: &Cx) -> bool {
        let Some(gate) = self.sink else { return false };
        let now = cx.clock.mono();
        let at = gate.ready_at(now);
        if at <= now {
            return false;
        }
        self.state().hold(at);
        true
    }

    /// Whether everything that wanted to go was held back: another turn at once would do no better.
    pub(super) fn nothing_passed(&self) -> bool {
        let state = self.state();
        !state.passed && state.shut_until.is_some()
    }

    /// When what was held back may go, by the time of day.
    pub(super) fn opens_at(&self, cx: &Cx) -> Option<SystemTime> {
        let at = self.state().shut_until?;
        Some(wall_of(cx, at))
    }

    /// Writes what has changed about breakers into the audit trail.
    pub(super) async fn write(&self, cx: &Cx, store: &dyn StateStore) -> Result<(), StoreError> {
        let changes = std::mem::take(&mut self.state().changes);
        if changes.is_empty() {
            return Ok(());
        }
        let ops: Vec<Op> = changes.iter().map(event).collect();
        store.commit(&cx.lease, &ops).await?;
        Ok(())
    }

    fn finish(&self, cx: &Cx, permit: Option<Permit>, outcome: Outcome) {
        let Some(permit) = permit else { return };
        if let Some(change) = permit.finish(outcome, cx.clock.mono()) {
            self.change(cx, change);
        }
    }

    fn found_out(&self, cx: &Cx, gate: &Gate, permit: &Permit) {
        if permit.is_probe() {
            let until = cx.clock.mono();
            self.change(
                cx,
                Change {
                    endpoint: Arc::clone(gate.endpoint()),
                    from: BreakerState::Open { until },
                    to: BreakerState::HalfOpen,
                },
            );
        }
    }

    fn change(&self, cx: &Cx, change: Change) {
        cx.tell(&Progress::Breaker {
            endpoint: &change.endpoint,
            from: change.from,
            to: change.to,
        });
        self.state().changes.push(change);
    }
}

impl State {
    fn hold(&mut self, at: Duration) {
        self.shut_until = Some(self.shut_until.map_or(at, |known| known.min(at)));
    }
}

/// A time of the monotonic clock as a time of day.
pub(super) fn wall_of(cx: &Cx, at: Duration) -> SystemTime {
    cx.clock.wall() + at.saturating_sub(cx.clock.mono())
}

fn outcome_of<T>(answer: &Result<T, SourceError>) -> Outcome {
    match answer {
        Ok(_) => Outcome::Answered,
        Err(error) => match error.kind {
            // It has answered, only nothing that makes sense.
            SourceErrorKind::Invalid => Outcome::Answered,
            SourceErrorKind::Transient | SourceErrorKind::Connectivity => {
                Outcome::Failed { after: error.after }
            }
        },
    }
}

fn event(change: &Change) -> Op {
    Op::Audit {
        kind: "breaker".into(),
        body: json!({
            "endpoint": &*change.endpoint, "from": change.from.name(), "to": change.to.name(),
        }),
    }
}
