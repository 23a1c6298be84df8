//! The tables of a configuration.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;
use std::time::Duration;

use sync_core::store::PostgresOptions;

use super::engine::{EngineSettings, read_engine};
use super::field::Field;
use super::inbound::inbound;
use super::ledger::{RetentionSettings, read_encryption, read_retention, read_tls};
use super::limits::{LimitSettings, read_flow_limits, read_limits};
use super::schedule::{ScheduleSettings, read_every, read_flow, read_settings};
use super::settings::{
    CleoAuth, CleoSettings, DeliverySettings, Deployment, Environment, Flows, HttpServerSettings,
    InvoiceFlow, OnStatus, OurIdentity, OurOverride, PeopleSoftAuth, PeopleSoftSettings, Poll,
    PostgresSettings, PurchaseOrderFlow, StateSettings, Sweep, VaultSettings,
};
use super::table::Table;
use crate::code_table::{Freight, Terms, Unit, read_freight, read_terms, read_units};
use crate::partner::{read_own_interchange_id, x12_id};

/// Longest time of one request to PeopleSoft: inquiries over large tables are slow.
const PEOPLESOFT_TIMEOUT: Duration = Duration::from_secs(60);
/// Longest time of one request to Cleo.
const CLEO_TIMEOUT: Duration = Duration::from_secs(30);
/// Path of the REST interface of every Cleo product, unless an administrator moved it.
const CLEO_PREFIX: &str = "/api";
/// Rows may become visible this much later than their own time, for example in a long batch job.
const MAX_LATENESS: Duration = Duration::from_secs(15 * 60);
/// Rows of one page.
const PAGE_ROWS: NonZeroU32 = NonZeroU32::MIN.saturating_add(199);
/// Most rows of one page; Query Access Service answers grow slow and large long before.
const MAX_PAGE_ROWS: u32 = 10_000;
/// The dispatch method for orders that go out by electronic data exchange.
const DISPATCH_METHOD: &str = "EDX";

/// Everything of a configuration but its partners. What could not be read is absent.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) tenant: Option<String>,
    pub(super) environment: Option<Environment>,
    pub(super) state: Option<StateSettings>,
    pub(super) engine: EngineSettings,
    pub(super) vault: Option<VaultSettings>,
    pub(super) peoplesoft: Option<PeopleSoftSettings>,
    pub(super) cleo: Option<CleoSettings>,
    pub(super) flows: Flows,
    pub(super) delivery: DeliverySettings,
    pub(super) schedule: ScheduleSettings,
    pub(super) limits: LimitSettings,
    pub(super) retention: RetentionSettings,
    /// Whether there is a table `our`, and what could be read of it.
    pub(super) our: Option<Option<OurIdentity>>,
    pub(super) units: BTreeMap<String, Unit>,
    pub(super) terms: BTreeMap<String, Terms>,
    pub(super) freight: BTreeMap<String, Freight>,
}

pub(super) fn read(root: &Table<'_>, directory: &Path) -> Parts {
    Parts {
        tenant: root.need("tenant", "\"acme\"").and_then(|field| {
            field.text_where(
                "1 to 40 letters, digits, `-` or `_`",
                "choose a short name; it cannot be changed later",
                |text| {
                    text.len() <= 40
                        && text
                            .chars()
                            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
                },
            )
        }),
        environment: root.need("environment", "\"test\"").and_then(|field| {
            let both = [Environment::Production, Environment::Test];
            field.choice(&both.map(|environment| (environment.as_str(), environment)))
        }),
        state: section(root, "state", "{ directory = \"state\" }", |table| {
            let config_directory = directory;
            let directory = table
                .need("directory", "\"state\"")
                .and_then(|field| field.path(directory));
            let postgres = table
                .get("postgres")
                .map(|field| postgres(&field, config_directory));
            let encryption = table
                .get("encryption")
                .map(|field| read_encryption(&field, config_directory));
            Some(StateSettings {
                directory: directory?,
                postgres: settled(postgres)?,
                encryption: settled(encryption)?,
            })
        }),
        engine: optional(root, "engine", read_engine)
            .flatten()
            .unwrap_or_default(),
        vault: section(
            root,
            "vault",
            "{ file = \"vault.json\", key_file = \"vault.key\" }",
            |table| {
                let file = table
                    .need("file", "\"vault.json\"")
                    .and_then(|field| field.path(directory));
                let key_file = table
                    .need("key_file", "\"vault.key\"")
                    .and_then(|field| field.path(directory));
                Some(VaultSettings {
                    file: file?,
                    key_file: key_file?,
                })
            },
        ),
        peoplesoft: section(
            root,
            "peoplesoft",
            "{ gateway = \"https://ps.example/PSIGW\", node = \"PSFT_EP\", auth = { kind = \"basic\", .. } }",
            |table| peoplesoft(table, directory),
        ),
        cleo: section(
            root,
            "cleo",
            "{ origin = \"https://cleo.example\", deployment = \"harmony\", auth = { kind = \"password\", .. } }",
            cleo,
        ),
        flows: optional(root, "flows", |table| flows(table, directory))
            .flatten()
            .unwrap_or_default(),
        delivery: optional(root, "delivery", delivery)
            .flatten()
            .unwrap_or_default(),
        schedule: optional(root, "schedule", |table| Some(read_settings(table)))
            .flatten()
            .unwrap_or_default(),
        limits: optional(root, "limits", |table| Some(read_limits(table)))
            .flatten()
            .unwrap_or_default(),
        retention: optional(root, "retention", |table| Some(read_retention(table)))
            .flatten()
            .unwrap_or_default(),
        our: optional(root, "our", our),
        units: root
            .get("units")
            .map(|field| read_units(&field))
            .unwrap_or_default(),
        terms: root
            .get("terms")
            .map(|field| read_terms(&field))
            .unwrap_or_default(),
        freight: root
            .get("freight")
            .map(|field| read_freight(&field))
            .unwrap_or_default(),
    }
}

/// A table that must be there.
fn section<T>(
    root: &Table<'_>,
    key: &'static str,
    example: &str,
    read: impl FnOnce(&Table<'_>) -> Option<T>,
) -> Option<T> {
    in_table(&root.need(key, example)?, read)
}

/// A table that may be absent. Something when it is there, and inside what could be read.
fn optional<T>(
    root: &Table<'_>,
    key: &'static str,
    read: impl FnOnce(&Table<'_>) -> Option<T>,
) -> Option<Option<T>> {
    root.get(key).map(|field| in_table(&field, read))
}

/// Reads a table and complains about its unknown keys.
fn in_table<T>(field: &Field<'_>, read: impl FnOnce(&Table<'_>) -> Option<T>) -> Option<T> {
    let table = field.table()?;
    let value = read(&table);
    table.finish();
    value
}

pub(super) fn flag(table: &Table<'_>, key: &'static str, default: bool) -> bool {
    table
        .get(key)
        .and_then(|field| field.boolean())
        .unwrap_or(default)
}

fn span(table: &Table<'_>, key: &'static str, default: Duration) -> Duration {
    table
        .get(key)
        .and_then(|field| field.duration())
        .unwrap_or(default)
}

/// A duration above zero.
pub(super) fn positive(table: &Table<'_>, key: &'static str, default: Duration) -> Duration {
    let Some(field) = table.get(key) else {
        return default;
    };
    match field.duration() {
        Some(Duration::ZERO) => {
            field.wrong("0", "a duration above zero", "write for example \"30s\"");
            default
        }
        read => read.unwrap_or(default),
    }
}

fn count(table: &Table<'_>, key: &'static str, most: u32) -> Option<NonZeroU32> {
    table
        .get(key)
        .and_then(|field| field.integer(1..=most))
        .and_then(NonZeroU32::new)
}

fn size(table: &Table<'_>, key: &'static str, most: u32, default: NonZeroUsize) -> NonZeroUsize {
    count(table, key, most)
        .and_then(|value| value.try_into().ok())
        .unwrap_or(default)
}

fn peoplesoft(table: &Table<'_>, directory: &Path) -> Option<PeopleSoftSettings> {
    let allow_http = flag(table, "allow_http", false);
    let gateway = table
        .need("gateway", "\"https://ps.example/PSIGW\"")
        .and_then(|field| field.url(allow_http));
    let node = table.need("node", "\"PSFT_EP\"").and_then(|field| {
        field.text_where(
            "1 to 30 letters, digits and `_`",
            "write the name of the default local node as PeopleSoft shows it",
            |text| text.len() <= 30 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
        )
    });
    let timeout = positive(table, "timeout", PEOPLESOFT_TIMEOUT);
    let profile = table.get("profile").map(|field| field.path(directory));
    let auth = section(
        table,
        "auth",
        "{ kind = \"basic\", user = { vault = \"peoplesoft-user\" }, password = { vault = \"peoplesoft-password\" } }",
        |auth| {
            let kind = auth
                .need("kind", "\"basic\"")
                .and_then(|field| field.choice(&[("basic", false), ("oauth2", true)]));
            let Some(kind) = kind else {
                // Without it nothing can be said about the other keys.
                for key in [
                    "user",
                    "password",
                    "token_url",
                    "client_id",
                    "client_secret",
                    "scope",
                ] {
                    auth.get(key);
                }
                return None;
            };
            match kind {
                false => {
                    let user = secret(auth, "user", "{ vault = \"peoplesoft-user\" }");
                    let password = secret(auth, "password", "{ vault = \"peoplesoft-password\" }");
                    Some(PeopleSoftAuth::Basic {
                        user: user?,
                        password: password?,
                    })
                }
                true => {
                    let token_url = auth
                        .need("token_url", "\"https://login.example/token\"")
                        .and_then(|field| field.url(allow_http));
                    let client_id = auth
                        .need("client_id", "\"connector\"")
                        .and_then(|field| field.text());
                    let client_secret = secret(
                        auth,
                        "client_secret",
                        "{ vault = \"peoplesoft-client-secret\" }",
                    );
                    let scope = auth.get("scope").map(|field| field.text());
                    Some(PeopleSoftAuth::Oauth2 {
                        token_url: token_url?,
                        client_id: client_id?,
                        client_secret: client_secret?,
                        scope: settled(scope)?,
                    })
                }
            }
        },
    );
    Some(PeopleSoftSettings {
        gateway: gateway?,
        node: node?,
        timeout,
        allow_http,
        auth: auth?,
        profile: settled(profile)?,
    })
}

fn postgres(field: &Field<'_>, directory: &Path) -> Option<PostgresSettings> {
    let table = field.table()?;
    let url = secret(&table, "url", "{ vault = \"ledger-url\" }");
    let schema = table.get("schema").map_or_else(
        || Some(PostgresSettings::SCHEMA.to_owned()),
        |field| {
            field.text_where(
                "1 to 63 lower-case letters, digits and `_`",
                "choose a schema of its own for each integration",
                |text| PostgresOptions::default().schema(text).is_ok(),
            )
        },
    );
    let connections = table
        .get("connections")
        .map_or(Some(PostgresSettings::CONNECTIONS), |field| {
            NonZeroU32::new(field.integer(1..=1_000)?)
        });
    let tls = table.get("tls").map(|field| read_tls(&field, directory));
    let allow_clear = table.get("allow_clear").map(|field| {
        let allowed = field.boolean()?;
        if allowed && tls.is_some() {
            field.wrong(
                "`allow_clear = true` beside `tls`",
                "one of them: with `tls` nothing goes in the clear",
                "delete `allow_clear`",
            );
        }
        Some(allowed)
    });
    table.finish();
    Some(PostgresSettings {
        url: url?,
        schema: schema?,
        connections: connections?,
        allow_clear: settled(allow_clear)?.unwrap_or(false),
        tls: settled(tls)?,
    })
}

fn secret(table: &Table<'_>, key: &'static str, example: &str) -> Option<super::SecretRef> {
    table.need(key, example).and_then(|field| field.secret())
}

/// Nothing if a value is there that could not be read.
pub(super) fn settled<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        Some(read) => Some(Some(read?)),
        None => Some(None),
    }
}

fn cleo(table: &Table<'_>) -> Option<CleoSettings> {
    let allow_http = flag(table, "allow_http", false);
    let origin = table
        .need("origin", "\"https://cleo.example\"")
        .and_then(|field| {
            let url = field.url(allow_http)?;
            if url.path() == "/" {
                return Some(url);
            }
            field.wrong(
                format!("an origin with the path {:?}", url.path()),
                "scheme, host and port alone",
                "move the path to `prefix`",
            );
            None
        });
    let path_rule = "a path that begins with `/` and does not end with one";
    let is_path = |text: &str| {
        text.starts_with('/') && !text.ends_with('/') && !text.contains(['?', '#', ' ', '\\'])
    };
    let prefix = table.get("prefix").map(|field| {
        field.text_where(
            "a path that begins with `/` and does not end with one, or `/` where there is none",
            "correct the path",
            |text| text == "/" || is_path(text),
        )
    });
    let deployments = [
        ("cic", Deployment::Cic),
        ("harmony", Deployment::Harmony),
        ("vltrader", Deployment::VlTrader),
    ];
    let deployment = table
        .need("deployment", "\"harmony\"")
        .and_then(|field| field.choice(&deployments));
    let timeout = positive(table, "timeout", CLEO_TIMEOUT);
    let example = "{ kind = \"password\", username = { vault = \"cleo-user\" }, password = { vault = \"cleo-password\" } }";
    let auth = section(table, "auth", example, |auth| {
        let kind = auth
            .need("kind", "\"password\"")
            .and_then(|field| field.choice(&[("password", true), ("basic", false)]));
        let username = secret(auth, "username", "{ vault = \"cleo-user\" }");
        let password = secret(auth, "password", "{ vault = \"cleo-password\" }");
        let (username, password) = (username?, password?);
        Some(match kind? {
            true => CleoAuth::Password { username, password },
            false => CleoAuth::Basic { username, password },
        })
    });
    let vlproxy_serial = table.get("vlproxy_serial").map(|field| {
        let rule = "letters, digits and `-`, as the licence shows it";
        field.text_where(rule, "correct the serial number", |text| {
            text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
    });
    let http_server = optional(table, "http_server", |server| {
        let path = server
            .need("path", "\"/server\"")
            .and_then(|field| field.text_where(path_rule, "correct the path", is_path));
        Some(HttpServerSettings { path: path? })
    });
    let rest_transfer = table.get("rest_transfer").map(|field| field.raw_table());
    Some(CleoSettings {
        origin: origin?,
        prefix: settled(prefix)?.unwrap_or_else(|| CLEO_PREFIX.to_owned()),
        deployment: deployment?,
        timeout,
        allow_http,
        auth: auth?,
        vlproxy_serial: settled(vlproxy_serial)?,
        http_server: settled(http_server)?,
        rest_transfer: settled(rest_transfer)?,
    })
}

fn flows(table: &Table<'_>, directory: &Path) -> Option<Flows> {
    let purchase_orders = optional(table, "purchase_orders", |flow| {
        let statuses = [
            ("dispatched", OnStatus::Dispatched),
            ("approved", OnStatus::Approved),
        ];
        Some(PurchaseOrderFlow {
            enabled: flag(flow, "enabled", true),
            poll: poll(flow),
            on_status: flow
                .get("on_status")
                .and_then(|field| field.choice(&statuses))
                .unwrap_or(OnStatus::Dispatched),
            dispatch_methods: flow
                .get("dispatch_methods")
                .and_then(|field| {
                    field.texts("a DISP_METHOD of three capital letters", |text| {
                        text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
                    })
                })
                .unwrap_or_else(|| vec![DISPATCH_METHOD.to_owned()]),
        })
    });
    let invoices = optional(table, "invoices", |flow| {
        Some(InvoiceFlow {
            enabled: flag(flow, "enabled", true),
            poll: poll(flow),
        })
    });
    Some(Flows {
        purchase_orders: purchase_orders.flatten(),
        invoices: invoices.flatten(),
        inbound: optional(table, "inbound", |flow| inbound(flow, directory)).flatten(),
    })
}

fn poll(table: &Table<'_>) -> Poll {
    let max_lateness = span(table, "max_lateness", MAX_LATENESS);
    let lookback = table
        .get("lookback")
        .and_then(|field| Some((field.duration()?, field)));
    let sweep = table.get("sweep").and_then(|field| {
        let sweep = in_table(&field, |sweep| {
            let reach = sweep
                .need("reach", "\"1d\"")
                .and_then(|field| field.duration());
            let every = sweep
                .need("every", "20")
                .and_then(|field| field.integer(1..=10_000));
            Some(Sweep {
                reach: reach?,
                every: NonZeroU32::new(every?)?,
            })
        })?;
        if sweep.reach < max_lateness {
            field.wrong(
                "a `reach` below `max_lateness`",
                "a sweep that reaches back at least `max_lateness` and the time between two sweeps",
                "raise `reach`; rows that come later than it would be lost",
            );
        }
        Some(sweep)
    });
    if let (Some((lookback, field)), None) = (&lookback, &sweep)
        && *lookback < max_lateness
    {
        field.wrong(
            format!(
                "a look back below `max_lateness` ({})",
                super::duration::render(max_lateness)
            ),
            "at least `max_lateness`, or a sweep that reaches further",
            "raise `lookback`, lower `max_lateness`, or add \
             `sweep = { reach = \"1d\", every = 20 }`; otherwise late rows are lost",
        );
    }
    let schedule = table
        .get("schedule")
        .and_then(|field| read_flow(&field, table.get("every").as_ref()));
    Poll {
        every: read_every(table),
        max_lateness,
        settle: span(table, "settle", Duration::ZERO),
        lookback: lookback.map(|(lookback, _)| lookback),
        sweep,
        page_rows: count(table, "page_rows", MAX_PAGE_ROWS).unwrap_or(PAGE_ROWS),
        schedule,
        limits: table
            .get("limits")
            .and_then(|field| read_flow_limits(&field)),
    }
}

fn delivery(table: &Table<'_>) -> Option<DeliverySettings> {
    let request_timeout = positive(table, "request_timeout", DeliverySettings::REQUEST_TIMEOUT);
    let settings = DeliverySettings {
        concurrency: size(table, "concurrency", 256, DeliverySettings::CONCURRENCY),
        request_timeout,
        action_timeout: positive(
            table,
            "action_timeout",
            DeliverySettings::ACTION_TIMEOUT.min(request_timeout / 2),
        ),
        settle: positive(table, "settle", DeliverySettings::SETTLE),
        budget: positive(table, "budget", DeliverySettings::BUDGET),
        deduplication_window: positive(
            table,
            "deduplication_window",
            DeliverySettings::DEDUPLICATION_WINDOW,
        ),
        max_open: size(table, "max_open", 1_000_000, DeliverySettings::MAX_OPEN),
        lease: positive(table, "lease", DeliverySettings::LEASE),
    };
    let show = super::duration::render;
    if settings.action_timeout >= settings.request_timeout {
        table.source().mistake(
            &table.path_of("action_timeout"),
            format!("{:?}", show(settings.action_timeout)),
            format!(
                "less than `request_timeout` ({})",
                show(settings.request_timeout)
            ),
            "lower it: upload and action must both be over within the time-out".to_owned(),
        );
    }
    if settings.settle <= settings.request_timeout {
        table.source().mistake(
            &table.path_of("settle"),
            format!("{:?}", show(settings.settle)),
            format!(
                "more than `request_timeout` ({})",
                show(settings.request_timeout)
            ),
            "raise it above the time-out, the lease and the longest pause of a process together; \
             otherwise a slow delivery could be repeated"
                .to_owned(),
        );
    }
    Some(settings)
}

fn our(table: &Table<'_>) -> Option<OurIdentity> {
    let source = table.source();
    let isa = table
        .need("isa", "{ qualifier = \"ZZ\", id = \"ACME\" }")
        .and_then(|field| read_own_interchange_id(source, &table.path_of("isa"), &field));
    let gs = table
        .need("gs", "\"ACME\"")
        .and_then(|field| x12_id(&field, 2));
    let mut business_units = BTreeMap::new();
    let units = table.get("business_units").and_then(|field| field.table());
    for (name, field) in units.iter().flat_map(Table::entries) {
        if name.chars().count() > 5 {
            field.wrong(
                format!("the business unit {name:?}"),
                "a BUSINESS_UNIT of at most 5 characters",
                "write it as PeopleSoft shows it",
            );
        }
        let own = in_table(&field, |own| {
            let isa = own
                .get("isa")
                .and_then(|field| read_own_interchange_id(source, &own.path_of("isa"), &field));
            let gs = own.get("gs").and_then(|field| x12_id(&field, 2));
            Some(OurOverride { isa, gs })
        });
        if let Some(own) = own {
            business_units.insert(name, own);
        }
    }
    Some(OurIdentity {
        isa: isa?,
        gs: gs?,
        business_units,
    })
}
