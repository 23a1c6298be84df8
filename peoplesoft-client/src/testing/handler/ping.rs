//! Pings of the HTTP door, which start nothing.

use http::StatusCode;

use crate::connector::Door;
use crate::testing::answer::Reply;
use crate::testing::call::Call;
use crate::testing::router;
use crate::testing::state::State;

/// Answers a ping: whoever is let in may ping the node, whatever operation is named.
pub(super) fn handle(call: &Call, state: &mut State) -> Option<Reply> {
    if call.door != Door::Http || !kind(call, state).eq_ignore_ascii_case("ping") {
        return None;
    }
    if state.output.pings {
        return Some(router::success(call, None));
    }
    let text = "Operation type ping is not valid.";
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    Some(router::failure(call, state, status, None, text))
}

/// The operation type of a call, where the site has a place for it.
fn kind<'c>(call: &'c Call, state: &State) -> &'c str {
    if !call.operation_type.is_empty() {
        return &call.operation_type;
    }
    let name = state.profile.doors.http.names.operation_type.as_str();
    if name.is_empty() {
        return "";
    }
    let given = call.header(name).or_else(|| call.parameter(name));
    given.unwrap_or_default()
}
