//! The same flows over a ledger in a database, by configuration alone.

use std::num::NonZeroU32;

use peoplesoft_cleo::config::{PostgresSettings, SecretRef};
use peoplesoft_cleo::integration::{self, Access, Integration};
use peoplesoft_cleo::simulation::Faults;
use secrecy::SecretString;
use sync_core::audit::verify_store;
use sync_core::delivery::Phase;
use sync_core::engine::Outcome;
use sync_core::vault::{FileKey, Vault};

use crate::postgres_server::Server;
use crate::simulated::Simulated;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_flows_run_on_a_database_that_two_processes_share() {
    let server = Server::start();
    let mut simulated = Simulated::start(40, false, Faults::Some).await;
    let vault = &simulated.config.vault;
    let vault = Vault::open(&vault.file, FileKey::open(&vault.key_file).unwrap()).unwrap();
    let url = SecretString::from(server.url());
    vault
        .put(&simulated.config.tenant, "ledger-url", &url)
        .unwrap();
    let mut settings = PostgresSettings::new(SecretRef::new("ledger-url"));
    settings.connections = NonZeroU32::new(6).unwrap();
    simulated.config.state.postgres = Some(settings);

    // A second process that holds the streams keeps the first from running them, and from nothing else.
    let other = Integration::open(simulated.config.clone(), Access::Run)
        .await
        .unwrap();
    let orders = other.stream("purchase-orders");
    let ttl = std::time::Duration::from_secs(600);
    let lease = other
        .store()
        .acquire(&orders, "standby", ttl)
        .await
        .unwrap();
    let ran = simulated.run().await;
    let held = ran
        .reports
        .iter()
        .filter(|r| matches!(r.outcome, Outcome::Held));
    assert_eq!(held.count(), 1, "{:?}", ran.reports);
    other.store().release(lease.unwrap()).await.unwrap();

    let ran = simulated.run().await;
    assert!(
        ran.reports
            .iter()
            .all(sync_core::engine::Report::is_complete),
        "{:?}",
        ran.reports
    );
    let store = integration::look(&simulated.config).await.unwrap().unwrap();
    let mut confirmed = 0;
    for status in store.streams().await.unwrap() {
        verify_store(&*store, &status.stream)
            .await
            .unwrap()
            .unwrap();
        confirmed += store
            .counts(&status.stream)
            .await
            .unwrap()
            .of(Phase::Confirmed);
    }
    assert_eq!(confirmed, 48, "every order and every invoice");
    assert!(!integration::ledger_file(&simulated.config).exists());
    let again = simulated.run().await;
    assert_eq!((again.orders().sent, again.invoices().sent), (0, 0));
}

#[tokio::test]
async fn a_wrong_connection_string_is_never_shown() {
    let mut simulated = Simulated::start(1, false, Faults::None).await;
    let vault = &simulated.config.vault;
    let vault = Vault::open(&vault.file, FileKey::open(&vault.key_file).unwrap()).unwrap();
    for wrong in ["postgresql://user:hunter2@", "host='hunter2", "hunter2"] {
        let secret = SecretString::from(wrong);
        vault
            .put(&simulated.config.tenant, "ledger-url", &secret)
            .unwrap();
        simulated.config.state.postgres = Some(PostgresSettings::new(SecretRef::new("ledger-url")));
        let error = Integration::open(simulated.config.clone(), Access::Run)
            .await
            .unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}
