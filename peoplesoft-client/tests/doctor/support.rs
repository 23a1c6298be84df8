//! A TLS server of our own, a still clock, and reports without what differs from run to run.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use peoplesoft_client::Clock;
use peoplesoft_client::doctor::Report;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub(crate) const AUTHORITY: &str = include_str!("../certificates/authority.pem");
pub(crate) const GOOD: &str = include_str!("../certificates/good.pem");
pub(crate) const EXPIRED: &str = include_str!("../certificates/expired.pem");
pub(crate) const OTHER_NAME: &str = include_str!("../certificates/other_name.pem");
pub(crate) const SELF_SIGNED: &str = include_str!("../certificates/self_signed.pem");
const KEY: &str = include_str!("../certificates/server.key");

/// A clock that stands still.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Still(pub(crate) SystemTime);

impl Still {
    /// Noon of the first of April 2026.
    pub(crate) fn noon() -> Self {
        Self(SystemTime::UNIX_EPOCH + Duration::from_secs(1_775_044_800))
    }

    pub(crate) fn later(self, by: Duration) -> Self {
        Self(self.0 + by)
    }
}

#[async_trait]
impl Clock for Still {
    fn now(&self) -> SystemTime {
        self.0
    }

    async fn sleep(&self, _duration: Duration) {}

    fn jitter(&self, _upper: Duration) -> Duration {
        Duration::ZERO
    }
}

/// Something that listens on loopback until dropped.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Speaks TLS with this certificate, and passes what it hears on to `behind`.
pub(crate) async fn tls(certificate: &str, behind: SocketAddr) -> Listening {
    let chain = CertificateDer::pem_slice_iter(certificate.as_bytes());
    let chain: Vec<_> = chain.collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let mut connections = tokio::task::JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            connections.spawn(async move {
                if let Ok(mut front) = acceptor.accept(stream).await
                    && let Ok(mut back) = TcpStream::connect(behind).await
                {
                    let _ = tokio::io::copy_bidirectional(&mut front, &mut back).await;
                }
            });
        }
    });
    Listening { address, task }
}

/// Takes connections and never says a word.
pub(crate) async fn silent() -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok(connection) = listener.accept().await {
            held.push(connection);
        }
    });
    Listening { address, task }
}

/// A port of loopback on which nobody listens.
pub(crate) async fn closed() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// The table without what differs from run to run or from profile to profile: the port, the width of
/// the columns, the sums, and all operations but the first two.
pub(crate) fn shown(report: &Report, address: SocketAddr) -> String {
    let table = report
        .to_string()
        .replace(&address.port().to_string(), "PORT");
    let mut lines: Vec<String> = Vec::new();
    let mut wanted = true;
    for line in table.lines() {
        if !line.trim_start().starts_with("->") {
            let known = ["purchase_orders: ", "billing_invoices: "];
            let operation = line.starts_with("operation ");
            wanted = !line.starts_with("ok ")
                && (!operation || known.iter().any(|name| line.contains(name)));
        }
        if wanted {
            let words: Vec<&str> = line.split("  ").filter(|part| !part.is_empty()).collect();
            lines.push(
                words
                    .iter()
                    .map(|word| word.trim())
                    .collect::<Vec<_>>()
                    .join("  "),
            );
        }
    }
    lines.join("\n")
}

/// The operations of a report, one a line, with the fix of each below it.
pub(crate) fn operations(report: &Report) -> String {
    let mut lines = Vec::new();
    for step in report.of(peoplesoft_client::doctor::Check::Operation) {
        let outcome = serde_json::to_value(step.outcome).unwrap();
        lines.push(format!(
            "{}  {}  {}",
            step.subject,
            outcome.as_str().unwrap(),
            step.seen
        ));
        lines.extend(step.fix.iter().map(|fix| format!("-> {fix}")));
    }
    lines.join("\n")
}
