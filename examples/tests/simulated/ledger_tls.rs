//! The ledger in a database over TLS, by configuration alone, on a server that takes nothing else.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use peoplesoft_cleo::config::{ClientCertificate, DatabaseTls, PostgresSettings, SecretRef};
use peoplesoft_cleo::simulation::Faults;

use crate::postgres_server::Server;
use crate::simulated::Simulated;

fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../sync-core/tests/certificates")
        .join(name)
}

/// A server behind TLS with a certificate for `localhost`, which asks every client for a certificate of its own.
fn start_tls() -> Server {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mut server = Server::cluster();
    let data = server.directory.path().join("data");
    for name in ["server.pem", "server.key", "authority.pem"] {
        let file = data.join(name);
        fs::write(&file, fs::read(certificate(name)).unwrap()).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        if let Some((uid, gid)) = server.user {
            chown(&file, Some(uid), Some(gid)).unwrap();
        }
    }
    let rules = "hostssl all all 127.0.0.1/32 trust clientcert=verify-ca\n";
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

fn tls(authority: &str) -> DatabaseTls {
    let mut tls = DatabaseTls::default();
    tls.authority = Some(certificate(authority));
    tls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_flows_run_on_a_database_that_is_reached_by_tls_alone() {
    let server = start_tls();
    let mut simulated = Simulated::start(10, false, Faults::None).await;
    simulated.keep("ledger-url", &server.url());
    let key = fs::read_to_string(certificate("client.key")).unwrap();
    simulated.keep("ledger-client-key", &key);
    let mut settings = PostgresSettings::new(SecretRef::new("ledger-url"));
    settings.tls = Some(tls("authority.pem"));
    simulated.config.state.postgres = Some(settings);

    // The server wants to see a certificate.
    let refused = simulated.say(&["status"]).await.is(1);
    assert!(refused.error.contains("certificate"), "{}", refused.error);
    let shown = ClientCertificate::new(
        certificate("client.pem"),
        SecretRef::new("ledger-client-key"),
    );
    let postgres = simulated.config.state.postgres.as_mut().unwrap();
    postgres.tls.as_mut().unwrap().client = Some(shown);
    let pending = simulated
        .say(&["ledger", "migrate", "--dry-run", "--json"])
        .await
        .is(0)
        .json();
    assert!(
        !pending["steps"].as_array().unwrap().is_empty(),
        "{pending}"
    );
    let ran = simulated.run().await;
    assert!(ran.reports.iter().all(|report| report.is_complete()));
    assert_eq!((ran.orders().sent, ran.invoices().sent), (10, 2));
    simulated.say(&["audit", "verify"]).await.is(0);
    let done = simulated.say(&["ledger", "migrate"]).await.is(0);
    assert!(done.out.contains("is up to date"), "{}", done.out);

    // An authority that has not signed it, a file that is none, a key that is none: each names its place.
    let tell = async |change: &dyn Fn(&mut DatabaseTls), code: i32, told: &[&str]| {
        let mut other = simulated.config.clone();
        change(other.state.postgres.as_mut().unwrap().tls.as_mut().unwrap());
        let path = simulated.dir.path().join("other.toml");
        fs::write(&path, other.to_toml()).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_peoplesoft-cleo"));
        command.arg("status").arg("--config").arg(path);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{text}");
        for told in told {
            assert!(text.contains(told), "{told}: {text}");
        }
        assert!(!text.contains("PRIVATE"), "{text}");
    };
    tell(
        &|tls| tls.authority = Some(certificate("other_authority.pem")),
        1,
        &["UnknownIssuer"],
    )
    .await;
    tell(
        &|tls| tls.authority = Some("nowhere.pem".into()),
        2,
        &[
            "`state.postgres.tls.authority`",
            "nowhere.pem",
            "correct the path",
        ],
    )
    .await;
    tell(
        &|tls| tls.authority = Some(certificate("client.key")),
        2,
        &["`state.postgres.tls.authority`", "holds no certificate"],
    )
    .await;
    tell(
        &|tls| tls.client.as_mut().unwrap().key = SecretRef::new("ledger-url"),
        2,
        &["`state.postgres.tls.certificate`", "no private key in PEM"],
    )
    .await;
    tell(
        &|tls| tls.client.as_mut().unwrap().key = SecretRef::new("unknown-key"),
        2,
        &["no secret \"unknown-key\""],
    )
    .await;
}

#[tokio::test]
async fn a_database_elsewhere_is_refused_in_the_clear_before_anything_is_sent_there() {
    let mut simulated = Simulated::start(1, false, Faults::None).await;
    for (url, has_tls, told) in [
        (
            "postgresql://user:hunter2@db.example/ledger",
            false,
            "on another machine (db.example)",
        ),
        (
            "host=localhost hostaddr=203.0.113.7 user=u password=hunter2",
            false,
            "on another machine (203.0.113.7)",
        ),
        (
            "host=localhost user=u password=hunter2 sslmode=require",
            false,
            "found `sslmode=require`",
        ),
        (
            "host=localhost user=u password=hunter2 sslmode=disable",
            true,
            "found `sslmode=disable`",
        ),
        (
            "host=/run/postgresql user=u password=hunter2",
            true,
            "a socket of this machine",
        ),
        (
            "postgresql://user:hunter2@db.example/ledger?sslmode=verify-full",
            true,
            "`sslmode` knows disable, prefer and require",
        ),
    ] {
        simulated.keep("ledger-url", url);
        let mut settings = PostgresSettings::new(SecretRef::new("ledger-url"));
        settings.tls = has_tls.then(|| tls("authority.pem"));
        simulated.config.state.postgres = Some(settings);
        let said = simulated.say(&["status"]).await;
        assert!(matches!(said.code, 1 | 2), "{said:?}");
        assert!(said.error.contains(told), "{told}: {}", said.error);
        assert!(!said.error.contains("hunter2"), "{}", said.error);
    }
}
