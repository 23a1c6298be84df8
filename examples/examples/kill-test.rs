//! Kills `peoplesoft-cleo sync` at random moments and checks that every document still arrives exactly once.
//!
//! `scripts/kill-test` builds and runs it. A simulated PeopleSoft and Cleo run in one process and misbehave; `sync` runs in
//! another and is killed with SIGKILL, again and again, then run to its end. What Cleo holds is read back with the codec
//! and compared with what PeopleSoft holds.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::Duration;

use clap::Parser;
use peoplesoft_cleo::simulation::World;
use serde_json::Value;
use x12_edi::document::invoice::Invoice;
use x12_edi::document::purchase_order::PurchaseOrder;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Kills `sync` at random moments and checks that every document arrives exactly once.
#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// The binary under test.
    #[arg(long)]
    binary: PathBuf,
    /// How often it is killed with routes that can be asked what arrived, and again with blind ones.
    #[arg(long, default_value_t = 50)]
    kills: u32,
    /// Purchase orders; a fifth as many invoices.
    #[arg(long, default_value_t = 1500)]
    orders: usize,
    /// The longest that a run lives, in milliseconds.
    #[arg(long, default_value_t = 600)]
    longest: u64,
    /// Where chance begins; printed, so that a failure can be repeated.
    #[arg(long)]
    seed: Option<u64>,
    /// Where everything is kept; it is removed after success where this is not given.
    #[arg(long)]
    dir: Option<PathBuf>,
}

fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    let seed = *arguments
        .seed
        .get_or_insert_with(|| fastrand::u64(0..1_000_000));
    let dir = arguments.dir.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("kill-test-{seed}-{}", std::process::id()))
    });
    say(&format!("seed {seed}, in {}", dir.display()));
    let done = round(&arguments, &dir.join("probed"), Routes::Probed, seed)
        .and_then(|()| round(&arguments, &dir.join("blind"), Routes::Blind, seed ^ 1));
    match done {
        Ok(()) => {
            if arguments.dir.is_none()
                && let Err(error) = fs::remove_dir_all(&dir)
            {
                say(&format!("{} is left: {error}", dir.display()));
            }
            say("2 passed, 0 failed");
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!(
                "FAILED: {error}\nseed {seed}; everything is left in {}",
                dir.display()
            ));
            ExitCode::FAILURE
        }
    }
}

fn say(text: &str) {
    // Whoever closed the output does not want to know.
    drop(writeln!(std::io::stdout(), "{text}"));
}

/// How the routes treat repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Routes {
    Probed,
    Blind,
}

/// A process that ends with us.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn round(arguments: &Arguments, dir: &Path, routes: Routes, seed: u64) -> Result<()> {
    fs::create_dir_all(dir)?;
    let config = dir.join("config.toml");
    let mut doubles = simulate(arguments, dir, seed)?;
    wait_for(&config, &mut doubles)?;
    if routes == Routes::Blind {
        let text = fs::read_to_string(&config)?;
        fs::write(
            &config,
            text.replace("repeat = \"probe\"", "repeat = \"blind\""),
        )?;
    }
    let sync = || {
        let mut command = Command::new(&arguments.binary);
        command
            .arg("sync")
            .arg("--config")
            .arg(&config)
            .arg("--json");
        command
    };
    let mut rng = fastrand::Rng::with_seed(seed);
    let (mut killed, mut finished) = (0, 0);
    for _ in 0..arguments.kills {
        let mut run = sync().stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        sleep(Duration::from_millis(rng.u64(0..=arguments.longest)));
        if run.try_wait()?.is_some() {
            finished += 1;
        } else {
            run.kill()?;
            run.wait()?;
            killed += 1;
        }
    }
    let last = sync().stderr(Stdio::inherit()).output()?;
    if !last.status.success() {
        let told = String::from_utf8_lossy(&last.stdout);
        return Err(format!("the last run did not end well: {} {told}", last.status).into());
    }
    let verified = Command::new(&arguments.binary)
        .args(["audit", "verify", "--config"])
        .arg(&config)
        .output()?;
    if !verified.status.success() {
        return Err(format!(
            "the audit trail: {}",
            String::from_utf8_lossy(&verified.stdout)
        )
        .into());
    }
    let review = in_review(arguments, &config)?;
    let received = received(&dir.join("cleo").join("files"))?;
    judge(routes, &expected(dir)?, &received, &review)?;
    say(&format!(
        "{routes:?}: {killed} runs killed, {finished} ended before; {} documents at Cleo once each, {} in review, \
         {} interchange and {} group numbers, none twice; the audit trail is whole",
        received.documents.len(),
        review.len(),
        received.interchanges.len(),
        received.groups.len()
    ));
    Ok(())
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

fn in_review(arguments: &Arguments, config: &Path) -> Result<BTreeSet<String>> {
    let holds = Command::new(&arguments.binary)
        .args(["holds", "--json", "--config"])
        .arg(config)
        .output()?;
    let told: Value = serde_json::from_slice(&holds.stdout)?;
    let text = |hold: &Value, name: &str| {
        hold.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut review = BTreeSet::new();
    for hold in told
        .get("holds")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let (phase, flow, document) = (
            text(hold, "phase"),
            text(hold, "flow"),
            text(hold, "document"),
        );
        if phase != "review" {
            return Err(format!("{flow} {document} is {phase}: {}", text(hold, "why")).into());
        }
        review.insert(format!("{flow} {document}"));
    }
    Ok(review)
}

/// What the files of Cleo say, whatever their names are.
#[derive(Debug, Default)]
struct Received {
    /// How often each document is there.
    documents: BTreeMap<String, usize>,
    /// ISA05 to ISA08 and ISA13.
    interchanges: BTreeMap<String, usize>,
    /// GS01 to GS03 and GS06.
    groups: BTreeMap<String, usize>,
}

fn received(files: &Path) -> Result<Received> {
    let mut received = Received::default();
    let mut folders = vec![files.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                received
                    .read(&path)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
    }
    Ok(received)
}

impl Received {
    fn read(&mut self, path: &Path) -> Result<()> {
        let bytes = fs::read(path)?;
        if bytes.starts_with(b"{") {
            let invoice: Value = serde_json::from_slice(&bytes)?;
            let text = |name: &str| {
                invoice
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let key = format!("invoices {}/{}", text("business_unit"), text("invoice"));
            *self.documents.entry(key).or_default() += 1;
            return Ok(());
        }
        let read = x12_edi::parse(&bytes);
        if let Some(finding) = read.all_findings().next() {
            return Err(finding.to_string().into());
        }
        let mut interchanges = BTreeSet::new();
        let mut groups = BTreeSet::new();
        for set in &read.sets {
            let (Some(isa), Some(gs)) = (set.interchange(), set.group()) else {
                return Err("a set outside of its envelope".into());
            };
            let number = isa.control_number.map(|number| number.to_padded());
            interchanges.insert(format!("{} {} {number:?}", isa.sender, isa.receiver));
            let number = gs.control_number.map(|number| number.to_padded());
            groups.insert(format!(
                "{} {} {} {number:?}",
                gs.functional_id, gs.sender, gs.receiver
            ));
            let key = match set.code() {
                "850" => {
                    let order = PurchaseOrder::parse(set).document;
                    format!(
                        "purchase-orders {}/{}",
                        order.reference("19").unwrap_or("?"),
                        order.number()
                    )
                }
                "810" => {
                    let invoice = Invoice::parse(set).document;
                    format!(
                        "invoices {}/{}",
                        invoice.reference("19").unwrap_or("?"),
                        invoice.number()
                    )
                }
                other => return Err(format!("a set {other} that nobody sent").into()),
            };
            *self.documents.entry(key).or_default() += 1;
        }
        for number in interchanges {
            *self.interchanges.entry(number).or_default() += 1;
        }
        for number in groups {
            *self.groups.entry(number).or_default() += 1;
        }
        Ok(())
    }
}

fn judge(
    routes: Routes,
    expected: &BTreeSet<String>,
    received: &Received,
    review: &BTreeSet<String>,
) -> Result<()> {
    let twice = |counts: &BTreeMap<String, usize>| {
        counts
            .iter()
            .filter(|(_, count)| **count > 1)
            .map(|(key, _)| key.clone())
            .collect::<Vec<_>>()
    };
    let problems = [
        ("at Cleo more than once", twice(&received.documents)),
        (
            "interchange numbers used twice",
            twice(&received.interchanges),
        ),
        ("group numbers used twice", twice(&received.groups)),
        (
            "at Cleo and never ordered",
            received
                .documents
                .keys()
                .filter(|key| !expected.contains(*key))
                .cloned()
                .collect(),
        ),
        (
            "neither at Cleo nor in review",
            expected
                .iter()
                .filter(|key| !received.documents.contains_key(*key) && !review.contains(*key))
                .cloned()
                .collect(),
        ),
        (
            "in review although the route can be asked",
            review
                .iter()
                .filter(|_| routes == Routes::Probed)
                .cloned()
                .collect(),
        ),
    ];
    let mut found = String::new();
    for (what, keys) in problems {
        if !keys.is_empty() {
            let shown: Vec<_> = keys.iter().take(5).map(String::as_str).collect();
            found.push_str(&format!("{} {what}: {}; ", keys.len(), shown.join(", ")));
        }
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.into())
    }
}
