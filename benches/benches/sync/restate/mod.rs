//! Turns that a Restate server places, beside invocations of it that do nothing.
//!
//! Both sides are virtual objects of the same SDK in this process with 64 keys, asked for by 32 requests at a time of the
//! kind that is answered once it is accepted; both write one step into their journal. *Empty*: the step does nothing.
//! *Turns*: the step is a run of a stream of which the source has nothing new, over a ledger in memory (what the engine
//! adds) and over one in SQLite (what a machine does, with its disk). The sides take turns, the best of each counts.

mod server;

use std::net::Ipv4Addr;
use std::sync::Arc;

use connector_benches::measure::Clock as Watch;
use futures_util::stream::TryStreamExt as _;
use restate_sdk::endpoint::{Endpoint, ServiceOptions};
use restate_sdk::http_server::HttpServer;
use restate_sdk::prelude::*;
use sync_core::engine::restate::{Ingress, Restate};
use sync_core::engine::{Embedded, Plan};
use sync_core::schedule::Schedule;
use sync_core::store::{MemoryStore, SqliteStore, StateStore};
use sync_core::{Pipeline, StreamKey, SystemClock};
use tokio::net::TcpListener;

use self::server::Server;
use crate::world::{Answer, Ended, Lines, Rows, Taken};
use crate::{Line, Options};

/// Keys of each object.
const KEYS: usize = 64;

/// Requests that are on the way at once.
const CALLERS: usize = 32;

/// An object whose one handler has a step that does nothing.
#[derive(Debug, Clone)]
struct Empty {
    ended: Arc<Ended>,
}

#[object]
impl Empty {
    #[handler]
    async fn step(&self, context: ObjectContext<'_>) -> Result<(), TerminalError> {
        context.run(|| async { Ok(()) }).name("nothing").await?;
        self.ended.one();
        Ok(())
    }
}

pub(crate) async fn measure(options: &Options) -> Answer<Vec<Line>> {
    let Some(server) = Server::start().await? else {
        let why = "restate: not measured, no restate-server is installed (scripts/restate install)";
        return Ok(vec![Line::absent(why)]);
    };
    let count = options.invocations;
    let mut empty = Side::empty(&server).await?;
    let dir = tempfile::tempdir()?;
    let clock = Arc::new(SystemClock::new());
    let memory = Arc::new(MemoryStore::new(Arc::clone(&clock) as _));
    let sqlite = SqliteStore::open(dir.path().join("ledger.db"), clock)?;
    let (mut nothing, mut in_memory, mut on_disk) = (0.0_f64, 0.0_f64, 0.0_f64);
    let mut turns = Side::turns(&server, memory).await?;
    for _ in 0..options.turns {
        nothing = nothing.max(empty.rate(count).await?);
        in_memory = in_memory.max(turns.rate(count).await?);
    }
    drop(turns);
    let mut turns = Side::turns(&server, Arc::new(sqlite)).await?;
    for _ in 0..options.turns {
        nothing = nothing.max(empty.rate(count).await?);
        on_disk = on_disk.max(turns.rate(count).await?);
    }
    Ok(vec![
        Line::fact("restate: invocations with an empty step", nothing, "/s"),
        Line::fact(
            "restate: turns with nothing new, ledger in memory",
            in_memory,
            "/s",
        ),
        Line::fact("restate: turns with nothing new, SQLite", on_disk, "/s"),
        Line::fact("restate: turns / empty steps", in_memory / nothing, "×").at_least(0.8),
        Line::fact(
            "restate: turns on SQLite / empty steps",
            on_disk / nothing,
            "×",
        ),
    ])
}

/// One of the two objects, served by a task of this process.
struct Side {
    task: tokio::task::JoinHandle<()>,
    ended: Arc<Ended>,
    done: usize,
    ask: Ask,
}

enum Ask {
    /// This object, by its address.
    Empty(reqwest::Client, String),
    Turns(Ingress),
}

impl Drop for Side {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Side {
    async fn empty(server: &Server) -> Answer<Self> {
        let ended = Arc::new(Ended::default());
        let object = Empty {
            ended: Arc::clone(&ended),
        };
        // As little is kept of an invocation as of a turn.
        let options = ServiceOptions::new().journal_retention(std::time::Duration::ZERO);
        let object = object.into_service_definition().options(options);
        let endpoint = Endpoint::builder().bind(object).build();
        let (listener, service) = listen().await?;
        let task = tokio::spawn(async move {
            let never = std::future::pending::<()>();
            HttpServer::new(endpoint)
                .serve_with_cancel(listener, never)
                .await;
        });
        Ingress::new(&server.ingress())?
            .register(&server.admin(), &service)
            .await?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        let ask = Ask::Empty(client, format!("{}/Empty", server.ingress()));
        Ok(Self {
            task,
            ended,
            done: 0,
            ask,
        })
    }

    async fn turns(server: &Server, store: Arc<dyn StateStore>) -> Answer<Self> {
        let ended = Arc::new(Ended::default());
        let plans = (0..KEYS).map(|key| {
            let pipeline = Pipeline::new(Rows(0), Lines::of(100), Taken);
            Plan::new(stream(key), Arc::new(pipeline), &Schedule::on_request())
        });
        let clock = Arc::new(SystemClock::new());
        let engine = Embedded::new(store, clock, "bench").observer(Arc::clone(&ended) as Arc<_>);
        let restate = Restate::new(&engine, plans.collect());
        let (listener, service) = listen().await?;
        let task = tokio::spawn(async move {
            restate.serve(listener, std::future::pending()).await;
        });
        let ingress = Ingress::new(&server.ingress())?;
        ingress.register(&server.admin(), &service).await?;
        Ok(Self {
            task,
            ended,
            done: 0,
            ask: Ask::Turns(ingress),
        })
    }

    /// Invocations a second, from the first request until the last has ended.
    async fn rate(&mut self, count: usize) -> Answer<f64> {
        let began = Watch::Wall.now();
        futures_util::stream::iter((0..count).map(Ok))
            .try_for_each_concurrent(CALLERS, |number| self.ask(number % KEYS))
            .await?;
        self.done += count;
        self.ended.reach(self.done).await;
        Ok(count as f64 / (Watch::Wall.now() - began).as_secs_f64())
    }

    async fn ask(&self, key: usize) -> Answer<()> {
        match &self.ask {
            Ask::Empty(client, object) => {
                let url = format!("{object}/key-{key}/step/send");
                client.post(url).send().await?.error_for_status()?;
            }
            Ask::Turns(ingress) => ingress.run_now(&stream(key)).await?,
        }
        Ok(())
    }
}

fn stream(key: usize) -> StreamKey {
    StreamKey::new("acme", "orders", key.to_string())
}

async fn listen() -> Answer<(TcpListener, String)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let service = format!("http://{}", listener.local_addr()?);
    Ok((listener, service))
}
