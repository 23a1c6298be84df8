//! A Restate server of the test's own, on ports of its own, with its data in a folder that goes with it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A running server; it is killed, and its folder removed, when it is dropped.
pub(crate) struct Server {
    directory: TempDir,
    ingress: u16,
    admin: u16,
    child: Child,
}

impl Server {
    /// Starts one and waits until it answers.
    pub(crate) async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let [ingress, admin, node] = free_ports();
        let config = format!(
            "cluster-name = \"test\"\n\
             node-name = \"n1\"\n\
             base-dir = {:?}\n\
             disable-telemetry = true\n\
             default-num-partitions = 2\n\
             rocksdb-total-memory-size = \"64 MiB\"\n\
             log-filter = \"warn\"\n\
             bind-port = {node}\n\
             [ingress]\n\
             bind-port = {ingress}\n\
             [admin]\n\
             bind-port = {admin}\n",
            directory.path().join("data")
        );
        fs::write(directory.path().join("restate.toml"), config).unwrap();
        let child = run(directory.path());
        let server = Self {
            directory,
            ingress,
            admin,
            child,
        };
        server.healthy().await;
        server
    }

    /// `kill -9`, and the same server again with what was on its disk.
    pub(crate) async fn crash(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = run(self.directory.path());
        self.healthy().await;
    }

    /// Another server at the same addresses, which knows nothing.
    pub(crate) async fn replace(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        fs::remove_dir_all(self.directory.path().join("data")).unwrap();
        self.child = run(self.directory.path());
        self.healthy().await;
    }

    pub(crate) fn ingress(&self) -> String {
        format!("http://127.0.0.1:{}", self.ingress)
    }

    pub(crate) fn admin(&self) -> String {
        format!("http://127.0.0.1:{}", self.admin)
    }

    /// Asks until both doors say that they are well; a server that has ended says why.
    async fn healthy(&self) {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(2))
            .build()
            .unwrap();
        for url in [
            format!("{}/restate/health", self.ingress()),
            format!("{}/health", self.admin()),
        ] {
            let mut asked = 0;
            loop {
                asked += 1;
                match client.get(&url).send().await {
                    Ok(answer) if answer.status().is_success() => break,
                    answer => assert!(
                        asked < 3000,
                        "{url} does not become well: {answer:?}\n{}",
                        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
                    ),
                }
                tokio::time::timeout(Duration::from_millis(20), std::future::pending::<()>())
                    .await
                    .unwrap_err();
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn run(directory: &Path) -> Child {
    let log = fs::File::options()
        .create(true)
        .append(true)
        .open(directory.join("log"))
        .unwrap();
    Command::new(program())
        .args([
            "--no-logo",
            "--bind-ip",
            "127.0.0.1",
            "--listen-mode",
            "tcp",
        ])
        .arg("--config-file")
        .arg(directory.join("restate.toml"))
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// Where `scripts/restate install` puts it, or in the path.
fn program() -> PathBuf {
    let modules =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/restate/node_modules/@restatedev");
    let system = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("macos", "aarch64") => "darwin-arm64",
        ("macos", _) => "darwin-x64",
        (_, "aarch64") => "linux-arm64",
        _ => "linux-x64",
    };
    let installed = modules.join(format!("restate-server-{system}/bin/restate-server"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::iter::once(installed)
        .chain(std::env::split_paths(&path).map(|folder| folder.join("restate-server")))
        .find(|program| program.is_file())
        .ok_or("no restate-server: run `scripts/restate install` first")
        .unwrap()
}

fn free_ports<const N: usize>() -> [u16; N] {
    let held = [(); N].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}
