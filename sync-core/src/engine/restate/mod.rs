//! Turns on as many machines as there are, placed and timed by a Restate server.
//!
//! Restate (restate.dev) is a durable execution server: it keeps for each key of a *virtual object* a queue of
//! invocations of which one runs at a time, durable timers, and the journal of what an invocation has done. Here the
//! key is a stream and an invocation is a few seconds of its turns. Nothing of correctness moves there: leases, windows,
//! numbers and shipments stay in the [`StateStore`](crate::store::StateStore), so a turn that Restate runs twice, late,
//! or on two machines at once does no harm, and a Restate cluster that is lost is replaced by an empty one.
//!
//! | part | what it is |
//! |---|---|
//! | [`Restate`] | answers the server's invocations with turns; every machine that has the pipelines runs one |
//! | [`Ingress`] | makes the server known to the machines, and asks it for runs |
//! | [`Supervisor`] | finds streams that should have had a turn long ago, from the ledger alone, and starts them again |
//!
//! ```no_run
//! # use std::{sync::Arc, time::Duration};
//! # use sync_core::{SystemClock, store::StateStore};
//! use sync_core::engine::restate::{Ingress, Restate, Supervisor};
//! use sync_core::engine::{Embedded, Plan};
//!
//! # async fn f(store: Arc<dyn StateStore>, plans: Vec<Plan>) -> Result<(), Box<dyn std::error::Error>> {
//! let clock = Arc::new(SystemClock::new());
//! let engine = Embedded::new(store, clock, "machine-1");
//! let restate = Restate::new(&engine, plans);
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:9080").await?;
//! let ingress = Ingress::new("http://127.0.0.1:8080")?;
//! let supervisor = Supervisor::new(&restate, ingress.clone());
//! let (stop, stopped) = tokio::sync::watch::channel(false);
//! let wait = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
//!     drop(stopped.wait_for(|stop| *stop).await);
//! };
//! let started = async {
//!     ingress.register("http://127.0.0.1:9070", "http://127.0.0.1:9080").await?;
//!     supervisor.run(wait(stopped.clone())).await;
//!     Ok::<(), sync_core::engine::restate::IngressError>(())
//! };
//! let (_, started) = tokio::join!(restate.serve(listener, wait(stopped.clone())), started);
//! started?;
//! # drop(stop);
//! # Ok(())
//! # }
//! ```
//!
//! # What happens by default
//!
//! - One invocation works for at most [`Restate::DEFAULT_BUDGET`], well below the minute after which the server asks a
//!   silent invocation to stop, and then asks for the next one. An invocation carries the name of its stream and a
//!   number, never data.
//! - The server tries an invocation that fails [`Restate::TRIES`] times and then gives it up, so that it cannot hold
//!   its key for ever; the supervisor starts the stream again.
//! - The server speaks HTTP/2 without TLS to [`Restate::serve`]: bind it to a private address, and let
//!   [`Restate::identity_key`] refuse requests of other servers.
//! - Requests of [`Ingress`] time out after ten seconds and are not repeated; the supervisor asks again at its next
//!   look.
//!
//! Several processes are best registered under one address that leads to any of them, that of a load balancer: the server
//! sends what begins to the address that was registered last. Where each process has an address of its own, let the one whose
//! supervisor had to begin a new generation register itself again, because the one that was asked until then may be dead.
//!
//! Needs Rust 1.90 and, at run time, a Restate server of version 1.7 or later. The types of its SDK do not show.

mod ingress;
mod key;
mod supervisor;
mod turn;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use ingress::{Ingress, IngressError};
use restate_sdk::endpoint::{Endpoint, ServiceOptions};
use restate_sdk::http_server::HttpServer;
use restate_sdk::service::IntoServiceDefinition as _;
pub use supervisor::{Restarted, SuperviseError, Supervisor};
use tokio::net::TcpListener;
use turn::{SyncTurn, Work};

use super::{Embedded, Plan};
use crate::stream::StreamKey;

/// Answers the invocations of a Restate server with turns of the streams that this process has pipelines for.
#[derive(Clone)]
pub struct Restate {
    engine: Embedded,
    plans: Arc<BTreeMap<StreamKey, Plan>>,
    budget: Duration,
    identity_key: Option<Arc<str>>,
}

/// A key that no Restate server can have signed with.
#[derive(Debug, thiserror::Error)]
#[error(
    "the identity key of the Restate server cannot be used: {0}; it begins with `publickeyv1_`"
)]
pub struct BadIdentityKey(Box<str>);

impl fmt::Debug for Restate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Restate")
            .field("engine", &self.engine)
            .field("streams", &self.plans.keys())
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

impl Restate {
    /// How long one invocation works.
    pub const DEFAULT_BUDGET: Duration = Duration::from_secs(20);

    /// How often the server tries an invocation that fails.
    pub const TRIES: u64 = 10;

    /// The same store, clock, observer and leases as an embedded engine, which is not used up: `embedded` may go on
    /// running other streams.
    #[must_use]
    pub fn new(embedded: &Embedded, plans: Vec<Plan>) -> Self {
        let plans = plans.into_iter().map(|plan| (plan.stream.clone(), plan));
        Self {
            engine: embedded.clone(),
            plans: Arc::new(plans.collect()),
            budget: Self::DEFAULT_BUDGET,
            identity_key: None,
        }
    }

    /// How long one invocation works before it asks for the next one; at most 45 seconds.
    ///
    /// Zero makes one turn one invocation.
    #[must_use]
    pub fn budget(mut self, budget: Duration) -> Self {
        self.budget = budget.min(Duration::from_secs(45));
        self
    }

    /// Refuses requests that were not signed by the server of this public key (`publickeyv1_…`).
    ///
    /// # Errors
    /// Where it is no such key.
    pub fn identity_key(mut self, key: &str) -> Result<Self, BadIdentityKey> {
        Endpoint::builder()
            .identity_key(key)
            .map_err(|error| BadIdentityKey(error.to_string().into()))?;
        self.identity_key = Some(key.into());
        Ok(self)
    }

    /// Serves until `stop` is ready; then lets the turns that have begun come to their end, begins no other, and gives
    /// every stream back. Connections to the server are then closed, within ten seconds.
    ///
    /// A turn lasts as long as its longest request: who cannot wait for that drops the future. Each connection becomes a
    /// task of the tokio runtime that the future runs on. A turn that is cut is like a crash: the ledger is whole.
    pub async fn serve(&self, listener: TcpListener, stop: impl Future<Output = ()> + Send) {
        let options = ServiceOptions::new()
            .retry_policy_initial_interval(Duration::from_millis(100))
            .retry_policy_exponentiation_factor(2.0)
            .retry_policy_max_interval(Duration::from_secs(5))
            .retry_policy_max_attempts(Self::TRIES)
            .retry_policy_kill_on_max_attempts()
            .journal_retention(Duration::ZERO);
        let work = Arc::new(Work::new());
        let turns = SyncTurn {
            engine: self.engine.clone(),
            plans: Arc::clone(&self.plans),
            budget: self.budget,
            work: Arc::clone(&work),
        };
        let turns = turns.into_service_definition().options(options);
        let mut endpoint = Endpoint::builder().bind(turns);
        if let Some(key) = &self.identity_key {
            // It was checked when it was set.
            endpoint = match endpoint.identity_key(key) {
                Ok(endpoint) => endpoint,
                Err(_) => return,
            };
        }
        let stop = async {
            stop.await;
            work.end().await;
        };
        HttpServer::new(endpoint.build())
            .serve_with_cancel(listener, stop)
            .await;
    }
}
