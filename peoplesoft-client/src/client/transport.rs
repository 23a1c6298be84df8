//! The HTTP client underneath: connections, TLS, proxy.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::builder::refuse;
use crate::error::Result;

/// What is trusted, and what is shown, when a connection is made.
#[derive(Default)]
pub(super) struct Tls {
    /// PEM bundles of certificate authorities besides the platform's.
    pub(super) roots: Vec<Vec<u8>>,
    /// A certificate chain and its key, both PEM.
    pub(super) identity: Option<(Vec<u8>, SecretString)>,
}

/// A proxy and who uses it.
pub(super) struct ProxyServer {
    pub(super) url: Url,
    pub(super) account: Option<(String, SecretString)>,
}

pub(super) fn http_client(
    connect_timeout: Duration,
    tls: &Tls,
    proxy: Option<&ProxyServer>,
) -> Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(connect_timeout)
        // Only this crate decides what is sent twice.
        .retry(reqwest::retry::never())
        // A redirect would carry a read to a sign-on page; it is answered with an error instead.
        .redirect(reqwest::redirect::Policy::none())
        // The environment is not ours to read.
        .no_proxy();
    if let Some(proxy) = proxy {
        let mut through = reqwest::Proxy::all(proxy.url.clone()).map_err(|error| {
            refuse("the proxy address cannot be used").with_source(error.without_url())
        })?;
        if let Some((user, password)) = &proxy.account {
            through = through.basic_auth(user, password.expose_secret());
        }
        builder = builder.proxy(through);
    }
    let builder = secure(builder, tls)?;
    builder.build().map_err(|error| {
        let message = if tls.identity.is_some() {
            "the HTTP client cannot be made: the client certificate and its key do not fit, or there is \
             no certificate store"
        } else {
            "the HTTP client cannot be made, probably for want of a certificate store"
        };
        refuse(message).with_source(error.without_url())
    })
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn secure(mut builder: reqwest::ClientBuilder, tls: &Tls) -> Result<reqwest::ClientBuilder> {
    for pem in &tls.roots {
        let bundle = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| {
            refuse("the root certificate is no PEM text").with_source(error.without_url())
        })?;
        if bundle.is_empty() {
            return Err(refuse(
                "the root certificate is a PEM text without a certificate",
            ));
        }
        builder = builder.tls_certs_merge(bundle);
    }
    if let Some((chain, key)) = &tls.identity {
        // The cause could quote the key.
        let identity = identity(chain, key).map_err(|_| {
            refuse("the client certificate or its key is no PEM text of one (PKCS #8)")
        })?;
        builder = builder.identity(identity);
    }
    // The doctor reads the last day of the gateway's certificate.
    Ok(backend(builder).tls_info(true))
}

/// With both features, rustls.
#[cfg(feature = "rustls")]
fn backend(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder.tls_backend_rustls()
}

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
fn backend(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
}

#[cfg(feature = "rustls")]
fn identity(chain: &[u8], key: &SecretString) -> reqwest::Result<reqwest::Identity> {
    // One text with both; it is wiped when it is dropped.
    let mut both = String::from_utf8_lossy(chain).into_owned();
    both.push('\n');
    both.push_str(key.expose_secret());
    let both = SecretString::from(both);
    reqwest::Identity::from_pem(both.expose_secret().as_bytes())
}

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
fn identity(chain: &[u8], key: &SecretString) -> reqwest::Result<reqwest::Identity> {
    reqwest::Identity::from_pkcs8_pem(chain, key.expose_secret().as_bytes())
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn secure(builder: reqwest::ClientBuilder, tls: &Tls) -> Result<reqwest::ClientBuilder> {
    if tls.roots.is_empty() && tls.identity.is_none() {
        Ok(builder)
    } else {
        Err(refuse(
            "certificates need the feature `rustls` or `native-tls`",
        ))
    }
}
