//! `ledger keys` and `ledger new-key`.

use serde_json::json;

use super::{Stopped, no_ledger};
use crate::command::output::table;
use crate::command::{DONE, FAILED, Output};
use crate::config::Config;
use crate::ledger::{self, KeyUse};

pub(super) async fn keys(config: &Config, json: bool, out: &Output) -> Result<u8, Stopped> {
    let store = ledger::look(config).await?;
    let store = store.ok_or_else(|| no_ledger(config))?;
    let uses = ledger::key_uses(config, &*store).await?;
    let is_missing = |one: &KeyUse| one.key.is_some() && one.source.is_none();
    let standing = |one: &KeyUse| match (&one.key, &one.source) {
        (None, _) => "not sealed",
        (Some(_), None) => "MISSING",
        _ if one.is_current => "current",
        _ if one.documents == 0 => "older, no longer needed",
        _ => "older",
    };
    if json {
        let keys: Vec<_> = uses
            .iter()
            .map(|one| {
                json!({
                    "key": one.key, "source": one.source, "documents": one.documents, "standing": standing(one),
                })
            })
            .collect();
        out.json(&json!({ "keys": keys }))?;
    } else {
        let rows: Vec<Vec<String>> = uses
            .iter()
            .map(|one| {
                let source = one.source.as_ref().map(ToString::to_string);
                vec![
                    one.key.clone().unwrap_or_else(|| "-".to_owned()),
                    one.documents.to_string(),
                    standing(one).to_owned(),
                    source.unwrap_or_else(|| "-".to_owned()),
                ]
            })
            .collect();
        out.line(table(&["key", "documents", "standing", "where"], &rows))?;
    }
    Ok(if uses.iter().any(is_missing) {
        FAILED
    } else {
        DONE
    })
}

pub(super) fn new_key(config: &Config, out: &Output) -> Result<u8, Stopped> {
    let Some(settings) = &config.state.encryption else {
        return Err(Stopped::Invalid(
            "`[state.encryption]` is not there, expected where the key is to be: add for example \
             `encryption = { key = { vault = \"ledger-key\" } }` to `[state]`"
                .to_owned(),
        ));
    };
    let fingerprint = ledger::new_key(config, &settings.key)?;
    out.line(format_args!(
        "key {fingerprint} is in {}: keep a copy of it apart from the ledger",
        settings.key
    ))?;
    Ok(DONE)
}
