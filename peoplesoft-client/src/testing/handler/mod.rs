//! What answers calls that got past the gate; each part of the client has a file of its own here.

mod canned;
mod change_query;
mod component_interface;
mod messages;
mod ping;
mod query_access;

pub(super) use query_access::PolledQuery;

use super::answer::Reply;
use super::call::Call;
use super::state::State;

/// Answers a call that is its own, and leaves every other to the next.
pub(super) type Handler = fn(&Call, &mut State) -> Option<Reply>;

/// Everybody who may answer, in the order of asking.
pub(super) const HANDLERS: &[Handler] = &[
    ping::handle,
    canned::handle,
    change_query::handle,
    query_access::handle,
    component_interface::handle,
    messages::handle,
];
