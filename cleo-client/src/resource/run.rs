//! Running an action, and what became of it.

use std::time::Duration;

use http::Method;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{Action, log_line::LogLine};
use crate::{
    client::Client,
    error::{Error, Result},
    id::ActionId,
    link::Link,
    path::encode_segment,
    request::RequestBuilder,
};

const OPERATION: &str = "run action";

/// Which action is to be run.
#[derive(Debug, Clone)]
pub struct RunTarget(Target);

#[derive(Debug, Clone)]
enum Target {
    Link(Link),
    Id(ActionId),
    Neither,
}

impl From<&Action> for RunTarget {
    /// By the action's `run` link; by its id if it has none.
    fn from(action: &Action) -> Self {
        Self(match (action.links.first("run"), &action.id) {
            (Some(link), _) => Target::Link(link.clone()),
            (None, Some(id)) => Target::Id(id.clone()),
            (None, None) => Target::Neither,
        })
    }
}

impl From<&ActionId> for RunTarget {
    fn from(id: &ActionId) -> Self {
        Self(Target::Id(id.clone()))
    }
}

impl From<ActionId> for RunTarget {
    fn from(id: ActionId) -> Self {
        Self(Target::Id(id))
    }
}

/// What the server said about a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunReport {
    /// How far it came: `completed`.
    #[serde(
        default,
        deserialize_with = "any_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub status: Option<String>,
    /// How it ended: `success`.
    #[serde(
        default,
        deserialize_with = "any_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub result: Option<String>,
    /// Lines of the log, times in the server's own zone.
    #[serde(
        default,
        deserialize_with = "any_lines",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub messages: Vec<String>,
    /// Every other field, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl RunReport {
    /// The lines of the log that are written as Cleo writes them, taken apart.
    pub fn lines(&self) -> impl Iterator<Item = LogLine> {
        self.messages.iter().filter_map(|line| LogLine::parse(line))
    }
}

/// The verdict on a run, from the body of the answer: a status of 200 says only that it was started.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RunOutcome {
    /// Status `completed` with result `success`.
    Succeeded(RunReport),
    /// Status `completed` with any other result.
    Failed(RunReport),
    /// Not over when the action's timeout ended; it may still succeed.
    NotFinished(RunReport),
    /// The report says none of these. Read its messages.
    Unclear(RunReport),
}

impl RunOutcome {
    /// Judges a report. Only `completed` and `success` are known for certain.
    #[must_use]
    pub fn from_report(report: RunReport) -> Self {
        let lower =
            |text: &Option<String>| text.as_ref().map(|text| text.trim().to_ascii_lowercase());
        let (status, result) = (lower(&report.status), lower(&report.result));
        match (status.as_deref(), result.as_deref()) {
            (Some("completed"), Some("success")) => Self::Succeeded(report),
            (Some("completed"), Some(other)) if !other.is_empty() => Self::Failed(report),
            (
                Some("running" | "in progress" | "inprogress" | "pending" | "queued" | "started"),
                _,
            ) => Self::NotFinished(report),
            _ => Self::Unclear(report),
        }
    }

    /// The report behind the verdict.
    #[must_use]
    pub fn report(&self) -> &RunReport {
        match self {
            Self::Succeeded(report)
            | Self::Failed(report)
            | Self::NotFinished(report)
            | Self::Unclear(report) => report,
        }
    }

    /// Whether the server vouches for success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Succeeded(_))
    }
}

/// A run that has not been started yet; from [`Actions::run`](super::Actions::run).
#[must_use = "the action runs when send() is awaited"]
#[derive(Debug, Clone)]
pub struct Run {
    client: Client,
    target: RunTarget,
    timeout: Option<Duration>,
    margin: Duration,
    messages: Option<u32>,
}

impl Run {
    pub(super) fn new(client: Client, target: RunTarget) -> Self {
        Self {
            client,
            target,
            timeout: None,
            margin: Duration::from_secs(15),
            messages: None,
        }
    }

    /// How long the server waits for the action (`timeout`), sent in whole seconds, rounded up.
    ///
    /// Default: not sent, the server decides. That the unit is the second is inferred from Cleo's own samples.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How much longer than the action's timeout the answer may take. Default 15 s.
    pub fn margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    /// How many lines of the log to send back (`messagesCount`). Default: the server decides.
    pub fn messages_count(mut self, count: u32) -> Self {
        self.messages = Some(count);
        self
    }

    /// Starts the action and waits for its verdict. Never starts it twice, unless the first start provably
    /// never happened.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) with [`Sent::Maybe`](crate::Sent::Maybe) if no answer came: the
    /// action may be running. [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the server does not run it twice at
    /// once; any kind of [`RequestBuilder::send`](crate::RequestBuilder::send) otherwise.
    pub async fn send(self) -> Result<RunOutcome> {
        let mut request = self.request()?.operation(OPERATION);
        if let Some(timeout) = self.timeout {
            let seconds = timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0);
            request = request
                .query("timeout", &seconds.to_string())
                .attempt_timeout(timeout.saturating_add(self.margin));
        }
        if let Some(count) = self.messages {
            request = request.query("messagesCount", &count.to_string());
        }
        let response = request.send().await?;
        // The action has run: an answer without a word is unclear, and no reason to say that it failed.
        if response.body().is_empty() {
            return Ok(RunOutcome::Unclear(RunReport::default()));
        }
        Ok(RunOutcome::from_report(response.json()?))
    }

    fn request(&self) -> Result<RequestBuilder> {
        match &self.target.0 {
            Target::Link(link) => Ok(self.client.follow(Method::POST, link)),
            Target::Id(id) => {
                let path = format!("actions/{}/run", encode_segment(id.as_str()));
                Ok(self.client.request(Method::POST, &path))
            }
            Target::Neither => Err(Error::invalid(
                OPERATION,
                "the action has neither a `run` link nor an id",
            )),
        }
    }
}

/// Text, or the JSON of whatever else came: a form that nobody foresaw must not hide the verdict.
fn any_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(text_of(Value::deserialize(deserializer)?))
}

fn any_lines<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(lines) => lines.into_iter().filter_map(text_of).collect(),
        other => text_of(other).into_iter().collect(),
    })
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(json: &str) -> RunOutcome {
        RunOutcome::from_report(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn the_body_decides() {
        let ok = r#"{"status":"completed","result":"success","messages":["a"],"more":1}"#;
        let outcome = judge(ok);
        assert!(outcome.is_success());
        assert_eq!(outcome.report().extra["more"], 1);
        assert!(matches!(
            judge(r#"{"status":"completed","result":"error"}"#),
            RunOutcome::Failed(_)
        ));
        assert!(matches!(
            judge(r#"{"status":"running"}"#),
            RunOutcome::NotFinished(_)
        ));
        for unclear in [
            r#"{}"#,
            r#"{"status":"completed"}"#,
            r#"{"status":"x","result":"success"}"#,
        ] {
            assert!(
                matches!(judge(unclear), RunOutcome::Unclear(_)),
                "{unclear}"
            );
        }
    }
}
