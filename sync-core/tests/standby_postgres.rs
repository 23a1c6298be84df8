//! Two services on one PostgreSQL ledger: the second takes over from the first where it died.

#![cfg(all(feature = "postgres", feature = "test-util"))]

mod postgres_server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use postgres_server::Server;
use sync_core::audit::verify_store;
use sync_core::delivery::Phase;
use sync_core::engine::{Control, Embedded, Plan, StreamState};
use sync_core::schedule::Schedule;
use sync_core::store::{PostgresOptions, PostgresStore, StateStore};
use sync_core::testing::{RowsAsText, ScriptedSink, ScriptedSource};
use sync_core::{
    Clock, Cx, Parcel, Pipeline, PollRule, Repeat, Sink, SinkCaps, Stamp, StreamKey, SystemClock,
    Verdict,
};

const LEASE: Duration = Duration::from_secs(2);

/// A sink that takes the first parcel and never answers; then it answers as the one behind it does.
#[derive(Debug, Clone)]
struct Mute {
    behind: ScriptedSink,
    muted: Arc<AtomicBool>,
}

#[async_trait]
impl Sink for Mute {
    fn caps(&self, lane: &str) -> SinkCaps {
        SinkCaps {
            request_timeout: LEASE / 4,
            ..self.behind.caps(lane)
        }
    }

    async fn deliver(
        &self,
        cx: &Cx,
        lane: &str,
        stamp: &Stamp,
        parcel: &Parcel,
        timeout: Duration,
    ) -> Verdict {
        let verdict = self.behind.deliver(cx, lane, stamp, parcel, timeout).await;
        if self.muted.swap(true, Ordering::SeqCst) {
            return verdict;
        }
        std::future::pending::<()>().await;
        Verdict::Accepted {
            receipt: Bytes::new(),
        }
    }
}

async fn until(control: &Control, done: impl Fn(&Control) -> bool) {
    let mut watch = control.watch();
    while !done(control) {
        watch.changed().await;
    }
}

#[tokio::test]
async fn a_run_that_died_with_its_process_is_finished_by_the_other() {
    let server = Server::start();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let stream = StreamKey::new("acme", "orders", "");
    let rule = PollRule::new(Duration::from_secs(1), Duration::from_secs(60));
    let source = ScriptedSource::new(Arc::clone(&clock), rule);
    let past = source.present() - 5_000_000;
    for row in 0..20 {
        source.put_at(&format!("po{row}"), past, past, "x");
    }
    let window = Duration::from_secs(3600);
    let sink = ScriptedSink::new(Arc::clone(&clock), Repeat::Deduplicated { window });
    let mute = Mute {
        behind: sink.clone(),
        muted: Arc::default(),
    };
    let service = async |owner: &str| {
        let options = PostgresOptions::default().schema("ledger").unwrap();
        let config = server.url().parse().unwrap();
        let store = PostgresStore::connect(config, options, Arc::clone(&clock)).await;
        let store: Arc<dyn StateStore> = Arc::new(store.unwrap());
        let pipeline = Pipeline::new(source.clone(), RowsAsText::new(), mute.clone());
        let plan = Plan::new(stream.clone(), Arc::new(pipeline), &Schedule::on_request());
        let engine = Embedded::new(Arc::clone(&store), Arc::clone(&clock), owner).lease(LEASE);
        let service = engine.service(vec![plan]);
        let control = service.control();
        control.run_all_now();
        (
            control,
            tokio::spawn(service.run(std::future::pending())),
            store,
        )
    };
    let (first, first_served, _) = service("first").await;
    while sink.effects().is_empty() {
        tokio::task::yield_now().await;
    }
    let (second, second_served, store) = service("second").await;
    until(&second, |second| {
        second.streams()[0].state == StreamState::Standby
    })
    .await;
    // The first is cut off in the middle of a request: its lease is not given back.
    first_served.abort();
    until(&second, |second| {
        let view = &second.streams()[0];
        view.runs == 1 && view.state == StreamState::Idle
    })
    .await;
    assert_eq!(first.streams()[0].runs, 1);
    assert_eq!(sink.effects().len(), 20);
    assert!(sink.altered().is_empty());
    let counts = store.counts(&stream).await.unwrap();
    assert_eq!(counts.of(Phase::Confirmed), 20);
    let verified = verify_store(&*store, &stream).await.unwrap();
    assert!(verified.is_ok(), "{verified:?}");
    second.stop();
    second_served.await.unwrap().unwrap();
    let streams = store.streams().await.unwrap();
    assert!(streams.iter().all(|status| status.holder.is_none()));
}
