//! A Cleo of one's own, in the same process: real HTTP on loopback, for tests and demonstrations.
//!
//! [`FakeCleo`] speaks log-in, connections, groups and users, actions, certificates, nodes and files, keeps its state on disk if told to, writes down
//! every request, and misbehaves on demand: see [`Fault`] and [`FaultPlan`]. Whatever Cleo has not published is a
//! switch of [`FakeCleoBuilder`].
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use cleo_client::file_transfer::{FileTransfer, RestTransfer, Upload};
//! use cleo_client::testing::{FakeCleo, Fault, Operation};
//!
//! let cleo = FakeCleo::builder().user("edi", "secret").connection("ACME", "as2").start().await?;
//! let client = cleo.client("edi", "secret").build()?;
//! assert!(client.connections().find_by_alias("ACME").await?.is_some());
//!
//! cleo.inject_on(Operation::Upload, Fault::CutAfter);
//! let files = RestTransfer::new(&client)?;
//! let error = files.upload(&Upload::new("outbox", "po.edi", "ISA*00")).await.unwrap_err();
//! assert_eq!(error.was_sent(), cleo_client::Sent::Maybe);
//! assert!(files.exists("outbox", "po.edi").await?);
//! # Ok(())
//! # }
//! ```

mod answer;
mod builder;
mod condition;
mod fault;
mod files;
mod form;
pub(crate) mod fuzzing;
mod handler;
mod intake;
mod login;
mod manual_clock;
mod objects;
mod record;
mod server;
mod storage;
mod target;
mod world;

pub use self::{
    builder::{FakeCleoBuilder, RunScript, SWITCHES, SameName, Switch, SwitchError, TokenAnswer},
    fault::{Fault, FaultPlan, RetryAfter},
    manual_clock::ManualClock,
    record::{Counters, Operation, ReceivedFile, ReceivedPayload, RequestRecord},
    server::FakeCleo,
};
