//! Files: to the server and back.
//!
//! Two ways lead there. [`HttpServerTransfer`] speaks the commands of the on-premise HTTP server, which Cleo
//! documents. [`RestTransfer`] speaks the REST API's folders; their requests are not published, so it is
//! **experimental** and works by [templates](RestTemplates) that are data.
//!
//! Cleo offers no idempotency key: a file that is sent twice may become two business documents. So uploads are
//! sent again only when it is proven that nothing was acted on, and [`Error::was_sent`](crate::Error::was_sent)
//! says [`Maybe`](crate::Sent::Maybe) in all other cases. Choose names that are unique, and ask
//! [`exists`](FileTransfer::exists) before sending again; give a slow server time to settle first.

mod http_server;
mod multipart;
mod name;
mod rest;
mod template;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

pub use self::{
    http_server::{HttpServerTransfer, HttpServerTransferBuilder, ListFormat},
    rest::RestTransfer,
    template::{BodyTemplate, ListTemplate, RequestTemplate, RestTemplates},
};
use crate::error::Result;

/// A place that takes and gives files.
#[async_trait]
pub trait FileTransfer: fmt::Debug + Send + Sync {
    /// Sends a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a name or directory that would leave the
    /// place meant; [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the server refuses a name that exists;
    /// every kind of [`RequestBuilder::send`](crate::RequestBuilder::send). Look at
    /// [`Error::was_sent`](crate::Error::was_sent) before sending again.
    async fn upload(&self, upload: &Upload) -> Result<UploadReceipt>;

    /// The files in a directory, in the server's order. A directory that does not exist is an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the server knows no such directory.
    async fn list(&self, directory: &str) -> Result<Vec<RemoteFile>>;

    /// Whether a file of exactly this name is in the directory. `false` also if there is no such directory.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list), without `NotFound`.
    async fn exists(&self, directory: &str, name: &str) -> Result<bool>;

    /// The content of a file, whole; larger than the client's `max_body` is an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is no such file.
    async fn download(&self, directory: &str, name: &str) -> Result<Bytes>;

    /// Removes a file. Also succeeds if a repeated attempt finds it gone.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there was no such file at the first attempt.
    async fn delete(&self, directory: &str, name: &str) -> Result<()>;
}

/// A file to be sent.
///
/// ```
/// use cleo_client::file_transfer::Upload;
///
/// let upload = Upload::new("outbox/acme", "PO-0000012345-0.edi", "ISA*00*…").with_content_type("application/edi-x12");
/// assert_eq!(upload.name, "PO-0000012345-0.edi");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upload {
    /// Where to put it: names joined by `/`, relative to the account's home. Empty for the home itself.
    pub directory: String,
    /// The name of the file: up to 255 bytes, without slash, backslash or control characters.
    pub name: String,
    /// The content.
    pub content: Bytes,
    /// The media type. Default `application/octet-stream`.
    pub content_type: String,
}

impl Upload {
    /// A file of unspecified type.
    #[must_use]
    pub fn new(
        directory: impl Into<String>,
        name: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        Self {
            directory: directory.into(),
            name: name.into(),
            content: content.into(),
            content_type: "application/octet-stream".to_owned(),
        }
    }

    /// Sets the media type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = content_type.into();
        self
    }
}

impl fmt::Debug for Upload {
    /// Shows the size of the content, not the content: it is somebody's business document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("directory", &self.directory)
            .field("name", &self.name)
            .field("bytes", &self.content.len())
            .field("content_type", &self.content_type)
            .finish()
    }
}

/// The server took a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadReceipt {
    /// The directory that was asked for.
    pub directory: String,
    /// The name that was asked for; the server may keep the file under another one, and not say so.
    pub name: String,
    /// How many bytes were sent.
    pub bytes: u64,
    /// The status of the answer: any 2xx.
    pub status: StatusCode,
    /// How often the file was sent; more than 1 only if the earlier attempts provably did nothing.
    pub attempts: u32,
    /// The `Location` header, if there was one.
    pub location: Option<String>,
}

/// A file on the server.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RemoteFile {
    /// The name, without its directory.
    pub name: String,
    /// The size in bytes, if the server says so.
    pub size: Option<u64>,
    /// When it was changed, in the server's own words.
    pub modified: Option<String>,
    /// Whatever else the server sent.
    pub extra: Map<String, Value>,
}

impl RemoteFile {
    /// A file of which only the name is known.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            size: None,
            modified: None,
            extra: Map::new(),
        }
    }
}
