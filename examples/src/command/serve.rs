//! `run`: every flow by its schedule, until somebody stops it.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde_json::json;
use sync_core::{Clock, Observer, Progress, StreamKey};

use super::simulate::stopped;
use super::tally::{FlowTally, count};
use super::{DONE, FAILED, INTERRUPTED, Output};
use crate::config::EngineSettings;
use crate::integration::{Integration, OpenError};

/// Runs the flows until somebody stops it: the first time in order, the second time at once.
pub(super) async fn serve(
    integration: &Integration,
    flow: Option<&str>,
    now: bool,
    json: bool,
    out: &Output,
) -> Result<io::Result<u8>, OpenError> {
    let plans = integration.plans(flow)?;
    if let Some(refused) = integration.refused_log_in().await {
        out.note(format_args!(
            "error: Cleo refuses the log-in, so nothing was tried: {refused}"
        ));
        return Ok(Ok(FAILED));
    }
    if let Err(error) = announce(integration, &plans, json, out) {
        return Ok(Err(error));
    }
    let reporter = Arc::new(Reporter {
        clock: Arc::clone(integration.clock()),
        runs: Mutex::default(),
        json,
        out: Output,
    });
    let orderly = async {
        stopped().await;
        out.note("stopping: what is on its way comes to its end; stop again to end at once");
    };
    let ended: Ended = match &integration.config().engine {
        EngineSettings::Embedded => {
            let service = integration.engine(reporter).service(plans);
            if now {
                service.control().run_all_now();
            }
            let ended = async {
                let ended = service.run(orderly).await;
                ended.map_err(|error| format!("the ledger cannot be read: {error}"))?;
                Ok(())
            };
            Box::pin(ended)
        }
        EngineSettings::Restate(_) => Box::pin(scaled_out(
            integration,
            flow,
            now,
            Arc::clone(&reporter),
            orderly,
        )),
    };
    tokio::select! {
        ended = ended => match ended {
            Ok(()) => Ok(Ok(DONE)),
            Err(error) => {
                out.note(format_args!("error: {error}"));
                Ok(Ok(FAILED))
            }
        },
        () = twice() => {
            out.note("interrupted: the ledger is whole, and the next run goes on from it");
            Ok(Ok(INTERRUPTED))
        }
    }
}

/// The flows until they are stopped, or why they cannot be run.
type Ended<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// The flows by a Restate server.
#[cfg(feature = "restate")]
async fn scaled_out(
    integration: &Integration,
    flow: Option<&str>,
    now: bool,
    reporter: Arc<Reporter>,
    orderly: impl Future<Output = ()> + Send,
) -> Result<(), String> {
    use crate::scale_out::ServerEvent;
    let scaled = integration.scale_out(flow, Arc::clone(&reporter) as _);
    let Some(scaled) = scaled.map_err(|error| error.to_string())? else {
        return Ok(());
    };
    let tell = |event: &ServerEvent<'_>| {
        let name = match event {
            ServerEvent::Registered => "registered",
            ServerEvent::Trouble(_) => "server-trouble",
            ServerEvent::Mended => "server-mended",
            ServerEvent::Restarted(_) => "restarted",
        };
        reporter.say("server", name, &event.to_string(), json!({}));
    };
    let ended = scaled.run(now, orderly, tell).await;
    ended.map_err(|error| error.to_string())
}

#[cfg(not(feature = "restate"))]
async fn scaled_out(
    _: &Integration,
    _: Option<&str>,
    _: bool,
    _: Arc<Reporter>,
    _: impl Future<Output = ()> + Send,
) -> Result<(), String> {
    // A file cannot say it, see `config::EngineSettings`.
    Err("this build is without the feature `restate`".to_owned())
}

async fn twice() {
    stopped().await;
    stopped().await;
}

fn announce(
    integration: &Integration,
    plans: &[sync_core::engine::Plan],
    json: bool,
    out: &Output,
) -> io::Result<()> {
    let wall = integration.clock().wall();
    for plan in plans {
        let next = plan.times().next_after(wall).map(instant);
        let schedule = plan.times().schedule().to_string();
        let flow = plan.stream().pipeline();
        if json {
            let event =
                json!({ "flow": flow, "event": "planned", "schedule": schedule, "next": next });
            out.line(event)?;
        } else {
            let next = next.map_or_else(String::new, |next| format!(", next {next}"));
            out.line(format_args!("{flow}: {schedule}{next}"))?;
        }
    }
    Ok(())
}

/// A moment as text in UTC, to the second.
pub(super) fn instant(at: SystemTime) -> String {
    let seconds = at
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0));
    jiff::Timestamp::from_second(seconds)
        .map(|time| time.to_string())
        .unwrap_or_default()
}

/// Writes a line for each run that has ended, and for what stands in the way.
#[derive(Debug)]
struct Reporter {
    clock: Arc<dyn Clock>,
    runs: Mutex<BTreeMap<StreamKey, FlowTally>>,
    json: bool,
    out: Output,
}

impl Reporter {
    /// `of` is a flow, or `server`.
    fn say(&self, of: &str, event: &str, text: &str, more: serde_json::Value) {
        let at = instant(self.clock.wall());
        let written = if self.json {
            let mut object = json!({ "at": at, "flow": of, "event": event, "text": text });
            if let (Some(object), serde_json::Value::Object(more)) = (object.as_object_mut(), more)
            {
                object.extend(more);
            }
            self.out.line(object)
        } else {
            self.out.line(format_args!("{at}  {of}: {text}"))
        };
        // Whoever read the output is gone; the flows go on.
        drop(written);
    }
}

impl Observer for Reporter {
    fn event(&self, stream: &StreamKey, event: &Progress<'_>) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        count(runs.entry(stream.clone()).or_default(), event);
        let flow = stream.pipeline();
        match event {
            Progress::Ended { next } => {
                let tally = runs.insert(stream.clone(), FlowTally::default());
                let tally = tally.unwrap_or_default();
                let next = next.map(instant);
                let mut text = format!(
                    "read {}, new {}, changed {}, sent {}, held {}, rejected {}, in review {}, retries {}",
                    tally.read,
                    tally.new,
                    tally.changed,
                    tally.sent,
                    tally.held,
                    tally.rejected,
                    tally.review,
                    tally.retries
                );
                if let Some(next) = &next {
                    text.push_str(&format!("; next {next}"));
                }
                self.say(flow, "ran", &text, json!({ "counts": tally, "next": next }));
            }
            Progress::Failed(error) => {
                let remedy = error.remedy.as_deref();
                let text = match remedy {
                    Some(remedy) => format!("{error}; to mend it: {remedy}"),
                    None => error.to_string(),
                };
                self.say(flow, "failed", &text, json!({ "remedy": remedy }));
            }
            Progress::Breaker { endpoint, from, to } => {
                let text = format!("the breaker of {endpoint} was {from} and is {to}");
                let more = json!({ "endpoint": endpoint, "from": from.name(), "to": to.name() });
                self.say(flow, "breaker", &text, more);
            }
            Progress::Finding { key, stop } => {
                let more = json!({ "code": stop.code, "document": key });
                self.say(flow, "finding", &stop.detail, more);
            }
            Progress::Pruned { documents, entries } => {
                let text =
                    format!("removed {documents} documents and {entries} entries of the trail");
                let more = json!({ "documents": documents, "entries": entries });
                self.say(flow, "pruned", &text, more);
            }
            Progress::Standby => {
                let text = "another process has this flow; standing by";
                self.say(flow, "standby", text, json!({}));
            }
            Progress::Stopped(error) => {
                self.say(flow, "stopped", &error.to_string(), json!({}));
            }
            _ => {}
        }
    }
}
