//! Settings of the double.

use std::{collections::BTreeMap, fmt, io, path::PathBuf, sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{fault::FaultPlan, server::FakeCleo};
use crate::clock::{Clock, SystemClock};

/// What happens to an upload under a name that is taken. Cleo does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SameName {
    /// The old file is gone.
    Overwrite,
    /// Both are kept, the new one as `name.1`, `name.2`, …, so that a duplicate shows.
    #[default]
    Suffix,
    /// 409, and nothing is kept.
    Refuse,
}

/// How the answer to a log-in tells how long the token lives. Cleo does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenAnswer {
    /// No `expires_in`.
    #[default]
    Silent,
    /// A number of seconds.
    Number,
    /// A number of seconds, as text.
    Text,
}

/// What running an action leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunScript {
    /// `status` of the answer.
    pub status: String,
    /// `result` of the answer; `None` leaves it out.
    pub result: Option<String>,
    /// Lines of the log.
    pub messages: Vec<String>,
    /// How long the answer takes, in real time.
    pub takes: Duration,
}

impl RunScript {
    /// `completed` and `success`.
    #[must_use]
    pub fn success() -> Self {
        Self::new("completed", Some("success"))
    }

    /// `completed` and something else than success.
    #[must_use]
    pub fn failure(result: &str) -> Self {
        Self::new("completed", Some(result))
    }

    /// Not over yet.
    #[must_use]
    pub fn unfinished() -> Self {
        Self::new("running", None)
    }

    /// Any status and result.
    #[must_use]
    pub fn new(status: &str, result: Option<&str>) -> Self {
        let result_text = result.unwrap_or("none");
        Self {
            status: status.to_owned(),
            result: result.map(str::to_owned),
            messages: vec![
                "2026/01/01 00:00:00   Run: type=\"API\"".to_owned(),
                format!("2026/01/01 00:00:01      Result: \"{result_text}\""),
                "2026/01/01 00:00:01   End".to_owned(),
            ],
            takes: Duration::ZERO,
        }
    }

    /// Lets the answer take this long.
    #[must_use]
    pub fn taking(mut self, time: Duration) -> Self {
        self.takes = time;
        self
    }
}

/// How the double behaves where Cleo has not said how it does.
#[derive(Debug, Clone)]
pub(super) struct Switches {
    pub(super) prefix: String,
    pub(super) service_path: String,
    pub(super) token_life: Duration,
    pub(super) token_answer: TokenAnswer,
    pub(super) refresh_tokens: bool,
    pub(super) lock_after: Option<u32>,
    pub(super) basic: bool,
    pub(super) same_name: SameName,
    pub(super) fsync: bool,
    pub(super) page_cap: Option<usize>,
    pub(super) numbers_as_strings: bool,
    pub(super) booleans_as_strings: bool,
    pub(super) omit_total: bool,
    pub(super) deaf_to_start: bool,
    pub(super) absolute_links: bool,
    pub(super) demand_content_type: bool,
    pub(super) file_filter: bool,
    pub(super) list_separator: Option<char>,
}

/// Settings of a [`FakeCleo`].
#[must_use = "the server runs when start() is awaited"]
pub struct FakeCleoBuilder {
    pub(super) port: u16,
    pub(super) users: BTreeMap<String, String>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) connections: Vec<Value>,
    pub(super) actions: Vec<(String, String, RunScript)>,
    pub(super) folders: Vec<String>,
    pub(super) directory: Option<PathBuf>,
    pub(super) faults: FaultPlan,
    pub(super) switches: Switches,
}

impl FakeCleoBuilder {
    pub(super) fn new() -> Self {
        Self {
            port: 0,
            users: BTreeMap::new(),
            clock: Arc::new(SystemClock),
            connections: Vec::new(),
            actions: Vec::new(),
            folders: Vec::new(),
            directory: None,
            faults: FaultPlan::none(),
            switches: Switches {
                prefix: "/api".to_owned(),
                service_path: "/server".to_owned(),
                token_life: Duration::from_secs(3600),
                token_answer: TokenAnswer::default(),
                refresh_tokens: false,
                lock_after: None,
                basic: true,
                same_name: SameName::default(),
                fsync: false,
                page_cap: None,
                numbers_as_strings: false,
                booleans_as_strings: false,
                omit_total: false,
                deaf_to_start: false,
                absolute_links: false,
                demand_content_type: true,
                file_filter: true,
                list_separator: Some('\t'),
            },
        }
    }

    /// The port on loopback. Default 0: any that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The prefix of the API. Default `/api`; may be empty.
    pub fn prefix(mut self, prefix: &str) -> Self {
        let trimmed = prefix.trim_matches('/');
        self.switches.prefix = if trimmed.is_empty() {
            String::new()
        } else {
            format!("/{trimmed}")
        };
        self
    }

    /// The path of the HTTP server commands. Default `/server`.
    pub fn service_path(mut self, path: &str) -> Self {
        self.switches.service_path = format!("/{}", path.trim_matches('/'));
        self
    }

    /// Adds a user. Default none: nobody gets in.
    pub fn user(mut self, username: impl Into<String>, password: impl Into<String>) -> Self {
        self.users.insert(username.into(), password.into());
        self
    }

    /// How long a token lives, on the double's clock. Default one hour.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.switches.token_life = life;
        self
    }

    /// How a log-in tells the life of the token. Default not at all.
    pub fn token_answer(mut self, answer: TokenAnswer) -> Self {
        self.switches.token_answer = answer;
        self
    }

    /// Gives refresh tokens, each of which works once. Default no.
    pub fn refresh_tokens(mut self, give: bool) -> Self {
        self.switches.refresh_tokens = give;
        self
    }

    /// Locks all accounts after so many refused log-ins, of either kind. Default never.
    pub fn lock_after(mut self, refusals: u32) -> Self {
        self.switches.lock_after = Some(refusals);
        self
    }

    /// Whether HTTP Basic works on the REST API. Default yes.
    pub fn basic(mut self, works: bool) -> Self {
        self.switches.basic = works;
        self
    }

    /// Where token life and dates come from. Default the machine's clock. Delays are always real.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Adds a connection with a `type` such as `as2`.
    pub fn connection(self, alias: &str, kind: &str) -> Self {
        self.connection_with(alias, kind, json!({}))
    }

    /// Adds a connection whose other fields are given as a JSON object.
    pub fn connection_with(mut self, alias: &str, kind: &str, fields: Value) -> Self {
        let mut object = json!({ "alias": alias, "type": kind, "enabled": true, "ready": true });
        if let (Value::Object(object), Value::Object(fields)) = (&mut object, fields) {
            object.extend(fields);
        }
        self.connections.push(object);
        self
    }

    /// Adds an action to a connection; running it leads to what `script` says.
    pub fn action(mut self, connection: &str, alias: &str, script: RunScript) -> Self {
        self.actions
            .push((connection.to_owned(), alias.to_owned(), script));
        self
    }

    /// Adds an empty directory of files. Uploads make those that are missing.
    pub fn folder(mut self, directory: &str) -> Self {
        self.folders.push(directory.trim_matches('/').to_owned());
        self
    }

    /// Keeps files under `path/files` and the log of requests in `path/requests.ndjson`, and goes on from what is
    /// there. Default: in memory.
    pub fn directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.directory = Some(path.into());
        self
    }

    /// What happens to an upload under a name that is taken. Default [`SameName::Suffix`].
    pub fn same_name(mut self, rule: SameName) -> Self {
        self.switches.same_name = rule;
        self
    }

    /// Whether each file is synced to disk before the answer. Default no: it survives the process, not the power.
    pub fn fsync(mut self, sync: bool) -> Self {
        self.switches.fsync = sync;
        self
    }

    /// Which faults happen by chance. Default none.
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = plan;
        self
    }

    /// The most objects on a page, whatever `count` asks for. Default no limit.
    pub fn page_cap(mut self, most: usize) -> Self {
        self.switches.page_cap = Some(most.max(1));
        self
    }

    /// Sends numbers as text. Default no.
    pub fn numbers_as_strings(mut self, yes: bool) -> Self {
        self.switches.numbers_as_strings = yes;
        self
    }

    /// Sends booleans as text. Default no.
    pub fn booleans_as_strings(mut self, yes: bool) -> Self {
        self.switches.booleans_as_strings = yes;
        self
    }

    /// Leaves `totalResults`, `startIndex` and `count` out of lists. Default no.
    pub fn omit_total(mut self, yes: bool) -> Self {
        self.switches.omit_total = yes;
        self
    }

    /// Ignores `startIndex`, so that every page is the first. Default no.
    pub fn deaf_to_start(mut self, yes: bool) -> Self {
        self.switches.deaf_to_start = yes;
        self
    }

    /// Sends links with scheme and host. Default no.
    pub fn absolute_links(mut self, yes: bool) -> Self {
        self.switches.absolute_links = yes;
        self
    }

    /// Answers 415 to a `POST` or `PUT` without content type, as VLProxy does. Default yes.
    pub fn demand_content_type(mut self, yes: bool) -> Self {
        self.switches.demand_content_type = yes;
        self
    }

    /// Whether lists of files can be filtered; if not, a filter on them is answered with 400. Default yes.
    pub fn file_filter(mut self, works: bool) -> Self {
        self.switches.file_filter = works;
        self
    }

    /// What stands between name and size in the HTTP server's list; `None` sends names only. Default a tab.
    pub fn list_separator(mut self, separator: Option<char>) -> Self {
        self.switches.list_separator = separator;
        self
    }

    /// Binds the port and serves until the [`FakeCleo`] is dropped. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// If the port cannot be bound or the directory cannot be read and written.
    pub async fn start(self) -> io::Result<FakeCleo> {
        FakeCleo::start(self).await
    }
}

impl fmt::Debug for FakeCleoBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeCleoBuilder")
            .field("port", &self.port)
            .field("users", &self.users.keys().collect::<Vec<_>>())
            .field("directory", &self.directory)
            .field("faults", &self.faults)
            .field("switches", &self.switches)
            .finish_non_exhaustive()
    }
}
