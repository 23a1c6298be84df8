//! `sync`: every flow once.

use std::io;
use std::sync::Arc;

use serde_json::{Value, json};
use sync_core::engine::Report;
use sync_core::pipeline::Poll;
use sync_core::store::Epoch;
use sync_core::{Cx, Lease, Observer, Pipeline, Silent, Sink, Source, StreamKey, Transform};

use super::output::table;
use super::{DONE, FAILED, Output, Tally};
use crate::integration::Integration;

/// Runs the flows and tells what became of them.
pub(super) async fn sync(
    integration: &Integration,
    flow: Option<&str>,
    json: bool,
    out: &Output,
) -> io::Result<u8> {
    // Before anything is numbered: a log-in that is refused would leave every document prepared and none sent.
    if let Some(error) = integration.refused_log_in().await {
        out.note(format_args!(
            "error: Cleo refuses the log-in, so nothing was tried: {error}"
        ));
        return Ok(FAILED);
    }
    let tally = Arc::new(Tally::default());
    let observer: Arc<dyn Observer> = Arc::clone(&tally) as _;
    let reports = integration.run_once(flow, observer).await;
    tally.finish();
    let complete = reports.iter().all(Report::is_complete);
    if json {
        out.json(&json!({
            "complete": complete,
            "flows": tally.flows(),
            "total": tally.total(),
            "reports": reports.iter().map(told).collect::<Vec<_>>(),
        }))?;
    } else {
        out.line(text(&tally))?;
        for report in reports.iter().filter(|report| !report.is_complete()) {
            out.note(format_args!("warning: {report}"));
            if let Some(remedy) = report
                .failure
                .as_ref()
                .and_then(|failure| failure.remedy.as_deref())
            {
                out.note(format_args!("  to mend it: {remedy}"));
            }
        }
        let total = tally.total();
        if total.new + total.changed + total.sent == 0 && complete {
            out.line("Nothing new: nothing was sent.")?;
        }
        if total.held + total.rejected + total.review > 0 {
            out.line("What waits, and why: peoplesoft-cleo holds")?;
        }
        if total.overdue > 0 {
            out.line(format_args!(
                "{} deliveries are not acknowledged in time: peoplesoft-cleo status --overdue",
                total.overdue
            ))?;
        }
    }
    Ok(if complete { DONE } else { FAILED })
}

/// The counts as a table, one row a flow.
pub(super) fn text(tally: &Tally) -> String {
    let head = [
        "flow",
        "read",
        "new",
        "changed",
        "sent",
        "duplicates avoided",
        "held",
        "rejected",
        "in review",
        "retries",
    ];
    let rows: Vec<Vec<String>> = tally
        .flows()
        .into_iter()
        .map(|(flow, t)| {
            let avoided = t.duplicates_avoided();
            let counts = [
                t.read, t.new, t.changed, t.sent, avoided, t.held, t.rejected, t.review, t.retries,
            ];
            std::iter::once(flow)
                .chain(counts.map(|count| count.to_string()))
                .collect()
        })
        .collect();
    table(&head, &rows)
}

pub(super) fn told(report: &Report) -> Value {
    json!({
        "stream": report.stream.to_string(),
        "complete": report.is_complete(),
        "outcome": report.to_string(),
        "operation": report.failure.as_ref().map(|failure| &failure.operation),
        "remedy": report.failure.as_ref().and_then(|failure| failure.remedy.as_ref()),
    })
}

/// Shows what would be sent; writes nothing and takes no number.
pub(super) async fn dry_run(
    integration: &Integration,
    flow: Option<&str>,
    json: bool,
    out: &Output,
) -> io::Result<u8> {
    let wanted = |name: &str| flow.is_none_or(|flow| flow == name);
    let mut code = DONE;
    if let Some((stream, pipeline)) = integration
        .purchase_orders()
        .filter(|(stream, _)| wanted(stream.pipeline()))
    {
        code = code.max(preview(integration, &stream, &pipeline, json, out).await?);
    }
    if let Some((stream, pipeline)) = integration
        .invoices()
        .filter(|(stream, _)| wanted(stream.pipeline()))
    {
        code = code.max(preview(integration, &stream, &pipeline, json, out).await?);
    }
    // What was received already; files are taken over by a run alone.
    if let Some((stream, vouchers)) = integration
        .vouchers()
        .filter(|(stream, _)| wanted(stream.pipeline()))
    {
        code = code.max(preview(integration, &stream, vouchers.pipeline(), json, out).await?);
    }
    if let Some((stream, pipeline)) = integration
        .order_acknowledgments()
        .filter(|(stream, _)| wanted(stream.pipeline()))
    {
        code = code.max(preview(integration, &stream, &pipeline, json, out).await?);
    }
    Ok(code)
}

async fn preview<S, T, K>(
    integration: &Integration,
    stream: &StreamKey,
    pipeline: &Pipeline<S, T, K>,
    json: bool,
    out: &Output,
) -> io::Result<u8>
where
    S: Source,
    T: Transform<In = S::Record>,
    K: Sink,
{
    let cx = context(integration, stream.clone());
    show(
        stream.pipeline(),
        pipeline.preview(&cx, &**integration.store()).await,
        json,
        out,
    )
}

/// A context without a right to write.
fn context(integration: &Integration, stream: StreamKey) -> Cx {
    let clock = Arc::clone(integration.clock());
    let lease = Lease {
        stream: stream.clone(),
        epoch: Epoch(0),
        owner: "dry-run".into(),
        ttl: std::time::Duration::ZERO,
        until: clock.wall(),
        until_mono: clock.mono(),
    };
    Cx {
        stream,
        lease,
        clock,
        observer: Arc::new(Silent),
        poll: Poll::No,
    }
}

type Previewed = Result<
    Result<sync_core::pipeline::Preview, sync_core::SourceError>,
    sync_core::store::StoreError,
>;

fn show(flow: &str, previewed: Previewed, json: bool, out: &Output) -> io::Result<u8> {
    let preview = match previewed {
        Ok(Ok(preview)) => preview,
        Ok(Err(error)) => {
            out.note(format_args!("error: {flow}: {error}"));
            if let Some(remedy) = &error.remedy {
                out.note(format_args!("  to mend it: {remedy}"));
            }
            return Ok(FAILED);
        }
        Err(error) => {
            out.note(format_args!("error: {flow}: {error}"));
            return Ok(FAILED);
        }
    };
    if json {
        let parcels: Vec<_> = preview
            .parcels
            .iter()
            .map(|parcel| {
                json!({
                    "lane": parcel.lane, "documents": parcel.keys, "name": parcel.parcel.name,
                    "content": String::from_utf8_lossy(&parcel.parcel.bytes),
                })
            })
            .collect();
        let refused: Vec<_> = preview
            .refused
            .iter()
            .map(|(key, phase, stop)| {
                json!({
                    "document": key, "phase": phase, "code": stop.code, "why": stop.detail,
                })
            })
            .collect();
        out.json(&json!({
            "flow": flow, "dry_run": true, "read": preview.read, "same": preview.same,
            "would_send": parcels, "would_wait": refused,
        }))?;
        return Ok(DONE);
    }
    out.line(format_args!(
        "{flow}: read {}, of these {} as before; {} files would be sent, {} documents would wait. Nothing was written.",
        preview.read, preview.same, preview.parcels.len(), preview.refused.len()
    ))?;
    for parcel in &preview.parcels {
        out.line(format_args!(
            "  {}  {} bytes  {}  {}",
            parcel.parcel.name,
            parcel.parcel.bytes.len(),
            parcel.lane,
            parcel.keys.join(", ")
        ))?;
    }
    for (key, phase, stop) in &preview.refused {
        out.line(format_args!("  {phase}  {key}  {stop}"))?;
    }
    Ok(DONE)
}
