//! `status`: how many documents stand where.

use std::io;
use std::time::SystemTime;

use serde_json::json;
use sync_core::StreamKey;
use sync_core::delivery::Phase;
use sync_core::schedule::Schedule;
use sync_core::store::{StateStore, StoreError};
use sync_core::telemetry::health;

use super::output::table;
use super::serve::instant;
use super::{DONE, Output};
use crate::config::Config;
use crate::plans::schedule_of;

/// The phases that a person wants to know of, with their headings.
const COLUMNS: [(&str, &[Phase]); 7] = [
    ("waiting", &[Phase::Intent, Phase::Prepared]),
    ("on the way", &[Phase::Sent, Phase::InDoubt]),
    ("held", &[Phase::Held]),
    ("in review", &[Phase::Review]),
    ("delivered", &[Phase::Confirmed, Phase::Acknowledged]),
    ("rejected", &[Phase::Dead]),
    ("superseded", &[Phase::Superseded]),
];

pub(super) async fn status(
    store: Option<&dyn StateStore>,
    config: &Config,
    now: SystemTime,
    json: bool,
    out: &Output,
) -> Result<io::Result<u8>, StoreError> {
    let Some(store) = store else {
        return Ok(nothing(json, out));
    };
    let mut rows = Vec::new();
    let mut told = Vec::new();
    for status in store.streams().await? {
        let health = health(store, &status.stream).await?;
        let counts = &health.counts;
        let schedule = schedule_of(config, status.stream.pipeline()).and_then(Result::ok);
        let next = next_run(schedule.as_ref(), &status.stream, health.due, now);
        let cursor = status.cursor.as_ref();
        let mark = cursor.and_then(|cursor| cursor.watermark);
        let read_to = mark.map(|mark| match status.stream.pipeline() {
            // These read the trail of another flow: their times are places in it.
            "vouchers" | "order-acknowledgments" | "notices" | "functional-acknowledgments" => {
                format!("entry {mark} of inbound")
            }
            _ => moment(mark),
        });
        let mut row = vec![status.stream.pipeline().to_owned()];
        row.extend(COLUMNS.map(|(_, phases)| {
            phases
                .iter()
                .map(|phase| counts.of(*phase))
                .sum::<u64>()
                .to_string()
        }));
        row.push(read_to.clone().unwrap_or_else(|| "never".to_owned()));
        row.push(next.map_or_else(|| "-".to_owned(), instant));
        row.push(
            status
                .holder
                .as_ref()
                .map_or_else(|| "-".to_owned(), |(holder, _)| holder.to_string()),
        );
        rows.push(row);
        told.push(json!({
            "tenant": status.stream.tenant(), "flow": status.stream.pipeline(),
            "partition": status.stream.partition(), "documents": counts.0, "read_to": read_to,
            "open": health.open(), "in_doubt": health.in_doubt(), "review": health.review(),
            "held": health.held(), "dead": health.dead(), "oldest_open": health.oldest.map(instant),
            "schedule": schedule.map(|schedule| schedule.to_string()), "next_run": next.map(instant),
            "due": health.due.map(instant),
            "overdue_seconds": health.overdue(now).map(|late| late.as_secs()),
            "window_open": cursor.is_some_and(|cursor| cursor.window.is_some()),
            "polls": cursor.map(|cursor| cursor.polls), "audited": status.audited,
            "held_by": status.holder.map(|(holder, _)| holder),
        }));
    }
    Ok(show(&rows, &told, json, out))
}

fn show(
    rows: &[Vec<String>],
    told: &[serde_json::Value],
    json: bool,
    out: &Output,
) -> io::Result<u8> {
    if json {
        out.json(&json!({ "streams": told }))?;
    } else {
        let mut head = vec!["flow"];
        head.extend(COLUMNS.map(|(name, _)| name));
        head.extend(["read to", "next run", "run by"]);
        out.line(table(&head, rows))?;
    }
    Ok(DONE)
}

fn nothing(json: bool, out: &Output) -> io::Result<u8> {
    if json {
        out.json(&json!({ "streams": [] }))?;
    } else {
        out.line("Nothing was run yet.")?;
    }
    Ok(DONE)
}

/// When `run` begins the next run of a stream: that which it is late for, or the next of the schedule.
fn next_run(
    schedule: Option<&Schedule>,
    stream: &StreamKey,
    due: Option<SystemTime>,
    now: SystemTime,
) -> Option<SystemTime> {
    let times = schedule?.of(stream);
    let late = due.filter(|due| *due <= now && times.is_time(*due));
    late.or_else(|| times.next_after(now))
}

/// A time of the source's clock, as text without a zone: it has none.
fn moment(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .map(|time| {
            time.to_zoned(jiff::tz::TimeZone::UTC)
                .datetime()
                .to_string()
        })
        .unwrap_or_default()
}
