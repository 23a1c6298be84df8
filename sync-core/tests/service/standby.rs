//! Two services on one ledger.

use std::time::Duration;

use sync_core::Clock;
use sync_core::engine::StreamState;
use sync_core::store::StateStore;
use sync_core::testing::Act;

use crate::world::{MINUTE, SECOND, World, every, settle, start, stop};

const LEASE: Duration = Duration::from_secs(90);

#[tokio::test]
async fn the_second_stands_by_and_takes_over_when_the_first_is_gone() {
    let world = World::stepped();
    let line = world.line("acme", "a");
    let schedule = every(5 * MINUTE);
    let service = |owner| {
        let engine = world.engine(owner).lease(LEASE).standby(LEASE);
        start(engine.service(vec![line.plan(&schedule)]))
    };
    let (first, first_served) = service("first");
    settle().await;
    let (second, second_served) = service("second");
    world.pass_by(10 * SECOND, 30 * MINUTE).await;
    let runs = |control: &sync_core::engine::Control| control.streams()[0].runs;
    assert_eq!((runs(&first), runs(&second)), (6, 0));
    first_served.abort();
    world.pass_by(10 * SECOND, 30 * MINUTE).await;
    assert!((5..=6).contains(&runs(&second)), "{}", runs(&second));
    assert_eq!(runs(&first), 6);
    stop(&second, second_served).await;
}

#[tokio::test]
async fn a_stream_whose_owner_dies_in_its_run_is_free_when_the_lease_has_ended() {
    let world = World::stepped();
    let line = world.line("acme", "a");
    let schedule = every(5 * MINUTE);
    let service = |owner| {
        let engine = world.engine(owner).lease(LEASE).standby(SECOND);
        start(engine.service(vec![line.plan(&schedule)]))
    };
    // The first dies with a delivery that was marked as sent, and of which nobody knows whether it arrived.
    line.sink.then(Act::LoseAnswer);
    let (first, first_served) = service("first");
    settle().await;
    line.source.put("po1", "x");
    world.pass(2 * SECOND).await;
    first.run_now(&line.stream);
    while line.sink.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    first_served.abort();
    settle().await;
    let died = world.clock.mono();
    assert!(!world.is_free(&line.stream).await);
    let (second, second_served) = service("second");
    let state = |control: &sync_core::engine::Control| control.streams()[0].state;
    second.run_now(&line.stream);
    settle().await;
    assert_eq!(state(&second), StreamState::Standby);
    world.pass(LEASE - 3 * SECOND).await;
    assert_eq!(line.sink.calls().len(), 1, "not while the lease lives");
    while line.sink.calls().len() < 2 {
        world.pass(SECOND).await;
    }
    assert!(world.clock.mono() - died <= LEASE + LEASE / 2 + 2 * SECOND);
    world.pass(MINUTE).await;
    assert_eq!(line.sink.effects().len(), 1, "it has arrived once");
    assert!(line.sink.altered().is_empty());
    let counts = world.ledger.counts(&line.stream).await.unwrap();
    assert_eq!(counts.of(sync_core::delivery::Phase::Confirmed), 1);
    stop(&second, second_served).await;
}

#[tokio::test]
async fn a_clean_stop_leaves_the_streams_to_the_other_at_once() {
    let world = World::stepped();
    let lines: Vec<_> = (0..5)
        .map(|n| world.line("acme", &format!("{n}")))
        .collect();
    let schedule = every(10 * MINUTE);
    let service = |owner| {
        let plans = lines.iter().map(|line| line.plan(&schedule)).collect();
        start(
            world
                .engine(owner)
                .lease(LEASE)
                .standby(LEASE)
                .service(plans),
        )
    };
    let (first, first_served) = service("first");
    settle().await;
    let (second, second_served) = service("second");
    world.pass_by(10 * SECOND, 25 * MINUTE).await;
    assert!(second.streams().iter().all(|view| view.runs == 0));
    stop(&first, first_served).await;
    for line in &lines {
        assert!(world.is_free(&line.stream).await);
    }
    world.pass(10 * MINUTE + 2 * LEASE).await;
    assert!(second.streams().iter().all(|view| view.runs >= 1));
    stop(&second, second_served).await;
}

#[tokio::test]
async fn a_lease_is_renewed_for_as_long_as_a_turn_lasts_and_while_its_stream_waits_for_one() {
    use std::sync::Arc;

    use sync_core::engine::Plan;
    use sync_core::pipeline::{Cx, Runnable, Turn};
    use sync_core::store::StoreError;

    /// Turns that take much longer than a lease.
    #[derive(Debug)]
    struct Long;

    #[async_trait::async_trait]
    impl Runnable for Long {
        async fn turn(&self, cx: &Cx, _: &dyn StateStore) -> Result<Turn, StoreError> {
            cx.clock.sleep(5 * LEASE).await;
            Ok(Turn::Again)
        }
    }

    let world = World::stepped();
    let streams: Vec<_> = (0..3)
        .map(|n| world.line("acme", &format!("{n}")).stream)
        .collect();
    let plans = streams
        .iter()
        .map(|stream| Plan::new(stream.clone(), Arc::new(Long), &every(MINUTE)))
        .collect();
    // One has its turn, the others wait with their leases.
    let engine = world.engine("first").lease(LEASE).streams_at_once(1);
    let (control, served) = start(engine.service(plans));
    world.pass_by(LEASE / 9, 20 * LEASE).await;
    let epochs = |n: usize| {
        let (ledger, stream) = (world.ledger.clone(), streams[n].clone());
        async move { ledger.acquire(&stream, "thief", SECOND).await.unwrap() }
    };
    for n in 0..3 {
        assert_eq!(epochs(n).await, None, "{n} is held all the time");
    }
    for _ in 0..40 {
        world.pass_by(LEASE / 12, LEASE / 4).await;
        for n in 0..3 {
            assert_eq!(epochs(n).await, None);
        }
    }
    assert!(control.streams().iter().all(|view| view.turns >= 1));
    let held_since_the_first = world
        .texts(&streams[0])
        .iter()
        .all(|text| !text.starts_with("stopped"));
    assert!(held_since_the_first);
    served.abort();
}
