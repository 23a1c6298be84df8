//! The Query Access Service, for the queries that read by the last change.

use http::{Method, StatusCode};

use crate::connector::Door;
use crate::profile::{Lookup, Owner};
use crate::service::Service;
use crate::testing::answer::Reply;
use crate::testing::call::Call;
use crate::testing::fake_query;
use crate::testing::router;
use crate::testing::state::State;
use crate::testing::window;

/// Runs one of the profile's change queries.
pub(super) fn handle(call: &Call, state: &mut State) -> Option<Reply> {
    let access = &state.profile.query_access;
    let segments: Vec<&str> = call.tail.iter().map(String::as_str).collect();
    let [owner, query, format @ ("JSON" | "XMLP"), "NONFILE"] = segments[..] else {
        return None;
    };
    if call.door != Door::Rest
        || call.method != Method::GET
        || call.name() != format!("{}.{}", access.alias, access.version)
        || call.trailing_slash != access.trailing_slash
    {
        return None;
    }
    let (service, lookup) = service_of(state, owner, query)?;
    // Whichever of its names a switch was set by.
    let spec = state.profile.query_of(service);
    let lookups = spec.lookups.values().map(|lookup| &*lookup.query);
    let names = [service.name(), &spec.query, &access.alias];
    let names: Vec<String> = names
        .into_iter()
        .chain(lookups)
        .map(str::to_owned)
        .collect();
    if let Some(refusal) = router::refusal(call, state, &access.operation, &names) {
        return Some(refusal);
    }
    // The rows are chosen under the lock and written after it.
    Some(
        match window::choose(state, service, lookup, &call.raw_query) {
            Ok(chosen) if format == "XMLP" => {
                let body = fake_query::xmlp_of_json(&chosen.write(), &state.output);
                Reply::text(StatusCode::OK, "text/xml", body)
            }
            Ok(chosen) => Reply::json_later(move || chosen.write()),
            Err(text) => Reply::ib(StatusCode::INTERNAL_SERVER_ERROR, None, &text),
        },
    )
}

/// The service that a query belongs to, and the look-up if it is not the one that reads what changed.
fn service_of<'s>(
    state: &'s State,
    owner: &str,
    query: &str,
) -> Option<(Service, Option<(&'s str, &'s Lookup)>)> {
    let profile = &state.profile;
    Service::ALL.into_iter().find_map(|service| {
        let spec = profile.query_of(service);
        if !Owner::as_str(spec.owner).eq_ignore_ascii_case(owner) {
            return None;
        }
        if spec.query == query {
            return Some((service, None));
        }
        let mut lookups = spec.lookups.iter();
        let (name, lookup) = lookups.find(|(_, lookup)| lookup.query == query)?;
        Some((service, Some((name.as_str(), lookup))))
    })
}
