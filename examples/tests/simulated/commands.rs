//! The commands as a person calls them: the doubles in a process of their own, and `ping` against them.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_peoplesoft-cleo");

/// Both doubles, until this is dropped.
struct Simulation(Child);

impl Drop for Simulation {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts `simulate` and waits until it says that it is ready.
fn simulate(dir: &Path, switches: &[&str]) -> Simulation {
    let mut command = Command::new(BINARY);
    command.args(["simulate", "--orders", "10", "--suppliers", "5", "--dir"]);
    command.arg(dir).stdout(Stdio::piped());
    for switch in switches {
        command.args(["--cleo-switch", switch]);
    }
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let simulation = Simulation(child);
    let ready = lines
        .map_while(Result::ok)
        .any(|line| line.starts_with("ready: "));
    assert!(ready, "it ended before it was ready");
    simulation
}

fn run(arguments: &[&str], dir: &Path) -> (i32, String, String) {
    let config = dir.join("config.toml");
    let mut command = Command::new(BINARY);
    command.args(arguments);
    if !arguments.contains(&"--dir") && !arguments.contains(&"--help") {
        command.arg("--config").arg(config);
    }
    let output = command.output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn the_switches_are_listed_with_an_example_each_and_unknown_ones_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (code, help, _) = run(&["simulate", "--help"], dir.path());
    assert_eq!(code, 0);
    for switch in cleo_client::testing::SWITCHES {
        assert!(help.contains(switch.example()), "{}", switch.example());
    }
    let play = dir.path().join("play");
    let place = play.to_str().unwrap();
    for (switch, told) in [
        ("pagecap=3", "page-cap=10"),
        ("page-cap=few", "a whole number"),
        ("run=nobody/send=success", "sup-0001"),
    ] {
        let (code, out, error) = run(
            &["simulate", "--dir", place, "--cleo-switch", switch],
            dir.path(),
        );
        assert_eq!((code, out.as_str()), (2, ""), "{error}");
        assert!(error.contains(told), "{error}");
        assert!(!play.join("config.toml").exists());
    }
}

#[test]
fn what_is_simulated_with_switches_is_reached_by_the_configuration_it_writes() {
    for switches in [
        &[
            "prefix=/deep/api",
            "service-path=/files",
            "page-cap=2",
            "numbers-as-strings",
            "vlproxy-serial=LX1-A",
        ][..],
        &[
            "product=cic",
            "prefix=",
            "uploads-are-picked-up",
            "file-filter=no",
            "token-answer=text",
        ],
    ] {
        let dir = tempfile::tempdir().unwrap();
        let _simulation = simulate(dir.path(), switches);
        let (code, out, error) = run(&["ping", "--json"], dir.path());
        assert_eq!(code, 0, "{out}{error}");
        for (flow, sent) in [("purchase-orders", 10), ("invoices", 2)] {
            let (code, out, error) = run(&["sync", "--flow", flow, "--json"], dir.path());
            assert_eq!(code, 0, "{out}{error}");
            let told: Value = serde_json::from_str(&out).unwrap();
            assert_eq!(told["total"]["sent"], sent, "{told}");
        }
    }
}

#[test]
fn ping_names_each_missing_action_and_folder_with_the_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let _simulation = simulate(dir.path(), &[]);
    let path = dir.path().join("config.toml");
    let written = std::fs::read_to_string(&path).unwrap();
    let changed = written
        .replacen("action = \"send\"", "action = \"dispatch\"", 1)
        .replacen("outbox/sup-0002/orders", "outbox/elsewhere", 1)
        .replace("connection = \"sup-0003\"", "connection = \"nobody\"");
    std::fs::write(&path, changed).unwrap();
    let (code, out, error) = run(&["ping", "--json"], dir.path());
    assert_eq!(code, 1, "{out}{error}");
    let told: Value = serde_json::from_str(&out).unwrap();
    let missing: Vec<_> = told["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["ok"] == false)
        .collect();
    let named = |what: &str| {
        let found = missing.iter().find(|check| check["what"] == what);
        found.unwrap_or_else(|| panic!("{what} in {missing:?}"))["remedy"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(named("action dispatch of sup-0001").contains("make the action"));
    assert!(named("connection nobody").contains("make the connection"));
    assert!(!named("folder outbox/elsewhere").is_empty());
    assert!(missing.len() <= 4, "{missing:?}");
    // What is there is named, too, and people see a table.
    let (_, table, _) = run(&["ping"], dir.path());
    assert!(table.contains("action send of sup-0002"), "{table}");
    assert!(table.contains("things are missing"), "{table}");
}
