//! `ping`: whether both systems are reached, and what is missing.

use std::collections::BTreeSet;
use std::io;

use futures_util::StreamExt;
use peoplesoft_client::doctor::Outcome;
use serde::Serialize;

use super::output::table;
use super::{DONE, FAILED, Output};
use crate::flow::hindrance;
use crate::integration::Integration;
use crate::partner::Transfer;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    system: &'static str,
    what: String,
    ok: bool,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Check {
    fn ok(system: &'static str, what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            system,
            what: what.into(),
            ok: true,
            detail: detail.into(),
            remedy: None,
        }
    }

    fn missing(
        system: &'static str,
        what: impl Into<String>,
        detail: String,
        remedy: &str,
    ) -> Self {
        let remedy = (!remedy.is_empty()).then(|| remedy.to_owned());
        Self {
            system,
            what: what.into(),
            ok: false,
            detail,
            remedy,
        }
    }
}

pub(super) async fn ping(integration: &Integration, json: bool, out: &Output) -> io::Result<u8> {
    let mut checks = peoplesoft(integration).await;
    checks.extend(cleo(integration).await);
    #[cfg(feature = "restate")]
    checks.extend(restate(integration).await);
    let missing = checks.iter().filter(|check| !check.ok).count();
    if json {
        out.json(&serde_json::json!({ "ok": missing == 0, "checks": checks }))?;
    } else {
        let rows: Vec<_> = checks
            .iter()
            .map(|check| {
                let verdict = if check.ok { "ok" } else { "MISSING" };
                let remedy = check
                    .remedy
                    .as_ref()
                    .map(|remedy| format!("; {remedy}"))
                    .unwrap_or_default();
                vec![
                    check.system.to_owned(),
                    check.what.clone(),
                    verdict.to_owned(),
                    format!("{}{remedy}", check.detail),
                ]
            })
            .collect();
        out.line(table(&["system", "what", "", "detail"], &rows))?;
        out.line(match missing {
            0 => "Everything is there.".to_owned(),
            1 => "1 thing is missing.".to_owned(),
            more => format!("{more} things are missing."),
        })?;
    }
    Ok(if missing == 0 { DONE } else { FAILED })
}

/// Address, name, port, TLS, gateway, clock, credentials, node and each operation, as the client's doctor
/// sees them; what was not looked at is left out.
async fn peoplesoft(integration: &Integration) -> Vec<Check> {
    const SYSTEM: &str = "PeopleSoft";
    let report = integration.peoplesoft().doctor().await;
    let steps = report.steps.into_iter();
    steps
        .filter(|step| step.outcome != Outcome::Skipped)
        .map(|step| Check {
            system: SYSTEM,
            what: format!("{} {}", step.check.name(), step.subject),
            ok: step.outcome != Outcome::Fail,
            detail: match step.outcome {
                Outcome::Warn => format!("warning: {}", step.seen),
                _ => step.seen,
            },
            remedy: step.fix,
        })
        .collect()
}

/// The Restate server, where flows are run by one.
#[cfg(feature = "restate")]
async fn restate(integration: &Integration) -> Vec<Check> {
    const SYSTEM: &str = "Restate";
    const REMEDY: &str = "start the server, or correct `ingress`, `admin` or `token` of [engine]";
    let server = match integration.server() {
        Ok(None) => return Vec::new(),
        Ok(Some(server)) => server,
        Err(error) => {
            let detail = error.to_string();
            return vec![Check::missing(SYSTEM, "[engine]", detail, "correct it")];
        }
    };
    let ingress = match server.is_well().await {
        Ok(()) => Check::ok(SYSTEM, "ingress", "is well"),
        Err(error) => Check::missing(SYSTEM, "ingress", error.to_string(), REMEDY),
    };
    let admin = match server.is_registered().await {
        Ok(true) => Check::ok(SYSTEM, "admin", "the flows are registered"),
        Ok(false) => Check::ok(SYSTEM, "admin", "is well; `run` will register the flows"),
        Err(error) => Check::missing(SYSTEM, "admin", error.to_string(), REMEDY),
    };
    vec![ingress, admin]
}

async fn cleo(integration: &Integration) -> Vec<Check> {
    const SYSTEM: &str = "Cleo";
    let client = integration.cleo();
    let mut checks = Vec::new();
    match client.log_in().await {
        Ok(_) => checks.push(Check::ok(
            SYSTEM,
            format!("log-in at {}", client.origin()),
            "accepted",
        )),
        Err(error) => {
            let what = format!("log-in at {}", client.origin());
            checks.push(Check::missing(
                SYSTEM,
                what,
                error.to_string(),
                error.remedy(),
            ));
            // Every other call would fail the same way, and locked accounts stay locked longer.
            return checks;
        }
    }
    let partners = &integration.config().partners;
    let mut places = BTreeSet::new();
    let mut posts = BTreeSet::new();
    let mut actions = BTreeSet::new();
    for partner in partners.iter().filter(|partner| partner.active) {
        for route in partner.routes.iter().filter(|route| route.active) {
            match &route.payload {
                None => drop(places.insert((
                    route.transfer == Transfer::HttpServer,
                    route.directory.clone(),
                ))),
                Some(payload) => drop(posts.insert(payload.target.to_string())),
            }
            actions.insert((route.connection.clone(), route.action.clone()));
        }
    }
    let found = futures_util::stream::iter(actions)
        .map(|(connection, action)| ways(client, connection, action))
        .buffered(4)
        .collect::<Vec<_>>()
        .await;
    checks.extend(found.into_iter().flatten());
    let doors = integration.doors();
    let found = futures_util::stream::iter(places)
        .map(|(http_server, directory)| async move {
            let what = format!("folder {directory}");
            let door = if http_server {
                doors.http_server.as_ref()
            } else {
                Some(&doors.rest)
            };
            let Some(door) = door else {
                let detail = "a route uses the HTTP server commands".to_owned();
                return Check::missing(
                    SYSTEM,
                    what,
                    detail,
                    "add [cleo.http_server] to the configuration",
                );
            };
            match door.list(&directory).await {
                Ok(files) => Check::ok(SYSTEM, what, format!("{} files", files.len())),
                Err(error) => Check::missing(SYSTEM, what, error.to_string(), error.remedy()),
            }
        })
        .buffered(4)
        .collect::<Vec<_>>()
        .await;
    checks.extend(found);
    checks.extend(posts.into_iter().map(|target| {
        let detail =
            "warning: not looked at, because only a document would show whether it takes one";
        Check::ok(SYSTEM, format!("posting to {target}"), detail)
    }));
    checks
}

/// A connection, and the action on it where the route names one.
async fn ways(
    client: &cleo_client::Client,
    connection: String,
    action: Option<String>,
) -> Vec<Check> {
    const SYSTEM: &str = "Cleo";
    let what = format!("connection {connection}");
    let mut checks = vec![
        match client.connections().find_by_alias(&connection).await {
            Ok(Some(_)) => Check::ok(SYSTEM, what, "is there"),
            Ok(None) => {
                let remedy = "make the connection in Cleo, or correct `connection` of the route";
                Check::missing(
                    SYSTEM,
                    what,
                    "no connection has this alias".to_owned(),
                    remedy,
                )
            }
            Err(error) => Check::missing(SYSTEM, what, error.to_string(), error.remedy()),
        },
    ];
    if let Some(action) = action {
        let what = format!("action {action} of {connection}");
        checks.push(
            match client
                .actions()
                .find_in_connection(&connection, &action)
                .await
            {
                Ok(Some(found)) => match hindrance(&found) {
                    Some(why) => Check::missing(
                        SYSTEM,
                        what,
                        format!("is there and {why}"),
                        "put the action right in Cleo, and see that its connection is complete",
                    ),
                    None => Check::ok(SYSTEM, what, "can be run"),
                },
                Ok(None) => {
                    let remedy = "make the action in Cleo, or correct `action` of the route";
                    Check::missing(
                        SYSTEM,
                        what,
                        "the connection has no such action".to_owned(),
                        remedy,
                    )
                }
                Err(error) => Check::missing(SYSTEM, what, error.to_string(), error.remedy()),
            },
        );
    }
    checks
}
