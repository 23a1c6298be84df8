//! A Restate server of the bench's own, on ports of its own, with its data in a folder that goes with it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sync_core::{Clock as _, SystemClock};
use tempfile::TempDir;

use crate::world::Answer;

/// A running server; it is killed, and its folder removed, when it is dropped.
pub(super) struct Server {
    directory: TempDir,
    ingress: u16,
    admin: u16,
    child: Child,
}

impl Server {
    /// Starts one node and waits until it answers; none where no server is installed.
    pub(super) async fn start() -> Answer<Option<Self>> {
        let Some(program) = program() else {
            return Ok(None);
        };
        let directory = tempfile::tempdir()?;
        let [ingress, admin, node] = free_ports()?;
        let config = format!(
            "cluster-name = \"bench\"\n\
             node-name = \"n1\"\n\
             base-dir = {:?}\n\
             disable-telemetry = true\n\
             log-filter = \"warn\"\n\
             bind-port = {node}\n\
             [ingress]\n\
             bind-port = {ingress}\n\
             [admin]\n\
             bind-port = {admin}\n",
            directory.path().join("data")
        );
        let file = directory.path().join("restate.toml");
        fs::write(&file, config)?;
        let log = fs::File::create(directory.path().join("log"))?;
        let child = Command::new(program)
            .args([
                "--no-logo",
                "--bind-ip",
                "127.0.0.1",
                "--listen-mode",
                "tcp",
            ])
            .arg("--config-file")
            .arg(file)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let server = Self {
            directory,
            ingress,
            admin,
            child,
        };
        server.healthy().await?;
        Ok(Some(server))
    }

    pub(super) fn ingress(&self) -> String {
        format!("http://127.0.0.1:{}", self.ingress)
    }

    pub(super) fn admin(&self) -> String {
        format!("http://127.0.0.1:{}", self.admin)
    }

    /// Asks until both doors say that they are well; a server that has ended says why.
    async fn healthy(&self) -> Answer<()> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(2))
            .build()?;
        let clock = SystemClock::new();
        for url in [
            format!("{}/restate/health", self.ingress()),
            format!("{}/health", self.admin()),
        ] {
            let mut asked = 0;
            while !matches!(client.get(&url).send().await, Ok(answer) if answer.status().is_success())
            {
                asked += 1;
                if asked > 1_500 {
                    let log = fs::read_to_string(self.directory.path().join("log"))?;
                    return Err(format!("{url} does not become well: {log}").into());
                }
                clock.sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Where `scripts/restate install` puts it, or in the path.
fn program() -> Option<PathBuf> {
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
}

fn free_ports<const N: usize>() -> Answer<[u16; N]> {
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}
