//! `ledger`: moves it, cleans it, brings it up to date, and says which keys it needs.

mod keys;
mod migrate;
mod prune;
mod transfer;

use std::path::PathBuf;

use clap::Subcommand;

use super::{ConfigArgument, FLOWS, Output};
use crate::config::Config;
use crate::integration::OpenError;

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerVerb {
    /// Writes the whole ledger into one file, every chain verified: a backup, or the way into another kind of store.
    ///
    /// Stop `run` before. Payloads that are sealed stay sealed; everything else of the business can be read from the file,
    /// so keep it as you keep the ledger. Archive, vault and keys are not in it.
    #[command(
        after_help = "Examples:\n  peoplesoft-cleo ledger export ledger.jsonl --config acme.toml\n  peoplesoft-cleo ledger export backup/2026-03-01.jsonl --json"
    )]
    Export {
        /// The file, which must not be there yet.
        file: PathBuf,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Fills an empty ledger, in a file or in PostgreSQL, from a file of `ledger export`; every chain is verified again.
    ///
    /// To move from SQLite to PostgreSQL: export, add `[state.postgres]` to the configuration, import. What an import that
    /// failed has left in a file is removed; in PostgreSQL its schema has to be dropped.
    #[command(
        after_help = "Examples:\n  peoplesoft-cleo ledger import ledger.jsonl --config acme-on-postgres.toml\n  peoplesoft-cleo ledger import ledger.jsonl --config restored.toml --json"
    )]
    Import {
        /// The file of `ledger export`.
        file: PathBuf,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Removes what has ended longer ago than `[retention]` says; `run` does it by itself.
    ///
    /// Nothing is removed that has not ended, that belongs to a document which stays, or that a flow has yet to read. What is
    /// removed is in the trail. A ledger in a file must not be in use.
    #[command(
        after_help = "Examples:\n  peoplesoft-cleo ledger prune --dry-run\n  peoplesoft-cleo ledger prune --flow invoices --by jane --why 'disk is full' --json"
    )]
    Prune {
        /// Shows what would be removed; removes nothing.
        #[arg(long)]
        dry_run: bool,
        /// Only this flow.
        #[arg(long, value_name = "NAME", value_parser = FLOWS)]
        flow: Option<String>,
        /// Who removes it, for the trail.
        #[arg(
            long,
            value_name = "NAME",
            default_value = "peoplesoft-cleo ledger prune"
        )]
        by: String,
        /// Why, for the trail; the periods of the configuration where it is not given.
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Brings the layout of the ledger up to date, which every command that writes does by itself, too.
    ///
    /// There is no way back: make a backup before an update of the program.
    #[command(
        after_help = "Examples:\n  peoplesoft-cleo ledger migrate --dry-run     the SQL that would be run\n  peoplesoft-cleo ledger migrate --json"
    )]
    Migrate {
        /// Shows the SQL that would be run; runs nothing.
        #[arg(long)]
        dry_run: bool,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Shows how many documents each key of `[state.encryption]` protects, and which keys are missing.
    ///
    /// A key of `older_keys` that protects none can be deleted there. Exit code 1 where a key is missing.
    #[command(after_help = "Example: peoplesoft-cleo ledger keys --config acme.toml --json")]
    Keys {
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Makes the key that `[state.encryption]` names as `key`, in the vault or in its file; never overwrites one.
    ///
    /// Keep a copy apart from the ledger: without the key nobody can read the documents, and no run can go on.
    #[command(
        after_help = "Example, to rotate: put the present `key` into `older_keys`, name a new one as `key`, then\n  peoplesoft-cleo ledger new-key --config acme.toml"
    )]
    NewKey {
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
    },
}

impl LedgerVerb {
    /// Where its configuration is.
    pub(super) fn config(&self) -> &ConfigArgument {
        match self {
            Self::Export { config, .. }
            | Self::Import { config, .. }
            | Self::Prune { config, .. }
            | Self::Migrate { config, .. }
            | Self::Keys { config, .. }
            | Self::NewKey { config } => config,
        }
    }
}

/// Why a command about the ledger does not end with an exit code of its own.
#[derive(Debug)]
pub(super) enum Stopped {
    /// It makes no sense here; nothing was tried.
    Invalid(String),
    /// It was tried.
    Failed(String),
    /// The output takes nothing.
    Output(std::io::Error),
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<OpenError> for Stopped {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Ledger { .. } | OpenError::SharedLedger { .. } => {
                Self::Failed(error.to_string())
            }
            other => Self::Invalid(other.to_string()),
        }
    }
}

pub(super) async fn ledger(config: &Config, verb: LedgerVerb, out: &Output) -> Result<u8, Stopped> {
    match verb {
        LedgerVerb::Export { file, json, .. } => transfer::export(config, &file, json, out).await,
        LedgerVerb::Import { file, json, .. } => transfer::import(config, &file, json, out).await,
        LedgerVerb::Prune {
            dry_run,
            flow,
            by,
            why,
            json,
            ..
        } => {
            let wanted = prune::Wanted {
                dry_run,
                flow,
                by,
                why: why.unwrap_or_else(|| config.retention.told()),
            };
            prune::prune(config, &wanted, json, out).await
        }
        LedgerVerb::Migrate { dry_run, json, .. } => {
            migrate::migrate(config, dry_run, json, out).await
        }
        LedgerVerb::Keys { json, .. } => keys::keys(config, json, out).await,
        LedgerVerb::NewKey { .. } => keys::new_key(config, out),
    }
}

/// What a store or a transfer said.
fn failed(error: impl std::fmt::Display) -> Stopped {
    Stopped::Failed(error.to_string())
}

/// Where there is nothing to work on.
fn no_ledger(config: &Config) -> Stopped {
    let place = crate::ledger::place(config);
    Stopped::Invalid(format!(
        "there is no ledger in {place}: nothing was run with this configuration yet; check `state.directory`"
    ))
}
