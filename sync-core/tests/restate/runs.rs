//! Runs through the server, and what a crash of either side leaves of them.

use std::time::Duration;

use sync_core::delivery::Phase;
use sync_core::engine::restate::Supervisor;
use sync_core::schedule::Schedule;
use sync_core::{SourceError, SourceErrorKind};

use crate::server::Server;
use crate::world::{LEASE, World, registered};

/// One turn is one invocation.
const TURN: Duration = Duration::ZERO;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_has_a_run_and_each_row_its_effect_once() {
    let mut world = World::new(Schedule::on_request());
    world.put(0..40);
    let server = Server::start().await;
    let (process, port) = world.process(0, Duration::from_secs(5)).await;
    let ingress = registered(&server, port).await;
    ingress.run_now(&world.stream).await.unwrap();
    world.until_delivered(40).await;
    world.all_are_delivered_once(40).await;
    world.put(40..50);
    ingress.run_now(&world.stream).await.unwrap();
    world.until_delivered(50).await;
    world.all_are_delivered_once(50).await;
    drop(process);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_was_never_seen_is_started_and_then_runs_by_its_schedule() {
    let second = Duration::from_secs(1);
    let mut world = World::new(Schedule::every(second).unwrap());
    world.put(0..5);
    let server = Server::start().await;
    let (process, port) = world.process(0, TURN).await;
    let ingress = registered(&server, port).await;
    let supervisor = Supervisor::new(&process.restate, ingress);
    let started = supervisor.look().await.unwrap();
    assert_eq!(started.len(), 1);
    assert_eq!((started[0].due, started[0].generation), (None, 0));
    world.until_delivered(5).await;
    world.put(5..7);
    world.until_delivered(7).await;
    world.all_are_delivered_once(7).await;
    // What goes on by itself is left alone.
    assert_eq!(supervisor.look().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_goes_on_where_it_was() {
    let mut world = World::new(Schedule::on_request());
    world.put(0..300);
    world.source.page_size(20);
    let mut server = Server::start().await;
    let (process, port) = world.process(0, TURN).await;
    let ingress = registered(&server, port).await;
    ingress.run_now(&world.stream).await.unwrap();
    for effects in [1, 100] {
        world.until_delivered(effects).await;
        server.crash().await;
    }
    world.until_delivered(300).await;
    world.all_are_delivered_once(300).await;
    drop(process);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_dies_is_followed_by_the_next_one() {
    let mut world = World::new(Schedule::on_request());
    world.put(0..300);
    world.source.page_size(20);
    let server = Server::start().await;
    let (mut process, port) = world.process(0, TURN).await;
    let ingress = registered(&server, port).await;
    ingress.run_now(&world.stream).await.unwrap();
    for effects in [1, 100] {
        world.until_delivered(effects).await;
        drop(process);
        (process, _) = world.process_again(port, TURN).await;
    }
    world.until_delivered(300).await;
    world.all_are_delivered_once(300).await;
    drop(process);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_stopped_leaves_nothing_in_doubt_and_no_lease() {
    let mut world = World::new(Schedule::on_request());
    world.put(0..1000);
    world.source.page_size(20);
    let server = Server::start().await;
    // The budget alone would end an invocation much later.
    let (mut process, port) = world.process(0, Duration::from_secs(45)).await;
    let ingress = registered(&server, port).await;
    ingress.run_now(&world.stream).await.unwrap();
    for effects in [1, 200] {
        world.until_delivered(effects).await;
        process.stop().await;
        let counts = world.store.counts(&world.stream).await.unwrap();
        assert_eq!(counts.of(Phase::Sent) + counts.of(Phase::InDoubt), 0);
        let lease = world.store.acquire(&world.stream, "another", LEASE).await;
        let lease = lease.unwrap().expect("nobody has the stream");
        world.store.release(lease).await.unwrap();
        (process, _) = world.process_again(port, Duration::from_secs(45)).await;
    }
    world.until_delivered(1000).await;
    world.all_are_delivered_once(1000).await;
    drop(process);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_replaced_by_an_empty_one_says_so_and_is_told_everything_again() {
    let mut world = World::new(Schedule::on_request());
    world.put(0..20);
    let mut server = Server::start().await;
    let (process, port) = world.process(0, TURN).await;
    let ingress = registered(&server, port).await;
    assert!(ingress.knows_turns(&server.admin()).await.unwrap());
    ingress.is_well().await.unwrap();
    let supervisor = Supervisor::new(&process.restate, ingress.clone());
    supervisor.begin(true).await.unwrap();
    world.until_delivered(20).await;
    server.replace().await;
    assert!(!ingress.knows_turns(&server.admin()).await.unwrap());
    registered(&server, port).await;
    world.put(20..30);
    supervisor.begin(true).await.unwrap();
    world.until_delivered(30).await;
    world.all_are_delivered_once(30).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_asked_for_begins_once_the_source_answers_and_the_stream_is_free() {
    let mut world = World::new(Schedule::on_request());
    world.put(0..20);
    let server = Server::start().await;
    let (process, port) = world.process(0, TURN).await;
    let ingress = registered(&server, port).await;
    // Somebody has died with it.
    let lease = world.store.acquire(&world.stream, "dead", LEASE).await;
    assert!(lease.unwrap().is_some());
    let wait = SourceError {
        kind: SourceErrorKind::Transient,
        operation: "read".into(),
        message: "not now".into(),
        remedy: None,
        after: None,
    };
    world.source.fail(wait);
    ingress.run_now(&world.stream).await.unwrap();
    world.until_delivered(20).await;
    world.all_are_delivered_once(20).await;
    drop(process);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_generations_of_a_stream_in_one_process_do_not_shut_each_other_out() {
    let mut world = World::new(Schedule::on_request());
    world.put(0..1000);
    world.source.page_size(20);
    let server = Server::start().await;
    let (process, port) = world.process(0, Duration::from_millis(50)).await;
    registered(&server, port).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for generation in 0..3 {
        let object = format!("acme%2Forders%252F850%2FUS%25231%23{generation}");
        let url = format!("{}/SyncTurn/{object}/turn/send", server.ingress());
        let ask = client.post(url).header("content-type", "application/json");
        let answer = ask.body("{\"run_now\":true}").send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }
    world.until_delivered(1000).await;
    // The others have runs of their own to end: a trail that grows cannot be compared with the ledger.
    process.stop().await;
    world.all_are_delivered_once(1000).await;
    assert_eq!(*world.refused.lock().unwrap(), [] as [String; 0]);
}
