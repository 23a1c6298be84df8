//! No password is anywhere in clear: not in state, logs, files of the doubles, audit entries, errors or Debug output.

use std::fs;
use std::io::Write;
use std::sync::{Arc, Mutex};

use crate::simulated::{Simulated, visit};
use peoplesoft_cleo::simulation::Faults;
use secrecy::ExposeSecret;
use sync_core::vault::{FileKey, Vault};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn contains(bytes: &[u8], secret: &str) -> bool {
    bytes
        .windows(secret.len())
        .any(|window| window == secret.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_nowhere_in_clear() {
    let log = Log::default();
    let sink = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || sink.clone())
        .with_ansi(false)
        .init();

    let simulated = Simulated::start(20, true, Faults::Heavy).await;
    let vault = &simulated.config.vault;
    let vault = Vault::open(&vault.file, FileKey::open(&vault.key_file).unwrap()).unwrap();
    let secrets: Vec<String> = [
        "peoplesoft/user",
        "peoplesoft/password",
        "cleo/user",
        "cleo/password",
    ]
    .iter()
    .map(|name| {
        vault
            .get("simulation", name)
            .unwrap()
            .expose_secret()
            .to_owned()
    })
    .collect();
    let basic = ["EDI_USER", "edi-connector"];
    assert!(
        secrets.iter().all(|secret| secret.len() > 6)
            && basic.iter().all(|user| secrets.iter().any(|s| s == user))
    );

    simulated.run().await;
    let integration = simulated.open().await;
    let mut told = format!("{integration:?} {integration:#?} {:?}", simulated.config);
    // Refused log-ins, too, must not repeat what was refused.
    simulated
        .doubles
        .peoplesoft
        .set_permitted("purchase_orders", false);
    for (_, job) in integration.jobs(None) {
        told.push_str(&format!("{job:?}"));
    }
    for check in integration.peoplesoft().check_operations().await {
        told.push_str(&format!("{check:?}"));
    }
    drop(integration);

    let passwords: Vec<&String> = secrets
        .iter()
        .filter(|secret| !basic.contains(&secret.as_str()))
        .collect();
    assert_eq!(passwords.len(), 2);
    let logged = log.0.lock().unwrap().clone();
    assert!(!logged.is_empty(), "the run was traced");
    let mut looked_at = 0;
    visit(simulated.dir.path(), &mut |path| {
        looked_at += 1;
        let bytes = fs::read(path).unwrap();
        // At rest user names are sealed like passwords.
        for secret in &secrets {
            assert!(
                !contains(&bytes, secret),
                "{} holds a secret in clear",
                path.display()
            );
        }
    });
    assert!(
        looked_at > 25,
        "{looked_at} files: the ledger, the vault, what Cleo received"
    );
    for password in passwords {
        assert!(!contains(&logged, password), "the log holds a password");
        assert!(!told.contains(password.as_str()), "Debug shows a password");
    }
}
