//! Stops and faults at any moment.

use std::sync::Arc;

use futures_util::FutureExt as _;
use sync_core::delivery::Phase;
use sync_core::engine::{Embedded, Plan, Service};
use sync_core::store::StateStore;
use sync_core::testing::{
    Edge, Fault, FaultPlan, ManualClock, Outside, Process, RowsAsText, invariants,
};
use sync_core::{Clock, Pipeline};

use crate::world::{Line, MINUTE, SECOND, World, every};

const ROWS: u64 = 7;

/// A stream with seven rows in four pages, on a clock that never makes anybody wait.
fn world() -> (World, Line) {
    let world = World::new(ManualClock::new());
    let line = world.line("acme", "");
    for row in 0..ROWS {
        line.source.put(&format!("po{row}"), "x");
    }
    line.source.page_size(2);
    world.clock.advance(2 * SECOND);
    (world, line)
}

/// A service in this process, every call of which is a point.
fn service(world: &World, line: &Line, process: &Process) -> Service {
    let ledger = process.store(Arc::new(world.ledger.clone()));
    let pipeline = Pipeline::new(
        process.source(line.source.clone()),
        RowsAsText::new(),
        process.sink(line.sink.clone()),
    )
    .concurrency(2);
    let plan = Plan::new(line.stream.clone(), Arc::new(pipeline), &every(5 * MINUTE));
    let owner = format!("process {}", process.number());
    Embedded::new(Arc::new(ledger), Arc::clone(&world.shared), owner).service(vec![plan])
}

/// Runs until every document has come to its end, or for three hours.
async fn serve(world: &World, line: &Line, process: &Process) {
    let end = world.clock.mono() + 180 * MINUTE;
    let done = std::future::poll_fn(|cx| {
        // The store in memory answers at once.
        let counts = world.ledger.counts(&line.stream).now_or_never();
        let counts = counts.unwrap().unwrap();
        if counts.of(Phase::Confirmed) == ROWS || world.clock.mono() > end {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    });
    // A ledger that cannot be read at the start ends the process; the next one begins.
    drop(process.run(service(world, line, process).run(done)).await);
}

async fn check(world: &World, line: &Line, plan: &FaultPlan) {
    plan.settle().await;
    let outside = Outside::scripted(&line.stream, &line.source, &line.sink, plan);
    let violations = invariants(&world.ledger, &outside).await.unwrap();
    assert!(violations.is_empty(), "{plan:?}: {violations:?}");
    let counts = world.ledger.counts(&line.stream).await.unwrap();
    assert_eq!(counts.of(Phase::Confirmed), ROWS, "{plan:?}: {counts:?}");
    assert_eq!(line.sink.effects().len() as u64, ROWS, "{plan:?}");
}

/// One process with this plan, and one after it in which nothing goes wrong.
async fn life(plan: &FaultPlan) {
    let (world, line) = world();
    serve(&world, &line, &plan.process()).await;
    plan.calm();
    // It waits for the lease of the dead to end.
    serve(&world, &line, &plan.process()).await;
    check(&world, &line, plan).await;
}

#[tokio::test]
async fn whatever_goes_wrong_at_any_call_everything_arrives_once() {
    let calm = FaultPlan::new();
    life(&calm).await;
    let points = calm.points();
    let first = points.iter().filter(|point| point.process == 1);
    assert!(first.clone().count() > 15, "{points:?}");
    for point in first {
        for fault in point.faults() {
            life(&FaultPlan::new().at(point.number, *fault)).await;
        }
    }
}

#[tokio::test]
async fn two_crashes_one_after_the_other_are_survived_too() {
    let calm = FaultPlan::new();
    life(&calm).await;
    let count = calm.points().iter().filter(|p| p.process == 1).count() as u64;
    for first in 1..count {
        let plan = FaultPlan::new()
            .at(first, Fault::Crash(Edge::After))
            .at(first + 5, Fault::Crash(Edge::Before));
        let (world, line) = world();
        for _ in 0..3 {
            serve(&world, &line, &plan.process()).await;
        }
        check(&world, &line, &plan).await;
    }
}

#[tokio::test]
async fn stopped_at_any_moment_nothing_is_on_the_way_and_every_stream_is_free() {
    let mut stopped_early = 0;
    for patience in 1..80_u32 {
        let (world, line) = world();
        let plan = FaultPlan::new();
        let process = plan.process();
        let service = service(&world, &line, &process);
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
        assert!(world.is_free(&line.stream).await, "{patience}");
        let counts = world.ledger.counts(&line.stream).await.unwrap();
        assert_eq!(counts.of(Phase::Sent), 0, "{patience}");
        stopped_early += u32::from(counts.of(Phase::Confirmed) < ROWS);
        let before = world.clock.mono();
        serve(&world, &line, &plan.process()).await;
        check(&world, &line, &plan).await;
        // At the latest with the next run: nobody's lease has to end first.
        assert!(world.clock.mono() - before < 6 * MINUTE);
    }
    assert!(stopped_early > 3, "{stopped_early}");
}
