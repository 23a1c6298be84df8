//! Who runs the turns of the flows.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Serialize;
use url::Url;

use super::field::Field;
use super::read::{flag, positive, settled};
use super::settings::SecretRef;
use super::table::Table;
use super::write::{duration_as_text, url_as_text};

/// Who decides where and when the turns of the flows run. The ledger decides everything else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EngineSettings {
    /// The process that `run` was started in.
    #[default]
    Embedded,
    /// A Restate server, which spreads them over the processes that `run` was started in.
    Restate(Box<RestateSettings>),
}

/// A Restate server, and how it reaches this process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RestateSettings {
    /// Where the server takes invocations.
    #[serde(serialize_with = "url_as_text")]
    pub ingress: Url,
    /// Where the server takes registrations.
    #[serde(serialize_with = "url_as_text")]
    pub admin: Url,
    /// Whether the server may be asked over plain HTTP on another machine.
    pub allow_http: bool,
    /// The secret that is sent to the server as `Authorization: Bearer …`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<SecretRef>,
    /// Where this process waits for the server.
    pub listen: SocketAddr,
    /// How the server reaches that address.
    #[serde(serialize_with = "url_as_text")]
    pub reached_at: Url,
    /// The public key of the server: requests that others have signed, or nobody, are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_key: Option<String>,
    /// Time between two looks for flows that did not go on.
    #[serde(serialize_with = "duration_as_text")]
    pub supervise_every: Duration,
    /// How long one invocation works before it asks for the next one.
    #[serde(serialize_with = "duration_as_text")]
    pub budget: Duration,
}

/// What a server on this machine has unless it was set otherwise.
const INGRESS: &str = "http://127.0.0.1:8080";
const ADMIN: &str = "http://127.0.0.1:9070";
const LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9080);
const SUPERVISE_EVERY: Duration = Duration::from_secs(30);
const BUDGET: Duration = Duration::from_secs(20);
/// The server asks an invocation that says nothing for a minute to end.
const LONGEST_BUDGET: Duration = Duration::from_secs(45);

/// Every key of the table beside `kind`.
const KEYS: [&str; 9] = [
    "ingress",
    "admin",
    "allow_http",
    "token",
    "listen",
    "reached_at",
    "identity_key",
    "supervise_every",
    "budget",
];

impl EngineSettings {
    /// How it is called in the file.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Restate(_) => "restate",
        }
    }
}

impl RestateSettings {
    /// With the defaults of the file for everything else.
    #[must_use]
    pub const fn new(ingress: Url, admin: Url, listen: SocketAddr, reached_at: Url) -> Self {
        Self {
            ingress,
            admin,
            allow_http: false,
            token: None,
            listen,
            reached_at,
            identity_key: None,
            supervise_every: SUPERVISE_EVERY,
            budget: BUDGET,
        }
    }
}

pub(super) fn read_engine(table: &Table<'_>) -> Option<EngineSettings> {
    let kind = table.need("kind", "\"restate\"");
    let is_restate = kind
        .as_ref()
        .and_then(|kind| kind.choice(&[("embedded", false), ("restate", true)]));
    let Some(is_restate) = is_restate else {
        // Without it nothing can be said about the other keys.
        for key in KEYS {
            table.get(key);
        }
        return None;
    };
    if is_restate {
        if !cfg!(feature = "restate")
            && let Some(kind) = kind
        {
            kind.wrong(
                "\"restate\", which this build is without",
                "\"embedded\", or a build with the feature `restate`",
                "build it with `cargo build --release -p peoplesoft-cleo --features restate` (Rust 1.90), \
                 or delete `[engine]`",
            );
        }
        return restate(table).map(|settings| EngineSettings::Restate(Box::new(settings)));
    }
    for field in KEYS.into_iter().filter_map(|key| table.get(key)) {
        field.wrong(
            "a setting of `kind = \"restate\"`",
            "nothing beside `kind = \"embedded\"`",
            "delete it, or set `kind = \"restate\"`",
        );
    }
    Some(EngineSettings::Embedded)
}

fn restate(table: &Table<'_>) -> Option<RestateSettings> {
    let allow_http = flag(table, "allow_http", false);
    let ingress = server(table, "ingress", INGRESS, allow_http);
    let admin = server(table, "admin", ADMIN, allow_http);
    let token = table.get("token").map(|field| field.secret());
    let listen = table
        .get("listen")
        .map_or(Some(LISTEN), |field| address(&field));
    let reached_at = match (table.get("reached_at"), listen) {
        // The server speaks plain HTTP to it; what the address is called is between the two.
        (Some(field), _) => field.url(true),
        (None, Some(listen)) if listen.ip().is_unspecified() => {
            table.source().mistake(
                &table.path_of("reached_at"),
                "nothing".to_owned(),
                format!("the address at which the server reaches {listen}"),
                "add for example `reached_at = \"http://worker.acme.example:9080\"`".to_owned(),
            );
            None
        }
        (None, listen) => Url::parse(&format!("http://{}", listen?)).ok(),
    };
    let identity_key = table.get("identity_key").map(|field| {
        let text = field.text()?;
        if is_identity_key(&text) {
            return Some(text);
        }
        field.wrong(
            "no public key (not shown: it may be the private one)",
            "the public key as the server shows it when it starts, `publickeyv1_…`",
            "copy it from there; the private key stays with the server",
        );
        None
    });
    let budget = positive(table, "budget", BUDGET);
    if budget > LONGEST_BUDGET {
        table.source().mistake(
            &table.path_of("budget"),
            format!("{:?}", super::duration::render(budget)),
            "at most 45s".to_owned(),
            "lower it: the server ends invocations that say nothing for a minute".to_owned(),
        );
    }
    let supervise_every = positive(table, "supervise_every", SUPERVISE_EVERY);
    Some(RestateSettings {
        allow_http,
        token: settled(token)?,
        identity_key: settled(identity_key)?,
        supervise_every,
        budget,
        ..RestateSettings::new(ingress?, admin?, listen?, reached_at?)
    })
}

/// An address of the server; absent is that of one on this machine.
fn server(table: &Table<'_>, key: &'static str, own: &str, allow_http: bool) -> Option<Url> {
    match table.get(key) {
        Some(field) => field.url(allow_http),
        None => Url::parse(own).ok(),
    }
}

fn address(field: &Field<'_>) -> Option<SocketAddr> {
    let rule = "an IP address and a port, such as \"127.0.0.1:9080\" or \"[::1]:9080\"";
    let remedy = "write numbers: `0.0.0.0` listens on every address of this machine";
    let text = field.text_where(rule, remedy, |text| {
        text.parse()
            .is_ok_and(|address: SocketAddr| address.port() != 0)
    })?;
    text.parse().ok()
}

/// Whether it has the form of one: a version, then base 58.
fn is_identity_key(text: &str) -> bool {
    let base58 = |c: char| c.is_ascii_alphanumeric() && !matches!(c, '0' | 'O' | 'I' | 'l');
    text.strip_prefix("publickeyv1_")
        .is_some_and(|key| (32..=64).contains(&key.len()) && key.chars().all(base58))
}
