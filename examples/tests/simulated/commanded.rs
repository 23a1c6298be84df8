//! The commands as a person calls them, while the doubles answer in this process.

use std::process::Command;
use std::sync::Arc;

use peoplesoft_cleo::integration::{Access, Integration};
use secrecy::SecretString;
use serde_json::Value;
use sync_core::engine::Report;
use sync_core::testing::ManualClock;
use sync_core::vault::{FileKey, Vault};

use crate::simulated::Simulated;

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }

    #[track_caller]
    pub(crate) fn is(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.out, self.error);
        self
    }
}

impl Simulated {
    /// Runs the binary on this configuration.
    pub(crate) async fn say(&self, words: &[&str]) -> Said {
        let path = self.dir.path().join("config.toml");
        std::fs::write(&path, self.config.to_toml()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_peoplesoft-cleo"));
        command.args(words).arg("--config").arg(path);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        Said {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            error: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Every flow once, or one of them, at the time of this clock.
    pub(crate) async fn sync_at(&self, clock: &ManualClock, flow: Option<&str>) -> Vec<Report> {
        // Requests take real time, and waiting for the next attempt takes none by this clock: a busy machine may use up
        // the patience of a run, and the next one goes on.
        let mut reports = Vec::new();
        for _ in 0..20 {
            let integration = self.open_at(clock).await;
            let silent = Arc::new(sync_core::Silent);
            reports = integration.run_once(flow, silent).await;
            if reports.iter().all(Report::is_complete) {
                return reports;
            }
        }
        assert!(reports.iter().all(Report::is_complete), "{reports:?}");
        reports
    }

    pub(crate) async fn open_at(&self, clock: &ManualClock) -> Integration {
        let clock = Arc::new(clock.clone());
        Integration::open_with(self.config.clone(), Access::Run, clock)
            .await
            .unwrap()
    }

    /// Puts a secret into the vault of the configuration.
    pub(crate) fn keep(&self, name: &str, secret: &str) {
        let vault = &self.config.vault;
        let vault = Vault::open(&vault.file, FileKey::open(&vault.key_file).unwrap()).unwrap();
        vault
            .put(&self.config.tenant, name, &SecretString::from(secret))
            .unwrap();
    }

    /// How many documents the ledger has, by what `status` says.
    pub(crate) async fn documents_in_all(&self) -> u64 {
        let status = self.say(&["status", "--json"]).await.is(0).json();
        let streams = status["streams"].as_array().unwrap();
        let counts = streams
            .iter()
            .flat_map(|stream| stream["documents"].as_object().unwrap().values());
        counts.map(|count| count.as_u64().unwrap()).sum()
    }
}
