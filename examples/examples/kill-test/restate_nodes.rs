//! Restate servers of the test's own, on ports of their own, that can be killed one by one.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::Result;

/// One server, or a cluster; they are killed when it is dropped.
pub(crate) struct Nodes(Vec<Node>);

struct Node {
    dir: PathBuf,
    ingress: u16,
    admin: u16,
    fabric: u16,
    child: Option<Child>,
}

impl Nodes {
    /// Starts so many servers as one cluster, and waits until each is well.
    pub(crate) fn start(dir: &Path, count: usize, rng: &mut fastrand::Rng) -> Result<Self> {
        let mut nodes = Vec::new();
        for number in 1..=count {
            let dir = dir.join(format!("n{number}"));
            fs::create_dir_all(&dir)?;
            let [ingress, admin, fabric] = [(); 3].map(|()| free_port(rng));
            nodes.push(Node {
                dir,
                ingress: ingress?,
                admin: admin?,
                fabric: fabric?,
                child: None,
            });
        }
        let addresses: Vec<_> = nodes
            .iter()
            .map(|node| format!("\"http://127.0.0.1:{}\"", node.fabric))
            .collect();
        // What is written is on two of three nodes, so that one may go.
        let replication = count.div_ceil(2);
        for (place, node) in nodes.iter().enumerate() {
            let text = format!(
                "cluster-name = \"kill-test\"\nnode-name = \"n{}\"\nbase-dir = {:?}\n\
                 auto-provision = {}\ndefault-num-partitions = 4\n\
                 default-replication = {replication}\ndisable-telemetry = true\n\
                 log-filter = \"warn\"\nlog-disable-ansi-codes = true\n\
                 rocksdb-total-memory-size = \"96 MiB\"\nbind-port = {}\n\
                 [metadata-client]\naddresses = [{}]\n\
                 [ingress]\nbind-port = {}\n[admin]\nbind-port = {}\n",
                place + 1,
                node.dir.join("data"),
                place == 0,
                node.fabric,
                addresses.join(", "),
                node.ingress,
                node.admin
            );
            fs::write(node.dir.join("restate.toml"), text)?;
        }
        let mut nodes = Self(nodes);
        for node in &mut nodes.0 {
            node.run()?;
        }
        for node in &mut nodes.0 {
            node.wait_until_well()?;
        }
        Ok(nodes)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Addresses of the ingress and of the administration of one of them.
    pub(crate) fn addresses(&self, node: usize) -> Option<(SocketAddr, SocketAddr)> {
        let node = self.0.get(node)?;
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Some((at(node.ingress), at(node.admin)))
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self, node: usize) -> Result<()> {
        if let Some(mut child) = self.0.get_mut(node).and_then(|node| node.child.take()) {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// The same node again, with what is on its disk.
    pub(crate) fn revive(&mut self, node: usize) -> Result<()> {
        if let Some(node) = self.0.get_mut(node) {
            node.run()?;
            node.wait_until_well()?;
        }
        Ok(())
    }
}

impl Node {
    fn run(&mut self) -> Result<()> {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.dir.join("log"))?;
        let child = Command::new(program()?)
            .args([
                "--no-logo",
                "--bind-ip",
                "127.0.0.1",
                "--listen-mode",
                "tcp",
            ])
            .arg("--config-file")
            .arg(self.dir.join("restate.toml"))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.child = Some(child);
        Ok(())
    }

    fn wait_until_well(&mut self) -> Result<()> {
        for _ in 0..1200 {
            if is_well(self.ingress, "/restate/health") && is_well(self.admin, "/health") {
                return Ok(());
            }
            if let Some(child) = &mut self.child
                && let Some(status) = child.try_wait()?
            {
                let log = self.dir.join("log");
                return Err(format!("a node ended with {status}, see {}", log.display()).into());
            }
            sleep(Duration::from_millis(50));
        }
        let log = self.dir.join("log");
        Err(format!("a node is not well after a minute, see {}", log.display()).into())
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for node in 0..self.0.len() {
            // It may be gone already.
            drop(self.kill(node));
        }
    }
}

/// Whether a server answers this path with success.
fn is_well(port: u16, path: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let patience = Duration::from_secs(2);
        let mut stream = TcpStream::connect_timeout(&address, patience)?;
        stream.set_read_timeout(Some(patience))?;
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut head = [0_u8; 12];
        stream.read_exact(&mut head)?;
        Ok(head == *b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

/// Where `scripts/restate install` puts it, or in the path.
fn program() -> Result<PathBuf> {
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
        .ok_or_else(|| "no restate-server: run `scripts/restate install` first".into())
}

/// A port that nobody has, below those that systems give to connections: nobody gets it while its owner is dead.
pub(crate) fn free_port(rng: &mut fastrand::Rng) -> Result<u16> {
    for _ in 0..1000 {
        let port = rng.u16(20_000..32_000);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err("no port is free".into())
}
