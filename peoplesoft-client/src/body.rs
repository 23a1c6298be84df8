//! An answer as it comes: judged by its start, bounded, in chunks.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use tokio::sync::OwnedSemaphorePermit;

use crate::error::{Error, ErrorKind, Result, Sent};
use crate::judge::{Answer, is_doubtful};
use crate::send::{body_error, too_large};
use crate::target::Target;

/// What of an answer is looked at before it is passed on.
const LOOKED_AT: usize = 8 << 10;

/// The rest of an answer that is passed on as it comes.
pub(crate) struct Body {
    status: StatusCode,
    headers: HeaderMap,
    /// What has been read to judge by, and not been passed on.
    start: Bytes,
    rest: Option<reqwest::Response>,
    seen: u64,
    limit: u64,
    patience: Duration,
    target: Option<Target>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Body {
    /// An answer that has been read to its end.
    pub(crate) fn of_answer(answer: Answer) -> Self {
        Self {
            status: answer.status,
            headers: answer.headers,
            start: answer.body,
            rest: None,
            seen: 0,
            limit: 0,
            patience: Duration::ZERO,
            target: None,
            _place: None,
        }
    }

    /// An answer of which nothing has been read; each chunk may take as long as `patience`.
    pub(crate) fn of_response(
        mut response: reqwest::Response,
        patience: Duration,
        limit: u64,
    ) -> Self {
        Self {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            start: Bytes::new(),
            rest: Some(response),
            seen: 0,
            limit,
            patience,
            target: None,
            _place: None,
        }
    }

    /// Keeps a place among the concurrent calls for as long as the answer is being read.
    pub(crate) fn holding(mut self, place: OwnedSemaphorePermit) -> Self {
        self._place = self.rest.is_some().then_some(place);
        self
    }

    pub(crate) fn with_target(mut self, target: &Target) -> Self {
        self.target = Some(target.clone());
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The next bytes; nothing at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let chunk = if self.start.is_empty() {
            self.receive().await
        } else {
            Ok(Some(std::mem::take(&mut self.start)))
        };
        chunk.map_err(|error| {
            let error = error.with_status(self.status).with_attempts(1);
            match &self.target {
                Some(target) => error.with_target(target),
                None => error,
            }
        })
    }

    async fn receive(&mut self) -> Result<Option<Bytes>> {
        let Some(rest) = &mut self.rest else {
            return Ok(None);
        };
        let chunk = match tokio::time::timeout(self.patience, rest.chunk()).await {
            Ok(chunk) => chunk.map_err(body_error)?,
            Err(_) => {
                let error = Error::new(ErrorKind::Timeout, "the answer did not go on in time");
                return Err(error.with_sent(Sent::Yes));
            }
        };
        match chunk {
            Some(chunk) => {
                self.seen += chunk.len() as u64;
                if self.seen > self.limit {
                    return Err(too_large(self.limit));
                }
                Ok(Some(chunk))
            }
            None => {
                self.rest = None;
                self._place = None;
                Ok(None)
            }
        }
    }

    /// Reads the first bytes, and says whether all of the answer has to be seen to judge it.
    pub(crate) async fn needs_reading(&mut self) -> Result<bool> {
        if !self.status.is_success() {
            return Ok(true);
        }
        let mut start = BytesMut::new();
        while start.len() < LOOKED_AT {
            match self.receive().await {
                Ok(Some(chunk)) => start.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Err(error.with_status(self.status)),
            }
        }
        self.start = start.freeze();
        Ok(is_doubtful(&self.headers, &self.start))
    }

    /// Reads what there is.
    pub(crate) async fn read_to_end(mut self) -> Result<Answer> {
        let mut body = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: self.status,
            headers: self.headers,
            body: body.freeze(),
        })
    }

    /// The answer that [`of_answer`](Self::of_answer) was given.
    pub(crate) fn into_answer(self) -> Answer {
        Answer {
            status: self.status,
            headers: self.headers,
            body: self.start,
        }
    }
}
