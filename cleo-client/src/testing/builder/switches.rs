//! Where the double may be told how to behave: what Cleo has not published is a switch.

use std::{collections::BTreeSet, time::Duration};

use http::StatusCode;

use super::{FakeCleoBuilder, SameName, TokenAnswer};
use crate::client::Deployment;

/// How the double behaves where Cleo has not said how it does.
#[derive(Debug, Clone)]
pub(in crate::testing) struct Switches {
    pub(in crate::testing) prefix: String,
    pub(in crate::testing) service_path: String,
    pub(in crate::testing) token_life: Duration,
    pub(in crate::testing) token_answer: TokenAnswer,
    pub(in crate::testing) refresh_tokens: bool,
    pub(in crate::testing) refresh_rotation: bool,
    pub(in crate::testing) lockout: Option<Lockout>,
    pub(in crate::testing) one_time_code: Option<(String, String)>,
    pub(in crate::testing) node_local_tokens: bool,
    pub(in crate::testing) basic_refusal: StatusCode,
    pub(in crate::testing) serial: Option<String>,
    pub(in crate::testing) basic: bool,
    pub(in crate::testing) same_name: SameName,
    pub(in crate::testing) fsync: bool,
    pub(in crate::testing) page_cap: Option<usize>,
    pub(in crate::testing) numbers_as_strings: bool,
    pub(in crate::testing) booleans_as_strings: bool,
    pub(in crate::testing) omit_total: bool,
    pub(in crate::testing) deaf_to_start: bool,
    pub(in crate::testing) absolute_links: bool,
    pub(in crate::testing) demand_content_type: bool,
    pub(in crate::testing) file_filter: bool,
    pub(in crate::testing) list_separator: Option<char>,
    pub(in crate::testing) product: Deployment,
    pub(in crate::testing) unique_aliases: bool,
    pub(in crate::testing) default_actions: Vec<String>,
    pub(in crate::testing) etags: bool,
    pub(in crate::testing) silent_writes: bool,
    pub(in crate::testing) unknown_fields: bool,
    pub(in crate::testing) omit_count: bool,
    pub(in crate::testing) events_path: String,
    pub(in crate::testing) endpoints: BTreeSet<String>,
    pub(in crate::testing) fetched_files_vanish: bool,
    pub(in crate::testing) picked_up: bool,
    pub(in crate::testing) memory_limit: usize,
}

/// When accounts are locked, and for how long.
#[derive(Debug, Clone, Copy)]
pub(in crate::testing) struct Lockout {
    pub(in crate::testing) after: usize,
    pub(in crate::testing) within: Duration,
    pub(in crate::testing) lasts: Duration,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            prefix: "/api".to_owned(),
            service_path: "/server".to_owned(),
            token_life: Duration::from_secs(3600),
            token_answer: TokenAnswer::default(),
            refresh_tokens: false,
            refresh_rotation: true,
            lockout: None,
            one_time_code: None,
            node_local_tokens: false,
            basic_refusal: StatusCode::UNAUTHORIZED,
            serial: None,
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
            product: Deployment::Harmony,
            unique_aliases: true,
            default_actions: vec!["send".to_owned(), "receive".to_owned()],
            etags: false,
            silent_writes: false,
            unknown_fields: false,
            omit_count: false,
            events_path: "events".to_owned(),
            endpoints: BTreeSet::new(),
            fetched_files_vanish: false,
            picked_up: false,
            memory_limit: 16 * 1024 * 1024,
        }
    }
}

impl FakeCleoBuilder {
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

    /// Whether each refresh token works once and brings the next one. If not, the first works until the end and no
    /// other is given. Default yes.
    pub fn refresh_rotation(mut self, rotate: bool) -> Self {
        self.switches.refresh_rotation = rotate;
        self
    }

    /// Asks for a one-time code in this field of the form. Cleo does not say which. Default none.
    pub fn one_time_code(mut self, field: impl Into<String>, code: impl Into<String>) -> Self {
        self.switches.one_time_code = Some((field.into(), code.into()));
        self
    }

    /// Locks all accounts for good after so many refused log-ins, of either kind. Default never.
    pub fn lock_after(self, refusals: usize) -> Self {
        // A hundred years, on a clock that can say so.
        let forever = Duration::from_secs(100 * 365 * 24 * 3600);
        self.lockout(refusals, forever, forever)
    }

    /// Locks all accounts for a while after so many refused log-ins within some time, of either kind, on the double's
    /// clock. Cleo's own rule is 5 within 60 s for 15 minutes, if it is switched on. Default never.
    pub fn lockout(mut self, after: usize, within: Duration, lasts: Duration) -> Self {
        self.switches.lockout = Some(Lockout {
            after,
            within,
            lasts,
        });
        self
    }

    /// Knows each token on one node of the cluster only; [`FakeCleo::move_to_node`](super::super::FakeCleo::move_to_node)
    /// changes the node. Default no.
    pub fn node_local_tokens(mut self, yes: bool) -> Self {
        self.switches.node_local_tokens = yes;
        self
    }

    /// The status of the answer to Basic where it does not work. It is a setting of Cleo's. Default 401.
    pub fn basic_refusal(mut self, status: StatusCode) -> Self {
        self.switches.basic_refusal = status;
        self
    }

    /// Wants this serial number in the query of every request, as VLProxy does for web pages. Default none.
    pub fn vlproxy_serial(mut self, serial: impl Into<String>) -> Self {
        self.switches.serial = Some(serial.into());
        self
    }

    /// Which product this is: it shows in the `Server` header, in whether there are HTTP server commands, and in
    /// whether actions may stand alone. Default Harmony.
    pub fn product(mut self, product: Deployment) -> Self {
        self.switches.product = product;
        self
    }

    /// Whether HTTP Basic works on the REST API. Default yes.
    pub fn basic(mut self, works: bool) -> Self {
        self.switches.basic = works;
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

    /// Whether a second connection or group of the same alias is answered with 409. Default yes.
    pub fn unique_aliases(mut self, yes: bool) -> Self {
        self.switches.unique_aliases = yes;
        self
    }

    /// The actions that come with a connection that a client creates. Default `send` and `receive`.
    pub fn default_actions<A: Into<String>>(
        mut self,
        aliases: impl IntoIterator<Item = A>,
    ) -> Self {
        self.switches.default_actions = aliases.into_iter().map(Into::into).collect();
        self
    }

    /// Sends an `ETag` with every object and heeds `If-Match`. Default no.
    pub fn etags(mut self, yes: bool) -> Self {
        self.switches.etags = yes;
        self
    }

    /// Answers creation and replacement without a body, and with a `Location`. Default no.
    pub fn silent_writes(mut self, yes: bool) -> Self {
        self.switches.silent_writes = yes;
        self
    }

    /// Adds a field to every object that no client knows. Default no.
    pub fn unknown_fields(mut self, yes: bool) -> Self {
        self.switches.unknown_fields = yes;
        self
    }

    /// Leaves `startIndex` and `count` out of lists, and keeps `totalResults`. Default no.
    pub fn omit_count(mut self, yes: bool) -> Self {
        self.switches.omit_count = yes;
        self
    }

    /// Where events are listed, below the prefix. Cleo does not say. Default `events`.
    pub fn events_path(mut self, path: &str) -> Self {
        path.trim_matches('/')
            .clone_into(&mut self.switches.events_path);
        self
    }

    /// Adds an endpoint of the tenant that takes JSON documents, by its path from the root of the server. Cleo does not
    /// say whether and where there are any. Default none.
    pub fn endpoint(mut self, path: &str) -> Self {
        let path = format!("/{}", path.trim_matches('/'));
        self.switches.endpoints.insert(path);
        self
    }

    /// Removes a file once it was fetched, as `autoDeleteDownloadedFile` does. Default no.
    pub fn fetched_files_vanish(mut self, yes: bool) -> Self {
        self.switches.fetched_files_vanish = yes;
        self
    }

    /// Picks uploaded files up at once, so that nobody finds them afterwards; they still show in
    /// [`FakeCleo::received`](super::super::FakeCleo::received). Default no.
    pub fn uploads_are_picked_up(mut self, yes: bool) -> Self {
        self.switches.picked_up = yes;
        self
    }

    /// The largest file in bytes that is kept in memory if there is no [`directory`](Self::directory). Of a larger one
    /// name, size and hash are kept: it is listed and found, and fetching it is answered with 507. Default 16 MiB.
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.switches.memory_limit = bytes;
        self
    }
}
