//! Schedules and limits of a configuration: what is meant, and every mistake at once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use peoplesoft_cleo::config::Config;
use sync_core::StreamKey;
use sync_core::schedule::Schedule;

/// A right configuration with these lines at its end.
fn with(more: &str) -> String {
    format!(
        r#"tenant = "acme"
environment = "test"
state = {{ directory = "state" }}
vault = {{ file = "vault.json", key_file = "vault.key" }}
{more}
[peoplesoft]
gateway = "https://ps.example"
node = "PSFT_EP"
auth = {{ kind = "basic", user = {{ vault = "u" }}, password = {{ vault = "p" }} }}
[cleo]
origin = "https://cleo.example"
deployment = "harmony"
auth = {{ kind = "password", username = {{ vault = "u" }}, password = {{ vault = "p" }} }}
"#
    )
}

fn schedule(more: &str) -> Schedule {
    let config = Config::from_toml("c.toml", &with(more)).unwrap();
    let flow = config.flows.invoices.as_ref().unwrap();
    flow.poll.schedule(&config.schedule).unwrap()
}

fn at(text: &str) -> SystemTime {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

#[test]
fn a_flow_runs_as_it_says_and_as_the_tenant_says_where_it_says_nothing() {
    for (more, shown) in [
        ("[flows.invoices]", "every 15m"),
        ("[flows.invoices]\nevery = \"1h\"", "every 1h"),
        (
            "[flows.invoices.schedule]\nat = [\"18:00\", \"06:30\"]",
            "daily at 06:30, 18:00 UTC",
        ),
        (
            "[schedule]\nzone = \"America/Chicago\"\n[flows.invoices.schedule]\nat = [\"06:30\"]\ndays = [\"fri\", \"mon\"]",
            "mon, fri at 06:30 America/Chicago",
        ),
        (
            "[schedule]\nzone = \"America/Chicago\"\n[flows.invoices.schedule]\nzone = \"Europe/Berlin\"\ncron = \"0 6 * * *\"",
            "cron 0 6 * * * Europe/Berlin",
        ),
        ("[flows.invoices.schedule]\non_request = true", "on request"),
    ] {
        assert_eq!(schedule(more).to_string(), shown, "{more}");
    }
}

#[test]
fn holidays_month_ends_and_missed_runs_are_in_force() {
    let schedule = schedule(
        "[schedule]\nholidays = [\"2026-12-25\"]\nskip_month_end = 3\nmissed = \"all\"\nmissed_most = 4\n\
         [flows.invoices.schedule]\nat = [\"06:00\"]\nmissed_max_lateness = \"30d\"",
    );
    let times = schedule.of(&StreamKey::new("acme", "invoices", "all"));
    let next = |from| times.next_after(at(from)).unwrap();
    assert_eq!(next("2026-12-24T07:00:00Z"), at("2026-12-26T06:00:00Z"));
    assert_eq!(next("2026-12-28T07:00:00Z"), at("2027-01-01T06:00:00Z"));
    let due = at("2026-12-10T06:00:00Z");
    assert_eq!(times.catch_up(due, at("2026-12-20T07:00:00Z")).runs, 4);
    assert_eq!(times.catch_up(due, at("2026-12-10T06:00:30Z")).runs, 1);
}

#[test]
fn every_mistake_is_listed_at_once_with_its_place_and_its_remedy() {
    let text = with(
        r#"[schedule]
zone = "America/Chicagoo"
holidays = ["2026-02-29", "2026-12-25"]
skip_month_end = 28
spread = "2y"
missed = "sometimes"
[flows.purchase_orders]
every = "500ms"
[flows.invoices]
every = "1h"
[flows.invoices.schedule]
at = ["24:00", "06:00"]
days = ["monday"]
cron = "0 0 30 2 *"
missed_most = 5
zones = "UTC"
[limits.peoplesoft]
requests = 0
failures = 0
rest = "20m"
[limits.cleo]
burst = 5
longest_rest = "1s"
[limits.hosts."https://cleo.example"]
requests = 5
shares = true"#,
    );
    let errors = Config::from_toml("c.toml", &text).unwrap_err();
    let found: Vec<_> = errors
        .mistakes()
        .iter()
        .map(|mistake| mistake.key.as_str())
        .collect();
    for key in [
        "schedule.zone",
        "schedule.holidays[0]",
        "schedule.skip_month_end",
        "schedule.spread",
        "schedule.missed",
        "flows.purchase_orders.every",
        "flows.invoices.schedule",
        "flows.invoices.schedule.at[0]",
        "flows.invoices.schedule.days[0]",
        "flows.invoices.schedule.cron",
        "flows.invoices.schedule.missed_most",
        "flows.invoices.schedule.zones",
        "limits.peoplesoft.requests",
        "limits.peoplesoft.failures",
        "limits.cleo.burst",
        "limits.cleo.longest_rest",
        "limits.hosts.https://cleo.example",
        "limits.hosts.https://cleo.example.shares",
    ] {
        assert!(found.contains(&key), "{key}: {errors}");
    }
    assert_eq!(found.len(), 18, "{errors}");
    let told = errors.to_string();
    for part in [
        "did you mean `zone`?",
        "no such day exists in any year",
        "keep the one that is meant",
        "add for example `requests = 10`",
        "found \"500ms\", expected 1s to 366d",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/config.toml");
    let config = Config::load(&sample).unwrap();
    assert_eq!(config.schedule.zone.as_deref(), Some("America/Chicago"));
    assert_eq!(config.limits.cleo.rate.requests.unwrap().get(), 20);
    let host = &config.limits.hosts["harmony.acme.example"];
    assert_eq!(host.rate.requests.unwrap().get(), 50);
    assert_eq!(config.limits.peoplesoft.rest, Duration::from_secs(30));
    let invoices = config.flows.invoices.as_ref().unwrap();
    let own = invoices.poll.limits.as_ref().unwrap();
    assert_eq!(own.cleo.as_ref().unwrap().rate.requests.unwrap().get(), 2);
    let again = Config::from_toml(&sample, &config.to_toml()).unwrap();
    assert_eq!(again.schedule, config.schedule);
    assert_eq!(again.limits, config.limits);
    assert_eq!(again.flows, config.flows);
    assert!(fs::read_to_string(sample).unwrap().contains("[schedule]"));
}
