//! What a supervisor asks a server for, told by a server that only writes it down.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sync_core::engine::restate::{Ingress, Restate, Supervisor};
use sync_core::engine::{Embedded, Plan};
use sync_core::schedule::Schedule;
use sync_core::store::{MemoryStore, Op, StateStore};
use sync_core::testing::{ManualClock, RowsAsText, ScriptedSink, ScriptedSource};
use sync_core::{Clock, Pipeline, PollRule, Repeat, StreamKey};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers every request with this status, and keeps what was asked for.
async fn server(status: &'static str) -> (Ingress, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.windows(4).any(|four| four == b"\r\n\r\n") {
                stream.read_buf(&mut request).await.unwrap();
            }
            let text = String::from_utf8_lossy(&request).into_owned();
            let bearer = |line: &&str| line.starts_with("authorization: ");
            let mut line = text.lines().next().unwrap_or_default().to_owned();
            if let Some(header) = text.lines().find(bearer) {
                line = format!("{line}, {header}");
            }
            heard.lock().unwrap().push(line);
            let answer =
                format!("HTTP/1.1 {status}\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbusy");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (Ingress::new(&url).unwrap(), asked)
}

struct World {
    clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
    stream: StreamKey,
    supervisor: Supervisor,
}

fn world(ingress: Ingress) -> World {
    let clock = Arc::new(ManualClock::new());
    let store = Arc::new(MemoryStore::new(Arc::clone(&clock) as Arc<dyn Clock>));
    let stream = StreamKey::new("acme", "orders", "US");
    let rule = PollRule::new(Duration::from_secs(1), Duration::from_secs(60));
    let window = Duration::from_secs(3600);
    let source = ScriptedSource::new(Arc::clone(&clock) as Arc<dyn Clock>, rule);
    let sink = ScriptedSink::new(Arc::clone(&clock) as _, Repeat::Deduplicated { window });
    let pipeline = Pipeline::new(source, RowsAsText::new(), sink);
    let plan = Plan::new(stream.clone(), Arc::new(pipeline), &Schedule::on_request());
    let engine = Embedded::new(Arc::clone(&store) as _, Arc::clone(&clock) as _, "test");
    let restate = Restate::new(&engine, vec![plan]);
    World {
        clock,
        store,
        stream,
        supervisor: Supervisor::new(&restate, ingress),
    }
}

impl World {
    async fn due_in(&self, wait: Duration) {
        let lease = self
            .store
            .acquire(&self.stream, "test", Duration::from_secs(60))
            .await
            .unwrap()
            .unwrap();
        let due = Some(self.clock.wall() + wait);
        let op = Op::Schedule { due };
        self.store.commit(&lease, &[op]).await.unwrap();
        self.store.release(lease).await.unwrap();
    }

    async fn generations(&self) -> Vec<u32> {
        let restarted = self.supervisor.look().await.unwrap();
        restarted.iter().map(|one| one.generation).collect()
    }
}

#[tokio::test]
async fn a_stream_that_stays_overdue_gets_a_new_generation_and_the_old_one_is_retired() {
    let (ingress, asked) = server("200 OK").await;
    let world = world(ingress);
    let minute = Duration::from_secs(60);
    world.due_in(minute).await;
    assert_eq!(world.generations().await, [] as [u32; 0], "not yet due");
    world.clock.advance(2 * minute);
    assert_eq!(world.generations().await, [] as [u32; 0], "not yet overdue");
    world.clock.advance(3 * minute);
    assert_eq!(world.generations().await, [0]);
    world.clock.advance(minute);
    let none: [u32; 0] = [];
    assert_eq!(world.generations().await, none, "a dead owner's lease");
    world.clock.advance(minute);
    assert_eq!(world.generations().await, [1]);
    // It goes on, and its generation stays for the next time.
    world.due_in(minute).await;
    assert_eq!(world.generations().await, [] as [u32; 0]);
    world.clock.advance(10 * minute);
    assert_eq!(world.generations().await, [1]);
    world.clock.advance(2 * minute);
    assert_eq!(world.generations().await, [2]);
    assert_eq!(
        asked.lock().unwrap().as_slice(),
        [
            "POST /SyncTurn/acme%2Forders%2FUS%230/turn/send HTTP/1.1",
            "POST /SyncTurn/acme%2Forders%2FUS%231/turn/send HTTP/1.1",
            "POST /SyncTurn/acme%2Forders%2FUS%230/retire/send HTTP/1.1",
            "POST /SyncTurn/acme%2Forders%2FUS%231/turn/send HTTP/1.1",
            "POST /SyncTurn/acme%2Forders%2FUS%232/turn/send HTTP/1.1",
            "POST /SyncTurn/acme%2Forders%2FUS%231/retire/send HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn a_stream_without_a_schedule_is_started_once() {
    let (ingress, asked) = server("200 OK").await;
    let world = world(ingress);
    assert_eq!(world.generations().await, [0]);
    assert_eq!(world.generations().await, [] as [u32; 0]);
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_server_that_refuses_is_quoted_and_one_that_is_away_is_said_to_be() {
    let (ingress, _) = server("503 Service Unavailable").await;
    let stream = StreamKey::new("acme", "orders", "US");
    let error = ingress.run_now(&stream).await.unwrap_err();
    assert_eq!(error.status(), Some(503));
    let text = error.to_string();
    assert!(
        text.starts_with("asking for a turn: the Restate server at http://127.0.0.1:")
            && text.ends_with("answered 503 Service Unavailable: busy"),
        "{text}"
    );
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let error = Ingress::new(&url)
        .unwrap()
        .run_now(&stream)
        .await
        .unwrap_err();
    assert_eq!(error.status(), None);
    let text = error.to_string();
    assert!(text.contains("cannot be reached"), "{text}");
    assert!(text.contains("is it running"), "{text}");
}

#[tokio::test]
async fn a_token_goes_with_every_request_and_is_never_shown() {
    let (ingress, asked) = server("200 OK").await;
    let ingress = ingress.token("hunter2".into());
    assert!(!format!("{ingress:?}").contains("hunter2"));
    let world = world(ingress.clone());
    ingress.is_well().await.unwrap();
    world.supervisor.begin(true).await.unwrap();
    assert_eq!(
        asked.lock().unwrap().as_slice(),
        [
            "GET /restate/health HTTP/1.1, authorization: Bearer hunter2",
            "POST /SyncTurn/acme%2Forders%2FUS%230/turn/send HTTP/1.1, authorization: Bearer hunter2",
        ]
    );
}
