//! `status`: how many documents stand where.

use std::collections::BTreeMap;
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
use super::{DONE, FAILED, Output};
use crate::acknowledgment::{AcknowledgmentClock, Overdue};
use crate::config::{Config, render_duration};
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

/// How many overdue deliveries are shown beside the counts.
const SHOWN: usize = 10;

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
    let awaited = AcknowledgmentClock::new(config).awaited(store, now).await?;
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
            "acknowledgments": awaited.get(status.stream.pipeline()).map(|awaited| json!({
                "awaited": awaited.shipments, "overdue": awaited.overdue.len(), "next_due": awaited.next.map(instant),
            })),
            "polls": cursor.map(|cursor| cursor.polls), "audited": status.audited,
            "held_by": status.holder.map(|(holder, _)| holder),
        }));
    }
    let late: Vec<Overdue> = awaited.into_values().flat_map(|it| it.overdue).collect();
    Ok(show(&rows, &told, &late, now, json, out))
}

/// What partners should have acknowledged by now, and nothing else.
pub(super) async fn overdue(
    store: Option<&dyn StateStore>,
    config: &Config,
    now: SystemTime,
    json: bool,
    out: &Output,
) -> Result<io::Result<u8>, StoreError> {
    let awaited = match store {
        Some(store) => AcknowledgmentClock::new(config).awaited(store, now).await?,
        None => BTreeMap::new(),
    };
    let late: Vec<Overdue> = awaited.into_values().flat_map(|it| it.overdue).collect();
    let code = if late.is_empty() { DONE } else { FAILED };
    let shown = if json {
        let late: Vec<_> = late.iter().map(|one| as_json(one, now)).collect();
        out.json(&json!({ "overdue": late }))
    } else if late.is_empty() {
        out.line("Nothing is overdue.")
    } else {
        out.line(late_table(&late, now))
    };
    Ok(shown.map(|()| code))
}

fn as_json(one: &Overdue, now: SystemTime) -> serde_json::Value {
    let numbers = one.numbers.iter();
    let numbers: Vec<_> = numbers
        .map(|(series, number)| json!({ "series": series, "number": number }))
        .collect();
    json!({
        "flow": one.flow, "partner": one.partner, "documents": one.documents, "numbers": numbers,
        "sent": instant(one.sent), "due": instant(one.due), "overdue_seconds": one.late(now).as_secs(),
    })
}

fn late_table(late: &[Overdue], now: SystemTime) -> String {
    let rows: Vec<Vec<String>> = late
        .iter()
        .map(|one| {
            vec![
                instant(one.sent),
                render_duration(one.late(now)),
                one.partner.clone(),
                one.control_numbers(),
                format!("{} {}", one.flow, one.documents.join(", ")),
            ]
        })
        .collect();
    table(
        &["sent", "overdue for", "partner", "numbers", "documents"],
        &rows,
    )
}

fn show(
    rows: &[Vec<String>],
    told: &[serde_json::Value],
    late: &[Overdue],
    now: SystemTime,
    json: bool,
    out: &Output,
) -> io::Result<u8> {
    if json {
        let late: Vec<_> = late.iter().map(|one| as_json(one, now)).collect();
        out.json(&json!({ "streams": told, "overdue": late }))?;
    } else {
        let mut head = vec!["flow"];
        head.extend(COLUMNS.map(|(name, _)| name));
        head.extend(["read to", "next run", "run by"]);
        out.line(table(&head, rows))?;
        if !late.is_empty() {
            let (shown, more) = late.split_at(late.len().min(SHOWN));
            out.line(format_args!(
                "\n{} deliveries are not acknowledged in time; ask the partners for their 997:",
                late.len()
            ))?;
            out.line(late_table(shown, now))?;
            if !more.is_empty() {
                out.line(format_args!(
                    "and {} more: peoplesoft-cleo status --overdue",
                    more.len()
                ))?;
            }
        }
    }
    Ok(DONE)
}

fn nothing(json: bool, out: &Output) -> io::Result<u8> {
    if json {
        out.json(&json!({ "streams": [], "overdue": [] }))?;
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
