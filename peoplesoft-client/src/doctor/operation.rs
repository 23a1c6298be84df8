//! Behind the gateway: who we are, which database it is, what its operations say.

use std::time::{Duration, SystemTime};

use super::probe::{self, Came};
use super::report::{Check, Step};
use super::subject::{self, Probe, Subject};
use crate::client::Client;
use crate::connector::Door;
use crate::error::{Error, ErrorKind};
use crate::token::Authorizer;

/// The steps of what cannot be looked at, because nothing gets that far.
pub(super) fn skip(client: &Client, steps: &mut Vec<Step>) {
    const WHY: &str = "the gateway is not reached";
    steps.push(Step::skipped(Check::Authentication, caller(client), WHY));
    skip_from_node(client, WHY, steps);
}

fn skip_from_node(client: &Client, why: &'static str, steps: &mut Vec<Step>) {
    let node = client.profile().node.clone();
    steps.push(Step::skipped(Check::Node, node, why));
    for subject in subject::all(client) {
        let why = match subject.probe {
            Probe::Never(why) => why,
            _ => why,
        };
        steps.push(Came::NotAsked(why).step(subject));
    }
}

/// Asks every operation, and tells from the answers what holds for all of them.
pub(super) async fn examine(client: &Client, start: SystemTime, steps: &mut Vec<Step>) {
    let caller = caller(client);
    if let Err(error) = token(client).await {
        steps.push(Step::failed(Check::Authentication, caller, &error));
        skip_from_node(client, "no token to call with", steps);
        return;
    }
    let mut came: Vec<(Subject, Came)> = Vec::new();
    for subject in subject::all(client) {
        let verdict = match reason_to_stop(client, start, &subject, &came) {
            Some(reason) if !matches!(subject.probe, Probe::Never(_)) => Came::NotAsked(reason),
            _ => probe::ask(client, &subject).await,
        };
        came.push((subject, verdict));
    }
    steps.push(authentication(client, caller, &came));
    steps.push(of_node(client.profile().node.clone(), &came));
    for (subject, came) in came {
        steps.push(came.step(subject));
    }
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
    let errors = came
        .iter()
        .filter_map(|(subject, came)| Some((subject, came.error()?)));
    let mut unanswered = 0;
    let mut refused = 0;
    for (subject, error) in errors {
        match error.kind() {
            ErrorKind::Unauthorized | ErrorKind::Credentials | ErrorKind::SignOnPage => {
                refused += 1;
                let is_query = matches!(next.probe, Probe::PollStatus);
                if subject.operation == next.operation || is_query || refused > 1 {
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

fn first_error<'a>(came: &'a [(Subject, Came)], kinds: &[ErrorKind]) -> Option<&'a Error> {
    came.iter()
        .filter_map(|(_, came)| came.error())
        .find(|error| kinds.contains(&error.kind()))
}

fn authentication(client: &Client, caller: String, came: &[(Subject, Came)]) -> Step {
    const CHECK: Check = Check::Authentication;
    const REFUSALS: [ErrorKind; 3] = [
        ErrorKind::Unauthorized,
        ErrorKind::Credentials,
        ErrorKind::SignOnPage,
    ];
    // Another door may know the caller by other credentials.
    let mut here = came
        .iter()
        .filter(|(subject, _)| subject.door == Door::Rest);
    if here.any(|(_, came)| came.got_through()) {
        if rest(client).credentials().are_secret() {
            return Step::ok(CHECK, caller, "accepted");
        }
        return Step::warn(CHECK, caller, "let in without credentials").fix(
            "Give credentials, and have the service operations require them: without any, calls run as \
             the default user of the node ANONYMOUS.",
        );
    }
    match first_error(came, &REFUSALS) {
        Some(error) => Step::failed(CHECK, caller, error),
        None => Step::skipped(CHECK, caller, "no answer that tells"),
    }
}

fn of_node(node: String, came: &[(Subject, Came)]) -> Step {
    if came.iter().any(|(_, came)| came.got_through()) {
        return Step::ok(Check::Node, node, "answers");
    }
    match first_error(came, &[ErrorKind::WrongNode, ErrorKind::NotFound]) {
        Some(error) => Step::failed(Check::Node, node, error),
        None => Step::skipped(Check::Node, node, "no answer that tells"),
    }
}
