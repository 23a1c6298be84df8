//! A PostgreSQL server of the bench's own: no port, no password, nothing left behind.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::world::Answer;

/// A running server; it is stopped, and its folder removed, when it is dropped.
pub(super) struct Server {
    programs: PathBuf,
    /// The server refuses to run as root; then it runs as its own user, or as nobody.
    user: Option<(u32, u32)>,
    directory: TempDir,
}

impl Server {
    /// Makes a cluster and waits until it answers; none where no server is installed.
    pub(super) fn start() -> Answer<Option<Self>> {
        let Some(programs) = programs()? else {
            return Ok(None);
        };
        let directory = tempfile::tempdir()?;
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700))?;
        let is_root = fs::metadata("/proc/self")?.uid() == 0;
        let user = if is_root { Some(unprivileged()?) } else { None };
        if let Some((uid, gid)) = user {
            chown(directory.path(), Some(uid), Some(gid))?;
        }
        let server = Self {
            programs,
            user,
            directory,
        };
        server.run(
            "initdb",
            &[
                "--auth=trust",
                "--username=bench",
                "--no-locale",
                "--encoding=UTF8",
            ],
        )?;
        let socket = format!(
            "-k {} -c listen_addresses=",
            server.directory.path().display()
        );
        server.run(
            "pg_ctl",
            &["--wait", "--silent", "--log=log", "-o", &socket, "start"],
        )?;
        Ok(Some(server))
    }

    /// How to reach it.
    pub(super) fn address(&self) -> String {
        let folder = self.directory.path().display();
        format!("host={folder} user=bench dbname=postgres")
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Answer<()> {
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
        let status = command.status()?;
        if status.success() {
            return Ok(());
        }
        let log = fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        Err(format!("{program} ended with {status}: {log}").into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // There is nobody to tell; the folder goes in any case.
        drop(self.run("pg_ctl", &["--mode=immediate", "--silent", "stop"]));
    }
}

/// Where the server's programs are; Debian keeps them out of the search path.
fn programs() -> Answer<Option<PathBuf>> {
    let found = Command::new("sh")
        .args(["-c", "command -v initdb"])
        .output()?;
    let found = String::from_utf8(found.stdout)?;
    if let Some(parent) = Path::new(found.trim()).parent()
        && parent.join("postgres").exists()
        && parent.join("pg_ctl").exists()
    {
        return Ok(Some(parent.to_owned()));
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let folders = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let mut folders: Vec<_> = folders
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    folders.sort();
    Ok(folders.pop())
}

fn unprivileged() -> Answer<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd")?;
    let user = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(|id| id.parse().ok());
        Some((fields.next()??, fields.next()??))
    };
    let found = user("postgres").or_else(|| user("nobody"));
    found.ok_or_else(|| "there is no user `postgres` or `nobody` to run the server as".into())
}
