//! What the double remembers of requests.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Operation {
    /// A log-in with user name and password.
    Login,
    /// A log-in with a refresh token.
    Refresh,
    /// `request=connect0` of the HTTP server.
    Connect,
    /// Anything about connections.
    Connections,
    /// Anything about groups of users.
    Authenticators,
    /// Anything about users.
    Users,
    /// Anything about actions but running them.
    Actions,
    /// Anything about certificates.
    Certificates,
    /// Anything about nodes.
    Nodes,
    /// Reading events.
    Events,
    /// Reading folders, not the files in them.
    Folders,
    /// Running an action.
    Run,
    /// Sending a document to an endpoint of the tenant.
    Payload,
    /// Sending a file, either way.
    Upload,
    /// Listing files, either way.
    List,
    /// Getting a file, either way.
    Download,
    /// Removing a file, either way.
    Delete,
    /// Anything else; answered with 404.
    Other,
}

/// One request, as it is written to `requests.ndjson`: without `Authorization`, passwords and tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RequestRecord {
    /// The number of the request, counted from 1 in order of arrival.
    pub n: u64,
    /// What it asks for.
    pub operation: Operation,
    /// The method.
    pub method: String,
    /// The path, still encoded.
    pub path: String,
    /// The query, decoded, without parameters that could be secrets.
    pub query: BTreeMap<String, String>,
    /// The status of the answer; `None` if the connection was cut.
    pub status: Option<u16>,
    /// Whether anything was changed or given out because of it.
    pub acted: bool,
    /// The file that was kept, given or removed: `directory/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The size of the file in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The SHA-256 of an uploaded file, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The fault that befell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// A file that the double accepted, in order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedFile {
    /// The number of the request that brought it.
    pub n: u64,
    /// The directory, without slashes at its ends.
    pub directory: String,
    /// The name under which it is kept.
    pub name: String,
    /// The size in bytes.
    pub bytes: u64,
    /// The SHA-256 of the content, in hexadecimal.
    pub sha256: String,
}

/// Sums over all requests since the double was started, in this process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// All requests.
    pub requests: u64,
    /// Log-ins with user name and password that succeeded.
    pub logins: u64,
    /// Log-ins of any kind that were refused.
    pub refused_logins: u64,
    /// Tokens that were renewed with a refresh token.
    pub refreshes: u64,
    /// Requests by what they asked for.
    pub by_operation: BTreeMap<Operation, u64>,
    /// Answers by status; cut connections count as 0.
    pub by_status: BTreeMap<u16, u64>,
    /// Faults by name.
    pub faults: BTreeMap<String, u64>,
    /// Files that were kept.
    pub files_kept: u64,
    /// Actions that were run.
    pub runs: u64,
}

impl Counters {
    /// How many requests asked for this.
    #[must_use]
    pub fn of(&self, operation: Operation) -> u64 {
        self.by_operation
            .get(&operation)
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn add(&mut self, record: &RequestRecord) {
        self.requests += 1;
        *self.by_operation.entry(record.operation).or_default() += 1;
        *self
            .by_status
            .entry(record.status.unwrap_or_default())
            .or_default() += 1;
        if let Some(fault) = &record.fault {
            *self.faults.entry(fault.clone()).or_default() += 1;
        }
        match record.operation {
            Operation::Login if record.acted => self.logins += 1,
            Operation::Refresh if record.acted => self.refreshes += 1,
            Operation::Run if record.acted => self.runs += 1,
            Operation::Upload if record.acted => self.files_kept += 1,
            _ => {}
        }
        let refused = matches!(record.status, Some(400 | 401 | 403));
        if refused && matches!(record.operation, Operation::Login | Operation::Refresh) {
            self.refused_logins += 1;
        }
    }
}

/// The log of requests: in memory, and in a file if there is one.
#[derive(Debug, Default)]
pub(super) struct Log {
    records: Vec<RequestRecord>,
    file: Option<File>,
}

impl Log {
    /// Opens the log and reads what an earlier process wrote; a last line that broke off is ignored.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut records = Vec::new();
        if path.exists() {
            for line in BufReader::new(File::open(path)?).split(b'\n') {
                records.extend(serde_json::from_slice::<RequestRecord>(&line?).ok());
            }
        }
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        let ends_clean = std::fs::read(path)?
            .last()
            .is_none_or(|last| *last == b'\n');
        if !ends_clean {
            file.write_all(b"\n")?;
        }
        Ok(Self {
            records,
            file: Some(file),
        })
    }

    pub(super) fn append(&mut self, record: RequestRecord) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&record)?;
            line.push(b'\n');
            // One write for one line: another reader never sees half of it.
            file.write_all(&line)?;
        }
        self.records.push(record);
        Ok(())
    }

    pub(super) fn records(&self) -> &[RequestRecord] {
        &self.records
    }

    pub(super) fn last_number(&self) -> u64 {
        self.records
            .iter()
            .map(|record| record.n)
            .max()
            .unwrap_or_default()
    }

    /// The uploads that were kept.
    pub(super) fn received(&self) -> Vec<ReceivedFile> {
        self.records
            .iter()
            .filter(|record| record.acted && record.operation == Operation::Upload)
            .filter_map(|record| {
                let file = record.file.as_deref()?;
                let (directory, name) = file.rsplit_once('/').unwrap_or(("", file));
                Some(ReceivedFile {
                    n: record.n,
                    directory: directory.to_owned(),
                    name: name.to_owned(),
                    bytes: record.bytes?,
                    sha256: record.sha256.clone()?,
                })
            })
            .collect()
    }
}

/// Parameters whose values may be written down.
pub(super) fn public_query(pairs: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    const PUBLIC: [&str; 10] = [
        "request",
        "directory",
        "filename",
        "startIndex",
        "count",
        "filter",
        "timeout",
        "messagesCount",
        "includeDefaults",
        "name",
    ];
    pairs
        .iter()
        .filter(|(name, _)| PUBLIC.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// A document that the double accepted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReceivedPayload {
    /// The path of the endpoint, or `actions/{id}/run`.
    pub target: String,
    /// The document.
    pub document: serde_json::Value,
    /// The headers of the request, without `Authorization`.
    pub headers: BTreeMap<String, String>,
}
