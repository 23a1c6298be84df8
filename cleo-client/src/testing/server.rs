//! The double itself: a port, its connections, and what a test may ask it.

use std::{
    fmt,
    io::{self, Read as _},
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    sync::Arc,
};

use bytes::Bytes;
use futures_util::future::{Either, select};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use secrecy::SecretString;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::{JoinHandle, JoinSet},
};
use url::Url;

use super::{
    builder::{FakeCleoBuilder, RunScript},
    fault::{Fault, FaultPlan},
    files, handler,
    objects::{Kind, Parent},
    record::{Counters, Operation, ReceivedFile, ReceivedPayload, RequestRecord},
    storage::{Opened, stage},
    world::World,
};
use crate::{
    client::{Client, ClientBuilder, Deployment},
    credentials::Credentials,
    id::{ActionId, ConnectionId},
};

/// A Cleo on loopback. Dropping it closes the port and every connection.
pub struct FakeCleo {
    world: Arc<World>,
    address: SocketAddr,
    origin: Url,
    serving: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
}

impl FakeCleo {
    /// Starts the settings.
    pub fn builder() -> FakeCleoBuilder {
        FakeCleoBuilder::new()
    }

    pub(super) async fn start(builder: FakeCleoBuilder) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, builder.port)).await?;
        let address = listener.local_addr()?;
        let origin = Url::parse(&format!("http://{address}")).map_err(io::Error::other)?;
        let text = origin.as_str().trim_end_matches('/').to_owned();
        let world = Arc::new(World::new(builder, &text)?);
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, Arc::clone(&world), stopped));
        Ok(Self {
            world,
            address,
            origin,
            serving,
            stop: Some(stop),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address for [`Client::builder`].
    #[must_use]
    pub fn origin(&self) -> Url {
        self.origin.clone()
    }

    /// A client's settings for this double: product, prefix and serial number, logging in with the password grant.
    pub fn client(&self, username: &str, password: &str) -> ClientBuilder {
        let builder = Client::builder(self.origin()).deployment(self.world.switches.product);
        let builder = match &self.world.switches.serial {
            Some(serial) => builder.vlproxy_serial(serial),
            None => builder,
        };
        builder
            .prefix(self.world.switches.prefix.clone())
            .credentials(Credentials::password(
                username,
                SecretString::from(password),
            ))
    }

    /// The prefix of the API: `/api`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.world.switches.prefix
    }

    /// The path of the HTTP server commands: `/server`. The cloud has none.
    #[must_use]
    pub fn service_path(&self) -> Option<&str> {
        let switches = &self.world.switches;
        (switches.product != Deployment::Cic).then_some(&*switches.service_path)
    }

    /// Which product it is.
    #[must_use]
    pub fn product(&self) -> Deployment {
        self.world.switches.product
    }

    /// The serial number that it wants to see in every request.
    #[must_use]
    pub fn vlproxy_serial(&self) -> Option<&str> {
        self.world.switches.serial.as_deref()
    }

    /// The id of a connection.
    #[must_use]
    pub fn connection_id(&self, alias: &str) -> Option<ConnectionId> {
        let state = self.world.state();
        let found = state.objects.find_by(Kind::Connections, "alias", alias);
        ConnectionId::try_from(found?.id.as_str()).ok()
    }

    /// The id of an action of a connection.
    #[must_use]
    pub fn action_id(&self, connection: &str, alias: &str) -> Option<ActionId> {
        let state = self.world.state();
        let parent = state
            .objects
            .find_by(Kind::Connections, "alias", connection)?;
        let parent = Parent::Connection(parent.id.clone());
        let action = state
            .objects
            .all(Kind::Actions)
            .iter()
            .filter(|action| action.parent == parent)
            .find(|action| action.fields.get("alias").and_then(Value::as_str) == Some(alias));
        ActionId::try_from(action?.id.as_str()).ok()
    }

    /// Changes what running an action leads to; `false` if there is no such action.
    pub fn set_run(&self, connection: &str, alias: &str, script: RunScript) -> bool {
        let id = self.action_id(connection, alias);
        if let Some(id) = &id {
            self.world.state().objects.set_script(id.as_str(), script);
        }
        id.is_some()
    }

    /// Changes a field of an object behind the clients' backs, as somebody at the screen would; `false` if there is no
    /// such object. `collection` is `connections`, `authenticators`, `users`, `actions`, `certs` or `nodes`.
    pub fn edit(&self, collection: &str, id: &str, field: &str, value: impl Into<Value>) -> bool {
        let Some(kind) = Kind::named(collection) else {
            return false;
        };
        let mut state = self.world.state();
        let object = state.objects.find_mut(kind, id);
        object
            .map(|object| {
                object.fields.insert(field.to_owned(), value.into());
                object.version += 1;
            })
            .is_some()
    }

    /// What clients wrote into the objects of a collection, secrets included: for looking whether it arrived.
    #[must_use]
    pub fn written(&self, collection: &str) -> Vec<Value> {
        let Some(kind) = Kind::named(collection) else {
            return Vec::new();
        };
        let state = self.world.state();
        let objects = state.objects.all(kind).iter();
        objects
            .map(|object| Value::Object(object.fields.clone()))
            .collect()
    }

    /// The next request of any kind meets this fault. Faults queue up.
    pub fn inject(&self, fault: Fault) {
        self.world.mischief().script(None, fault);
    }

    /// The next request of one kind meets this fault. Faults queue up.
    pub fn inject_on(&self, operation: Operation, fault: Fault) {
        self.world.mischief().script(Some(operation), fault);
    }

    /// Replaces the faults that happen by chance, from the plan's seed on.
    pub fn set_faults(&self, plan: FaultPlan) {
        self.world.mischief().replace(plan);
    }

    /// Forgets every token, as a restart of the server would.
    pub fn expire_tokens(&self) {
        self.world.state().logins.forget_tokens();
    }

    /// From now on another node of the cluster answers. It matters with
    /// [`node_local_tokens`](FakeCleoBuilder::node_local_tokens).
    pub fn move_to_node(&self, node: u32) {
        self.world.state().logins.node = node;
    }

    /// Every upload that was kept, in order, earlier processes in the same directory included.
    #[must_use]
    pub fn received(&self) -> Vec<ReceivedFile> {
        self.world.state().log.received()
    }

    /// Every document that an endpoint of the tenant or an action was sent, in order.
    #[must_use]
    pub fn payloads(&self) -> Vec<ReceivedPayload> {
        self.world.state().payloads.clone()
    }

    /// Every request, in the order of their ends, earlier processes in the same directory included.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.world.state().log.records().to_vec()
    }

    /// Sums over the requests of this process.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.world.state().counters.clone()
    }

    /// The names of the files in a directory, sorted; empty if there is no such directory.
    #[must_use]
    pub fn files(&self, directory: &str) -> Vec<String> {
        let files = self.world.state().storage.list(directory.trim_matches('/'));
        files
            .unwrap_or_default()
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    }

    /// The content of a file, whole.
    ///
    /// # Errors
    ///
    /// If the file is there and cannot be read, or was too large to be kept in memory
    /// ([`memory_limit`](FakeCleoBuilder::memory_limit)).
    pub fn content(&self, directory: &str, name: &str) -> io::Result<Option<Bytes>> {
        let opened = self
            .world
            .state()
            .storage
            .open_file(directory.trim_matches('/'), name)?;
        match opened {
            None => Ok(None),
            Some(Opened::Memory(content)) => Ok(Some(content)),
            Some(Opened::Disk(mut file, _)) => {
                let mut content = Vec::new();
                file.read_to_end(&mut content)?;
                Ok(Some(content.into()))
            }
            Some(Opened::Forgotten(bytes)) => Err(io::Error::other(format!(
                "of a file of {bytes} bytes only its hash was kept: give the double a directory"
            ))),
        }
    }

    /// Puts a file into a directory, as a partner would; one of the same name is replaced.
    ///
    /// # Errors
    ///
    /// If it cannot be written, or a name would leave the directory.
    pub fn place(&self, directory: &str, name: &str, content: impl Into<Bytes>) -> io::Result<()> {
        let directory = directory.trim_matches('/');
        if !files::is_name(name) || !files::is_directory(directory) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a name of a file",
            ));
        }
        let root = self
            .world
            .state()
            .storage
            .root()
            .map(std::path::Path::to_owned);
        let number = self.world.next_number();
        let content = content.into();
        let bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
        let sync = self.world.switches.fsync;
        let staged = stage(root.as_deref(), number, content, sync)?;
        let mut state = self.world.state();
        state.storage.keep(directory, name, staged, bytes)
    }

    /// Closes the port and every connection, and waits until that is done. What was waiting to be acted on is not.
    pub async fn stop(mut self) {
        self.world.drop_delayed();
        drop(self.stop.take());
        // How the task ended is of no interest.
        let _ = (&mut self.serving).await;
    }
}

impl Drop for FakeCleo {
    fn drop(&mut self) {
        self.world.drop_delayed();
        self.serving.abort();
    }
}

impl fmt::Debug for FakeCleo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeCleo")
            .field("origin", &self.origin.as_str())
            .finish_non_exhaustive()
    }
}

/// Accepts until it is stopped or aborted; the set of connections goes down with it.
async fn serve(listener: TcpListener, world: Arc<World>, mut stopped: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = match select(pin!(listener.accept()), &mut stopped).await {
            Either::Left((accepted, _)) => accepted,
            Either::Right(_) => break,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file handles, most likely: let others finish first.
            tokio::task::yield_now().await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        // Without it small answers wait for the other side's acknowledgment.
        let _ = stream.set_nodelay(true);
        let world = Arc::clone(&world);
        connections.spawn(async move {
            let service = service_fn(move |request| handler::handle(Arc::clone(&world), request));
            // A cut connection ends in an error here, as intended.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
    drop(listener);
    connections.shutdown().await;
}
