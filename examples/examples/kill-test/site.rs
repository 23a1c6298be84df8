//! One world: both systems, a configuration, a ledger, and the processes that are killed over it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::Duration;

use peoplesoft_cleo::config::{Config, PostgresSettings, SecretRef};
use peoplesoft_cleo::simulation::World;
use secrecy::SecretString;
use serde_json::Value;
use sync_core::vault::{FileKey, Vault};

use crate::postgres_server::Server;
use crate::received::{judge, received};
use crate::restate_nodes::Nodes;
use crate::scaled_out::configure;
use crate::{Arguments, Count, Engine, Result, Routes, State, Tally};

/// How long a run over a database owns its streams: a dead one keeps the next away for so long.
const LEASE: Duration = Duration::from_millis(1500);
/// The longest that a request over a database lives: a turn begins with two thirds of its lease at least.
const REQUEST: Duration = Duration::from_millis(800);
/// Longer than a request over a database, the longest stop of a process here, and what is on the wire.
const SETTLE: Duration = Duration::from_secs(6);

/// A process that ends with us.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Running {
    /// Kills it; whether it still lived.
    fn kill(&mut self) -> Result<bool> {
        let lives = self.0.try_wait()?.is_none();
        self.0.kill()?;
        self.0.wait()?;
        Ok(lives)
    }

    /// How it has ended, if it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.0.try_wait()?)
    }

    pub(crate) fn signal(&self, name: &str) -> Result<()> {
        let (signal, id) = (format!("-{name}"), self.0.id().to_string());
        let status = Command::new("kill").args([signal, id]).status()?;
        // It may have ended by itself.
        status
            .code()
            .map(|_| ())
            .ok_or_else(|| "kill was killed".into())
    }
}

/// A world and what works in it.
pub(crate) struct Site<'a> {
    arguments: &'a Arguments,
    dir: PathBuf,
    config: PathBuf,
    /// The same for a second process that works beside the first.
    other_config: PathBuf,
    routes: Routes,
    rng: fastrand::Rng,
    server: Option<Server>,
    nodes: Option<Nodes>,
    _doubles: Running,
}

impl<'a> Site<'a> {
    /// Starts both systems, and a database where one is asked for.
    pub(crate) fn start(
        arguments: &'a Arguments,
        dir: &Path,
        routes: Routes,
        seed: u64,
    ) -> Result<Self> {
        fs::create_dir_all(dir)?;
        let config = dir.join("config.toml");
        let mut doubles = simulate(arguments, dir, seed)?;
        wait_for(&config, &mut doubles)?;
        // What is held against the suppliers' answers is another matter: this is about what is sent.
        let text = fs::read_to_string(&config)?.replace(
            "[flows.inbound]\nenabled = true",
            "[flows.inbound]\nenabled = false",
        );
        let text = match routes {
            Routes::Blind => text.replace("repeat = \"probe\"", "repeat = \"blind\""),
            Routes::Probed => text,
        };
        fs::write(&config, text)?;
        let server = match arguments.state {
            State::Sqlite => None,
            State::Postgres => {
                let server = Server::start();
                share(&config, &server)?;
                Some(server)
            }
        };
        let mut rng = fastrand::Rng::with_seed(seed);
        let (other_config, nodes) = match arguments.engine {
            Engine::Embedded => (config.clone(), None),
            Engine::Restate => {
                let count = match arguments.nodes {
                    Count::One => 1,
                    Count::Three => 3,
                };
                let nodes = Nodes::start(&dir.join("restate"), count, &mut rng)?;
                let other = dir.join("config-2.toml");
                configure([&config, &other], &nodes, &mut rng)?;
                (other, Some(nodes))
            }
        };
        Ok(Self {
            arguments,
            dir: dir.to_owned(),
            config,
            other_config,
            routes,
            rng,
            server,
            nodes,
            _doubles: doubles,
        })
    }

    /// Runs until one ends well: the doubles go on with their faults, and a run that meets one too many of them leaves
    /// the rest to the next.
    fn finish(&mut self) -> Result<()> {
        if self.nodes.is_some() {
            return self.finish_scaled_out();
        }
        let mut told = String::new();
        for _ in 0..5 {
            let last = self
                .command(&["sync", "--json"])
                .stderr(Stdio::inherit())
                .output()?;
            if last.status.success() {
                return Ok(());
            }
            told = String::from_utf8_lossy(&last.stdout).into_owned();
        }
        Err(format!("five runs one after another did not end well; the last: {told}").into())
    }

    /// Kills so many runs, lets one end, and holds what arrived against what should have; answers with a line of it.
    pub(crate) fn live(&mut self, kills: u32, tally: &mut Tally) -> Result<String> {
        let (mut killed, mut ended) = (0, 0);
        for _ in 0..kills {
            if self.round(tally)? {
                killed += 1;
            } else {
                ended += 1;
            }
        }
        if self.nodes.is_some() && ended > kills / 2 {
            let log = self.dir.join("worker.log");
            return Err(format!(
                "{ended} of {kills} workers ended by themselves, see {}",
                log.display()
            )
            .into());
        }
        self.wait_for_the_lease();
        self.finish()?;
        let verified = self.command(&["audit", "verify"]).output()?;
        if !verified.status.success() {
            let told = String::from_utf8_lossy(&verified.stdout);
            return Err(format!("the audit trail: {told}").into());
        }
        let expected = expected(&self.dir)?;
        let review = self.in_review()?;
        let received = received(&self.dir.join("cleo").join("files"))?;
        judge(self.routes, &expected, &received, &review)?;
        tally.killed += killed;
        tally.ended += ended;
        tally.documents += expected.len();
        tally.review += review.len();
        Ok(format!(
            "{killed} runs killed, {ended} ended before; {} documents at Cleo once each, {} in review, \
             {} interchange and {} group numbers, none twice; the audit trail is whole",
            received.documents.len(),
            review.len(),
            received.interchanges.len(),
            received.groups.len()
        ))
    }

    /// One run, and what befalls it; whether it was killed before its end.
    fn round(&mut self, tally: &mut Tally) -> Result<bool> {
        self.wait_for_the_lease();
        let mut run = self.run()?;
        let longest = self.arguments.longest();
        self.pass(longest);
        let half = longest / 2;
        // A Restate server goes down in one round of five, whatever else befalls.
        let gone = match &mut self.nodes {
            Some(nodes) if self.rng.u32(0..5) == 0 => {
                let node = self.rng.usize(0..nodes.count());
                nodes.kill(node)?;
                tally.node_crashes += 1;
                Some(node)
            }
            _ => None,
        };
        if gone.is_some() {
            self.pass(half);
        }
        if let Some(server) = &self.server {
            match self.rng.u32(0..10) {
                // It stands still, somebody else takes over, and it wakes.
                0 | 1 => {
                    run.signal("STOP")?;
                    self.wait_for_the_lease();
                    let mut other = self.run_with(&self.other_config)?;
                    self.pass(half);
                    run.signal("CONT")?;
                    self.pass(half);
                    other.kill()?;
                    tally.zombies += 1;
                }
                2 => {
                    server.crash();
                    server.up();
                    self.pass(half);
                    tally.server_crashes += 1;
                }
                _ => {}
            }
        }
        if let (Some(nodes), Some(node)) = (&mut self.nodes, gone) {
            nodes.revive(node)?;
            self.pass(half);
        }
        run.kill()
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.arguments.binary);
        command.args(words).arg("--config").arg(&self.config);
        command
    }

    pub(crate) fn run(&self) -> Result<Running> {
        self.run_with(&self.config)
    }

    fn run_with(&self, config: &Path) -> Result<Running> {
        let words: &[&str] = match self.arguments.engine {
            Engine::Embedded => &["sync", "--json"],
            Engine::Restate => &["run", "--now", "--json"],
        };
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.dir.join("worker.log"))?;
        let child = Command::new(&self.arguments.binary)
            .args(words)
            .arg("--config")
            .arg(config)
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Running(child))
    }

    fn pass(&mut self, longest: u64) {
        sleep(Duration::from_millis(self.rng.u64(0..=longest)));
    }

    /// A file knows that its owner is dead; a database waits until its lease is over.
    fn wait_for_the_lease(&self) {
        if self.server.is_some() {
            sleep(LEASE + Duration::from_millis(100));
        }
    }

    fn in_review(&self) -> Result<BTreeSet<String>> {
        let holds = self.command(&["holds", "--json"]).output()?;
        let told: Value = serde_json::from_slice(&holds.stdout)?;
        let text = |hold: &Value, name: &str| {
            let text = hold.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let mut review = BTreeSet::new();
        let holds = told.get("holds").and_then(Value::as_array);
        for hold in holds.into_iter().flatten() {
            let (flow, document) = (text(hold, "flow"), text(hold, "document"));
            let phase = text(hold, "phase");
            if phase != "review" {
                let why = text(hold, "why");
                return Err(format!("{flow} {document} is {phase}: {why}").into());
            }
            review.insert(format!("{flow} {document}"));
        }
        Ok(review)
    }
}

fn simulate(arguments: &Arguments, dir: &Path, seed: u64) -> Result<Running> {
    let child = Command::new(&arguments.binary)
        .arg("simulate")
        .arg("--dir")
        .arg(dir)
        .args([
            "--orders",
            &arguments.orders.to_string(),
            "--suppliers",
            "20",
        ])
        .args(["--seed", &seed.to_string(), "--faults", "heavy"])
        .stdout(Stdio::null())
        .spawn()?;
    Ok(Running(child))
}

fn wait_for(config: &Path, doubles: &mut Running) -> Result<()> {
    for _ in 0..600 {
        if config.exists() {
            return Ok(());
        }
        if let Some(status) = doubles.0.try_wait()? {
            return Err(format!("the simulation ended with {status}").into());
        }
        sleep(Duration::from_millis(50));
    }
    Err("the simulation did not write its configuration within 30 s".into())
}

/// Moves the ledger of a configuration into a database.
fn share(path: &Path, server: &Server) -> Result<()> {
    let mut config = Config::load(path).map_err(|mistakes| mistakes.to_string())?;
    let vault = Vault::open(&config.vault.file, FileKey::open(&config.vault.key_file)?)?;
    let url = SecretString::from(server.url());
    vault.put(&config.tenant, "ledger-url", &url)?;
    config.state.postgres = Some(PostgresSettings::new(SecretRef::new("ledger-url")));
    hasten(&mut config);
    fs::write(path, config.to_toml())?;
    Ok(())
}

/// Makes a dead owner's flows free soon, and what is in doubt clear soon.
pub(crate) fn hasten(config: &mut Config) {
    config.delivery.lease = LEASE;
    config.delivery.request_timeout = REQUEST;
    config.delivery.action_timeout = REQUEST / 2;
    config.cleo.timeout = REQUEST;
    config.delivery.settle = SETTLE;
}

/// The keys of what PeopleSoft holds, as the ledger names them, each with its flow.
fn expected(dir: &Path) -> Result<BTreeSet<String>> {
    let path = dir.join("world.json");
    let size = World::size_at(&path).ok_or("there is no world")?;
    let world = World::open(&path, size)?;
    let orders = world
        .orders()?
        .into_iter()
        .map(|order| format!("purchase-orders {}", order.key));
    let invoices = world
        .invoices()?
        .into_iter()
        .map(|invoice| format!("invoices {}", invoice.key));
    Ok(orders.chain(invoices).collect())
}
