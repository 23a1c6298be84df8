//! One tenant with much to do beside many with little.

use std::collections::BTreeMap;
use std::time::Duration;

use sync_core::schedule::Schedule;
use sync_core::store::StateStore as _;

use crate::world::{Line, SECOND, World, settle, start};

/// After how many turns, counted over all tenants, each small one had what it wanted.
async fn turns_until_done(streams_at_once: usize, big_streams: usize) -> BTreeMap<String, usize> {
    let world = World::stepped();
    let small: Vec<Line> = (1..100)
        .map(|n| world.line(&format!("small-{n:02}"), ""))
        .collect();
    let big: Vec<Line> = (0..big_streams)
        .map(|n| world.line("big", &format!("{n:02}")))
        .collect();
    for line in &small {
        for row in 0..10 {
            line.source.put(&format!("po{row}"), "x");
        }
    }
    for line in &big {
        for row in 0..600 / big_streams {
            line.source.put(&format!("po{row}"), "x");
        }
    }
    world.clock.advance(2 * SECOND);
    // The big one is first in every order.
    let plans = big.iter().chain(&small);
    let plans = plans
        .map(|line| line.plan(&Schedule::on_request()))
        .collect();
    let engine = world.engine("one").streams_at_once(streams_at_once);
    let service = engine.service(plans);
    service.control().run_all_now();
    let (control, served) = start(service);
    // With everything begun at once, and no time that passes.
    while small
        .iter()
        .chain(&big)
        .any(|line| control.stream(&line.stream).unwrap().runs == 0)
        || control
            .streams()
            .iter()
            .any(|view| view.state != sync_core::engine::StreamState::Idle)
    {
        settle().await;
    }
    served.abort();
    for line in small.iter().chain(&big) {
        let counts = world.ledger.counts(&line.stream).await.unwrap();
        let sent = counts.of(sync_core::delivery::Phase::Confirmed);
        assert_eq!(sent as usize, line.sink.effects().len());
        assert!(sent >= 10);
    }
    let told = world.told.0.lock().unwrap();
    let mut done = BTreeMap::new();
    let mut turns = 0;
    for (stream, text) in &*told {
        if text.starts_with("turn") {
            turns += 1;
        }
        if text == "ended" && stream.tenant().starts_with("small") {
            done.insert(stream.tenant().to_owned(), turns);
        }
    }
    assert_eq!(done.len(), 99);
    done
}

#[tokio::test]
async fn the_small_ones_wait_at_most_twice_as_long_as_without_the_big_one() {
    for (streams_at_once, big_streams) in [(1, 1), (8, 20)] {
        let alone = turns_until_done(streams_at_once, 0).await;
        let beside = turns_until_done(streams_at_once, big_streams).await;
        for (tenant, turns) in &beside {
            assert!(
                *turns <= 2 * alone[tenant],
                "{tenant}: {turns} turns, alone {} ({streams_at_once} at once)",
                alone[tenant]
            );
        }
    }
}

#[tokio::test]
async fn a_tenant_whose_requests_take_long_leaves_places_to_the_others() {
    use std::sync::Arc;

    use sync_core::engine::Plan;
    use sync_core::pipeline::{Cx, Runnable, Turn};
    use sync_core::store::{StateStore, StoreError};

    /// Turns that take an hour.
    #[derive(Debug)]
    struct Stuck;

    #[async_trait::async_trait]
    impl Runnable for Stuck {
        async fn turn(&self, cx: &Cx, _: &dyn StateStore) -> Result<Turn, StoreError> {
            cx.clock.sleep(Duration::from_secs(3600)).await;
            Ok(Turn::Idle)
        }
    }

    let world = World::stepped();
    let small = world.line("small", "");
    let stuck = (0..50).map(|n| {
        let stream = world.line("stuck", &format!("{n}")).stream;
        Plan::new(stream, Arc::new(Stuck), &Schedule::on_request())
    });
    let mut plans: Vec<_> = stuck.collect();
    plans.push(small.plan(&Schedule::on_request()));
    let service = world.engine("one").streams_at_once(4).service(plans);
    service.control().run_all_now();
    let (_, served) = start(service);
    settle().await;
    assert_eq!(small.polls(), 1);
    served.abort();
}
