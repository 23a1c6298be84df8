//! The actions of routes: found once, run after what they are for has arrived, and believed only where they say so.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cleo_client::resource::{self, RunOutcome};
use cleo_client::{ActionId, Client, Error, ErrorKind};
use sync_core::Verdict;

use super::verdict;

/// How many lines of an action's log are asked for.
const LINES: u32 = 20;
/// Most characters of them that go into the ledger.
const LONGEST: usize = 400;

/// An action of a connection.
#[derive(Debug)]
pub(super) struct Action {
    connection: String,
    alias: String,
    found: resource::Action,
    /// Cleo may refuse to start an action that is running, so those who share it take turns.
    turn: futures_util::lock::Mutex<()>,
}

impl Action {
    pub(super) fn id(&self) -> Option<&ActionId> {
        self.found.id.as_ref()
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "action `{}` of `{}`", self.alias, self.connection)
    }
}

/// Why an action cannot be run; nothing was sent.
#[derive(Debug)]
pub(super) enum Missing {
    /// An administrator of Cleo has to act.
    Refused(String),
    /// Cleo was asked and did not answer as it should.
    Failed(Error),
}

impl Missing {
    /// Nothing has left, whatever the answer to the look-up was.
    pub(super) fn into_verdict(self) -> Verdict {
        match self {
            Self::Refused(why) => verdict::rest(why),
            Self::Failed(error) if error.is_retryable() => Verdict::NotSent {
                after: error.retry_after(),
                why: error.to_string().into(),
            },
            Self::Failed(error) => verdict::rest(error),
        }
    }
}

/// Whether an action may be run; why not, otherwise.
pub(crate) fn hindrance(action: &resource::Action) -> Option<String> {
    let off = |flag: &Option<cleo_client::FlexBool>| {
        flag.as_ref().and_then(|flag| flag.as_bool()) == Some(false)
    };
    let what = if off(&action.enabled) {
        "is switched off"
    } else if off(&action.runnable) {
        "cannot be run"
    } else if off(&action.ready) {
        "is not ready"
    } else {
        return None;
    };
    Some(match &action.not_ready_reason {
        Some(reason) => format!("{what}: {reason}"),
        None => what.to_owned(),
    })
}

/// The actions that were found so far.
#[derive(Debug)]
pub(super) struct Actions {
    client: Client,
    timeout: Duration,
    known: Mutex<HashMap<(String, String), Arc<Action>>>,
}

impl Actions {
    pub(super) fn new(client: Client, timeout: Duration) -> Self {
        Self {
            client,
            timeout,
            known: Mutex::default(),
        }
    }

    /// The action of that name in the connection of that name. Cleo is asked once for each that can be run.
    pub(super) async fn find(&self, connection: &str, alias: &str) -> Result<Arc<Action>, Missing> {
        let key = (connection.to_owned(), alias.to_owned());
        if let Some(action) = self.known().get(&key) {
            return Ok(Arc::clone(action));
        }
        let actions = self.client.actions();
        let found = actions
            .find_in_connection(connection, alias)
            .await
            .map_err(Missing::Failed)?
            .ok_or_else(|| {
                Missing::Refused(format!(
                    "the connection `{connection}` has no action `{alias}`"
                ))
            })?;
        if let Some(why) = hindrance(&found) {
            let why = format!("action `{alias}` of `{connection}` {why}");
            return Err(Missing::Refused(why));
        }
        let action = Action {
            connection: key.0.clone(),
            alias: key.1.clone(),
            found,
            turn: futures_util::lock::Mutex::default(),
        };
        let mut known = self.known();
        Ok(Arc::clone(
            known.entry(key).or_insert_with(|| Arc::new(action)),
        ))
    }

    /// Runs it; what it did, or why it is not known to have done it.
    pub(super) async fn run(&self, action: &Action) -> Result<String, String> {
        let _turn = action.turn.lock().await;
        let run = self.client.actions().run(&action.found);
        let outcome = run.timeout(self.timeout).messages_count(LINES).send().await;
        match outcome {
            Ok(outcome) => judge(action, &outcome),
            Err(error) => {
                if error.last_kind() == ErrorKind::NotFound {
                    // Somebody has made it anew: the next delivery looks for it.
                    let key = (action.connection.clone(), action.alias.clone());
                    self.known().remove(&key);
                }
                Err(format!("{action}: {error}"))
            }
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Arc<Action>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a run came to: success only where its report says so, whatever the status of the answer.
pub(super) fn judge(action: &Action, outcome: &RunOutcome) -> Result<String, String> {
    let report = outcome.report();
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
    let (status, result) = (text(&report.status), text(&report.result));
    let told = format!("{action}: status {status}, result {result}");
    let verdict = match outcome {
        RunOutcome::Succeeded(_) => return Ok(told),
        RunOutcome::Failed(_) => "it failed",
        RunOutcome::NotFinished(_) => "it was not over in time",
        _ => "it does not say how it ended",
    };
    let lines: Vec<_> = report.messages.iter().map(|line| line.trim()).collect();
    // Its end is what matters.
    let lines = lines.join(" | ");
    let skip = lines.chars().count().saturating_sub(LONGEST);
    let lines: String = lines.chars().skip(skip).collect();
    Err(format!("{told}: {verdict}; its log: {lines}"))
}
