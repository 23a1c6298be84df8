//! Files: to the server and back.
//!
//! Two ways lead there. [`HttpServerTransfer`] speaks the commands of the on-premise HTTP server, which Cleo
//! documents. [`RestTransfer`] speaks the REST API's folders; their requests are not published, so it is
//! **experimental** and works by [templates](RestTemplates) that are data.
//!
//! Cleo offers no idempotency key: a file that is sent twice may become two business documents. So uploads are
//! sent again only when it is proven that nothing was acted on, and [`Error::was_sent`](crate::Error::was_sent)
//! says [`Maybe`](crate::Sent::Maybe) in all other cases. Choose names that are unique ([`unique_name`] makes them), and
//! let a [`Delivery`] look before anything is sent again.
//!
//! Files of any size pass through in pieces of some kilobytes: [`Content::stream`] on the way out,
//! [`FileTransfer::open`] on the way in. Their SHA-256 is computed as they pass.
//!
//! ```no_run
//! # async fn example(client: cleo_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use cleo_client::file_transfer::{FileTransfer, RestTransfer};
//!
//! let files = RestTransfer::new(&client)?;
//! let mut file = tokio::io::sink(); // or a tokio::fs::File
//! let download = files.open("inbox", "catalogue.832").await?;
//! let receipt = download.with_progress(|p| println!("{} of {:?}", p.bytes, p.total)).write_to(&mut file).await?;
//! println!("{} bytes, SHA-256 {}", receipt.bytes, receipt.sha256);
//! # Ok(())
//! # }
//! ```

mod content;
mod delivery;
mod digest;
mod download;
mod http_server;
mod multipart;
mod name;
mod rest;
mod template;
mod unique;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

pub(crate) use self::content::Outgoing;
use self::content::Watcher;
pub use self::{
    content::{ByteStream, Content, Progress},
    delivery::{Delivered, Delivery},
    digest::Digest,
    download::{Download, DownloadReceipt},
    http_server::{HttpServerTransfer, HttpServerTransferBuilder, ListFormat},
    rest::RestTransfer,
    template::{BodyTemplate, ListTemplate, RequestTemplate, RestTemplates},
    unique::unique_name,
};
use crate::error::Result;

/// A place that takes and gives files.
#[async_trait]
pub trait FileTransfer: fmt::Debug + Send + Sync {
    /// Sends a file: bytes at hand, or a stream that is read while it is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a name or directory that would leave the
    /// place meant; [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the server refuses a name that exists;
    /// [`ErrorKind::Callback`](crate::ErrorKind::Callback) if the content's own stream fails;
    /// every kind of [`RequestBuilder::send`](crate::RequestBuilder::send). Look at
    /// [`Error::was_sent`](crate::Error::was_sent) before sending again.
    async fn upload(&self, upload: &Upload) -> Result<UploadReceipt>;

    /// The files in a directory, in the server's order. A directory that does not exist is an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the server knows no such directory.
    async fn list(&self, directory: &str) -> Result<Vec<RemoteFile>>;

    /// The file of exactly this name, with its size if the server says so. `None` also if there is no such directory.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list), without `NotFound`.
    async fn find(&self, directory: &str, name: &str) -> Result<Option<RemoteFile>>;

    /// Whether a file of exactly this name is in the directory. `false` also if there is no such directory.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list), without `NotFound`.
    async fn exists(&self, directory: &str, name: &str) -> Result<bool> {
        Ok(self.find(directory, name).await?.is_some())
    }

    /// The content of a file, whole; larger than the client's `max_body` is an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is no such file.
    async fn download(&self, directory: &str, name: &str) -> Result<Bytes>;

    /// The content of a file, piece by piece; any size.
    ///
    /// # Errors
    ///
    /// As [`download`](Self::download).
    async fn open(&self, directory: &str, name: &str) -> Result<Download>;

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
#[derive(Clone)]
#[non_exhaustive]
pub struct Upload {
    /// Where to put it: names joined by `/`, relative to the account's home. Empty for the home itself.
    pub directory: String,
    /// The name of the file: up to 255 bytes, without slash, backslash or control characters.
    pub name: String,
    /// The content.
    pub content: Content,
    /// The media type. Default `application/octet-stream`.
    pub content_type: String,
    /// How long one attempt may take. Default the client's `attempt_timeout`; for a stream a second more for each MiB.
    pub timeout: Option<Duration>,
    watcher: Option<Watcher>,
}

impl Upload {
    /// A file of unspecified type.
    #[must_use]
    pub fn new(
        directory: impl Into<String>,
        name: impl Into<String>,
        content: impl Into<Content>,
    ) -> Self {
        Self {
            directory: directory.into(),
            name: name.into(),
            content: content.into(),
            content_type: "application/octet-stream".to_owned(),
            timeout: None,
            watcher: None,
        }
    }

    /// Sets how long one attempt may take.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Tells how far each attempt has come, as pieces are handed to the connection.
    #[must_use]
    pub fn with_progress(mut self, watcher: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.watcher = Some(Arc::new(watcher));
        self
    }

    /// How the content travels: at once, or through something that counts and hashes.
    fn outgoing(&self) -> Option<Outgoing> {
        let at_hand = self.content.as_bytes().is_some();
        (self.watcher.is_some() || !at_hand)
            .then(|| Outgoing::new(self.content.clone(), self.watcher.clone()))
    }

    /// How long one attempt may take.
    fn attempt_timeout(&self, usual: Duration) -> Duration {
        self.timeout.unwrap_or_else(|| {
            let streamed = self.content.as_bytes().is_none();
            let length = self.content.length().filter(|_| streamed);
            usual.saturating_add(Duration::from_secs(length.unwrap_or_default() >> 20))
        })
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
            .field("content", &self.content)
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
    /// Their hash.
    pub sha256: Option<Digest>,
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
