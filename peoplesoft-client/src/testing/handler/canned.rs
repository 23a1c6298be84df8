//! Operations that a test puts in, with an answer that it chose.

use http::StatusCode;

use crate::testing::answer::{Reply, code};
use crate::testing::call::Call;
use crate::testing::router;
use crate::testing::state::State;

/// Answers as the test said.
pub(super) fn handle(call: &Call, state: &mut State) -> Option<Reply> {
    let operation = state
        .operations
        .iter()
        .find(|operation| operation.answers_to(call))?
        .clone();
    if let Some(refusal) = router::refusal(call, state, &operation.name, &[]) {
        return Some(refusal);
    }
    let status = code(operation.status);
    if let Some(version) = call.soap {
        let body = String::from_utf8_lossy(&operation.body);
        return Some(router::soap(status, version, &body));
    }
    Some(if operation.body.is_empty() && status != StatusCode::OK {
        Reply::empty(status)
    } else {
        Reply::text(status, &operation.content_type, operation.body)
    })
}
