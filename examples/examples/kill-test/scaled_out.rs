//! Workers whose turns a Restate server gives them.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use peoplesoft_cleo::config::{Config, EngineSettings, RestateSettings};
use serde_json::Value;

use crate::Result;
use crate::restate_nodes::{Nodes, free_port};
use crate::site::{Site, hasten};

/// Where the flows of this test are.
const FLOWS: [&str; 2] = ["purchase-orders", "invoices"];

/// How often a worker looks for flows that do not go on, and how long an invocation works.
const SUPERVISE_EVERY: Duration = Duration::from_secs(1);
const BUDGET: Duration = Duration::from_secs(1);

/// How long the last run may take.
const PATIENCE: Duration = Duration::from_secs(300);
const LOOK: Duration = Duration::from_millis(250);

/// Writes a configuration for each of two workers, which the servers reach at addresses of their own.
pub(crate) fn configure(paths: [&Path; 2], nodes: &Nodes, rng: &mut fastrand::Rng) -> Result<()> {
    let [first, _] = paths;
    let mut config = Config::load(first).map_err(|mistakes| mistakes.to_string())?;
    hasten(&mut config);
    // Any node may be the one that is asked, and the one that dies.
    let asked = rng.usize(0..nodes.count());
    let (ingress, admin) = nodes.addresses(asked).ok_or("there is no such node")?;
    for path in paths {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port(rng)?));
        let [ingress, admin, reached_at] =
            [ingress, admin, listen].map(|address| format!("http://{address}").parse());
        let mut settings = RestateSettings::new(ingress?, admin?, listen, reached_at?);
        settings.supervise_every = SUPERVISE_EVERY;
        settings.budget = BUDGET;
        config.engine = EngineSettings::Restate(Box::new(settings));
        fs::write(path, config.to_toml())?;
    }
    Ok(())
}

/// What the ledger says of a flow.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Standing {
    /// Windows that were read to their end.
    polls: u64,
    reading: bool,
    /// Documents whose delivery goes on by itself.
    open: u64,
}

impl Site<'_> {
    /// Runs a worker until every flow has read everything once more and delivered what it has read, then stops it in
    /// good order.
    pub(crate) fn finish_scaled_out(&mut self) -> Result<()> {
        let before = self.standing()?;
        let polls = |standing: &BTreeMap<String, Standing>, flow: &str| {
            standing.get(flow).map_or(0, |flow| flow.polls)
        };
        let mut worker = self.run()?;
        let mut waited = Duration::ZERO;
        loop {
            sleep(LOOK);
            waited += LOOK;
            let now = self.standing()?;
            let is_done = |flow: &&str| {
                let standing = now.get(*flow).copied().unwrap_or_default();
                polls(&now, flow) > polls(&before, flow) && !standing.reading && standing.open == 0
            };
            if FLOWS.iter().all(is_done) {
                break;
            }
            if let Some(status) = worker.ended()? {
                return Err(format!("the last worker ended with {status}, see worker.log").into());
            }
            if waited > PATIENCE {
                return Err(format!("not done after {waited:?}: {now:?}").into());
            }
        }
        worker.signal("TERM")?;
        for _ in 0..1200 {
            match worker.ended()? {
                Some(status) if status.success() => {
                    self.was_asked_by_the_server()?;
                    return self.nobody_holds_a_flow();
                }
                Some(status) => return Err(format!("stopped, it ended with {status}").into()),
                None => sleep(Duration::from_millis(50)),
            }
        }
        Err("a worker does not end within a minute of being asked to".into())
    }

    /// A worker has its turns from the server alone, and not before the server knows it.
    fn was_asked_by_the_server(&self) -> Result<()> {
        let told = fs::read_to_string(self.dir().join("worker.log"))?;
        if told.contains("\"event\":\"registered\"") {
            return Ok(());
        }
        Err("no worker was ever registered with the server, see worker.log".into())
    }

    fn nobody_holds_a_flow(&self) -> Result<()> {
        for flow in self.streams()? {
            if let Some(holder) = flow.get("held_by").and_then(Value::as_str) {
                let name = flow.get("flow").and_then(Value::as_str).unwrap_or("?");
                return Err(format!("{name} is still held by {holder}").into());
            }
        }
        Ok(())
    }

    fn standing(&self) -> Result<BTreeMap<String, Standing>> {
        let number = |flow: &Value, name: &str| flow.get(name).and_then(Value::as_u64).unwrap_or(0);
        let mut standing = BTreeMap::new();
        for flow in self.streams()? {
            let name = flow.get("flow").and_then(Value::as_str).unwrap_or_default();
            let reading = flow.get("window_open").and_then(Value::as_bool);
            let found = Standing {
                polls: number(&flow, "polls"),
                reading: reading.unwrap_or(false),
                open: number(&flow, "open").saturating_sub(number(&flow, "review")),
            };
            standing.insert(name.to_owned(), found);
        }
        Ok(standing)
    }

    fn streams(&self) -> Result<Vec<Value>> {
        let status = self.command(&["status", "--json"]).output()?;
        let told = String::from_utf8_lossy(&status.stdout);
        let told: Value = serde_json::from_str(&told)
            .map_err(|error| format!("status said {told:?} ({error})"))?;
        let streams = told.get("streams").and_then(Value::as_array);
        Ok(streams.cloned().unwrap_or_default())
    }
}
