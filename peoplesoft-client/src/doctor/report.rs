//! What an examination found, for machines and for people.

use std::fmt;

use serde::Serialize;

use crate::error::{Error, ErrorKind};

/// What [`Client::doctor`](crate::Client::doctor) found, step by step.
///
/// `Display` is a table that names the fix under each step that needs one; `Serialize` is the same for
/// machines. Neither holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The address of the gateway, without user, password and query.
    pub gateway: String,
    /// The node that was addressed.
    pub node: String,
    /// The steps in the order in which a call needs them.
    pub steps: Vec<Step>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// What kind of thing.
    pub check: Check,
    /// Which one: a host, an address, a service operation and its query.
    pub subject: String,
    /// The service operation that it is about, for machines; the subject names it for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// How it stands.
    pub outcome: Outcome,
    /// What was seen, in one line.
    pub seen: String,
    /// The kind of the failure, where one call failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorKind>,
    /// What has to be done, in one sentence for whoever has to do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// The kinds of things that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Check {
    /// The gateway address as it was given.
    Address,
    /// The host's name.
    Dns,
    /// A connection to the host's port.
    Tcp,
    /// The TLS handshake, the trust in the certificate, and its last day.
    Tls,
    /// The gateway behind the port.
    Gateway,
    /// How far the gateway's clock is from this machine's.
    Clock,
    /// Who we are.
    Authentication,
    /// The database that is addressed.
    Node,
    /// A service operation that the profile names.
    Operation,
}

impl Check {
    /// The name as it is serialized, such as `dns`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Gateway => "gateway",
            Self::Clock => "clock",
            Self::Authentication => "authentication",
            Self::Node => "node",
            Self::Operation => "operation",
        }
    }
}

/// How a thing stands; ordered from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it must be.
    Ok,
    /// Not looked at: what comes before it failed, or it does not apply.
    Skipped,
    /// It works, and somebody should look at it.
    Warn,
    /// It does not work.
    Fail,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "-",
            Self::Warn => "warning",
            Self::Fail => "FAILED",
        }
    }
}

impl Step {
    pub(super) fn new(
        check: Check,
        subject: impl Into<String>,
        outcome: Outcome,
        seen: impl Into<String>,
    ) -> Self {
        Self {
            check,
            subject: subject.into(),
            operation: None,
            outcome,
            seen: seen.into(),
            error: None,
            fix: None,
        }
    }

    pub(super) fn ok(check: Check, subject: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::new(check, subject, Outcome::Ok, seen)
    }

    pub(super) fn warn(check: Check, subject: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::new(check, subject, Outcome::Warn, seen)
    }

    pub(super) fn fail(check: Check, subject: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::new(check, subject, Outcome::Fail, seen)
    }

    pub(super) fn skipped(
        check: Check,
        subject: impl Into<String>,
        seen: impl Into<String>,
    ) -> Self {
        Self::new(check, subject, Outcome::Skipped, seen)
    }

    /// A step that a call failed at.
    pub(super) fn failed(check: Check, subject: String, error: &Error) -> Self {
        Self::fail(check, subject, seen(error))
            .kind(error.kind())
            .fix(error.remedy())
    }

    pub(super) fn operation(mut self, name: String) -> Self {
        self.operation = Some(name).filter(|name| !name.is_empty());
        self
    }

    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    pub(super) fn kind(mut self, kind: ErrorKind) -> Self {
        self.error = Some(kind);
        self
    }
}

/// The error without its target, which stands beside it.
pub(super) fn seen(error: &Error) -> String {
    let mut seen = error.message().to_owned();
    if error.messages().is_empty() {
        seen.extend(error.fault().map(|fault| format!(": {fault}")));
    }
    for message in error.messages() {
        seen.push_str(&format!("; {message}"));
    }
    if let Some(status) = error.status().filter(|status| !status.is_success()) {
        seen.push_str(&format!(" (HTTP {})", status.as_u16()));
    }
    seen
}

impl Report {
    /// The worst outcome of all steps.
    #[must_use]
    pub fn worst(&self) -> Outcome {
        let outcomes = self.steps.iter().map(|step| step.outcome);
        outcomes.max().unwrap_or(Outcome::Ok)
    }

    /// Whether no step failed; warnings and skipped steps do not count.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.worst() < Outcome::Fail
    }

    /// The steps of one kind.
    pub fn of(&self, check: Check) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.check == check)
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.steps
            .iter()
            .filter(|step| step.outcome == outcome)
            .count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "PeopleSoft at {}, node {}", self.gateway, self.node)?;
        let width = |of: fn(&Step) -> &str, head: &str| {
            let widths = self.steps.iter().map(|step| of(step).chars().count());
            widths.max().unwrap_or(0).max(head.len())
        };
        let (check, subject) = (
            width(|step| step.check.name(), "check"),
            width(|step| &step.subject, "what"),
        );
        let result = width(|step| step.outcome.word(), "result");
        writeln!(
            f,
            "{:check$}  {:subject$}  {:result$}  seen",
            "check", "what", "result"
        )?;
        for step in &self.steps {
            writeln!(
                f,
                "{:check$}  {:subject$}  {:result$}  {}",
                step.check.name(),
                step.subject,
                step.outcome.word(),
                step.seen
            )?;
            if let Some(fix) = &step.fix {
                writeln!(f, "{:check$}  -> {fix}", "")?;
            }
        }
        write!(
            f,
            "ok {}, failed {}, warnings {}, not looked at {}",
            self.count(Outcome::Ok),
            self.count(Outcome::Fail),
            self.count(Outcome::Warn),
            self.count(Outcome::Skipped),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_for_people() {
        let report = Report {
            gateway: "https://h/PSIGW".to_owned(),
            node: "PSFT_EP".to_owned(),
            steps: vec![
                Step::ok(Check::Dns, "h", "192.0.2.1"),
                Step::fail(
                    Check::Authentication,
                    "HTTP Basic as EDI",
                    "credentials not accepted",
                )
                .kind(ErrorKind::Unauthorized)
                .fix("Check the password."),
                Step::skipped(Check::Node, "PSFT_EP", "no answer that tells"),
                Step::warn(Check::Clock, "https://h/PSIGW", "75 s ahead"),
            ],
        };
        assert!(!report.is_healthy());
        insta::assert_snapshot!(report, @r"
PeopleSoft at https://h/PSIGW, node PSFT_EP
check           what               result   seen
dns             h                  ok       192.0.2.1
authentication  HTTP Basic as EDI  FAILED   credentials not accepted
                -> Check the password.
node            PSFT_EP            -        no answer that tells
clock           https://h/PSIGW    warning  75 s ahead
ok 1, failed 1, warnings 1, not looked at 1
");
    }
}
