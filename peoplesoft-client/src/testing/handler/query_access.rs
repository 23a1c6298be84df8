//! The Query Access Service, for queries that a test put in: at once, and polled.

use http::{Method, StatusCode};

use crate::connector::Door;
use crate::query::QueryFormat;
use crate::testing::answer::Reply;
use crate::testing::call::Call;
use crate::testing::fake_query::{Asked, ChosenRows, FakeQuery};
use crate::testing::router;
use crate::testing::state::State;
use crate::xml::Writer;

/// A query that runs in the background.
pub(in crate::testing) struct PolledQuery {
    rows: ChosenRows,
    format: QueryFormat,
    /// How often its status is still "running".
    turns: u32,
}

/// Runs a query, or starts one, or says how one is doing, or hands out a block of its rows.
pub(super) fn handle(call: &Call, state: &mut State) -> Option<Reply> {
    if call.door != Door::Rest || call.method != Method::GET {
        return None;
    }
    let access = state.profile.query_access.clone();
    if call.trailing_slash != access.trailing_slash {
        return None;
    }
    let poll = &access.poll;
    let is = |alias: &str, version: &str, path: &str| {
        let named = call.name() == crate::connector::versioned(alias, version);
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let begins = segments.clone().count() <= call.tail.len()
            && call
                .tail
                .iter()
                .zip(segments.by_ref())
                .all(|(given, wanted)| given == wanted);
        named && begins
    };
    let below = |path: &str| {
        path.split('/')
            .filter(|segment| !segment.is_empty())
            .count()
    };
    if is(&access.alias, &access.version, "") {
        let (query, format) = query_of(&call.tail, state)?;
        if let Some(refusal) = refusal(call, state, &access.operation, &access.alias, &query) {
            return Some(refusal);
        }
        return Some(match asked(call, &access.filter_parameter) {
            Ok(asked) => answer(&query, &asked, format, state),
            Err(text) => Reply::ib(StatusCode::INTERNAL_SERVER_ERROR, None, &text),
        });
    }
    if is(&poll.execute_alias, &poll.version, &poll.execute_path) {
        let tail = call.tail.get(below(&poll.execute_path)..)?;
        let (query, format) = query_of(tail, state)?;
        let (operation, alias) = (&poll.execute_operation, &poll.execute_alias);
        if let Some(refusal) = refusal(call, state, operation, alias, &query) {
            return Some(refusal);
        }
        let chosen = asked(call, &access.filter_parameter)
            .and_then(|asked| query.choose(&asked, &state.output));
        let rows = match chosen {
            Ok(rows) => rows,
            Err(text) => return Some(Reply::ib(StatusCode::INTERNAL_SERVER_ERROR, None, &text)),
        };
        let number = state.polled.len() + 1;
        let instance = format!("{number:08x}-5cf6-11dd-a1b6-cf9c0ed84831");
        let turns = state.output.poll_turns;
        let polled = PolledQuery {
            rows,
            format,
            turns,
        };
        state.polled.insert(instance.clone(), polled);
        return Some(say(
            call,
            "QAS_EXEQRYPOLL_RESP_MSG",
            &[("QueryInstance", &instance)],
        ));
    }
    if is(&poll.status_alias, &poll.version, &poll.status_path) {
        let names = [poll.status_alias.clone()];
        if let Some(refusal) = router::refusal(call, state, &poll.status_operation, &names) {
            return Some(refusal);
        }
        let instance = call.parameter(&poll.instance_parameter).unwrap_or_default();
        let (word, total) = match state.polled.get_mut(instance) {
            None => ("idNotFound", 0),
            Some(polled) if polled.turns == 0 => ("success", polled.rows.rows.len()),
            Some(polled) => {
                polled.turns -= 1;
                (
                    if polled.turns == 0 {
                        "running"
                    } else {
                        "queued"
                    },
                    0,
                )
            }
        };
        let total = total.to_string();
        return Some(say(
            call,
            "QAS_QUERYSTATUS_RESP_MSG",
            &[("Status", word), ("TotalRows", &total)],
        ));
    }
    if is(&poll.results_alias, &poll.version, &poll.results_path) {
        let names = [poll.results_alias.clone()];
        if let Some(refusal) = router::refusal(call, state, &poll.results_operation, &names) {
            return Some(refusal);
        }
        let instance = call.parameter(&poll.instance_parameter).unwrap_or_default();
        let number: usize = call.parameter(&poll.block_parameter)?.parse().ok()?;
        let polled = state.polled.get(instance)?;
        let size = state.output.block_rows.max(1);
        let start = number.checked_sub(1)?.checked_mul(size)?;
        let block = polled.rows.block(start, size);
        let is_last = start + size >= polled.rows.rows.len();
        let word = if is_last {
            &poll.last_block
        } else {
            &poll.more_blocks
        };
        let body = block.write(polled.format, &state.output);
        return Some(match polled.format {
            QueryFormat::Json => {
                let body = body.replacen("\"success\"", &format!("\"{word}\""), 1);
                Reply::json(StatusCode::OK, body)
            }
            QueryFormat::Xmlp => {
                let rows = body.split_once("?>").map_or("", |(_, rows)| rows);
                let body = format!(
                    "<?xml version=\"1.0\"?><QAS_GETQUERYRESULTS_RESP_MSG><status>{word}</status>{rows}</QAS_GETQUERYRESULTS_RESP_MSG>"
                );
                Reply::text(StatusCode::OK, "text/xml", body)
            }
        });
    }
    None
}

/// A query by the end of an address: owner, name, type and format.
fn query_of(tail: &[String], state: &State) -> Option<(FakeQuery, QueryFormat)> {
    let [owner, name, kind, layout] = tail else {
        return None;
    };
    let format = match kind.as_str() {
        "JSON" => QueryFormat::Json,
        "XMLP" => QueryFormat::Xmlp,
        _ => return None,
    };
    let query = state
        .queries
        .get(&(owner.to_ascii_uppercase(), name.clone()))?;
    (layout == "NONFILE").then(|| (query.clone(), format))
}

fn refusal(
    call: &Call,
    state: &State,
    operation: &str,
    alias: &str,
    query: &FakeQuery,
) -> Option<Reply> {
    let names = [alias.to_owned(), query.name.clone()];
    router::refusal(call, state, operation, &names)
}

/// What the parameters of a request ask for.
fn asked(call: &Call, filter_parameter: &str) -> Result<Asked, String> {
    let list = |name: &str| {
        let given = call.parameter(name).unwrap_or_default();
        given.split(',').map(str::to_owned).collect::<Vec<_>>()
    };
    let max_rows = call.parameter("maxrows").and_then(|rows| rows.parse().ok());
    let prompts = match call.parameter("prompt_uniquepromptname") {
        Some(_) => {
            let (names, values) = (list("prompt_uniquepromptname"), list("prompt_fieldvalue"));
            if names.len() != values.len() {
                return Err("There are not as many prompt values as prompts.".to_owned());
            }
            names.into_iter().zip(values).collect()
        }
        None => Vec::new(),
    };
    Ok(Asked {
        prompts,
        filter: match call.parameter(filter_parameter) {
            Some(_) => list(filter_parameter),
            None => Vec::new(),
        },
        max_rows: max_rows.ok_or("maxrows is missing.")?,
    })
}

fn answer(query: &FakeQuery, asked: &Asked, format: QueryFormat, state: &State) -> Reply {
    match query.choose(asked, &state.output) {
        Ok(rows) => {
            let media_type = match format {
                QueryFormat::Json => "application/json",
                QueryFormat::Xmlp => "text/xml",
            };
            Reply::text(
                StatusCode::OK,
                media_type,
                rows.write(format, &state.output),
            )
        }
        Err(text) => Reply::ib(StatusCode::INTERNAL_SERVER_ERROR, None, &text),
    }
}

/// A short answer about a polled query, in the format that was asked for.
fn say(call: &Call, message: &str, facts: &[(&str, &str)]) -> Reply {
    if call.parameter("json_resp") == Some("true") {
        let facts: serde_json::Map<String, serde_json::Value> = facts
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).into()))
            .collect();
        let body = serde_json::json!({ "status": "success", "data": { message: facts } });
        return Reply::json(StatusCode::OK, body.to_string());
    }
    let inner = message.replace("_MSG", "");
    let namespace = format!("http://xmlns.oracle.com/Enterprise/Tools/schemas/{message}.VERSION_1");
    let mut writer = Writer::document();
    writer
        .open_with(message, &[("xmlns", &namespace)])
        .open(&inner);
    writer.open_with("PTQASWRK", &[("class", "R")]);
    for (name, text) in facts {
        writer.element(name, text);
    }
    Reply::text(
        StatusCode::OK,
        "text/xml",
        crate::testing::answer::written(writer),
    )
}
