//! The state that all connections of the double share.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use super::{
    builder::{FakeCleoBuilder, RunScript, Switches},
    fault::{Fault, Mischief},
    login::Logins,
    record::{Counters, Log, Operation, RequestRecord},
    storage::Storage,
};
use crate::clock::Clock;

#[derive(Debug)]
pub(super) struct World {
    pub(super) switches: Switches,
    pub(super) clock: Arc<dyn Clock>,
    state: Mutex<State>,
    mischief: Mutex<Mischief>,
    number: AtomicU64,
    /// Acts that go on after their client has left.
    delayed: Mutex<JoinSet<()>>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) log: Log,
    pub(super) counters: Counters,
    pub(super) logins: Logins,
    pub(super) storage: Storage,
    pub(super) connections: Vec<Value>,
    pub(super) actions: Vec<FakeAction>,
}

#[derive(Debug)]
pub(super) struct FakeAction {
    pub(super) connection: String,
    pub(super) alias: String,
    pub(super) id: String,
    pub(super) object: Value,
    pub(super) script: RunScript,
}

impl World {
    pub(super) fn new(builder: FakeCleoBuilder, origin: &str) -> io::Result<Self> {
        let (mut storage, log) = match &builder.directory {
            None => (Storage::default(), Log::default()),
            Some(root) => {
                std::fs::create_dir_all(root)?;
                let log = Log::open(&root.join("requests.ndjson"))?;
                (Storage::open(root, log.records())?, log)
            }
        };
        for folder in &builder.folders {
            storage.add_folder(folder)?;
        }
        let links = Links {
            base: format!(
                "{}{}",
                if builder.switches.absolute_links {
                    origin
                } else {
                    ""
                },
                builder.switches.prefix
            ),
        };
        let number = log.last_number();
        let state = State {
            log,
            counters: Counters::default(),
            logins: Logins::new(builder.users),
            storage,
            connections: builder
                .connections
                .into_iter()
                .map(|c| links.connection(c, &builder.actions))
                .collect(),
            actions: builder
                .actions
                .iter()
                .map(|(c, a, script)| links.action(c, a, script))
                .collect(),
        };
        Ok(Self {
            switches: builder.switches,
            clock: builder.clock,
            state: Mutex::new(state),
            mischief: Mutex::new(Mischief::new(builder.faults)),
            number: AtomicU64::new(number),
            delayed: Mutex::default(),
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn mischief(&self) -> MutexGuard<'_, Mischief> {
        self.mischief.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn next_number(&self) -> u64 {
        self.number.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn next_fault(&self, operation: Operation) -> Option<Fault> {
        self.mischief().next(operation)
    }

    /// Goes on with something even if nobody waits for it, until the double is stopped.
    pub(super) fn go_on(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut delayed = self.delayed.lock().unwrap_or_else(PoisonError::into_inner);
        while delayed.try_join_next().is_some() {}
        delayed.spawn(work);
    }

    pub(super) fn drop_delayed(&self) {
        self.delayed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .abort_all();
    }
}

impl State {
    /// Writes a request down.
    pub(super) fn record(&mut self, record: RequestRecord) -> io::Result<()> {
        self.counters.add(&record);
        self.log.append(record)
    }
}

/// Writes the links of objects.
struct Links {
    base: String,
}

impl Links {
    fn connection(&self, mut object: Value, actions: &[(String, String, RunScript)]) -> Value {
        let alias = object
            .get("alias")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let id = id_of(&["connection", &alias]);
        let own: Vec<Value> = actions
            .iter()
            .filter(|(connection, _, _)| *connection == alias)
            .map(|(connection, action, _)| {
                json!({ "href": format!("{}/actions/{}", self.base, id_of(&["action", connection, action])) })
            })
            .collect();
        let defaults = json!({
            "id": id,
            "meta": { "resourceType": "connection" },
            "_links": { "self": { "href": format!("{}/connections/{id}", self.base) }, "actions": own },
        });
        // What a test gave stands.
        if let (Value::Object(object), Value::Object(defaults)) = (&mut object, defaults) {
            for (name, value) in defaults {
                object.entry(name).or_insert(value);
            }
        }
        object
    }

    fn action(&self, connection: &str, alias: &str, script: &RunScript) -> FakeAction {
        let id = id_of(&["action", connection, alias]);
        let parent = id_of(&["connection", connection]);
        let own = format!("{}/actions/{id}", self.base);
        let object = json!({
            "id": id, "alias": alias, "type": "Commands", "enabled": true, "running": false,
            "commands": ["PUT -DEL *"],
            "connection": { "href": format!("{}/connections/{parent}", self.base), "alias": connection },
            "meta": { "resourceType": "action" },
            "_links": { "self": { "href": own }, "run": { "href": format!("{own}/run") } },
        });
        FakeAction {
            connection: connection.to_owned(),
            alias: alias.to_owned(),
            id,
            object,
            script: script.clone(),
        }
    }
}

/// An id that looks like Cleo's, the same for the same names.
pub(super) fn id_of(names: &[&str]) -> String {
    let mut hash = Sha256::new();
    for name in names {
        hash.update(name.as_bytes());
        hash.update([0]);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize().get(..16).unwrap_or_default())
}
