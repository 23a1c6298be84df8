//! Asking for something of the profile once, without writing anything.

use super::report::{Check, Step, seen};
use super::subject::{ONLY_BY_POSTING, Probe, Subject};
use crate::client::Client;
use crate::component_interface::CiBuffer;
use crate::error::{Error, ErrorKind};
use crate::operation::{probe_built, probe_look_up, probe_staged};
use crate::profile::MessageRoute;
use crate::query::{PollStatus, probe_status};
use crate::raw::OperationType;

/// The value of a key that no record has; if one has, nothing comes of it but one row.
const NOBODY: &str = "0";

/// What asking came to.
pub(super) enum Came {
    /// It answered; what is to be said of that.
    Answered(String),
    /// It answered, which tells nothing of what would happen to a message.
    Untold(String),
    /// It failed.
    Failed(Box<Error>),
    /// It failed, and only callers of something seldom used are concerned.
    SeldomFailed(Box<Error>),
    /// It was not asked.
    NotAsked(&'static str),
}

impl Came {
    pub(super) fn error(&self) -> Option<&Error> {
        match self {
            Self::Failed(error) | Self::SeldomFailed(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the answer shows that the caller was known and the database reached.
    pub(super) fn got_through(&self) -> bool {
        match self {
            Self::Answered(_) | Self::Untold(_) => true,
            Self::NotAsked(_) => false,
            Self::Failed(error) | Self::SeldomFailed(error) => matches!(
                error.kind(),
                ErrorKind::OperationRefused
                    | ErrorKind::OperationInactive
                    | ErrorKind::NoRouting
                    | ErrorKind::UnknownQuery
                    | ErrorKind::Business
                    | ErrorKind::Fault
                    | ErrorKind::Truncated
                    | ErrorKind::Decode
                    | ErrorKind::TooLarge
            ),
        }
    }

    /// The line of the report.
    pub(super) fn step(self, subject: Subject) -> Step {
        let Subject {
            shown, operation, ..
        } = subject;
        let step = match self {
            Self::Answered(seen) => Step::ok(Check::Operation, shown, seen),
            Self::Untold(seen) => Step::skipped(Check::Operation, shown, seen),
            Self::NotAsked(why) => Step::skipped(Check::Operation, shown, why),
            Self::Failed(error) => Step::failed(Check::Operation, shown, &error),
            Self::SeldomFailed(error) => {
                let failed = Step::failed(Check::Operation, shown, &error);
                Step::warn(failed.check, failed.subject, failed.seen)
                    .kind(error.kind())
                    .fix(format!(
                        "Needed only for queries that run in the background. {}",
                        error.remedy()
                    ))
            }
        };
        step.operation(operation)
    }
}

/// Asks for a subject.
pub(super) async fn ask(client: &Client, subject: &Subject) -> Came {
    match &subject.probe {
        Probe::Changed(service) => answered(client.check_operation(*service).await),
        Probe::LookUp(service, name) => answered(probe_look_up(client, *service, name).await),
        Probe::Staged => answered(probe_staged(client).await),
        Probe::Built => answered(probe_built(client).await),
        Probe::PollStatus => match probe_status(client).await {
            Ok(PollStatus::Done) => Came::Answered("answers".to_owned()),
            Ok(PollStatus::Failed(word) | PollStatus::Running(word)) => {
                Came::Answered(format!("answers `{word}` for a run that never was"))
            }
            Err(error) => Came::SeldomFailed(Box::new(error)),
        },
        Probe::Contract(name) => match client.component_interface(name).actions().await {
            Ok(actions) => Came::Answered(format!("describes {}", actions.join(", "))),
            Err(error) => Came::Failed(Box::new(error)),
        },
        Probe::Get(name) => get(client, name).await,
        Probe::Ping(route) => ping(client, route).await,
        Probe::Never(why) => Came::NotAsked(why),
    }
}

fn answered(result: Result<(), Error>) -> Came {
    match result {
        Ok(()) => Came::Answered("answers".to_owned()),
        Err(error) => Came::Failed(Box::new(error)),
    }
}

async fn get(client: &Client, name: &str) -> Came {
    let access = client.profile().component_interfaces.get(name);
    let keys = access.into_iter().flat_map(|access| &access.keys);
    let keys: CiBuffer = keys.map(|key| (key.as_str(), NOBODY)).collect();
    match client.component_interface(name).get(keys).await {
        Ok(_) => Came::Answered("answers".to_owned()),
        // Its own checks ran, which is all that was to be found out.
        Err(error) if error.kind() == ErrorKind::Business => {
            Came::Answered(format!("answers: {}", seen(&error)))
        }
        Err(error) => Came::Failed(Box::new(error)),
    }
}

/// Sends a ping where a message would go: it carries no message and starts no handler, and so tells of
/// door, node and caller alone.
async fn ping(client: &Client, route: &MessageRoute) -> Came {
    let mut message = client
        .http_message(&route.operation)
        .default_version(&route.version)
        .operation_type(OperationType::Ping);
    if !route.user.is_empty() {
        message = message.user(route.user.as_str());
    }
    match message.send().await {
        Ok(_) => Came::Untold(format!("{ONLY_BY_POSTING}; the door answers a ping")),
        Err(error)
            if error.is_connectivity()
                || matches!(
                    error.kind(),
                    ErrorKind::Unauthorized
                        | ErrorKind::Credentials
                        | ErrorKind::SignOnPage
                        | ErrorKind::WrongNode
                        | ErrorKind::NotFound
                        | ErrorKind::Forbidden
                        | ErrorKind::Configuration
                ) =>
        {
            Came::Failed(Box::new(error))
        }
        // A site need not know pings.
        Err(error) => Came::Untold(format!(
            "{ONLY_BY_POSTING}; a ping was answered with: {}",
            seen(&error)
        )),
    }
}
