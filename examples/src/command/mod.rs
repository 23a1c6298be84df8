//! The commands of the binary `peoplesoft-cleo`.
//!
//! Each is a function over a configuration and a place to write to, so that a service can call it, too.

mod audit;
mod audit_root;
mod demo;
mod holds;
mod ledger;
mod mail;
mod output;
mod ping;
mod release;
mod replay;
mod run;
mod serve;
mod simulate;
mod status;
mod sync;
mod tally;
mod timeline;
mod vault;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use ledger::LedgerVerb;
pub use output::Output;
pub use replay::{ReplayArguments, Way};
pub use run::run;
pub use tally::{FlowTally, Tally};

use crate::simulation::Faults;

/// Everything was done.
pub const DONE: u8 = 0;

/// Something was not done, or is not as it must be: the output says what.
pub const FAILED: u8 = 1;

/// The command or the configuration is not valid; nothing was tried.
pub const INVALID: u8 = 2;

/// The run was interrupted; the ledger is whole and the next run goes on from it.
pub const INTERRUPTED: u8 = 130;

/// PeopleSoft orders and invoices to suppliers through Cleo, as X12 or JSON, once each.
#[derive(Debug, Parser)]
#[command(name = "peoplesoft-cleo", version, after_help = EXAMPLES)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  peoplesoft-cleo demo                                try everything on this machine, nothing else needed
  peoplesoft-cleo ping --config acme.toml             see whether both systems are reached and what is missing
  peoplesoft-cleo sync --config acme.toml --dry-run   see what would be sent
  peoplesoft-cleo sync --config acme.toml             send it
  peoplesoft-cleo run --config acme.toml              send it by the schedules, until it is stopped
  peoplesoft-cleo holds --config acme.toml            see what waits, and why
  peoplesoft-cleo audit --config acme.toml --document US001/0000000123
  peoplesoft-cleo timeline --config acme.toml US001/0000000123

Exit codes: 0 done; 1 something failed or is not as it must be; 2 the command or the configuration is not valid;
130 interrupted.";

/// The flows, as commands name them.
const FLOWS: [&str; 7] = [
    "purchase-orders",
    "invoices",
    "inbound",
    "vouchers",
    "order-acknowledgments",
    "notices",
    "functional-acknowledgments",
];

const AUDIT_EXAMPLES: &str = "\
Examples:
  peoplesoft-cleo audit --document US001/0000000123
  peoplesoft-cleo audit --number 42
  peoplesoft-cleo audit --since 2026-03-01T00:00Z --before 2026-03-02T00:00Z --json
  peoplesoft-cleo audit verify --config acme.toml
  peoplesoft-cleo audit export > 2026-03-01.json";

const REPLAY_EXAMPLES: &str = "\
Examples:
  peoplesoft-cleo replay purchase-orders US001/0000000123 --as transform --by jane --why 'map mended'
  peoplesoft-cleo replay purchase-orders US001/0000000123 --as resend --allow-duplicate --by jane --why 'partner lost it'
  peoplesoft-cleo replay invoices --all --code rejected --as transform --by jane --why 'profile mended' --dry-run
  peoplesoft-cleo replay purchase-orders --all --phase confirmed --since 2026-03-01T08:00Z --before 2026-03-01T08:05Z \\
      --as resend --allow-duplicate --by jane --why 'partner lost the morning' --dry-run --json
  peoplesoft-cleo replay purchase-orders --as fetch --from 2026-03-01T00:00Z --by jane --why 'restored from backup'";

/// Where the configuration is.
#[derive(Debug, Clone, clap::Args)]
pub struct ConfigArgument {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "config.toml")]
    pub config: PathBuf,
}

/// How much the simulated systems hold.
#[derive(Debug, Clone, clap::Args)]
pub struct WorldArguments {
    /// Purchase orders.
    #[arg(long, value_name = "N")]
    pub orders: Option<usize>,
    /// Billing invoices; a fifth of the orders where it is not given.
    #[arg(long, value_name = "N")]
    pub invoices: Option<usize>,
    /// Suppliers, each with its own profile and routes.
    #[arg(long, value_name = "N")]
    pub suppliers: Option<usize>,
    /// The seed: the same one gives the same orders.
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Changes so many orders before the start.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub change: usize,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs everything once against a PeopleSoft and a Cleo that it starts itself.
    ///
    /// Orders that cannot be sent stand beside the good ones, to show what becomes of them. Run it again on the same
    /// directory: nothing is sent twice. Run it again with `--change 10`: the ten changed orders go, as replacements.
    #[command(after_help = "Example: peoplesoft-cleo demo --orders 500 --suppliers 40")]
    Demo {
        /// How much there is.
        #[command(flatten)]
        world: WorldArguments,
        /// Where ledger, files and logs are kept.
        #[arg(long, value_name = "DIR", default_value = "peoplesoft-cleo-demo")]
        dir: PathBuf,
        /// How badly the systems behave.
        #[arg(long, value_enum, default_value_t = Faults::Some)]
        faults: Faults,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Starts the PeopleSoft and the Cleo of the demo and keeps them running until it is stopped.
    ///
    /// Writes `DIR/config.toml` when they are ready. Files that Cleo accepted are kept under `DIR/cleo/files/`, every
    /// request is a line of `DIR/cleo/requests.ndjson`.
    #[command(after_help = simulate::help())]
    Simulate {
        /// Where everything is kept.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// How much there is.
        #[command(flatten)]
        world: WorldArguments,
        /// How badly the systems behave.
        #[arg(long, value_enum, default_value_t = Faults::None)]
        faults: Faults,
        /// Adds orders that cannot be sent, one for each reason.
        #[arg(long)]
        broken: bool,
        /// Sets a switch of the Cleo, those below; may be given again.
        #[arg(long, value_name = "NAME[=VALUE]")]
        cleo_switch: Vec<String>,
    },
    /// Runs every flow once, or one of them, in this process.
    ///
    /// With `[engine] kind = "restate"`, too: it may be used beside a `run`, because whoever has a flow's lease has its turns. A
    /// flow that `run` is working on is left to it, and exit code 1 says so.
    #[command(
        after_help = "Example: peoplesoft-cleo sync --config acme.toml --flow purchase-orders --json"
    )]
    Sync {
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// Only this flow.
        #[arg(long, value_name = "NAME", value_parser = FLOWS)]
        flow: Option<String>,
        /// Shows what would be sent; sends, writes and numbers nothing.
        #[arg(long)]
        dry_run: bool,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Runs every flow by its schedule until it is stopped.
    ///
    /// An interrupt or a request to terminate lets what is on its way come to its end; a second one ends at once, which
    /// the ledger survives. With a ledger in a database a second process stands by.
    ///
    /// With `[engine] kind = "restate"` a Restate server says when and in which process; a server that cannot be reached is
    /// asked again until it can, and one that was replaced by an empty one is told everything again.
    #[command(
        after_help = "Examples: peoplesoft-cleo run --config acme.toml\n          peoplesoft-cleo run --now --json"
    )]
    Run {
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// Only this flow.
        #[arg(long, value_name = "NAME", value_parser = FLOWS)]
        flow: Option<String>,
        /// Begins a run of each flow at once, then goes on by the schedules.
        #[arg(long)]
        now: bool,
        /// A JSON object for each event instead of a line of text.
        #[arg(long)]
        json: bool,
    },
    /// Shows how many documents stand where, when each flow runs next, and which acknowledgments are overdue.
    #[command(
        after_help = "Examples:\n  peoplesoft-cleo status --config acme.toml\n  peoplesoft-cleo status --overdue --json    for monitoring: exit code 1 where there is any"
    )]
    Status {
        /// Only what partners should have acknowledged by now; exit code 1 where there is any.
        #[arg(long)]
        overdue: bool,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Shows what waits for a person or was given up, and why; with `--document` all that is known of one.
    #[command(
        after_help = "Examples: peoplesoft-cleo holds --config acme.toml\n          peoplesoft-cleo holds --document US001/0000000123"
    )]
    Holds {
        /// Only this document, with its attempts and its record as it came.
        #[arg(long, value_name = "KEY")]
        document: Option<String>,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Decides what becomes of a document that waits.
    ///
    /// A delivery in review may have arrived: look for its file at the partner before `resend`.
    #[command(
        after_help = "Example: peoplesoft-cleo release purchase-orders US001/0000000123 --as confirm --by jane --why 'partner has it'\n         peoplesoft-cleo release vouchers bolts/INV-4711 --as accept --by jane --why 'new price agreed'"
    )]
    Release {
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// The flow.
        #[arg(value_parser = FLOWS)]
        flow: String,
        /// The document, as `holds` names it.
        document: String,
        /// What becomes of it.
        #[arg(long = "as", value_enum)]
        decision: Decision,
        /// Who decides.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    /// Shows everything that happened to one order, invoice, voucher or control number, in all flows.
    #[command(
        after_help = "Examples:\n  peoplesoft-cleo timeline US001/0000000123            an order, with its answers, invoices and vouchers\n  peoplesoft-cleo timeline bolts/INV-4711              an invoice of the partner bolts\n  peoplesoft-cleo timeline US001/00000042 --json       a voucher\n  peoplesoft-cleo timeline 000000017                   an interchange"
    )]
    Timeline {
        /// Order or voucher (BUSINESS_UNIT/ID), invoice (PARTNER/NUMBER), control number, or FOLDER/FILE.
        key: String,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Does again what has ended: the same file, a new one, or a new reading.
    ///
    /// What was delivered is left out unless `--allow-duplicate` is given. What is held or in review is not replayed: the
    /// first goes on by itself once it is mended, the second is released. Exit code 1 where something was left out.
    #[command(after_help = REPLAY_EXAMPLES)]
    Replay {
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// What is replayed.
        #[command(flatten)]
        replay: Box<ReplayArguments>,
    },
    /// Shows the audit trail, that of one document or number, or checks that nobody has touched it.
    #[command(args_conflicts_with_subcommands = true, after_help = AUDIT_EXAMPLES)]
    Audit {
        /// `verify`, `export`, or nothing.
        #[command(subcommand)]
        verb: Option<AuditVerb>,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// Only what concerns this document: business unit, slash, order or invoice number.
        #[arg(long, value_name = "KEY")]
        document: Option<String>,
        /// Only what concerns the shipment that was given this control number, of whatever series.
        #[arg(long, value_name = "N", conflicts_with = "document")]
        number: Option<u64>,
        /// Only what was written at this time or later.
        #[arg(long, value_name = "TIME")]
        since: Option<jiff::Timestamp>,
        /// Only what was written before this time.
        #[arg(long, value_name = "TIME")]
        before: Option<jiff::Timestamp>,
        /// At most so many of the newest entries of each flow.
        #[arg(long, value_name = "N", default_value_t = 50)]
        last: u64,
        /// One JSON object for each entry.
        #[arg(long)]
        json: bool,
    },
    /// Checks reachability, log-in, each needed operation of both sides, and every route.
    Ping {
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// One JSON object instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Moves, cleans and updates the ledger, and says which keys its documents need.
    Ledger {
        /// What to do.
        #[command(subcommand)]
        verb: LedgerVerb,
    },
    /// Keeps the credentials that the configuration names, encrypted.
    Vault {
        /// What to do.
        #[command(subcommand)]
        verb: VaultVerb,
    },
}

/// What becomes of a document that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Decision {
    /// A delivery in review arrived.
    Confirm,
    /// A delivery in review did not arrive: it is sent again, same numbers and same bytes.
    Resend,
    /// It is given up.
    Abandon,
    /// A held or rejected document is looked at again with the next run.
    Retry,
    /// What a held document disagrees about is accepted; it goes on with the next run.
    Accept,
}

/// What to do with the trail.
#[derive(Debug, Subcommand)]
pub enum AuditVerb {
    /// Writes the head of every chain and one root over them, to be kept where nobody who keeps the ledger can write.
    ///
    /// Each head comes with the hashes that prove it to be under the root (RFC 6962, SHA-256).
    #[command(
        after_help = "Example: peoplesoft-cleo audit export --config acme.toml > 2026-03-01.json"
    )]
    Export {
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// Recomputes every hash, and checks that replaying the trail gives the ledger.
    #[command(
        after_help = "Examples: peoplesoft-cleo audit verify --config acme.toml\n          peoplesoft-cleo audit verify --root 2026-03-01.json"
    )]
    Verify {
        /// A file of `audit export`: the trail must still have the heads that it had then.
        #[arg(long, value_name = "FILE")]
        root: Option<PathBuf>,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
        /// One JSON object instead of text.
        #[arg(long)]
        json: bool,
    },
}

/// What to do with the vault.
#[derive(Debug, Subcommand)]
pub enum VaultVerb {
    /// Makes the key file, readable by you alone.
    Init {
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// Keeps a secret, read from standard input so that no shell remembers it.
    #[command(
        after_help = "Example: peoplesoft-cleo vault set peoplesoft/password --config acme.toml < secret.txt"
    )]
    Set {
        /// The name that the configuration uses.
        name: String,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// Names what is kept; shows no secret.
    List {
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// Forgets a secret.
    Remove {
        /// The name.
        name: String,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgument,
    },
}
