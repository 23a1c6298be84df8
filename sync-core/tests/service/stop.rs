//! Stops and crashes at any moment.

use std::sync::Arc;
use std::time::Duration;

use sync_core::audit::verify_store;
use sync_core::delivery::Phase;
use sync_core::engine::{Embedded, Plan};
use sync_core::store::{MemoryStore, StateStore};
use sync_core::testing::{Crash, Edge, FaultyStore, ManualClock, RowsAsText};
use sync_core::{Clock, Pipeline};

use crate::world::{Line, MINUTE, SECOND, World, every};

/// Two streams with five rows each, every call of whose doubles is a point.
fn lines(world: &World) -> Vec<Line> {
    ["a", "b"]
        .map(|name| {
            let line = world.line("acme", name);
            for row in 0..5 {
                line.source.put(&format!("po{row}"), "x");
            }
            line.source.page_size(2);
            line
        })
        .to_vec()
}

fn plans(lines: &[Line], crash: &Crash) -> Vec<Plan> {
    let plan = |line: &Line| {
        let pipeline = Pipeline::new(
            line.source.clone().crashing(crash.clone()),
            RowsAsText::new(),
            line.sink.clone().crashing(crash.clone()),
        )
        .concurrency(2);
        Plan::new(line.stream.clone(), Arc::new(pipeline), &every(5 * MINUTE))
    };
    lines.iter().map(plan).collect()
}

/// Runs until everything has arrived, or for three hours; on a clock that never makes anybody wait.
async fn serve(world: &World, lines: &[Line], crash: &Crash, owner: &str) {
    let ledger = FaultyStore::new(Arc::new(world.ledger.clone())).crashing(crash.clone());
    let engine = Embedded::new(Arc::new(ledger), Arc::clone(&world.shared), owner);
    let service = engine.service(plans(lines, crash));
    let end = world.clock.mono() + 180 * MINUTE;
    let done = std::future::poll_fn(|cx| {
        let arrived = lines.iter().all(|line| line.sink.effects().len() >= 5);
        let settled = service_is_idle(&world.ledger, lines);
        if (arrived && settled) || world.clock.mono() > end {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    });
    service.run(done).await.unwrap();
}

/// Whether every document has come to its end.
fn service_is_idle(ledger: &MemoryStore, lines: &[Line]) -> bool {
    use futures_util::FutureExt as _;
    lines.iter().all(|line| {
        // The store in memory answers at once.
        let counts = ledger.counts(&line.stream).now_or_never().unwrap().unwrap();
        counts.of(Phase::Confirmed) == 5
    })
}

async fn check(world: &World, lines: &[Line], what: &str) {
    for line in lines {
        let keys: Vec<_> = line.sink.effects().iter().map(|e| e.name.clone()).collect();
        assert_eq!(keys.len(), 5, "{what}: {keys:?}");
        assert!(line.sink.altered().is_empty(), "{what}");
        let verified = verify_store(&world.ledger, &line.stream).await.unwrap();
        assert!(verified.is_ok(), "{what}: {verified:?}");
        let counts = world.ledger.counts(&line.stream).await.unwrap();
        assert_eq!(counts.of(Phase::Confirmed), 5, "{what}: {counts:?}");
    }
}

fn world() -> (World, Vec<Line>) {
    let world = World::new(ManualClock::new());
    let lines = lines(&world);
    world.clock.advance(2 * SECOND);
    (world, lines)
}

#[tokio::test]
async fn dropped_at_any_point_the_next_service_goes_on_and_everything_arrives_once() {
    let crash = Crash::new();
    let (first, its_lines) = world();
    crash
        .run(serve(&first, &its_lines, &crash, "first"))
        .await
        .unwrap();
    check(&first, &its_lines, "undisturbed").await;
    let points = crash.points();
    assert!(points > 50, "{points}");
    for point in 1..=points {
        for edge in [Edge::Before, Edge::After] {
            let (world, lines) = world();
            crash.arm(point, edge);
            crash.run(serve(&world, &lines, &crash, "first")).await;
            let calm = Crash::new();
            // It waits for the lease of the dead to end.
            serve(&world, &lines, &calm, "second").await;
            check(&world, &lines, &format!("{edge:?} {point}")).await;
        }
    }
}

#[tokio::test]
async fn stopped_at_any_moment_nothing_is_on_the_way_and_every_stream_is_free() {
    let mut stopped_early = 0;
    for patience in 1..150_u32 {
        let (world, lines) = world();
        let calm = Crash::new();
        let ledger = FaultyStore::new(Arc::new(world.ledger.clone())).crashing(calm.clone());
        let engine = Embedded::new(Arc::new(ledger), Arc::clone(&world.shared), "first");
        let service = engine.service(plans(&lines, &calm));
        service.control().run_all_now();
        let mut left = patience;
        let stop = std::future::poll_fn(|cx| {
            left = left.saturating_sub(1);
            if left == 0 {
                return std::task::Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            std::task::Poll::Pending
        });
        service.run(stop).await.unwrap();
        for line in &lines {
            assert!(world.is_free(&line.stream).await, "{patience}");
            let counts = world.ledger.counts(&line.stream).await.unwrap();
            assert_eq!(counts.of(Phase::Sent), 0, "{patience}");
        }
        stopped_early += u32::from(lines.iter().any(|line| line.sink.effects().len() < 5));
        let before = world.clock.mono();
        serve(&world, &lines, &calm, "second").await;
        check(&world, &lines, &format!("stopped after {patience}")).await;
        assert!(world.clock.mono() - before < 6 * MINUTE + Duration::from_secs(1));
    }
    assert!(stopped_early > 3, "{stopped_early}");
}
