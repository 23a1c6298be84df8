//! One request, ready to be sent as often as it may be.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use url::Url;

use crate::{file_transfer::Outgoing, retry::Repeat};

/// What is sent.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Whole(Bytes),
    Streamed(Outgoing),
}

/// One request, ready to be sent as often as its `repeat` permits.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) operation: String,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) body: Option<Body>,
    pub(crate) repeat: Repeat,
    pub(crate) attempt_timeout: Option<Duration>,
    /// The answer must not appear in an error.
    pub(crate) secret_answer: bool,
    /// A successful status is enough: a body that breaks off after it does not make the call fail.
    pub(crate) status_suffices: bool,
    /// The body of a successful answer is read by somebody else, in his own time.
    pub(crate) opened: bool,
}

impl Call {
    /// Whether it can be sent from its beginning: a stream that was read cannot.
    pub(super) fn is_whole(&self) -> bool {
        match &self.body {
            Some(Body::Streamed(body)) => body.content.is_whole(),
            Some(Body::Whole(_)) | None => true,
        }
    }

    pub(crate) fn new(operation: impl Into<String>, method: Method, url: Url) -> Self {
        let repeat = match method {
            Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE => {
                Repeat::Safe
            }
            _ => Repeat::OnlyIfUnsent,
        };
        Self {
            operation: operation.into(),
            method,
            url,
            headers: HeaderMap::new(),
            content_type: None,
            body: None,
            repeat,
            attempt_timeout: None,
            secret_answer: false,
            status_suffices: false,
            opened: false,
        }
    }
}
