//! Certificates: imported once, however often they are imported.

mod der;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub(crate) use self::der::serial_number;
use super::{Meta, Reference, reference::Target};
use crate::{
    client::Client,
    error::{Error, ErrorKind, Result},
    filter::Filter,
    flexible::FlexBool,
    id::CertificateId,
    link::Links,
    page::{Identified, List, Source},
};

/// A certificate in Cleo's store.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Certificate {
    /// The id: usually 40 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CertificateId>,
    /// The certificate itself, as base64 of its DER form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Its serial number: small hexadecimal digits, an even number of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// Whether Cleo holds the private key too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_private_key: Option<FlexBool>,
    /// What kind of object this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// References: `self`, `usage`.
    #[serde(default, rename = "_links", skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// Every other field, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Certificate {
    /// The certificate in DER form, if it is there and is base64.
    #[must_use]
    pub fn der(&self) -> Option<Vec<u8>> {
        let text = self.certificate.as_deref()?;
        let compact: String = text.split_whitespace().collect();
        STANDARD.decode(compact).ok()
    }
}

impl Identified for Certificate {
    fn identity(&self) -> Option<&str> {
        self.id.as_ref().map(CertificateId::as_str)
    }
}

super::reference::referable!(Certificate, CertificateId);

/// What became of an import.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Imported {
    /// The certificate was not there and is now.
    New(Certificate),
    /// It was there before.
    Known(Certificate),
}

impl Imported {
    /// The certificate, whichever way it came there.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        match self {
            Self::New(certificate) | Self::Known(certificate) => certificate,
        }
    }
}

/// The certificates of a server; from [`Client::certificates`].
#[derive(Debug, Clone)]
pub struct Certificates {
    client: Client,
}

impl Certificates {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All certificates.
    pub fn list(&self) -> List<Certificate> {
        let source = Source::path("certs");
        List::new(self.client.clone(), "list certificates", source)
    }

    /// Reads one certificate, by its object, link or id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is none; any kind of
    /// [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn get(&self, target: impl Into<Reference<Certificate>>) -> Result<Certificate> {
        let operation = "get certificate";
        let request = match target.into().target {
            Target::Link(link) => self.client.follow(Method::GET, &link),
            Target::Id(id) => Source::path("certs")
                .child(&id)
                .request(&self.client, Method::GET),
            Target::Nothing => {
                return Err(Error::invalid(
                    operation,
                    "the certificate has neither a `self` link nor an id",
                ));
            }
        };
        request.operation(operation).send().await?.json()
    }

    /// Imports a certificate in DER form, or finds it if it is there already.
    ///
    /// When the server answers 409, certificates with the same serial number are looked through; one with a private key
    /// is passed over, and only one of the very same content is taken. So this may be called again and again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] if `der` is no certificate (PEM text is not, nor are trailing bytes);
    /// [`ErrorKind::Conflict`] if the server says that it is there and it cannot be found; any kind of
    /// [`RequestBuilder::send`](crate::RequestBuilder::send).
    pub async fn import(&self, der: &[u8]) -> Result<Imported> {
        let operation = "import certificate";
        let serial = serial_number(der).map_err(|found| {
            Error::invalid(
                operation,
                format!("expected an X.509 certificate in DER form, {found}"),
            )
        })?;
        let body = json!({ "requestType": "importCert", "import": STANDARD.encode(der) });
        let sent = self
            .client
            .request(Method::POST, "certs")
            .operation(operation)
            .json(&body)
            .send()
            .await;
        match sent {
            Ok(response) => response.json().map(Imported::New),
            Err(error) if error.kind() == ErrorKind::Conflict => {
                match self.find(der, &serial).await? {
                    Some(certificate) => Ok(Imported::Known(certificate)),
                    None => Err(error.with_message(format!(
                        "the server has this certificate, and none with serial number {serial} has its content"
                    ))),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn find(&self, der: &[u8], serial: &str) -> Result<Option<Certificate>> {
        use futures_util::TryStreamExt as _;
        let mut found = Box::pin(
            self.list()
                .filter(Filter::eq("serialNumber", serial)?)
                .named("find certificate")
                .items(),
        );
        while let Some(certificate) = found.try_next().await? {
            let own = certificate
                .has_private_key
                .as_ref()
                .and_then(FlexBool::as_bool);
            if own != Some(true) && certificate.der().as_deref() == Some(der) {
                return Ok(Some(certificate));
            }
        }
        Ok(None)
    }
}
