//! The suite that any [`StateStore`] must pass: one named case for each sentence of its contract.
//!
//! It is a library and no test target, so that a store of your own can be held to it:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! use sync_core::conformance::{self, Tier};
//! use sync_core::store::MemoryStore;
//!
//! let report = conformance::run(|clock| async { MemoryStore::new(clock) }, Tier::Volatile).await;
//! println!("{report}");
//! report.assert_ok();
//! # }
//! ```
//!
//! Every case gets a fresh store and a clock that only the case moves, so nothing waits and no case sees another's
//! rows. A case never panics: what went wrong is in the [`Report`], and the other cases go on.

mod at_once;
mod atomicity;
mod audit;
mod bench;
mod cursor;
mod documents;
mod durable;
mod find;
mod isolation;
mod lease;
mod numbers;
mod pruning;
mod replay;
mod report;
mod shipments;
mod transfer;
mod versions;
mod work;

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use self::bench::{Bench, Check};
pub use self::report::{CaseResult, Outcome, Report};
use crate::clock::Clock;
use crate::store::StateStore;
use crate::testing::ManualClock;

/// A case: what it proves, and how.
type Case = (&'static str, fn(Bench) -> BoxFuture<'static, Check>);

/// Closes a store and opens the same one again.
type Reopen<S> = Box<dyn Fn(S, Arc<dyn Clock>) -> BoxFuture<'static, S> + Send + Sync>;

/// What a store promises beyond the contract's verbs.
pub enum Tier<S> {
    /// What it holds may be gone with the process.
    Volatile,
    /// What it has acknowledged is there when it is opened again; made by [`Tier::durable`].
    Durable(Reopen<S>),
}

impl<S> Tier<S> {
    /// A store that keeps what it has acknowledged; `reopen` closes it and opens the same one again.
    pub fn durable<Fut>(reopen: impl Fn(S, Arc<dyn Clock>) -> Fut + Send + Sync + 'static) -> Self
    where
        Fut: Future<Output = S> + Send + 'static,
    {
        Self::Durable(Box::new(move |store, clock| Box::pin(reopen(store, clock))))
    }
}

impl<S> fmt::Debug for Tier<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Volatile => "Volatile",
            Self::Durable(_) => "Durable(..)",
        })
    }
}

/// Runs every case on a store of its own: `fresh` answers with a new, empty store that takes its times from the clock
/// it is given.
pub async fn run<F, Fut, S>(fresh: F, tier: Tier<S>) -> Report
where
    F: Fn(Arc<dyn Clock>) -> Fut + Send + Sync,
    Fut: Future<Output = S> + Send,
    S: StateStore,
{
    let mut results = Vec::new();
    let groups = [
        ("lease", lease::CASES),
        ("commit", atomicity::CASES),
        ("cursor", cursor::CASES),
        ("versions", versions::CASES),
        ("documents", documents::CASES),
        ("at-once", at_once::CASES),
        ("shipments", shipments::CASES),
        ("numbers", numbers::CASES),
        ("work", work::CASES),
        ("audit", audit::CASES),
        ("find", find::CASES),
        ("replay", replay::CASES),
        ("pruning", pruning::CASES),
        ("transfer", transfer::CASES),
        ("isolation", isolation::CASES),
    ];
    for (group, cases) in groups {
        for (name, case) in cases {
            let clock = ManualClock::new();
            let store = fresh(Arc::new(clock.clone())).await;
            let outcome = match case(Bench::new(Arc::new(store), clock)).await {
                Ok(()) => Outcome::Passed,
                Err(failure) => Outcome::Failed(failure.to_string().into()),
            };
            results.push(CaseResult {
                group,
                name,
                outcome,
            });
        }
    }
    for (name, durable) in durable::CASES {
        let outcome = match &tier {
            Tier::Volatile => Outcome::NotClaimed,
            Tier::Durable(reopen) => {
                let clock = ManualClock::new();
                let store = fresh(Arc::new(clock.clone())).await;
                match durable::run(store, &clock, reopen, *durable).await {
                    Ok(()) => Outcome::Passed,
                    Err(failure) => Outcome::Failed(failure.to_string().into()),
                }
            }
        };
        results.push(CaseResult {
            group: "durable",
            name,
            outcome,
        });
    }
    Report { results }
}
