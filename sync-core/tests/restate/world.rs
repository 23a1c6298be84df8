//! One stream with a scripted source and sink, and processes that have its pipeline.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sync_core::audit::verify_store;
use sync_core::delivery::Phase;
use sync_core::engine::restate::{Ingress, Restate};
use sync_core::engine::{Embedded, Plan};
use sync_core::schedule::Schedule;
use sync_core::store::{SqliteStore, StateStore};
use sync_core::testing::{RowsAsText, ScriptedSink, ScriptedSource};
use sync_core::{
    Clock, Observer, Pipeline, PollRule, Progress, Repeat, Sink, SinkCaps, StreamKey, SystemClock,
};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::server::Server;

pub(crate) const LEASE: Duration = Duration::from_secs(2);

/// Says that something has happened.
#[derive(Debug)]
struct Events {
    tell: mpsc::UnboundedSender<()>,
    refused: Arc<Mutex<Vec<String>>>,
}

impl Observer for Events {
    fn event(&self, _: &StreamKey, event: &Progress<'_>) {
        if let Progress::Ended { .. } | Progress::Moved { .. } = event {
            let _nobody_listens = self.tell.send(());
        }
        if let Progress::Stopped(error) = event {
            self.refused.lock().unwrap().push(error.to_string());
        }
    }
}

pub(crate) struct World {
    pub(crate) stream: StreamKey,
    pub(crate) source: ScriptedSource,
    pub(crate) sink: ScriptedSink,
    pub(crate) store: Arc<dyn StateStore>,
    clock: Arc<dyn Clock>,
    events: mpsc::UnboundedReceiver<()>,
    tell: mpsc::UnboundedSender<()>,
    /// What the ledger has refused.
    pub(crate) refused: Arc<Mutex<Vec<String>>>,
    schedule: Schedule,
    _folder: tempfile::TempDir,
}

/// A process with the pipeline: what is left of it when it is dropped is what a crash leaves.
pub(crate) struct Process {
    task: JoinHandle<()>,
    stop: watch::Sender<()>,
    pub(crate) restate: Restate,
}

impl Process {
    /// Stops it as a service manager does, and waits for its end.
    pub(crate) async fn stop(mut self) {
        self.stop.send(()).unwrap();
        (&mut self.task).await.unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl World {
    pub(crate) fn new(schedule: Schedule) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let rule = PollRule::new(Duration::from_secs(1), Duration::from_secs(60));
        let window = Duration::from_secs(3600);
        let sink = ScriptedSink::new(Arc::clone(&clock), Repeat::Deduplicated { window });
        let caps = SinkCaps {
            request_timeout: LEASE / 4,
            ..sink.caps("")
        };
        let (tell, events) = mpsc::unbounded_channel();
        let folder = tempfile::tempdir().unwrap();
        Self {
            stream: StreamKey::new("acme", "orders/850", "US#1"),
            source: ScriptedSource::new(Arc::clone(&clock), rule),
            sink: sink.promising(caps),
            store: Arc::new(
                SqliteStore::open(folder.path().join("ledger"), Arc::clone(&clock)).unwrap(),
            ),
            clock,
            events,
            tell,
            refused: Arc::default(),
            schedule,
            _folder: folder,
        }
    }

    /// Rows that stand in the source since a while.
    pub(crate) fn put(&self, rows: std::ops::Range<u32>) {
        let past = self.source.present() - 5_000_000;
        for row in rows {
            self.source.put_at(&format!("po{row}"), past, past, "x");
        }
    }

    /// A process at `port`, or at a free one.
    pub(crate) async fn process(&self, port: u16, budget: Duration) -> (Process, u16) {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let pipeline = Pipeline::new(self.source.clone(), RowsAsText::new(), self.sink.clone());
        let plan = Plan::new(self.stream.clone(), Arc::new(pipeline), &self.schedule);
        let engine = Embedded::new(Arc::clone(&self.store), Arc::clone(&self.clock), "test")
            .observer(Arc::new(Events {
                tell: self.tell.clone(),
                refused: Arc::clone(&self.refused),
            }))
            .lease(LEASE);
        let restate = Restate::new(&engine, vec![plan]).budget(budget);
        let (stop, mut stopped) = watch::channel(());
        let served = restate.clone();
        let task = tokio::spawn(async move {
            let stop = async { drop(stopped.changed().await) };
            served.serve(listener, stop).await;
        });
        let process = Process {
            task,
            stop,
            restate,
        };
        (process, port)
    }

    /// Another process at the port of one that has died: as soon as the system gives the port back.
    pub(crate) async fn process_again(&self, port: u16, budget: Duration) -> (Process, u16) {
        while TcpListener::bind(("127.0.0.1", port)).await.is_err() {
            tokio::task::yield_now().await;
        }
        self.process(port, budget).await
    }

    /// Waits until so many rows had their effect and the ledger says so.
    pub(crate) async fn until_delivered(&mut self, rows: usize) {
        loop {
            let counts = self.store.counts(&self.stream).await.unwrap();
            if counts.of(Phase::Confirmed) >= rows as u64 {
                return;
            }
            self.events.recv().await.unwrap();
        }
    }

    /// So many rows had their effect once, and the ledger says so.
    pub(crate) async fn all_are_delivered_once(&self, rows: usize) {
        assert_eq!(self.sink.effects().len(), rows);
        assert!(self.sink.altered().is_empty());
        let counts = self.store.counts(&self.stream).await.unwrap();
        assert_eq!(counts.of(Phase::Confirmed), rows as u64);
        let verified = verify_store(&*self.store, &self.stream).await.unwrap();
        assert!(verified.is_ok(), "{verified:?}");
    }
}

/// A server that knows the process at this port.
pub(crate) async fn registered(server: &Server, port: u16) -> Ingress {
    let ingress = Ingress::new(&server.ingress()).unwrap();
    let service = format!("http://127.0.0.1:{port}");
    ingress.register(&server.admin(), &service).await.unwrap();
    ingress
}
