//! From arguments to exit codes.

use std::fmt::Display;
use std::sync::Arc;

use sync_core::{Clock, SystemClock};

use super::release::Author;
use super::{
    Arguments, AuditVerb, Command, ConfigArgument, FAILED, INTERRUPTED, INVALID, Output, VaultVerb,
    audit, audit_root, demo, holds, ledger, ping, release, replay, serve, simulate, status, sync,
    timeline, vault,
};
use crate::config::Config;
use crate::integration::{self, Access, Integration, OpenError};
use crate::simulation::StartError;

/// Why a command did not end with an exit code of its own.
enum Ended {
    Invalid(String),
    Failed(String),
    Interrupted,
    /// Whoever read the output has read enough.
    Unread,
}

impl From<std::io::Error> for Ended {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Failed(error.to_string()),
        }
    }
}

fn failed(error: impl Display) -> Ended {
    Ended::Failed(error.to_string())
}

/// Carries a command out; answers the exit code.
pub async fn run(arguments: Arguments, out: &Output) -> u8 {
    match Box::pin(carry_out(arguments.command, out)).await {
        Ok(code) => code,
        Err(Ended::Invalid(text)) => {
            out.note(format_args!("error: {text}"));
            INVALID
        }
        Err(Ended::Failed(text)) => {
            out.note(format_args!("error: {text}"));
            FAILED
        }
        Err(Ended::Unread) => super::DONE,
        Err(Ended::Interrupted) => {
            out.note("interrupted: the ledger is whole, and the next run goes on from it");
            INTERRUPTED
        }
    }
}

async fn carry_out(command: Command, out: &Output) -> Result<u8, Ended> {
    match command {
        Command::Demo {
            world,
            dir,
            faults,
            json,
        } => until_stopped(Box::pin(demo::demo(&dir, &world, faults, json, out)))
            .await?
            .map_err(|error| match error {
                demo::DemoError::Io(error) => error.into(),
                other => failed(other),
            }),
        Command::Simulate {
            dir,
            world,
            faults,
            broken,
            cleo_switch,
        } => {
            let systems = simulate::Systems {
                faults,
                broken,
                cleo_switches: &cleo_switch,
            };
            simulate::simulate(&dir, &world, systems, out)
                .await
                .map_err(|error| match error {
                    StartError::Switch(error) => Ended::Invalid(error.to_string()),
                    other => failed(other),
                })
        }
        Command::Sync {
            config,
            flow,
            dry_run,
            json,
        } => {
            let config = load(&config)?;
            if dry_run {
                let integration = open(config, Access::Look).await?;
                return Ok(sync::dry_run(&integration, flow.as_deref(), json, out).await?);
            }
            let integration = open(config, Access::Run).await?;
            Ok(until_stopped(sync::sync(&integration, flow.as_deref(), json, out)).await??)
        }
        Command::Run {
            config,
            flow,
            now,
            json,
        } => {
            let integration = open(load(&config)?, Access::Run).await?;
            let served = serve::serve(&integration, flow.as_deref(), now, json, out).await;
            Ok(served.map_err(|error| Ended::Invalid(error.to_string()))??)
        }
        Command::Status {
            overdue,
            config,
            json,
        } => {
            let config = load(&config)?;
            let store = integration::look(&config).await.map_err(opened)?;
            let now = SystemClock::new().wall();
            let store = store.as_deref();
            let shown = match overdue {
                true => status::overdue(store, &config, now, json, out).await,
                false => status::status(store, &config, now, json, out).await,
            };
            Ok(shown.map_err(failed)??)
        }
        Command::Holds {
            document,
            config,
            json,
        } => {
            let store = integration::look(&load(&config)?).await.map_err(opened)?;
            let shown = match document {
                Some(key) => holds::one(store.as_deref(), &key, json, out).await,
                None => holds::holds(store.as_deref(), json, out).await,
            };
            Ok(shown.map_err(failed)??)
        }
        Command::Replay { config, replay } => {
            let config = load(&config)?;
            let store = if replay.dry_run {
                integration::look(&config).await.map_err(opened)?
            } else {
                let clock = Arc::new(SystemClock::new());
                let store = integration::take(&config, clock).await;
                Some(store.map_err(opened)?)
            };
            let done = replay::replay(store.as_deref(), &config.tenant, &replay, out).await;
            Ok(done.map_err(failed)??)
        }
        Command::Audit {
            verb: Some(AuditVerb::Export { config }),
            ..
        } => {
            let store = integration::look(&load(&config)?).await.map_err(opened)?;
            Ok(audit_root::export(store.as_deref(), out)
                .await
                .map_err(failed)??)
        }
        Command::Audit {
            verb: Some(AuditVerb::Verify { root, config, json }),
            ..
        } => {
            let store = integration::look(&load(&config)?).await.map_err(opened)?;
            let store = store.as_deref();
            let whole = audit::verify(store, json, out).await.map_err(failed)??;
            let Some(root) = root else { return Ok(whole) };
            let file = std::fs::read_to_string(&root)
                .map_err(|error| Ended::Invalid(format!("{}: {error}", root.display())))?;
            let kept = audit_root::Kept::parse(&file)
                .map_err(|what| Ended::Invalid(format!("{}: {what}", root.display())))?;
            let kept = audit_root::verify(store, &kept, json, out)
                .await
                .map_err(failed)??;
            Ok(whole.max(kept))
        }
        Command::Audit {
            verb: None,
            config,
            document,
            number,
            since,
            before,
            last,
            json,
        } => {
            let store = integration::look(&load(&config)?).await.map_err(opened)?;
            let wanted = audit::Wanted {
                document,
                number,
                since: since.map(Into::into),
                before: before.map(Into::into),
                last,
            };
            let shown = audit::show(store.as_deref(), &wanted, json, out).await;
            Ok(shown.map_err(failed)??)
        }
        Command::Timeline { key, config, json } => {
            let store = integration::look(&load(&config)?).await.map_err(opened)?;
            let all = match &store {
                Some(store) => timeline::of(&**store, &key).await.map_err(failed)?,
                None => Vec::new(),
            };
            Ok(timeline::show(&all, &key, json, out)?)
        }
        Command::Release {
            config,
            flow,
            document,
            decision,
            by,
            why,
        } => {
            let config = load(&config)?;
            let clock = Arc::new(SystemClock::new());
            let store = integration::take(&config, Arc::clone(&clock) as _)
                .await
                .map_err(opened)?;
            let stream = sync_core::StreamKey::new(&*config.tenant, flow, "all");
            let author = Author { by: &by, why: &why };
            let done =
                release::release(&*store, &*clock, &stream, &document, decision, author).await;
            out.line(done.map_err(failed)?)?;
            Ok(super::DONE)
        }
        Command::Ping { config, json } => {
            let integration = open(load(&config)?, Access::Look).await?;
            Ok(until_stopped(ping::ping(&integration, json, out)).await??)
        }
        Command::Ledger { verb } => {
            let config = load(verb.config())?;
            let done = until_stopped(Box::pin(ledger::ledger(&config, verb, out))).await?;
            done.map_err(|error| match error {
                ledger::Stopped::Invalid(text) => Ended::Invalid(text),
                ledger::Stopped::Failed(text) => Ended::Failed(text),
                ledger::Stopped::Output(error) => error.into(),
            })
        }
        Command::Vault { verb } => {
            let (VaultVerb::Init { config }
            | VaultVerb::Set { config, .. }
            | VaultVerb::List { config }
            | VaultVerb::Remove { config, .. }) = &verb;
            vault::vault(&load(config)?, &verb, out).map_err(failed)
        }
    }
}

fn load(argument: &ConfigArgument) -> Result<Config, Ended> {
    Config::load(&argument.config).map_err(|errors| Ended::Invalid(errors.to_string()))
}

async fn open(config: Config, access: Access) -> Result<Integration, Ended> {
    Integration::open(config, access).await.map_err(opened)
}

/// A ledger that does not open may do so later; everything else is a mistake of the configuration.
fn opened(error: OpenError) -> Ended {
    match error {
        error @ (OpenError::Ledger { .. } | OpenError::SharedLedger { .. }) => failed(error),
        other => Ended::Invalid(other.to_string()),
    }
}

/// Runs until the work is done or somebody stops it; dropping the work is like a crash, which it survives.
async fn until_stopped<T>(work: impl Future<Output = T>) -> Result<T, Ended> {
    tokio::select! {
        done = work => Ok(done),
        () = simulate::stopped() => Err(Ended::Interrupted),
    }
}
