//! Sources and stores that fail.

use std::sync::Arc;

use sync_core::delivery::Phase;
use sync_core::engine::{Embedded, StreamState};
use sync_core::store::StateStore;
use sync_core::testing::{Edge, FaultyStore};
use sync_core::{Clock, SourceError, SourceErrorKind};

use crate::world::{MINUTE, SECOND, World, every, settle, start, stop};

fn failure(kind: SourceErrorKind) -> SourceError {
    SourceError {
        kind,
        operation: "PO_QUERY".into(),
        message: "refused".into(),
        remedy: None,
        after: None,
    }
}

#[tokio::test]
async fn a_source_that_fails_is_asked_again_after_a_growing_pause() {
    let world = World::stepped();
    let line = world.line("acme", "a");
    let plan = line.plan(&every(24 * 60 * MINUTE));
    let (control, served) = start(world.engine("one").service(vec![plan]));
    settle().await;
    for _ in 0..6 {
        line.source.fail(failure(SourceErrorKind::Transient));
    }
    control.run_now(&line.stream);
    settle().await;
    let view = control.stream(&line.stream).unwrap();
    assert_eq!((view.failures, view.state), (1, StreamState::Waiting));
    assert_eq!(view.error.as_deref(), Some("PO_QUERY: refused"));
    // Half of 500 ms, doubling: the sixth failure comes after about eight seconds, the answer after sixteen.
    world.pass(9 * SECOND).await;
    assert_eq!(control.stream(&line.stream).unwrap().failures, 6);
    assert_eq!(line.polls(), 0);
    world.pass(10 * SECOND).await;
    assert_eq!(line.polls(), 1);
    let view = control.stream(&line.stream).unwrap();
    assert_eq!((view.failures, view.error), (0, None));
    stop(&control, served).await;
}

#[tokio::test]
async fn where_a_person_must_act_the_source_is_left_alone_until_the_next_run() {
    let world = World::stepped();
    let line = world.line("acme", "a");
    let schedule = every(60 * MINUTE);
    let (control, served) = start(world.engine("one").service(vec![line.plan(&schedule)]));
    settle().await;
    line.source.fail(failure(SourceErrorKind::Connectivity));
    control.run_now(&line.stream);
    settle().await;
    let view = control.stream(&line.stream).unwrap();
    let next = schedule
        .of(&line.stream)
        .next_after(world.clock.wall())
        .unwrap();
    assert_eq!((view.next_run, view.due), (Some(next), Some(next)));
    assert!(world.is_free(&line.stream).await);
    world.pass_by(10 * SECOND, 60 * MINUTE).await;
    assert_eq!(line.polls(), 1);
    assert_eq!(control.stream(&line.stream).unwrap().failures, 0);
    stop(&control, served).await;
}

#[tokio::test]
async fn a_delivery_that_is_due_later_wakes_its_stream_without_a_poll() {
    use sync_core::testing::Act;
    let world = World::stepped();
    let line = world.line("acme", "a");
    let plan = line.plan(&every(24 * 60 * MINUTE));
    let (control, served) = start(world.engine("one").service(vec![plan]));
    settle().await;
    line.source.put("po1", "x");
    line.sink.then(Act::NotSent {
        after: Some(10 * MINUTE),
    });
    world.pass(2 * SECOND).await;
    control.run_now(&line.stream);
    settle().await;
    assert!(
        world.is_free(&line.stream).await,
        "free for a person's decision"
    );
    let due = world.ledger.due(&line.stream).await.unwrap().unwrap();
    assert!(due >= world.clock.wall() + 10 * MINUTE);
    assert!(due <= world.clock.wall() + 11 * MINUTE);
    world.pass(11 * MINUTE).await;
    assert_eq!(line.sink.effects().len(), 1);
    assert_eq!(line.polls(), 1);
    stop(&control, served).await;
}

#[tokio::test]
async fn whichever_answer_of_the_store_is_lost_the_service_goes_on() {
    for edge in [Edge::Before, Edge::After] {
        for nth in 2..40 {
            let world = World::stepped();
            let line = world.line("acme", "a");
            let ledger = Arc::new(FaultyStore::new(Arc::new(world.ledger.clone())));
            ledger.fail(nth, edge);
            let engine = Embedded::new(Arc::clone(&ledger) as _, Arc::clone(&world.shared), "one");
            let service = engine.service(vec![line.plan(&every(3 * MINUTE))]);
            line.source.put("po1", "x");
            world.clock.advance(2 * SECOND);
            let (control, served) = start(service);
            world.pass_by(15 * SECOND, 12 * MINUTE).await;
            let what = format!("{edge:?} {nth}");
            assert_eq!(line.sink.effects().len(), 1, "{what}");
            let counts = world.ledger.counts(&line.stream).await.unwrap();
            assert_eq!(counts.of(Phase::Confirmed), 1, "{what}");
            assert!(line.polls() >= 3, "{what}");
            let view = control.stream(&line.stream).unwrap();
            assert_eq!(
                (view.error, view.state),
                (None, StreamState::Idle),
                "{what}"
            );
            stop(&control, served).await;
        }
    }
}

#[tokio::test]
async fn a_stream_that_the_store_refuses_waits_for_a_person_and_the_others_go_on() {
    let world = World::stepped();
    let (bad, good) = (world.line("acme", "a"), world.line("acme", "b"));
    let schedule = every(10 * MINUTE);
    let plans = vec![bad.plan(&schedule), good.plan(&schedule)];
    let (control, served) = start(world.engine("one").service(plans));
    settle().await;
    control.run_all_now();
    settle().await;
    // The cursor belongs to another question now.
    bad.source.question("another filter");
    world.pass(10 * MINUTE + SECOND).await;
    let view = control.stream(&bad.stream).unwrap();
    assert_eq!(view.state, StreamState::Stopped);
    assert!(view.error.unwrap().contains("reset the stream"));
    assert!(world.is_free(&bad.stream).await);
    let polls = good.polls();
    world.pass_by(10 * SECOND, 30 * MINUTE).await;
    assert_eq!(good.polls(), polls + 3);
    bad.source.question("rows");
    world.pass(10 * MINUTE + SECOND).await;
    let view = control.stream(&bad.stream).unwrap();
    assert_eq!((view.state, view.error), (StreamState::Idle, None));
    stop(&control, served).await;
}
