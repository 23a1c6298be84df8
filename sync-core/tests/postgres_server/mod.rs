//! A PostgreSQL server of the tests' own, on a socket in a folder of its own: no port, no password, nothing left behind.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A running server; it is stopped, and its folder removed, when it is dropped.
pub(crate) struct Server {
    programs: PathBuf,
    /// The server refuses to run as root; then it runs as its own user, or as nobody.
    pub(crate) user: Option<(u32, u32)>,
    pub(crate) directory: TempDir,
    /// Where it listens, in the words of its command line.
    pub(crate) door: String,
    /// How to reach it.
    pub(crate) address: String,
}

impl Server {
    /// Makes a cluster and waits until it answers.
    pub(crate) fn start() -> Self {
        let server = Self::cluster();
        server.up();
        server
    }

    /// Makes a cluster that is not running yet.
    pub(crate) fn cluster() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
        let user = is_root.then(unprivileged);
        if let Some((uid, gid)) = user {
            chown(directory.path(), Some(uid), Some(gid)).unwrap();
        }
        let server = Self {
            programs: programs(),
            user,
            door: "-c listen_addresses=".to_owned(),
            address: format!(
                "host={} user=test dbname=postgres",
                directory.path().display()
            ),
            directory,
        };
        server.run(
            "initdb",
            &[
                "--auth=trust",
                "--username=test",
                "--no-sync",
                "--no-locale",
                "--encoding=UTF8",
            ],
        );
        server
    }

    /// Starts it, after a crash too.
    pub(crate) fn up(&self) {
        let socket = self.directory.path().display();
        // A crash of the server alone loses nothing that it has written, so the disk need not be waited for.
        let door = &self.door;
        let settings = format!("-k {socket} {door} -c max_connections=60 -c fsync=off");
        self.run(
            "pg_ctl",
            &["--wait", "--silent", "--log=log", "-o", &settings, "start"],
        );
    }

    /// Ends it as a crash would: nothing is finished, the log is read at the next start.
    pub(crate) fn crash(&self) {
        self.run("pg_ctl", &["--mode=immediate", "--silent", "stop"]);
    }

    /// How to reach it.
    pub(crate) fn url(&self) -> String {
        self.address.clone()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        command
            .arg("-D")
            .arg(self.directory.path().join("data"))
            .args(arguments)
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            // A pipe would be held open by the server that is left running.
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        let status = command.status().unwrap();
        let log = || fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        assert!(status.success(), "{program} ended with {status}: {}", log());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.directory.path().join("data/postmaster.pid").exists() {
            self.crash();
        }
    }
}

/// Where the server's programs are; Debian keeps them out of the search path.
fn programs() -> PathBuf {
    let found = Command::new("sh")
        .args(["-c", "command -v initdb"])
        .output()
        .unwrap();
    let found = String::from_utf8(found.stdout).unwrap();
    if let Some(parent) = Path::new(found.trim()).parent()
        && parent.join("postgres").exists()
        && parent.join("pg_ctl").exists()
    {
        return parent.to_owned();
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut folders: Vec<_> = versions
        .map(|entry| entry.unwrap().path().join("bin"))
        .collect();
    folders.retain(|folder| folder.join("initdb").exists());
    folders.sort();
    folders.pop().unwrap_or_else(|| {
        panic!("the tests need PostgreSQL's server programs: run scripts/test, which installs them")
    })
}

fn unprivileged() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let user = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(|id| id.parse().unwrap());
        Some((fields.next()?, fields.next()?))
    };
    user("postgres").or_else(|| user("nobody")).unwrap()
}
