//! Rowset messages of the profile, and the queries that tell what became of vouchers.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::connector::Door;
use crate::model::voucher_format::VOUCHER_BUILD;
use crate::model::{BuildKey, BusinessUnit, InvoiceId, PsDate, VendorKey};
use crate::profile::{MessageRoute, Owner};
use crate::testing::answer::Reply;
use crate::testing::call::Call;
use crate::testing::desk::Subject;
use crate::testing::router;
use crate::testing::state::State;

/// Takes a message, or answers one of the two queries.
pub(super) fn handle(call: &Call, state: &mut State) -> Option<Reply> {
    post(call, state).or_else(|| query(call, state))
}

fn post(call: &Call, state: &mut State) -> Option<Reply> {
    let profile = &state.profile;
    let records = &profile.vendor_records;
    let routes = [
        (
            Subject::Voucher,
            profile.voucher_build.route.delivered_as(VOUCHER_BUILD),
        ),
        (
            Subject::Acknowledgement,
            profile.po_acknowledgement.route.clone(),
        ),
        (
            Subject::Supplier,
            profile.vendor_sync.delivered_as(&records.sync),
        ),
        (
            Subject::Supplier,
            profile.vendor_sync.delivered_as(&records.full_sync),
        ),
    ];
    let (subject, route) = routes
        .into_iter()
        .find(|(_, route)| call.method == Method::POST && is_for(call, route, state))?;
    if let Some(refusal) = router::refusal(call, state, &route.operation, &[]) {
        return Some(refusal);
    }
    let now = state.now();
    let node = state.profile.node.clone();
    let id = state
        .desk
        .accept(subject, &route.operation, &node, &call.body, now);
    state.advance();
    let id = state.desk.rules.transaction_ids.then_some(&*id);
    Some(router::success(call, id))
}

/// Whether a call is for a route: its alias and version, at its door.
fn is_for(call: &Call, route: &MessageRoute, state: &State) -> bool {
    if route.operation.is_empty() || call.door != route.door {
        return false;
    }
    let address = state.profile.doors.operations.get(&route.operation);
    let alias = address.map_or("", |address| address.alias.as_str());
    let version = address.map_or("", |address| address.version.as_str());
    let alias = if alias.is_empty() {
        &route.operation
    } else {
        alias
    };
    let version = if version.is_empty() {
        &route.version
    } else {
        version
    };
    call.name() == crate::connector::versioned(alias, version)
}

fn query(call: &Call, state: &State) -> Option<Reply> {
    let access = &state.profile.query_access;
    let segments: Vec<&str> = call.tail.iter().map(String::as_str).collect();
    let [owner, query, "JSON", "NONFILE"] = segments[..] else {
        return None;
    };
    let is_query = call.door == Door::Rest
        && call.method == Method::GET
        && call.name() == crate::connector::versioned(&access.alias, &access.version);
    let settings = &state.profile.voucher_build;
    let is = |known: Owner, name: &str| known.as_str().eq_ignore_ascii_case(owner) && name == query;
    let (staged, built) = (&settings.staged, &settings.built);
    let rows = match () {
        () if !is_query => return None,
        () if is(staged.owner, &staged.query) => staged_rows(call, state),
        () if is(built.owner, &built.query) => built_rows(call, state),
        () => return None,
    };
    let names = [query.to_owned(), access.alias.clone()];
    if let Some(refusal) = router::refusal(call, state, &access.operation, &names) {
        return Some(refusal);
    }
    Some(match rows {
        Some(rows) => answer(query, rows),
        None => Reply::ib(
            StatusCode::INTERNAL_SERVER_ERROR,
            None,
            "A prompt has no value, or one that does not fit.",
        ),
    })
}

/// The value of a prompt by its unique name.
fn prompt<'c>(call: &'c Call, name: &str) -> Option<&'c str> {
    let names = call.parameter("prompt_uniquepromptname")?.split(',');
    let mut pairs = names.zip(call.parameter("prompt_fieldvalue")?.split(','));
    pairs
        .find(|(given, _)| *given == name)
        .map(|(_, value)| value)
}

fn staged_rows(call: &Call, state: &State) -> Option<Vec<Value>> {
    let query = &state.profile.voucher_build.staged;
    let value = |name: &str| prompt(call, name);
    let unit = BusinessUnit::new(value(&query.business_unit)?).ok()?;
    let key = BuildKey::new(
        value(&query.key_c1)?,
        value(&query.key_c2)?,
        value(&query.key_n1)?.parse().ok()?,
        value(&query.key_n2)?.parse().ok()?,
    );
    let staged = state.desk.staged_as(&unit, &key.ok()?);
    Some(staged.map_or_else(Vec::new, |staged| {
        let flag = if staged.error.is_some() { "Y" } else { "N" };
        let mut row = json!({ "A.BUSINESS_UNIT": unit.as_str(), "A.VOUCHER_ID": "NEXT" });
        for (column, text) in [
            (&query.error_column, flag),
            (
                &query.error_text_column,
                staged.error.as_deref().unwrap_or(" "),
            ),
        ] {
            if let Some(row) = row.as_object_mut()
                && !column.is_empty()
            {
                row.insert(column.clone(), text.into());
            }
        }
        vec![row]
    }))
}

fn built_rows(call: &Call, state: &State) -> Option<Vec<Value>> {
    let settings = &state.profile.voucher_build;
    let query = &settings.built;
    let value = |name: &str| prompt(call, name);
    let unit = BusinessUnit::new(value(&query.business_unit)?).ok()?;
    let vendor = VendorKey::new(value(&query.vendor_setid)?, value(&query.vendor_id)?).ok()?;
    let invoice = InvoiceId::new(value(&query.invoice)?).ok()?;
    let date = PsDate::parse(value(&query.invoice_date)?, &settings.prompt_date_format).ok()?;
    let long = state.output.long_status;
    let rows = state
        .desk
        .built_of(&unit, &vendor, &invoice, date)
        .map(|built| {
            let post = if built.posted {
                crate::model::PostStatus::Posted
            } else {
                crate::model::PostStatus::Unposted
            };
            let shown = |code: &str, text: &str| {
                if long {
                    text.to_owned()
                } else {
                    code.to_owned()
                }
            };
            let mut row = serde_json::Map::new();
            row.insert(
                query.voucher_column.clone(),
                built.key.voucher_id.as_str().into(),
            );
            let entry = shown(built.entry.code(), built.entry.text());
            row.insert(query.entry_status_column.clone(), entry.into());
            if !query.post_status_column.is_empty() {
                row.insert(
                    query.post_status_column.clone(),
                    shown(post.code(), post.text()).into(),
                );
            }
            Value::Object(row)
        });
    Some(rows.collect())
}

fn answer(query: &str, rows: Vec<Value>) -> Reply {
    let numbered = rows.into_iter().enumerate().map(|(at, mut row)| {
        if let Some(row) = row.as_object_mut() {
            row.insert("attr:rownumber".to_owned(), (at + 1).into());
        }
        row
    });
    let rows: Vec<Value> = numbered.collect();
    let body = json!({
        "status": "success",
        "data": { "query": { "numrows": rows.len(), "queryname=": query, "rows": rows } },
    });
    Reply::text(StatusCode::OK, "application/json", body.to_string())
}
