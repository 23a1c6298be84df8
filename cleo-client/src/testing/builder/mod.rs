//! Settings of the double.

mod by_name;
mod script;
mod switches;

use std::{collections::BTreeMap, fmt, io, path::PathBuf, sync::Arc};

use serde_json::{Value, json};

pub use self::by_name::{SWITCHES, Switch, SwitchError};
pub use self::script::{RunScript, SameName, TokenAnswer};
pub(super) use self::switches::Switches;
use super::{
    fault::FaultPlan,
    objects::{Fields, Kind, Objects, Parent},
    server::FakeCleo,
    world::id_of,
};
use crate::clock::{Clock, SystemClock};

/// Settings of a [`FakeCleo`].
#[must_use = "the server runs when start() is awaited"]
pub struct FakeCleoBuilder {
    pub(super) port: u16,
    pub(super) users: BTreeMap<String, String>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) objects: Objects,
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
            objects: Objects::default(),
            folders: Vec::new(),
            directory: None,
            faults: FaultPlan::none(),
            switches: Switches::default(),
        }
    }

    /// The port on loopback. Default 0: any that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Adds a user. Default none: nobody gets in.
    pub fn user(mut self, username: impl Into<String>, password: impl Into<String>) -> Self {
        self.users.insert(username.into(), password.into());
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
        let own = json!({ "alias": alias, "type": kind, "enabled": true });
        self.objects.set_up(
            Kind::Connections,
            Parent::None,
            &["connection", alias],
            merged(own, fields),
        );
        self
    }

    /// Adds an action to a connection; running it leads to what `script` says.
    pub fn action(mut self, connection: &str, alias: &str, script: RunScript) -> Self {
        let parent = self
            .objects
            .find_by(Kind::Connections, "alias", connection)
            .map_or_else(|| id_of(&["connection", connection]), |c| c.id.clone());
        let own = json!({ "alias": alias, "type": "Commands", "enabled": true, "commands": ["PUT -DEL *"] });
        let names = ["action", connection, alias];
        self.objects.set_up(
            Kind::Actions,
            Parent::Connection(parent),
            &names,
            merged(own, Value::Null),
        );
        self.objects.set_script(&id_of(&names), script);
        self
    }

    /// Adds a group of users whose other fields are given as a JSON object.
    pub fn authenticator(mut self, alias: &str, fields: Value) -> Self {
        let own = json!({ "alias": alias, "type": "nativeUser" });
        self.objects.set_up(
            Kind::Authenticators,
            Parent::None,
            &["authenticator", alias],
            merged(own, fields),
        );
        self
    }

    /// Adds a user to a group that was added before. It is an object of the API; who may log in is said by
    /// [`user`](Self::user).
    pub fn group_user(mut self, group: &str, username: &str) -> Self {
        let own = json!({ "username": username, "enabled": true });
        self.objects.set_up(
            Kind::Users,
            Parent::Group(id_of(&["authenticator", group])),
            &["user", username],
            merged(own, Value::Null),
        );
        self
    }

    /// Adds a certificate in DER form, with or without its private key. What is no certificate is left out.
    pub fn certificate(mut self, der: &[u8], private_key: bool) -> Self {
        self.objects.set_up_certificate(der, private_key);
        self
    }

    /// Adds an empty directory of files, which shows as a folder too. Uploads make directories that are missing.
    pub fn folder(mut self, directory: &str) -> Self {
        let directory = directory.trim_matches('/');
        self.folders.push(directory.to_owned());
        let object = json!({ "path": directory, "usage": "other" });
        self.objects.set_up(
            Kind::Folders,
            Parent::None,
            &["folder", directory],
            merged(object, Value::Null),
        );
        self
    }

    /// Adds an event to the log, with the fields of a JSON object.
    pub fn event(mut self, id: &str, fields: Value) -> Self {
        self.objects.set_up(
            Kind::Events,
            Parent::None,
            &["event", id],
            merged(json!({}), fields),
        );
        self
    }

    /// Keeps files under `path/files` and the log of requests in `path/requests.ndjson`, and goes on from what is
    /// there. Files of any size come and go piece by piece. Default: in memory, up to
    /// [`memory_limit`](Self::memory_limit) for each file.
    pub fn directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.directory = Some(path.into());
        self
    }

    /// Which faults happen by chance. Default none.
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = plan;
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

fn merged(own: Value, given: Value) -> Fields {
    let mut fields = own.as_object().cloned().unwrap_or_default();
    if let Value::Object(given) = given {
        fields.extend(given);
    }
    fields
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
