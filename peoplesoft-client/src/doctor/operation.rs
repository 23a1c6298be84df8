//! Behind the gateway: who we are, which database it is, what its operations say.

use std::time::{Duration, SystemTime};

use super::report::{Check, Step};
use crate::client::Client;
use crate::connector::Door;
use crate::error::{Error, ErrorKind};
use crate::service::Service;
use crate::token::Authorizer;

/// An operation of the profile and how it is named in the report.
struct Subject {
    service: Service,
    operation: String,
    shown: String,
}

/// What asking an operation came to.
enum Came {
    Asked(Result<(), Error>),
    NotAsked(&'static str),
}

fn subjects(client: &Client) -> Vec<Subject> {
    let profile = client.profile();
    Service::ALL
        .iter()
        .filter(|service| profile.query_of(**service).is_used())
        .map(|&service| {
            let operation = profile.query_access.operation.clone();
            let query = profile.query_of(service).label();
            Subject {
                service,
                shown: format!("{service}: {query} ({operation})"),
                operation,
            }
        })
        .collect()
}

/// The steps of what cannot be looked at, because nothing gets that far.
pub(super) fn skip(client: &Client, steps: &mut Vec<Step>) {
    const WHY: &str = "the gateway is not reached";
    steps.push(Step::skipped(Check::Authentication, caller(client), WHY));
    steps.push(Step::skipped(
        Check::Node,
        client.profile().node.clone(),
        WHY,
    ));
    for subject in subjects(client) {
        steps.push(Step::skipped(Check::Operation, subject.shown, WHY));
    }
    steps.extend(named(client));
}

/// The operations that the profile names for raw calls: what they do is not known here.
fn named(client: &Client) -> impl Iterator<Item = Step> {
    client.profile().doors.operations.keys().map(|name| {
        let shown = format!("doors.operations.{name}");
        Step::skipped(Check::Operation, shown, "not called, since it may write")
    })
}

/// Asks every operation, and tells from the answers what holds for all of them.
pub(super) async fn examine(client: &Client, start: SystemTime, steps: &mut Vec<Step>) {
    let caller = caller(client);
    let node = client.profile().node.clone();
    if let Err(error) = token(client).await {
        steps.push(failed(Check::Authentication, caller, &error));
        steps.push(Step::skipped(Check::Node, node, "no token to call with"));
        for subject in subjects(client) {
            steps.push(Step::skipped(
                Check::Operation,
                subject.shown,
                "no token to call with",
            ));
        }
        steps.extend(named(client));
        return;
    }
    let mut came: Vec<(Subject, Came)> = Vec::new();
    for subject in subjects(client) {
        let verdict = match reason_to_stop(client, start, &subject, &came) {
            Some(reason) => Came::NotAsked(reason),
            None => Came::Asked(client.check_operation(subject.service).await),
        };
        came.push((subject, verdict));
    }
    steps.push(authentication(client, caller, &came));
    steps.push(of_node(node, &came));
    for (subject, came) in came {
        steps.push(match came {
            Came::NotAsked(reason) => Step::skipped(Check::Operation, subject.shown, reason),
            Came::Asked(Ok(())) => Step::ok(Check::Operation, subject.shown, "answers"),
            Came::Asked(Err(error)) => failed(Check::Operation, subject.shown, &error),
        });
    }
    steps.extend(named(client));
}

fn failed(check: Check, subject: String, error: &Error) -> Step {
    Step::fail(check, subject, seen(error))
        .kind(error.kind())
        .fix(error.remedy())
}

/// The error without its target, which stands beside it.
fn seen(error: &Error) -> String {
    let mut seen = error.message().to_owned();
    if let Some(fault) = error.fault() {
        seen.push_str(&format!(": {fault}"));
    }
    if let Some(status) = error.status().filter(|status| !status.is_success()) {
        seen.push_str(&format!(" (HTTP {})", status.as_u16()));
    }
    seen
}

/// Who calls at the door that every query goes through.
fn rest(client: &Client) -> &Authorizer {
    client.shared.authorizer_of(Some(Door::Rest))
}

fn caller(client: &Client) -> String {
    rest(client).credentials().describe()
}

/// A token, where the credentials need one before anything can be called.
async fn token(client: &Client) -> Result<(), Error> {
    let shared = &client.shared;
    let timeout = shared.limits.attempt_timeout;
    rest(client).authorize(shared, timeout).await.map(|_| ())
}

fn reason_to_stop(
    client: &Client,
    start: SystemTime,
    next: &Subject,
    came: &[(Subject, Came)],
) -> Option<&'static str> {
    let shared = &client.shared;
    let used = shared
        .clock
        .now()
        .duration_since(start)
        .unwrap_or(Duration::ZERO);
    if used >= shared.limits.total_timeout {
        return Some("no time was left");
    }
    let errors = came.iter().filter_map(|(subject, came)| match came {
        Came::Asked(Err(error)) => Some((subject, error)),
        _ => None,
    });
    let mut unanswered = 0;
    let mut refused = 0;
    for (subject, error) in errors {
        match error.kind() {
            ErrorKind::Unauthorized | ErrorKind::Credentials | ErrorKind::SignOnPage => {
                refused += 1;
                if subject.operation == next.operation || refused > 1 {
                    return Some(
                        "not tried: the credentials were not let through, and an account may be locked",
                    );
                }
            }
            _ if error.is_connectivity() => unanswered += 1,
            _ => {}
        }
    }
    (unanswered > 1).then_some("not tried: two calls before it had no answer")
}

/// Whether an answer shows that the caller was known and the database reached.
fn got_through(came: &Came) -> bool {
    match came {
        Came::NotAsked(_) => false,
        Came::Asked(Ok(())) => true,
        Came::Asked(Err(error)) => matches!(
            error.kind(),
            ErrorKind::OperationRefused
                | ErrorKind::OperationInactive
                | ErrorKind::NoRouting
                | ErrorKind::UnknownQuery
                | ErrorKind::Business
                | ErrorKind::Fault
                | ErrorKind::Truncated
                | ErrorKind::Decode
                | ErrorKind::TooLarge
        ),
    }
}

fn first_error<'a>(came: &'a [(Subject, Came)], kinds: &[ErrorKind]) -> Option<&'a Error> {
    came.iter().find_map(|(_, came)| match came {
        Came::Asked(Err(error)) if kinds.contains(&error.kind()) => Some(error),
        _ => None,
    })
}

fn authentication(client: &Client, caller: String, came: &[(Subject, Came)]) -> Step {
    const CHECK: Check = Check::Authentication;
    const REFUSALS: [ErrorKind; 3] = [
        ErrorKind::Unauthorized,
        ErrorKind::Credentials,
        ErrorKind::SignOnPage,
    ];
    if came.iter().any(|(_, came)| got_through(came)) {
        if rest(client).credentials().are_secret() {
            return Step::ok(CHECK, caller, "accepted");
        }
        return Step::warn(CHECK, caller, "let in without credentials").fix(
            "Give credentials, and have the service operations require them: without any, calls run as \
             the default user of the node ANONYMOUS.",
        );
    }
    match first_error(came, &REFUSALS) {
        Some(error) => failed(CHECK, caller, error),
        None => Step::skipped(CHECK, caller, "no answer that tells"),
    }
}

fn of_node(node: String, came: &[(Subject, Came)]) -> Step {
    if came.iter().any(|(_, came)| got_through(came)) {
        return Step::ok(Check::Node, node, "answers");
    }
    match first_error(came, &[ErrorKind::WrongNode, ErrorKind::NotFound]) {
        Some(error) => failed(Check::Node, node, error),
        None => Step::skipped(Check::Node, node, "no answer that tells"),
    }
}
