//! A TLS server in front of a gateway, which may ask its callers for a certificate.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::authority::{Authority, ServerIdentity, der};

/// What callers showed, in the order of their connections: the certificate, or nothing.
type Shown = Arc<Mutex<Vec<Option<Vec<u8>>>>>;

/// It stops when dropped.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    shown: Shown,
    task: JoinHandle<()>,
}

impl Front {
    pub(crate) async fn start(
        identity: ServerIdentity,
        callers: Option<&Authority>,
        behind: SocketAddr,
    ) -> Self {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match callers {
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(der(&authority.pem()).into()).unwrap();
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
            None => builder.with_no_client_auth(),
        };
        let config = builder.with_single_cert(identity.chain, identity.key);
        let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shown = Shown::default();
        let noted = Arc::clone(&shown);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, noted) = (acceptor.clone(), Arc::clone(&noted));
                connections.spawn(async move {
                    let Ok(mut front) = acceptor.accept(stream).await else {
                        return;
                    };
                    let certificates = front.get_ref().1.peer_certificates();
                    let first = certificates.and_then(|all| all.first());
                    noted.lock().unwrap().push(first.map(|one| one.to_vec()));
                    if let Ok(mut back) = TcpStream::connect(behind).await {
                        let _ = tokio::io::copy_bidirectional(&mut front, &mut back).await;
                    }
                });
            }
        });
        Self {
            address,
            shown,
            task,
        }
    }

    /// What the callers that got through showed.
    pub(crate) fn callers(&self) -> Vec<Option<Vec<u8>>> {
        self.shown.lock().unwrap().clone()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}
