//! The whole integration against a simulated PeopleSoft and Cleo over real HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod actions;
mod commanded;
mod commands;
mod flows;
mod inbound;
mod inbound_documents;
mod inbound_troubles;
mod ledger_tls;
mod moved;
mod overdue;
#[path = "../../../sync-core/tests/postgres_server/mod.rs"]
mod postgres_server;
mod posts;
mod pruned;
#[cfg(feature = "restate")]
#[path = "../../../sync-core/tests/restate/server.rs"]
mod restate_server;
#[cfg(feature = "restate")]
mod scaled_out;
mod sealed;
mod secrets;
mod served;
mod shared_ledger;
mod simulated;
