//! TLS to the database: rustls, with the certificates of the system or of one's own authority.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream as Encrypted;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::store::StoreError;

/// How connections to the database are encrypted, for [`PostgresStore::connect_tls`](super::PostgresStore::connect_tls).
///
/// TLS 1.2 and 1.3; the server's certificate must lead to a trusted authority and name the `host` of the
/// configuration, an address or a DNS name (`sslmode=verify-full` in the words of `libpq`). There is no way to switch
/// that off, and none to fall back to an open connection. Channel binding is not offered.
///
/// ```no_run
/// use sync_core::store::PostgresTls;
///
/// let authority = std::fs::read("database-ca.pem")?;
/// let tls = PostgresTls::own_authority(&authority)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PostgresTls {
    roots: Arc<RootCertStore>,
    config: Arc<ClientConfig>,
}

impl PostgresTls {
    /// Trusts the authorities that the operating system trusts.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where it names none.
    pub fn system_authorities() -> Result<Self, StoreError> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        let (good, _) = roots.add_parsable_certificates(found.certs);
        if good == 0 {
            let told = found.errors.first().map(|error| format!(": {error}"));
            return Err(refused(format_args!(
                "the operating system names no authority{}; name your own",
                told.unwrap_or_default()
            )));
        }
        Self::trusting(roots)
    }

    /// Trusts these authorities alone: one or more certificates in PEM.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where it holds none, or one that cannot be read.
    pub fn own_authority(pem: &[u8]) -> Result<Self, StoreError> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(pem, "the authority")? {
            let added = roots.add(certificate);
            added.map_err(|error| {
                refused(format_args!("a certificate of the authority: {error}"))
            })?;
        }
        Self::trusting(roots)
    }

    fn trusting(roots: RootCertStore) -> Result<Self, StoreError> {
        let roots = Arc::new(roots);
        let config = builder(&roots)?.with_no_client_auth();
        let config = Arc::new(config);
        Ok(Self { roots, config })
    }

    /// Shows this certificate to a server that asks for one: chain and key in PEM.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where one of them cannot be read or they do not fit; the key is not repeated.
    pub fn client_certificate(self, chain: &[u8], key: &SecretString) -> Result<Self, StoreError> {
        let chain = certificates(chain, "the client certificate")?;
        let key = PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes())
            .map_err(|_| refused("the key of the client certificate is no private key in PEM"))?;
        let config = builder(&self.roots)?
            .with_client_auth_cert(chain, key)
            .map_err(|error| refused(format_args!("the client certificate: {error}")))?;
        Ok(Self {
            config: Arc::new(config),
            ..self
        })
    }
}

impl fmt::Debug for PostgresTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresTls")
            .field("authorities", &self.roots.len())
            .finish_non_exhaustive()
    }
}

type Builder = tokio_rustls::rustls::ConfigBuilder<
    ClientConfig,
    tokio_rustls::rustls::client::WantsClientCert,
>;

fn builder(roots: &Arc<RootCertStore>) -> Result<Builder, StoreError> {
    // Named, so that it does not depend on what the rest of the program has chosen as its default.
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(format_args!("TLS: {error}")))?;
    Ok(builder.with_root_certificates(Arc::clone(roots)))
}

fn certificates(pem: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let all: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| refused(format_args!("{what} cannot be read as PEM: {error}")))?;
    if all.is_empty() {
        return Err(refused(format_args!(
            "{what} holds no certificate: expected PEM with `BEGIN CERTIFICATE`"
        )));
    }
    Ok(all)
}

fn refused(what: impl fmt::Display) -> StoreError {
    StoreError::Unavailable(what.to_string().into())
}

impl MakeTlsConnect<Socket> for PostgresTls {
    type Stream = Stream;
    type TlsConnect = Connect;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> Result<Connect, io::Error> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        Ok(Connect {
            connector: TlsConnector::from(Arc::clone(&self.config)),
            name,
        })
    }
}

/// One handshake.
#[doc(hidden)]
pub struct Connect {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").finish_non_exhaustive()
    }
}

impl TlsConnect<Socket> for Connect {
    type Stream = Stream;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, io::Error>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let stream = self.connector.connect(self.name, socket).await?;
            Ok(Stream(Box::new(stream)))
        })
    }
}

/// An encrypted connection.
#[doc(hidden)]
pub struct Stream(Box<Encrypted<Socket>>);

impl TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_shutdown(cx)
    }
}
