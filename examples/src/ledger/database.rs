//! A ledger in PostgreSQL: its connection string, and TLS to it.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use secrecy::ExposeSecret;
use sync_core::Clock;
use sync_core::store::{PostgresOptions, PostgresStore, PostgresTls, StateStore, StoreError};
use tokio_postgres::config::{Host, SslMode};

use super::{Secrets, keys, refused};
use crate::config::{Config, DatabaseTls, PostgresSettings};
use crate::integration::OpenError;

/// What a connection needs.
struct Way {
    url: tokio_postgres::Config,
    tls: Option<PostgresTls>,
    options: PostgresOptions,
}

pub(super) async fn open(
    config: &Config,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn StateStore>, OpenError> {
    let Way { url, tls, options } = way(config)?;
    let keys = keys::payload_keys(config)?;
    // Its future is large, and everything that may open a ledger would carry it.
    let store = match tls {
        Some(tls) => Box::pin(PostgresStore::connect_tls(url, tls, options, clock)).await,
        None => Box::pin(PostgresStore::connect(url, options, clock)).await,
    };
    let store = store.map_err(|error| refused(config, error))?;
    Ok(match keys {
        Some(keys) => Arc::new(store.sealing(keys)),
        None => Arc::new(store),
    })
}

pub(super) async fn pending(config: &Config) -> Result<Vec<&'static str>, OpenError> {
    let Way { url, tls, options } = way(config)?;
    let pending = match tls {
        Some(tls) => Box::pin(PostgresStore::pending_migrations_tls(url, tls, options)).await,
        None => Box::pin(PostgresStore::pending_migrations(url, options)).await,
    };
    pending.map_err(|error| refused(config, error))
}

fn way(config: &Config) -> Result<Way, OpenError> {
    let Some(settings) = &config.state.postgres else {
        return Err(OpenError::Database {
            key: "state.postgres",
            why: "found nothing, expected the database of the ledger".into(),
        });
    };
    let secrets = Secrets::open(config)?;
    let url = secrets.get(&settings.url)?;
    // The text of a wrong connection string may hold its password, so its error is not shown.
    let url: tokio_postgres::Config = url.expose_secret().parse().map_err(|_| {
        let text = "the secret is no connection string, such as `postgresql://user:password@host/database`; \
                    `sslmode` knows disable, prefer and require";
        refused(config, StoreError::Unavailable(text.into()))
    })?;
    fits(&url, settings)?;
    let tls = match &settings.tls {
        Some(tls) => Some(connector(tls, &secrets)?),
        None => None,
    };
    let options = PostgresOptions::default()
        .schema(&settings.schema)
        .map_err(|error| refused(config, error))?
        .connections(settings.connections.get() as usize);
    Ok(Way { url, tls, options })
}

/// Whether what the connection string says of TLS fits what the configuration says.
fn fits(url: &tokio_postgres::Config, settings: &PostgresSettings) -> Result<(), OpenError> {
    let wrong = |key, why: String| {
        let why = why.into();
        Err(OpenError::Database { key, why })
    };
    let remote = remote(url);
    let mode = url.get_ssl_mode();
    if settings.tls.is_some() {
        if mode == SslMode::Disable {
            let why = "found `sslmode=disable` in the secret beside `state.postgres.tls`, expected one of them: delete \
                       `sslmode` from the connection string";
            return wrong("state.postgres.url", why.to_owned());
        }
        if url
            .get_hosts()
            .iter()
            .any(|host| !matches!(host, Host::Tcp(_)))
        {
            let why = "found a socket of this machine in the connection string, which has no TLS, expected a host: name \
                       one, or delete `[state.postgres.tls]`";
            return wrong("state.postgres.tls", why.to_owned());
        }
        return Ok(());
    }
    if mode == SslMode::Require {
        let why = "found `sslmode=require` in the secret without `[state.postgres.tls]`, expected how the server is \
                   known: add that table, with `authority = \"database-ca.pem\"` where its certificate is of an \
                   authority of your own";
        return wrong("state.postgres.tls", why.to_owned());
    }
    if let Some(host) = remote.filter(|_| !settings.allow_clear) {
        return wrong(
            "state.postgres.tls",
            format!(
                "found nothing, and the database is on another machine ({host}), expected TLS, because password and \
                 documents would go there in the clear: add `[state.postgres.tls]`, or set `allow_clear = true` in \
                 `[state.postgres]` where the network is trusted"
            ),
        );
    }
    Ok(())
}

/// The first host that is not this machine; where addresses are given, they are what is connected to.
fn remote(url: &tokio_postgres::Config) -> Option<String> {
    let addresses = url.get_hostaddrs();
    if !addresses.is_empty() {
        let remote = addresses.iter().find(|address| !address.is_loopback());
        return remote.map(ToString::to_string);
    }
    url.get_hosts().iter().find_map(|host| match host {
        Host::Tcp(name) => {
            let is_local = name == "localhost"
                || name
                    .parse()
                    .is_ok_and(|address: IpAddr| address.is_loopback());
            (!is_local).then(|| name.clone())
        }
        // A socket is on this machine.
        _ => None,
    })
}

fn connector(settings: &DatabaseTls, secrets: &Secrets) -> Result<PostgresTls, OpenError> {
    let tls = match &settings.authority {
        None => PostgresTls::system_authorities()
            .map_err(|error| told("state.postgres.tls.authority", None, &error))?,
        Some(path) => {
            let key = "state.postgres.tls.authority";
            let pem = read(key, path)?;
            PostgresTls::own_authority(&pem).map_err(|error| told(key, Some(path), &error))?
        }
    };
    let Some(client) = &settings.client else {
        return Ok(tls);
    };
    let key = "state.postgres.tls.certificate";
    let chain = read(key, &client.certificate)?;
    let private = secrets.get(&client.key)?;
    tls.client_certificate(&chain, &private)
        .map_err(|error| told(key, Some(&client.certificate), &error))
}

fn read(key: &'static str, path: &Path) -> Result<Vec<u8>, OpenError> {
    std::fs::read(path).map_err(|error| OpenError::Database {
        key,
        why: format!(
            "{}: {error}; expected a file of certificates in PEM: correct the path, which starts at the directory of \
             the configuration, and the permissions",
            path.display()
        )
        .into(),
    })
}

fn told(key: &'static str, path: Option<&Path>, error: &StoreError) -> OpenError {
    let why = match error {
        StoreError::Unavailable(why) => why.to_string(),
        other => other.to_string(),
    };
    let why = match path {
        Some(path) => format!("{}: {why}", path.display()),
        None => why,
    };
    OpenError::Database {
        key,
        why: why.into(),
    }
}
