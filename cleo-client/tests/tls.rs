//! TLS over loopback: whom the client trusts, whom it does not, and what it shows of itself.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{net::SocketAddr, sync::Arc};

use cleo_client::{
    Client, ClientBuilder, Credentials, Error, ErrorKind, Sent,
    testing::{FakeCleo, ManualClock, RunScript},
};
use secrecy::SecretString;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig, SupportedProtocolVersion,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
        server::WebPkiClientVerifier,
        version::{TLS12, TLS13},
    },
};
use url::Url;

const AUTHORITY: &str = include_str!("certificates/authority.pem");
const SERVER: &str = include_str!("certificates/server.pem");
const SERVER_KEY: &str = include_str!("certificates/server.key");
const CLIENT: &str = include_str!("certificates/client.pem");
const CLIENT_KEY: &str = include_str!("certificates/client.key");

/// A double behind TLS, which may want a certificate of the client.
struct Secured {
    cleo: FakeCleo,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Secured {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Secured {
    async fn start(version: &'static SupportedProtocolVersion, wants_certificate: bool) -> Self {
        let cleo = FakeCleo::builder()
            .user("edi", "pw")
            .connection("ACME", "as2")
            .action("ACME", "send", RunScript::success())
            .start()
            .await
            .unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])
            .unwrap();
        let config = if wants_certificate {
            let mut roots = RootCertStore::empty();
            roots
                .add(CertificateDer::from_pem_slice(AUTHORITY.as_bytes()).unwrap())
                .unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            config.with_client_cert_verifier(verifier.unwrap())
        } else {
            config.with_no_client_auth()
        };
        let chain = vec![CertificateDer::from_pem_slice(SERVER.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(SERVER_KEY.as_bytes()).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let behind = cleo.address();
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
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
        Self {
            cleo,
            address,
            task,
        }
    }

    /// A client of the double by this name of the machine.
    fn client(&self, host: &str) -> ClientBuilder {
        let origin: Url = format!("https://{host}:{}", self.address.port())
            .parse()
            .unwrap();
        Client::builder(origin)
            .credentials(Credentials::password("edi", "pw"))
            .clock(Arc::new(ManualClock::new()))
    }
}

/// Runs the action; the one call that must never happen without anybody knowing.
async fn run(client: &Client) -> Result<bool, Error> {
    let action = client.actions().find_in_connection("ACME", "send").await?;
    let outcome = client.actions().run(&action.unwrap()).send().await?;
    Ok(outcome.is_success())
}

#[tokio::test]
async fn an_own_authority_is_trusted_once_it_is_named() {
    for version in [&TLS12, &TLS13] {
        let secured = Secured::start(version, false).await;
        for host in ["127.0.0.1", "localhost"] {
            let client = secured.client(host).ca_pem(AUTHORITY).build().unwrap();
            assert!(run(&client).await.unwrap());
        }
        assert_eq!(secured.cleo.counters().runs, 2);
    }
}

#[tokio::test]
async fn an_unknown_authority_is_refused_with_the_remedy_and_nothing_is_sent() {
    let secured = Secured::start(&TLS13, false).await;
    let client = secured.client("127.0.0.1").build().unwrap();
    let error = run(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent(), error.attempts()),
        (ErrorKind::Certificate, Sent::No, 1),
        "{error:?}"
    );
    assert!(!error.is_retryable());
    assert!(
        error
            .to_string()
            .contains("the server's certificate is not trusted"),
        "{error}"
    );
    assert!(error.remedy().contains("ClientBuilder::ca_pem"));
    assert_eq!(secured.cleo.counters().requests, 0);
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused() {
    let secured = Secured::start(&TLS13, false).await;
    let name = "cleo.test";
    let http = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(AUTHORITY.as_bytes()).unwrap()])
        .resolve(name, secured.address)
        .build()
        .unwrap();
    let client = secured.client(name).http_client(http).build().unwrap();
    let error = run(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Certificate, "{error:?}");
    assert!(error.remedy().contains("host name"), "{}", error.remedy());
    assert_eq!(secured.cleo.counters().requests, 0);
}

#[tokio::test]
async fn a_client_shows_its_certificate_to_a_server_that_wants_one() {
    for version in [&TLS12, &TLS13] {
        let secured = Secured::start(version, true).await;
        let key = || SecretString::from(CLIENT_KEY);
        let builder = secured.client("127.0.0.1").ca_pem(AUTHORITY);
        let client = builder
            .client_certificate_pem(CLIENT, key())
            .build()
            .unwrap();
        assert!(run(&client).await.unwrap(), "{version:?}");

        let without = secured.client("127.0.0.1").ca_pem(AUTHORITY);
        let error = run(&without.build().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Certificate, "{error:?}");
        assert_eq!((error.was_sent(), error.attempts()), (Sent::No, 1));
        assert!(
            error.remedy().contains("client_certificate_pem"),
            "{}",
            error.remedy()
        );
        assert_eq!(secured.cleo.counters().runs, 1);
    }
}

#[tokio::test]
async fn what_is_no_certificate_is_refused_when_the_client_is_made() {
    let secured = Secured::start(&TLS13, false).await;
    let key = || SecretString::from(CLIENT_KEY);
    let build = |change: &dyn Fn(ClientBuilder) -> ClientBuilder| {
        change(secured.client("127.0.0.1")).build().unwrap_err()
    };
    for (error, named) in [
        (build(&|b| b.ca_pem("nothing")), "ca_pem"),
        (
            build(&|b| b.client_certificate_pem("nothing", key())),
            "client",
        ),
        (
            build(&|b| b.client_certificate_pem(CLIENT, SecretString::from("nothing"))),
            "client_certificate_pem",
        ),
        // The key of somebody else.
        (
            build(&|b| b.client_certificate_pem(CLIENT, SecretString::from(SERVER_KEY))),
            "belong together",
        ),
    ] {
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let told = format!("{error} {error:?}");
        assert!(error.message().unwrap().contains(named), "{told}");
        let secret = CLIENT_KEY.lines().nth(1).unwrap();
        assert!(!told.contains(secret), "{told}");
    }
}
