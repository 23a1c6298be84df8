//! Runs begin when the schedule says, and when somebody asks.

use sync_core::Clock;
use sync_core::engine::StreamState;
use sync_core::schedule::{Missed, MissedPolicy, Schedule};
use sync_core::store::StateStore;

use crate::world::{MINUTE, SECOND, World, every, settle, since, start, stop};

#[tokio::test]
async fn a_stream_runs_at_the_times_of_its_schedule() {
    let world = World::stepped();
    let line = world.line("acme", "a");
    let plan = line.plan(&every(10 * MINUTE));
    let times = plan.times().clone();
    let first = times.next_after(world.clock.wall()).unwrap();
    let (control, served) = start(world.engine("one").service(vec![plan]));
    settle().await;
    assert_eq!(line.polls(), 0, "the first run has its time");
    assert!(world.is_free(&line.stream).await);
    world.pass(since(world.clock.wall(), first) + SECOND).await;
    assert_eq!(line.polls(), 1);
    let view = control.stream(&line.stream).unwrap();
    assert_eq!(view.state, StreamState::Idle);
    assert_eq!(view.next_run, Some(first + 10 * MINUTE));
    assert!(since(first, view.last_poll.unwrap()) <= SECOND);
    world.pass_by(20 * SECOND, 60 * MINUTE).await;
    assert_eq!(line.polls(), 7);
    assert!(world.is_free(&line.stream).await, "it is free between runs");
    assert_eq!(
        world.ledger.due(&line.stream).await.unwrap(),
        times.next_after(world.clock.wall())
    );
    assert_eq!(stop(&control, served).await[0].runs, 7);
}

#[tokio::test]
async fn who_asks_has_a_run_at_once_and_the_schedule_stays_as_it_was() {
    let world = World::stepped();
    let (by_clock, on_request) = (world.line("acme", "a"), world.line("acme", "b"));
    let plans = vec![
        by_clock.plan(&every(60 * MINUTE)),
        on_request.plan(&Schedule::on_request()),
    ];
    let next = plans[0].times().next_after(world.clock.wall());
    let (control, served) = start(world.engine("one").service(plans));
    settle().await;
    on_request.source.put("po1", "x");
    world.pass(2 * SECOND).await;
    control.run_all_now();
    // Asked again before it begins, it is still one run.
    assert!(control.run_now(&on_request.stream));
    settle().await;
    assert_eq!((by_clock.polls(), on_request.polls()), (1, 1));
    assert_eq!(on_request.sink.effects().len(), 1);
    assert_eq!(control.stream(&by_clock.stream).unwrap().next_run, next);
    assert_eq!(control.stream(&on_request.stream).unwrap().next_run, None);
    assert!(control.run_now(&on_request.stream));
    settle().await;
    assert_eq!(on_request.polls(), 2);
    let stranger = sync_core::StreamKey::new("acme", "orders", "c");
    assert!(!control.run_now(&stranger));
    world.pass_by(MINUTE, 5 * 60 * MINUTE).await;
    assert_eq!(on_request.polls(), 2);
    stop(&control, served).await;
}

#[tokio::test]
async fn a_restart_goes_on_from_what_the_ledger_says() {
    let world = World::stepped();
    let line = world.line("acme", "a");
    let schedule = every(10 * MINUTE);
    let (control, served) = start(world.engine("one").service(vec![line.plan(&schedule)]));
    world.pass(25 * MINUTE).await;
    let polls = line.polls();
    assert!((2..=3).contains(&polls));
    stop(&control, served).await;
    assert!(world.is_free(&line.stream).await);
    let due = world.ledger.due(&line.stream).await.unwrap().unwrap();
    let (control, served) = start(world.engine("one").service(vec![line.plan(&schedule)]));
    world
        .pass(
            since(world.clock.wall(), due)
                .checked_sub(SECOND)
                .unwrap_or_default(),
        )
        .await;
    assert_eq!(line.polls(), polls, "nothing before its time");
    world.pass(2 * SECOND).await;
    assert_eq!(line.polls(), polls + 1);
    stop(&control, served).await;
}

#[tokio::test]
async fn runs_that_nobody_began_are_made_up_for_by_the_policy() {
    for (policy, runs) in [
        (MissedPolicy::Skip, 0),
        (MissedPolicy::Once, 1),
        (MissedPolicy::All { most: 3 }, 3),
        (MissedPolicy::All { most: 99 }, 5),
    ] {
        let world = World::stepped();
        let line = world.line("acme", "a");
        let schedule = every(10 * MINUTE).missed(Missed {
            policy,
            ..Missed::default()
        });
        let plan = || vec![line.plan(&schedule)];
        let (control, served) = start(world.engine("one").service(plan()));
        settle().await;
        let due = world.ledger.due(&line.stream).await.unwrap().unwrap();
        stop(&control, served).await;
        let polls = line.polls();
        let away = since(world.clock.wall(), due) + 45 * MINUTE;
        world.clock.advance(away);
        let (control, served) = start(world.engine("one").service(plan()));
        settle().await;
        assert_eq!(line.polls() - polls, runs, "{policy:?}");
        world.pass(5 * MINUTE + 2 * SECOND).await;
        assert_eq!(line.polls() - polls, runs + 1, "{policy:?}: the next");
        stop(&control, served).await;
    }
}

#[tokio::test]
async fn a_run_that_is_asked_for_while_one_lasts_follows_it_and_never_overlaps() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use sync_core::engine::Plan;
    use sync_core::pipeline::{Cx, Runnable, Turn};
    use sync_core::store::StoreError;

    /// Turns that take half a minute each and count how many there are at once.
    #[derive(Debug, Default)]
    struct Slow {
        now: AtomicUsize,
        most: AtomicUsize,
        windows: AtomicUsize,
    }

    #[async_trait::async_trait]
    impl Runnable for Slow {
        async fn turn(&self, cx: &Cx, _: &dyn StateStore) -> Result<Turn, StoreError> {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            cx.clock.sleep(30 * SECOND).await;
            self.now.fetch_sub(1, Ordering::SeqCst);
            Ok(match cx.poll {
                sync_core::pipeline::Poll::Begin => {
                    self.windows.fetch_add(1, Ordering::SeqCst);
                    Turn::Began
                }
                _ => Turn::Idle,
            })
        }
    }

    let world = World::stepped();
    let slow = Arc::new(Slow::default());
    let stream = world.line("acme", "a").stream;
    let schedule = every(45 * SECOND);
    let plan = Plan::new(stream.clone(), Arc::clone(&slow) as _, &schedule);
    let (control, served) = start(world.engine("one").service(vec![plan]));
    world.pass(100 * SECOND).await;
    for _ in 0..20 {
        control.run_now(&stream);
        world.pass(7 * SECOND).await;
    }
    assert_eq!(slow.most.load(Ordering::SeqCst), 1);
    // A run lasts a minute: there was one after the other, however often it was asked for or fell due.
    let windows = slow.windows.load(Ordering::SeqCst);
    assert!((3..=4).contains(&windows), "{windows}");
    control.stop();
    world.pass(MINUTE).await;
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_watch_sees_each_change() {
    let world = World::stepped();
    let line = world.line("acme", "a");
    let (control, served) = start(
        world
            .engine("one")
            .service(vec![line.plan(&Schedule::on_request())]),
    );
    settle().await;
    let mut watch = control.watch();
    control.run_now(&line.stream);
    assert!(watch.changed().await);
    settle().await;
    let view = control.stream(&line.stream).unwrap();
    assert_eq!((view.runs, view.state), (1, StreamState::Idle));
    stop(&control, served).await;
    drop(control);
    while watch.changed().await {}
}
