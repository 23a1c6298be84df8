//! The flows on as many machines as `run` was started on, placed and timed by a Restate server.
//!
//! `[engine] kind = "restate"` in the configuration; the pipelines, the ledger and the schedules are those of one machine.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sync_core::engine::restate::{
    BadIdentityKey, Ingress, IngressError, Restarted, Restate, SuperviseError, Supervisor,
};
use sync_core::{Clock, Observer};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::{EngineSettings, RestateSettings};
use crate::integration::{Integration, OpenError};
use crate::ledger::Secrets;

/// The flows of one process for a Restate server.
#[derive(Debug)]
pub struct ScaleOut {
    restate: Restate,
    server: Server,
    supervisor: Supervisor,
    settings: RestateSettings,
    clock: Arc<dyn Clock>,
}

/// Why flows cannot be run by a server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScaleOutError {
    /// A schedule makes no sense, or the vault refuses.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An address of the server makes no sense.
    #[error(transparent)]
    Server(#[from] IngressError),
    /// `identity_key` of `[engine]` is no public key.
    #[error(transparent)]
    IdentityKey(#[from] BadIdentityKey),
    /// This process cannot wait where it was told to.
    #[error(
        "[engine] listen = \"{address}\": {error}; another process may be there already, or it is no address of this machine"
    )]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
}

/// What happens between this process and the server.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerEvent<'a> {
    /// The server knows how to reach this process and has every flow: at the start, and again after it was replaced by
    /// an empty one.
    Registered,
    /// The server or the ledger did not answer; it is tried again.
    Trouble(&'a SuperviseError),
    /// The server answers again.
    Mended,
    /// A flow did not go on, and was started again.
    Restarted(&'a Restarted),
}

impl fmt::Display for ServerEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registered => f.write_str("the Restate server has the flows of this process"),
            Self::Trouble(error) => write!(f, "{error}; it is tried again"),
            Self::Mended => f.write_str("the Restate server answers again"),
            Self::Restarted(restarted) => write!(
                f,
                "{} was overdue and is started again, generation {}",
                restarted.stream.pipeline(),
                restarted.generation
            ),
        }
    }
}

/// A Restate server, as a configuration names it.
#[derive(Debug, Clone)]
pub struct Server {
    ingress: Ingress,
    admin: String,
    reached_at: String,
}

impl Server {
    fn open(integration: &Integration, settings: &RestateSettings) -> Result<Self, ScaleOutError> {
        let mut ingress = Ingress::new(settings.ingress.as_str())?;
        if let Some(token) = &settings.token {
            let secrets = Secrets::open(integration.config())?;
            ingress = ingress.token(secrets.get(token)?);
        }
        Ok(Self {
            ingress,
            admin: settings.admin.to_string(),
            reached_at: settings.reached_at.to_string(),
        })
    }

    /// Whether its ingress is well.
    ///
    /// # Errors
    /// Where it cannot be reached, or says that it is not.
    pub async fn is_well(&self) -> Result<(), IngressError> {
        self.ingress.is_well().await
    }

    /// Whether somebody has registered the flows with it.
    ///
    /// # Errors
    /// Where it cannot be reached.
    pub async fn is_registered(&self) -> Result<bool, IngressError> {
        self.ingress.knows_turns(&self.admin).await
    }

    /// Tells it where this process is reached.
    async fn register(&self) -> Result<(), IngressError> {
        let registered = self.ingress.register(&self.admin, &self.reached_at);
        registered.await
    }
}

impl Integration {
    /// The Restate server that the configuration names, where it names one.
    ///
    /// # Errors
    /// [`ScaleOutError::Server`], and [`ScaleOutError::Open`] where the vault does not have the token.
    pub fn server(&self) -> Result<Option<Server>, ScaleOutError> {
        match &self.config().engine {
            EngineSettings::Restate(settings) => Server::open(self, settings).map(Some),
            EngineSettings::Embedded => Ok(None),
        }
    }

    /// The flows, all of them or the one of that name, for the Restate server that the configuration names; `None`
    /// where it names none.
    ///
    /// # Errors
    /// [`ScaleOutError`].
    pub fn scale_out(
        &self,
        only: Option<&str>,
        observer: Arc<dyn Observer>,
    ) -> Result<Option<ScaleOut>, ScaleOutError> {
        let EngineSettings::Restate(settings) = &self.config().engine else {
            return Ok(None);
        };
        let server = Server::open(self, settings)?;
        let engine = self.engine(observer);
        let mut restate = Restate::new(&engine, self.plans(only)?).budget(settings.budget);
        if let Some(key) = &settings.identity_key {
            restate = restate.identity_key(key)?;
        }
        // Twice the longest that a flow may rightly be without a word in the ledger.
        let grace = self.config().delivery.lease.max(settings.budget) * 2;
        let supervisor = Supervisor::new(&restate, server.ingress.clone()).grace(grace);
        Ok(Some(ScaleOut {
            restate,
            server,
            supervisor,
            settings: (**settings).clone(),
            clock: Arc::clone(self.clock()),
        }))
    }
}

/// How long to wait before a server that did not answer is asked again, at first.
const SOON: Duration = Duration::from_secs(1);

impl ScaleOut {
    /// Tells the server about this process, answers it, and watches over the flows until `stop` is ready; then lets the
    /// turns that have begun come to their end.
    ///
    /// A server that cannot be reached is asked again and again, one that was replaced by an empty one is told everything
    /// again. With `now`, a run of each flow begins at once.
    ///
    /// # Errors
    /// [`ScaleOutError::Listen`] at the start; later on everything is tried again, and `tell` hears of it.
    pub async fn run(
        self,
        now: bool,
        stop: impl Future<Output = ()> + Send,
        tell: impl Fn(&ServerEvent<'_>) + Send + Sync,
    ) -> Result<(), ScaleOutError> {
        let address = self.settings.listen;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| ScaleOutError::Listen { address, error })?;
        let (stopping, stopped) = watch::channel(false);
        let until = |mut stopped: watch::Receiver<bool>| async move {
            // The sender lives as long as this.
            drop(stopped.wait_for(|stop| *stop).await);
        };
        let served = self.restate.serve(listener, until(stopped.clone()));
        let stop = async {
            stop.await;
            stopping.send_replace(true);
        };
        let kept = async {
            tokio::select! {
                () = self.keep(now, &tell) => {}
                () = until(stopped) => {}
            }
        };
        tokio::join!(served, kept, stop);
        Ok(())
    }

    /// Sees to it that the server knows the flows and that they go on, for ever.
    async fn keep(&self, now: bool, tell: &(impl Fn(&ServerEvent<'_>) + Sync)) {
        let (mut known, mut run_now) = (false, now);
        let (mut failures, mut told) = (0_u32, None);
        loop {
            let looked = if known {
                self.look(&mut known, tell).await
            } else {
                self.begin(run_now).await
            };
            let wait = match looked {
                Ok(()) => {
                    if !known {
                        (known, run_now) = (true, false);
                        tell(&ServerEvent::Registered);
                    } else if failures > 0 {
                        tell(&ServerEvent::Mended);
                    }
                    (failures, told) = (0, None);
                    self.settings.supervise_every
                }
                Err(error) => {
                    let text = error.to_string();
                    // Once is enough for what goes on in the same way.
                    if told.as_ref() != Some(&text) {
                        tell(&ServerEvent::Trouble(&error));
                        told = Some(text);
                    }
                    failures = failures.saturating_add(1);
                    let wait = SOON * 2_u32.saturating_pow(failures.min(6) - 1);
                    wait.min(self.settings.supervise_every)
                }
            };
            self.clock.sleep(wait).await;
        }
    }

    async fn begin(&self, now: bool) -> Result<(), SuperviseError> {
        self.server.register().await?;
        self.supervisor.begin(now).await
    }

    async fn look(
        &self,
        known: &mut bool,
        tell: &(impl Fn(&ServerEvent<'_>) + Sync),
    ) -> Result<(), SuperviseError> {
        if !self.server.is_registered().await? {
            // It was replaced by an empty one.
            *known = false;
            return self.begin(false).await;
        }
        let restarted = self.supervisor.look().await?;
        for restarted in &restarted {
            tell(&ServerEvent::Restarted(restarted));
        }
        if restarted.iter().any(|restarted| restarted.generation > 0) {
            // Whoever the server asks does not answer: from now on it asks this process.
            self.server.register().await?;
        }
        Ok(())
    }
}
