//! Doubles for tests of what is built on this crate: time that nobody waits for, a source and a sink that do as they
//! are told, faults at any call of either side or of the ledger, and the invariants that must hold whatever went wrong.
//!
//! [`FaultPlan`] and [`invariants()`] work with any [`Source`](crate::Source), [`Sink`](crate::Sink) and
//! [`StateStore`](crate::store::StateStore): what proves this crate's own pipeline proves yours.
//!
//! Nothing here sleeps, and nothing is random unless a seed is given. The doubles share state with their clones, so a
//! test keeps one clone and gives the other away:
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//! use sync_core::testing::{Act, ManualClock, RowsAsText, ScriptedSink, ScriptedSource};
//! use sync_core::{Pipeline, PollRule, Repeat};
//!
//! let clock = Arc::new(ManualClock::new());
//! let rule = PollRule::new(Duration::from_secs(1), Duration::from_secs(60));
//! let source = ScriptedSource::new(clock.clone(), rule);
//! let sink = ScriptedSink::new(clock, Repeat::Deduplicated { window: Duration::from_secs(3600) });
//! source.put("US001/0000000123", "10 pieces");
//! sink.then(Act::LoseAnswer); // the first delivery has its effect, and nobody is told
//! let pipeline = Pipeline::new(source.clone(), RowsAsText::new(), sink.clone());
//! # let _ = pipeline;
//! ```

mod clock;
mod fault;
mod invariants;
mod sink;
mod source;
mod transform;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use clock::ManualClock;
pub use fault::{
    Edge, Fault, FaultPlan, FaultySink, FaultySource, FaultyStore, Point, Process, Seam,
};
pub use invariants::{Invariant, Outside, Parting, Violation, invariants};
pub use sink::{Act, Call, Effect, ScriptedSink};
pub use source::{Row, ScriptedSource};
pub use transform::RowsAsText;

/// A lock whose poisoning is of no interest: a test that has failed elsewhere has failed already.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
