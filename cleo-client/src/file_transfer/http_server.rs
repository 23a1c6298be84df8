//! Files through the commands of the on-premise HTTP server.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, StatusCode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{
    Download, FileTransfer, RemoteFile, Upload, UploadReceipt,
    name::{check_directory, check_name},
    rest::receipt,
};
use crate::{
    auth::Auth,
    client::{Client, Support},
    error::{Error, ErrorKind, Result, Sent},
    path,
    response::Response,
    retry::Repeat,
    send::{Body, Call, Deadline},
    verdict::gone,
};

/// How the answer to `request=list` is read. Cleo's reference names the command and not its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ListFormat {
    /// One file a line: its name, and after the separator, if there is one, its size in bytes.
    Lines {
        /// What stands between name and size.
        separator: char,
    },
    /// One file a line, and nothing but its name.
    Names,
}

impl Default for ListFormat {
    /// Lines, separated by a tab.
    fn default() -> Self {
        Self::Lines { separator: '\t' }
    }
}

/// Files through the HTTP server commands of Harmony and VLTrader: `request=connect0`, `send`, `list`, `receive`,
/// `delete`.
///
/// Logs in with HTTP Basic before the first command, so that a file does not travel twice. A refused log-in is
/// final until [`reset_login`](Self::reset_login). Clones share the log-in.
///
/// ```no_run
/// # async fn example(client: cleo_client::Client) -> Result<(), cleo_client::Error> {
/// use cleo_client::file_transfer::{FileTransfer, HttpServerTransfer, Upload};
///
/// let files = HttpServerTransfer::builder(&client).service_path("/server").build()?;
/// files.upload(&Upload::new("inbox", "PO-0000012345-0.edi", "ISA*00*…")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpServerTransfer {
    client: Client,
    inner: Arc<Inner>,
}

struct Inner {
    service_path: String,
    auth: Auth,
    list_format: ListFormat,
    connected: Mutex<bool>,
}

/// Settings of an [`HttpServerTransfer`].
#[must_use = "settings do nothing until build() is called"]
#[derive(Debug)]
pub struct HttpServerTransferBuilder {
    client: Client,
    service_path: String,
    credentials: Option<(String, SecretString)>,
    list_format: ListFormat,
}

impl HttpServerTransferBuilder {
    /// The path of the HTTP service, from the root of the server. Default `/server`, which is also Cleo's.
    pub fn service_path(mut self, path: impl Into<String>) -> Self {
        self.service_path = path.into();
        self
    }

    /// User name and password for this service. Default: those of the client.
    pub fn credentials(
        mut self,
        username: impl Into<String>,
        password: impl Into<SecretString>,
    ) -> Self {
        self.credentials = Some((username.into(), password.into()));
        self
    }

    /// How a directory's listing is read. Default [`ListFormat::default`].
    pub fn list_format(mut self, format: ListFormat) -> Self {
        self.list_format = format;
        self
    }

    /// Checks the settings. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the client was told that its server has no such service, if there is neither
    /// an own nor the client's user name and password, or if they would travel over clear http.
    pub fn build(self) -> Result<HttpServerTransfer> {
        let core = &self.client.core;
        if core.capabilities.http_server_commands == Support::No {
            return Err(Error::configuration(
                "this server is declared to have no HTTP server commands, as Cleo Integration Cloud has none; use \
                 RestTransfer",
            ));
        }
        let (username, password) = match self.credentials {
            Some(own) => {
                if core.origin.scheme() == "http"
                    && !path::is_loopback(&core.origin)
                    && !core.allow_http
                {
                    return Err(Error::configuration(
                        "credentials would travel over clear http; use https, or permit it with allow_http(true)",
                    ));
                }
                own
            }
            None => {
                let (username, password) = core.auth.username_and_password().ok_or_else(|| {
                    Error::configuration(
                        "the HTTP server needs user name and password, and the client has none: pass credentials()",
                    )
                })?;
                (username.to_owned(), password.clone())
            }
        };
        let service_path = path::prefix(&self.service_path)
            .map_err(|message| Error::configuration(format!("service_path: {message}")))?;
        let inner = Inner {
            service_path,
            auth: Auth::basic(username, password)?,
            list_format: self.list_format,
            connected: Mutex::new(false),
        };
        Ok(HttpServerTransfer {
            client: self.client,
            inner: Arc::new(inner),
        })
    }
}

impl HttpServerTransfer {
    /// Starts the settings; user name and password default to those of `client`.
    pub fn builder(client: &Client) -> HttpServerTransferBuilder {
        HttpServerTransferBuilder {
            client: client.clone(),
            service_path: "/server".to_owned(),
            credentials: None,
            list_format: ListFormat::default(),
        }
    }

    /// Forgets a refused log-in; the next command logs in again.
    pub async fn reset_login(&self) {
        *self.inner.connected.lock().await = false;
        self.inner.auth.reset().await;
    }

    fn call(&self, operation: &str, request: &str, place: &[(&str, &str)]) -> Result<Call> {
        let mut url = self
            .client
            .core
            .origin_url(&self.inner.service_path, operation)?;
        url.query_pairs_mut()
            .append_pair("request", request)
            .extend_pairs(place);
        Ok(Call::new(operation, Method::POST, url))
    }

    fn receive(&self, directory: &str, name: &str) -> Result<Call> {
        let operation = "download file";
        check_name(operation, name)?;
        let directory = check_directory(operation, directory)?;
        let place = [("directory", directory), ("filename", name)];
        let mut call = self.call(operation, "receive", &place)?;
        // Not repeated blindly: a server may be set to remove a file once it was fetched.
        call.repeat = Repeat::OnlyIfUnsent;
        Ok(call)
    }

    async fn send(&self, call: &Call) -> Result<Response> {
        self.log_in().await?;
        self.client.core.send_as(call, &self.inner.auth).await
    }

    /// Logs in once; the lock makes other tasks wait for it, and falls free if this one is cancelled.
    async fn log_in(&self) -> Result<()> {
        let operation = "log in to HTTP server";
        let core = &self.client.core;
        let deadline = Deadline::new(&*core.clock, core.total_timeout);
        let lock = self.inner.connected.lock();
        let mut connected = deadline.wait_for(core, operation, lock).await?;
        if *connected {
            return Ok(());
        }
        let mut call = self.call(operation, "connect0", &[])?;
        call.secret_answer = true;
        self.client
            .core
            .send_as(&call, &self.inner.auth)
            .await
            .map_err(|error| self.login_error(error))?;
        *connected = true;
        Ok(())
    }

    /// Whatever happened to the log-in, the command itself has not been sent; and a refusal is final.
    fn login_error(&self, error: Error) -> Error {
        let error = error.with_sent(Sent::No);
        if matches!(
            error.status(),
            Some(StatusCode::FORBIDDEN | StatusCode::LOCKED)
        ) {
            self.inner.auth.refuse();
            return error.into_login_refused();
        }
        error
    }
}

impl fmt::Debug for HttpServerTransfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpServerTransfer")
            .field("origin", &self.client.origin().as_str())
            .field("service_path", &self.inner.service_path)
            .field("auth", &self.inner.auth)
            .field("list_format", &self.inner.list_format)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl FileTransfer for HttpServerTransfer {
    async fn upload(&self, upload: &Upload) -> Result<UploadReceipt> {
        let operation = "upload file";
        check_name(operation, &upload.name)?;
        let directory = check_directory(operation, &upload.directory)?;
        let place = [("directory", directory), ("filename", upload.name.as_str())];
        let mut call = self.call(operation, "send", &place)?;
        call.content_type = Some(upload.content_type.parse().map_err(|_| {
            Error::invalid(
                operation,
                "the content type has characters that a header cannot carry",
            )
        })?);
        let outgoing = upload.outgoing();
        call.body = match (&outgoing, upload.content.as_bytes()) {
            (Some(outgoing), _) => Some(Body::Streamed(outgoing.clone())),
            (None, bytes) => bytes.cloned().map(Body::Whole),
        };
        call.attempt_timeout = Some(upload.attempt_timeout(self.client.core.attempt_timeout));
        call.status_suffices = true;
        let response = self.send(&call).await?;
        Ok(receipt(upload, outgoing.as_ref(), &response))
    }

    async fn list(&self, directory: &str) -> Result<Vec<RemoteFile>> {
        let operation = "list files";
        let directory = check_directory(operation, directory)?;
        let mut call = self.call(operation, "list", &[("directory", directory)])?;
        call.repeat = Repeat::Safe;
        let response = self.send(&call).await?;
        self.inner.list_format.read(&response)
    }

    async fn find(&self, directory: &str, name: &str) -> Result<Option<RemoteFile>> {
        check_name("look for file", name)?;
        match self.list(directory).await {
            Ok(files) => Ok(files.into_iter().find(|file| file.name == name)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.with_operation("look for file")),
        }
    }

    async fn download(&self, directory: &str, name: &str) -> Result<Bytes> {
        let call = self.receive(directory, name)?;
        Ok(self.send(&call).await?.into_body())
    }

    async fn open(&self, directory: &str, name: &str) -> Result<Download> {
        let mut call = self.receive(directory, name)?;
        call.opened = true;
        let response = self.send(&call).await?;
        Ok(Download::new(response, self.client.core.attempt_timeout))
    }

    async fn delete(&self, directory: &str, name: &str) -> Result<()> {
        let operation = "delete file";
        check_name(operation, name)?;
        let directory = check_directory(operation, directory)?;
        let place = [("directory", directory), ("filename", name)];
        let mut call = self.call(operation, "delete", &place)?;
        call.repeat = Repeat::Safe;
        gone(self.send(&call).await)
    }
}

impl ListFormat {
    pub(crate) fn read(&self, response: &Response) -> Result<Vec<RemoteFile>> {
        let text = std::str::from_utf8(response.body())
            .map_err(|_| response.undecodable("expected a list of names in UTF-8"))?;
        if text.trim_start().starts_with('<') {
            return Err(response.undecodable("expected a list of names, found an HTML page"));
        }
        Ok(text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| self.line(line))
            .collect())
    }

    fn line(&self, line: &str) -> RemoteFile {
        let Self::Lines { separator } = self else {
            return RemoteFile::named(line);
        };
        match line.rsplit_once(*separator) {
            // What does not end in a number is a name with the separator in it.
            Some((name, size)) if size.trim().parse::<u64>().is_ok() => RemoteFile {
                size: size.trim().parse().ok(),
                ..RemoteFile::named(name)
            },
            _ => RemoteFile::named(line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_with_and_without_size() {
        let lines = ListFormat::default();
        assert_eq!(lines.line("a.edi\t12").size, Some(12));
        assert_eq!(lines.line("a.edi\t12").name, "a.edi");
        assert_eq!(lines.line("a.edi"), RemoteFile::named("a.edi"));
        assert_eq!(lines.line("a\tb"), RemoteFile::named("a\tb"));
        assert_eq!(ListFormat::Names.line("a\t12"), RemoteFile::named("a\t12"));
    }
}
