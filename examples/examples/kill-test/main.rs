//! Kills `peoplesoft-cleo` at random moments and checks that every document still arrives exactly once.
//!
//! `scripts/kill-test` builds and runs it. A simulated PeopleSoft and Cleo run in one process and misbehave; `sync` runs
//! in another and is killed with SIGKILL, again and again, then run to its end. What Cleo holds is read back with the
//! codec and compared with what PeopleSoft holds. Twenty kills or less make a world, then the next one begins.
//!
//! With `--engine restate` the process is `run --now`, whose turns a Restate server gives it: nothing else makes it work. That
//! server, or one of its three nodes, is killed now and then, too, and started again with what is on its disk.
//!
//! Over PostgreSQL more happens than over a file, which has one owner at a time: a process is stopped, another one takes
//! its streams over, and the first one wakes as a zombie; and the server itself crashes under a run.

#[path = "../../../sync-core/tests/postgres_server/mod.rs"]
mod postgres_server;
mod received;
mod restate_nodes;
mod scaled_out;
mod site;

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use site::Site;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Kills `sync` at random moments and checks that every document arrives exactly once.
#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// The binary under test.
    #[arg(long)]
    binary: PathBuf,
    /// Where the ledger is.
    #[arg(long, value_enum, default_value_t = State::Sqlite)]
    state: State,
    /// Who runs the turns.
    #[arg(long, value_enum, default_value_t = Engine::Embedded)]
    engine: Engine,
    /// How many Restate servers there are, with `--engine restate`.
    #[arg(long, value_enum, default_value_t = Count::One)]
    nodes: Count,
    /// How often the process is killed in all.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Purchase orders of each world; a fifth as many invoices.
    #[arg(long, default_value_t = 1500)]
    orders: usize,
    /// The longest that a run lives, in milliseconds; 600, or 1500 under Restate.
    #[arg(long)]
    longest: Option<u64>,
    /// Where chance begins; printed, so that a failure can be repeated.
    #[arg(long)]
    seed: Option<u64>,
    /// Where everything is kept; it is removed after success where this is not given.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Where the ledger is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    /// A file beside the configuration.
    Sqlite,
    /// A server of the test's own, on a socket in a folder of its own.
    Postgres,
}

/// Who runs the turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// `sync`, in the process itself.
    Embedded,
    /// A Restate server, in `run --now`.
    Restate,
}

/// How many Restate servers there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Count {
    /// One, whose disk alone remembers.
    #[value(name = "1")]
    One,
    /// Three, of which one may be gone.
    #[value(name = "3")]
    Three,
}

/// How the routes treat repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Routes {
    /// Cleo can be asked what arrived.
    Probed,
    /// Nobody can tell.
    Blind,
}

/// What was done to the processes.
#[derive(Debug, Default)]
struct Tally {
    killed: u32,
    ended: u32,
    zombies: u32,
    server_crashes: u32,
    node_crashes: u32,
    documents: usize,
    review: usize,
}

/// So many kills make a world.
const KILLS: u32 = 20;

fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    let seed = *arguments
        .seed
        .get_or_insert_with(|| fastrand::u64(0..1_000_000));
    let dir = arguments.dir.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("kill-test-{seed}-{}", std::process::id()))
    });
    say(&format!(
        "{}, {} kills, seed {seed}, in {}",
        arguments.setting(),
        arguments.kills,
        dir.display()
    ));
    let mut tally = Tally::default();
    let worlds = arguments.kills.div_ceil(KILLS).max(2);
    for world in 0..worlds {
        // Spread evenly: the first worlds have one more where they do not come out even.
        let kills = (arguments.kills + worlds - 1 - world) / worlds;
        let routes = if world % 3 == 1 {
            Routes::Blind
        } else {
            Routes::Probed
        };
        let here = dir.join(format!("world-{world}"));
        let lived = Site::start(&arguments, &here, routes, seed.wrapping_add(world.into()))
            .and_then(|mut site| site.live(kills, &mut tally));
        match lived {
            Ok(told) => say(&format!(
                "world {} of {worlds}, {routes:?}: {told}",
                world + 1
            )),
            Err(error) => {
                say(&format!(
                    "FAILED in world {} of {worlds}, {routes:?}: {error}\nseed {seed}; everything is left in {}",
                    world + 1,
                    here.display()
                ));
                return ExitCode::FAILURE;
            }
        }
        // What has held is not needed any more, and a world is large.
        if arguments.dir.is_none()
            && let Err(error) = fs::remove_dir_all(&here)
        {
            say(&format!("{} is left: {error}", here.display()));
        }
    }
    if arguments.dir.is_none() {
        // Empty by now, else it was said.
        drop(fs::remove_dir(&dir));
    }
    say(&format!(
        "{}: {} runs killed, {} ended before, {} zombies, {} crashes of the database and {} of a Restate server; \
         {} documents expected: 0 lost, 0 twice, {} in review, all of them on routes that nobody can ask",
        arguments.setting(),
        tally.killed,
        tally.ended,
        tally.zombies,
        tally.server_crashes,
        tally.node_crashes,
        tally.documents,
        tally.review
    ));
    ExitCode::SUCCESS
}

impl Arguments {
    fn longest(&self) -> u64 {
        self.longest.unwrap_or(match self.engine {
            Engine::Embedded => 600,
            Engine::Restate => 1500,
        })
    }

    /// What is tested, in words.
    fn setting(&self) -> String {
        let nodes = match (self.engine, self.nodes) {
            (Engine::Embedded, _) => "",
            (Engine::Restate, Count::One) => ", Restate with 1 node",
            (Engine::Restate, Count::Three) => ", Restate with 3 nodes",
        };
        format!("{:?}{nodes}", self.state)
    }
}

fn say(text: &str) {
    // Whoever closed the output does not want to know.
    drop(writeln!(std::io::stdout(), "{text}"));
}
