//! `ledger migrate`: the layout of this version.

use std::sync::Arc;

use serde_json::json;
use sync_core::SystemClock;

use super::{Stopped, no_ledger};
use crate::command::{DONE, Output};
use crate::config::Config;
use crate::ledger;

pub(super) async fn migrate(
    config: &Config,
    dry_run: bool,
    json: bool,
    out: &Output,
) -> Result<u8, Stopped> {
    let pending = ledger::pending_migrations(config).await?;
    let pending = pending.ok_or_else(|| no_ledger(config))?;
    if !dry_run && !pending.is_empty() {
        drop(ledger::take_as_it_is(config, Arc::new(SystemClock::new())).await?);
    }
    let place = ledger::place(config);
    if json {
        out.json(&json!({ "dry_run": dry_run, "ledger": place, "steps": pending }))?;
        return Ok(DONE);
    }
    if pending.is_empty() {
        out.line(format_args!("{place} is up to date."))?;
        return Ok(DONE);
    }
    for (place, sql) in (1..).zip(&pending) {
        out.line(format_args!("-- step {place} of {}", pending.len()))?;
        out.line(sql.trim_matches('\n'))?;
    }
    out.line(if dry_run {
        "-- This would be run; nothing was."
    } else {
        "-- This was run."
    })?;
    Ok(DONE)
}
