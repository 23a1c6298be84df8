//! What the sync engine costs, beside the limits of the machine: polls that bring nothing, fairness, durable commits,
//! records from end to end on SQLite and on PostgreSQL, and turns that a Restate server places.
//!
//! `cargo bench -p connector-benches --bench sync`; with `-- --help` for the options. Both sides of a ratio are
//! measured in the same run. Ledgers are files under the folder for temporary files: let it be on the disk that counts.
//! Where a part is measured in turns, the best turn of each side counts: what other programs take is taken from both.

mod commits;
mod fairness;
mod http;
mod polls;
mod postgres;
mod records;
#[cfg(feature = "restate")]
mod restate;
mod world;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

/// What may be set.
#[derive(Debug, Clone)]
struct Options {
    /// Streams that have nothing new.
    streams: usize,
    /// Documents of the tenant that has many.
    documents: usize,
    /// Tenants that have ten each.
    tenants: usize,
    /// Records from end to end.
    records: usize,
    /// How often each side is measured, in turns.
    turns: usize,
    /// Invocations that a Restate server is asked for.
    invocations: usize,
    /// Seconds for each measurement of commits.
    seconds: u64,
    /// Parts whose name holds one of these; empty for all.
    only: Vec<String>,
}

const USAGE: &str = "\
cargo bench -p connector-benches --bench sync -- [options]

  --streams N     streams that are polled and have nothing new (10000)
  --documents N   documents of the one tenant that has many (1000000)
  --tenants N     tenants beside it that have ten each (999)
  --records N     records from end to end (100000)
  --turns N       how often each side is measured where sides take turns; the best counts (3)
  --invocations N invocations that a Restate server is asked for (2000)
  --seconds N     seconds for each measurement of commits (2)
  --only A,B      parts: polls, fairness, commits, records, postgres, restate

postgres starts a PostgreSQL server of its own on a socket in a temporary folder, and says so where none is installed.
restate starts a Restate server of its own on loopback; it needs `--features restate` before the `--`, and the server:
scripts/restate install, or a restate-server in the path.
";

/// A line of the report.
struct Line {
    what: String,
    /// None where nothing could be measured; `what` says why.
    value: Option<f64>,
    unit: &'static str,
    /// What was demanded: at most, or at least.
    demand: Option<Demand>,
}

enum Demand {
    AtMost(f64),
    AtLeast(f64),
}

impl Line {
    fn fact(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            what: what.into(),
            value: Some(value),
            unit,
            demand: None,
        }
    }

    /// Why there is nothing to report.
    fn absent(why: impl Into<String>) -> Self {
        Self {
            what: why.into(),
            value: None,
            unit: "",
            demand: None,
        }
    }

    fn at_most(self, limit: f64) -> Self {
        Self {
            demand: Some(Demand::AtMost(limit)),
            ..self
        }
    }

    fn at_least(self, limit: f64) -> Self {
        Self {
            demand: Some(Demand::AtLeast(limit)),
            ..self
        }
    }

    fn is_met(&self) -> bool {
        match (&self.demand, self.value) {
            (None, _) | (_, None) => true,
            (Some(Demand::AtMost(limit)), Some(value)) => value <= *limit,
            (Some(Demand::AtLeast(limit)), Some(value)) => value >= *limit,
        }
    }

    fn text(&self) -> String {
        let Some(value) = self.value else {
            return format!("{}\n", self.what);
        };
        let demand = match self.demand {
            None => String::new(),
            Some(Demand::AtMost(limit)) => format!("  at most {limit:.2}"),
            Some(Demand::AtLeast(limit)) => format!("  at least {limit:.2}"),
        };
        let met = match (&self.demand, self.is_met()) {
            (None, _) => "",
            (Some(_), true) => "  met",
            (Some(_), false) => "  MISSED",
        };
        format!(
            "{:<64} {:>12.2} {}{demand}{met}\n",
            self.what, value, self.unit
        )
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(message) => {
            let _ = writeln!(io::stderr(), "sync: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every demand was met.
fn run() -> Result<bool, String> {
    let mut options = Options {
        streams: 10_000,
        documents: 1_000_000,
        tenants: 999,
        records: 100_000,
        turns: 3,
        invocations: 2_000,
        seconds: 2,
        only: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{name} needs a value"));
        let number = |text: String| {
            text.replace('_', "")
                .parse::<usize>()
                .map_err(|_| format!("`{text}` is no number"))
        };
        match name.as_str() {
            "--streams" => options.streams = number(value()?)?.max(1),
            "--documents" => options.documents = number(value()?)?.max(1),
            "--tenants" => options.tenants = number(value()?)?.max(1),
            "--records" => options.records = number(value()?)?.max(1),
            "--turns" => options.turns = number(value()?)?.max(1),
            "--invocations" => options.invocations = number(value()?)?.max(1),
            "--seconds" => options.seconds = number(value()?)?.max(1) as u64,
            "--only" => options.only = value()?.split(',').map(str::to_owned).collect(),
            "--help" => {
                say(USAGE)?;
                return Ok(true);
            }
            // What cargo adds.
            "--bench" => {}
            _ => return Err(format!("unknown option `{name}`\n\n{USAGE}")),
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let mut met = true;
    for part in [
        "polls", "fairness", "commits", "records", "postgres", "restate",
    ] {
        if !options.only.is_empty() && !options.only.iter().any(|only| part.contains(&**only)) {
            continue;
        }
        let lines = match part {
            "polls" => runtime.block_on(polls::measure(&options)),
            "fairness" => runtime.block_on(fairness::measure(&options)),
            "commits" => runtime.block_on(commits::measure(&options)),
            "records" => runtime.block_on(records::measure(&options)),
            "postgres" => runtime.block_on(postgres::measure(&options)),
            #[cfg(feature = "restate")]
            _ => runtime.block_on(restate::measure(&options)),
            #[cfg(not(feature = "restate"))]
            _ => Ok(vec![Line::absent(
                "restate: not measured, this was built without `--features restate`",
            )]),
        };
        for line in lines.map_err(|error| format!("{part}: {error}"))? {
            met &= line.is_met();
            say(&line.text())?;
        }
    }
    Ok(met)
}

fn say(text: &str) -> Result<(), String> {
    io::stdout()
        .write_all(text.as_bytes())
        .map_err(|error| error.to_string())
}
