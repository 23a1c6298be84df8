//! `ledger prune`: removes what has ended longer ago than the configuration keeps it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;
use sync_core::retention;
use sync_core::store::StateStore;
use sync_core::{Clock, StreamKey, SystemClock};

use super::{Stopped, failed, no_ledger};
use crate::command::output::table;
use crate::command::serve::instant;
use crate::command::{DONE, FAILED, Output};
use crate::config::Config;
use crate::ledger::{self, Keeper, Kept};

/// Which flows, and what the trail says of it.
pub(super) struct Wanted {
    pub(super) dry_run: bool,
    pub(super) flow: Option<String>,
    pub(super) by: String,
    pub(super) why: String,
}

/// What was or would be removed of a flow.
#[derive(Default)]
struct Removed {
    flow: String,
    documents: usize,
    shipments: usize,
    entries: u64,
    /// Since when another flow has something to read.
    unread: Option<SystemTime>,
    /// Why nothing was removed.
    failure: Option<String>,
}

/// How long a flow is taken: a first removal after years takes its time.
const LEASE: Duration = Duration::from_secs(300);

pub(super) async fn prune(
    config: &Config,
    wanted: &Wanted,
    json: bool,
    out: &Output,
) -> Result<u8, Stopped> {
    if config.retention.keeps_all() {
        return Err(Stopped::Invalid(
            "`[retention]` says nothing, so everything is kept for ever: add for example `documents = \"400d\"` and \
             `trail = \"2557d\"`"
                .to_owned(),
        ));
    }
    let clock = Arc::new(SystemClock::new());
    let store = if wanted.dry_run {
        ledger::look(config)
            .await?
            .ok_or_else(|| no_ledger(config))?
    } else if config.state.postgres.is_none() && !ledger::ledger_file(config).exists() {
        return Err(no_ledger(config));
    } else {
        ledger::take(config, Arc::clone(&clock) as _).await?
    };
    let keeper = Keeper::new(config);
    let mut all = Vec::new();
    for status in store.streams().await.map_err(failed)? {
        let stream = &status.stream;
        let is_wanted = |flow: &String| flow == stream.pipeline();
        if stream.tenant() != config.tenant || !wanted.flow.as_ref().is_none_or(is_wanted) {
            continue;
        }
        let removed = of(&*store, &*clock, stream, &keeper, wanted).await;
        all.push(removed.unwrap_or_else(|why| Removed {
            flow: stream.pipeline().to_owned(),
            failure: Some(why),
            ..Removed::default()
        }));
    }
    show(&all, wanted, json, out)?;
    let is_done = all.iter().all(|removed| removed.failure.is_none());
    Ok(if is_done { DONE } else { FAILED })
}

async fn of(
    store: &dyn StateStore,
    clock: &dyn Clock,
    stream: &StreamKey,
    keeper: &Keeper,
    wanted: &Wanted,
) -> Result<Removed, String> {
    let said = |error: sync_core::store::StoreError| error.to_string();
    let Kept { policy, unread } = keeper
        .kept(store, stream, clock.wall())
        .await
        .map_err(said)?;
    let plan = retention::plan(store, stream, &policy, clock.wall())
        .await
        .map_err(said)?;
    let base = store.trail_base(stream).await.map_err(said)?.head.seq;
    let mut removed = Removed {
        flow: stream.pipeline().to_owned(),
        documents: plan.documents.len(),
        shipments: plan.shipments,
        entries: plan.cut.map_or(0, |cut| cut.seq - base),
        unread,
        failure: None,
    };
    if wanted.dry_run || (removed.documents == 0 && removed.entries == 0) {
        return Ok(removed);
    }
    let lease = store
        .acquire(stream, &wanted.by, LEASE)
        .await
        .map_err(said)?;
    let Some(lease) = lease else {
        return Err("another process has this flow: stop it, or let its `run` do this".to_owned());
    };
    let (by, why) = (&wanted.by, &wanted.why);
    let done = retention::prune(store, &lease, &policy, clock, by, why).await;
    let given_back = store.release(lease).await;
    let done = done.map_err(said)?;
    given_back.map_err(said)?;
    (removed.documents, removed.entries) = (done.documents, done.entries);
    Ok(removed)
}

fn show(all: &[Removed], wanted: &Wanted, json: bool, out: &Output) -> std::io::Result<()> {
    if json {
        let flows: Vec<_> = all
            .iter()
            .map(|removed| {
                json!({
                    "flow": removed.flow, "documents": removed.documents, "shipments": removed.shipments,
                    "entries": removed.entries, "unread_since": removed.unread.map(instant),
                    "failure": removed.failure,
                })
            })
            .collect();
        return out.json(&json!({
            "dry_run": wanted.dry_run, "flows": flows,
            "documents": all.iter().map(|removed| removed.documents).sum::<usize>(),
            "entries": all.iter().map(|removed| removed.entries).sum::<u64>(),
        }));
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|removed| {
            vec![
                removed.flow.clone(),
                removed.documents.to_string(),
                removed.shipments.to_string(),
                removed.entries.to_string(),
            ]
        })
        .collect();
    out.line(table(
        &["flow", "documents", "shipments", "entries of the trail"],
        &rows,
    ))?;
    for removed in all {
        if let Some(unread) = removed.unread {
            out.line(format_args!(
                "{}: kept from {} on, because another flow has not read it yet",
                removed.flow,
                instant(unread)
            ))?;
        }
        if let Some(failure) = &removed.failure {
            out.note(format_args!("error: {}: {failure}", removed.flow));
        }
    }
    out.line(if wanted.dry_run {
        "This would be removed; nothing was."
    } else {
        "This was removed."
    })
}
