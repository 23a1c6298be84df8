//! The ledger over TLS, on a server that takes nothing else.

#![cfg(all(feature = "postgres-tls", feature = "test-util"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod postgres_server;

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use sync_core::store::{PostgresOptions, PostgresStore, PostgresTls, StateStore, StoreError};
use sync_core::testing::ManualClock;
use sync_core::{Clock, StreamKey};

use postgres_server::Server;

/// A server behind TLS, with a certificate for `localhost`; a role `certified` must show one of its own.
fn start_tls() -> Server {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mut server = Server::cluster();
    let data = server.directory.path().join("data");
    for name in ["server.pem", "server.key", "authority.pem"] {
        let file = data.join(name);
        fs::write(&file, given(name)).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        if let Some((uid, gid)) = server.user {
            chown(&file, Some(uid), Some(gid)).unwrap();
        }
    }
    // What is not encrypted is refused, on every address.
    let rules = "hostssl all certified 127.0.0.1/32 trust clientcert=verify-ca\nhostssl all all 127.0.0.1/32 trust\n";
    fs::write(data.join("pg_hba.conf"), rules).unwrap();
    server.door = format!(
        "-c listen_addresses=127.0.0.1 -p {port} -c ssl=on -c ssl_cert_file=server.pem \
         -c ssl_key_file=server.key -c ssl_ca_file=authority.pem"
    );
    server.address =
        format!("host=localhost hostaddr=127.0.0.1 port={port} user=test dbname=postgres");
    server.up();
    server
}

fn given(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates");
    fs::read(folder.join(name)).unwrap()
}

async fn open(url: &str, tls: PostgresTls) -> Result<PostgresStore, StoreError> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new());
    let options = PostgresOptions::default().connections(2);
    PostgresStore::connect_tls(url.parse().unwrap(), tls, options, clock).await
}

fn text(answer: Result<PostgresStore, StoreError>) -> String {
    match answer {
        Err(StoreError::Unavailable(text)) => text.into(),
        other => format!("instead of a refusal: {other:?}"),
    }
}

#[tokio::test]
async fn a_ledger_is_kept_over_tls_with_an_authority_of_one_s_own() {
    let server = start_tls();
    let tls = PostgresTls::own_authority(&given("authority.pem")).unwrap();
    let store = open(&server.url(), tls.clone()).await.unwrap();
    let stream = StreamKey::new("acme", "orders", "");
    let lease = store
        .acquire(&stream, "test", Duration::from_secs(60))
        .await
        .unwrap();
    assert!(lease.is_some());

    // In the clear the server refuses, and a connection by TLS is one.
    let (client, connection) = {
        let mut config: tokio_postgres::Config = server.url().parse().unwrap();
        config.ssl_mode(tokio_postgres::config::SslMode::Require);
        config.connect(tls).await.unwrap()
    };
    let driver = tokio::spawn(connection);
    let row = client
        .query_one(
            "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
            &[],
        )
        .await
        .unwrap();
    assert!(row.get::<_, bool>(0));
    assert!(row.get::<_, &str>(1).starts_with("TLSv1."));
    drop(client);
    driver.await.unwrap().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new());
    let open = PostgresStore::connect(
        server.url().parse().unwrap(),
        PostgresOptions::default(),
        clock,
    );
    let refused = text(open.await);
    assert!(refused.contains("no pg_hba.conf entry"), "{refused}");
}

#[tokio::test]
async fn an_authority_or_a_name_that_does_not_fit_is_refused() {
    let server = start_tls();
    let other = PostgresTls::own_authority(&given("other_authority.pem")).unwrap();
    let refused = text(open(&server.url(), other).await);
    assert!(refused.contains("UnknownIssuer"), "{refused}");
    let tls = PostgresTls::own_authority(&given("authority.pem")).unwrap();
    let url = server
        .url()
        .replace("host=localhost", "host=database.example");
    let refused = text(open(&url, tls).await);
    assert!(refused.contains("database.example"), "{refused}");
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_the_server_asks_for_one() {
    let server = start_tls();
    let tls = PostgresTls::own_authority(&given("authority.pem")).unwrap();
    drop(open(&server.url(), tls.clone()).await.unwrap());
    let (client, connection) = {
        let mut config: tokio_postgres::Config = server.url().parse().unwrap();
        config.ssl_mode(tokio_postgres::config::SslMode::Require);
        config.connect(tls.clone()).await.unwrap()
    };
    let driver = tokio::spawn(connection);
    client
        .batch_execute("CREATE ROLE certified LOGIN SUPERUSER")
        .await
        .unwrap();
    drop(client);
    driver.await.unwrap().unwrap();

    let url = server.url().replace("user=test", "user=certified");
    let refused = text(open(&url, tls.clone()).await);
    assert!(refused.contains("certificate"), "{refused}");
    let key = SecretString::from(String::from_utf8(given("client.key")).unwrap());
    let certified = tls.client_certificate(&given("client.pem"), &key).unwrap();
    assert!(!format!("{certified:?}").contains("PRIVATE"));
    open(&url, certified).await.unwrap();
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing() {
    let server = Server::start();
    let tls = PostgresTls::own_authority(&given("authority.pem")).unwrap();
    let refused = text(open(&server.url(), tls).await);
    assert!(refused.contains("TLS"), "{refused}");
}

#[test]
fn what_is_no_certificate_is_refused_with_what_was_expected() {
    for bad in [
        &b""[..],
        b"not PEM",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let refused = PostgresTls::own_authority(bad);
        assert!(
            matches!(refused, Err(StoreError::Unavailable(_))),
            "{refused:?}"
        );
    }
    let tls = PostgresTls::own_authority(&given("authority.pem")).unwrap();
    let planted = SecretString::from("planted-private-key");
    let refused = tls
        .client_certificate(&given("client.pem"), &planted)
        .unwrap_err();
    assert!(!refused.to_string().contains("planted"), "{refused}");
}
