//! The state that all connections of the double share.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use super::{
    builder::{FakeCleoBuilder, Switches},
    fault::{Fault, Mischief},
    login::Logins,
    objects::Objects,
    record::{Counters, Log, Operation, ReceivedPayload, RequestRecord},
    storage::Storage,
};
use crate::clock::Clock;

#[derive(Debug)]
pub(super) struct World {
    pub(super) switches: Switches,
    /// What the links of objects start with.
    pub(super) base: String,
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
    pub(super) objects: Objects,
    pub(super) payloads: Vec<ReceivedPayload>,
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
        let base = match builder.switches.absolute_links {
            true => format!("{origin}{}", builder.switches.prefix),
            false => builder.switches.prefix.clone(),
        };
        let number = log.last_number();
        let state = State {
            log,
            counters: Counters::default(),
            logins: Logins::new(builder.users),
            storage,
            objects: builder.objects,
            payloads: Vec::new(),
        };
        Ok(Self {
            base,
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

/// An id that looks like Cleo's, the same for the same names.
pub(super) fn id_of(names: &[&str]) -> String {
    let mut hash = Sha256::new();
    for name in names {
        hash.update(name.as_bytes());
        hash.update([0]);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize().get(..16).unwrap_or_default())
}
