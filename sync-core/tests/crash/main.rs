//! A whole pipeline with a fault at every call that it makes, and with every pair of faults: nothing lost, nothing twice.
//!
//! A life is run once without faults to see its calls, then once for each call and each thing that can go wrong there:
//! a crash before and after, a refusal, a lost request, a lost answer (an error after the effect), a late effect (an
//! effect after the error). Then with two of them, the second one in the same process or during the recovery from the
//! first. The pairs are a seeded sample: 300 for each kind of sink, or what `CRASH_PAIRS` says.

#![cfg(feature = "test-util")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod life;
#[cfg(feature = "postgres")]
#[path = "../postgres_server/mod.rs"]
mod postgres_server;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use life::{World, deduplicated, probed};
use sync_core::Repeat;
use sync_core::testing::{Fault, FaultPlan, Point};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use sync_core::{Clock, store::StateStore};

/// The calls of a life, with these faults in it.
async fn points(repeat: Repeat, plan: &FaultPlan) -> Vec<Point> {
    let (bad, _) = World::in_memory(repeat).await.live(plan).await;
    assert!(bad.is_empty(), "{plan:?}: {bad:#?}");
    plan.points()
}

/// Every fault that can happen at these points, after one that is there already.
fn all(points: &[Point], after: u64) -> Vec<(u64, Fault)> {
    let later = points.iter().filter(|point| point.number > after);
    later
        .flat_map(|point| point.faults().iter().map(|fault| (point.number, *fault)))
        .collect()
}

/// Whether what is done for safety's sake alone ends with a person: never where the sink can be asked or ignores repeats.
fn judge(repeat: Repeat, plan: &FaultPlan, bad: &[String], review: usize) {
    assert!(bad.is_empty(), "{repeat:?}, {plan:?}: {bad:#?}");
    let nobody = !matches!(repeat, Repeat::Blind);
    assert!(
        !nobody || review == 0,
        "{repeat:?}, {plan:?}: {review} in review"
    );
}

/// One life for each fault at each call; how many there were, and in how many a person must look.
async fn singles(repeat: Repeat) -> (usize, usize) {
    let faults = all(&points(repeat, &FaultPlan::new()).await, 0);
    let mut reviewed = 0;
    for (number, fault) in &faults {
        let plan = FaultPlan::new().at(*number, *fault);
        let (bad, review) = World::in_memory(repeat).await.live(&plan).await;
        judge(repeat, &plan, &bad, review);
        reviewed += usize::from(review > 0);
    }
    (faults.len(), reviewed)
}

#[tokio::test]
async fn any_fault_at_any_call_loses_nothing_and_sends_nothing_twice() {
    for repeat in [deduplicated(), probed()] {
        let (lives, _) = singles(repeat).await;
        assert!(lives > 300, "the life has shrunk: {lives} faults");
    }
}

#[tokio::test]
async fn any_fault_before_a_blind_sink_is_for_a_person_and_never_a_second_delivery() {
    let (lives, reviewed) = singles(Repeat::Blind).await;
    assert!(lives > 300, "the life has shrunk: {lives} faults");
    assert!(reviewed > 10, "some fault must leave a doubt: {reviewed}");
}

/// So many pairs, chosen by a seeded generator: the first fault among those of a life without any, the second among
/// those that can strike what is done once the first has struck.
async fn pairs(repeat: Repeat) {
    let first = all(&points(repeat, &FaultPlan::new()).await, 0);
    let mut rng = fastrand::Rng::with_seed(7);
    for _ in 0..sample() {
        let (number, fault) = first[rng.usize(..first.len())];
        let plan = FaultPlan::new().at(number, fault);
        let second = all(&points(repeat, &plan).await, number);
        let Some((later, again)) = rng.choice(second) else {
            continue;
        };
        let plan = FaultPlan::new().at(number, fault).at(later, again);
        let (bad, review) = World::in_memory(repeat).await.live(&plan).await;
        judge(repeat, &plan, &bad, review);
    }
}

/// How many pairs there are for each kind of sink: 300, or what `CRASH_PAIRS` says.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests says how long they may take"
)]
fn sample() -> usize {
    let asked = std::env::var("CRASH_PAIRS").ok();
    asked.map_or(300, |pairs| pairs.parse().unwrap())
}

/// Of about 345,000 pairs.
#[tokio::test]
async fn two_faults_before_a_deduplicating_sink_change_nothing() {
    pairs(deduplicated()).await;
}

/// Of about 343,000 pairs.
#[tokio::test]
async fn two_faults_before_a_sink_that_can_be_asked_change_nothing() {
    pairs(probed()).await;
}

/// Of about 356,000 pairs.
#[tokio::test]
async fn two_faults_before_a_blind_sink_change_nothing() {
    pairs(Repeat::Blind).await;
}

/// The checks above can fail: a sink that promises to ignore repeats and does not gets something twice.
#[tokio::test]
async fn a_sink_that_does_not_keep_its_promise_is_found_out() {
    let faults = all(&points(deduplicated(), &FaultPlan::new()).await, 0);
    let mut found = 0;
    for (number, fault) in faults.into_iter().step_by(3) {
        let plan = FaultPlan::new().at(number, fault);
        let (bad, _) = World::forgetful(deduplicated()).await.live(&plan).await;
        found += usize::from(bad.iter().any(|what| what.starts_with("I10")));
    }
    assert!(found > 0, "a repeat must show");
}

/// The same faults on another ledger: every so many of them, each life on a ledger of its own.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
async fn sampled<F, L>(every: usize, ledger: F)
where
    F: Fn(Arc<dyn Clock>) -> L + Send + Sync,
    L: Future<Output = Arc<dyn StateStore>> + Send,
{
    for repeat in [deduplicated(), probed(), Repeat::Blind] {
        let faults = all(&points(repeat, &FaultPlan::new()).await, 0);
        for (number, fault) in faults.into_iter().step_by(every) {
            let plan = FaultPlan::new().at(number, fault);
            let world = World::on(repeat, &ledger).await;
            let (bad, review) = world.live(&plan).await;
            judge(repeat, &plan, &bad, review);
        }
    }
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_sample_of_faults_on_sqlite_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let lives = AtomicUsize::new(0);
    sampled(61, |clock| {
        let life = lives.fetch_add(1, Ordering::Relaxed);
        let path = folder.path().join(format!("{life}.db"));
        let store = sync_core::store::SqliteStore::open(path, clock).unwrap();
        std::future::ready(Arc::new(store) as _)
    })
    .await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_sample_of_faults_on_postgres_changes_nothing() {
    use sync_core::store::{PostgresOptions, PostgresStore};

    let server = postgres_server::Server::start();
    let lives = AtomicUsize::new(0);
    sampled(97, |clock| {
        let life = lives.fetch_add(1, Ordering::Relaxed);
        let options = PostgresOptions::default().connections(2);
        let options = options.schema(&format!("life_{life}")).unwrap();
        let store = PostgresStore::connect(server.url().parse().unwrap(), options, clock);
        async { Arc::new(store.await.unwrap()) as _ }
    })
    .await;
}
