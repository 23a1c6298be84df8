//! `run`: every flow by its schedule, until somebody stops it.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde_json::json;
use sync_core::{Clock, Observer, Progress, StreamKey};

use super::simulate::stopped;
use super::tally::{FlowTally, count};
use super::{DONE, FAILED, INTERRUPTED, Output};
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
    let service = integration.engine(reporter).service(plans);
    let control = service.control();
    if now {
        control.run_all_now();
    }
    let orderly = async {
        stopped().await;
        out.note("stopping: what is on its way comes to its end; stop again to end at once");
    };
    tokio::select! {
        ended = service.run(orderly) => match ended {
            Ok(_) => Ok(Ok(DONE)),
            Err(error) => {
                out.note(format_args!("error: the ledger cannot be read: {error}"));
                Ok(Ok(FAILED))
            }
        },
        () = twice() => {
            out.note("interrupted: the ledger is whole, and the next run goes on from it");
            Ok(Ok(INTERRUPTED))
        }
    }
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
    fn say(&self, stream: &StreamKey, event: &str, text: &str, more: serde_json::Value) {
        let at = instant(self.clock.wall());
        let flow = stream.pipeline();
        let written = if self.json {
            let mut object = json!({ "at": at, "flow": flow, "event": event, "text": text });
            if let (Some(object), serde_json::Value::Object(more)) = (object.as_object_mut(), more)
            {
                object.extend(more);
            }
            self.out.line(object)
        } else {
            self.out.line(format_args!("{at}  {flow}: {text}"))
        };
        // Whoever read the output is gone; the flows go on.
        drop(written);
    }
}

impl Observer for Reporter {
    fn event(&self, stream: &StreamKey, event: &Progress<'_>) {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        count(runs.entry(stream.clone()).or_default(), event);
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
                self.say(
                    stream,
                    "ran",
                    &text,
                    json!({ "counts": tally, "next": next }),
                );
            }
            Progress::Failed(error) => {
                let remedy = error.remedy.as_deref();
                let text = match remedy {
                    Some(remedy) => format!("{error}; to mend it: {remedy}"),
                    None => error.to_string(),
                };
                self.say(stream, "failed", &text, json!({ "remedy": remedy }));
            }
            Progress::Breaker { endpoint, from, to } => {
                let text = format!("the breaker of {endpoint} was {from} and is {to}");
                let more = json!({ "endpoint": endpoint, "from": from.name(), "to": to.name() });
                self.say(stream, "breaker", &text, more);
            }
            Progress::Standby => {
                let text = "another process has this flow; standing by";
                self.say(stream, "standby", text, json!({}));
            }
            Progress::Stopped(error) => {
                self.say(stream, "stopped", &error.to_string(), json!({}));
            }
            _ => {}
        }
    }
}
