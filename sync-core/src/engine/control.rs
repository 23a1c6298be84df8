//! Looking at a service from outside, and asking it for something.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tokio::sync::{Notify, watch};

use crate::breaker::BreakerState;
use crate::stream::StreamKey;

/// Asks a [`Service`](super::Service) for runs, stops it, and sees what it does; a clone is the same control.
#[derive(Clone)]
pub struct Control {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    board: Mutex<Board>,
    index: HashMap<StreamKey, usize>,
    pub(super) asked: Notify,
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Board {
    views: Vec<StreamView>,
    wanted: Vec<usize>,
    stop: bool,
}

/// What a stream is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StreamState {
    /// Nothing: its next run has its time, or is on request.
    Idle,
    /// It has something to do and waits for its turn.
    Queued,
    /// It has a turn.
    Running,
    /// Its run is not over, and nothing can be done before a certain time.
    Waiting,
    /// Another process has it.
    Standby,
    /// The store refuses to go on until a person has looked.
    Stopped,
}

impl StreamState {
    /// Its name, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Standby => "standby",
            Self::Stopped => "stopped",
        }
    }
}

impl fmt::Display for StreamState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A stream of a service at a glance; how many documents stand where is in the ledger, see
/// [`health`](crate::telemetry::health).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamView {
    /// Which.
    pub stream: StreamKey,
    /// What it is doing.
    pub state: StreamState,
    /// How many polls this process has begun.
    pub runs: u64,
    /// How many turns this process has given it.
    pub turns: u64,
    /// When its source was polled last by this process.
    pub last_poll: Option<SystemTime>,
    /// When the next poll begins by itself.
    pub next_run: Option<SystemTime>,
    /// When it is looked at next, for a poll or a delivery.
    pub due: Option<SystemTime>,
    /// How many calls of the source have failed one after another.
    pub failures: u32,
    /// What went wrong last; nothing once it went well again.
    pub error: Option<Box<str>>,
    /// Breakers that this stream has seen open or half-open.
    pub breakers: BTreeMap<Box<str>, BreakerState>,
}

impl StreamView {
    fn new(stream: StreamKey) -> Self {
        Self {
            stream,
            state: StreamState::Idle,
            runs: 0,
            turns: 0,
            last_poll: None,
            next_run: None,
            due: None,
            failures: 0,
            error: None,
            breakers: BTreeMap::new(),
        }
    }
}

impl Control {
    pub(super) fn new(streams: impl Iterator<Item = StreamKey>) -> Self {
        let views: Vec<_> = streams.map(StreamView::new).collect();
        let index = views
            .iter()
            .enumerate()
            .map(|(place, view)| (view.stream.clone(), place))
            .collect();
        let shared = Shared {
            board: Mutex::new(Board {
                views,
                ..Board::default()
            }),
            index,
            asked: Notify::new(),
            changed: watch::Sender::new(0),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Begins a run as soon as the stream's turn comes, whatever its schedule says; one that is under way is followed by
    /// another. Whether the service has such a stream.
    ///
    /// Asked several times before it begins, it is one run.
    pub fn run_now(&self, stream: &StreamKey) -> bool {
        let Some(place) = self.shared.index.get(stream) else {
            return false;
        };
        self.shared.board().wanted.push(*place);
        self.shared.asked.notify_one();
        true
    }

    /// Begins a run of every stream.
    pub fn run_all_now(&self) {
        let mut board = self.shared.board();
        board.wanted = (0..board.views.len()).collect();
        drop(board);
        self.shared.asked.notify_one();
    }

    /// Lets turns that have begun come to their end, begins no other, gives every stream back and ends the service.
    pub fn stop(&self) {
        self.shared.board().stop = true;
        self.shared.asked.notify_one();
    }

    /// Every stream, in the order of the plans.
    #[must_use]
    pub fn streams(&self) -> Vec<StreamView> {
        self.shared.board().views.clone()
    }

    /// One stream.
    #[must_use]
    pub fn stream(&self, stream: &StreamKey) -> Option<StreamView> {
        let place = self.shared.index.get(stream)?;
        self.shared.board().views.get(*place).cloned()
    }

    /// Waits for changes of any stream from now on.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch(self.shared.changed.subscribe())
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("streams", &self.shared.index.len())
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was asked for since it was last looked at: streams, and whether to stop.
    pub(super) fn wanted(&self) -> (Vec<usize>, bool) {
        let mut board = self.board();
        (std::mem::take(&mut board.wanted), board.stop)
    }

    pub(super) fn set(&self, place: usize, change: impl FnOnce(&mut StreamView)) {
        if let Some(view) = self.board().views.get_mut(place) {
            change(view);
        }
        self.changed
            .send_modify(|version| *version = version.wrapping_add(1));
    }
}

/// Waits for the next change of what a service does.
#[derive(Debug, Clone)]
pub struct Watch(watch::Receiver<u64>);

impl Watch {
    /// Waits until something has changed since the last call; `false` once the service and its controls are gone.
    ///
    /// Changes that come together are one.
    pub async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}
