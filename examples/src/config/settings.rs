//! What a configuration holds, once it is known to be right.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use sync_core::schedule::{Schedule, ScheduleError};
use url::Url;

use super::engine::EngineSettings;
use super::inbound::InboundFlow;
use super::ledger::{DatabaseTls, EncryptionSettings, RetentionSettings};
use super::limits::{FlowLimits, LimitSettings};
use super::schedule::{FlowSchedule, ScheduleSettings};
use super::write::{duration_as_text, optional_duration_as_text, url_as_text};
use crate::code_table::{CodeTables, Freight, Terms, Unit};
use crate::partner::{Finding, InterchangeId, PartnerProfile, Usage};

/// The settings of one tenant.
///
/// Made by [`Config::load`] and [`Config::from_toml`], both of which check everything.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Config {
    /// Whose data it is; the first part of every key in the state store.
    pub tenant: String,
    /// Whether documents count.
    pub environment: Environment,
    /// Where progress and deliveries are remembered.
    pub state: StateSettings,
    /// Who runs the flows.
    pub engine: EngineSettings,
    /// Where credentials are kept.
    pub vault: VaultSettings,
    /// The PeopleSoft side.
    pub peoplesoft: PeopleSoftSettings,
    /// The Cleo side.
    pub cleo: CleoSettings,
    /// What is sent.
    pub flows: Flows,
    /// How it is sent.
    pub delivery: DeliverySettings,
    /// What the schedules of all flows have in common.
    pub schedule: ScheduleSettings,
    /// How often the systems are asked.
    pub limits: LimitSettings,
    /// How long what has ended stays in the ledger.
    pub retention: RetentionSettings,
    /// Who we are in X12.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub our: Option<OurIdentity>,
    /// Units of the site, before the starter table.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, Unit>,
    /// Payment terms of the site, before the starter table.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub terms: BTreeMap<String, Terms>,
    /// Freight terms of the site, before the starter table.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub freight: BTreeMap<String, Freight>,
    /// Every partner, inline ones first, then those of the partner files in order of their paths.
    pub partners: Vec<PartnerProfile>,
}

impl Config {
    /// The code tables of the site.
    pub fn code_tables(&self) -> CodeTables {
        let mut tables = CodeTables::default();
        tables.units.clone_from(&self.units);
        tables.terms.clone_from(&self.terms);
        tables.freight.clone_from(&self.freight);
        tables
    }

    /// What is allowed but may surprise, for every partner.
    pub fn warnings(&self) -> Vec<Finding> {
        self.partners
            .iter()
            .flat_map(PartnerProfile::lint)
            .collect()
    }
}

/// Whether documents count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Environment {
    /// They count: X12 usage indicator `P`.
    Production,
    /// They do not: X12 usage indicator `T`.
    Test,
}

impl Environment {
    /// The usage indicator of documents in this environment.
    pub const fn usage(self) -> Usage {
        match self {
            Self::Production => Usage::Production,
            Self::Test => Usage::Test,
        }
    }

    /// The name used in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }
}

/// Where progress and deliveries are remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StateSettings {
    /// Directory of the state files. Losing it means losing what was already sent.
    pub directory: PathBuf,
    /// The database that keeps the ledger in place of a file of that directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postgres: Option<PostgresSettings>,
    /// How the payloads of documents are sealed; absent keeps them as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<EncryptionSettings>,
}

/// A ledger in PostgreSQL, which several machines may share: one of them runs a flow, the others stand by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PostgresSettings {
    /// The secret that holds the connection string, `postgresql://user:password@host/database` or `host=… user=…`.
    pub url: SecretRef,
    /// The schema of the database that holds the ledger.
    pub schema: String,
    /// Most connections at a time.
    pub connections: NonZeroU32,
    /// Whether a database on another machine may be reached without TLS.
    pub allow_clear: bool,
    /// How connections are encrypted; absent leaves them in the clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<DatabaseTls>,
}

impl PostgresSettings {
    pub(super) const SCHEMA: &str = "peoplesoft_cleo";
    pub(super) const CONNECTIONS: NonZeroU32 = NonZeroU32::MIN.saturating_add(7);

    /// A ledger in the schema `peoplesoft_cleo`, over at most 8 connections.
    #[must_use]
    pub fn new(url: SecretRef) -> Self {
        Self {
            url,
            schema: Self::SCHEMA.to_owned(),
            connections: Self::CONNECTIONS,
            allow_clear: false,
            tls: None,
        }
    }
}

/// Where credentials are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VaultSettings {
    /// The vault's file.
    pub file: PathBuf,
    /// The file that holds its key, on Unix readable by its owner alone.
    pub key_file: PathBuf,
}

/// The name of a secret in the vault, under the tenant of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct SecretRef {
    /// The name.
    pub vault: String,
}

impl SecretRef {
    /// A reference to the secret of that name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { vault: name.into() }
    }
}

/// How to reach PeopleSoft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PeopleSoftSettings {
    /// Address of the Integration Gateway without a service path, for example `https://host/PSIGW`.
    #[serde(serialize_with = "url_as_text")]
    pub gateway: Url,
    /// Name of the default local node, for example `PSFT_EP`.
    pub node: String,
    /// Longest time of one request.
    #[serde(serialize_with = "duration_as_text")]
    pub timeout: Duration,
    /// Whether credentials may go over plain HTTP to another machine.
    pub allow_http: bool,
    /// How requests are authorised.
    pub auth: PeopleSoftAuth,
    /// The file with names and formats of the site's service operations; absent uses the delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<PathBuf>,
}

/// How requests to PeopleSoft are authorised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum PeopleSoftAuth {
    /// HTTP Basic with an operator id (OPRID).
    Basic {
        /// The operator id.
        user: SecretRef,
        /// Its password.
        password: SecretRef,
    },
    /// OAuth 2 client credentials.
    Oauth2 {
        /// Where tokens come from.
        #[serde(serialize_with = "url_as_text")]
        token_url: Url,
        /// The public name of the client.
        client_id: String,
        /// The client's secret.
        client_secret: SecretRef,
        /// What is asked for.
        #[serde(skip_serializing_if = "Option::is_none")]
        scope: Option<String>,
    },
}

/// How to reach Cleo.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CleoSettings {
    /// Scheme, host and port.
    #[serde(serialize_with = "url_as_text")]
    pub origin: Url,
    /// Path prefix of the REST interface.
    pub prefix: String,
    /// Which product it is.
    pub deployment: Deployment,
    /// Longest time of one request.
    #[serde(serialize_with = "duration_as_text")]
    pub timeout: Duration,
    /// Whether credentials may go over plain HTTP to another machine.
    pub allow_http: bool,
    /// How requests are authorised.
    pub auth: CleoAuth,
    /// The serial number of the installation, where a VLProxy in between wants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vlproxy_serial: Option<String>,
    /// The HTTP server of Harmony and VLTrader; needed by routes with that transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_server: Option<HttpServerSettings>,
    /// Request templates of the REST file operations, as the Cleo client takes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest_transfer: Option<toml::Table>,
}

/// Which Cleo product it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Deployment {
    /// Cleo Integration Cloud.
    Cic,
    /// Cleo Harmony.
    Harmony,
    /// Cleo VLTrader.
    VlTrader,
}

/// How requests to Cleo are authorised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CleoAuth {
    /// A token by the OAuth 2 password grant.
    Password {
        /// The user.
        username: SecretRef,
        /// The user's password.
        password: SecretRef,
    },
    /// HTTP Basic.
    Basic {
        /// The user.
        username: SecretRef,
        /// The user's password.
        password: SecretRef,
    },
}

/// The HTTP server of Harmony and VLTrader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HttpServerSettings {
    /// Path under the origin at which it takes commands.
    pub path: String,
}

/// What is sent. An absent flow is off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[non_exhaustive]
pub struct Flows {
    /// Purchase orders to suppliers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase_orders: Option<PurchaseOrderFlow>,
    /// Billing invoices to customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoices: Option<InvoiceFlow>,
    /// Suppliers' documents into PeopleSoft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound: Option<InboundFlow>,
}

/// How a flow reads its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Poll {
    /// Time between two polls of `run`; absent means 15 minutes, unless `schedule` says when.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_duration_as_text"
    )]
    pub every: Option<Duration>,
    /// How much later than its own time a row may become visible.
    #[serde(serialize_with = "duration_as_text")]
    pub max_lateness: Duration,
    /// How long rows are left alone before they are read.
    #[serde(serialize_with = "duration_as_text")]
    pub settle: Duration,
    /// How far below the watermark each poll begins; absent takes what loses nothing.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_duration_as_text"
    )]
    pub lookback: Option<Duration>,
    /// A longer look back now and then, which allows a short one in between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
    /// Most rows of one page.
    pub page_rows: NonZeroU32,
    /// When `run` polls, where that is no steady rhythm, and what differs from the other flows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<FlowSchedule>,
    /// How often this flow asks the systems, where that differs from the other flows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<FlowLimits>,
}

impl Poll {
    /// When `run` polls.
    ///
    /// # Errors
    /// Where a setting makes no sense; what was read from a file was checked there.
    pub fn schedule(&self, common: &ScheduleSettings) -> Result<Schedule, ScheduleError> {
        super::schedule::schedule(self.every, self.schedule.as_ref(), common)
    }
}

/// A longer look back every so many polls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Sweep {
    /// How far below the watermark it begins.
    #[serde(serialize_with = "duration_as_text")]
    pub reach: Duration,
    /// Every how many polls.
    pub every: NonZeroU32,
}

/// Purchase orders to suppliers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PurchaseOrderFlow {
    /// Whether it runs.
    pub enabled: bool,
    /// How the orders are read.
    #[serde(flatten)]
    pub poll: Poll,
    /// From which status on an order is sent.
    pub on_status: OnStatus,
    /// DISP_METHOD of the orders that are sent; empty means every method.
    pub dispatch_methods: Vec<String>,
}

/// From which status on an order is sent (PO_STATUS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnStatus {
    /// D: a buyer has dispatched it.
    Dispatched,
    /// A or D: it is approved.
    Approved,
}

/// Billing invoices to customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InvoiceFlow {
    /// Whether it runs.
    pub enabled: bool,
    /// How the invoices are read.
    #[serde(flatten)]
    pub poll: Poll,
}

/// How documents are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DeliverySettings {
    /// Most deliveries at once to one partner.
    pub concurrency: NonZeroUsize,
    /// Longest that any byte of a delivery may still have an effect.
    #[serde(serialize_with = "duration_as_text")]
    pub request_timeout: Duration,
    /// How long Cleo may wait for the end of a route's action, in whole seconds; less than `request_timeout`.
    #[serde(serialize_with = "duration_as_text")]
    pub action_timeout: Duration,
    /// How long after a send an absence counts; longer than `request_timeout`.
    #[serde(serialize_with = "duration_as_text")]
    pub settle: Duration,
    /// How long a delivery may stay unsettled before a person must look.
    #[serde(serialize_with = "duration_as_text")]
    pub budget: Duration,
    /// How long a deduplicating receiver remembers what it got.
    #[serde(serialize_with = "duration_as_text")]
    pub deduplication_window: Duration,
    /// Most deliveries that are open at once; no more are read until some are done.
    pub max_open: NonZeroUsize,
    /// How long a worker owns a stream before another may take over.
    #[serde(serialize_with = "duration_as_text")]
    pub lease: Duration,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            concurrency: Self::CONCURRENCY,
            request_timeout: Self::REQUEST_TIMEOUT,
            action_timeout: Self::ACTION_TIMEOUT,
            settle: Self::SETTLE,
            budget: Self::BUDGET,
            deduplication_window: Self::DEDUPLICATION_WINDOW,
            max_open: Self::MAX_OPEN,
            lease: Self::LEASE,
        }
    }
}

impl DeliverySettings {
    /// Low: after a crash every one of them is in doubt.
    pub const CONCURRENCY: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);
    /// Long enough for a large file over a slow line.
    pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
    /// Long enough for a partner's server that answers slowly.
    pub const ACTION_TIMEOUT: Duration = Duration::from_secs(30);
    /// A request, a lease, and a process that was paused for two minutes.
    pub const SETTLE: Duration = Duration::from_secs(240);
    /// A working day is long enough to wait, a night is not a reason to wake somebody.
    pub const BUDGET: Duration = Duration::from_secs(24 * 3600);
    /// Receivers that remember at all remember for a day or more.
    pub const DEDUPLICATION_WINDOW: Duration = Duration::from_secs(24 * 3600);
    /// Bounds memory and the size of the ledger's open part.
    pub const MAX_OPEN: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);
    /// Short enough for a quick takeover, long enough to survive a slow commit.
    pub const LEASE: Duration = Duration::from_secs(60);
}

/// Who we are in X12.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OurIdentity {
    /// ISA05 and ISA06.
    pub isa: InterchangeId,
    /// GS02.
    pub gs: String,
    /// What differs by BUSINESS_UNIT.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub business_units: BTreeMap<String, OurOverride>,
}

impl OurIdentity {
    /// ISA05/ISA06 and GS02 for documents of that business unit.
    pub fn of(&self, business_unit: &str) -> (&InterchangeId, &str) {
        let own = self.business_units.get(business_unit);
        (
            own.and_then(|own| own.isa.as_ref()).unwrap_or(&self.isa),
            own.and_then(|own| own.gs.as_deref()).unwrap_or(&self.gs),
        )
    }
}

impl OurIdentity {
    /// Every id that is ours in ISA, the common one first.
    pub fn addresses(&self) -> impl Iterator<Item = &InterchangeId> {
        let own = self.business_units.values();
        std::iter::once(&self.isa).chain(own.filter_map(|own| own.isa.as_ref()))
    }

    /// The business units that have this id for themselves.
    pub fn units_of(&self, address: &str) -> impl Iterator<Item = &str> {
        self.business_units.iter().filter_map(move |(unit, own)| {
            let isa = own.isa.as_ref()?;
            (isa.to_string() == address).then_some(unit.as_str())
        })
    }
}

/// What differs for one business unit; absent parts are those of [`OurIdentity`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct OurOverride {
    /// ISA05 and ISA06.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isa: Option<InterchangeId>,
    /// GS02.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gs: Option<String>,
}
