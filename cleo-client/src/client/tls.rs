//! What is trusted, and what is shown, when a connection is made.

use secrecy::SecretString;

use crate::error::{Error, Result};

#[derive(Default)]
pub(super) struct Tls {
    /// PEM bundles of authorities beside the platform's.
    pub(super) roots: Vec<Vec<u8>>,
    /// A certificate chain and its key, both PEM.
    pub(super) identity: Option<(Vec<u8>, SecretString)>,
}

impl Tls {
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub(super) fn apply(
        &self,
        mut builder: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder> {
        let mut certificates = Vec::new();
        for pem in &self.roots {
            let found = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| {
                Error::configuration("ca_pem: not a PEM certificate")
                    .with_source(error.without_url())
            })?;
            if found.is_empty() {
                return Err(Error::configuration(
                    "ca_pem: no certificate in the PEM text",
                ));
            }
            certificates.extend(found);
        }
        if !certificates.is_empty() {
            builder = builder.tls_certs_merge(certificates);
        }
        if let Some((chain, key)) = &self.identity {
            // The cause could quote the key.
            let identity = identity(chain, key).map_err(|_| {
                Error::configuration(
                    "client_certificate_pem: expected the PEM text of a certificate and of its PKCS #8 key",
                )
            })?;
            builder = builder.identity(identity);
        }
        Ok(backend(builder))
    }

    #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
        if self.roots.is_empty() && self.identity.is_none() {
            return Ok(builder);
        }
        Err(Error::configuration(
            "certificates need the feature `rustls` or `native-tls`",
        ))
    }
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
    use secrecy::ExposeSecret as _;
    // One text with both; it is wiped when it is dropped.
    let mut both = String::from_utf8_lossy(chain).into_owned();
    both.push('\n');
    both.push_str(key.expose_secret());
    let both = SecretString::from(both);
    reqwest::Identity::from_pem(both.expose_secret().as_bytes())
}

#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
fn identity(chain: &[u8], key: &SecretString) -> reqwest::Result<reqwest::Identity> {
    use secrecy::ExposeSecret as _;
    reqwest::Identity::from_pkcs8_pem(chain, key.expose_secret().as_bytes())
}
