//! Runs through the server, and what a crash of either side leaves of them.

use std::time::Duration;

use sync_core::engine::restate::Supervisor;
use sync_core::schedule::Schedule;

use crate::server::Server;
use crate::world::{World, registered};

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
