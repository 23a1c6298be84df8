//! A file on its way in.

use std::{fmt, time::Duration};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream;
use http::Method;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::{
    content::{Progress, Watcher},
    digest::Digest,
};
use crate::{
    error::{Error, ErrorKind, Result, Sent},
    response::Response,
};

/// A file on its way in: read it piece by piece. It is never held in memory as a whole.
///
/// Each piece may take as long as the client's attempt timeout. What broke off is not fetched again by itself: a server
/// may be set to remove a file once it was fetched.
pub struct Download {
    answer: Option<reqwest::Response>,
    operation: String,
    path: String,
    status: http::StatusCode,
    attempts: u32,
    idle: Duration,
    length: Option<u64>,
    received: u64,
    hasher: Sha256,
    digest: Option<Digest>,
    watcher: Option<Watcher>,
}

/// A file arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadReceipt {
    /// How many bytes came.
    pub bytes: u64,
    /// Their hash.
    pub sha256: Digest,
}

impl Download {
    pub(crate) fn new(response: Response, idle: Duration) -> Self {
        let length = response
            .stream
            .as_ref()
            .and_then(reqwest::Response::content_length);
        Self {
            answer: response.stream,
            operation: response.operation,
            path: response.path,
            status: response.status,
            attempts: response.attempts,
            idle,
            length,
            received: 0,
            hasher: Sha256::new(),
            digest: None,
            watcher: None,
        }
    }

    /// Tells how far it has come, after each piece.
    #[must_use]
    pub fn with_progress(mut self, watcher: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.watcher = Some(std::sync::Arc::new(watcher));
        self
    }

    /// The length in bytes, if the server announced it.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// How many bytes came so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Transport`] if the connection broke, [`ErrorKind::Timeout`] if nothing came for too long.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let Some(answer) = &mut self.answer else {
            return Ok(None);
        };
        let piece = match tokio::time::timeout(self.idle, answer.chunk()).await {
            Ok(Ok(piece)) => piece,
            Ok(Err(error)) => {
                let error = self
                    .broken(ErrorKind::Transport)
                    .with_source(error.without_url());
                self.answer = None;
                return Err(error);
            }
            Err(_) => {
                self.answer = None;
                return Err(self.broken(ErrorKind::Timeout));
            }
        };
        let Some(piece) = piece else {
            self.answer = None;
            self.digest = Some(Digest::of(self.hasher.clone()));
            return Ok(None);
        };
        self.hasher.update(&piece);
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.received = self.received.saturating_add(length);
        if let Some(watcher) = &self.watcher {
            watcher(Progress {
                bytes: self.received,
                total: self.length,
            });
        }
        Ok(Some(piece))
    }

    /// What arrived; `None` before the end.
    #[must_use]
    pub fn receipt(&self) -> Option<DownloadReceipt> {
        self.digest.map(|sha256| DownloadReceipt {
            bytes: self.received,
            sha256,
        })
    }

    /// Writes all that is left to `sink`, and flushes it.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk); [`ErrorKind::Callback`] if `sink` fails.
    pub async fn write_to(
        mut self,
        sink: &mut (impl AsyncWrite + Unpin + Send),
    ) -> Result<DownloadReceipt> {
        while let Some(piece) = self.chunk().await? {
            if let Err(error) = sink.write_all(&piece).await {
                return Err(self.broken(ErrorKind::Callback).with_source(error));
            }
        }
        if let Err(error) = sink.flush().await {
            return Err(self.broken(ErrorKind::Callback).with_source(error));
        }
        self.receipt()
            .ok_or_else(|| self.broken(ErrorKind::Transport))
    }

    /// The pieces as a stream; it ends after the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes>> + Send {
        Box::pin(stream::try_unfold(self, |mut download| async move {
            let piece = download.chunk().await?;
            Ok(piece.map(|piece| (piece, download)))
        }))
    }

    fn broken(&self, kind: ErrorKind) -> Error {
        let of = match self.length {
            Some(length) => format!(" of {length}"),
            None => String::new(),
        };
        Error::new(kind, self.operation.as_str())
            .with_message(format!("it ended after {}{of} bytes", self.received))
            .with_status(self.status)
            .with_request(&Method::GET, &self.path)
            .with_attempts(self.attempts)
            .with_sent(Sent::Yes)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("path", &self.path)
            .field("length", &self.length)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}
