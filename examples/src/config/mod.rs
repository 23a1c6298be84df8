//! The configuration: one TOML file a tenant, checked as a whole before anything starts.
//!
//! [`Config::load`] reads the file and the partner files that it names. It never stops at the
//! first mistake: [`ConfigErrors`] lists every one, each with file, line, column, what was found,
//! what was expected and how to mend it. Secrets are never in the file; a [`SecretRef`] names one
//! in the vault.
//!
//! The complete schema, every key with its default, is `profiles/config.toml` of this package:
//!
//! ```toml
#![doc = include_str!("../../profiles/config.toml")]
//! ```
//!
//! and a partner file is `profiles/partners/bolts.toml`:
//!
//! ```toml
#![doc = include_str!("../../profiles/partners/bolts.toml")]
//! ```
//!
//! Durations are written as whole numbers with a unit: `500ms`, `30s`, `15m`, `2h`, `7d`, also one
//! after another as in `1h 30m`. Relative paths start at the directory of the file they stand in.

mod check;
mod duration;
mod engine;
mod field;
mod glob;
mod inbound;
mod ledger;
mod limits;
mod load;
mod mistake;
mod read;
mod schedule;
mod settings;
mod source;
mod spelling;
mod table;
mod write;

pub(crate) use duration::render as render_duration;
pub use engine::{EngineSettings, RestateSettings};
pub(crate) use field::Field;
pub use inbound::{AfterReading, InboundFlow, Tolerance};
pub use ledger::{
    ClientCertificate, DatabaseTls, EncryptionSettings, KeySource, RetentionSettings,
};
pub use limits::{EndpointLimit, FlowLimits, HostLimit, LimitSettings, RateSettings};
pub use mistake::{ConfigErrors, Mistake};
pub use schedule::{FlowSchedule, MissedRuns, ScheduleSettings};
pub use settings::{
    CleoAuth, CleoSettings, Config, DeliverySettings, Deployment, Environment, Flows,
    HttpServerSettings, InvoiceFlow, OnStatus, OurIdentity, OurOverride, PeopleSoftAuth,
    PeopleSoftSettings, Poll, PostgresSettings, PurchaseOrderFlow, SecretRef, StateSettings, Sweep,
    VaultSettings,
};
pub(crate) use source::Source;
pub(crate) use table::Table;
pub(crate) use write::optional_decimal_as_text;
